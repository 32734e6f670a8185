--- Runs test files one after the other, each in a process of its own, and gives
--- what they tell to a report.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local coverage = require "mkrun.tool.test.coverage"
local folders = require "mkrun.tool.test.folder"
local json = require "mkrun.json"
local sys = require "mkrun.sys"
local trial = require "mkrun.trial"

local M = {}

--- Variables that decide where a run goes.  A test has a sandbox.
local function ours()
  local names = {}
  for _, variable in pairs(config.provider().variables) do
    names[variable[1]] = true
  end
  return names
end

local function variables()
  local list, is_ours = {}, ours()
  for _, variable in ipairs(trial.variables()) do
    if not is_ours[variable:match "^[^=]*"] then list[#list + 1] = variable end
  end
  return list
end

local function settings_of(file, options, state)
  local text, message = json.encode {
    state = state, file = file, filter = options.filter,
    filter_out = options.filter_out, tags = options.tags, list = options.list,
    bail = options.bail, seed = options.seed, folder = options.folder,
    counts_lines = options.counts_lines,
  }
  return text or error(("test: %s: %s"):format(file, message), 0)
end

--- Says how the process of a file ended before all its tests had run.
local function end_of(outcome, options, running)
  local where = running and (" in '%s'"):format(running) or ""
  if outcome.is_late then
    return ("no test ended within %.14g s%s (see --timeout)")
      :format(options.timeout, where)
  elseif outcome.signal then
    return ("the process was ended by signal %d%s"):format(outcome.signal,
      where)
  end
  return ("the process ended%s with code %d before the end of the file")
    :format(where, outcome.code)
end

--- Runs one file.  Returns false if something failed in it.
---@param file string
---@param options table
---@param report mkrun.test.Report
---@param state string   the state of the sandbox in the process of the file
---@return boolean
local function run_file(file, options, report, state)
  local good, is_done, running, place = true, false, nil, nil
  local function tell(text)
    local word, rest = text:match "^(%a+) ?(.*)$"
    if word == "event" then
      local event = json.decode(rest)
      if event.status == "begin" then
        running, place = event.name, event
        return
      end
      if event.is_test then running, place = nil, nil end
      if event.status == "failure" or event.status == "error" then
        good = false
      end
      report:add(event)
    elseif word == "lines" then
      coverage.add(rest)
    elseif word == "done" then
      is_done = true
    end
  end
  local outcome, message = trial.run({
    argv = { "mkrun", "test", file }, variables = variables(), stdin = "",
    settings = settings_of(file, options, state), clock = sys.now(),
    limit = options.timeout, is_renewed = true, prints = true,
    is_aside = options.output ~= "text",
    counts_lines = options.counts_lines,
  }, tell)
  if not outcome then error(message, 0) end
  if is_done then return good end
  report:add { status = "error", name = running or file,
    file = place and place.file or file, line = place and place.line,
    message = end_of(outcome, options, running) }
  return false
end

--- Runs files.  Returns false if something failed.
---@param files string[]
---@param options table
---@param report mkrun.test.Report
---@return boolean
function M.run(files, options, report)
  local state, good = config.trial().state(), true
  options.folder = trial.make_temporary()
  local _ <close> = sys.finally(function()
    if options.folder then folders.remove(options.folder) end
  end)
  report:start()
  for _, file in ipairs(files) do
    good = run_file(file, options, report, state) and good
    if not good and options.bail then break end
  end
  report:finish()
  return good
end

return M
