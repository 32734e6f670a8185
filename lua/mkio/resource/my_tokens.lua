--- The user's own tokens, in all organizations.
-- SPDX-License-Identifier: MIT

local task = require "mkrun.task"

local class = require "mkio.resource.class"
local errors = require "mkrun.rest.error"
local token_file = require "mkio.resource.token_file"
local permissions = require "mkio.permissions"
local token_left = require "mkio.resource.token_left"
local value = require "mkrun.value"

---@class mkio.MyTokens: mkrun.rest.Resource
local Tokens = class {
  name = "MyTokens", list = "my_tokens.list",
  get = "my_tokens.get", parameter = "token_id",
}

local function is_live(token)
  return value.dig(token, "spec", "revoked") == nil
end

local function newer(a, b)
  return (value.dig(a, "spec", "issued") or "")
    > (value.dig(b, "spec", "issued") or "")
end

--- The tokens with this description that are neither expired nor revoked,
--- the newest first.
---@param description string
---@param organization_id? string  only those of this organization
---@return mkio.api.UserTokenSchema[]
function Tokens:find_all(description, organization_id)
  local found = {}
  for token in self:each() do
    local home = value.dig(token, "spec", "organizationId")
    if is_live(token)
      and value.dig(token, "spec", "description") == description
      and (not organization_id or home == organization_id) then
      found[#found + 1] = token
    end
  end
  table.sort(found, newer)
  return found
end

--- The newest live token with this description, or nil.
---@param description string
---@return mkio.api.UserTokenSchema?
function Tokens:find(description) return self:find_all(description)[1] end

--- Make a token.  `metadata.JWT` of the answer is a secret, and the service
--- never shows it again: have a place for it first (`mkrun.sys.reserve`).
--- Not to be sent twice: each call makes another token.
---@param request mkio.api.CreateTokenSchema
---@return mkio.api.UserTokenSchema token
function Tokens:create(request)
  return self:call("my_tokens.create", nil, request)
end

local MINTINGS <const> = 5

--- What became of the request for a token.
---@class mkio.Minting
---@field tokens mkio.MyTokens
---@field request mkio.api.CreateTokenSchema
---@field known table<string, true>  ids of those that were there before
---@field is_lost boolean            an answer got lost
---@field lost table<string, true>   ids of those that nobody has seen
---@field unseen? boolean            there may be one that is not in `lost`

--- Note the tokens that came since; one of them may be this run's own.
local function note_lost(minting, token)
  local found = minting.tokens:find_all(minting.request.description)
  for _, other in ipairs(found) do
    local id = other.metadata.id
    local is_own = token and id == token.metadata.id
    if not minting.known[id] and not is_own then minting.lost[id] = true end
  end
  return found
end

--- Ask for a token until there is an answer; before it is asked again, the
--- tokens that nobody has seen are noted.
local function ask_for_token(minting)
  for i = 1, MINTINGS do
    local ok, result =
      pcall(minting.tokens.create, minting.tokens, minting.request)
    if ok then return result end
    minting.unseen = errors.is_answer(result)
    if not errors.may_have_arrived(result) then return nil, result end
    minting.is_lost = true
    local seen, why = pcall(note_lost, minting)
    minting.unseen = not seen
    if not seen or i == MINTINGS then
      return nil, seen and result or why
    end
  end
end

--- Nobody has the text of one whose answer was lost: one that is in use by now
--- is another run's.
local function still_unused(minting, token)
  local unused = {}
  for _, other in ipairs(minting.is_lost and note_lost(minting, token) or {}) do
    local id = other.metadata.id
    if minting.lost[id] and value.dig(other, "spec", "lastUsed") == nil then
      unused[id] = true
    end
  end
  return value.names(unused)
end

--- Revoke those that nobody has; returns those that stay, and why.
local function revoke_lost(minting, token)
  local ok, unused = pcall(still_unused, minting, token)
  if not ok then return value.names(minting.lost), unused end
  local left, problem = {}, nil
  for _, id in ipairs(unused) do
    local gone, why = pcall(minting.tokens.revoke, minting.tokens, id)
    if not gone then left[#left + 1], problem = id, problem or why end
  end
  return left, problem
end

--- `create`, but asked again when the answer got lost.  A token that was made
--- all the same is of no use to anybody and is revoked.  The request needs a
--- description to find it by.
---@param request mkio.api.CreateTokenSchema
---@param before? table[]  what `find_all` gave of its description right before
---@return mkio.api.UserTokenSchema token
function Tokens:mint(request, before)
  local minting = { tokens = self, request = request, known = {}, lost = {},
    is_lost = false }
  for _, token in ipairs(before or self:find_all(request.description)) do
    minting.known[token.metadata.id] = true
  end
  local token, problem = ask_for_token(minting)
  local left = value.names(minting.lost)
  if not errors.is_answer(problem) then
    local why
    left, why = revoke_lost(minting, token)
    problem = problem or why
  end
  if not problem then return token end
  if token then left[#left + 1] = token.metadata.id end
  token_left.give_up(self, request.description, left, problem, minting.unseen)
end

--- Does the token do what the request asks for?
local function serves(token, request)
  return value.dig(token, "metadata", "type") == request.type
    and value.dig(token, "spec", "organizationId") == request.organizationId
    and permissions.equal(value.dig(token, "spec", "permissions"),
      request.permissions)
end

--- Have a live token with this description, type, organization and
--- permissions.  One that is made goes to `place`, which is open before the
--- token is asked for (`mkrun.sys.reserve`).  Others of that description are
--- left alone: `find_all` has them.
---@param request mkio.api.CreateTokenSchema   with a description
---@param place mkrun.Slot
---@return mkio.api.UserTokenSchema token
---@return "unchanged"|"created" outcome
---@return string[] details
function Tokens:ensure(request, place)
  for _, token in ipairs(self:find_all(request.description)) do
    if serves(token, request) then return token, "unchanged", {} end
  end
  local token = self:mint(request)
  token_file.store(place, self, token)
  return token, "created", {}
end

local PROOFS <const> = 4

--- Use the token once.  A young token may be unknown for a moment, so a 401
--- is not believed at once.  Raises when the token does not work.
---@param id string
---@param jwt userdata   the token itself, a secret
function Tokens:prove(id, jwt)
  local bearer = Tokens.new(self.session:with_token(jwt))
  for i = 1, PROOFS do
    local ok, result = pcall(bearer.call, bearer, "my_tokens.get",
      { token_id = id }, nil, { unread = true })
    if ok then return end
    if i == PROOFS or not errors.is(result) or result.status ~= 401 then
      error(result, 0)
    end
    task.sleep(i / 2)
  end
end

--- Revoke one of the own tokens.
---@param id string
function Tokens:revoke(id) self:call("my_tokens.revoke", { token_id = id }) end

--- Revoke all own tokens in all organizations, this one too.
function Tokens:revoke_all() self:call "my_tokens.revoke_all" end

return Tokens
