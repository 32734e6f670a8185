--- Teams: who is in them, and which roles they give under which scopes.
---
--- A live team is changed by PATCH only: PUT replaces it whole, and would drop
--- what somebody else put there a second ago.
-- SPDX-License-Identifier: MIT

local patch = require "mkrun.patch"

local class = require "mkio.resource.class"
local dialect = require "mkio.dialect"
local errors = require "mkrun.rest.error"
local value = require "mkrun.value"

---@class mkio.Teams: mkrun.rest.Resource
local Teams = class {
  name = "Teams", list = "teams.list",
  get = "teams.get", parameter = "team_name",
}

---@class mkio.TeamWish
---@field description? string
---@field members? table<string, {isTeamAdmin: boolean?}>  by user id
---@field scopes? table<string, {roles: string[]}>         by scope name

--- The teams that every organization has and cannot do without.
local PROTECTED <const> = { Administrators = true, Everyone = true }

local function has_role(team)
  for _, scope in pairs(value.dig(team, "spec", "scopes") or {}) do
    if #(value.present(scope.roles) or {}) > 0 then return true end
  end
  return false
end

local function has_admin(team)
  for _, member in pairs(value.dig(team, "spec", "members") or {}) do
    if value.present(member.isTeamAdmin) then return true end
  end
  return false
end

local function has_member(team)
  return next(value.dig(team, "spec", "members") or {}) ~= nil
end

--- What a predefined team that has one does not lose the last one of.
local KEPT <const> = {
  { "role", has_role }, { "member", has_member },
  { "administrator", has_admin },
}

local function check_not_emptied(name, have, goal)
  for _, kept in ipairs(PROTECTED[name] and KEPT or {}) do
    local word, has = table.unpack(kept)
    if has(have) and not has(goal) then
      errors.raise("protected", ("team '%s' would have no %s left")
        :format(name, word))
    end
  end
end

local function check_protected(name, verb)
  if PROTECTED[name] then
    errors.raise("protected", ("team '%s' is not to be %s"):format(name, verb),
      "every organization needs it; change it by patch or ensure")
  end
end

--- Create a team, or replace all of it.
---@param name string
---@param spec mkio.TeamWish
---@return mkio.api.TeamGetSchema
function Teams:put(name, spec)
  check_protected(name, "replaced")
  return self:call("teams.put", { team_name = name }, { spec = spec })
end

local function send_patch(self, name, operations, options)
  return self:call("teams.patch", { team_name = name }, operations, options)
end

--- What the operations would leave of a predefined team.  Where they do not
--- fit it, the API's own words are the better ones.
local function check_patch(self, name, operations)
  if not PROTECTED[name] then return end
  local have = self:get(name)
  local ok, goal = pcall(dialect.apply, have, operations)
  if ok then check_not_emptied(name, have, goal) end
end

--- Change parts of a team; `operations` are in the API's dialect of JSON
--- Patch (see `mkio.dialect`).
---@param name string
---@param operations mkio.api.JsonPatchEntry[]
---@return mkio.api.TeamGetSchema
function Teams:patch(name, operations)
  check_patch(self, name, operations)
  return send_patch(self, name, operations)
end

--- Take somebody out of a team; how the team looks then is not told.
---@param name string
---@param user_id string
function Teams:remove_member(name, user_id)
  local removal = { { op = "remove", path = "/spec/members/" .. user_id } }
  check_patch(self, name, removal)
  send_patch(self, name, removal, { unread = true })
end

--- Drop a team and what it grants; its members stay in the organization.
function Teams:delete(name)
  check_protected(name, "deleted")
  self:call("teams.delete", { team_name = name })
end

--- A member that is there keeps what is not declared, above all its rank.
local function wanted_members(have, want)
  local members = {}
  for id, seen in pairs(have) do
    members[id] = { isTeamAdmin = value.present(seen.isTeamAdmin) or false }
  end
  for id, wish in pairs(want or {}) do
    local rank = wish.isTeamAdmin
    if rank == nil then rank = members[id] and members[id].isTeamAdmin end
    members[id] = { isTeamAdmin = rank or false }
  end
  return members
end

local function wanted_scopes(have, want)
  local scopes = {}
  for name, seen in pairs(have) do scopes[name] = seen end
  for name, wish in pairs(want or {}) do
    scopes[name] = { roles = wish.roles }
  end
  return scopes
end

--- The team as it shall be: what is declared over what is there.
local function wanted_team(have, want)
  local description = want.description
  if description == nil then
    description = value.dig(have, "spec", "description")
  end
  return { spec = {
    description = description,
    members = wanted_members(value.dig(have, "spec", "members") or {},
      want.members),
    scopes = wanted_scopes(value.dig(have, "spec", "scopes") or {},
      want.scopes),
  } }
end

--- What is still to do on `have`.  Asked anew of each answer: what somebody
--- else added in the meantime is none of it.
local function due(have, aim) return dialect.diff(have, aim(have)) end

local function check_result(name, team, aim)
  local left = due(team, aim)
  if #left == 0 then return end
  errors.raise("mismatch",
    ("team '%s' is not as it was asked to be: %s %s is still due")
      :format(name, left[1].op, left[1].path),
    "somebody may have changed it at the same time: run it again")
end

--- The e-mail address of a member, where a team tells it.
local function email_of(id, have, team)
  return value.dig(have, "spec", "members", id, "email")
    or value.dig(team, "spec", "members", id, "email") or id
end

--- Each operation as people read it: "add members/kari@northlight.example".
local function describe(operations, have, team)
  local details = {}
  for i, operation in ipairs(operations) do
    local path = operation.path:gsub("^/spec/", "")
    if path:find "/roles/%-$" then
      path = path:sub(1, -2) .. operation.value
    end
    path = path:gsub("^members/([^/]+)", function(id)
      return "members/" .. email_of(id, have, team)
    end)
    details[i] = operation.op .. " " .. path
  end
  return details
end

--- Send the operations.  A role that is granted or taken twice is trouble, so
--- when nobody knows whether they arrived, what is left of them is looked up.
--- So it is when they were refused: somebody may have changed the team, or
--- removed a user, after it was read.
local function apply(self, name, operations, aim)
  local ok, result = pcall(send_patch, self, name, operations)
  if ok then return result end
  local lost = errors.may_have_arrived(result)
  if not lost and not errors.is_refused(result) then error(result, 0) end
  local read, have = pcall(self.get, self, name)
  if not read then error(lost and have or result, 0) end
  local left = due(have, aim)
  if #left == 0 then return have end
  if not lost and patch.equal(left, operations) then error(result, 0) end
  return send_patch(self, name, left)
end

--- A new team, with every member's rank said.
local function create(self, name, want)
  local spec = wanted_team({}, want).spec
  return self:put(name, spec)
end

--- Make a team what `aim` makes of it, by one PATCH.
---@param name string
---@param have mkio.api.TeamGetSchema   as it was read a moment ago
---@param aim fun(team: table): table   the team as it shall be as a whole;
---                    asked again of the answer
---@return mkio.api.TeamGetSchema team
---@return "unchanged"|"changed" outcome
---@return string[] details   "add members/EMAIL", "remove scopes/X/roles/Y"
function Teams:become(name, have, aim)
  local operations = due(have, aim)
  if #operations == 0 then return have, "unchanged", {} end
  check_not_emptied(name, have, aim(have))
  local team = apply(self, name, operations, aim)
  check_result(name, team, aim)
  return team, "changed", describe(operations, have, team)
end

--- The key of the member with this address; whoever is none may become one.
local function key_of(have, email)
  for id, member in pairs(value.dig(have, "spec", "members") or {}) do
    if value.same_email(value.dig(member, "email"), email) then return id end
  end
  return email
end

--- Raise when what is declared would take from a team what it cannot do
--- without; members are told by their address.
---@param name string
---@param want {members: {email: string, isTeamAdmin: boolean?}[]?,
---  scopes: table<string, {roles: string[]}>?}
function Teams:check(name, want)
  local have = PROTECTED[name] and self:find(name)
  if not have then return end
  local members = {}
  for _, wish in ipairs(want.members or {}) do
    members[key_of(have, wish.email)] = { isTeamAdmin = wish.isTeamAdmin }
  end
  check_not_emptied(name, have,
    wanted_team(have, { members = members, scopes = want.scopes }))
end

--- Create the team, or make what is declared of it so.  Members and scopes
--- that are not declared stay; a member whose rank is not declared keeps it;
--- the roles of a declared scope become exactly the declared ones.
---@param name string
---@param want mkio.TeamWish
---@return mkio.api.TeamGetSchema team
---@return "unchanged"|"created"|"changed" outcome
---@return string[] details   "add members/ID", "remove scopes/X/roles/reader"
function Teams:ensure(name, want)
  local have = self:find(name)
  if not have then return create(self, name, want), "created", {} end
  return self:become(name, have,
    function(team) return wanted_team(team, want) end)
end

return Teams
