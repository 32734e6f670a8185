--- Runs the script rotate-tokens several times at once on a small model of the
--- service, in an order that the caller chooses.  Each request, and each end of
--- the storing command, is one step.  Time is simulated.
---
---   local outcome = rotations.play({ runs = 2 }, choose)
---   rotations.fault(outcome)   -- what is wrong at the end, or nil

local clock = require "mkrun.clock"
local long_wait = require "mkrun.host.long_wait"
local sys = require "mkrun.sys"
local task = require "mkrun.task"

local errors = require "mkrun.rest.error"
local rotation = require "mkio.flow.rotate_tokens"
local writes = require "mkio.flow.common.writes"

local leases = require "tests.support.rotation_leases"
local temp = require "tests.support.temp"

local M = {}

local BEGIN <const> = 1800000000
local SCRIPT <const> = "scripts/rotate-tokens.lua"
local NAME <const> = "d"

local function nothing() end

local function copy_of(token)
  local spec, metadata = {}, { id = token.metadata.id, type = "restricted" }
  for name, member in pairs(token.spec) do spec[name] = member end
  return { metadata = metadata, spec = spec }
end

---@class tests.Rotations
---@field time number        seconds since the begin
---@field tokens table[]     of the service
---@field vault string       the id of the stored token
---@field storer? table      the run that stored it
---@field stored table<string, true>   ids of all tokens that were ever stored
---@field leases table<string, string>  texts of the leases, by path
---@field runs table[]
---@field current? table     the run whose step it is
local World = {}
World.__index = World

--- Ends a step.  `sleep` is how long the run sleeps then.
local function step(sleep) coroutine.yield(sleep or 0) end

function World:note(...)
  local log = self.current.log
  log[#log + 1] = table.concat({ ... }, " ")
end

function World:find(id)
  for _, token in ipairs(self.tokens) do
    if token.metadata.id == id then return token end
  end
end

--- Adds a token that is `age` seconds old.
function World:add(id, age, is_used)
  local token = { metadata = { id = id, type = "restricted" }, spec = {
    description = NAME, organizationId = "o", permissions = {},
    issued = sys.iso8601(math.floor(BEGIN + self.time - age)),
    lastUsed = is_used and "2026-11-29" or nil } }
  self.tokens[#self.tokens + 1] = token
  return token
end

--- The live tokens, as an answer holds them.
function World:live()
  local found = {}
  for _, token in ipairs(self.tokens) do
    if not token.spec.revoked then
      found[#found + 1] = copy_of(token)
    end
  end
  return found
end

local function text_of(tokens)
  local words = {}
  for i, token in ipairs(tokens) do
    words[i] = token.metadata.id .. (token.spec.lastUsed and "+" or "")
  end
  return table.concat(words, ",")
end

--- The user's tokens, as `mkio.MyTokens`.
local function tokens_of(world)
  local tokens = { session = {} }

  function tokens.list()
    step()
    local found = world:live()
    world:note("list", text_of(found))
    return found
  end

  function tokens.find_all()
    local found = tokens.list()
    table.sort(found, function(a, b) return a.spec.issued > b.spec.issued end)
    return found
  end

  function tokens.mint()
    step()
    world.count = world.count + 1
    local order = world.is_falling and 99 - world.count or 10 + world.count
    local id = "t" .. order
    local token = copy_of(world:add(id, 0))
    token.metadata.JWT = { pipe = function()
      step() -- the command begins
      world.vault, world.storer = id, world.current
      world.stored[id] = true
      world:note("stored", id)
      step() -- the command ends
      return true
    end }
    world:note("made", id)
    return token
  end

  function tokens.prove(_, id)
    step()
    local token = world:find(id)
    world:note("proven", id, tostring(token.spec.revoked))
    if token.spec.revoked then errors.raise("auth", "401: " .. id) end
    token.spec.lastUsed = "2026-11-29"
  end

  function tokens.revoke(_, id)
    step()
    world:note("revoked", id)
    world:find(id).spec.revoked = "yes"
  end

  return tokens
end

--- A report that says nothing.
local function silent()
  return setmetatable({ step = nothing, finish = nothing, place = function()
    return { step = nothing, close = nothing }
  end }, { __close = nothing })
end

--- The store: a command, or a file whose lock the other runs do not see.
local function store_of(world, command, lease)
  local own = { lease = leases.read(lease) }
  return setmetatable(own, { __index = function(_, name)
    if world.is_file and name == "lock" then return true end
    if world.is_file and name == "held_id" then return world.vault end
    return command[name]
  end })
end

local source, command

--- Makes the chunk of one run.
local function chunk_of(world, number)
  local lease = leases.path(world, number)
  source = source or temp.read(SCRIPT):gsub("^#[^\n]*", "")
  command = command or rotation.command "cat"
  local modules = {
    ["mkio"] = { connect = function()
      return { me = { tokens = tokens_of(world) } }
    end },
    ["mkrun.script"] = { arguments = function()
      return { exec = "x", lease = lease, keep_old = lease and "24h" }, NAME
    end },
    ["mkrun.output"] = { format = nothing },
    ["mkrun.report"] = { new = silent },
    ["mkio.flow.rotate_tokens"] = setmetatable({ command = function()
      return store_of(world, command, lease)
    end }, { __index = rotation }),
  }
  local env = setmetatable({ require = function(name)
    return modules[name] or require(name)
  end }, { __index = _G })
  return assert(load(source, "@" .. SCRIPT, "t", env))
end

--- Puts simulated time into the modules.  Returns a function that undoes it.
local function simulate(world)
  local real_files = leases.simulate(world)
  local monotonic, sleep, run = sys.monotonic, task.sleep, writes.run
  local start = monotonic()
  sys.monotonic = function() return start + world.time end
  task.sleep = step
  writes.run = function(list)
    for _, write in ipairs(list) do write.work() end
  end
  clock.use(function() return BEGIN + world.time end)
  long_wait.use { now = sys.monotonic, sleep = step, is_simulated = true }
  return function()
    sys.monotonic, task.sleep, writes.run = monotonic, sleep, run
    clock.use()
    long_wait.use()
    real_files()
  end
end

local function ready_runs(world)
  local ready, first = {}, nil
  for i, run in ipairs(world.runs) do
    if run.is_over then goto continue end
    if run.wake <= world.time then ready[#ready + 1] = i end
    first = math.min(first or run.wake, run.wake)
    ::continue::
  end
  return ready, first
end

local function advance(world, run)
  world.current, run.steps = run, run.steps + 1
  local ok, sleep = coroutine.resume(run.thread)
  if coroutine.status(run.thread) == "dead" then
    run.is_over, run.is_ok, run.problem = true, ok, not ok and sleep or nil
    run.log[#run.log + 1] = ok and "ok" or "failed"
  else
    run.wake = world.time + sleep
  end
end

--- What decides how a schedule goes on: two schedules with the same key end
--- alike.
---@param world tests.Rotations
---@return string
function M.key(world)
  local parts = { world.vault, text_of(world:live()), world.time }
  for path, text in pairs(world.leases) do
    parts[#parts + 1] = path .. text:gsub('"written":"[^"]*"', "")
  end
  table.sort(parts, function(a, b) return tostring(a) < tostring(b) end)
  for _, run in ipairs(world.runs) do
    parts[#parts + 1] = table.concat(run.log, ";")
    parts[#parts + 1] = run.steps
    parts[#parts + 1] = run.wake
  end
  return table.concat(parts, "|")
end

local function new_world(options)
  local world = setmetatable({ time = 0, tokens = {}, runs = {}, count = 0,
    vault = "old", stored = { old = true }, is_falling = options.is_falling,
    is_file = options.is_file, lease = options.lease, leases = {} }, World)
  world:add("old", 3600, true)
  if options.left then world:add("left", options.left, true) end
  for i = 1, options.runs do
    world.runs[i] = { log = {}, wake = 0, steps = 0,
      thread = coroutine.create(chunk_of(world, i)) }
  end
  if options.is_leased then leases.add(world, BEGIN) end
  return world
end

local function play(world, choose)
  while true do
    local ready, first = ready_runs(world)
    if not first then return world end
    if not ready[1] then
      world.time = first
    else
      local i = choose(world, ready)
      if not i then return nil end
      if i > 0 and not world.runs[i].is_over then
        advance(world, world.runs[i])
      end
    end
  end
end

--- Plays one schedule.
---@param options {runs: integer, is_falling: boolean?, is_file: boolean?,
---  left: number?, lease: ("shared"|"own")?, is_leased: boolean?}
---  is_falling: a later token has a smaller id; is_file: the runs see what is
---  stored; left: the age of a token that a dead run has left; lease: all runs
---  keep the old token for a day; is_leased: they have leased one before
---@param choose fun(world: tests.Rotations, ready: integer[]): integer?  the
---  run whose step is next, or 0 for none; may change `time`, or set a run's
---  `is_over`; nil: the schedule ends here
---@return tests.Rotations? world   nil if `choose` ended it
function M.play(options, choose)
  local world = new_world(options)
  local undo = simulate(world)
  local ok, result = pcall(play, world, choose)
  undo()
  if not ok then error(result, 0) end
  return result
end

--- Returns the id of a token that was stored and is revoked, although all runs
--- keep it.
local function lost(world)
  for id in pairs(world.lease and world.stored or {}) do
    if world:find(id).spec.revoked then return id end
  end
end

--- Returns what is wrong at the end of a schedule, or nil.
---@param world tests.Rotations
---@param is_quick boolean   no run was killed, or so slow that it may fail
---@return string?
function M.fault(world, is_quick)
  local live = world:live()
  local is_live = not world:find(world.vault).spec.revoked
  local storer, done = world.storer, 0
  for _, run in ipairs(world.runs) do
    if run.is_ok then done = done + 1 end
    if run.problem and not errors.is(run.problem) then
      return tostring(run.problem)
    end
  end
  local is_clean = world.lease or #live == 1
  if not is_live and (not storer or storer.is_ok) then
    return "the stored token is dead, and nobody says so"
  elseif lost(world) then
    return ("%s is revoked, and a consumer may have it"):format(lost(world))
  elseif is_quick and (not is_live or not is_clean or done == 0) then
    return ("stored %s, live %s, %d well"):format(world.vault, text_of(live),
      done)
  end
end

--- The steps of all runs, to be read.
---@param world tests.Rotations
---@return string
function M.story(world)
  local lines = {}
  for i, run in ipairs(world.runs) do
    lines[i] = ("run %d: %s: %s"):format(i, table.concat(run.log, "; "),
      tostring(run.problem))
  end
  return table.concat(lines, "\n")
end

return M
