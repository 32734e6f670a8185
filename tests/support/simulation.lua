--- Simulates a clock, which moves only when all coroutines wait on the clock.
---
---   local world = simulation.new()
---   world:spawn(function() world.sleep(2) end)
---   world:run()
---   world.now()  -- 2

local M = {}

---@class tests.Simulation
---@field now fun(): number
---@field sleep fun(seconds: number)  suspends the calling coroutine
local Simulation = {}
Simulation.__index = Simulation

local function before(a, b)
  if a.at ~= b.at then return a.at < b.at end
  return a.order < b.order
end

--- Implements a binary heap with the earliest entry first.
local function push(heap, entry)
  local i = #heap + 1
  heap[i] = entry
  while i > 1 and before(heap[i], heap[i // 2]) do
    heap[i], heap[i // 2] = heap[i // 2], heap[i]
    i = i // 2
  end
end

local function pop(heap)
  local first, i = heap[1], 1
  heap[1] = heap[#heap]
  heap[#heap] = nil
  while true do
    local least = i
    for child = 2 * i, 2 * i + 1 do
      if heap[child] and before(heap[child], heap[least]) then least = child end
    end
    if least == i then return first end
    heap[i], heap[least] = heap[least], heap[i]
    i = least
  end
end

function Simulation:wake(co, at)
  self.count = self.count + 1
  push(self.heap, { co = co, at = at, order = self.count })
end

--- Starts a coroutine now or at a time.  The caller may close it.
---@param fn fun()
---@param at? number   seconds on the simulated clock
---@return thread
function Simulation:spawn(fn, at)
  local co = coroutine.create(fn)
  self:wake(co, at or self.time)
  return co
end

--- Starts `count` workers that share `total` jobs.
---@param count integer
---@param total integer
---@param job fun(number: integer)
function Simulation:workers(count, total, job)
  local taken = 0
  for _ = 1, count do
    self:spawn(function()
      while taken < total do
        taken = taken + 1
        job(taken)
      end
    end)
  end
end

--- Runs until no coroutine waits.
function Simulation:run()
  while self.heap[1] do
    local entry = pop(self.heap)
    self.time = math.max(self.time, entry.at)
    if coroutine.status(entry.co) == "suspended" then
      local ok, at = coroutine.resume(entry.co)
      if not ok then error(at, 0) end
      if at then self:wake(entry.co, at) end
    end
  end
end

---@param start? number   seconds; default 0
---@return tests.Simulation
function M.new(start)
  local self = setmetatable({ heap = {}, count = 0, time = start or 0 },
    Simulation)
  self.now = function() return self.time end
  self.sleep = function(seconds) coroutine.yield(self.time + seconds) end
  return self
end

return M
