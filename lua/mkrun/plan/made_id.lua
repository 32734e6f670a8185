--- Finds the ids that a plan makes up, which are UUIDs, in texts.
-- SPDX-License-Identifier: MIT

local M = {}

local function hex(count) return ("%x"):rep(count) end

--- Pattern of a UUID.  Its parts have their lengths, because a text such as
--- "copy-of-ID" has hexadecimal digits before the id.
M.PATTERN = table.concat({ hex(8), hex(4), hex(4), hex(4), hex(12) }, "%-")

--- Replaces UUIDs in a text.
---@param text string
---@param by table<string, string>|fun(id: string): string?   nil: it stays
---@return string
function M.replace(text, by) return (text:gsub(M.PATTERN, by)) end

--- Tells whether a text has an id of a set in it.
---@param text string
---@param made table<string, any>
---@return boolean
function M.is_in(text, made)
  for id in text:gmatch(M.PATTERN) do
    if made[id] then return true end
  end
  return false
end

return M
