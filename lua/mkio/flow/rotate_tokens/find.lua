--- Finds the tokens to rotate, and what an interrupted rotation has left.
--- `mkio.flow.rotate_tokens` calls this module.
-- SPDX-License-Identifier: MIT

local errors = require "mkrun.rest.error"
local own_tokens = require "mkio.flow.common.own_tokens"
local permissions = require "mkio.permissions"
local resumed = require "mkio.flow.common.resumed"
local token_file = require "mkio.resource.token_file"
local token_turns = require "mkio.flow.common.token_turns"
local token_watch = require "mkio.flow.common.token_watch"
local value = require "mkrun.value"

local M = {}

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

local function check_lease(store, model)
  if not store.lease then return end
  store.lease:check(model)
  store.lease:check_clock()
end

--- Divides the tokens into those to rotate and those that the lease keeps.  If
--- the lease keeps all of them, nothing has replaced them: they are to rotate.
local function divide(all, store)
  local live, leased, lease = {}, {}, store.lease
  for _, token in ipairs(all) do
    local entry = lease and lease:of(token.metadata.id)
    local is_leased = entry and lease:counts(entry, store.held_id)
    table.insert(is_leased and leased or live, token)
  end
  if live[1] then return live, leased end
  return leased, {}
end

local function find(tokens, description, store)
  local own = own_tokens.new(tokens, true)
  local all = own:find_all(description, home_of(own, store))
  if #all == 0 then
    token_watch.refuse_missing(own.listed, "there is no live token",
      description, "an expired or revoked one cannot be copied")
  end
  local live, leased = divide(all, store)
  if store.path then check_file(own, live, description, store) end
  local model = model_of(live, store)
  check_type(model)
  check_lease(store, model)
  return live, model, own:find_all(description), leased
end

--- Returns true if only the last step of an earlier run is left: to revoke or
--- lease the old tokens.  Then the stored token is newer than all other tokens,
--- and there are others, or the lease or the journal knows of that run.
--- Returns false if another token is of the same second as the stored token,
--- because another rotation is always safe.
---@param live table[]
---@param store mkio.TokenStore
---@return boolean
function M.is_unfinished(live, store)
  local stored = value.by_id(live, store.held_id)
  if not stored then return false end
  for _, other in ipairs(live) do
    if other ~= stored and issued(other) >= issued(stored) then
      return false
    end
  end
  return #live > 1 or resumed.has_made(store.held_id)
    or store.lease ~= nil and store.lease:awaits(store.held_id)
end

--- Finds the tokens to rotate.  Raises an error if there is no such token.
--- Waits as long as another run may be about to store a token of this
--- description.
---@param tokens mkio.MyTokens
---@param description string
---@param store mkio.TokenStore
---@return table[] live   live tokens with the description, the newest first,
---  without those that the lease of the store keeps
---@return table model    the token to copy
---@return table[] before  all live tokens of the description, in all
---  organizations
---@return table[] leased  live tokens that the lease keeps
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

return M
