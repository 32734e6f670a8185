--- Runs a model of the MK.IO Management API in this process.  The sandbox
--- answers every operation, keeps the state, and sends nothing to the network.
---
--- Further providers are answered by their overlays on what the state has of
--- them.
---
--- For `--sandbox[=FILE]`, the host calls `open`, and uses the result as the
--- bottom of the transport stack.  Tests call `new`, and choose clock, ids and
--- limits.  The API's documents leave some cases open.  The first comment of
--- each handler says how the sandbox answers in these cases.
-- SPDX-License-Identifier: MIT

local fault_plan = require "mkio.sandbox.fault_plan"
local faults = require "mkio.sandbox.faults"
local list = require "mkio.model.list"
local misspelt = require "mkio.sandbox.misspelt"
local providers = require "mkrun.providers"
local redo = require "mkio.model.redo"
local refusal = require "mkio.model.refusal"
local router = require "mkio.model.router"
local script = require "mkrun.script"
local secret = require "mkrun.secret"
local seed = require "mkio.model.seed"
local stores = require "mkio.sandbox.store"
local sys = require "mkrun.sys"
local tokens = require "mkio.model.tokens"
local worlds = require "mkio.model.world"

---@class mkio.Sandbox
---@field transport fun(options: table): table?, string?, string?
---@field world mkio.model.World
local Sandbox = {}
Sandbox.__index = Sandbox
Sandbox.__name = "mkio.Sandbox"

local M = {}

--- Removes expired tokens.  Otherwise a saved state would grow by one login
--- token in each run.
local function forget_expired(world)
  list.remove(world.state.tokens,
    function(token) return tokens.is_expired(world, token) end)
end

--- Returns the e-mail address of the sandbox's user, who is an administrator.
local function caller_of(world) return world.state.caller or seed.caller end

--- Makes sure that the state has a login token of the sandbox's user with this
--- digest.  A token that was revoked stays revoked.
local function know(world, digest)
  if list.find(world.state.tokens, "digest", digest) then return end
  tokens.add(world, {
    userId = world:user_by_email(caller_of(world)).id, type = "login",
    organizationId = world.state.organizations[1].id,
  }, digest)
end

--- Returns the first organization of a user.
local function home(world, user)
  for _, organization in ipairs(world.state.organizations) do
    if list.contains(organization.members, user.id) then return organization end
  end
end

--- Logs a user in.  An unknown e-mail address becomes a new user without an
--- organization, who can see invites.
---@param email? string  default: the sandbox's user, an administrator
---@param organization_id? string  default: the user's first organization
---@return string token
---@return table record  the token in the state
function Sandbox:login(email, organization_id)
  local world = self.world
  email = email or caller_of(world)
  local user = world:user_by_email(email)
  if not user then
    user = seed.user(world, email:match "^[^@]*", email)
    table.insert(world.state.users, user)
  end
  world:touch()
  local organization = home(world, user)
  return tokens.add(world, {
    userId = user.id, type = "login",
    organizationId = organization_id or organization and organization.id,
  })
end

--- Moves the sandbox's clock forward.
---@param seconds number
function Sandbox:advance(seconds) self.world:advance(seconds) end

--- Returns the whole state as JSON text.  `new{state = text}` makes a sandbox
--- with this state.
---@return string
function Sandbox:save() return self.world:save() end

--- Returns the number of requests that were answered.
---@return {reads: integer, writes: integer}
function Sandbox:counts()
  return { reads = self.world.reads, writes = self.world.writes }
end

--- Adds an entry to the delivery history of a webhook rule.
---@param project_name string  a project of the first organization
---@param rule_name string
---@param event {type: string, status: string, source: string}
function Sandbox:record_event(project_name, rule_name, event)
  local organization = self.world.state.organizations[1]
  local project = list.find(organization.projects, "name", project_name)
  local rule = list.find(project.webhooks, "name", rule_name)
  table.insert(rule.events, {
    type = event.type, status = event.status, source = event.source,
    created = self.world:iso(),
  })
  self.world:touch()
end

--- Answers a request to MK.IO, or to another provider of the run.
local function answer(world, request)
  local entry = providers.of_url(request.url)
  local is_other = entry and entry.provider
  if not is_other then return router.answer(world, request) end
  return require "mkio.sandbox.others".answer(world, entry, request)
end

local function transport_of(world, options)
  local function transport(request) return answer(world, request) end
  if not options.faults then return transport end
  return faults.layer(faults.new(options.faults),
    { timeout = options.timeout }) (transport)
end

local function with_store(options)
  local own = {}
  for name, value in pairs(options) do own[name] = value end
  own.store = options.file and stores.new(options.file) or options.store
  return own
end

---@class mkio.sandbox.Options : mkio.model.Options
---@field file? string   path of the file that keeps the state

--- Makes a sandbox.  `options.token` becomes a token of the sandbox's user.
---@param options? mkio.sandbox.Options
---@return mkio.Sandbox
function M.new(options)
  options = options or {}
  local world = worlds.new(with_store(options))
  if world.log then redo.all(world, world.log, router.handlers) end
  forget_expired(world)
  local token = options.token
  if type(token) == "string" then token = secret.new(token, "token") end
  if token then know(world, token:digest()) end
  return setmetatable(
    { world = world, transport = transport_of(world, options) }, Sandbox)
end

local lock -- the lock of the file, which is held until this run ends

local PATIENCE <const> = 10

--- Locks the file, because two runs that write the same file would overwrite
--- each other's changes.  If the lock file cannot be made, the file cannot be
--- written either, and the first write reports the problem.
local function keep_others_out(file)
  local found, message, code = sys.lock(file .. ".lock", PATIENCE)
  if code == "busy" then error("sandbox: " .. message, 0) end
  lock = found
end

local function tell(path, text)
  script.say(("mkrun: sandbox: %s: %s"):format(path, text))
end

--- Says that the sandbox is a new one, if its name looks misspelt.
local function tell_new(file)
  local meant = misspelt.find(file)
  if meant then tell(file, ("is new: did you mean '%s'?"):format(meant)) end
end

--- Saves the state when the Lua state closes, so at each end except a kill.
--- The lock was made before this object, so the lock is released after saving.
local function close_at_end(world)
  world.ending = setmetatable({}, { __gc = function()
    local ok, message = world:close()
    if ok then return end
    script.say("mkrun: sandbox: " .. message)
    tell(world.store:log_path(), "has what was written; the next run reads it")
  end })
end

--- Reads the fault plan of `--faults`.  Ends the run with exit code 2 if the
--- plan is malformed.
local function plan_of(config)
  if not config.faults then return nil end
  local plan, message = fault_plan.read(config.faults)
  if plan then return plan end
  script.say("mkrun: --faults: " .. message)
  os.exit(2)
end

--- Returns the state for `--like`, or nil.  Ends the run if FILE exists,
--- because a sandbox in use would be lost, or if SOURCE is of no use.
local function likeness(config, file)
  if not config.like then return nil end
  if file and io.open(file) then
    refusal.raise("--like: %s exists: leave --like out to go on with it, or "
      .. "remove it to start anew", file)
  end
  return require "mkio.sandbox.like".read(config.like)
end

--- Makes the bottom of the transport stack for `--sandbox[=FILE]`.  The run's
--- token becomes a token of the sandbox's user.  If the run has no token,
--- `config.login` becomes a new login token of the sandbox's user.  Raises an
--- error if FILE cannot be read.
---
--- A wait for the sandbox's rate limits only moves the sandbox's clock and
--- takes no real time, unless the fault plan says `"clock": "real"`.
---@param config table  the host's settings, `mkrun.config`
---@return fun(options: table): table?, string?, string?
---@return {now: (fun(): number), wall: (fun(): number),
---  sleep: fun(seconds: number)}? clock
function M.open(config)
  local file = type(config.sandbox) == "string" and config.sandbox or nil
  if file and not lock and not config.dry_run then keep_others_out(file) end
  local plan = plan_of(config)
  local like = likeness(config, file)
  local sandbox = M.new {
    file = file, state = like, token = config.token,
    base_url = config.base_url,
    faults = plan, timeout = config.timeout,
  }
  if not config.token then
    local text, record = sandbox:login()
    config.login = secret.new(text, "sandbox login")
    sandbox.world.passing = record
  end
  local world = sandbox.world
  if file and world.is_new then tell_new(file) end
  if world.store and world.store.is_other then
    tell(file, "was changed since a run was cut short; what is in "
      .. world.store:log_path() .. " is left out")
  end
  if not config.dry_run then
    if world.is_new or world.log or like then
      local ok, message = world:keep()
      if not ok then error("sandbox: " .. message, 0) end
    end
    close_at_end(world)
  end
  if plan and plan.clock == "real" then return sandbox.transport end
  local function now() return world:now() end
  return sandbox.transport, {
    now = now, wall = now,
    sleep = function(seconds) world:advance(seconds) end,
  }
end

return M
