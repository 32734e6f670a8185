--- The layers of this run, between a script's requests and the wire.
---
--- Chosen once, from `mkrun.config`, and under every request that a script
--- makes: the host calls `install` when `mkrun.http` is first required.
-- SPDX-License-Identifier: MIT

local approved = require "mkrun.layer.approved"
local clocks = require "mkrun.clock"
local config = require "mkrun.config"
local dates = require "mkrun.layer.clock"
local limit = require "mkrun.layer.limit"
local retry = require "mkrun.layer.retry"
local trace = require "mkrun.layer.trace"

local M = {}

local function note(text) io.stderr:write("mkrun: ", text, "\n") end

--- Who answers at the bottom: the wire, or a module that stands in for it and
--- may bring a clock of its own.
local function bottom(wire, settings)
  if not settings.bottom then return wire end
  return settings.bottom(settings)
end

local function describe(settings)
  if settings.replay then return "replay: " .. settings.replay end
  if settings.trust then return "trust: " .. settings.trust end
  local where = settings.sandbox == true and "in memory"
    or tostring(settings.sandbox)
  local faults = settings.faults and ", faults: " .. settings.faults or ""
  return "sandbox: " .. where .. faults
end

--- The layers tell each other the number of attempts after a failure as well;
--- a script gets that with a response, and in the message without one.
local function three_values(transport)
  return function(request)
    local response, message, code = transport(request)
    return response, message, code
  end
end

local function subject_of(settings)
  return settings.subject and settings.subject()
end

--- Only a run that keeps a journal pays for one.
local function journal_layer(settings)
  return require "mkrun.layer.journal".new {
    journal = require "mkrun.journal".current(), note = note,
    subject = subject_of(settings), token = settings.token,
    keep_inputs = require "mkrun.host.input".keep,
  }
end

--- Is what was shown before the question the world of this run?  A sandbox that
--- begins with it has ids of its own.
local function is_same_world(settings)
  if type(settings.sandbox) ~= "string" then return not settings.sandbox end
  local file = io.open(settings.sandbox)
  if file then file:close() end
  return file ~= nil
end

--- What plans, or performs a plan, sees the requests as a script sends them;
--- so does what keeps to what was approved.
local function planned(transport, settings, plan)
  local options = {
    model = settings.model(), base_url = settings.base_url, plan = plan,
  }
  if plan then
    return require "mkrun.layer.apply".new(options) (transport)
  end
  if settings.plan_out then
    require "mkrun.plan".check_file(settings.plan_out)
  end
  options.record = require "mkrun.plan".record
  options.script = settings.script and settings.script.path
  return require "mkrun.layer.plan".new(options) (transport)
end

local function recorder(settings)
  local file, message =
    require "mkrun.journal.har".create(settings.record, settings.version)
  if not file then
    require "mkrun.script".refuse("--record: " .. message)
  end
  return require "mkrun.layer.record".new(file, note)
end

--- Of a run that was killed, the lines that are missing come first.
local function open_audit(settings)
  local audit, message =
    require "mkrun.journal.audit".open(settings.audit, settings.resume and note)
  if not audit or not settings.resume then return audit, message end
  local done, why = audit:catch_up(require "mkrun.journal".current(),
    require "mkrun.host.bearer".name(settings.token))
  return done and audit, why
end

local function auditor(settings)
  local audit, message = open_audit(settings)
  if not audit then
    require "mkrun.script".refuse("--audit: " .. message)
  end
  return require "mkrun.layer.audit".new(audit, settings.base_url, note,
    subject_of(settings))
end

--- The reads before a question are of the same minute as what comes after.
local function spent_before(settings)
  return settings.approved
    and require "mkrun.layer.approved".spent(settings.approved)
end

--- Build the transport that stands under every request.
---@param wire fun(request: table): table?, string?, string?
---@param settings table  as `mkrun.config`
---@return fun(request: table): table?, string?, string?
function M.build(wire, settings)
  local told = settings.trace and note or nil
  -- a journal has the words of the plan's script
  local plan = settings.apply and require "mkrun.plan".document()
  local is_list = settings.approved and settings.approved ~= approved.LATER
  local is_asked = is_list and is_same_world(settings)
  local transport, clock = bottom(wire, settings)
  clock = clock or {}
  clocks.use(clock.wall)
  transport = dates.new { base_url = settings.base_url,
    note = not settings.bottom and note or nil } (transport)
  if settings.record then transport = recorder(settings) (transport) end
  transport = limit.new {
    base_url = settings.base_url, max_rate = settings.max_rate,
    now = clock.now, sleep = clock.sleep, note = told,
    spent = not clock.now and spent_before(settings) or nil,
  } (transport)
  transport = retry.new {
    note = told, sleep = settings.replay and clock.sleep or nil,
  } (transport)
  if settings.trace then
    note(describe(settings))
    transport = trace.new {} (transport)
  end
  if settings.audit then transport = auditor(settings) (transport) end
  if settings.journal or settings.resume then
    transport = journal_layer(settings) (transport)
  end
  if is_asked then
    transport = approved.new(settings.approved)(transport)
  elseif not is_list and (settings.approved or settings.resume) then
    transport = approved.later(settings) (transport)
  elseif settings.model then
    transport = planned(transport, settings, plan)
  end
  return three_values(transport)
end

--- Put the layers of this run under `mkrun.http`; for the host.
---@param http table  the module
function M.install(http)
  http.install(function(wire) return M.build(wire, config) end)
end

return M
