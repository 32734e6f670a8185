--- The files and variables that a document has a run read, for its plan: who
--- reads a plan did not necessarily write the document.
-- SPDX-License-Identifier: MIT

local M = {}

---@class mkrun.Source
---@field kind "file"|"variable"
---@field name string
---@field at string   JSON Pointer of the place that names it

---@type mkrun.Source[]
local list = {}

---@param kind "file"|"variable"
---@param name string
---@param at string
function M.note(kind, name, at)
  list[#list + 1] = { kind = kind, name = name, at = at }
end

--- Those that were noted, in the order of their places.
---@return mkrun.Source[]
function M.list()
  table.sort(list, function(a, b) return a.at < b.at end)
  return list
end

return M
