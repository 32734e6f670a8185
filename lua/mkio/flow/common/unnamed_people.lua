--- Finds members and invites that a SPEC does not name, and persons whose last
--- day (`until`) is over.  `mkio.flow.common.unnamed` calls this module.
-- SPDX-License-Identifier: MIT

local address = require "mkrun.address"
local invites = require "mkio.resource.invites"
local last_day = require "mkio.flow.common.last_day"
local value = require "mkrun.value"

local M = {}

--- The team that has all users: a user leaves it only with the organization.
M.EVERYONE = "Everyone"

--- Calls `visit(member, team)` for each member in the SPEC.
local function each_member(spec, visit)
  for _, team in ipairs(spec.teams or {}) do
    for _, member in ipairs(team.members or {}) do visit(member, team) end
  end
end

--- Returns true if a member of the SPEC has a last day.
---@param spec table
---@return boolean
function M.has_last_day(spec)
  local found = false
  each_member(spec, function(member)
    found = found or member["until"] ~= nil
  end)
  return found
end

--- Returns the wishes for the members of a team, by e-mail address.
local function wished_members(wish)
  local map = {}
  for _, member in ipairs(wish.members) do
    map[address.key(member.email)] = member
  end
  return map
end

local function over(day) return ("until %s, which is over"):format(day) end

local function day_of(wish) return wish and wish["until"] end

--- Returns the details of a member who is unnamed, or nil.
local function member_details(wish, member)
  local day = day_of(wish)
  if wish and not last_day.is_past(day) then return nil end
  local details = { day and over(day) }
  if value.dig(member, "isTeamAdmin") then
    details[#details + 1] = "team administrator"
  end
  return details
end

--- Returns the addresses of all users by id.  A member whom this list does not
--- have is left alone, because nobody can tell whether the SPEC names the user.
local function emails_of(self)
  local emails = {}
  for _, user in ipairs(self.lists:items "users") do
    emails[user.metadata.id] = value.dig(user, "spec", "email")
  end
  return emails
end

--- Adds the members whom the SPEC does not name.
---@param self mkio.UnnamedSearch
function M.members(self)
  local emails = emails_of(self)
  self:each_team("members", function(wish, team)
    if wish.name == M.EVERYONE then return end
    local wishes, things = wished_members(wish), {}
    for id, member in pairs(value.dig(team, "spec", "members") or {}) do
      local email = emails[id]
      local details = email
        and member_details(wishes[address.key(email)], member)
      things[#things + 1] = details and { kind = "members", name = email,
        id = id, team = wish.name, details = details, item = member,
        over = day_of(wishes[address.key(email)]) }
    end
    self:add_all(things)
  end)
end

--- Returns the people whom the SPEC names in `invites` or as members, by
--- `address.key`: true, or the last day if all their days are over.
---@param spec table
---@return table<string, string|true>
function M.named(spec)
  local people = {}
  each_member(spec, function(member)
    local key, day = address.key(member.email), member["until"]
    if not last_day.is_past(day) then
      people[key] = true
    elseif people[key] ~= true and (people[key] or "") < day then
      people[key] = day
    end
  end)
  for _, invite in ipairs(spec.invites or {}) do
    people[address.key(invite.email)] = true
  end
  return people
end

--- Returns the teams of an invite whose members the SPEC names, if it is open:
--- whoever takes it will be one.
local function joins_of(spec, invite, teams)
  local joins, is_named = {}, value.set(teams)
  if (invites.differences(invite, { teams = teams })) then return joins end
  for _, wish in ipairs(spec.teams or {}) do
    if wish.members and wish.name ~= M.EVERYONE
      and is_named[wish.name] then
      joins[#joins + 1] = wish.name
    end
  end
  return joins
end

local function invite_details(thing)
  local details = { thing.over and over(thing.over) }
  details[#details + 1] = "teams: " .. value.some_quoted(thing.teams)
  if thing.joins[1] and not thing.over then
    details[#details + 1] = "will be a member of "
      .. value.some_quoted(thing.joins)
  end
  return details
end

--- Returns an invite as a thing.
---@param day? string|true   as in `named`
local function invite_thing(spec, invite, email, day)
  local teams = value.present(value.dig(invite, "spec", "teams")) or {}
  local thing = { kind = "invites", name = email, id = invite.metadata.id,
    by = value.dig(invite, "spec", "invitedByEmail"),
    at = value.dig(invite, "metadata", "created"), item = invite,
    over = type(day) == "string" and day or nil, teams = teams,
    joins = joins_of(spec, invite, teams) }
  thing.details = invite_details(thing)
  return thing
end

--- Adds the invites to persons whom the SPEC does not name.  Without the key
--- `invites`, only those who will be a member of a team with the key `members`.
---@param self mkio.UnnamedSearch
function M.invites(self)
  local people, things = M.named(self.spec), {}
  for _, invite in ipairs(self.lists:items "invites") do
    local email = value.dig(invite, "spec", "email") or ""
    local day = people[address.key(email)]
    local thing = day ~= true and invite_thing(self.spec, invite, email, day)
    if thing and (self.spec.invites and day == nil or thing.over
      or thing.joins[1]) then
      things[#things + 1] = thing
    end
  end
  self:add_all(things)
end

return M
