--- Runs the cases of the npm package json-patch-test-suite.

local json = require "mkrun.json"
local patch = require "mkrun.patch"

local npm = require "tests.support.npm"

local NAME, VERSION = "json-patch-test-suite", "1.1.0"
local INTEGRITY = "sha512-" ..
  "+TRsrZxFjmC35L84kMm5NY+FkJi3NKdimyGP5OwRy1Bp" ..
  "KQ0yIo2ikge/oS3wZJ5RpKgkh3SAJmr0mz4q3hxgdg=="

local M = {}

--- Fetches the suite once.
---@return string? folder  with its files
---@return string? reason  why it could not be fetched
function M.fetch() return npm.fetch(NAME, VERSION, INTEGRITY) end

local function read_json(path)
  local file <close> = assert(io.open(path, "rb"))
  return assert(json.decode(file:read "a"))
end

--- Returns what is wrong with the outcome of a case, or nil.
local function fault(case)
  local before = patch.copy(case.doc)
  local result, message = patch.apply(case.doc, case.patch)
  if not patch.equal(before, case.doc) then return "the input has changed" end
  if case.error then
    return result ~= nil and "is applied, an error is expected" or nil
  end
  if result == nil then return message end
  if case.expected ~= nil and not patch.equal(result, case.expected) then
    return ("is %s, %s expected"):format(json.encode(result, { sort = true }),
      json.encode(case.expected, { sort = true }))
  end
end

---@class tests.PatchSuiteOutcome
---@field passed integer
---@field failed string[]   one line for each case that failed
---@field disabled integer  cases that the suite itself switches off

--- Runs both files of the suite.
---@param from string  folder with the package's files
---@return tests.PatchSuiteOutcome
function M.run(from)
  local outcome = { passed = 0, failed = {}, disabled = 0 }
  for _, name in ipairs { "tests.json", "spec_tests.json" } do
    for i, case in ipairs(read_json(from .. "/" .. name)) do
      local why = not case.disabled and fault(case)
      if case.disabled then
        outcome.disabled = outcome.disabled + 1
      elseif why then
        table.insert(outcome.failed, ("%s %d (%s): %s"):format(name, i,
          case.comment or json.encode(case.patch), why))
      else
        outcome.passed = outcome.passed + 1
      end
    end
  end
  return outcome
end

return M
