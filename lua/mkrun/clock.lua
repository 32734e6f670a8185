--- The server's clock: what time it is where things expire.
---
--- Whether an invite or a token has expired is the server's business.  Each of
--- its answers says in the header `Date` what time it is there; as long as the
--- clock of this machine agrees, that one is used, and so it is as long as no
--- answer had a date that can be read.  `mkrun.layer.clock` shows this module
--- the answers.
-- SPDX-License-Identifier: MIT

local sys = require "mkrun.sys"

local M = {}

--- Seconds of difference from which on it is worth a word.
M.TOLERATED = 120

--- The seconds of a day.
M.DAY = 24 * 60 * 60

local machine = sys.now
local offset = 0 -- of the server's clock from `machine`, in seconds
local is_known = false -- did an answer have a date?

--- Begin anew with a clock in place of this machine's, such as a sandbox's.
---@param now? fun(): number  seconds since 1970 (default: `sys.now`)
function M.use(now)
  machine, offset, is_known = now or sys.now, 0, false
end

--- The clock of this machine, or what stands in for it.
---@return number seconds  since 1970
function M.machine() return machine() end

--- What time it is for the server, as far as is known.
---@return number seconds  since 1970
function M.now() return machine() + offset end

--- The same, as the API writes times.
---@return string text  "2026-11-22T00:54:09Z"
function M.iso8601() return sys.iso8601(math.floor(M.now())) end

--- How far this machine's clock is ahead of the server's; 0 when they agree.
---@return number? seconds  below 0 when it is behind, nil when nobody knows
function M.ahead() return is_known and -offset or nil end

--- Learn from an answer.  It was made at some moment between the two, and its
--- date has no fraction of a second: what agrees with that stays as it was.
---@param date any          the header; one that is no date teaches nothing
---@param started number    when it was asked for, by `machine`
---@param ended number      when it was there
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

--- How the clocks differ, in words: "15 days ahead of the server's".
---@return string
function M.difference()
  local ahead = M.ahead() or 0
  if math.abs(ahead) < 1.5 then return "as the server's" end
  return ("%s %s the server's"):format(duration(math.abs(ahead)),
    ahead > 0 and "ahead of" or "behind")
end

return M
