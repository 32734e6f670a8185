--- Removes what a SPEC does not name, for `onboard --prune`.  The script
--- `onboard` calls this module.
---
--- `look` finds what is to go and asks before the first write.  `take` removes
--- it after the last write, in this order: webhook rules, invites, tokens,
--- members and scopes; then teams; and last what the user who runs this has.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local near = require "mkrun.closest_name"
local script = require "mkrun.script"

local alike = require "mkio.flow.onboard.prune.alike"
local at_most = require "mkio.flow.common.at_most"
local basis = require "mkio.flow.onboard.prune.basis"
local guard = require "mkio.flow.onboard.prune.guard"
local last_days = require "mkio.flow.onboard.last_days"
local prunable = require "mkio.flow.onboard.prune.kinds"
local people = require "mkio.flow.common.unnamed_people"
local taking = require "mkio.flow.onboard.prune.take"
local unnamed = require "mkio.flow.common.unnamed"

local M = {}

--- The words of --prune, in the order of the message: the kind of `unnamed`,
--- one and many of them, and what a SPEC must have.
local WORDS <const> = {
  { "members", "members", "team member", "team members",
    "no team of SPEC has 'members'" },
  { "teams", "teams", "team", "teams", "SPEC has no 'teams'" },
  { "scopes", "scopes", "scope of a team", "scopes of teams",
    "no team of SPEC has 'scopes'" },
  { "rules", "webhooks", "webhook rule", "webhook rules",
    "no project of SPEC has 'webhooks'" },
  { "invites", "invites", "invite", "invites", "SPEC has no 'invites'" },
  { "tokens", "tokens", "token", "tokens",
    "SPEC needs 'tokens' and 'ownTokens'" },
}

--- More removals than this need --at-most.
local AT_MOST <const> = 10

local kind_of, names = {}, {}
for i, word in ipairs(WORDS) do
  names[i], kind_of[word[1]] = word[1], word[2]
end

--- Ends the run if an option of --prune is given without it.
local function check_alone(options)
  for _, name in ipairs { "at_most", "myself", "yes" } do
    if options[name] then
      script.usage(("--%s goes with --prune"):format(name:gsub("_", "-")))
    end
  end
end

--- Returns the kinds that --prune names, or nil without --prune.  Ends the run
--- if one is unknown, or if an option of --prune is wrong.
---@param options table   of the command line
---@return table<string, true>?   kinds of `mkio.flow.common.unnamed`
function M.kinds(options)
  if not options.prune then return check_alone(options) end
  local kinds = {}
  for word in (options.prune .. ","):gmatch "([^,]*)," do
    local meant = near.find(word, names)[1]
    if not kind_of[word] then
      script.usage(("--prune: there is no kind '%s'%s"):format(word, meant
        and (", did you mean '%s'?"):format(meant)
        or "; there is " .. table.concat(names, ", ")))
    end
    kinds[kind_of[word]] = true
  end
  at_most.read(options.at_most) -- ends the run before its first request
  return kinds
end

--- A list of members says something of the invites to their team, but not of
--- all invites.
local function has_wish(spec, kind)
  if kind == "invites" then
    return spec.invites ~= nil or people.has_last_day(spec)
  end
  return unnamed.has_wish(spec, kind)
end

--- Ends the run if the SPEC has no wish for a kind: then nobody has said which
--- of them shall stay.
---@param spec table
---@param kinds? table<string, true>
function M.check_wishes(spec, kinds)
  local lines = {}
  for _, word in ipairs(WORDS) do
    local name, kind, _, _, lack = table.unpack(word)
    if kinds and kinds[kind] and not has_wish(spec, kind) then
      lines[#lines + 1] = ("--prune=%s: %s, so nobody has said which of them "
        .. "shall stay ([] says none)"):format(name, lack)
    end
  end
  if lines[1] then script.refuse(table.unpack(lines)) end
end

--- Returns the kinds to look for.  An open invite to a team counts as a member
--- of it.
local function all_kinds(kinds)
  local all = {}
  for kind in pairs(kinds) do all[kind] = true end
  all.invites = kinds.invites or kinds.members
  return all
end

--- Begins to read the lists that `look` needs, side by side.
---@param lists mkio.Lists
---@param spec table
---@param kinds? table<string, true>
function M.begin(lists, spec, kinds)
  if not kinds then return end
  unnamed.begin(lists, spec, all_kinds(kinds))
  if guard.needs_teams(kinds) then lists:begin { "profile", "teams" } end
end

local function find(look)
  local kinds, kept = look.kinds, {}
  local all = all_kinds(kinds)
  basis.note(look, all)
  for _, thing in ipairs(unnamed.find { org = look.org, lists = look.lists,
    spec = look.spec, selection = look.selection, kinds = all }) do
    local is_member = kinds.members
      and (thing.over or thing.joins and thing.joins[1])
    if kinds[thing.kind] or is_member then kept[#kept + 1] = thing end
  end
  return kept
end

local function check_count(limit, things)
  local counted = {}
  for i, word in ipairs(WORDS) do
    local _, kind, one, many = table.unpack(word)
    counted[i] = { one = one, many = many, names = {} }
    for _, thing in ipairs(things) do
      if thing.kind == kind then
        table.insert(counted[i].names, prunable.label(thing))
      end
    end
  end
  at_most.check(limit, counted)
end

---@class mkio.PruneLook
---@field org mkio.Organization
---@field lists mkio.Lists
---@field spec table
---@field part? table   the part of the SPEC that the run writes
---@field kinds? table<string, true>   of `kinds`; nil: remove nothing
---@field selection? mkio.Selection
---@field options table   of the command line: yes, myself, at_most
---@field changes? fun(): integer   counts what SPEC adds and changes; called
---  only for a question

--- Tells what an answer is about besides the removals, if it will be asked for.
local function tell_changes(look, steps)
  local is_asked = steps[1] and not (look.options.yes or config.dry_run
    or config.apply or config.approved)
  local count = is_asked and look.changes and look.changes() or 0
  if count > 0 then
    script.say(("mkrun: before it removes anything, it writes %d thing%s that "
      .. "SPEC adds or changes: mkrun drift names %s"):format(count,
      count == 1 and "" or "s", count == 1 and "it" or "them"))
  end
end

---@class mkio.Removals
---@field look mkio.PruneLook
---@field jobs mkio.PruneJob[]
local Removals = {}
Removals.__index = Removals

--- Finds what is to be removed, and asks.  Ends the run if that must not be.
---@param look mkio.PruneLook
---@return mkio.Removals
function M.look(look)
  local self = setmetatable({ look = look, jobs = {} }, Removals)
  if not look.kinds then return self end
  local limit = at_most.read(look.options.at_most, AT_MOST)
  local things = guard.check(look, find(look), look.options.myself)
  alike.check(look, things)
  check_count(limit, things)
  self.jobs = taking.jobs(things)
  local steps = taking.steps(self.jobs)
  tell_changes(look, steps)
  script.approve(steps, look.options.yes)
  return self
end

--- Removes what was shown, unless a step of the run has failed.  Tells of the
--- last days of members.
---@param out mkrun.Report
function Removals:take(out)
  local look = self.look
  if self.jobs[1] and out.counts.failed > 0 then
    script.say "mkrun: --prune removed nothing, because a step before failed"
  else
    taking.run(look.org, self.jobs, out)
  end
  last_days.tell(look.part or look.spec, look.lists,
    look.kinds ~= nil and look.kinds.members ~= nil)
end

return M
