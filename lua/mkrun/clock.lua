--- Returns the server's time.  The server decides whether an invite or a token
--- has expired, so mkrun compares expiry dates with the server's time.
---
--- The header field `Date` of each answer contains the server's time.  This
--- module uses the machine's clock, and adds the difference if the two clocks
--- disagree.  `mkrun.layer.clock` passes the date of each answer to `learn`.
-- SPDX-License-Identifier: MIT

local sys = require "mkrun.sys"

local M = {}

--- mkrun prints a warning if the machine's clock and the server's clock differ
--- by more than this number of seconds.
M.TOLERATED = 120

--- The number of seconds in a day.
M.DAY = 24 * 60 * 60

local machine = sys.now
local offset = 0 -- server's time minus machine's time, in seconds
local is_known = false -- true after an answer with a readable date

--- Sets the function that reads the machine's clock, and forgets the difference
--- from the server's clock.  A run in a sandbox sets the sandbox's clock.
---@param now? fun(): number  returns seconds since 1970 (default: `sys.now`)
function M.use(now)
  machine, offset, is_known = now or sys.now, 0, false
end

--- Returns the machine's time, from the clock that `use` set.
---@return number seconds  seconds since 1970
function M.machine() return machine() end

--- Returns the server's time.  Returns the machine's time before the first
--- answer.
---@return number seconds  seconds since 1970
function M.now() return machine() + offset end

--- Returns the server's time in the API's format.
---@return string text  the time: "2026-11-22T00:54:09Z"
function M.iso8601() return sys.iso8601(math.floor(M.now())) end

--- Returns how many seconds the machine's clock is ahead of the server's clock.
---@return number? seconds  negative if the machine's clock is behind; nil
---  before the first answer
function M.ahead() return is_known and -offset or nil end

--- Computes the difference between the two clocks from the date of an answer.
--- The server wrote the date, in whole seconds, between `started` and `ended`.
--- So the difference has a lower and an upper limit.  An earlier difference
--- within these limits is kept.
---@param date any        value of the header field `Date`; ignored if the value
---  is not a date
---@param started number  time of the request by the machine's clock, in seconds
---@param ended number    time of the answer by the machine's clock, in seconds
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

--- Returns the difference between the two clocks in words: "15 days ahead of
--- the server's".
---@return string
function M.difference()
  local ahead = M.ahead() or 0
  if math.abs(ahead) < 1.5 then return "as the server's" end
  return ("%s %s the server's"):format(duration(math.abs(ahead)),
    ahead > 0 and "ahead of" or "behind")
end

return M
