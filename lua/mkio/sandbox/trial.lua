--- The sandbox of a trial: a run that `mkrun test` starts.  The trial tells its
--- starter each request, and each change of the state.  The starter makes the
--- first state and reads the last one.
---
--- A trial has a simulated clock, so the sandbox uses the clock of the process.
-- SPDX-License-Identifier: MIT

local fault_plan = require "mkio.sandbox.fault_plan"
local har = require "mkrun.journal.har"
local json = require "mkrun.json"
local list = require "mkio.model.list"
local refusal = require "mkio.model.refusal"
local sandboxes = require "mkio.sandbox"
local secret = require "mkrun.secret"
local shape = require "mkrun.rest.shape"
local spec = require "mkio.likeness.spec"
local state_check = require "mkio.model.state_check"
local sys = require "mkrun.sys"
local trial = require "mkrun.trial"
local worlds = require "mkio.model.world"

local M = {}

-- In the trial ----------------------------------------------------------------

--- Tells what `mkio.sandbox.store` would write into a file.
local Store = { path = "sandbox" }
Store.__index = Store

function Store.log_path() return "log" end

function Store:read() return self.text end

function Store:replace(text)
  trial.tell("state " .. json.encode(text))
  self.is_told, self.has_told_lines = true, false
  return true
end

function Store:add(line, passing)
  self.has_told_lines = true
  trial.tell("line " .. json.encode { line = line, passing = passing })
  return true
end

function Store:takes_lines() return self.is_told == true end

function Store:has_lines() return self.has_told_lines == true end

--- Makes a function that returns ids which depend on the state only, so that
--- each run of a test prints the same ones.
local function new_ids(text)
  local count = 0
  return function()
    count = count + 1
    local hash = sys.sha256(count .. text)
    return table.concat({ hash:sub(1, 8), hash:sub(9, 12),
      "4" .. hash:sub(14, 16), "8" .. hash:sub(18, 20), hash:sub(21, 32) }, "-")
  end
end

--- Tells a request and its answer, without secrets.
local function tell_request(request, ...)
  local entry = har.entry(request, sys.now(), 0, ...)
  local path = entry.request.url:match "^%a[%w+.-]*://[^/?]*([^?]*)"
  trial.tell("request " .. json.encode {
    method = entry.request.method, path = path or entry.request.url,
    query = entry.request.queryString,
    body = (entry.request.postData or {}).text,
    status = entry.response.status, answer = entry.response.content.text,
    error = entry.response._error, message = entry.response._message,
  })
end

--- Returns the transport of a trial.  A dry run that the host makes before it
--- asks for a confirmation tells nothing.
---@param config table  the host's settings, `mkrun.config`
---@return fun(options: table): table?, string?, string?
function M.open(config)
  local settings = json.decode(config.trial_settings)
  local is_quiet = config.plan_format == "deletes"
  local store = setmetatable({ text = settings.state }, Store)
  local sandbox = sandboxes.new {
    store = store, id = new_ids(settings.state), token = config.token,
    base_url = config.base_url, faults = settings.faults,
    timeout = config.timeout,
  }
  if not config.token then
    local text, record = sandbox:login()
    config.login = secret.new(text, "sandbox login")
    sandbox.world.passing = record
  end
  if not config.dry_run then
    sandbox.world.ending = setmetatable({}, { __gc = function()
      sandbox.world:close()
    end })
  end
  return function(request)
    local response, message, code = sandbox.transport(request)
    if not is_quiet then tell_request(request, response, message, code) end
    return response, message, code
  end
end

-- In the starter --------------------------------------------------------------

--- Makes each person of the list a member of the organization.
local function add_members(state, members)
  local home = state.organizations[1]
  for _, email in ipairs(members) do
    local user = list.find(state.users, "email", email)
    if not user then
      user = { id = sys.uuid(), name = email:match "^[^@]*", email = email,
        avatar = "", company = "", country = "", jobRole = "",
        phoneNumber = "" }
      table.insert(state.users, user)
    end
    if not list.contains(home.members, user.id) then
      table.insert(home.members, user.id)
    end
  end
end

local function state_of_table(wanted)
  local document, members = {}, wanted.members or {}
  if wanted.organizations and wanted.users then return wanted end
  for name, member in pairs(wanted) do document[name] = member end
  document.members, document.providers = nil, nil
  if document.exported == nil then document.exported = true end
  if not next(document, next(document)) then
    document.organization = { name = "Sandbox" }
  end
  local part, pointer, expected = spec.part(document)
  local state
  if part then state, pointer, expected = spec.state(part) end
  if not state then
    refusal.raise("%s: %s", shape.place(pointer), expected)
  end
  add_members(state, members)
  state.providers = wanted.providers
  return state
end

--- Returns the state in a file, as for --sandbox=FILE or --like FILE.
local function state_of_file(path)
  local text, message = sys.read(path)
  if not text then refusal.raise("%s", message) end
  local document = json.decode(text)
  if type(document) == "table" and document.organizations then
    return text
  end
  return require "mkio.sandbox.like".read { path }
end

--- Returns the JSON text of a sandbox's first state.
---@param wanted? table|string  what there is, in the form of a SPEC and with
---  `members`, a list of addresses, and `providers`, name -> path ->
---  document; a state; or the path of a file.  Default: the example
---  organization
---@return string state
function M.state(wanted)
  if type(wanted) == "string" then return state_of_file(wanted) end
  if not wanted then return worlds.new {}:save() end
  local state = state_of_table(wanted)
  local pointer, fault = state_check.fault(state)
  if pointer then refusal.raise("%s: %s", shape.place(pointer), fault) end
  return assert(json.encode(state))
end

--- Reads or checks a fault plan.
---@param plan table|string  a plan, or the path of a file
---@return mkio.sandbox.FaultPlan
function M.faults(plan)
  if type(plan) == "string" then
    local found, message = fault_plan.read(plan)
    return found or error(message, 0)
  end
  local ok, pointer, expected = fault_plan.check(plan)
  if ok then return plan end
  error(("%s: %s"):format(shape.place(pointer), expected), 0)
end

--- Returns the state after the writes of a trial's log.
---@param text string     the last state that the trial told
---@param lines table[]   the lines that it told since
---@return string
function M.after(text, lines)
  if not lines[1] then return text end
  local log = { passing = lines[1].passing, lines = {} }
  for i, told in ipairs(lines) do log.lines[i] = told.line end
  local store = setmetatable({ text = text }, { __index = Store })
  function store:read() return self.text, log end
  return sandboxes.new { store = store }:save()
end

--- Returns a state as tables that a person can read, by names.
---@param text string
---@return table
function M.world(text)
  return require "mkio.sandbox.readable".of(json.decode(text))
end

--- Returns the organization of a new sandbox in this process.
---@param wanted? table|string  as for `state`
---@return mkio.Organization
function M.connect(wanted)
  local sandbox = sandboxes.new { state = M.state(wanted) }
  return require "mkio".connect {
    http = { request = sandbox.transport },
    token = secret.new(sandbox:login(), "sandbox login"),
  }
end

return M
