--- Checks edits of a team that remove a person or role that the team does not
--- have.  `mkio.flow.team` calls this module.
---
--- A misspelt name must not look like a success.  So an unknown name is an
--- error with the most similar name as a hint, unless `--missing-ok` is given.
--- A person with an open invite to the team counts as present, because the
--- person would become a member.
-- SPDX-License-Identifier: MIT

local address = require "mkrun.address"
local errors = require "mkrun.rest.error"
local lost_invites = require "mkio.resource.lost_invites"
local near = require "mkrun.rest.suggestion"
local value = require "mkrun.value"

local M = {}

local function addresses_of(have)
  local list = {}
  for id, member in pairs(value.dig(have, "spec", "members") or {}) do
    list[#list + 1] = value.dig(member, "email") or id
  end
  table.sort(list)
  return list
end

local function refuse(detail, wanted, names)
  errors.refuse("missing", detail, near.or_gone(wanted, names))
end

--- Returns the open invites that name the team, by `address.key`.
local function invites_to(lists, name)
  local found = {}
  local function look(invite)
    local email = value.dig(invite, "spec", "email")
    local named = value.set(value.dig(invite, "spec", "teams"))
    if email then found[address.key(email)] = named[name] and invite or nil end
  end
  for _, invite in pairs(lost_invites.all()) do look(invite) end
  for _, invite in ipairs(lists:items "invites") do look(invite) end
  return found
end

--- Returns the open invites of the people to remove who are no members.
--- Refuses people who have no such invite.
---@param lists mkio.Lists
---@param have? table      the document of the team
---@param name string      the name of the team
---@param people {id: string, who: string}[]  people to remove; the id is "" for
---  people who are no members
---@param missing_ok? boolean  true: people without an invite are no error
---@return table[] invites
function M.invites(lists, have, name, people, missing_ok)
  local open, chosen
  chosen = {}
  for _, person in ipairs(people) do
    if person.id == "" then
      open = open or invites_to(lists, name)
      local invite = open[address.key(person.who)]
      chosen[#chosen + 1] = invite
      if not invite and not missing_ok then
        local known = addresses_of(have)
        table.move(value.names(open), 1, #value.names(open), #known + 1, known)
        refuse(("'%s' is no member of team '%s'"):format(person.who, name),
          person.who, known)
      end
    end
  end
  return chosen
end

--- Raises an error if people to promote or demote are not members.
---@param members table<string, true>  ids of members, including new members
---@param have? table    the document of the team
---@param name string    the name of the team
---@param people table<string, {id: string, who: string}[]>  the people that
---  each verb names
---@param missing_ok? boolean  true: people to demote may be absent
function M.check_ranks(members, have, name, people, missing_ok)
  for _, verb in ipairs { "promote", "demote" } do
    for _, person in ipairs(people[verb]) do
      local may_miss = verb == "demote" and missing_ok
      if not members[person.id] and not may_miss then
        local detail = ("'%s' is no member of team '%s'")
          :format(person.who, name)
        local known = addresses_of(have)
        if verb == "demote" then refuse(detail, person.who, known) end
        errors.refuse("missing", detail,
          near.hint(person.who, known) or "use --add as well")
      end
    end
  end
end

--- Raises an error if the team does not have the roles to remove under the
--- scope.
---@param have? table    the document of the team
---@param name string    the name of the team
---@param scope string
---@param roles string[] the roles to remove
---@param missing_ok? boolean  true: never raise
function M.check_roles(have, name, scope, roles, missing_ok)
  if missing_ok or not roles[1] then return end
  local scopes = value.dig(have, "spec", "scopes") or {}
  if not scopes[scope] then
    refuse(("team '%s' has no scope '%s'"):format(name, scope), scope,
      value.names(scopes))
  end
  local held = value.set(value.dig(scopes, scope, "roles"))
  for _, role in ipairs(roles) do
    if not held[role] then
      refuse(("team '%s' has no role '%s' under '%s'")
        :format(name, role, scope), role, value.names(held))
    end
  end
end

return M
