--- The sandbox's world: its state, its clock, its ids, and the file that keeps
--- it between runs.
---
--- The state is one JSON document.  It holds digests of tokens, never tokens.
--- A file is read once, at start, and kept by `store`; `mkio.sandbox` sees to
--- it that one run at a time does that.  It is touched after a write only: a
--- run that reads, such as a dry run, leaves it as it was, byte for byte.  So
--- the day on which a read used a token (lastUsed) is kept with the next write,
--- and forgotten when there is none.  Only the first use of a token is kept at
--- the end, too, of a run that wrote.
-- SPDX-License-Identifier: MIT

local index = require "mkio.model.index"
local json = require "mkrun.json"
local limits = require "mkio.model.limits"
local list = require "mkio.model.list"
local refusal = require "mkio.model.refusal"
local seed = require "mkio.model.seed"
local state_check = require "mkio.model.state_check"
local stores = require "mkio.sandbox.store"
local sys = require "mkrun.sys"

---@class mkio.sandbox.Options
---@field now? fun(): number      seconds since 1970 (default: the real clock)
---@field id? fun(): string       a new UUID each time (default: random)
---@field random? fun(n: integer): string  n bytes (default: the system's)
---@field page_size? integer      when a query has no `$top` (default 100)
---@field reads? integer          a minute, before 429 (default 2000)
---@field writes? integer         a minute, before 429 (default 1000)
---@field base_url? string        answer for this origin only
---@field file? string            what is written is kept here
---@field state? string           JSON text to begin with, from `save`
---@field token? string|mkrun.Secret  the caller's
---@field lenient? boolean         everybody who has a token may do everything
---@field faults? mkio.sandbox.FaultPlan  which requests fail
---@field timeout? number         seconds, before a delay becomes a timeout

---@class mkio.sandbox.World
---@field state table
---@field is_new boolean  seeded just now, not loaded
---@field passing? table  the token that dies with this run, not to be saved
---@field store? mkio.sandbox.Store  the file, if there is one
---@field log? mkio.sandbox.Log  what is to be done again on its state
---@field used table<table, any>  tokens that were used since the last write
---                 that the file has: the days on which they were used before
---@field drawn any[]  by lot, since the last request began
---@field page_size integer
---@field last_list? {name: string, items: table[]}  of which pages are read
---@field reads integer    requests answered so far, by kind
---@field writes integer
---@field failed? {message: string, code: string}  why nothing is answered
local World = {}
World.__index = World
World.__name = "mkio.sandbox.World"

local M = {}

--- Seconds since 1970, on the sandbox's clock, which stands still during a
--- request.
function World:now() return self.moment or self.clock() + self.offset end

--- Now, as the API writes times.
function World:iso() return sys.iso8601(math.floor(self:now())) end

--- Let time pass.
---@param seconds number
function World:advance(seconds) self.offset = self.offset + seconds end

--- A request begins; one that is done again, as it was then.
---@param at? number
---@param drawn? any[]
function World:begin(at, drawn)
  self:finish()
  self.moment, self.given, self.drawn = at or self:now(), drawn, {}
end

function World:finish() self.moment, self.given = nil, nil end

--- What `make` makes by lot, or made when this was done for the first time.
---@generic T: string
---@param make fun(): T
---@return T
function World:draw(make)
  local next = #self.drawn + 1
  local value
  if self.given then value = assert(self.given[next]) else value = make() end
  self.drawn[next] = value
  return value
end

function World:id() return self:draw(self.new_id) end

function World:user(id) return (list.find(self.state.users, "id", id)) end

function World:organization(id)
  return list.find(self.state.organizations, "id", id)
end

--- Who calls, by their token.
---@param context mkio.sandbox.Context
---@param token table
function World:take_caller(context, token)
  self.used[token] = self.used[token] or token.lastUsed
  token.lastUsed = self:iso():sub(1, 10)
  context.token, context.user = token, self:user(token.userId)
  local organization = self:organization(token.organizationId)
  if organization and list.contains(organization.members, token.userId) then
    context.organization = organization
  end
end

local function address_of(user) return user.email:lower() end

--- E-mail addresses are compared without regard to case.
function World:user_by_email(email)
  return (list.find(self.state.users, address_of, email:lower()))
end

--- Leave nothing in the state that is removed already.
local function close_up(state)
  for _, organization in ipairs(state.organizations) do
    for _, name in ipairs { "invites", "members", "teams" } do
      index.whole(organization[name])
    end
    for _, project in ipairs(organization.projects) do
      if project.webhooks then index.whole(project.webhooks) end
    end
  end
end

--- The state as JSON text.
---@return string
function World:save()
  local state = {}
  close_up(self.state)
  for name, member in pairs(self.state) do state[name] = member end
  state.tokens = list.filter(state.tokens,
    function(token) return token ~= self.passing end)
  return assert(json.encode(state, { indent = 2, sort = true })) .. "\n"
end

--- See to it that the file has the state, if there is a file; `line` is what
--- was changed since it last had, if that can be said by a line.
---@param line? table
---@return true? ok
---@return string? message
---@return string? code
function World:keep(line)
  local store = self.store
  self.used, self.has_written = {}, self.has_written or line ~= nil
  if not store then return true end
  if line and self.is_kept and store:takes_lines() then
    return store:add(line, self.passing)
  end
  self.is_kept = line ~= nil
  return store:replace(self:save())
end

--- The file has not what was changed.  Nothing is answered any more: a request
--- that was not kept would be found, and taken for done.
---@param message string
---@param code string
---@return nil
---@return string message
---@return string code
function World:fail(message, code)
  self.failed = { message = message, code = code }
  return nil, message, code
end

--- Something was changed that is in no line: the next write keeps all of it.
function World:touch() self.is_kept, self.last_list = false, nil end

--- The file is to have all that was written, now that the run ends.
function World:close()
  if not self.store then return true end
  local is_first = false
  for token, day in pairs(self.used) do
    if not self.has_written or day ~= json.null then
      token.lastUsed = day
    elseif token ~= self.passing then
      is_first = true
    end
  end
  if not (is_first or self.store:has_lines()) then return true end
  return self.store:replace(self:save())
end

local lists = { "locations", "organizations", "roles", "tokens", "users" }

local function is_state(value)
  if type(value) ~= "table" or value.version ~= seed.version then
    return false
  end
  for _, name in ipairs(lists) do
    if not json.is_array(value[name]) then return false end
  end
  return value.users[1] ~= nil and value.organizations[1] ~= nil
end

local function decode(text, name)
  local state, message = json.decode(text)
  if message then
    refusal.raise("%s: %s", name, message)
  elseif not is_state(state) then
    refusal.raise("%s: not a sandbox state of version %d", name, seed.version)
  end
  return state
end

--- A file may be edited, or damaged; what is handed over was saved here.
local function check_file(state, path)
  local pointer, fault = state_check.fault(state)
  if fault then
    error(("sandbox: %s: at '%s': %s"):format(path, pointer, fault), 0)
  end
end

--- Raises, with a message for the user, when the state cannot be had.
---@param options mkio.sandbox.Options
---@return mkio.sandbox.World
function M.new(options)
  local world = setmetatable({
    clock = options.now or sys.now, offset = 0,
    new_id = options.id or sys.uuid, random = options.random or sys.random,
    page_size = options.page_size or 100,
    limits = limits.new(options.reads, options.writes),
    origin = options.base_url
      and options.base_url:lower():match "^[^/]*//[^/]*",
    store = options.file and stores.new(options.file), drawn = {},
    used = {}, reads = 0, writes = 0,
    lenient = options.lenient,
  }, World)
  local text, name = options.state, "state"
  if not text and world.store then
    name, text, world.log = options.file, world.store:read()
  end
  world.state = text and decode(text, name)
  if text and not options.state then check_file(world.state, name) end
  world.is_new = not world.state
  world.state = world.state or seed.state(world)
  return world
end

return M
