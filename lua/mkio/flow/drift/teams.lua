--- Compares the teams of a SPEC, with their members and scopes, with those that
--- are there.  `mkio.flow.drift` calls it.
-- SPDX-License-Identifier: MIT

local patch = require "mkrun.patch"

local address = require "mkrun.address"
local last_days = require "mkio.flow.onboard.last_days"
local onboard = require "mkio.flow.onboard"
local teams = require "mkio.resource.teams"
local value = require "mkrun.value"
local words = require "mkio.flow.drift.words"

local M = {}

local function compare_member(search, wish, email, have, want)
  if not have then
    return search:missing("members", email, { "a user, but not in the team" },
      wish.name)
  end
  search:differs("members", email, { words.differs("isTeamAdmin",
    value.present(have.isTeamAdmin) or false, want.isTeamAdmin or false) },
    wish.name)
end

local function compare_scope(search, wish, name, have)
  local want = words.set(wish.scopes[name].roles)
  if not have then
    return search:missing("scopes", name,
      { "SPEC has the roles " .. value.quoted(want) }, wish.name)
  end
  search:differs("scopes", name,
    { words.differs("roles", words.set(value.present(have.roles)), want) },
    wish.name)
end

local function compare_description(search, wish, have)
  search:differs("teams", wish.name, { words.differs("description",
    value.dig(have, "spec", "description"), wish.description) })
end

--- Returns what `ensure` would change, as a set: "description/", "members/ID",
--- "scopes/NAME".
local function touched_by(operations)
  local touched = {}
  for _, operation in ipairs(operations) do
    local segments = patch.parse(operation.path)
    touched[segments[2] .. "/" .. (segments[3] or "")] = true
  end
  return touched
end

--- Adds a row for each part of the team that `ensure` would change, in the
--- order of the SPEC.
local function compare_parts(search, wish, have, users, ids)
  local touched = touched_by(teams.differences(have, {
    description = wish.description, members = users, scopes = wish.scopes }))
  if touched["description/"] then compare_description(search, wish, have) end
  for _, member in ipairs(wish.members or {}) do
    local id = ids[address.key(member.email)] or ""
    if touched["members/" .. id] then
      compare_member(search, wish, member.email,
        value.dig(have, "spec", "members", id), users[id])
    end
  end
  for _, name in ipairs(value.names(wish.scopes)) do
    if touched["scopes/" .. name] then
      compare_scope(search, wish, name,
        value.dig(have, "spec", "scopes", name))
    end
  end
end

--- A member who is no user is invited to the team.  An open invite that names
--- the team is as good as a membership.
local function compare_strangers(search, wish, strangers)
  for _, email in ipairs(strangers) do
    local invite = search:invites()[address.key(email)]
    local why = search.invite_fault(invite, { wish.name })
    if why then
      search:missing("members", email, { "no user, and " .. why }, wish.name)
    end
  end
end

local function names_of(wish, members)
  local details, emails = {}, {}
  for i, member in ipairs(members) do emails[i] = member.email end
  if emails[1] then
    details[1] = "SPEC has the members " .. value.some_quoted(emails)
  end
  local scopes = value.names(wish.scopes)
  if scopes[1] then
    details[#details + 1] = "SPEC has the scopes " .. value.some_quoted(scopes)
  end
  return details
end

--- Of a team that is not selected, the selected members and scopes are missing.
local function add_missing(search, wish, members)
  if not wish.is_part then
    return search:missing("teams", wish.name, names_of(wish, members))
  end
  local why = { "the team is not there" }
  for _, member in ipairs(members) do
    search:missing("members", member.email, why, wish.name)
  end
  for _, scope in ipairs(value.names(wish.scopes)) do
    search:missing("scopes", scope, why, wish.name)
  end
end

local function compare_team(search, wish, have)
  local members = last_days.current(wish.members) or {}
  local ids = members[1] and search:user_ids() or {}
  local users, strangers = onboard.split(members, ids)
  if have then
    compare_parts(search, wish, have, users, ids)
  else
    add_missing(search, wish, members)
  end
  if have or not wish.is_part then
    compare_strangers(search, wish, strangers)
  end
end

--- Adds what differs in teams.
---@param search mkio.DriftSearch
function M.compare(search)
  if not search.spec.teams then return end
  local have = search.org.teams:index(search.lists:items "teams")
  for _, wish in ipairs(search.spec.teams) do
    compare_team(search, wish, have[wish.name])
  end
end

return M
