--- Reads the ids that a server gives.  `mkrun.rest.meaning.request` calls it.
-- SPDX-License-Identifier: MIT

local M = {}

--- A larger number of this kind was rounded when it was read: it is no id.
local EXACT <const> = 2.0 ^ 53

--- Returns a member of a document as a part of a path.
---@param item any
---@return string?   nil: no path can name it
function M.text(item)
  if type(item) == "string" then return item end
  if math.type(item) == "float" then
    if item ~= item or math.abs(item) >= EXACT then return nil end
    return tostring(math.tointeger(item) or item)
  end
  local is_plain = math.type(item) == "integer" or type(item) == "boolean"
  return is_plain and tostring(item) or nil
end

--- Returns the field Location of an answer without its query, or nil.
---@param response? table
---@return string?
function M.location(response)
  local headers = response and response.headers
  local link = headers and headers.location
  return type(link) == "string" and link:match "^[^?#]*":gsub("/+$", "") or nil
end

return M
