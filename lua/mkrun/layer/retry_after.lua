--- Reads the header Retry-After.  The layers `retry` and `limit` call it.
-- SPDX-License-Identifier: MIT

local sys = require "mkrun.sys"

local M = {}

local function header(response, name)
  for key, value in pairs(response.headers or {}) do
    if type(key) == "string" and key:lower() == name then return value end
  end
end

--- Returns the seconds that a server asks to wait, or nil if it does not ask.
--- A date is compared with the header Date of the same answer, if there is one.
---@param response table
---@param now fun(): number  seconds since 1970
---@return number? seconds
function M.seconds(response, now)
  local text = header(response, "retry-after")
  if type(text) ~= "string" then return nil end
  text = text:match "^%s*(.-)%s*$"
  if text:find "^%d+%.?%d*$" then return tonumber(text) + 0.0 end
  local date = sys.parse_time(text)
  if not date then return nil end
  local clock = header(response, "date")
  return date - (clock and sys.parse_time(clock) or now())
end

return M
