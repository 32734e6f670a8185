--- One line on the terminal that says how far a long job is.
---
---     local bar <close> = progress.new("inviting", #guests)
---     bar:step "kari@northlight.example"   -- inviting 12/200 kari@...
---
--- It is for people who watch: without a terminal on stderr nothing is
--- written, nor with --trace, whose lines tell more.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local sys = require "mkrun.sys"

---@class mkrun.Progress
---@field label string
---@field total integer
---@field done integer
local Progress = {}
Progress.__index = Progress
Progress.__name = "mkrun.Progress"

--- A longer line would wrap, and then it cannot be wiped.
local WIDTH <const> = 72
local WIPE <const> = "\r\27[K"

local function is_watched()
  return sys.isatty "stderr" and not config.trace
    and os.getenv "TERM" ~= "dumb"
end

local function cut(text)
  local last = utf8.offset(text, WIDTH + 1)
  return last and text:sub(1, last - 1) or text
end

--- One more is done.
---@param name? string  which
function Progress:step(name)
  self.done = self.done + 1
  if not self.write then return end
  local text = ("%s %d/%d %s"):format(self.label, self.done, self.total,
    (name or ""):gsub("[%c\127]", "?"))
  self.write(WIPE .. cut(text))
  self.shown = true
end

--- Wipe the line; twice is fine.
function Progress:close()
  if self.shown then self.write(WIPE) end
  self.shown = false
end

Progress.__close = Progress.close

local function to_stderr(text) io.stderr:write(text) end

local M = {}

---@param label string    "inviting"
---@param total integer   steps to come
---@param write? fun(text: string)  in place of the terminal, for tests
---@return mkrun.Progress
function M.new(label, total, write)
  return setmetatable({
    label = label, total = total, done = 0, shown = false,
    write = write or is_watched() and to_stderr or nil,
  }, Progress)
end

return M
