--- Makes the patch that changes a team, in the API's own dialect of JSON Patch.
--- `mkio.resource.teams` and the plan call this module.
---
--- The dialect has the operations add, remove and replace, but not test, move
--- or copy.  It removes a role by the role's name, not by an index.
---
--- `diff` compares two teams whose roles are sets (role name -> true).  The RFC
--- 6902 difference of such teams removes a role by name, as the dialect does.
--- `diff` then replaces sets by lists.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local patch = require "mkrun.patch"

local model = require "mkio.model.dialect"
local value = require "mkrun.value"

local M = {}

local function member(seen)
  return json.object { isTeamAdmin = value.present(seen.isTeamAdmin) or false }
end

local function scope(seen)
  return json.object { roles = json.object(value.set(
    value.present(seen.roles))) }
end

local function each(object, convert)
  local copy = json.object {}
  for name, item in pairs(value.present(object) or {}) do
    copy[name] = convert(item)
  end
  return copy
end

--- Returns a team in a form that can be compared.  The result contains only the
--- members that a request body may set, without the names and e-mail addresses
--- that the server adds.  Roles are sets.
---@param team table  {spec = {description, members, scopes}}
---@return table
function M.comparable(team)
  local spec = value.present(team.spec) or {}
  return json.object {
    spec = json.object {
      description = value.present(spec.description) or "",
      members = each(spec.members, member),
      scopes = each(spec.scopes, scope),
    },
  }
end

local function role_list(scope_)
  return json.object { roles = json.array(value.names(scope_.roles)) }
end

--- Translates an RFC 6902 operation on comparable teams into the API's dialect.
local function translate(operation)
  local segments = patch.parse(operation.path)
  local where, depth = segments[2], #segments
  if where ~= "scopes" or operation.op == "remove" then return operation end
  if depth == 3 then
    return { op = operation.op, path = operation.path,
      value = role_list(operation.value) }
  end
  -- For /spec/scopes/NAME/roles/ROLE, the role is appended to the list of
  -- roles.
  segments[depth] = "-"
  local role = patch.parse(operation.path)[depth]
  return { op = "add", path = patch.pointer(segments), value = role }
end

local order = { add = 1, replace = 2, remove = 3 }

--- Puts additions before removals.  In the other order, a user could lose a
--- right for a moment that the user has before and after the change.
local function sort(operations)
  local place = {}
  for i, operation in ipairs(operations) do place[operation] = i end
  table.sort(operations, function(a, b)
    if order[a.op] ~= order[b.op] then return order[a.op] < order[b.op] end
    return place[a] < place[b]
  end)
end

--- Turns the `replace` of a missing description into an `add`, because the API
--- refuses to replace a missing member.
local function add_first(operation, have)
  local is_first = operation.path == "/spec/description"
    and value.dig(have, "spec", "description") == nil
  if not is_first then return operation end
  return { op = "add", path = operation.path, value = operation.value }
end

--- Returns the operations that change the team `have` into the team `want`.
---@param have table   the team in the API's answer
---@param want table   the complete team after the change
---@return table[] operations   empty if the teams are equal
function M.diff(have, want)
  local operations = json.array {}
  local plain = patch.diff(M.comparable(have), M.comparable(want))
  for i, operation in ipairs(plain) do
    operations[i] = add_first(translate(operation), have)
  end
  sort(operations)
  return operations
end

local function is_repeatable(operation)
  if operation.op == "add" then return not operation.path:find "/%-$" end
  return operation.op == "replace"
end

--- Returns true if the operations may be sent again after a lost answer.  A
--- second `add` could add a role twice, and a second `remove` would be refused.
---@param operations table[]
---@return boolean
function M.repeatable(operations)
  for _, operation in ipairs(operations) do
    if not is_repeatable(operation) then return false end
  end
  return true
end

--- Returns the team after the operations.  Raises an error if an operation
--- cannot be applied to the team.
---@param team table
---@param operations table[]
---@return table team
function M.apply(team, operations) return model.apply(team, operations) end

return M
