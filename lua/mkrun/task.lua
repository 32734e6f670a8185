--- Runs functions as tasks: several requests then wait at the same time, on one
--- event loop.  Scripts and libraries call it.
---
--- Only `mkrun.http.request`, `task.sleep` and `wait` let other tasks run.  So
--- no other task runs between two statements without such a call.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local core = require "mkrun.task.core"

local order = require "mkrun.host.task_order"

local M = { spawn = core.spawn, sleep = core.sleep }

core.on_spawn(order.spawned)

--- Tasks at a time, unless the caller or --jobs says otherwise.  Scripts need
--- not know it: `map` keeps to it.
M.AT_ONCE = 16

--- Runs `count` workers and waits until all have ended.  The first error
--- cancels the other workers.
local function run_workers(count, work)
  local workers, failed, reason = {}, false, nil

  local function guarded(self)
    local ok, why = pcall(work)
    if ok or failed then return end
    failed, reason = true, why
    for i, worker in ipairs(workers) do
      if i ~= self then worker:cancel() end
    end
  end

  local group <close> = setmetatable({}, { __close = function()
    for _, worker in ipairs(workers) do worker:cancel() end
  end })
  for i = 1, count do workers[i] = core.spawn(guarded, i) end
  for _, worker in ipairs(workers) do pcall(worker.wait, worker) end
  if failed then error(reason, 0) end
  return group
end

local function bad_argument(fname, i, text, ...)
  error(("bad argument #%d to '%s' (%s)"):format(i, fname,
    text:format(...)), 4)
end

local function check_type(fname, i, value, expected)
  if type(value) ~= expected then
    bad_argument(fname, i, "%s expected, got %s", expected, type(value))
  end
end

--- Returns the greatest number of tasks that run at the same time.
local function limit_of(options)
  for name in pairs(options) do
    if name ~= "limit" then
      bad_argument("map", 3, "unknown option '%s'", tostring(name))
    end
  end
  local limit = options.limit or config.jobs or M.AT_ONCE
  if math.type(limit) ~= "integer" or limit < 1 then
    bad_argument("map", 3,
      "option 'limit': whole number above zero expected")
  end
  return math.min(limit, config.jobs or limit)
end

local function map(list, fn, limit)
  local results, taken, count, place = {}, 0, #list, order.moment()
  local workers = math.min(limit, count)
  if workers > M.AT_ONCE then core.widen(workers) end
  run_workers(workers, function()
    while taken < count do
      taken = taken + 1
      local index = taken
      order.enter(place, index)
      results[index] = fn(list[index], index)
    end
  end)
  return results
end

--- Calls `fn(value, index)` for each value of a list, several at a time.
---
--- Returns the results in the order of the list.  The first error cancels the
--- other calls, and `map` raises it.
---@generic T, R
---@param list T[]
---@param fn fun(value: T, index: integer): R
---@param options? { limit: integer }  greatest number of calls at the same time
---  (default 16)
---@return R[]
function M.map(list, fn, options)
  if options == nil then options = {} end
  check_type("map", 1, list, "table")
  check_type("map", 2, fn, "function")
  check_type("map", 3, options, "table")
  return map(list, fn, limit_of(options))
end

local function check_functions(list)
  for i, fn in ipairs(list) do
    if type(fn) ~= "function" then
      bad_argument("all", 1, "function expected at %d, got %s", i, type(fn))
    end
  end
end

--- Calls all functions at the same time.  Returns the first result of each.
--- The first error cancels the other calls, and `all` raises it.
---@param functions (fun(): any)[]
---@return any ...
function M.all(functions)
  check_type("all", 1, functions, "table")
  check_functions(functions)
  local results = map(functions, function(fn) return fn() end,
    math.max(#functions, 1))
  return table.unpack(results, 1, #functions)
end

---@class mkrun.Once
---@field package made table<any, any>            key -> value that was made
---@field package makers table<any, {id: table, task: mkrun.Task}>   key -> task
---  that makes the value now
local Once = {}

--- A confined script shares this module with the host, so it gets neither the
--- metatable nor, as a field, the table of methods.
local ONCE_META <const> = { __index = Once, __metatable = false }

--- Makes a value and stores it, unless `forget` was called meanwhile.
local function make(self, key, work, id)
  local ok, result = pcall(work)
  local maker = self.makers[key]
  if maker and maker.id == id then
    self.makers[key] = nil
    if ok then self.made[key] = result end
  end
  return ok, result
end

--- Begins to make the value of a key, unless it is made or under way.
---@param key any
---@param work fun(): any
function Once:begin(key, work)
  if self.made[key] == nil and not self.makers[key] then
    local id = {}
    self.makers[key] =
      { id = id, task = core.spawn(make, self, key, work, id) }
  end
end

--- Drops the value of a key, so that the next caller has it made again.  Those
--- who wait for a value under way get that value.
---@param key any
function Once:forget(key) self.made[key], self.makers[key] = nil, nil end

--- Returns the value of a key, and makes it with `work` if there is none.
---
--- `work` runs in a task of its own, so it continues if the caller is
--- cancelled.  Other callers with the same key wait for that task.  An error of
--- `work` is raised in each waiting caller; the next call runs `work` again.
---@param key any
---@param work? fun(): any  makes the value; without it `get` makes nothing
---@return any  nil if there is no value and no `work`
function Once:get(key, work)
  if work then self:begin(key, work) end
  local maker = self.makers[key]
  if not maker then return self.made[key] end
  local ok, result = maker.task:wait()
  if not ok then error(result, 0) end
  return result
end

--- Makes a store in which each value is made once, even if several tasks ask
--- for it at the same time.
---@return mkrun.Once
function M.once()
  return setmetatable({ made = {}, makers = {} }, ONCE_META)
end

return M
