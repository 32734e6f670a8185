--- The sandbox's world: its state, its clock, its ids, and the file that keeps
--- it between runs.
---
--- The state is one JSON document.  It holds digests of tokens, never tokens.
--- A file is read once, at start, and replaced whole; `mkio.sandbox` sees to it
--- that one run at a time does that.  It is replaced after a write only: a run
--- that reads, such as a dry run, leaves it as it was, byte for byte.  So the
--- day on which a read used a token (lastUsed) is kept with the next write, and
--- forgotten when there is none.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local limits = require "mkio.sandbox.limits"
local list = require "mkio.sandbox.list"
local seed = require "mkio.sandbox.seed"
local sys = require "mkrun.sys"

---@class mkio.sandbox.Options
---@field now? fun(): number      seconds since 1970 (default: the real clock)
---@field id? fun(): string       a new UUID each time (default: random)
---@field random? fun(n: integer): string  n bytes (default: the system's)
---@field page_size? integer      when a query has no `$top` (default 100)
---@field reads? integer          a minute, before 429 (default 2000)
---@field writes? integer         a minute, before 429 (default 1000)
---@field base_url? string        answer for this origin only
---@field file? string            saved here after each write
---@field state? string           JSON text to begin with, from `save`
---@field token? string|mkrun.Secret  the caller's
---@field lenient? boolean         everybody who has a token may do everything
---@field faults? mkio.sandbox.FaultPlan  which requests fail
---@field timeout? number         seconds, before a delay becomes a timeout

---@class mkio.sandbox.World
---@field state table
---@field is_new boolean  seeded just now, not loaded
---@field passing? table  the token that dies with this run, not to be saved
---@field page_size integer
---@field reads integer    requests answered so far, by kind
---@field writes integer
local World = {}
World.__index = World
World.__name = "mkio.sandbox.World"

local M = {}

--- Seconds since 1970, on the sandbox's clock.
function World:now() return self.clock() + self.offset end

--- Now, as the API writes times.
function World:iso() return sys.iso8601(math.floor(self:now())) end

--- Let time pass.
---@param seconds number
function World:advance(seconds) self.offset = self.offset + seconds end

function World:id() return self.new_id() end

--- Users are added, and never removed.
function World:user(id)
  local users = self.state.users
  for i = self.indexed + 1, #users do self.users[users[i].id] = users[i] end
  self.indexed = #users
  return self.users[id]
end

function World:organization(id)
  return list.find(self.state.organizations, "id", id)
end

--- E-mail addresses are compared without regard to case.
function World:user_by_email(email)
  email = email:lower()
  for _, user in ipairs(self.state.users) do
    if user.email:lower() == email then return user end
  end
end

--- The state as JSON text.
---@return string
function World:save()
  local state = {}
  for name, member in pairs(self.state) do state[name] = member end
  state.tokens = list.filter(state.tokens,
    function(token) return token ~= self.passing end)
  return assert(json.encode(state, { indent = 2, sort = true })) .. "\n"
end

--- Write the state to the file, if there is one.
---@return true? ok
---@return string? message
---@return string? code
function World:keep()
  if not self.file then return true end
  return sys.write(self.file, self:save(), tonumber("600", 8))
end

local stores = { "locations", "organizations", "roles", "tokens", "users" }

local function is_state(value)
  if type(value) ~= "table" or value.version ~= seed.version then
    return false
  end
  for _, name in ipairs(stores) do
    if not json.is_array(value[name]) then return false end
  end
  return value.users[1] ~= nil and value.organizations[1] ~= nil
end

local function decode(text, name)
  local state, message = json.decode(text)
  if message then
    error(("sandbox: %s: %s"):format(name, message), 0)
  elseif not is_state(state) then
    error(("sandbox: %s: not a sandbox state of version %d")
      :format(name, seed.version), 0)
  end
  return state
end

--- What the file holds; nil when there is no file yet.
local function read(path)
  local file, message, number = io.open(path, "rb")
  if not file then
    if number == 2 then return nil end -- ENOENT
    error("sandbox: " .. message, 0)
  end
  local open <close> = file
  local text, why = open:read "a"
  if not text then error(("sandbox: %s: %s"):format(path, why), 0) end
  return decode(text, path)
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
    file = options.file, reads = 0, writes = 0, users = {}, indexed = 0,
    lenient = options.lenient,
  }, World)
  world.state = options.state and decode(options.state, "state")
    or options.file and read(options.file)
  world.is_new = not world.state
  world.state = world.state or seed.state(world)
  return world
end

return M
