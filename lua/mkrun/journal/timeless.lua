--- Bodies without what differs from run to run: moments, such as the
--- `expireDate` of a token.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local patch = require "mkrun.patch"

local M = {}

--- A copy of a JSON value with "(time)" for each moment in it.
---@param value any
---@return any
function M.copy(value)
  if type(value) == "string" then
    return (value:gsub("^%d+%-%d%d%-%d%dT[%d:.]+Z$", "(time)"))
  elseif type(value) ~= "table" then
    return value
  end
  local result = json.is_array(value) and json.array {} or json.object {}
  for name, member in pairs(value) do result[name] = M.copy(member) end
  return result
end

--- Are they the same, but for moments?
---@param a any
---@param b any
---@return boolean
function M.equal(a, b) return patch.equal(M.copy(a), M.copy(b)) end

return M
