--- Finds out why an operation is refused: which right the token lacks, and
--- which team could give the right.  The script `why-403` calls this module.
---
--- The token may also lack the right to read roles, scopes or teams.  The
--- result names the lists that could not be read.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local secret = require "mkrun.secret"
local sys = require "mkrun.sys"

local access = require "mkio.flow.common.access"
local errors = require "mkrun.rest.error"
local near = require "mkrun.rest.suggestion"
local operation_name = require "mkio.flow.common.operation_name"
local permissions = require "mkio.permissions"
local token_watch = require "mkio.flow.common.token_watch"
local value = require "mkrun.value"

local M = {}

---@class mkio.Why
---@field operation string
---@field method string
---@field path string
---@field needs string[]     capabilities; the operation needs one of them
---@field on string          "organization", "project NAME" or "any project"
---@field allowed boolean    true if the token may do the operation
---@field by string?         the needed capability that the token has
---@field tokenType string?  the type of the token, if known
---@field ways table[]       grants that give the right: {team, scope, role,
---                          member, admins}
---@field roles string[]     roles that have a needed capability
---@field scopes string[]    scopes that cover the resource
---@field unseen string[]    lists that the token may not read, such as
---                          "teams (core.team.get)"
---@field advice string[]    texts about what the user can do

local REFUSED <const> = { [400] = true, [403] = true, [404] = true }

--- Returns a function that reads a list.  If the token may not read the list,
--- the function adds the name of the list to `unseen`.
local function look(unseen, name, capability, resource)
  return function()
    local list = errors.unless(REFUSED, resource.list, resource)
    if not list then
      unseen[#unseen + 1] = ("%s (%s)"):format(name, capability)
    end
    return list or {}
  end
end

--- Returns the API's document of the token, or nil.
local function own_token(me)
  local id = token_watch.own_id(me.session)
  return id and errors.unless(REFUSED, me.tokens.call, me.tokens,
    "my_tokens.get", { token_id = id }, nil, { needs = "type" })
end

local function read(org, me, project)
  local unseen = {}
  local data = access.ask {
    rbac = function() return me:rbac() end,
    me = function() return me:profile() end,
    token = function() return own_token(me) end,
    project = function()
      if not project then return nil end
      return errors.unless(REFUSED, org.projects.get, org.projects, project)
    end,
    roles = look(unseen, "roles", "core.role.get", org.roles),
    scopes = look(unseen, "scopes", "core.scope.get", org.scopes),
    teams = look(unseen, "teams", "core.team.get", org.teams),
  }
  table.sort(unseen)
  data.unseen = unseen
  return data
end

--- Returns the operation's first capability that the token has on the resource
--- `place`, or nil.
local function held(rbac, operation, place)
  for _, capability in ipairs(operation.can) do
    if not place.type and permissions.anywhere(rbac, capability)
      or place.wide
        and permissions.has(rbac, "core.customer", nil, capability)
      or place.id and permissions.has(rbac, place.type, place.id, capability)
    then
      return capability
    end
  end
end

local function names_where(resources, wanted)
  local names = json.array()
  for _, resource in ipairs(resources) do
    if wanted(resource) then names[#names + 1] = resource.metadata.name end
  end
  table.sort(names)
  return names
end

local function admins_of(members)
  local list = json.array()
  for id, member in pairs(members) do
    if value.present(member.isTeamAdmin) then
      list[#list + 1] = value.present(member.email) or id
    end
  end
  table.sort(list)
  return list
end

--- Returns the grants that give at least one of the roles under one of the
--- scopes.
local function ways(data, roles, scopes)
  local list, me = json.array(), value.dig(data.me, "metadata", "id")
  local gives, covers = value.set(roles), value.set(scopes)
  for _, grant in ipairs(access.grants(data.teams)) do
    if gives[grant.role] and covers[grant.scope] then
      list[#list + 1] = {
        team = grant.team, scope = grant.scope, role = grant.role,
        member = grant.members[me] ~= nil, admins = admins_of(grant.members),
      }
    end
  end
  return list
end

-- Advice for the user --------------------------------------------------------

local function is_member(list)
  for _, way in ipairs(list) do
    if way.member then return true end
  end
  return false
end

local function grant_advice(why, data)
  if #why.roles == 0 or #why.scopes == 0 then return nil end
  local mine = names_where(data.teams, function(team)
    local members = value.dig(team, "spec", "members") or {}
    return members[value.dig(data.me, "metadata", "id")] ~= nil
  end)
  return ("an administrator can give the user's team%s the role %s under %s: "
    .. "mkrun team NAME --grant %s --scope %s"):format(
    #mine > 0 and " (" .. table.concat(mine, ", ") .. ")" or "",
    table.concat(why.roles, " or "), table.concat(why.scopes, " or "),
    why.roles[1], why.scopes[1])
end

local function join_advice(way)
  local whom = #way.admins > 0 and table.concat(way.admins, " or ")
    or "an administrator"
  return ("%s can add the user to the team: mkrun team %s --add EMAIL")
    :format(whom, way.team)
end

local CUT <const> = { restricted = true, ephemeral = true }

--- Returns texts about what the user can do, the best advice first.
local function advice(why, data)
  local list = json.array()
  if why.allowed then return list end
  if is_member(why.ways) then
    list[1] = "the user's teams give it, the token leaves it out: make one "
      .. "that has it (mkrun token create), or use a full-access one"
    return list
  elseif CUT[why.tokenType] and #why.unseen > 0 then
    list[1] = "the token is " .. why.tokenType .. ": its user may have what "
      .. "it leaves out"
  end
  for _, way in ipairs(why.ways) do list[#list + 1] = join_advice(way) end
  list[#list + 1] = grant_advice(why, data)
  return list
end

-- Explaining the refusal -----------------------------------------------------

local function place_name(place, project)
  if not place.type then return "any project" end
  return place.type == "core.customer" and "organization"
    or "project " .. project
end

local function raise_no_project(org, name)
  local names = value.names_of(errors.unless(REFUSED, org.projects.list,
    org.projects, { needs = "names" }))
  errors.refuse("missing", ("there is no project '%s', or the token does not "
    .. "see it"):format(name), near.hint(name, names)
    or "run this with one that does, and --of FILE")
end

--- Explains why a token may or may not do an operation.  Raises an error if the
--- project does not exist.
---@param org mkio.Organization   the connection that reads roles, scopes, teams
---@param me mkio.Me              the user of the token that is explained
---@param operation mkrun.rest.Operation
---@param project? string  the name of the project, if the operation needs one
---@return mkio.Why
function M.explain(org, me, operation, project)
  local data = read(org, me, project)
  if project and not data.project then raise_no_project(org, project) end
  local id = value.dig(data.project, "metadata", "id")
  local place = access.place(operation, id)
  local why = {
    operation = operation.key, method = operation.method,
    path = operation.path, needs = json.array { table.unpack(operation.can) },
    on = place_name(place, project), unseen = json.array(data.unseen),
    tokenType = value.dig(data.token, "metadata", "type"),
    by = held(data.rbac, operation, place),
  }
  why.allowed = #operation.can == 0 or why.by ~= nil
  if not why.by and #data.roles > 0 then
    operation_name.check_capability(operation.can, data.roles)
  end
  why.roles = names_where(data.roles, function(role)
    return access.role_has(role, operation.can)
  end)
  why.scopes = names_where(data.scopes, function(scope)
    return access.covers(scope, place)
  end)
  why.ways = ways(data, why.roles, why.scopes)
  why.advice = advice(why, data)
  return why
end

--- Reads the token in a file.
---@param path string
---@return mkrun.Secret? token
---@return string? message
function M.read_token(path)
  local token, message = secret.read(path, "token in " .. path)
  if token and token:digest() == sys.sha256 "" then
    return nil, path .. ": no token in it"
  end
  return token, message
end

--- The columns of the ways to the right.
M.columns = { "team", "scope", "role", "member", "admins" }

--- Returns what was found as pairs of a label and a text, for people.
---@param found table   result of `explain`
---@return {[1]: string, [2]: string}[]
function M.facts(found)
  local facts = {}
  local function add(label, text)
    if text ~= "" then facts[#facts + 1] = { label, text } end
  end
  add("operation", found.method == "" and "" or ("%s: %s %s"):format(
    found.operation, found.method, found.path))
  add("needs", #found.needs == 0 and "any valid token" or ("%s on %s")
    :format(table.concat(found.needs, " or "),
      found.on:gsub("^organization", "the organization")))
  add("token", (found.tokenType and found.tokenType .. ", " or "")
    .. (found.allowed and "has it" or "lacks it"))
  add("roles", table.concat(found.roles, ", "))
  add("scopes", table.concat(found.scopes, ", "))
  return facts
end

return M
