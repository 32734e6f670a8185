--- Returns the server's time.  The server decides whether an invite or a token
--- has expired, so mkrun compares expiry dates with the server's time.
---
--- The header field `Date` of each answer contains that time.  This module uses
--- the machine's clock, and adds the difference if the two clocks disagree.
--- `mkrun.layer.clock` passes the answers to `learn`.
-- SPDX-License-Identifier: MIT

local sys = require "mkrun.sys"

local M = {}

--- mkrun warns if the clocks differ by more seconds than this.
M.TOLERATED = 120

--- The seconds of a day.
M.DAY = 24 * 60 * 60

local machine = sys.now
local offset = 0 -- server's time minus machine's time, in seconds
local is_known = false -- true after an answer with a readable date

--- Forgets the difference and sets the machine's clock.  A sandbox sets its
--- own clock.
---@param now? fun(): number  seconds since 1970 (default: `sys.now`)
function M.use(now)
  machine, offset, is_known = now or sys.now, 0, false
end

--- Returns the machine's time, from the clock that `use` set.
---@return number seconds  since 1970
function M.machine() return machine() end

--- Returns the server's time.  Returns the machine's time before the first
--- answer.
---@return number seconds  since 1970
function M.now() return machine() + offset end

--- Returns the server's time in the API's format.
---@return string text  "2026-11-22T00:54:09Z"
function M.iso8601() return sys.iso8601(math.floor(M.now())) end

--- Returns the seconds that the machine's clock is ahead of the server's.
---@return number? seconds  negative if it is behind; nil before an answer came
function M.ahead() return is_known and -offset or nil end

--- Sets the difference of the clocks from the date of an answer.  The server
--- wrote the date between `started` and `ended`, in whole seconds.  A known
--- difference that agrees with these limits is kept.
---@param date any          the header field; ignored if it is not a date
---@param started number    time of the request by `machine`, in seconds
---@param ended number      time of the answer by `machine`, in seconds
function M.learn(date, started, ended)
  local seconds = type(date) == "string" and sys.parse_time(date)
  if not seconds then return end
  local earliest, latest = seconds - ended, seconds + 1 - started
  if offset < earliest or offset > latest then
    offset = (earliest + latest) / 2
  end
  is_known = true
end

local function duration(seconds)
  for _, unit in ipairs { { "days", M.DAY }, { "hours", 3600 },
    { "minutes", 60 } } do
    if seconds >= 2 * unit[2] then
      return ("%.0f %s"):format(seconds / unit[2], unit[1])
    end
  end
  return ("%.0f seconds"):format(seconds)
end

--- Returns the difference of the clocks in words: "15 days ahead of the
--- server's".
---@return string
function M.difference()
  local ahead = M.ahead() or 0
  if math.abs(ahead) < 1.5 then return "as the server's" end
  return ("%s %s the server's"):format(duration(math.abs(ahead)),
    ahead > 0 and "ahead of" or "behind")
end

return M
