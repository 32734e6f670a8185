--- Finds old invites, cancels them, and sends them again.  The script
--- `prune-invites` calls this module.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local config = require "mkrun.config"
local json = require "mkrun.json"
local progress = require "mkrun.progress"
local scrub = require "mkrun.journal.scrub"
local sys = require "mkrun.sys"

local address = require "mkrun.address"
local basis = require "mkrun.rest.basis"
local errors = require "mkrun.rest.error"
local invites_class = require "mkio.resource.invites"
local lost_invites = require "mkio.resource.lost_invites"
local near = require "mkrun.rest.suggestion"
local resumed = require "mkio.flow.common.resumed"
local value = require "mkrun.value"
local writes = require "mkio.flow.common.writes"

local M = {}

local function made(invite) return (invites_class.life(invite)) end

--- Returns the open invites that are at least `days` days old, the oldest
--- first, and those of one time by address.  An invite of unknown age is
--- returned only if `days` is 0.
---@param org mkio.Organization
---@param days number
---@param again? boolean  true if they are to be sent again; then their comments
---                       are read as well
---@return table[] found
---@return table[] all   the open invites of any age
function M.find(org, days, again)
  local found = {}
  local all = org.invites:list { needs = again and "whole" or nil }
  for _, invite in ipairs(all) do
    -- The answer to the list has set `clock` to the server's time.  `--apply`
    -- takes what was old enough when the plan was made, and nothing else.
    local oldest = (config.planned_at or clock.now()) - days * clock.DAY
    if days == 0 or (made(invite) or math.huge) <= oldest then
      found[#found + 1] = invite
    end
  end
  table.sort(found, function(a, b)
    local x, y = made(a) or 0, made(b) or 0
    if x ~= y then return x < y end
    return a.spec.email .. a.metadata.id < b.spec.email .. b.metadata.id
  end)
  return found, all
end

--- Tells a plan for invites of any age that it rests on there being no others:
--- they would be cancelled, too.  With an age there is nothing to tell, because
--- `--apply` takes only invites that were old enough at the time of the plan.
---@param org mkio.Organization
---@param days number
function M.note(org, days)
  if days == 0 then basis.note_list(org.invites, "invites.list") end
end

--- Returns the invites to the given addresses.
---@param invites table[]
---@param emails string[]
---@return table[] picked
---@return string[] missing  the addresses without an invite
function M.pick(invites, emails)
  local picked, missing, wanted, met = {}, {}, {}, {}
  for _, email in ipairs(emails) do wanted[address.key(email)] = true end
  for _, invite in ipairs(invites) do
    local key = address.key(invite.spec.email)
    if wanted[key] then picked[#picked + 1], met[key] = invite, true end
  end
  for _, email in ipairs(emails) do
    if not met[address.key(email)] then missing[#missing + 1] = email end
  end
  return picked, missing
end

--- Raises an error if an address has no open invite of any age.  The invite may
--- have been cancelled or accepted, or the address may be misspelt.
---@param org mkio.Organization
---@param emails string[]  addresses without an invite that is old enough
---@param missing_ok? boolean  true if the invites may be gone
---@param all? table[]  the open invites, if the caller has just read them
function M.check_missing(org, emails, missing_ok, all)
  if not emails[1] or missing_ok or resumed.is_resumed() then return end
  local known = {}
  for _, invite in ipairs(all or org.invites:list()) do
    known[address.key(value.dig(invite, "spec", "email") or "")] = true
  end
  for _, email in ipairs(emails) do
    if not known[address.key(email)] then
      errors.refuse("missing", ("there is no open invite to '%s'")
        :format(email), near.or_gone(email, value.names(known)))
    end
  end
end

M.columns = { "email", "created", "days", "expires", "teams", "invitedBy",
              "id" }

--- Returns an invite as a row for `mkrun.output`.
---@param invite table
---@return table<string, any>
function M.row(invite)
  local created, ends = invites_class.life(invite)
  local spec = invite.spec
  return {
    id = invite.metadata.id, email = spec.email,
    created = value.dig(invite, "metadata", "created"),
    days = created and math.floor((clock.now() - created) // clock.DAY),
    expires = ends and sys.iso8601(math.floor(ends)),
    teams = json.array(value.sorted(value.present(spec.teams))),
    invitedBy = value.present(spec.invitedByEmail),
  }
end

--- Returns invites as rows for `mkrun.output`.
---@param invites table[]
---@return table<string, any>[]
function M.rows(invites)
  local rows = {}
  for i, invite in ipairs(invites) do rows[i] = M.row(invite) end
  return rows
end

--- Returns the addresses of invites.
---@param invites table[]
---@return string[]
function M.emails(invites)
  local emails = {}
  for i, invite in ipairs(invites) do emails[i] = invite.spec.email end
  return emails
end

--- Returns the steps for the plan.
---@param invites table[]
---@param again? boolean  true if the invites will be sent again
---@return mkrun.Step[]
function M.plan(invites, again)
  local steps = {}
  for _, invite in ipairs(invites) do
    local row = M.row(invite)
    local function add(action, ...)
      steps[#steps + 1] = { action = action, kind = "invite", name = row.email,
        details = { "teams: " .. value.quoted(row.teams), ... } }
    end
    add("delete", ("created: %s"):format(row.created or "unknown"))
    if again then add "create" end
  end
  return steps
end

--- Cancels an invite.  An invite that no longer exists is not an error.
---@param org mkio.Organization
---@param invite table
function M.cancel(org, invite)
  org.invites:call("invites.cancel", { invite_id = invite.metadata.id }, nil,
    { absent = true })
end

--- Cancels invites like `cancel`, side by side.
---@param org mkio.Organization
---@param invites table[]
---@param out mkrun.Report
function M.cancel_all(org, invites, out)
  local all = {}
  for i, invite in ipairs(invites) do
    all[i] = { place = out:place(), kind = "invite", name = invite.spec.email,
      work = function()
        M.cancel(org, invite)
        return "removed"
      end }
  end
  local bar <close> = progress.new("cancelling", #all, { kind = "writes" })
  writes.run(all, { bar = bar })
end

--- Raises if an invite names a team that no longer exists.  Such an invite
--- could be cancelled but not sent again.
---@param org mkio.Organization
---@param invites table[]
function M.check_teams(org, invites)
  local known = {}
  for team in org.teams:each { needs = "names" } do
    known[team.metadata.name] = true
  end
  for _, invite in ipairs(invites) do
    for _, name in ipairs(value.dig(invite, "spec", "teams") or {}) do
      if not known[name] then
        errors.refuse("missing", ("the invite to '%s' names the team '%s', "
          .. "which is gone"):format(invite.spec.email, name),
          "cancel it and invite them anew")
      end
    end
  end
end

local function send(org, invite)
  return org.invites:send(invite.spec.email, {
    comment = invite.spec.comment, teams = value.present(invite.spec.teams),
  })
end

--- Sends the invites that an interrupted run cancelled and did not send again.
--- Raises an error if the journal masks a part of such an invite.
---@param org mkio.Organization
---@return string[] emails  the addresses of the invites that were sent
function M.send_lost(org)
  local lost, emails = lost_invites.all(), {}
  local open = next(lost) and org.invites:by_email()
  for _, email in ipairs(value.names(lost)) do
    local invite = lost[email]
    if scrub.hides(invite.spec) then
      errors.raise("secret", ("the invite to '%s' is withdrawn and not sent "
        .. "again"):format(email), "its comment had a secret: send it again "
        .. "with mkrun invite")
    elseif not open[email] then
      send(org, invite)
      emails[#emails + 1] = invite.spec.email
    end
  end
  return emails
end

--- Cancels an invite and sends a new invite with the same teams and comment.
--- Between the two requests the person has no invite.
---@param org mkio.Organization
---@param invite table
function M.reinvite(org, invite)
  org.invites:replace(invite, { comment = invite.spec.comment,
    teams = value.present(invite.spec.teams) })
end

return M
