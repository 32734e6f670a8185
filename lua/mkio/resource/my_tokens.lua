--- The user's own tokens in all organizations.  `org.me.tokens` is the only
--- instance of this class.
-- SPDX-License-Identifier: MIT

local await = require "mkrun.rest.await"
local class = require "mkio.resource.class"
local ensure_all = require "mkrun.rest.ensure_all"
local errors = require "mkrun.rest.error"
local first_alone = require "mkrun.rest.first_alone"
local token_file = require "mkio.resource.token_file"
local permissions = require "mkio.permissions"
local token_left = require "mkio.resource.token_left"
local token_facts = require "mkio.token_facts"
local value = require "mkrun.value"

---@class mkio.MyTokens: mkrun.rest.Resource
local Tokens = class {
  name = "MyTokens", list = "my_tokens.list",
  get = "my_tokens.get", parameter = "token_id",
}

--- The tokens with this description that are neither expired nor revoked,
--- the newest first.
---@param description string
---@param organization_id? string  leaves out tokens of other organizations
---@return mkio.api.UserTokenSchema[]
function Tokens:find_all(description, organization_id)
  return token_facts.named(self:list(), description, organization_id)
end

--- Finds the newest live token with this description.
---@param description string
---@return mkio.api.UserTokenSchema?  nil if there is none
function Tokens:find(description) return self:find_all(description)[1] end

local function create(self, request)
  local projects = value.dig(request, "permissions", "core.project")
  return await.naming(self.session, "project", value.names(projects),
    function() return self:call("my_tokens.create", nil, request) end)
end

--- Calls `work()`.  Side by side these calls go one at a time until one has
--- succeeded.
local function in_turn(self, work)
  self.first_alone = self.first_alone or first_alone.new()
  return self.first_alone:call(work)
end

--- Creates a token.  `metadata.JWT` in the answer is a secret that the service
--- never shows again, so reserve a place for it first (`mkrun.sys.reserve`).
--- Every call creates another token: never send it twice.  Side by side the
--- calls go one at a time until one has succeeded.
---@param request mkio.api.CreateTokenSchema
---@return mkio.api.UserTokenSchema token
function Tokens:create(request)
  return in_turn(self, function() return create(self, request) end)
end

local MINTINGS <const> = 5

--- The state of one request for a token.
---@class mkio.Minting
---@field tokens mkio.MyTokens
---@field request mkio.api.CreateTokenSchema
---@field known table<string, true>  ids of the tokens that existed before
---@field is_lost boolean            true after an answer got lost
---@field lost table<string, true>   ids of tokens whose answer got lost
---@field unseen? boolean            a token may exist that is not in `lost`

--- Notes the tokens that appeared since `mint` began, except the run's own one.
local function note_lost(minting, token)
  local found = minting.tokens:find_all(minting.request.description)
  for _, other in ipairs(found) do
    local id = other.metadata.id
    local is_own = token and id == token.metadata.id
    if not minting.known[id] and not is_own then minting.lost[id] = true end
  end
  return found
end

--- Codes of a request that reached nobody, so that it made nothing.
local UNREACHED <const> = { connect = true, resolve = true }

--- Notes the tokens that a request without an answer may have made.  Returns
--- why they cannot be listed, or nil.
local function look_after(minting, problem)
  if not problem.status and UNREACHED[problem.code] then return nil end
  minting.is_lost = true
  local seen, why = pcall(await.look, function()
    note_lost(minting)
    return next(minting.lost)
  end, "the list of tokens does not show the one whose answer got lost",
    await.SHORT)
  minting.unseen = not seen
  return not seen and why or nil
end

--- Asks for a token until an answer arrives, or raises.  Before it asks again,
--- it notes the tokens whose answers got lost.
local function ask_for_token(minting)
  for i = 1, MINTINGS do
    local ok, result = pcall(create, minting.tokens, minting.request)
    if ok then return result end
    minting.unseen = errors.is_answer(result)
    if not errors.may_have_arrived(result) then error(result, 0) end
    local why = look_after(minting, result)
    if why or i == MINTINGS then error(why or result, 0) end
  end
end

--- Calls `ask_for_token` in turn with the other tasks.  When it fails for one,
--- those that wait fail with the same problem, and have asked for nothing.
local function ask_in_turn(minting)
  local ok, result = pcall(in_turn, minting.tokens,
    function() return ask_for_token(minting) end)
  if ok then return result end
  return nil, result
end

--- Lists the lost tokens that were never used.  Nobody has the text of a token
--- whose answer got lost, so a token in use belongs to another run.
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

--- Revokes the lost tokens.  Returns the ids of those that it did not try to
--- revoke, of those that it could not revoke, and the first problem.
local function revoke_lost(minting, token)
  local ok, unused = pcall(still_unused, minting, token)
  if not ok then return value.names(minting.lost), {}, unused end
  local left, problem = {}, nil
  for _, id in ipairs(unused) do
    local gone, why = pcall(minting.tokens.revoke, minting.tokens, id)
    if not gone then left[#left + 1], problem = id, problem or why end
  end
  return {}, left, problem
end

--- Creates a token, and asks again if the answer got lost.  A token whose
--- answer got lost is useless, so it is revoked.  The request needs a
--- description, because the lost token is found by it.
---@param request mkio.api.CreateTokenSchema
---@param before? table[]  the result of `find_all`, read right before
---@return mkio.api.UserTokenSchema token
function Tokens:mint(request, before)
  local minting = { tokens = self, request = request, known = {}, lost = {},
    is_lost = false }
  for _, token in ipairs(before or self:find_all(request.description)) do
    minting.known[token.metadata.id] = true
  end
  local token, problem = ask_in_turn(minting)
  local lost, left = value.names(minting.lost), nil
  if not errors.is_answer(problem) then
    local why
    lost, left, why = revoke_lost(minting, token)
    problem = problem or why
  end
  local is_unseen =
    minting.unseen or minting.is_lost and not next(minting.lost)
  if not problem then
    if is_unseen then token_left.tell_unseen(request.description) end
    return token
  end
  if token then lost[#lost + 1] = token.metadata.id end
  token_left.give_up(self, request.description, lost, problem, is_unseen, left)
end

--- Tells whether the token grants what the request asks for.
local function serves(token, request)
  return value.dig(token, "metadata", "type") == request.type
    and value.dig(token, "spec", "organizationId") == request.organizationId
    and permissions.equal(value.dig(token, "spec", "permissions"),
      request.permissions)
end

--- Returns the first token that grants what the request asks for, or nil, and
--- all live tokens of its description.
local function serving(tokens, request)
  local found = token_facts.named(tokens, request.description)
  for _, token in ipairs(found) do
    if serves(token, request) then return token, found end
  end
  return nil, found
end

--- Makes sure that a live token with this description, type, organization and
--- permissions exists.  A new token is stored in `place`, which the caller
--- opens before anybody asks for a token (`mkrun.sys.reserve`).  Other tokens
--- with this description stay; `find_all` lists them.
---@param request mkio.api.CreateTokenSchema   needs a description
---@param place mkrun.Slot
---@param have? table[]   all own tokens, if the caller has just listed them;
---  they are listed again before a token is made
---@return mkio.api.UserTokenSchema token
---@return "unchanged"|"created" outcome
---@return string[] details
function Tokens:ensure(request, place, have)
  local served, found = serving(have or self:list(), request)
  -- The list may be old by now.  A token of another run that is not in it would
  -- count as one whose answer got lost, and be revoked.
  if not served and have then served, found = serving(self:list(), request) end
  if served then return served, "unchanged", {} end
  local token = self:mint(request, found)
  token_file.store(place, self, token)
  return token, "created", {}
end

local function description_of(wish) return wish.request.description end

--- Raises if two tokens would go into one place: only one of them would arrive.
local function check_places(wishes)
  local seen = {}
  for _, wish in ipairs(wishes) do
    if seen[wish.place] then
      error("bad argument #1 to 'ensure_all' (two wishes for one place)", 3)
    end
    seen[wish.place] = true
  end
end

--- Ensures many tokens side by side, by one list.  The results are in the order
--- of the wishes; a failure does not lose the other results.
---@param wishes {request: mkio.api.CreateTokenSchema, place: mkrun.Slot}[]
---@param options? mkrun.rest.EnsureAllOptions   and `have`: all own tokens
---@return mkrun.rest.Ensured[]
function Tokens:ensure_all(wishes, options)
  ensure_all.check_names(wishes, description_of)
  check_places(wishes)
  local have = options and options.have or self:list()
  return ensure_all.run(wishes, function(wish)
    return self:ensure(wish.request, wish.place, have)
  end, options)
end

--- Seconds to wait until the API knows a new token.
local PROOF <const> = 5

--- Uses the token once, and raises if it does not work.  The API may not know a
--- young token for a moment, so a 401 is tried again.  From then on the secret
--- goes to MK.IO only: a script without `@needs` sends it to a secret store
--- before.
---@param id string
---@param jwt userdata   the token's text, a secret
function Tokens:prove(id, jwt)
  local bearer = Tokens.new(self.session:with_token(jwt))
  local problem
  local function try()
    local ok, result = pcall(bearer.call, bearer, "my_tokens.get",
      { token_id = id }, nil, { unread = true })
    if ok then return true end
    local is_unknown = errors.is(result) and result.status == 401
    if not is_unknown then error(result, 0) end
    problem = result
  end
  if await.look(try, "the API does not know the new token yet", PROOF) then
    return
  end
  problem.detail = ("%s, %g s after the token was made")
    :format(problem.detail, PROOF)
  error(problem, 0)
end

--- Revokes one of the user's own tokens.
---@param id string
function Tokens:revoke(id) self:call("my_tokens.revoke", { token_id = id }) end

--- Revokes all of the user's tokens in all organizations, including the token
--- of this run.
function Tokens:revoke_all() self:call "my_tokens.revoke_all" end

return Tokens
