--- Runs a flow against a sandbox, in a process of its own, and says what it
--- did.  `mkrun.test` gives these functions to tests.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local folders = require "mkrun.tool.test.folder"
local json = require "mkrun.json"
local near = require "mkrun.closest_name"
local results = require "mkrun.tool.test.result"
local sys = require "mkrun.sys"
local trial = require "mkrun.trial"

local M = {}

---@class mkrun.test.RunOptions
---@field sandbox? table|string|mkrun.test.Run  what there is: a table like a
---  SPEC, the path of one, or an earlier run (default: the example)
---@field faults? table|string   a plan of faults, or its file
---@field clock? number|string   when the run begins (default: now)
---@field files? table<string, string|true>  what its folder has; true: a copy
---  of the file that `mkrun.tool.test.folder.find` finds
---@field stdin? string          what it reads from standard input
---@field env? table<string, any>   its variables
---@field options? table<string, any>  mkrun's own options: {dry_run = true}
---@field timeout? number        seconds of real time (default 60)

--- The options of `run`, and their types.
local OPTIONS <const> = { sandbox = "table or text", faults = "table or text",
  clock = "number or text", env = "table", stdin = "text", files = "table",
  options = "table", timeout = "number" }

--- Options of mkrun that a test cannot have: its own say the same, or they
--- would leave the sandbox.
local REFUSED <const> = { sandbox = "sandbox", like = "sandbox",
  faults = "faults", base_url = "sandbox", replay = "sandbox",
  cacert = "sandbox",
  token_file = "env." .. config.provider().variables.token[1] }

--- Variables that a flow has as in real life.
local KEPT <const> = { "PATH", "TMPDIR", "TZ", "LANG", "LC_ALL", "LC_CTYPE",
  "MKRUN_LUA" }

local LIMIT <const> = 60

--- Raises an error of the test.  It has no place, because the place of the test
--- is the one that counts: see `mkrun.tool.test.failure`.
local function refuse(format, ...) error(format:format(...), 0) end

local function check_option(name, value)
  local wanted = OPTIONS[name]
  if not wanted then
    local names = {}
    for known in pairs(OPTIONS) do names[#names + 1] = known end
    table.sort(names)
    local meant = near.find(tostring(name), names)[1]
    refuse("bad argument #3 to 'run' (unknown option '%s'%s)", tostring(name),
      meant and (", did you mean '%s'?"):format(meant) or "")
  end
  local kind = type(value) == "string" and "text" or type(value)
  if not wanted:find(kind, 1, true) then
    refuse("bad argument #3 to 'run' (option '%s': %s expected, got %s)", name,
      wanted, type(value))
  end
end

--- Returns the words of mkrun's own options: {dry_run = true, max_rate = 5} is
--- --dry-run --max-rate 5.
local function own_words(options)
  local names, words = {}, {}
  for name in pairs(options or {}) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local value, word = options[name], "--" .. name:gsub("_", "-")
    if REFUSED[name] then
      refuse("option '%s' of mkrun: use '%s' of the test", name, REFUSED[name])
    end
    for _, one in ipairs(type(value) == "table" and value or { value }) do
      if one == true then words[#words + 1] = word
      elseif one then words[#words + 1] = ("%s=%s"):format(word, one) end
    end
  end
  return words
end

--- Returns where a file is that an option names, or the option's other value.
local function found(value)
  return type(value) == "string" and folders.find(value) or value
end

--- Returns the path of the script, or the name of a built-in flow.
local function script_path(script, needs_absolute)
  if sys.builtin("scripts/" .. script) and not script:find "[./]" then
    return script
  end
  local path = folders.find(script)
  if not trial.look(path) then
    refuse("bad argument #1 to 'run' (%s: No such file or directory)", script)
  end
  return needs_absolute and assert(sys.real_path(path)) or path
end

--- Returns the environment of the flow.
local function variables_of(env, home)
  local values, list = { HOME = home, USER = "tester" }, {}
  for _, name in ipairs(KEPT) do values[name] = os.getenv(name) end
  for name, value in pairs(env or {}) do
    values[name] = value ~= false and tostring(value) or nil
  end
  for name, value in pairs(values) do list[#list + 1] = name .. "=" .. value end
  table.sort(list)
  return list
end

local function clock_of(clock, state_clock)
  if type(clock) == "string" then
    local seconds, message = sys.parse_time(clock)
    if not seconds then
      refuse("bad argument #3 to 'run' (option 'clock': %s)", message)
    end
    return seconds
  elseif clock and not pcall(sys.iso8601, clock) then
    refuse("bad argument #3 to 'run' (option 'clock': time between the years "
      .. "0 and 9999 expected)")
  end
  return clock or state_clock or sys.now()
end

--- Calls a function of the sandbox.  Its refusals are errors of the test.
local function ask(what, name, ...)
  local outcome = table.pack(pcall(config.trial()[name], ...))
  if outcome[1] then return outcome[2] end
  local message = tostring(outcome[2]):gsub("^sandbox: ", "")
    :gsub("^%-%-like: ", "")
  refuse("bad argument #3 to 'run' (option '%s': %s)", what, message)
end

--- Returns the state that the flow begins with, and the time that it was left
--- at, if it comes from an earlier run.
local function state_of(sandbox)
  local earlier = results.state(sandbox)
  if earlier then return earlier.text, earlier.clock end
  return ask("sandbox", "state", found(sandbox))
end

local function start(script, arguments, options)
  local text, left_at = state_of(options.sandbox)
  local place = folders.open(options.files)
  local argv = own_words(options.options)
  table.insert(argv, 1, "mkrun")
  argv[#argv + 1] = "--"
  argv[#argv + 1] = script_path(script, place.folder ~= nil)
  for _, word in ipairs(arguments) do argv[#argv + 1] = tostring(word) end
  local clock = clock_of(options.clock, left_at)
  return results.new(text, clock, place), {
    argv = argv, clock = clock, folder = place.folder,
    variables = variables_of(options.env, place.home),
    stdin = options.stdin or "", limit = options.timeout or LIMIT,
    counts_lines = folders.settings.counts_lines,
    settings = json.encode { state = text,
      faults = options.faults
        and ask("faults", "faults", found(options.faults)) },
  }
end

local function check(script, arguments, options)
  if type(script) ~= "string" then
    error(("bad argument #1 to 'run' (string expected, got %s)")
      :format(type(script)), 3)
  elseif type(arguments) ~= "table" then
    error(("bad argument #2 to 'run' (list of arguments expected, got %s)")
      :format(type(arguments)), 3)
  end
  for name, value in pairs(options) do check_option(name, value) end
  local timeout = options.timeout or 1
  if timeout <= 0 or timeout ~= timeout then -- NaN is no time either
    refuse("bad argument #3 to 'run' (option 'timeout': seconds above zero "
      .. "expected, got %.14g)", timeout)
  end
end

local function finish(run, job)
  local outcome, message =
    trial.run(job, function(text) run:hear(text) end)
  if not outcome then error(message, 3) end
  return run:close(outcome, job.limit)
end

--- Runs a flow.
---@param script string        path of a script, or name of a built-in flow
---@param arguments? string[]
---@param options? mkrun.test.RunOptions
---@return mkrun.test.Run
function M.run(script, arguments, options)
  arguments, options = arguments or {}, options or {}
  check(script, arguments, options)
  local run, job = start(script, arguments, options)
  run.repeated = { script = script, arguments = arguments, options = options }
  return finish(run, job)
end

--- Runs the flow of an earlier run once more, in the world that it has left.
function results.Run.again(earlier, changes)
  local before, options = earlier.repeated, {}
  for name, value in pairs(before.options) do options[name] = value end
  options.sandbox, options.clock, options.faults = earlier.world, nil, nil
  if options.files then options.files = earlier.files end
  for name, value in pairs(changes or {}) do options[name] = value end
  check(before.script, before.arguments, options)
  local run, job = start(before.script, before.arguments, options)
  run.repeated = { script = before.script, arguments = before.arguments,
    options = options }
  return finish(run, job)
end

--- Returns what the provider's `connect` returns, in a new sandbox, for
--- functions that are tested without a run.
---@param sandbox? table|string  as the option of `run`
---@return mkrun.test.Connected
function M.connect(sandbox) return config.trial().connect(sandbox) end

return M
