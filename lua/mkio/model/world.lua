--- The world of a sandbox: its state, its clock, its ids, and the file that
--- keeps the state between runs.  `mkio.sandbox` and `mkio.plan.overlay` make a
--- world.
---
--- The state is one JSON document, which contains digests of tokens, never
--- tokens.
---
--- The file is read once, at the start.  The field `store` writes the file, and
--- `mkio.sandbox` locks the file for one run at a time.  Only a write changes
--- the file; a run that only reads, such as a dry run, changes nothing.  So the
--- day of a token's last use (lastUsed) is saved with the next write, and lost
--- if no write follows.  At the end of a run that wrote, the first use of a
--- token is saved as well.
-- SPDX-License-Identifier: MIT

local index = require "mkio.model.index"
local json = require "mkrun.json"
local json_text = require "mkrun.host.json_text"
local limits = require "mkio.model.limits"
local list = require "mkio.model.list"
local refusal = require "mkio.model.refusal"
local seed = require "mkio.model.seed"
local state_check = require "mkio.model.state_check"
local sys = require "mkrun.sys"

---@class mkio.model.Options
---@field now? fun(): number      returns the time in seconds since 1970
---  (default: the system's clock)
---@field id? fun(): string       returns a new id (default: a random UUID)
---@field random? fun(n: integer): string  makes n random bytes (default: the
---  system's)
---@field page_size? integer      page size without `$top` (default 100)
---@field reads? integer          limit of reads in a minute (default 2000)
---@field writes? integer         limit of writes in a minute (default 1000)
---@field base_url? string        requests to any other server are refused
---@field store? mkio.sandbox.Store  the file that keeps the state
---@field state? string           JSON text of the first state, made by `save`
---@field token? string|mkrun.Secret  the caller's token
---@field lenient? boolean        true: every token has all capabilities
---@field faults? mkio.sandbox.FaultPlan  the requests that fail on purpose
---@field timeout? number         time limit of a request in seconds

---@class mkio.model.World
---@field state table     the data of the sandbox, which the file keeps
---@field is_new boolean  true if the state was seeded, not loaded
---@field passing? table  a token for this run only, which is not saved
---@field store? mkio.sandbox.Store  the file, if there is one
---@field log? mkio.sandbox.Log  the writes to repeat on the loaded state
---@field used table<table, any>  the tokens that were used since the last saved
---  write, each with the day of its previous use
---@field drawn any[]  the random values of the current request
---@field page_size integer  page size of a list without `$top`
---@field last_list? {name: string, items: table[]}  all items of the list that
---  the last list request asked for, kept for the next page
---@field reads integer    reads answered so far
---@field writes integer   writes answered so far
---@field failed? {message: string, code: string}  the reason why each further
---  request fails
local World = {}
World.__index = World
World.__name = "mkio.model.World"

local M = {}

--- Returns the time on the sandbox's clock, in seconds since 1970.  The time
--- does not change during a request.
---@return number
function World:now() return self.moment or self.clock() + self.offset end

--- Returns the time on the sandbox's clock in the API's format.
---@return string
function World:iso() return sys.iso8601(math.floor(self:now())) end

--- Moves the clock forward.
---@param seconds number
function World:advance(seconds) self.offset = self.offset + seconds end

--- Begins a request.  If the request is a write from the log, the log gives the
--- time and the random values.
---@param at? number      the time in seconds since 1970
---@param drawn? any[]    the random values
function World:begin(at, drawn)
  self:finish()
  self.moment, self.given, self.drawn = at or self:now(), drawn, {}
end

--- Ends a request.
function World:finish() self.moment, self.given = nil, nil end

--- Returns a random value that `make` makes.  A write from the log gets the
--- same random values as in the run that wrote the log.
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

--- Returns a new id.
---@return string
function World:id() return self:draw(self.new_id) end

--- Finds a user by id.
---@param id string
---@return table?
function World:user(id) return (list.find(self.state.users, "id", id)) end

--- Finds an organization by id.
---@param id any
---@return table?
function World:organization(id)
  return list.find(self.state.organizations, "id", id)
end

--- Puts the token's user and organization into the context, and notes the day
--- on which the token is used.
---@param context mkio.model.Context
---@param token table   a token in the state
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

--- Finds a user by e-mail address.  Upper and lower case are equal.
---@param email string
---@return table?
function World:user_by_email(email)
  return (list.find(self.state.users, address_of, email:lower()))
end

--- Closes the gaps that removed elements left in the arrays.
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

--- Returns the state as JSON text, without the token that is for this run only.
---@return string
function World:save()
  local state = {}
  close_up(self.state)
  for name, member in pairs(self.state) do state[name] = member end
  state.tokens = list.filter(state.tokens,
    function(token) return token ~= self.passing end)
  return assert(json.encode(state, { indent = 2, sort = true })) .. "\n"
end

--- Saves the state to the file, if there is one.
---@param line? table   the log line of a change; nil saves the whole state
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

--- Makes every later request fail, because a change could not be saved.  If
--- later requests succeeded, the script would rely on a change that the file
--- lacks.
---@param message string
---@param code string
---@return nil
---@return string message
---@return string code
function World:fail(message, code)
  self.failed = { message = message, code = code }
  return nil, message, code
end

--- Notes a change that has no log line, so that the next write saves the whole
--- state.
function World:touch() self.is_kept, self.last_list = false, nil end

--- Saves all changes at the end of the run.
---@return true? ok
---@return string? message
---@return string? code
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
  local state, message = json_text.decode(text)
  if message then
    refusal.raise("%s: %s", name, message)
  elseif not is_state(state) then
    refusal.raise("%s: not a sandbox state of version %d", name, seed.version)
  end
  return state
end

--- Checks a state that comes from a file, because somebody may have edited or
--- damaged the file.  A state that the caller passes as text is not checked,
--- because `save` made it.
local function check_file(state, path)
  local pointer, fault = state_check.fault(state)
  if fault then
    refusal.raise("%s: at '%s': %s", path, pointer, fault)
  end
end

--- Makes a world.  Raises an error if the state cannot be loaded.
---@param options mkio.model.Options
---@return mkio.model.World
function M.new(options)
  local world = setmetatable({
    clock = options.now or sys.now, offset = 0,
    new_id = options.id or sys.uuid, random = options.random or sys.random,
    page_size = options.page_size or 100,
    limits = limits.new(options.reads, options.writes),
    origin = options.base_url
      and options.base_url:lower():match "^[^/]*//[^/]*",
    store = options.store, drawn = {},
    used = {}, reads = 0, writes = 0,
    lenient = options.lenient,
  }, World)
  local text, name = options.state, "state"
  if not text and world.store then
    name, text, world.log = world.store.path, world.store:read()
  end
  world.state = text and decode(text, name)
  if text and not options.state then check_file(world.state, name) end
  world.is_new = not world.state
  world.state = world.state or seed.state(world)
  return world
end

return M
