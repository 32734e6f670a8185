--- A change of a team, taken back: what it changed becomes what it was, and
--- what others changed since stays.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local patch = require "mkrun.patch"

local dialect = require "mkio.dialect"
local value = require "mkio.value"

local M = {}

local function is_object(item)
  return type(item) == "table" and not json.is_array(item)
end

--- The merge patch (RFC 7396) that makes `from` into `to`.
local function difference(from, to)
  local result = json.object {}
  for name in pairs(from) do
    if to[name] == nil then result[name] = json.null end
  end
  for name, item in pairs(to) do
    if is_object(item) and is_object(from[name]) then
      local inner = difference(from[name], item)
      if next(inner) then result[name] = inner end
    elseif not patch.equal(from[name], item) then
      result[name] = item
    end
  end
  return result
end

--- The opposite of `dialect.comparable`.
local function team_of(comparable)
  local spec, scopes = comparable.spec, json.object {}
  for name, scope in pairs(spec.scopes or {}) do
    scopes[name] = { roles = json.array(value.names(scope.roles)) }
  end
  return { spec = { description = spec.description,
    members = spec.members or json.object {}, scopes = scopes } }
end

--- A function that takes the way from `before` to `after` back on a team, as
--- `Teams:become` wants it.
---@param before table   a team
---@param after table
---@return fun(team: table): table
function M.back(before, after)
  local way =
    difference(dialect.comparable(after), dialect.comparable(before))
  return function(team)
    return team_of(patch.merge(dialect.comparable(team), way))
  end
end

return M
