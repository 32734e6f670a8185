--- What edits of a team take away, and the team does not have.
---
--- A slip of the keyboard must not look like a success: it is refused with
--- the nearest name, unless `--missing-ok` says that it may be gone.  Who has
--- an open invite that names the team is not there yet, but would come.
-- SPDX-License-Identifier: MIT

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

--- The open invites that name the team, by address in small letters.
local function invites_to(org, name)
  local found = {}
  local function look(invite)
    local email = value.dig(invite, "spec", "email")
    local named = value.set(value.dig(invite, "spec", "teams"))
    if email then found[email:lower()] = named[name] and invite or nil end
  end
  for _, invite in pairs(lost_invites.all()) do look(invite) end
  for invite in org.invites:each() do look(invite) end
  return found
end

--- The open invites of those who are to go and are no members.
---@param org mkio.Organization
---@param have? table      the team
---@param name string
---@param people {id: string, who: string}[]  "" is the id of no member
---@param missing_ok? boolean
---@return table[] invites
function M.invites(org, have, name, people, missing_ok)
  local open, chosen
  chosen = {}
  for _, person in ipairs(people) do
    if person.id == "" then
      open = open or invites_to(org, name)
      local invite = open[person.who:lower()]
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

--- Refuse who is to lead, or not to lead, and is no member.
---@param members table<string, true>  by id, those who join included
---@param have? table
---@param name string
---@param people table<string, {id: string, who: string}[]>  by verb
---@param missing_ok? boolean  of those who are not to lead
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

--- Refuse roles that are to be taken away and that the team does not have.
---@param have? table
---@param name string
---@param scope string
---@param roles string[]
---@param missing_ok? boolean
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
