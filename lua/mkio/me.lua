--- The user whom the token belongs to: profile, organizations, tokens, rights.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local task = require "mkrun.task"

local errors = require "mkio.error"
local resource = require "mkio.resource"
local value = require "mkio.value"

-- Memberships and open invites -------------------------------------------

---@class mkio.MyOrganizations: mkio.Resource
local Organizations = resource.class {
  name = "MyOrganizations", list = "my_organizations.list",
  get = "my_organizations.get", parameter = "organization_id",
}

--- The organization with this id or name, or nil.  Names are not unique:
--- two of the same name are an error.
---@param name string
function Organizations:find(name)
  local found
  for organization in self:each() do
    if value.dig(organization, "metadata", "id") == name then
      return organization
    elseif value.dig(organization, "metadata", "name") == name then
      if found then
        errors.raise("ambiguous", ("'%s' is the name of more than one "
          .. "organization"):format(name), "name it by its id")
      end
      found = organization
    end
  end
  return found
end

--- Be in an organization of this name: one is made when there is none.  It is
--- not the one that the token acts in: a token is tied to its organization.
---@param spec table   {name = ..., legalEntityName = ..., ...}
---@return table organization
---@return "unchanged"|"created" outcome
function Organizations:ensure(spec)
  local have = self:find(spec.name)
  if have then return have, "unchanged" end
  local made = errors.create_or_find(
    function()
      return self:call("organization.create", nil, { spec = spec })
    end,
    function() return self:find(spec.name) end)
  return made, "created"
end

--- Accept the open invite of an organization.
---@param id string
function Organizations:accept(id)
  return self:call("my_organizations.patch", { organization_id = id },
    { spec = { invite = { state = "accepted" } } })
end

--- Leave an organization; only a new invite leads back.
---@param id string
function Organizations:leave(id)
  self:call("my_organizations.leave", { organization_id = id })
end

--- Decline the open invite of an organization.
Organizations.decline = Organizations.leave

-- Tokens -----------------------------------------------------------------

---@class mkio.MyTokens: mkio.Resource
local Tokens = resource.class {
  name = "MyTokens", list = "my_tokens.list",
  get = "my_tokens.get", parameter = "token_id",
}

---@class mkio.TokenRequest
---@field type "full-access"|"restricted"|"ephemeral"|"login"
---@field organizationId string
---@field description? string   at most 128 characters
---@field expireDate? string    date-time, at most a year ahead
---@field permissions? table    for restricted and ephemeral ones

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
---@return table[]
function Tokens:find_all(description)
  local found = {}
  for token in self:each() do
    if is_live(token)
      and value.dig(token, "spec", "description") == description then
      found[#found + 1] = token
    end
  end
  table.sort(found, newer)
  return found
end

--- The newest live token with this description, or nil.
---@param description string
function Tokens:find(description) return self:find_all(description)[1] end

--- Make a token.  `metadata.JWT` of the answer is a secret, and the service
--- never shows it again: have a place for it first (`mkrun.sys.reserve`).
--- Not to be sent twice: each call makes another token.
---@param request mkio.TokenRequest
---@return table token
function Tokens:create(request)
  local token = self:call("my_tokens.create", nil, request)
  if value.dig(token, "metadata", "JWT") == nil then
    errors.raise("json", "the new token came without its JWT")
  end
  return token
end

--- A token that was made while its answer got lost is of no use to anybody.
local function revoke_newcomers(self, description, known)
  for _, token in ipairs(self:find_all(description)) do
    if not known[token.metadata.id] then self:revoke(token.metadata.id) end
  end
end

--- `create`, but once more when the answer got lost, after the token that
--- nobody has seen is revoked.  The request needs a description to find it by.
---@param request mkio.TokenRequest
---@return table token
function Tokens:mint(request)
  local known = {}
  for _, token in ipairs(self:find_all(request.description)) do
    known[token.metadata.id] = true
  end
  for _ = 1, 2 do
    local ok, result = pcall(self.create, self, request)
    if ok then return result end
    if not errors.may_have_arrived(result) then error(result, 0) end
    revoke_newcomers(self, request.description, known)
  end
  return self:create(request)
end

local PROOFS <const> = 4

--- Use the token once.  A young token may be unknown for a moment, so a 401
--- is not believed at once.  Raises when the token does not work.
---@param id string
---@param jwt userdata   the token itself, a secret
function Tokens:prove(id, jwt)
  local bearer = Tokens.new(self.session:with_token(jwt))
  for i = 1, PROOFS do
    local ok, result = pcall(bearer.get, bearer, id)
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

-- The user ---------------------------------------------------------------

---@class mkio.Me
---@field organizations mkio.MyOrganizations
---@field tokens mkio.MyTokens
local Me = resource.class { name = "Me" }

--- What the token may do: {resource type = {resource id = {family = verbs}}}.
---@return table rbac
function Me:rbac()
  return value.dig(self:call "rbac.get", "rbac") or json.object {}
end

function Me:profile() return self:call "profile.get" end

---@param spec table  {name, company, country, jobRole, phoneNumber}
function Me:patch_profile(spec)
  return self:call("profile.patch", nil, { spec = spec })
end

local M = {}

---@param session mkio.Session
---@return mkio.Me
function M.new(session)
  local me = Me.new(session)
  me.organizations = Organizations.new(session)
  me.tokens = Tokens.new(session)
  return me
end

return M
