--- Compares the last day of a person (`until` in a SPEC) with the server's
--- time.  The day ends at midnight in UTC.  The flows that read a SPEC call
--- this module.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local sys = require "mkrun.sys"

local M = {}

--- Returns the end of a day, in seconds since 1970.
---@param day string  "2026-12-31"
---@return number
local function end_of(day)
  return assert(sys.parse_time(day .. "T00:00:00Z")) + clock.DAY
end

--- Returns true if the day is over.  Returns false if there is no last day.
--- Call it after the first answer, so that the clock is the server's.
---@param day? string  "2026-12-31"
---@return boolean
function M.is_past(day) return day ~= nil and end_of(day) <= clock.now() end

--- Returns how many whole days are left after today: 0 on the last day.
---@param day string  "2026-12-31"
---@return integer days  negative if the day is over
function M.days_left(day)
  return math.floor((end_of(day) - clock.now()) / clock.DAY)
end

return M
