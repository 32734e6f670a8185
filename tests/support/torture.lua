--- Long tests by seed: which of their cases run, for how long, and the table
--- of what came of them.
---
---   TORTURE=all          all cases; without it a sample, always the same one
---   SEED=7               others by chance
---   TORTURE_MINUTES=30   after so long no case begins; the table says how many
---   TORTURE_CASE=TEXT    only those with this text in their names
---
--- run.lua loads it outside of any spec, so that all of them share the table.

local cases = require "tests.support.cases"
local sys = require "mkrun.sys"
local task = require "mkrun.task"

local M = {}

--- Side by side; more than that only waits, on a machine with two cores.
local LIMIT <const> = 2

--- How many failures of one kind are told; the rest is counted.
local TOLD <const> = 20

local function number(name, default)
  return math.tointeger(tonumber(os.getenv(name) or default))
    or error(name .. ": a whole number expected")
end

M.all = os.getenv "TORTURE" == "all"
M.seed = number("SEED", "1")

local only = os.getenv "TORTURE_CASE"
local limit = number("TORTURE_MINUTES", "30") * 60
local started = sys.monotonic()

--- Numbers by chance, the same ones for the same seed and name.
---@param name string
---@return fun(count: integer): integer  1 to count
function M.pick(name)
  local mixed = M.seed
  for i = 1, #name do mixed = mixed * 31 + name:byte(i) end
  return cases.generator(mixed).pick
end

--- As many of a list as there are to be, in an order by chance.
local function drawn(name, list, count)
  local pick, copy = M.pick(name), table.move(list, 1, #list, 1, {})
  for i = 1, #copy do
    local other = i + pick(#copy - i + 1) - 1
    copy[i], copy[other] = copy[other], copy[i]
  end
  return table.move(copy, 1, math.min(count, #copy), 1, {})
end

local function wanted(list)
  if not only then return list end
  local found = {}
  for _, case in ipairs(list) do
    if case.name:find(only, 1, true) then found[#found + 1] = case end
  end
  return found
end

---@class tests.TortureRow
---@field name string
---@field cases integer    that ran
---@field failures string[]
---@field failed integer   cases
---@field left integer     that did not, for want of time
local rows = {}

local function is_late(share)
  return M.all and sys.monotonic() - started > limit * share
end

local function try(row, case, work, share)
  if is_late(share) then
    row.left = row.left + (case.weight or 1)
    return
  end
  row.cases = row.cases + (case.weight or 1)
  local ok, fault, count = pcall(work, case)
  if ok and not fault then return end
  row.failed = row.failed + (count or 1)
  row.failures[#row.failures + 1] = case.name .. ": " .. tostring(fault)
end

local function told(row)
  local text = table.concat(row.failures, "\n", 1,
    math.min(TOLD, #row.failures))
  return ("%d of %d failed, SEED=%d:\n%s"):format(row.failed, row.cases,
    M.seed, text)
end

---@class tests.TortureOptions
---@field sample integer   cases without TORTURE=all
---@field most? integer    cases with it (default: all)
---@field by? number        the share of the time after which none begins, so
---                         that those that come later have some (default: 1)
---@field workers? any[]   what the cases that run side by side have each

--- Try cases; raises when one fails.
---@param name string  of their kind
---@param list {name: string}[]
---@param options tests.TortureOptions
---@param work fun(case: table, worker: any): string?, integer?
---  returns what is wrong, and in how many when a case has a weight
function M.try(name, list, options, work)
  local row = { name = name, cases = 0, failures = {}, failed = 0,
    left = 0 }
  rows[#rows + 1] = row
  local count = M.all and (options.most or #list) or options.sample
  local queue = wanted(drawn(name, list, count))
  local next_one = 0
  task.map(options.workers or { 1, 2 }, function(worker)
    while next_one < #queue do
      next_one = next_one + 1
      try(row, queue[next_one], function(case) return work(case, worker) end,
        options.by or 1)
    end
  end, { limit = LIMIT })
  if row.failures[1] then error(told(row), 0) end
end

--- The table, as lines; none when nothing was tried.
---@return string[]
function M.table()
  if not rows[1] then return {} end
  local lines, form = { ("torture, SEED=%d%s"):format(M.seed,
    M.all and "" or ", a sample") }, "%-44s %7s %8s %7s"
  lines[2] = form:format("", "cases", "failures", "not run")
  for _, row in ipairs(rows) do
    lines[#lines + 1] = form:format(row.name, row.cases, row.failed,
      row.left)
  end
  return lines
end

return M
