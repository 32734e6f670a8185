--- A token is replaced by a new one: the steps, and where the token is kept.
---
--- The order keeps a working token stored at every moment: nothing is stored
--- that was not used first, nothing is revoked before what is stored was used.
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
local token_watch = require "mkio.flow.common.token_watch"
local value = require "mkrun.value"

local M = {}

local DEFAULT_DAYS <const> = 90
local MOST_DAYS <const> = 365

-- Where the token is kept --------------------------------------------------

---@class mkio.TokenStore
---@field name string
---@field done string      what it says when it is done
---@field is_new? boolean  nothing is there yet that it must know
---@field lock? mkrun.Lock  until this run ends
---@field held? userdata   the token that is stored now, where that is known
---@field held_id? string  its id
---@field reserve fun(self)           before there is a token
---@field put fun(self, tokens, token)  raises when it is not stored; also takes
---                        the JWT alone, as flows gave it that are older
---@field back fun(self, id, token): userdata   what is stored now; raises when
---                        that is not the token with this id

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
      "something else writes it")
  end
  return token
end

--- Keep the token in a file, which no other run replaces until this one ends.
---@param path string
---@param is_new? boolean  it need not hold one of the tokens yet
---@return mkio.TokenStore
function M.file(path, is_new)
  local lock = token_file.lock(path)
  local held, held_id = token_file.read(path)
  return setmetatable({ name = "file", done = "proven", path = path,
    is_new = is_new, lock = lock, held = held, held_id = held_id }, File)
end

local Command = {}
Command.__index = Command

function Command.reserve() end -- `command` has looked

function Command:put(tokens, token)
  local jwt = token and token.metadata.JWT or tokens
  local ok, message = jwt:pipe(self.command)
  if not ok then errors.raise("exec", message, NOT_STORED) end
end

--- What a command did with the token, nobody can read.
function Command.back(_, _, token) return token end

--- Hand the token to a command, on its standard input.  A command, or a shell,
--- that is missing is better missed now.
---@return mkio.TokenStore
function M.command(command)
  commands.check(command)
  return setmetatable({ name = "command", done = "handed to the command",
    command = command }, Command)
end

-- Which tokens -------------------------------------------------------------

local function alike(a, b)
  return a.metadata.type == b.metadata.type
    and a.spec.organizationId == b.spec.organizationId
    and permissions.equal(value.dig(a, "spec", "permissions"),
      value.dig(b, "spec", "permissions"))
end

--- The token to make another one of: the stored one, or the newest, when all
--- that have the description are alike.
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

--- The organization that is meant: that of the stored token, or else of the
--- token that this run sends.
local function home_of(own, store)
  local token = own:get(store.held_id)
    or own:get(token_watch.own_id(own.tokens.session))
  return value.dig(token, "spec", "organizationId")
end

--- A slip in the file's name must not revoke the token that is in use.
local function check_file(own, live, description, store)
  token_file.check_replaceable(store.path, own.tokens, description, nil, own)
  if store.is_new or value.by_id(live, store.held_id) then return end
  local what = store.held and "holds no live token"
    or "there is no such file, it does not hold the token"
  errors.raise("file", ("%s: %s '%s'"):format(store.path, what, description),
    "with --new-file the new one is put there all the same, and the old one "
    .. "is revoked, wherever it is")
end

--- What is to be rotated: the live tokens with the description, the newest
--- first, and the one to copy.
---@param tokens mkio.MyTokens
---@param description string
---@param store mkio.TokenStore
---@return table[] live
---@return table model
function M.find(tokens, description, store)
  local own = own_tokens.new(tokens, true)
  local live = own:find_all(description, home_of(own, store))
  if #live == 0 then
    token_watch.refuse_missing(own.listed, "there is no live token",
      description, "an expired or revoked one cannot be copied")
  end
  if store.path then check_file(own, live, description, store) end
  local model = model_of(live, store)
  check_type(model)
  return live, model
end

--- Is only the last step of an earlier run left: is what is stored newer than
--- every other?  Tokens of the same second cannot be told apart: then another
--- rotation is the safe way.
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

-- The steps ----------------------------------------------------------------

local function days_of(model)
  local made = sys.parse_time(value.dig(model, "spec", "issued") or "")
  local expires = sys.parse_time(value.dig(model, "spec", "expires") or "")
  if not made or not expires then return DEFAULT_DAYS end
  return math.max(1, math.min(MOST_DAYS,
    math.floor((expires - made) / clock.DAY + 0.5)))
end

--- Make a token like `model`.
---@param tokens mkio.MyTokens
---@param model table
---@param days? integer  default: as long as the model lives
---@return table token
function M.create(tokens, model, days)
  local life = (days or days_of(model)) * clock.DAY
  return tokens:mint {
    type = model.metadata.type, description = model.spec.description,
    organizationId = model.spec.organizationId,
    permissions = value.dig(model, "spec", "permissions"),
    expireDate = sys.iso8601(math.floor(clock.now() + life)),
  }
end

--- Use the new token before it is stored; one that does not work is revoked,
--- it was never anywhere.
---@param tokens mkio.MyTokens
---@param token table
function M.try(tokens, token)
  local ok, problem =
    pcall(tokens.prove, tokens, token.metadata.id, token.metadata.JWT)
  if ok then return end
  token_left.give_up(tokens, token.spec.description, { token.metadata.id },
    problem)
end

--- Another run may have replaced the same token at the same time; what was
--- there before is replaced, whoever made it.
---@param tokens mkio.MyTokens
---@param token table
---@param live table[]   those that it replaces
function M.settle(tokens, token, live)
  local own = {}
  for _, old in ipairs(live) do own[old.metadata.id] = true end
  token_rivals.settle(tokens, token, live, own)
end

--- Use what is stored now.
---@param tokens mkio.MyTokens
---@param store mkio.TokenStore
---@param id string        of the token that should be there
---@param token? userdata  the same, for a store that cannot be read
function M.prove_stored(tokens, store, id, token)
  tokens:prove(id, store:back(id, token))
end

--- Revoke every token of the list but one; the token that does it comes last.
---@param tokens mkio.MyTokens
---@param live table[]
---@param keep string   id
---@return string[] ids  those that were revoked
function M.revoke_others(tokens, live, keep)
  local revoked, mine = {}, nil
  local own = token_watch.own_id(tokens.session)
  for _, token in ipairs(live) do
    local id = token.metadata.id
    if id == own then
      mine = id
    elseif id ~= keep then
      tokens:revoke(id)
      revoked[#revoked + 1] = id
    end
  end
  if mine and mine ~= keep then
    tokens:revoke(mine)
    revoked[#revoked + 1] = mine
  end
  return revoked
end

return M
