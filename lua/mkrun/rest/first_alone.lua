--- Lets calls go one at a time until one has succeeded; then all may go.  With
--- `always` they go one at a time to the end.  The resources use it for POSTs.
---
--- If the server fails, only one request is in doubt, and only one invite is
--- withdrawn that could not be sent again: the calls that wait fail with the
--- same error.
-- SPDX-License-Identifier: MIT

local sys = require "mkrun.sys"
local task = require "mkrun.task"

local ensure_all = require "mkrun.rest.ensure_all"

---@class mkrun.rest.FirstAlone
---@field is_open boolean       true after a success
---@field always boolean
---@field running? mkrun.Task   the call that goes alone
local FirstAlone = {}
FirstAlone.__index = FirstAlone

--- Calls `work()` as the one that goes alone.  When the caller is cancelled,
--- `work` is, too, and the next one may go.
local function lead(self, work)
  local function clear() self.running = nil end
  local running <close> = task.spawn(function()
    local _ <close> = sys.finally(clear) -- before any of those who wait goes on
    local result = table.pack(work())
    self.is_open = not self.always
    return table.unpack(result, 1, result.n)
  end)
  self.running = running
  local _ <close> = sys.finally(clear) -- if it was cancelled before it began
  return running:wait()
end

--- Waits for the one that goes alone.  Raises its error if that concerns all.
local function wait(running)
  local ok, problem = pcall(running.wait, running)
  if ok or problem == "cancelled" or ensure_all.is_of_one(problem) then
    return
  end
  error(problem, 0)
end

--- Calls `work()` and returns its results, or raises its error.
---@param work fun(): ...
---@return any ...
function FirstAlone:call(work)
  while not self.is_open do
    if not self.running then return lead(self, work) end
    wait(self.running)
  end
  return work()
end

local M = {}

---@param always? boolean
---@return mkrun.rest.FirstAlone
function M.new(always)
  return setmetatable({ is_open = false, always = always or false },
    FirstAlone)
end

return M
