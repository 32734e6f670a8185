--- Lists the files and environment variables that a SPEC names and the run
--- reads.  The plan shows this list, because the person who checks the plan may
--- not have written the SPEC.
-- SPDX-License-Identifier: MIT

local M = {}

---@class mkrun.Source
---@field kind "file"|"variable"
---@field name string
---@field at string   JSON Pointer of the member that names the source

---@type mkrun.Source[]
local list = {}

--- Adds a source to the list.
---@param kind "file"|"variable"
---@param name string  path of the file or name of the variable
---@param at string    JSON Pointer of the member that names the source
function M.note(kind, name, at)
  list[#list + 1] = { kind = kind, name = name, at = at }
end

--- Returns the sources, sorted by JSON Pointer.
---@return mkrun.Source[]
function M.list()
  table.sort(list, function(a, b) return a.at < b.at end)
  return list
end

return M
