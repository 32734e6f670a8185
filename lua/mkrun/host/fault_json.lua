--- Writes an error as a line of JSON, for a program that starts mkrun with
--- `--output json`.  The host and `mkrun.script` call this module.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local harmless = require "mkrun.printable"

local M = {}

--- The fields of an error object that tell a program what to do.
local FIELDS <const> = { "method", "path", "status", "code", "detail", "ref",
  "hint", "operation", "pointer", "exit_code", "usage" }

local PLAIN <const> = { string = true, number = true, boolean = true }

local function harmless_value(field)
  return type(field) == "string" and harmless.lines(field) or field
end

--- Returns `{"error": {...}}` in one line.
---@param problem any      the error object
---@param message string   its text, for people
---@return string
function M.line(problem, message)
  local inner = json.object()
  inner.message = harmless.lines(message)
  for _, name in ipairs(FIELDS) do
    local field = type(problem) == "table" and rawget(problem, name)
    if PLAIN[type(field)] and field then
      inner[name] = harmless_value(field)
    end
  end
  return json.encode({ error = inner }, { sort = true })
end

return M
