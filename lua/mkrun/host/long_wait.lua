--- Sleeps, and tells the user of a long wait: after two seconds one line on
--- standard error says for what the run waits and how long.  The layers and
--- `mkrun.rest.await` call it.
---
--- Tasks that wait for the same thing share one line.  A run on a simulated
--- clock, such as a sandbox's, prints none.
-- SPDX-License-Identifier: MIT

local harmless = require "mkrun.printable"
local sys = require "mkrun.sys"

local M = {}

--- Seconds of a wait before the user is told.
M.AFTER = 2

--- Seconds after the end of a told wait in which it is not told again: tasks
--- that wait for the same thing begin and end a little apart.
local APART <const> = 1

--- Erases the line of `mkrun.progress`.
local WIPE <const> = "\r\27[K"

--- Loads the scheduler only when needed, because loading takes time.
local function task_sleep(seconds) require "mkrun.task".sleep(seconds) end

local function to_stderr(text)
  local is_drawn = sys.isatty "stderr" and os.getenv "TERM" ~= "dumb"
  io.stdout:flush()
  io.stderr:write(is_drawn and WIPE or "", "mkrun: ",
    harmless.line(text), "\n")
end

---@class mkrun.LongWaitClock
---@field now? fun(): number   seconds (default: `sys.monotonic`)
---@field sleep? fun(seconds: number)   (default: `task.sleep`)
---@field write? fun(text: string)   gets each line (default: to stderr)
---@field is_simulated? boolean   true: nothing is told

local clock, quiet_until

--- Sets the clock of this run.  `mkrun.host.stack` calls it.
---@param options? mkrun.LongWaitClock
function M.use(options)
  options = options or {}
  clock = { now = options.now or sys.monotonic,
    sleep = options.sleep or task_sleep, write = options.write or to_stderr,
    is_simulated = options.is_simulated }
  quiet_until = {}
end

M.use()

local function rounded(seconds)
  return ("%d s"):format(math.max(math.ceil(seconds), 1))
end

--- Tells of a wait that has begun, unless the user knows already.
---@param what string      for what the run waits, in the same words each time
---@param seconds number   the rest of the wait
---@param options? {is_most: boolean?, is_once: boolean?}   `is_most`: the wait
---  may end sooner; `is_once`: it is told once in a run
function M.tell(what, seconds, options)
  options = options or {}
  local now = clock.now()
  if clock.is_simulated or now < (quiet_until[what] or now) then return end
  quiet_until[what] = options.is_once and math.huge or now + seconds + APART
  clock.write(("waiting %s%s: %s"):format(options.is_most and "at most " or "",
    rounded(seconds), what))
end

--- Sleeps.  Tells of the wait if it is longer than two seconds.
---@param seconds number
---@param what? string   for what the run waits; nil: nothing is told
---@param is_once? boolean   it is told once in a run
function M.sleep(seconds, what, is_once)
  if not what or seconds <= M.AFTER then return clock.sleep(seconds) end
  clock.sleep(M.AFTER)
  M.tell(what, seconds - M.AFTER, { is_once = is_once })
  clock.sleep(seconds - M.AFTER)
end

return M
