--- What mkrun says of a provider's file that is given as SCRIPT: in its help,
--- and after it has run, so that its author sees that the table is good.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"

local M = {}

--- Stands before the rights in the help, which say what the file may do when it
--- is run by itself.
local TEXT <const> = [[
This file is a provider, for flows: their header has @provider %s.
`mkrun %s` checks it.  See mkrun help provider.]]

--- Returns true if a script looks like the file of a provider.
---@param source string
---@return boolean
local function is_provider(source)
  return source:find "[\"'%[]mkrun%.rest[\"'%]]" ~= nil
    and ("\n" .. source):find "\n%s*return%s+[%w_]+%.provider%s*[({]" ~= nil
end

--- Returns what the help says of the running script if it looks like the file
--- of a provider, otherwise nil.
---@return string?
function M.help()
  local script = config.script
  if not script.path or not is_provider(script.source) then return nil end
  return TEXT:format(script.path:match "[^/]*$", script.path)
end

local function count(n, word)
  return ("%d %s%s"):format(n, word, n == 1 and "" or "s")
end

local function size_of(list)
  local n = 0
  for _ in next, list do n = n + 1 end
  return n
end

--- Returns a member that is a table, or an empty table.  A confined script may
--- return a table with any metatable.
local function member(object, name)
  local found = rawget(object, name)
  return type(found) == "table" and found or {}
end

--- Prints the name and the size of the provider that a script has returned.
--- The host calls this function with a table.
---@param value table
function M.told(value)
  local operations = member(member(value, "operations"), "by_key")
  local name = rawget(value, "name")
  if type(name) ~= "string" or not name:find "^%l[%l%d_]*$"
    or not rawget(value, "declared") or not next(operations) then
    return
  end
  print(("%s: %s, %s"):format(name,
    count(size_of(member(value, "resources")), "resource"),
    count(size_of(operations), "operation")))
end

return M
