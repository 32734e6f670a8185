--- Runs long tests by a seed: chooses the cases to run, limits their time, and
--- makes the table of results.
---
---   TORTURE=all          all cases; default: a fixed sample
---   SEED=7               another random order
---   TORTURE_MINUTES=30   starts no case after this time; the table counts them
---   TORTURE_CASE=TEXT    only cases with this text in their names
---
--- run.lua loads this outside of any spec, so that all specs share the table.

local cases = require "tests.support.cases"
local sys = require "mkrun.sys"
local task = require "mkrun.task"

--- Number of cases that run at the same time.  More cases would only wait on a
--- machine with two cores.
local LIMIT <const> = 2

--- Greatest number of failures of one kind that are printed.  The rest is only
--- counted.
local TOLD <const> = 20

---@class tests.TortureRow
---@field name string
---@field cases integer    cases that ran
---@field failures string[]
---@field failed integer   number of failed cases
---@field left integer     cases that did not run for want of time

---@class tests.Torture
---@field all boolean
---@field seed integer
---@field seconds number    time limit
---@field only? string      part of a case's name
---@field started number    by sys.monotonic
---@field rows tests.TortureRow[]
---@field new fun(options: table): tests.Torture  makes one with its own table
local Torture = {}
Torture.__index = Torture

--- Makes a generator of random numbers.  The same seed and name give the same
--- numbers.
---@param name string
---@return fun(count: integer): integer  1 to count
function Torture:pick(name)
  local mixed = self.seed
  for i = 1, #name do mixed = mixed * 31 + name:byte(i) end
  return cases.generator(mixed).pick
end

--- Returns a copy of a list in random order.
---@generic T
---@param name string  for `pick`
---@param list T[]
---@return T[]
function Torture:shuffled(name, list)
  local pick, copy = self:pick(name), table.move(list, 1, #list, 1, {})
  for i = 1, #copy do
    local other = i + pick(#copy - i + 1) - 1
    copy[i], copy[other] = copy[other], copy[i]
  end
  return copy
end

local function drawn(self, name, list, count)
  local found, all = {}, self:shuffled(name, list)
  for i = 1, math.min(count, #all) do
    if not self.only or all[i].name:find(self.only, 1, true) then
      found[#found + 1] = all[i]
    end
  end
  return found
end

local function is_late(self, share)
  return self.all and sys.monotonic() - self.started >= self.seconds * share
end

local function try(self, row, case, work, share)
  local weight = case.weight or 1
  if is_late(self, share) then
    row.left = row.left + weight
    return
  end
  row.cases = row.cases + weight
  local ok, fault, count = pcall(work, case)
  if ok and not fault then return end
  if self.all then io.write(row.name, " FAILED: ", case.name, "\n"):flush() end
  row.failed = row.failed + (count or 1)
  row.failures[#row.failures + 1] = case.name .. ": " .. tostring(fault)
end

local function told(self, row)
  local text = table.concat(row.failures, "\n", 1,
    math.min(TOLD, #row.failures))
  return ("%d of %d failed, SEED=%d:\n%s"):format(row.failed, row.cases,
    self.seed, text)
end

---@class tests.TortureOptions
---@field sample integer   number of cases without TORTURE=all
---@field by? number       the share of the time after which no case starts, so
---  that later kinds have time left (default: 1)
---@field workers? any[]   one value for each case that runs at once

--- Tries cases.  Raises if one fails.
---@param name string  the kind of the cases
---@param list {name: string, weight: integer?}[]  `weight`: how many cases one
---  stands for
---@param options tests.TortureOptions
---@param work fun(case: table, worker: any): string?, integer?   returns what
---  is wrong, and how many failed if the case has a weight
function Torture:try(name, list, options, work)
  local row = { name = name, cases = 0, failures = {}, failed = 0, left = 0 }
  self.rows[#self.rows + 1] = row
  local queue = drawn(self, name, list, self.all and #list or options.sample)
  local next_one = 0
  task.map(options.workers or { 1, 2 }, function(worker)
    while next_one < #queue do
      next_one = next_one + 1
      try(self, row, queue[next_one],
        function(case) return work(case, worker) end, options.by or 1)
    end
  end, { limit = LIMIT })
  if row.failures[1] then error(told(self, row), 0) end
end

--- Returns the lines of the table, or none if nothing was tried.
---@return string[]
function Torture:table()
  if not self.rows[1] then return {} end
  local lines, form = { ("torture, SEED=%d%s"):format(self.seed,
    self.all and "" or ", a sample") }, "%-44s %7s %8s %7s"
  lines[2] = form:format("", "cases", "failures", "not run")
  for _, row in ipairs(self.rows) do
    lines[#lines + 1] = form:format(row.name, row.cases, row.failed, row.left)
  end
  return lines
end

---@param options {all: boolean, seed: integer, seconds: number, only: string?}
---@return tests.Torture
function Torture.new(options)
  return setmetatable({ all = options.all, seed = options.seed,
    seconds = options.seconds, only = options.only, rows = {},
    started = sys.monotonic() }, Torture)
end

local function number(name, default)
  return math.tointeger(tonumber(os.getenv(name) or default))
    or error(name .. ": a whole number expected")
end

return Torture.new { all = os.getenv "TORTURE" == "all",
  seed = number("SEED", "1"), seconds = number("TORTURE_MINUTES", "30") * 60,
  only = os.getenv "TORTURE_CASE" }
