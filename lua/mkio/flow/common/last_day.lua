--- Compares the last day of a person (`until` in a SPEC) with the server's
--- time.  The day ends at midnight in UTC.  The flows that read a SPEC call
--- this module.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local config = require "mkrun.config"
local sys = require "mkrun.sys"

local errors = require "mkrun.rest.error"

local M = {}

--- Returns the end of a day, in seconds since 1970.
---@param day string  "2026-12-31"
---@return number
local function end_of(day)
  return assert(sys.parse_time(day .. "T00:00:00Z")) + clock.DAY
end

--- Raises if a plan is applied that was made before the end of the day: it adds
--- or invites the person, and does not remove them.
local function check_plan(day)
  if not config.planned_at or end_of(day) <= config.planned_at then return end
  errors.refuse("plan", ("--apply: a last day in SPEC, %s, has ended since the "
    .. "plan was made"):format(day), "make a new plan")
end

--- Returns true if the day is over.  Returns false if there is no last day.
--- Call it after the first answer, so that the clock is the server's, and
--- before the first write, because it may refuse a plan.
---@param day? string  "2026-12-31"
---@return boolean
function M.is_past(day)
  local is_past = day ~= nil and end_of(day) <= clock.now()
  if is_past then check_plan(day) end
  return is_past
end

--- Returns how many whole days are left after today: 0 on the last day.
---@param day string  "2026-12-31"
---@return integer days  negative if the day is over
function M.days_left(day)
  return math.floor((end_of(day) - clock.now()) / clock.DAY)
end

--- Says how far away a day is: "today", "in 1 day", "in 12 days".
---@param day string  "2026-12-31"; not over yet
---@return string
function M.distance(day)
  local days = M.days_left(day)
  if days <= 0 then return "today" end
  return ("in %d day%s"):format(days, days == 1 and "" or "s")
end

return M
