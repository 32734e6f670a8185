--- Answers that one phase of a flow reads once, side by side.
---
---     local reads <const> = require "mkrun.rest.reads".new()
---     reads:begin("teams", function() return org.teams:list() end)
---     reads:begin("users", function() return org.users:list() end)
---     local teams = reads:get "teams"   -- waits for this answer only
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local task = require "mkrun.task"

---@class mkrun.rest.Reads
---@field work table<string, fun(): any>
---@field once mkrun.Once
---@field begun string[]   names, in the order of `begin`
local Reads = {}
Reads.__index = Reads

local function answer(work)
  return function() return table.pack(pcall(work)) end
end

--- Begins a read, unless a read of this name has begun.  With `--jobs N` it
--- waits until the N-th read before it has ended.  With `--jobs 1` the read
--- begins when `get` asks for it.
---@param name string
---@param work fun(): any   may wait for reads that have begun before it, but
---  for no later ones
function Reads:begin(name, work)
  if self.work[name] then return end
  self.work[name] = answer(work)
  if config.jobs == 1 then return end
  local begun, once, own = self.begun, self.once, self.work[name]
  local before = begun[#begun + 1 - (config.jobs or task.AT_ONCE)]
  begun[#begun + 1] = name
  once:begin(name, function()
    if before then once:get(before) end
    return own()
  end)
end

--- Returns the answer to a read, after waiting for it.  Raises the error of the
--- read, each time.
---@param name string
---@param work? fun(): any   if `begin` was perhaps not called
---@return any
function Reads:get(name, work)
  self.work[name] = self.work[name] or answer(work)
  local result = self.once:get(name, self.work[name])
  if not result[1] then error(result[2], 0) end
  return result[2]
end

--- Forgets an answer, because a write has changed what it tells.
---@param name string
function Reads:forget(name)
  self.work[name] = nil
  self.once:forget(name)
end

local M = {}

---@return mkrun.rest.Reads
function M.new()
  return setmetatable({ work = {}, once = task.once(), begun = {} }, Reads)
end

return M
