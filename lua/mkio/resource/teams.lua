--- Teams: their members, and the roles that they grant under scopes.
--- `org.teams` is the only instance of this class.
---
--- An existing team is changed by PATCH only.  PUT replaces the whole team, so
--- it would drop what somebody else added a second ago.
-- SPDX-License-Identifier: MIT

local patch = require "mkrun.patch"

local await = require "mkrun.rest.await"
local basis = require "mkrun.rest.basis"
local class = require "mkio.resource.class"
local dialect = require "mkio.dialect"
local errors = require "mkrun.rest.error"
local value = require "mkrun.value"

---@class mkio.Teams: mkrun.rest.Resource
local Teams = class {
  name = "Teams", list = "teams.list",
  get = "teams.get", parameter = "team_name", many = true,
}

---@class mkio.TeamWish
---@field description? string
---@field members? table<string, {isTeamAdmin: boolean?}>  by user id
---@field scopes? table<string, {roles: string[]}>         by scope name

--- The predefined teams, which every organization needs.
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

--- The checks of a predefined team: it must keep a role, a member and an
--- administrator.
local KEPT <const> = {
  { "role", has_role }, { "member", has_member },
  { "administrator", has_admin },
}

--- Returns what a predefined team has in `have` and lacks in `goal`, or nil.
local function what_is_lost(name, have, goal)
  for _, kept in ipairs(PROTECTED[name] and KEPT or {}) do
    local word, has = table.unpack(kept)
    if has(have) and not has(goal) then return word end
  end
end

local function check_not_emptied(name, have, goal)
  local word = what_is_lost(name, have, goal)
  if not word then return end
  errors.raise("protected", ("team '%s' would have no %s left")
    :format(name, word))
end

local function check_protected(name, verb)
  if PROTECTED[name] then
    errors.raise("protected", ("team '%s' is not to be %s"):format(name, verb),
      "every organization needs it; change it by patch or ensure")
  end
end

--- Creates a team, or replaces the whole team.  Raises "protected" for a
--- predefined team.
---@param name string
---@param spec mkio.TeamWish
---@return mkio.api.TeamGetSchema
function Teams:put(name, spec)
  check_protected(name, "replaced")
  local team = self:call("teams.put", { team_name = name }, { spec = spec })
  await.made(self, "team", name)
  return team
end

local function send_patch(self, name, operations, options)
  return await.naming(self.session, "team", { name }, function()
    return self:call("teams.patch", { team_name = name }, operations, options)
  end)
end

--- Raises if the operations would empty a predefined team.  If the operations
--- do not fit the team, the API refuses them with a better message.
local function check_patch(self, name, operations)
  if not PROTECTED[name] then return end
  local have = self:get(name)
  local ok, goal = pcall(dialect.apply, have, operations)
  if ok then check_not_emptied(name, have, goal) end
end

--- Changes parts of a team.  Raises if that would empty a predefined team.
---@param name string
---@param operations mkio.api.JsonPatchEntry[]  in the API's dialect of JSON
---  Patch, see `mkio.dialect`
---@return mkio.api.TeamGetSchema
function Teams:patch(name, operations)
  check_patch(self, name, operations)
  return send_patch(self, name, operations)
end

--- Removes a user from a team.  It returns nothing, because it does not read
--- the answer.
---@param name string
---@param user_id string
function Teams:remove_member(name, user_id)
  local removal = { { op = "remove", path = "/spec/members/" .. user_id } }
  check_patch(self, name, removal)
  send_patch(self, name, removal, { unread = true })
end

--- Deletes a team and the rights that it grants.  Its members stay in the
--- organization.  Raises "protected" for a predefined team.
---@param name string
function Teams:delete(name)
  check_protected(name, "deleted")
  await.gone(self.session, "team", name)
  self:call("teams.delete", { team_name = name })
end

--- Merges the declared members into the team's members.  Members that are not
--- declared stay, and so does a rank that is not declared.
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

--- Returns the whole team that is wanted: the declared fields over the present
--- ones.
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

--- Returns the operations that are still due on `have`.  `aim` gets each new
--- answer, so that a member whom somebody else just added stays.
local function due(have, aim) return dialect.diff(have, aim(have)) end

--- Compares a team with what is declared, and sends nothing.
---@param have mkio.api.TeamGetSchema
---@param want mkio.TeamWish
---@return mkio.api.JsonPatchEntry[]   what `ensure` would send
function Teams.differences(have, want)
  return due(have, function(team) return wanted_team(team, want) end)
end

--- Raises if the answer to a change does not have what was asked for, or if a
--- predefined team lacks what it needs: two runs that each leave one
--- administrator may leave none together.
local function check_result(name, have, team, aim)
  local word = what_is_lost(name, have, team)
  if word then
    errors.raise("mismatch", ("team '%s' has no %s left"):format(name, word),
      "somebody has changed it at the same time")
  end
  local left = due(team, aim)
  if #left == 0 then return end
  errors.raise("mismatch",
    ("team '%s' is not as it was asked to be: %s %s is still due")
      :format(name, left[1].op, left[1].path),
    "somebody may have changed it at the same time: run it again")
end

--- Returns the e-mail address of a member, or the id if neither team tells it.
local function email_of(id, have, team)
  return value.dig(have, "spec", "members", id, "email")
    or value.dig(team, "spec", "members", id, "email") or id
end

--- Describes each operation for people: "add members/kari@northlight.example".
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

--- Reads a team that exists, though it may be young.
local function read_again(self, name)
  return await.find(self, "team", name) or self:get(name)
end

--- Sends what seemed to be due after an answer got lost.  The API may refuse
--- that because the read was behind, and nothing is due.
local function apply_rest(self, name, left, aim)
  local ok, result = pcall(send_patch, self, name, left)
  if ok then return result end
  local have = errors.is_refused(result) and await.look(function()
    local now = self:find(name)
    return now and #due(now, aim) == 0 and now
  end, ("the team '%s' does not show its last change yet"):format(name))
  return have or error(result, 0)
end

--- Sends the operations.  If the answer got lost, it reads the team and sends
--- only what is still due: the API refuses to grant or take a role twice.  It
--- does the same after a refusal, because somebody may have changed the team or
--- removed a user after the team was read.
local function apply(self, name, operations, aim)
  local ok, result = pcall(send_patch, self, name, operations)
  if ok then return result end
  local lost = errors.may_have_arrived(result)
  if not lost and not errors.is_refused(result) then error(result, 0) end
  local read, have = pcall(read_again, self, name)
  if not read then error(lost and have or result, 0) end
  local left = due(have, aim)
  if #left == 0 then return have end
  if lost then return apply_rest(self, name, left, aim) end
  if patch.equal(left, operations) then error(result, 0) end
  return send_patch(self, name, left)
end

--- Creates a team.  `wanted_team` fills in the rank of each member.
local function create(self, name, want)
  local spec = wanted_team({}, want).spec
  return self:put(name, spec)
end

--- Changes a team to what `aim` returns, by one PATCH.
---@param name string
---@param have mkio.api.TeamGetSchema   the team, just read
---@param aim fun(team: table): table   returns the whole team that is wanted;
---  called again for every answer
---@return mkio.api.TeamGetSchema team
---@return "unchanged"|"changed" outcome
---@return string[] details   "add members/EMAIL", "remove scopes/X/roles/Y"
function Teams:become(name, have, aim)
  local operations = due(have, aim)
  if #operations == 0 then return have, "unchanged", {} end
  check_not_emptied(name, have, aim(have))
  local team = apply(self, name, operations, aim)
  check_result(name, have, team, aim)
  return team, "changed", describe(operations, have, team)
end

--- Returns the id of the member with this e-mail address.  For anybody else it
--- returns the address, because that user may become a member.
local function key_of(have, email)
  for id, member in pairs(value.dig(have, "spec", "members") or {}) do
    if value.same_email(value.dig(member, "email"), email) then return id end
  end
  return email
end

--- Raises "protected" if the declared members and scopes would empty a
--- predefined team.  It knows members by e-mail address.
---@param name string
---@param want {members: {email: string, isTeamAdmin: boolean?}[]?,
---  scopes: table<string, {roles: string[]}>?}
---@param known? mkio.api.TeamGetSchema   if the caller has just read the team
function Teams:check(name, want, known)
  local have = PROTECTED[name] and (known or self:find(name))
  if not have then return end
  local members = {}
  for _, wish in ipairs(want.members or {}) do
    members[key_of(have, wish.email)] = { isTeamAdmin = wish.isTeamAdmin }
  end
  check_not_emptied(name, have,
    wanted_team(have, { members = members, scopes = want.scopes }))
end

--- Returns JSON Pointers of the parts of a team that are compared with a wish.
local function parts_of(want)
  local parts = { "/metadata/name" }
  if want.description then parts[2] = "/spec/description" end
  for _, section in ipairs { "members", "scopes" } do
    for _, name in ipairs(value.names(want[section])) do
      parts[#parts + 1] = patch.pointer { "spec", section, name }
    end
  end
  return parts
end

--- Creates the team, or changes it to what is declared.  Members, scopes and
--- ranks that are not declared stay.  A declared scope gets exactly the
--- declared roles.  It reads a predefined team right before it changes it, even
--- if `options.have` is given.
---@param name string
---@param want mkio.TeamWish
---@param options? mkrun.rest.EnsureOptions
---@return mkio.api.TeamGetSchema team
---@return "unchanged"|"created"|"changed" outcome
---@return string[] details   "add members/ID", "remove scopes/X/roles/reader"
function Teams:ensure(name, want, options)
  options = options or {}
  local before = options.before or function() end
  basis.note(self, "teams.get", "team_name", name, table.unpack(parts_of(want)))
  local have = options.have or await.find(self, "team", name)
  if not have then
    before()
    return create(self, name, want), "created", {}
  end
  local function aim(team) return wanted_team(team, want) end
  if #due(have, aim) > 0 then
    before()
    if options.have and PROTECTED[name] then have = self:get(name) end
  end
  return self:become(name, have, aim)
end

return Teams
