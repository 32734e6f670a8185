--- What a provisioning script needs around its work: arguments, environment,
--- input, questions and messages.
---
--- Wrong usage ends the run: a message and the usage line on stderr, exit
--- code 2.  Results are the script's own business (`print`).
-- SPDX-License-Identifier: MIT

local approved = require "mkrun.layer.approved"
local arguments = require "mkrun.host.arguments"
local config = require "mkrun.config"
local duplicates = require "mkrun.host.duplicates"
local harmless = require "mkrun.printable"
local headers = require "mkrun.host.header"
local input = require "mkrun.host.input"
local json_text = require "mkrun.host.json_text"
local near = require "mkrun.closest_name"
local refusals = require "mkrun.host.refusals"
local sys = require "mkrun.sys"

local M = {}

local function complain(message)
  io.stdout:flush()
  io.stderr:write("mkrun: ", harmless.line(tostring(message)), "\n")
end

--- Read the header of a script.
---@param source string  the text of the script
---@return mkrun.Header
function M.header(source)
  return headers.parse(source)
end

local function own_header()
  local running = config.script
  return running and headers.parse(running.source)
end

--- End the run with a message, the usage line and exit code 2.
---@param message string
function M.usage(message)
  complain(message)
  local header = own_header()
  if header and #header.usage > 0 then
    io.stderr:write(headers.usage(header), "\n")
  end
  os.exit(2)
end

local function options_of(header)
  local names = {}
  for _, argument in ipairs(header.args) do
    if argument.option then names[#names + 1] = argument.name end
  end
  return names
end

--- An option of mkrun in the wrong place deserves better than "unknown", and so
--- does one that is nearly another.
local function explain(message, header)
  local name = message:match "^unknown option '(.-)'$"
  if name and config.options and config.options[name] then
    return message .. "; options of mkrun itself go before the script"
  end
  local meant = name and near.find(name, options_of(header))[1]
  return meant and ("%s, did you mean '%s'?"):format(message, meant) or message
end

local function wants_help(header, words)
  for _, word in ipairs(words) do
    if word == "--" then return false end
    if word == "--help" or word == "-h" then
      for _, argument in ipairs(header.args) do
        if argument.name == word then return false end
      end
      return true
    end
  end
  return false
end

--- Read the arguments of the running script as its header describes them.
--- `--help` prints the help and ends the run; wrong usage ends it too.
---@param ... string  the script's own `...`
---@return table<string, any> options  "--dry-run" is `dry_run`
---@return string ...  the other arguments, in their order
function M.arguments(...)
  local header, words = own_header(), { ... }
  if not header then
    error("bad call of 'arguments' (no script is running)", 2)
  end
  if wants_help(header, words) then
    M.print_help()
    os.exit(0)
  end
  local options, values = arguments.parse(header, words)
  if not options then M.usage(explain(values, header)) end
  return options, table.unpack(values)
end

--- Print the help of the running script.
function M.print_help()
  local header = own_header()
  M.has_helped = true
  print(header and headers.help(header) or "no script")
end

--- Read an environment variable; one that is not set ends the run, unless
--- there is a default.
---@param name string
---@param default? string
---@return string
function M.env(name, default)
  local value = os.getenv(name) or default
  if not value then
    M.usage(("environment variable %s is not set"):format(name))
  end
  return value
end

--- End the run with messages and exit code 2: the command line is right, and
--- what it names is not.
---@param ... string
function M.refuse(...)
  refusals.tell { ... }
  for _, message in ipairs { ... } do complain(message) end
  os.exit(2)
end

--- Read a JSON file; one that is missing or wrong, or has a name twice in one
--- object, ends the run.  "-" is standard input.  "examples/NAME.json" is the
--- built-in example when there is no such file.
---@param path string
---@return any value
function M.read_json(path)
  if type(path) ~= "string" then
    error(("bad argument #1 to 'read_json' (string expected, got %s)")
      :format(type(path)), 2)
  end
  local text, message, code = input.read(path)
  if code == "missing" then text = sys.builtin(path) end
  if not text then M.refuse(message) end
  local value, why = json_text.decode(text)
  if value == nil then M.refuse(("%s: %s"):format(path, why)) end
  local pointer, twice = duplicates.find(text)
  if pointer then
    M.refuse(("%s: at '%s': %s"):format(path, pointer, twice))
  end
  return value
end

--- Ask a question on the terminal.  Without one, or at the end of the input,
--- the answer is no.
---@param question string
---@return boolean
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

--- Show steps as a plan does; returns the question.
local function show_steps(steps)
  local show = require "mkrun.plan.show"
  io.stdout:flush()
  io.stderr:write(show.steps(steps, config.color and sys.isatty "stderr"))
  return "Go on?"
end

--- Is it a run that plans, or one whose question the host has asked?
local function is_answered()
  if config.dry_run then approved.question() end
  return config.dry_run or config.apply
    or config.approved and config.approved ~= approved.LATER
end

--- Ask before something is destroyed; `what` is what will be done, shown in
--- the manner of a plan, or a question; no steps need no yes.  Without `yes`
--- and without a yes on the terminal the run ends: nothing was done, exit code
--- 2.  A run that plans, or performs a plan, neither shows nor asks.
---@param what mkrun.Step[]|string
---@param yes? boolean  of an option `--yes`
function M.approve(what, yes)
  if type(what) ~= "string" then check_steps(what) end
  if #what == 0 or is_answered() then return end
  local question = type(what) == "string" and what or show_steps(what)
  if yes or M.confirm(question) then return approved.allow() end
  if sys.isatty "stdin" then M.refuse "nothing was done" end
  if question == what then M.say(harmless.line(question) .. " [y/N] no") end
  M.refuse "nothing was done: there is no terminal to ask on, and no --yes"
end

--- Write a message for people to stderr; values are separated by a blank.  A
--- control character that is no white space becomes "?".
function M.say(...)
  local words = table.pack(...)
  for i = 1, words.n do
    words[i] = harmless.lines(tostring(words[i]))
  end
  io.stdout:flush()
  io.stderr:write(table.concat(words, " "), "\n")
end

return M
