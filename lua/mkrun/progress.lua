--- Shows the progress of a long job in one line on the terminal.  Flows that
--- send many requests call this module.
---
---     local bar <close> = progress.new("inviting", #guests)
---     bar:step "kari@northlight.example"
---     -- inviting 1200/10000, 17/s, 8 min 52 s left, kari@...
---
--- This module writes nothing if stderr is not a terminal.  With --trace this
--- module also writes nothing, because the trace shows each request.
-- SPDX-License-Identifier: MIT

local colon = require "mkrun.host.colon"
local config = require "mkrun.config"
local harmless = require "mkrun.printable"
local limit = require "mkrun.layer.rate_limit"
local secret = require "mkrun.secret"
local sys = require "mkrun.sys"

---@class mkrun.ProgressOptions
---@field kind? "reads"|"writes"  the kind of request that each step sends, for
---                               a time left that includes the rate limit
---@field write? fun(text: string)  replaces the terminal in tests
---@field now? fun(): number        replaces the clock in tests; returns seconds

---@class mkrun.Progress
---@field package label string
---@field package total integer  number of steps
---@field package done integer   number of steps done
---@field package least number   least time in seconds that the rate limit
---  allows for all steps
local Progress = colon.class "mkrun.Progress"

--- The greatest length of the text.  A longer text would continue on a second
--- line, and WIPE erases only one line.
local WIDTH <const> = 72
local WIPE <const> = "\r\27[K"
local REDRAW <const> = 0.1 -- least seconds between two redraws of the line
--- Seconds before the rate is shown, because an early rate is inexact.
local WARM_UP <const> = 2

local function is_watched()
  return sys.isatty "stderr" and not config.trace
    and os.getenv "TERM" ~= "dumb"
end

--- Cuts a text to WIDTH.  Redacts secrets first, because a part of a secret
--- would not be recognized afterwards.
local function cut(text)
  text = secret.redact(text)
  local last = utf8.offset(text, WIDTH + 1)
  return last and text:sub(1, last - 1) or text
end

local function duration(seconds)
  seconds = math.ceil(seconds)
  if seconds < 60 then return ("%d s"):format(seconds) end
  if seconds < 3600 then
    return ("%d min %d s"):format(seconds // 60, seconds % 60)
  end
  return ("%d h %d min"):format(seconds // 3600, seconds % 3600 // 60)
end

--- Returns the rate and the time left: ", 17/s, 8 min 52 s left".  Returns ""
--- during the first seconds.
---@param passed number   seconds since the first step began
---@return string
function Progress:speed(passed)
  if passed < WARM_UP then return "" end
  local rate = self.done / passed
  local left = math.max((self.total - self.done) / rate, self.least - passed)
  return (rate < 10 and ", %.1f/s, %s left" or ", %.0f/s, %s left")
    :format(rate, duration(left))
end

--- Writes the line.
---@param name string   name of the last item
---@param now number    seconds of the clock that the line uses
function Progress:draw(name, now)
  local text = ("%s %d/%d%s, %s"):format(self.label, self.done, self.total,
    self:speed(now - self.start), harmless.line(name))
  self.write(WIPE .. cut(text))
  self.drawn = now
end

--- Counts a finished step.  Redraws the line if at least REDRAW seconds have
--- passed since the last redraw.
---@param name string  name of the finished item, such as an e-mail address
function Progress:step(name)
  self.done = self.done + 1
  if not self.write then return end
  local now = self.now()
  if not self.drawn or now - self.drawn >= REDRAW then self:draw(name, now) end
end

--- Erases the line.  A second call does nothing.
function Progress:close()
  if self.drawn then self.write(WIPE) end
  self.drawn = nil
end

Progress.__close = Progress.close

local function to_stderr(text) io.stderr:write(text) end

--- Returns the least time in seconds that the rate limit allows for `total`
--- requests.  Returns 0 in a sandbox: a sandbox has its own clock, so its rate
--- limit takes no real time.
local function least(total, kind)
  if not kind or config.sandbox then return 0 end
  return limit.least_seconds(total, kind, config.max_rate)
end

local M = {}

--- Makes a progress line.
---@param label string    first word of the line, such as "inviting"
---@param total integer   number of steps
---@param options? mkrun.ProgressOptions
---@return mkrun.Progress
function M.new(label, total, options)
  options = options or {}
  local now = options.now or sys.monotonic
  return setmetatable({
    label = label, total = total, done = 0, now = now, start = now(),
    least = least(total, options.kind),
    write = options.write or is_watched() and to_stderr or nil,
  }, Progress)
end

return M
