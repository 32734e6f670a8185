--- Edits one team: its members, its administrators, and its roles under a
--- scope.  The script `team` calls this module with the edits of its command
--- line.
---
--- All edits of a run are sent in one PATCH.  If no edit changes the team, no
--- PATCH is sent.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local address = require "mkrun.address"
local absence = require "mkio.flow.team.absence"
local errors = require "mkrun.rest.error"
local Invites = require "mkio.resource.invites"
local lists_of = require "mkio.flow.common.lists"
local near = require "mkrun.rest.suggestion"
local resumed = require "mkio.flow.common.resumed"
local value = require "mkrun.value"

local M = {}

---@class mkio.TeamEdits
---@field add? string[]      users to add: e-mail addresses or ids
---@field remove? string[]   users to remove: e-mail addresses or ids
---@field promote? string[]  members who become administrators of the team
---@field demote? string[]   administrators who become plain members
---@field grant? string[]    names of roles to add under `scope`
---@field revoke? string[]   names of roles to remove under `scope`
---@field scope? string
---@field missing_ok? boolean  true: people and roles to remove may be absent

local LISTS <const> = { "add", "remove", "promote", "demote", "grant",
                        "revoke" }
local VERBS <const> = { "add", "remove", "promote", "demote" }
local CONFLICTS <const> = {
  { "add", "remove" }, { "promote", "remove" }, { "promote", "demote" },
  { "grant", "revoke" },
}

--- Returns true if at least one edit is given.
---@param edits mkio.TeamEdits
---@return boolean
function M.any(edits)
  for _, list in ipairs(LISTS) do
    if edits[list] then return true end
  end
  return false
end

local function in_both(edits, one, other)
  local seen = {}
  for _, item in ipairs(edits[one] or {}) do seen[address.key(item)] = true end
  for _, item in ipairs(edits[other] or {}) do
    if seen[address.key(item)] then
      return ("--%s and --%s both name '%s'"):format(one, other, item)
    end
  end
end

local function hidden_in(edits)
  for _, verb in ipairs(VERBS) do
    for _, who in ipairs(edits[verb] or {}) do
      local fault = address.fault(who)
      if fault then return ("--%s: %s"):format(verb, fault) end
    end
  end
end

--- Returns a message if the edits do not fit together, or nil.  Sends no
--- request.
---@param edits mkio.TeamEdits
---@return string? fault
function M.fault(edits)
  local roles = edits.grant or edits.revoke
  if roles and not edits.scope then
    return "--grant and --revoke need a --scope"
  elseif edits.scope and not roles then
    return "--scope goes with --grant or --revoke"
  elseif edits.missing_ok
    and not (edits.remove or edits.demote or edits.revoke) then
    return "--missing-ok goes with --remove, --demote or --revoke"
  end
  for _, pair in ipairs(CONFLICTS) do
    local fault = in_both(edits, pair[1], pair[2])
    if fault then return fault end
  end
  return hidden_in(edits)
end

-- People that the edits name -------------------------------------------------

--- Returns a function from an id or e-mail address to the id of a user, and the
--- addresses of all users.  It needs the users at its first call.
local function directory(lists)
  local ids, addresses = nil, {}
  return function(who)
    if not ids then
      ids = {}
      for _, user in ipairs(lists:items "users") do
        local id, email = user.metadata.id, value.dig(user, "spec", "email")
        ids[id] = id
        if email then ids[address.key(email)] = id end
        addresses[#addresses + 1] = email
      end
    end
    return ids[who] or ids[address.key(who)], addresses
  end
end

--- Returns a function that takes an id or e-mail address and returns the id of
--- the member.
local function members_by_name(team)
  local ids = {}
  for id, member in pairs(value.dig(team, "spec", "members") or {}) do
    local email = value.dig(member, "email")
    if type(email) == "string" then ids[address.key(email)] = id end
  end
  for id in pairs(value.dig(team, "spec", "members") or {}) do ids[id] = id end
  return function(who) return ids[who] or ids[address.key(who)] end
end

--- Raises an error if two verbs that exclude each other name the same person.
--- Ids are compared, because one verb may name the person's address and the
--- other the person's id.
local function check_conflicts(ids)
  for _, pair in ipairs(CONFLICTS) do
    local met = {}
    for _, b in ipairs(ids[pair[2]] or {}) do met[b.id] = met[b.id] or b end
    for _, a in ipairs(ids[pair[1]] or {}) do
      local b = a.id ~= "" and met[a.id]
      if b then
        errors.refuse("conflict", ("--%s %s and --%s %s are one person")
          :format(pair[1], a.who, pair[2], b.who))
      end
    end
  end
end

--- Refuses to add a person who has an open invite.  A second invite would not
--- be sent, and the person would not get into the team.
local function refuse_invited(org, lists, who)
  local invite = org.invites:by_email(lists:items "invites")[address.key(who)]
  if not invite or Invites.is_expired(invite) then return end
  errors.refuse("invited", ("'%s' has an open invite, and is no user yet")
    :format(who), ("to add a team to it, take it back with mkrun "
      .. "prune-invites --cancel %s, and invite them anew with all teams")
      :format(who))
end

local function refuse_stranger(org, lists, who, addresses)
  refuse_invited(org, lists, who)
  local meant = near.find(who, addresses)[1]
  errors.refuse("missing", ("'%s' is no user of this organization")
    :format(who), (meant and ("did you mean '%s'? Or "):format(meant) or "")
      .. "invite them first: mkrun invite")
end

--- Returns the people that one verb names, each once.  A person named twice
--- would otherwise get a second mail if their invite is replaced.
local function people_of(org, lists, find, member_id, verb, names)
  local people, seen = {}, {}
  for _, who in ipairs(names) do
    local id, addresses = member_id(who), nil
    if not id and verb ~= "remove" then id, addresses = find(who) end
    if verb == "add" and not id then
      refuse_stranger(org, lists, who, addresses)
    end
    local key = id or address.key(who)
    if not seen[key] then
      people[#people + 1] = { id = id or "", who = who }
    end
    seen[key] = true
  end
  return people
end

--- Returns the people that each verb names.  `add` must name users of the
--- organization.  Other verbs may name people who are not in the team.
local function resolve_people(org, lists, have, edits)
  local find, member_id, ids = directory(lists), members_by_name(have), {}
  for _, verb in ipairs(VERBS) do
    ids[verb] = people_of(org, lists, find, member_id, verb,
      edits[verb] or {})
  end
  check_conflicts(ids)
  return ids
end

--- Returns the ids of the members and of the people to add, as a set.
local function members_of(have, ids)
  local members = {}
  for id in pairs(value.dig(have, "spec", "members") or {}) do
    members[id] = true
  end
  for _, person in ipairs(ids.add) do members[person.id] = true end
  return members
end

local function edit_members(members, ids, name)
  for _, person in ipairs(ids.add) do
    members[person.id] = members[person.id] or { isTeamAdmin = false }
  end
  for _, person in ipairs(ids.remove) do members[person.id] = nil end
  for _, verb in ipairs { "promote", "demote" } do
    for _, person in ipairs(ids[verb]) do
      local member = members[person.id]
      if member then
        member.isTeamAdmin = verb == "promote"
      elseif verb == "promote" then
        errors.raise("missing", ("'%s' is no member of team '%s' any more")
          :format(person.who, name))
      end
    end
  end
end

-- Roles that the edits name --------------------------------------------------

local function check_scope(lists, scope)
  local names = value.names_of(lists:items "scopes")
  if not value.set(names)[scope] then
    errors.refuse("missing", ("there is no scope '%s'"):format(scope),
      near.hint(scope, names) or "there is " .. value.quoted(names))
  end
end

--- Returns the roles that the team has under the scope of the edits.
local function held_roles(have, edits)
  return value.set(value.dig(have, "spec", "scopes", edits.scope, "roles"))
end

--- Raises "missing" if a role to grant or its scope does not exist.  Roles that
--- the team already has are not looked up.
local function check_roles(lists, have, edits)
  local held, known, names = held_roles(have, edits), nil, nil
  for _, role in ipairs(edits.grant or {}) do
    if not held[role] and not known then
      check_scope(lists, edits.scope)
      names = value.names_of(lists:items "roles")
      known = value.set(names)
    end
    if not held[role] and not known[role] then
      errors.refuse("missing", ("there is no role '%s'"):format(role),
        near.hint(role, names) or "there is " .. value.quoted(names))
    end
  end
end

local function edit_roles(scopes, edits)
  local scope = edits.scope and scopes[edits.scope]
  if not scope and not edits.grant then return end
  local roles = value.set(scope and scope.roles)
  for _, role in ipairs(edits.grant or {}) do roles[role] = true end
  for _, role in ipairs(edits.revoke or {}) do roles[role] = nil end
  scopes[edits.scope] = { roles = json.array(value.names(roles)) }
end

-- Applying the edits ---------------------------------------------------------

local function copy_of(team)
  local spec = value.dig(team, "spec") or {}
  local goal = { description = value.present(spec.description),
    members = {}, scopes = {} }
  for id, member in pairs(value.present(spec.members) or {}) do
    goal.members[id] =
      { isTeamAdmin = value.present(member.isTeamAdmin) or false }
  end
  for name, scope in pairs(value.present(spec.scopes) or {}) do
    goal.scopes[name] = { roles = value.present(scope.roles) or {} }
  end
  return goal
end

--- Begins to read the lists that the edits need, now that the team is known:
--- the users if somebody is no member, the invites if somebody to remove is
--- none, scopes and roles if the team lacks a role to grant.
local function begin_lists(lists, have, edits)
  local member_id, held = members_by_name(have), held_roles(have, edits)
  for _, verb in ipairs(VERBS) do
    for _, who in ipairs(edits[verb] or {}) do
      if not member_id(who) then
        lists:begin { verb == "remove" and "invites" or "users" }
      end
    end
  end
  for _, role in ipairs(edits.grant or {}) do
    if not held[role] then lists:begin { "scopes", "roles" } end
  end
end

--- Applies all edits to the team.  If the team does not exist, it is created or
--- the call raises.
---@param org mkio.Organization
---@param name string
---@param edits mkio.TeamEdits
---@param create? boolean  true: create the team if it does not exist
---@return table team
---@return "unchanged"|"created"|"changed" outcome
---@return string[] details
---@return table[] invites  removed people's open invites that name the team;
---                         pass them to `uninvite` after the team is written
function M.apply(org, name, edits, create)
  local have = create and org.teams:find(name)
  if not create then have = errors.named(org.teams.get, org.teams, name) end
  local lists = lists_of.new(org, { roles = "names" })
  begin_lists(lists, have, edits)
  local ids = resolve_people(org, lists, have, edits)
  local lenient = edits.missing_ok or resumed.is_resumed()
  absence.check_roles(have, name, edits.scope, edits.revoke or {}, lenient)
  absence.check_ranks(members_of(have, ids), have, name, ids, lenient)
  check_roles(lists, have, edits)
  local invites = absence.invites(lists, have, name, ids.remove, lenient)
  local function aim(team)
    local goal = copy_of(team)
    edit_members(goal.members, ids, name)
    edit_roles(goal.scopes, edits)
    return { spec = goal }
  end
  if not have then
    return org.teams:put(name, aim(nil).spec), "created", {}, invites
  end
  local team, outcome, details = org.teams:become(name, have, aim)
  return team, outcome, details, invites
end

--- Replaces an open invite by a new invite that does not name the team, because
--- an invite cannot be edited.
---@param org mkio.Organization
---@param invite mkio.api.InviteGetSchema
---@param name string     the name of the team
---@return string detail  a text for the report
function M.uninvite(org, invite, name)
  local teams = json.array {}
  for _, team in ipairs(invite.spec.teams) do
    if team ~= name then teams[#teams + 1] = team end
  end
  org.invites:replace(invite, {
    comment = value.dig(invite, "spec", "comment") or "", teams = teams,
  })
  return ("sent anew without '%s'"):format(name)
end

-- Showing a team -------------------------------------------------------------

--- Returns the members of a team as rows, sorted by e-mail address.
local function member_list(team)
  local list = json.array()
  for id, member in pairs(value.dig(team, "spec", "members") or {}) do
    list[#list + 1] = {
      id = id, name = value.present(member.name) or json.null,
      email = value.present(member.email) or json.null,
      isTeamAdmin = value.present(member.isTeamAdmin) or false,
    }
  end
  table.sort(list, function(a, b)
    return tostring(a.email) .. a.id < tostring(b.email) .. b.id
  end)
  return list
end

--- Returns a team as a JSON document for programs.
---@param team table
---@return table  {name, description, members = {...}, scopes = {NAME = {...}}}
function M.document(team)
  local scopes = json.object()
  for name, scope in pairs(value.dig(team, "spec", "scopes") or {}) do
    scopes[name] = json.array(value.names(value.set(value.present(
      scope.roles))))
  end
  return {
    name = value.dig(team, "metadata", "name") or json.null,
    members = member_list(team), scopes = scopes,
    description = value.dig(team, "spec", "description") or json.null,
  }
end

M.columns = { "kind", "name", "role" }

--- Returns a team as rows: a row for each member, and a row for each role under
--- a scope.
---@param team table
---@return table[]
function M.rows(team)
  local document, rows = M.document(team), {}
  for _, member in ipairs(document.members) do
    rows[#rows + 1] = { kind = "member",
      name = value.present(member.email) or member.id,
      role = member.isTeamAdmin and "admin" or "member" }
  end
  for _, scope in ipairs(value.names(document.scopes)) do
    for _, role in ipairs(document.scopes[scope]) do
      rows[#rows + 1] = { kind = "scope", name = scope, role = role }
    end
  end
  return rows
end

return M
