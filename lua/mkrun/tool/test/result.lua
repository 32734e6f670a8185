--- What a run of a flow has done.  `mkrun.tool.test.flow` makes the result.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local folders = require "mkrun.tool.test.folder"
local json = require "mkrun.json"
local trial = require "mkrun.trial"

local M = {}

---@class mkrun.test.Request
---@field method string
---@field path string
---@field query? table<string, string>
---@field body? any      decoded, if it is JSON
---@field status? integer
---@field answer? any    decoded, if it is JSON
---@field error? string  code, if no answer came
---@field message? string

---@class mkrun.test.Run
---@field code integer      exit code; 128 plus the signal that ended the run
---@field stdout string
---@field stderr string
---@field requests mkrun.test.Request[]  what reached the sandbox, in order
---@field writes integer    number of requests that were no GET and succeeded
---@field world table       the organization after the run, by names
---@field plan? table       the plan of --dry-run, as --output json prints it
---@field files? table<string, string>  the files in the working directory
---@field seconds number    how long it took on the simulated clock
---@field timed_out? boolean  true if it was ended after `timeout`
---@field again fun(self: mkrun.test.Run, changes?: mkrun.test.RunOptions):
---  mkrun.test.Run         runs the same once more, in the world that it left
local Run = {}
M.Run = Run

--- The state behind each world and each run.
local states = setmetatable({}, { __mode = "k" })

--- Returns the state that a world or a run stands for.
---@param value any
---@return {text: string, clock: number}?
function M.state(value)
  local state = type(value) == "table" and states[value]
  if not state then return nil end
  state.text = config.trial().after(state.text, state.lines)
  state.lines = {}
  return state
end

--- The fields that are made when they are asked for.
local late = {}

function late.world(run)
  local state = M.state(run)
  local world = config.trial().world(state.text)
  states[world] = state
  return world
end

Run.__name = "mkrun.test.Run"

function Run:__index(name)
  if Run[name] then return Run[name] end
  local make = late[name]
  if not make then return nil end
  local value = make(self)
  rawset(self, name, value)
  return value
end

--- Shows what people look for when a test fails.
function Run:__tostring()
  return ("run of %s: exit code %d\nstdout:\n%s\nstderr:\n%s"):format(
    self.repeated.script, self.code or -1, self.stdout, self.stderr)
end

--- Decodes a body.  Text that is not JSON stays text.
local function body_of(text)
  if not text or text == "" then return nil end
  local value = json.decode(text)
  if value == nil then return text end
  return value
end

local heard = {}

function heard.request(run, text)
  local request = json.decode(text)
  local query = {}
  for _, pair in ipairs(request.query) do query[pair.name] = pair.value end
  request.query, request.body = query, body_of(request.body)
  request.answer = body_of(request.answer)
  if request.status == 0 then request.status = nil end
  table.insert(run.requests, request)
  if request.method ~= "GET" and (request.status or 999) < 300 then
    run.writes = run.writes + 1
  end
end

function heard.state(run, text)
  states[run].text, states[run].lines = json.decode(text), {}
end

function heard.line(run, text)
  table.insert(states[run].lines, json.decode(text))
end

function heard.plan(run, text) run.plan = json.decode(text) end

function heard.clock(run, text)
  states[run].clock = tonumber(text) or states[run].clock
end

--- Takes a message of the run.
---@param text string
function Run:hear(text)
  local word, rest = text:match "^(%a+) (.*)$"
  if word == "lines" then
    trial.tell(text) -- the runner counts them
  elseif heard[word] then
    heard[word](self, rest)
  end
end

--- Returns what ended a run that did not end by itself.
local function reason(outcome, limit)
  if outcome.is_full then return "it printed more than 64 MB" end
  if outcome.is_late then
    return ("it was ended after %.14g s (see the option 'timeout')")
      :format(limit)
  end
  return outcome.signal and "it was ended by signal " .. outcome.signal
end

--- Ends the run: takes its outcome and its files.
---@param outcome table   the result of `mkrun.trial.run`
---@param limit number    the seconds that it could take
---@return mkrun.test.Run
function Run:close(outcome, limit)
  self.code, self.stdout, self.stderr =
    outcome.code, outcome.stdout, outcome.stderr
  self.files = folders.close(self.place)
  self.place = nil
  local state = states[self]
  self.seconds = state.clock - state.started
  local why = reason(outcome, limit)
  if why then
    self.stderr = ("%smkrun: test: %s\n"):format(self.stderr, why)
  end
  self.timed_out = outcome.is_late
  return self
end

--- Makes the result of a run that begins.
---@param text string     the first state
---@param clock number    the time when it begins
---@param place mkrun.test.Place
---@return mkrun.test.Run
function M.new(text, clock, place)
  local run = { requests = {}, writes = 0, place = place }
  states[run] = { text = text, lines = {}, clock = clock, started = clock }
  return setmetatable(run, Run)
end

return M
