--- Reads the header field Retry-After.  The layers `retry` and `rate_limit` and
--- modules that make messages of answers call this module.
-- SPDX-License-Identifier: MIT

local sys = require "mkrun.sys"

local M = {}

local function header(response, name)
  for key, value in pairs(response.headers or {}) do
    if type(key) == "string" and key:lower() == name then return value end
  end
end

--- Returns the seconds that a server asks the client to wait, or nil if the
--- answer has no Retry-After.  If Retry-After is a date, the wait begins at the
--- header field Date of the same answer, or else at `now()`.
---@param response table
---@param now fun(): number  returns seconds since 1970
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

--- Says why a request was not sent again: the server asks for a wait that is
--- longer than the patience of the layer `retry`.
---@param response table
---@return string? text   nil if that is not so
function M.refusal(response)
  local seconds = response.refused_for
  return seconds and ("the server asks to wait %.0f s (Retry-After), which is "
    .. "longer than mkrun waits"):format(seconds)
end

return M
