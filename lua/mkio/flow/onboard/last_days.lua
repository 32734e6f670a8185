--- The last days of members (`until` in a SPEC): `onboard` neither adds nor
--- invites a person whose day is over, and tells of days that come soon.
-- SPDX-License-Identifier: MIT

local last_day = require "mkio.flow.common.last_day"
local notes = require "mkio.flow.common.people_notes"
local part = require "mkio.flow.onboard.part"
local people = require "mkio.flow.common.unnamed_people"
local script = require "mkrun.script"
local value = require "mkrun.value"

local M = {}

--- Days before the last day in which `onboard` tells of it.
local SOON <const> = 14

--- Returns the members of a team in the SPEC whose last day is not over.  An
--- answer must have told the server's time.
---@param members? table[]
---@return table[]?   nil if there is no list
function M.current(members)
  local current = members and {}
  for _, member in ipairs(members or {}) do
    if not last_day.is_past(member["until"]) then
      current[#current + 1] = member
    end
  end
  return current
end

--- Returns true if a team of the SPEC asks for nothing, because it is a part
--- whose members' last days are over.
---@param wish table
---@return boolean
function M.is_idle(wish)
  local members = M.current(wish.members) or {}
  return wish.is_part and not members[1] and not next(wish.scopes or {})
    or false
end

local function tell(team, member, more)
  script.say(("mkrun: %s: %s until %s, %s"):format(team, member.email,
    member["until"], more))
end

--- Returns true if a team has a member with this e-mail address.
local function is_member(team, email)
  local members = value.dig(team, "spec", "members")
  for _, member in pairs(type(members) == "table" and members or {}) do
    if value.same_email(value.dig(member, "email"), email) then return true end
  end
  return false
end

--- Tells of one member of the SPEC.
---@param have? table  the team as it is; nil: do not tell of days that are over
local function tell_of(wish, member, have)
  local day = member["until"]
  if not last_day.is_past(day) then
    if last_day.days_left(day) < SOON then
      tell(wish.name, member, last_day.distance(day))
    end
  elseif wish.name ~= people.EVERYONE and is_member(have, member.email) then
    tell(wish.name, member, "which is over: --prune=members removes them")
  end
end

--- Tells on standard error whose last day comes within two weeks, which members
--- are left whose day is over, and which of them are still users.
---@param spec table
---@param lists mkio.Lists
---@param is_pruned boolean   true if this run removes those whose day is over
function M.tell(spec, lists, is_pruned)
  if not people.has_last_day(spec) then return end
  local teams = {}
  if not is_pruned then
    for _, team in ipairs(lists:checkable("teams", nil) or {}) do
      teams[value.dig(team, "metadata", "name") or ""] = team
    end
  end
  for _, wish in ipairs(spec.teams or {}) do
    for _, member in ipairs(wish.members or {}) do
      if member["until"] then tell_of(wish, member, teams[wish.name]) end
    end
  end
  local users = lists:checkable("users", nil) or {}
  for _, note in ipairs(notes.leavers(part.whole(spec), spec, users)) do
    script.say("mkrun: " .. note)
  end
end

return M
