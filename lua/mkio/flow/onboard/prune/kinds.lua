--- What `onboard --prune` tells of each kind of thing, and how it removes one.
--- `mkio.flow.onboard.prune.take` calls this module.
-- SPDX-License-Identifier: MIT

local patch = require "mkrun.patch"
local scrub = require "mkrun.journal.scrub"

local dialect = require "mkio.dialect"
local errors = require "mkrun.rest.error"
local selection = require "mkio.flow.common.selection"
local token_facts = require "mkio.token_facts"
local value = require "mkrun.value"

local M = {}

local WORDS <const> = { webhooks = "webhook rule", teams = "team",
  members = "team member", scopes = "scope", invites = "invite",
  tokens = "token" }

--- Returns the kind of a thing for the report.
---@param thing mkio.Unnamed
---@return string
function M.word(thing) return WORDS[thing.kind] end

--- Returns the name of a thing with what it is in: "night-desk/kari@x.y".
---@param thing mkio.Unnamed
---@return string
function M.label(thing)
  return selection.full_name(thing.name, thing.team or thing.project)
end

--- Returns the outcome of a removal for the report.
---@param thing mkio.Unnamed
---@return mkrun.Outcome
function M.outcome(thing)
  return thing.kind == "tokens" and "revoked" or "removed"
end

--- Returns the details of a removal for the report.
---@param thing mkio.Unnamed
---@return string[]?
function M.told(thing)
  if thing.kind == "tokens" then return { thing.id } end
  return thing.over and { thing.details[1] } or nil
end

--- Returns true if the journal would mask a part of the rule, so that `undo`
--- could not make it again: secrets may be in its URL and headers, too.
local function is_masked(rule)
  local spec = value.dig(rule, "spec") or {}
  return scrub.hides(scrub.value { url = spec.url, headers = spec.headers,
    queryParams = spec.queryParams })
end

--- Returns the line that says that `undo` cannot make a thing again, or nil.
local function loss_of(thing)
  if thing.kind == "tokens"
    or thing.kind == "webhooks" and is_masked(thing.item) then
    return "cannot be undone"
  end
  for _, detail in ipairs(thing.details) do
    if detail == "has secrets" then return "cannot be undone" end
  end
end

--- Returns the lines below a thing in the question.
---@param thing mkio.Unnamed
---@return string[]
function M.details(thing)
  local lines = { table.unpack(thing.details) }
  if thing.at or thing.by then
    lines[#lines + 1] = ("made%s%s"):format(thing.at and " " .. thing.at or "",
      thing.by and " by " .. thing.by or "")
  end
  if thing.kind == "webhooks" then
    lines[#lines + 1] = "its history goes too"
  end
  lines[#lines + 1] = loss_of(thing)
  return lines
end

-- Reading things again -------------------------------------------------------

local read, is_same, remove = {}, {}, {}

function read.webhooks(org, thing)
  return org:project(thing.project).webhooks:find(thing.name)
end

--- The secrets of a rule are read as asterisks, so only their names count.
local function rule_facts(rule)
  local spec, facts = value.dig(rule, "spec") or {}, {}
  for _, name in ipairs { "url", "enabled" } do facts[name] = spec[name] end
  facts.events = value.names(value.set(value.present(spec.events)))
  for _, map in ipairs { "headers", "queryParams" } do
    facts[map] = value.names(value.present(spec[map]))
    facts["hidden " .. map] =
      value.names(value.dig(spec, "authentication", map))
  end
  return facts
end

function is_same.webhooks(item, now)
  return patch.equal(rule_facts(item), rule_facts(now))
end

function remove.webhooks(org, thing)
  org:project(thing.project).webhooks:delete(thing.name)
end

function read.teams(org, thing) return org.teams:find(thing.name) end

function is_same.teams(item, now)
  return patch.equal(dialect.comparable(item), dialect.comparable(now))
end

function remove.teams(org, thing) org.teams:delete(thing.name) end

--- The options of a read of what may be gone.
local ABSENT <const> = { absent = true }

function read.invites(org, thing)
  return (org.invites:call("invites.get", { invite_id = thing.id }, nil,
    ABSENT))
end

function is_same.invites(item, now)
  return value.same_set(value.dig(item, "spec", "teams"),
    value.dig(now, "spec", "teams"))
end

function remove.invites(org, thing) org.invites:cancel(thing.id) end

function read.tokens(org, thing)
  local token = org.me.tokens:call("my_tokens.get", { token_id = thing.id },
    nil, { absent = true, needs = "life" })
  return not token_facts.is_revoked(token) and token or nil
end

function is_same.tokens() return true end

function remove.tokens(org, thing) org.me.tokens:revoke(thing.id) end

--- Returns true if the thing has another id now: somebody has made another one
--- of this name.
local function is_other(thing, now)
  local id = value.dig(now, "metadata", "id")
  local is_named = thing.kind == "teams" or thing.kind == "webhooks"
  return is_named and type(id) == "string" and type(thing.id) == "string"
    and thing.id ~= id
end

local GONE <const> = { [404] = true }

---@alias mkio.PruneFate "removed"|"gone"|"changed"

--- Removes a thing, if it is as it was shown.
---@param org mkio.Organization
---@param job mkio.PruneJob   with one thing
---@return mkio.PruneFate[]
function M.remove(org, job)
  local thing = job.things[1]
  local kind = thing.kind
  local now = read[kind](org, thing)
  if not now then return { "gone" } end
  if is_other(thing, now) or not is_same[kind](thing.item, now) then
    return { "changed" }
  end
  errors.unless(GONE, remove[kind], org, thing)
  return { "removed" }
end

return M
