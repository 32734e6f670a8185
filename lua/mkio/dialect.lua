--- The API's own dialect of JSON Patch, for teams.
---
--- It knows add, remove and replace, no test, move or copy, and it removes a
--- role by its name, not by its index.  Two teams are compared here with
--- their roles as sets, so that the plain RFC 6902 difference of the two is
--- nearly the dialect already: what is left is to write the sets as lists.
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

--- A team as the dialect compares it: only what a request may hold, members
--- without the name and e-mail that the server adds, roles as sets.
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

--- One RFC 6902 operation on comparable teams, in the dialect.
local function translate(operation)
  local segments = patch.parse(operation.path)
  local where, depth = segments[2], #segments
  if where ~= "scopes" or operation.op == "remove" then return operation end
  if depth == 3 then
    return { op = operation.op, path = operation.path,
      value = role_list(operation.value) }
  end
  -- /spec/scopes/NAME/roles/ROLE: the set's member becomes a list's element
  segments[depth] = "-"
  local role = patch.parse(operation.path)[depth]
  return { op = "add", path = patch.pointer(segments), value = role }
end

local order = { add = 1, replace = 2, remove = 3 }

--- Rights are given before they are taken, so that nobody who keeps a right
--- is without it in between.
local function sort(operations)
  local place = {}
  for i, operation in ipairs(operations) do place[operation] = i end
  table.sort(operations, function(a, b)
    if order[a.op] ~= order[b.op] then return order[a.op] < order[b.op] end
    return place[a] < place[b]
  end)
end

--- `replace` needs the member to be there: a first description is an `add`.
local function add_first(operation, have)
  local is_first = operation.path == "/spec/description"
    and value.dig(have, "spec", "description") == nil
  if not is_first then return operation end
  return { op = "add", path = operation.path, value = operation.value }
end

--- The operations that make the team `have` into the team `want`.
---@param have table   a team as the API gives it
---@param want table   a team that has everything that it shall have
---@return table[] operations   empty when there is nothing to do
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

--- May the operations be sent again when nobody knows whether they arrived?
--- A role added twice may be there twice, and what was removed cannot be
--- removed again.
---@param operations table[]
---@return boolean
function M.repeatable(operations)
  for _, operation in ipairs(operations) do
    if not is_repeatable(operation) then return false end
  end
  return true
end

--- What the API makes of a team and operations, as far as it says; raises
--- when one of them does not fit.
---@param team table
---@param operations table[]
---@return table team
function M.apply(team, operations) return model.apply(team, operations) end

return M
