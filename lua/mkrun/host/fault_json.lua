--- Writes an error as a line of JSON, for a program that starts mkrun with
--- `--output json`.  The host and `mkrun.script` call this module.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local harmless = require "mkrun.printable"
local unseen = require "mkrun.unseen"

local M = {}

--- The fields of an error object that tell a program what to do.
local FIELDS <const> = { "method", "path", "status", "code", "detail", "ref",
  "hint", "operation", "pointer", "exit_code", "usage" }

local function harmless_text(text) return unseen.valid(harmless.lines(text)) end

--- Returns the field as JSON can hold it, or nil.
local function plain(field)
  if type(field) == "string" then return harmless_text(field) end
  local is_finite = math.type(field) and field - field == 0
  return (is_finite or field == true) and field or nil
end

--- Returns `{"error": {...}}` in one line.
---@param problem any      the error object
---@param message string   its text, for people
---@return string
function M.line(problem, message)
  local inner = json.object()
  inner.message = harmless_text(message)
  for _, name in ipairs(FIELDS) do
    inner[name] = plain(type(problem) == "table" and rawget(problem, name))
  end
  return json.encode({ error = inner }, { sort = true })
end

return M
