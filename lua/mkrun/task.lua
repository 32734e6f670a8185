--- Tasks: functions that wait side by side on one event loop.
---
--- `mkrun.http.request` and `task.sleep` let other tasks go on while they
--- wait; nothing else does, so there are no races between two statements.

local core = require "mkrun.task.core"

---@class mkrun.Task
---@field wait fun(self: mkrun.Task): ...  its results; raises its error
---@field cancel fun(self: mkrun.Task)     stops it where it waits

local M = { spawn = core.spawn, sleep = core.sleep }

--- Run `count` workers until all are through; the first error stops the rest.
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

--- The number of tasks at a time.
local function limit_of(options)
  for name in pairs(options) do
    if name ~= "limit" then
      bad_argument("map", 3, "unknown option '%s'", tostring(name))
    end
  end
  local limit = options.limit or 16
  if math.type(limit) ~= "integer" or limit < 1 then
    bad_argument("map", 3,
      "option 'limit': whole number above zero expected")
  end
  return limit
end

local function map(list, fn, limit)
  local results, taken, count = {}, 0, #list
  run_workers(math.min(limit, count), function()
    while taken < count do
      taken = taken + 1
      local index = taken
      results[index] = fn(list[index], index)
    end
  end)
  return results
end

--- Call `fn(value, index)` for each value of a list, several at a time.
---
--- The results are in the order of the list.  The first error cancels what
--- still runs and is raised.
---@generic T, R
---@param list T[]
---@param fn fun(value: T, index: integer): R
---@param options? { limit: integer }  at most so many at a time (default 16)
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

--- Call all functions side by side; returns the first result of each.
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
---@field made table<any, any>               what there is, by its key
---@field makers table<any, mkrun.Task>      of what is not there yet
local Once = {}
Once.__index = Once

local function make(self, key, work)
  local ok, result = pcall(work)
  self.makers[key] = nil
  if ok then self.made[key] = result end
  return ok, result
end

--- What there is under this key, after waiting for whoever makes it.  When
--- nobody does, `work` makes it, in a task of its own: it goes on when the one
--- that asked is cancelled.  Its error is raised by all who wait, and the next
--- one who asks has it done again.
---@param key any
---@param work? fun(): any  default: only wait
---@return any
function Once:get(key, work)
  if self.made[key] == nil and not self.makers[key] and work then
    self.makers[key] = core.spawn(make, self, key, work)
  end
  if self.makers[key] then
    local ok, result = self.makers[key]:wait()
    if not ok then error(result, 0) end
  end
  return self.made[key]
end

--- A place for what is made once, however many tasks ask for it meanwhile.
---@return mkrun.Once
function M.once() return setmetatable({ made = {}, makers = {} }, Once) end

return M
