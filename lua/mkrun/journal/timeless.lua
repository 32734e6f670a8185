--- Compares bodies without their times, such as the `expireDate` of a token,
--- because times differ from run to run.  The layers `journal` and `replay` and
--- the flow `undo` call this module.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local patch = require "mkrun.patch"

local M = {}

--- Copies a JSON value and replaces each time by "(time)".
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

--- Returns true if two values are equal apart from times.
---@param a any
---@param b any
---@return boolean
function M.equal(a, b) return patch.equal(M.copy(a), M.copy(b)) end

return M
