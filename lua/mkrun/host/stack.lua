--- Builds the layers of this run.  Each request of a script passes through the
--- layers to the network.  The settings in `mkrun.config` decide which layers
--- are built.  The host calls `install` once, when a script first requires
--- `mkrun.http`.
-- SPDX-License-Identifier: MIT

local approved = require "mkrun.layer.approved"
local clocks = require "mkrun.clock"
local config = require "mkrun.config"
local dates = require "mkrun.layer.clock"
local limit = require "mkrun.layer.rate_limit"
local long_wait = require "mkrun.host.long_wait"
local providers = require "mkrun.providers"
local retry = require "mkrun.layer.retry"
local trace = require "mkrun.layer.trace"

local M = {}

local function note(text) io.stderr:write("mkrun: ", text, "\n") end

--- Returns the lowest transport: the network, a sandbox or a recording.  A
--- sandbox and a recording also return a clock.
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

--- Removes the fourth result of a failed request: the number of attempts.  Only
--- the layers use the number.  A script finds the number in the message.
local function three_values(transport)
  return function(request)
    local response, message, code = transport(request)
    return response, message, code
  end
end

local function subject_of(settings)
  return settings.subject and settings.subject()
end

--- Makes the layer `journal`.  The journal's modules are loaded only in a run
--- with a journal.
local function journal_layer(settings)
  return require "mkrun.layer.journal".new {
    journal = require "mkrun.journal".current(), note = note,
    subject = subject_of(settings), token = settings.token,
    keep_inputs = require "mkrun.host.input".keep,
  }
end

--- Returns true if this run gets the same ids from the API as the dry run
--- before the question.  A sandbox that is new in this run gives new ids to all
--- objects.
local function is_same_world(settings)
  if settings.trial_settings then return true end
  if type(settings.sandbox) ~= "string" then return not settings.sandbox end
  local file = io.open(settings.sandbox)
  if file then file:close() end
  return file ~= nil
end

--- Adds the layer that makes or applies a plan.  This layer must be the top
--- layer, because it needs the script's requests before any other layer changes
--- or repeats a request.
local function planned(transport, settings, plan)
  local options = {
    model = settings.model(), base_url = settings.base_url, plan = plan,
    token = settings.token or settings.login,
    tokenless = settings.bottom ~= nil,
  }
  if plan then
    options.journal = settings.resume
      and require "mkrun.journal".current() or nil
    options.subject = options.journal and subject_of(settings)
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

--- Opens the audit.  When a killed run is resumed, first adds the lines that
--- the killed run did not write.
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

--- Returns the requests that the dry run sent before the question, because the
--- API's rate limit counts these requests too.
local function spent_before(settings)
  return settings.approved
    and require "mkrun.layer.approved".spent(settings.approved)
end

--- Sets the clock of the waits that the user is told of.
local function set_clocks(clock)
  clocks.use(clock.wall)
  long_wait.use { now = clock.now, sleep = clock.sleep,
    is_simulated = clock.now ~= nil }
end

--- Loads the scheduler only when needed, because loading takes time.
local function sleep_untold(seconds) require "mkrun.task".sleep(seconds) end

--- Returns the sleep of a layer that waits in real time.  The trace has lines
--- of its own.
local function real_sleep(settings, clock)
  local is_told = not clock.now and not settings.trace
  return is_told and long_wait.sleep or sleep_untold
end

--- Builds the transport for all requests of a run.
---@param wire fun(request: table): table?, string?, string?  sends a request to
---  the network
---@param settings table  has the fields of `mkrun.config`
---@return fun(request: table): table?, string?, string?
function M.build(wire, settings)
  local told = settings.trace and note or nil
  -- The journal stores the plan's arguments, so the plan is read first.
  local plan = settings.apply and require "mkrun.plan".document()
  local is_list = settings.approved and settings.approved ~= approved.LATER
  local is_asked = is_list and is_same_world(settings)
  local transport, clock = bottom(wire, settings)
  clock = clock or {}
  set_clocks(clock)
  transport = dates.new { base_url = settings.base_url,
    note = not settings.bottom and note or nil } (transport)
  if settings.record then transport = recorder(settings) (transport) end
  transport = limit.new {
    base_url = settings.base_url, max_rate = settings.max_rate,
    now = clock.now, sleep = clock.sleep or real_sleep(settings, clock),
    note = told,
    spent = not clock.now and spent_before(settings) or nil,
  } (transport)
  transport = retry.new {
    note = told,
    sleep = settings.replay and clock.sleep or real_sleep(settings, clock),
  } (transport)
  if settings.trace then
    note(describe(settings))
    transport = trace.new {} (transport)
  end
  if settings.audit then transport = auditor(settings) (transport) end
  if settings.journal or settings.resume then
    transport = journal_layer(settings) (transport)
  end
  if plan then
    transport = planned(transport, settings, plan)
  elseif is_asked then
    transport = approved.new(settings.approved)(transport)
  elseif not is_list and (settings.approved or settings.resume) then
    transport = approved.later(settings) (transport)
  elseif settings.model then
    transport = planned(transport, settings, plan)
  end
  if settings.named then
    transport = require "mkrun.layer.named".new(settings) (transport)
  end
  return three_values(transport)
end

--- Modules of the run's own provider that are loaded when they are needed.
local LATER <const> = { model = true, subject = true }

--- Adds the run's own provider to `mkrun.providers`, with what its table says.
local function add_own(settings)
  local facts = settings.provider()
  providers.add(setmetatable({
    name = facts.name, base_url = settings.base_url, token = settings.token,
    rates = facts.rates, claims = facts.claims,
  }, { __index = function(_, field)
    local open = LATER[field] and settings[field]
    return open and open() or nil
  end }))
end

--- Installs the layers of this run in `mkrun.http`.  The host calls this
--- function.
---@param http table  the module `mkrun.http`
function M.install(http)
  add_own(config)
  http.install(function(wire) return M.build(wire, config) end)
end

return M
