--- Replaces a token by a new token.  The script `rotate-tokens` calls this
--- module.
---
--- The store contains a working token at every moment.  So a new token is
--- stored only after a request with it has succeeded.  The old token is revoked
--- only after a request with the stored new token has succeeded.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local sys = require "mkrun.sys"

local commands = require "mkio.flow.common.command"
local errors = require "mkrun.rest.error"
local own_tokens = require "mkio.flow.common.own_tokens"
local permissions = require "mkio.permissions"
local token_file = require "mkio.resource.token_file"
local token_left = require "mkio.resource.token_left"
local token_rivals = require "mkio.flow.common.token_rivals"
local token_turns = require "mkio.flow.common.token_turns"
local token_watch = require "mkio.flow.common.token_watch"
local value = require "mkrun.value"
local writes = require "mkio.flow.common.writes"

local M = {}

--- A place for what no report tells.
local NOWHERE <const> = { step = function() end, close = function() end }

local DEFAULT_DAYS <const> = 90
local MOST_DAYS <const> = 365

-- The store of the token -----------------------------------------------------

---@class mkio.TokenStore   the file or command that gets the new token
---@field name string      "file" or "command"
---@field done string      the word in the report for "the token is stored"
---@field is_new? boolean  true: the file need not contain an old token
---@field lock? mkrun.Lock  the lock of the file, held until this run ends
---@field held? userdata   the stored token, if the store can be read
---@field held_id? string  the id of the stored token
---@field reserve fun(self)           prepares the store for a token
---@field put fun(self, tokens, token)  stores the token or raises an error;
---                        flows of earlier versions pass only the JWT
---@field back fun(self, id, token): userdata   returns the stored token; raises
---                        an error if its id is not `id`

--- The `mkio.TokenStore` that keeps the token in a file.
local File = {}
File.__index = File

function File:reserve() self.slot = token_file.reserve(self.path) end

local NOT_STORED <const> = "the old token still works; a run that succeeds "
  .. "also revokes the new one that was not stored"

function File:put(tokens, token)
  if token then
    token_file.store(self.slot, tokens, token)
  else
    local ok, message = self.slot:store(tokens)
    if not ok then errors.raise("file", message, NOT_STORED) end
  end
  self.slot:close()
end

function File:back(id)
  local token, held_id = token_file.read(self.path)
  if held_id ~= id then
    errors.raise("file", self.path .. ": holds another token than it should",
      "another program may write this file")
  end
  return token
end

--- Returns a store that keeps the token in a file.  The file is locked: no
--- other run can replace the token until this run ends.
---@param path string
---@param is_new? boolean  true: the file need not contain an old token
---@return mkio.TokenStore
function M.file(path, is_new)
  local lock = token_file.lock(path)
  local held, held_id = token_file.read(path)
  return setmetatable({ name = "file", done = "proven", path = path,
    is_new = is_new, lock = lock, held = held, held_id = held_id }, File)
end

--- The `mkio.TokenStore` that passes the token to a command.
local Command = {}
Command.__index = Command

function Command.reserve() end -- `M.command` has already checked the command

function Command:put(tokens, token)
  local jwt = token and token.metadata.JWT or tokens
  local ok, message = jwt:pipe(self.command)
  if not ok then errors.raise("exec", message, NOT_STORED) end
end

--- Returns the given token, because it is unknown what the command did with the
--- token.
function Command.back(_, _, token) return token end

--- Returns a store that passes the token to the standard input of a command.
--- Raises an error if the shell or the command is missing.
---@param command string
---@return mkio.TokenStore
function M.command(command)
  commands.check(command)
  return setmetatable({ name = "command", done = "handed to the command",
    command = command }, Command)
end

-- Finding the tokens to rotate -----------------------------------------------

--- Returns true if the type, organization and permissions are equal.
local function alike(a, b)
  return a.metadata.type == b.metadata.type
    and a.spec.organizationId == b.spec.organizationId
    and permissions.equal(value.dig(a, "spec", "permissions"),
      value.dig(b, "spec", "permissions"))
end

--- Returns the token to copy: the stored token, or else the newest token.
--- Raises an error if two tokens differ in type, organization or permissions.
local function model_of(tokens, store)
  local model = value.by_id(tokens, store.held_id) or tokens[1]
  for _, token in ipairs(tokens) do
    if not alike(model, token) then
      errors.raise("ambiguous", ("the tokens %s and %s have the same "
        .. "description and different rights")
        :format(model.metadata.id, token.metadata.id),
        "revoke the one that is not meant")
    end
  end
  return model
end

local function issued(token) return value.dig(token, "spec", "issued") or "" end

local function check_type(model)
  local kind = model.metadata.type
  if kind ~= "full-access" and kind ~= "restricted" then
    errors.raise("type", ("a token of type '%s' cannot be rotated")
      :format(kind))
  end
end

--- Returns the id of the organization of the stored token.  If no token is
--- stored, returns the id of the organization of the token that this run sends.
local function home_of(own, store)
  local token = own:get(store.held_id)
    or own:get(token_watch.own_id(own.tokens.session))
  return value.dig(token, "spec", "organizationId")
end

--- Raises an error if the file contains no token of this description.
--- Otherwise, with a misspelt file name, the token in use would be revoked.
local function check_file(own, live, description, store)
  token_file.check_replaceable(store.path, own.tokens, description, nil, own)
  if store.is_new or value.by_id(live, store.held_id) then return end
  local what = store.held and "holds no live token"
    or "there is no such file, it does not hold the token"
  errors.refuse("file", ("%s: %s '%s'"):format(store.path, what, description),
    "with --new-file the new one is stored there anyway, and the old one is "
    .. "revoked, wherever it is stored")
end

local function find(tokens, description, store)
  local own = own_tokens.new(tokens, true)
  local live = own:find_all(description, home_of(own, store))
  if #live == 0 then
    token_watch.refuse_missing(own.listed, "there is no live token",
      description, "an expired or revoked one cannot be copied")
  end
  if store.path then check_file(own, live, description, store) end
  local model = model_of(live, store)
  check_type(model)
  return live, model, own:find_all(description)
end

--- Returns true if only the last step of an earlier run is left: to revoke the
--- old tokens.  Then the stored token is newer than all other tokens.  Returns
--- false if another token is of the same second as the stored token, because
--- another rotation is always safe.
---@param live table[]
---@param store mkio.TokenStore
---@return boolean
function M.is_unfinished(live, store)
  local stored = value.by_id(live, store.held_id)
  if not stored or #live == 1 then return false end
  for _, other in ipairs(live) do
    if other ~= stored and issued(other) >= issued(stored) then
      return false
    end
  end
  return true
end

--- Finds the tokens to rotate.  Raises an error if there is no such token.
--- Waits as long as another run may be about to store a token of this
--- description.
---@param tokens mkio.MyTokens
---@param description string
---@param store mkio.TokenStore
---@return table[] live   live tokens with the description, the newest first
---@return table model    the token to copy
---@return table[] before  the same as `live`, in all organizations
function M.find(tokens, description, store)
  local found
  token_turns.await(function()
    if found and store.path then -- what the file holds may be dead by now
      store.held, store.held_id = token_file.read(store.path)
    end
    found = table.pack(find(tokens, description, store))
    return found[1], store.lock and M.is_unfinished(found[1], store)
  end)
  return table.unpack(found)
end

-- The steps of a rotation ----------------------------------------------------

local function days_of(model)
  local made = sys.parse_time(value.dig(model, "spec", "issued") or "")
  local expires = sys.parse_time(value.dig(model, "spec", "expires") or "")
  if not made or not expires then return DEFAULT_DAYS end
  return math.max(1, math.min(MOST_DAYS,
    math.floor((expires - made) / clock.DAY + 0.5)))
end

--- Makes a token with the same type, description, organization and permissions
--- as `model`.
---@param tokens mkio.MyTokens
---@param model table
---@param days? integer  lifetime in days; default: the lifetime of the model
---@param before? table[]  from `find`, if that was the request before
---@return table token
function M.create(tokens, model, days, before)
  local life = (days or days_of(model)) * clock.DAY
  return tokens:mint({
    type = model.metadata.type, description = model.spec.description,
    organizationId = model.spec.organizationId,
    permissions = value.dig(model, "spec", "permissions"),
    expireDate = sys.iso8601(math.floor(clock.now() + life)),
  }, before)
end

--- Sends a request with the new token before it is stored.  If the request
--- fails, the token is revoked, because the token is stored nowhere.  If this
--- run was slow and another run has replaced the token, does the same.
---@param tokens mkio.MyTokens
---@param token table   the new token
function M.try(tokens, token)
  local ok, problem = pcall(function()
    tokens:prove(token.metadata.id, token.metadata.JWT)
    token_turns.confirm(tokens, token, "nothing was stored here")
  end)
  if ok then return end
  token_left.give_up(tokens, token.spec.description, { token.metadata.id },
    problem)
end

--- Checks whether another run has replaced the same token at the same time.  If
--- the other run's token stays, revokes the new token and raises an error with
--- the code "rival".
---@param tokens mkio.MyTokens
---@param token table    the new token
---@param live table[]   the tokens that the new token replaces
function M.settle(tokens, token, live)
  local own = {}
  for _, old in ipairs(live) do own[old.metadata.id] = true end
  token_rivals.settle(tokens, token, live, own)
end

--- Sends a request with the stored token.
---@param tokens mkio.MyTokens
---@param store mkio.TokenStore
---@param id string        the id of the token that should be stored
---@param token? userdata  the token itself, for a store that cannot be read
function M.prove_stored(tokens, store, id, token)
  tokens:prove(id, store:back(id, token))
end

--- Raises an error if this run was slow to store the token and another run has
--- replaced the token meanwhile.
---@param tokens mkio.MyTokens
---@param token table   the new token, which is stored
function M.confirm(tokens, token)
  token_turns.confirm(tokens, token,
    "it is unknown which of them is stored: run it again")
end

--- Returns the write that revokes a token, and adds its id to `revoked`.
local function revocation(tokens, token, out, revoked)
  local id = token.metadata.id
  return { place = out and out:place() or NOWHERE, kind = "token",
    name = token.spec.description, work = function()
      tokens:revoke(id)
      revoked[#revoked + 1] = id
      return "revoked", { id }
    end }
end

--- Revokes every token of the list except one, side by side.  The token of this
--- run is the last to go.
---@param tokens mkio.MyTokens
---@param live table[]
---@param keep string   id of the token that stays
---@param out? mkrun.Report  tells of each; earlier flows give none
---@return string[] ids  ids of the revoked tokens
function M.revoke_others(tokens, live, keep, out)
  local others, revoked, mine = {}, {}, nil
  local own = token_watch.own_id(tokens.session)
  for _, token in ipairs(live) do
    local id = token.metadata.id
    if id == own and id ~= keep then
      mine = token
    elseif id ~= keep then
      others[#others + 1] = revocation(tokens, token, out, revoked)
    end
  end
  writes.run(others)
  if mine then writes.run { revocation(tokens, mine, out, revoked) } end
  return revoked
end

return M
