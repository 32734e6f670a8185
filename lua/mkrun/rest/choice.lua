--- Describes a text that is not in a list of values.  `mkrun.rest.fit` refuses
--- such a text, and `mkrun.rest.newer` warns about it.
-- SPDX-License-Identifier: MIT

local near = require "mkrun.rest.suggestion"

local M = {}

--- Returns true if the list contains the text.
---@param list string[]
---@param text string
---@return boolean
function M.has(list, text)
  for _, item in ipairs(list) do
    if item == text then return true end
  end
  return false
end

--- Returns the element of a list that is most similar to a text.  For
--- "JobFinished", the result is "MediaKind.JobFinished".
---@param list string[]
---@param text string
---@return string?
function M.nearest(list, text)
  if text == "" then return nil end
  for _, item in ipairs(list) do
    if item:sub(-#text - 1) == "." .. text then return item end
  end
  return near.find(text, list)[1]
end

--- Returns "one of 'a', 'b' expected, got 'x', did you mean 'a'?".
---@param list string[]
---@param text string
---@return string
function M.complaint(list, text)
  local meant = M.nearest(list, text)
  return ("one of '%s' expected, got '%s'%s"):format(
    table.concat(list, "', '"), text,
    meant and (", did you mean '%s'?"):format(meant) or "")
end

return M
