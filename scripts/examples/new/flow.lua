--- Make sure that a team is there, with these members.
--
-- A second run changes nothing.  Members that are not named stay.
--
-- @usage  mkrun @NAME@.lua [--description TEXT] TEAM [EMAIL]...
-- @arg    TEAM   name of the team
-- @arg    EMAIL  users of the organization who become members
-- @arg    --description TEXT  what the team is for
-- @env    MKIO_TOKEN  token of an administrator of the organization
-- @output
-- + team            editors
-- Summary: 1 created, 0 changed, 0 unchanged.
-- @exit   0 the team is as wanted, 1 failed, 2 wrong usage
-- @needs  api:read, api:teams.put, api:teams.patch
-- @tags   write, idempotent

local mkio = require "mkio"
local report = require "mkrun.report"
local script = require "mkrun.script"

local emails = { script.arguments(...) }
local options, name = table.remove(emails, 1), table.remove(emails, 1)
local out <close> = report.new()
local org = mkio.connect {}

--- Returns the members by their ids.  A wrong address ends the run before
--- anything is written.
local function members_of(list)
  local members = {}
  for _, email in ipairs(list) do
    local user = org.users:find(email)
    if not user then
      script.refuse(("'%s' is no user of the organization"):format(email))
    end
    members[user.metadata.id] = { isTeamAdmin = false }
  end
  return members
end

local want = { description = options.description,
  members = members_of(emails) }
local _, outcome, details = org.teams:ensure(name, want)
out:step(outcome, "team", name, details)
out:finish()
