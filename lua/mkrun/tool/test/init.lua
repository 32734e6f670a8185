--- The tool `mkrun test`: reads the options, and runs the tests.
-- SPDX-License-Identifier: MIT

local script = require "mkrun.script"

if not pcall(require, "mkrun.trial") then
  script.refuse "test: tests cannot be confined; flows are, by their @needs"
end

local config = require "mkrun.config"
local coverage = require "mkrun.tool.test.coverage"
local find = require "mkrun.tool.test.find"
local numbers = require "mkrun.numbers"
local reports = require "mkrun.tool.test.report"
local runner = require "mkrun.tool.test.runner"
local near = require "mkrun.closest_name"
local printable = require "mkrun.printable"
local sys = require "mkrun.sys"

local M = {}

local NONE <const> = 2 -- exit code: there is no test

local function format_of(name)
  name = name or "text"
  for _, known in ipairs(reports.formats) do
    if known == name then return name end
  end
  local meant = near.find(name, reports.formats)[1]
  script.usage(("--output: unknown format '%s'%s"):format(name,
    meant and (", did you mean '%s'?"):format(meant) or ""))
end

local function number(options, name, default, least, most)
  if not options[name] then return default end
  local value, fault = numbers.integer(options[name], least, most)
  if fault then script.usage(("--%s: %s"):format(name, fault)) end
  return value
end

local function check_pattern(name, pattern)
  if not pattern then return end
  local ok, message = pcall(string.find, "", pattern)
  if ok then return end
  script.usage(("--%s: '%s': %s"):format(name, pattern,
    message:gsub("^.-:%d+: ", "")))
end

local function read(options)
  options.output = format_of(options.output)
  options.timeout = number(options, "timeout", 60, 1, 86400)
  options.seed = number(options, "seed", nil, 0, 2 ^ 31 // 1)
  options.bail = options.bail or options.no_keep_going
  options.counts_lines = (options.coverage or options.cover or options.lcov)
    and not options.list or nil
  check_pattern("filter", options.filter)
  check_pattern("filter-out", options.filter_out)
  if options.shuffle and not options.seed then
    options.seed = (sys.now() * 1000 // 1) % 100000
    io.stderr:write(("mkrun: test: --seed %d\n"):format(options.seed))
  end
end

local function find_files(words)
  local files, message = find.files(words)
  if not files then script.refuse("test: " .. message) end
  for _, file in ipairs(files) do
    if not utf8.len(file) then
      script.refuse(("test: %s: a name in UTF-8 expected"):format(
        printable.line(file)))
    end
  end
  if files[1] then return files end
  script.refuse(("test: no test in %s: files *_test.lua or *_spec.lua expected")
    :format(words[1] and table.concat(words, ", ") or "this folder or below"))
end

--- Runs the tests once.  Returns the exit code.
local function run(files, options)
  local report = reports.new(options.output, options)
  local good = runner.run(files, options, report)
  if options.counts_lines then
    local ok, message = coverage.report(options.cover, files, options.lcov)
    if not ok then script.refuse("--lcov: " .. message) end
  end
  if not options.list and #report.events == 0 then
    script.say "mkrun: test: no test was run"
    return NONE
  end
  return good and 0 or 1
end

--- Runs what the command line asks for, or the file that the runner has started
--- this process for.
---@param ... string  the arguments of the script
function M.main(...)
  if config.trial_settings then return require "mkrun.tool.test.file".run() end
  local words = { script.arguments(...) }
  local options = table.remove(words, 1)
  read(options)
  if options.watch then
    return require "mkrun.tool.test.watch".run(words, options, find_files, run)
  end
  local code = run(find_files(words), options)
  if code ~= 0 then os.exit(code) end
end

return M
