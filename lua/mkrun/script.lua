--- Reads a script's arguments, environment and input files, asks questions, and
--- prints messages.  Every flow calls this module.
---
--- If the command line is wrong, this module prints an error message and the
--- usage line to stderr, and ends the run with exit code 2.  A script writes
--- its results itself, for example by `print`.
-- SPDX-License-Identifier: MIT

local approved = require "mkrun.layer.approved"
local arguments = require "mkrun.host.arguments"
local config = require "mkrun.config"
local duplicates = require "mkrun.host.duplicates"
local harmless = require "mkrun.printable"
local headers = require "mkrun.host.header"
local help_shown = require "mkrun.host.help_shown"
local input = require "mkrun.host.input"
local json_text = require "mkrun.host.json_text"
local near = require "mkrun.closest_name"
local refusals = require "mkrun.host.refusals"
local sys = require "mkrun.sys"

local M = {}

--- The end of the help of a bundle.
local IN_BUNDLE <const> = [[

Options of mkrun, such as --token-file FILE, --dry-run or --sandbox, come
first; an argument after -- is never an option.]]

--- Prints messages on standard error, each on a line of its own, or all in one
--- line of JSON.
local function complain(messages, usage)
  local lines = {}
  for i, message in ipairs(messages) do
    lines[i] = harmless.line(tostring(message))
  end
  io.stdout:flush()
  if config.json_errors then
    local fault_json = require "mkrun.host.fault_json"
    local problem = { exit_code = 2, usage = usage }
    io.stderr:write(fault_json.line(problem, table.concat(lines, "\n")), "\n")
    return
  end
  for _, line in ipairs(lines) do io.stderr:write("mkrun: ", line, "\n") end
  if usage then io.stderr:write(usage, "\n") end
end

--- Parses the header of a script.
---@param source string  the text of the script
---@return mkrun.Header
function M.header(source)
  return headers.parse(source)
end

--- Returns the header of the running script.  In a bundle, the usage lines name
--- the bundle instead of mkrun and the script.
local function own_header()
  local running = config.script
  local header = running and headers.parse(running.source)
  for i, usage in ipairs(header and config.program and header.usage or {}) do
    local rest = usage:match "^mkrun%s+%S+(.*)$"
    header.usage[i] = rest and config.program .. rest or usage
  end
  return header
end

--- Ends the run with a message, the usage line and exit code 2.
---@param message string
function M.usage(message)
  local header = own_header()
  local has_usage = header and #header.usage > 0
  complain({ message }, has_usage and headers.usage(header) or nil)
  os.exit(2)
end

--- Returns true if options of mkrun may stand among those of the script: in a
--- bundle, and after the name of a built-in flow.
local function takes_more(header)
  if not config.script.is_flow then return config.program ~= nil end
  for _, tag in ipairs(header.tags) do
    if tag == "tool" then return false end
  end
  return true
end

--- Lists the options that the user may have meant.
local function options_of(header)
  local names = {}
  for _, argument in ipairs(header.args) do
    if argument.option then names[#names + 1] = argument.name end
  end
  for name in pairs(takes_more(header) and config.options or {}) do
    names[#names + 1] = name
  end
  return names
end

--- Adds a hint to the message "unknown option".  The hint says that the option
--- is mkrun's and must be before the script, or names a similar option of the
--- script.
local function explain(message, header)
  local name = message:match "^unknown option '(.-)'$"
  if name and config.options and config.options[name] then
    return message .. (config.program and "; options of mkrun come first"
      or "; options of mkrun itself go before the script")
  end
  local meant = name and near.find(name, options_of(header))[1]
  return meant and ("%s, did you mean '%s'?"):format(message, meant) or message
end

--- Parses the arguments of the running script by its header.  `--help` prints
--- the help and ends the run.  A wrong argument also ends the run.
---@param ... string  the script's own `...`
---@return table<string, any> options  the options; the key of "--dry-run" is
---  `dry_run`
---@return string ...  the other arguments, in order
function M.arguments(...)
  local header, words = own_header(), { ... }
  if not header then
    error("bad call of 'arguments' (no script is running)", 2)
  end
  if arguments.wants_help(header, words) then
    M.print_help()
    os.exit(0)
  end
  local options, values = arguments.parse(header, words)
  if not options then M.usage(explain(values, header)) end
  return options, table.unpack(values)
end

--- Ends the run if a word of `@needs` is wrong.
local function check_needs(header)
  local needs = require "mkrun.host.needs"
  local list, message = needs.parse(header, config.needs)
  if list then return end
  M.refuse(("%s: %s"):format(config.script.path or "stdin", message))
end

--- Prints the help of the running script.  Ends the run if the header of the
--- script has a wrong word in `@needs`.
function M.print_help()
  local header = own_header()
  help_shown.note()
  if not header then return print "no script" end
  check_needs(header)
  local is_strict = require "mkrun.host.needs".is_strict(config)
  local of_provider = require "mkrun.host.provider_script".help()
  if of_provider then
    local said = header.description
    header.description = (said ~= "" and said .. "\n\n" or "") .. of_provider
  end
  print(harmless.lines(headers.help(header, is_strict)))
  if config.program then print(IN_BUNDLE) end
end

--- Reads an environment variable.  Ends the run if the variable is not set and
--- there is no default.
---@param name string
---@param default? string  returned if the variable is not set
---@return string
function M.env(name, default)
  local value = os.getenv(name) or default
  if not value then
    M.usage(("environment variable %s is not set"):format(name))
  end
  return value
end

--- Ends the run with messages and exit code 2.  Call `refuse` if the form of
--- the command line is right, but a file or a name in the command line is
--- wrong.
---@param ... string  messages, each on a line of its own
function M.refuse(...)
  refusals.tell { ... }
  complain { ... }
  os.exit(2)
end

--- Reads a JSON file.  Ends the run if the file is missing or malformed, or if
--- an object in the file contains a member name twice.
---@param path string  "-" for standard input; "examples/NAME.json" names the
---  built-in example if there is no such file
---@return any value
function M.read_json(path)
  if type(path) ~= "string" then
    error(("bad argument #1 to 'read_json' (string expected, got %s)")
      :format(type(path)), 2)
  end
  local text, message, code = input.read(path)
  if code == "missing" then text = sys.builtin(path) end
  if code == "memory" then error(message, 0) end
  if not text then M.refuse(message) end
  local value, why = json_text.decode(text)
  if value == nil then M.refuse(("%s: %s"):format(path, why)) end
  local pointer, twice = duplicates.find(text)
  if pointer then
    M.refuse(("%s: at '%s': %s"):format(path, pointer, twice))
  end
  return value
end

--- Asks a question on the terminal.
---@param question string  text of the question, without "[y/N]"
---@return boolean  true if the answer is "y" or "yes"; false if stdin is not a
---  terminal
function M.confirm(question)
  if not sys.isatty "stdin" then return false end
  io.stdout:flush()
  io.stderr:write(harmless.line(question), " [y/N] ")
  local answer = io.read()
  if not answer then io.stderr:write "\n" end
  answer = (answer or ""):lower()
  return answer == "y" or answer == "yes"
end

local ACTIONS <const> = { create = true, update = true, delete = true,
  keep = true }

local function check_steps(steps)
  if type(steps) ~= "table" then
    error(("bad argument #1 to 'approve' (list of steps expected, got %s)")
      :format(type(steps)), 3)
  end
  for i, step in ipairs(steps) do
    if type(step) ~= "table" or not ACTIONS[step.action]
      or type(step.kind) ~= "string" or type(step.name) ~= "string" then
      error(("bad argument #1 to 'approve' (step %d: 'action', 'kind' and "
        .. "'name' expected)"):format(i), 3)
    end
  end
end

--- Prints steps in the format of a plan.  Returns the question to ask.
local function show_steps(steps)
  local show = require "mkrun.plan.show"
  io.stdout:flush()
  io.stderr:write(show.steps(steps, config.color and sys.isatty "stderr"))
  return "Go on?"
end

--- Returns true if this run does not have to ask.  That is the case in a dry
--- run, in a run that applies a plan, and after the host has asked.
local function is_answered()
  if config.dry_run then approved.question() end
  return config.dry_run or config.apply
    or config.approved and config.approved ~= approved.LATER
end

--- Asks before the script deletes something.  Ends the run with exit code 2 if
--- the answer is no, or if there is no terminal to ask on.  Does not ask if the
--- list of steps is empty, if the run makes or applies a plan, or if the host
--- has asked.
---@param what mkrun.Step[]|string  steps, printed in the format of a plan, or
---  a question
---@param yes? boolean  value of the script's option `--yes`: true skips the
---  question
function M.approve(what, yes)
  if type(what) ~= "string" then check_steps(what) end
  if #what == 0 or is_answered() then return end
  local question = type(what) == "string" and what or show_steps(what)
  if yes or M.confirm(question) then return approved.allow() end
  if sys.isatty "stdin" then M.refuse "nothing was done" end
  if question == what then M.say(harmless.line(question) .. " [y/N] no") end
  M.refuse "nothing was done: there is no terminal to ask on, and no --yes"
end

--- Writes a message for people to stderr.  Control characters become "?", but
--- line breaks and tabs are kept.
---@param ... any  values to print, separated by a blank
function M.say(...)
  local words = table.pack(...)
  for i = 1, words.n do
    words[i] = harmless.lines(tostring(words[i]))
  end
  io.stdout:flush()
  io.stderr:write(table.concat(words, " "), "\n")
end

return M
