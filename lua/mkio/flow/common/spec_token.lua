--- Ensures that a file contains a live restricted token with the permissions of
--- a SPEC, the file of `onboard`.  The flows `onboard` and `token` call it.
---
--- A token cannot be edited, and its JWT cannot be read again.  So every
--- difference needs a new token.  The old token is revoked in two cases only:
--- it was in the same file, or an interrupted run left it.  Another run may be
--- about to store any other token.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local sys = require "mkrun.sys"

local errors = require "mkrun.rest.error"
local own_tokens = require "mkio.flow.common.own_tokens"
local permissions = require "mkio.permissions"
local resumed = require "mkio.flow.common.resumed"
local token_file = require "mkio.resource.token_file"
local token_lease = require "mkio.flow.common.token_lease"
local token_left = require "mkio.resource.token_left"
local token_record = require "mkio.flow.common.token_record"
local token_rivals = require "mkio.flow.common.token_rivals"
local value = require "mkrun.value"

local M = {}

local DEFAULT_DAYS <const> = 90

--- Returns the capabilities that the caller lacks.  Rights are stored after the
--- first read.  They are read again before something counts as missing.
local function missing_rights(org, wish, own)
  local missing = own.rights
    and permissions.missing(wish.permissions, own.rights)
  if missing and #missing == 0 then return missing end
  own.rights = org.me:rbac()
  return permissions.missing(wish.permissions, own.rights)
end

local function check_rights(org, wish, own)
  local missing = missing_rights(org, wish, own)
  if #missing == 0 then return end
  errors.raise("permissions",
    ("token '%s' would need what you do not have: %s")
      :format(wish.description, table.concat(missing, ", ")),
    "a token cannot have more rights than its maker")
end

--- Makes the token.  Only the caller has its JWT.
---@param org mkio.Organization
---@param wish table  as in `ensure`
---@param organization_id string
---@param before? table[]  the tokens of this description, listed just before
---@return mkio.api.UserTokenSchema token
function M.mint(org, wish, organization_id, before)
  local life = (wish.days or DEFAULT_DAYS) * clock.DAY
  return org.me.tokens:mint({
    type = "restricted", organizationId = organization_id,
    description = wish.description, permissions = wish.permissions,
    expireDate = sys.iso8601(math.floor(clock.now() + life)),
  }, before)
end

--- Returns the ids of the unused tokens, and the ids of the others.
local function divide(tokens, is_unused)
  local unused, kept = {}, {}
  for _, token in ipairs(tokens) do
    table.insert(is_unused(token) and unused or kept, token.metadata.id)
  end
  return unused, kept
end

local function revoke_all(own, ids)
  for _, id in ipairs(ids) do
    local ok, problem = pcall(own.revoke, own, id)
    if not ok then
      error(token_left.told(problem, ("the old token %s is valid still: the "
        .. "same run again revokes it"):format(id)), 0)
    end
  end
end

--- Returns the details for the report: why there is a new token, and which old
--- tokens were revoked.
local function describe(why, token, revoked)
  if not why then return {} end
  local details = { why, "new token " .. token.metadata.id }
  for _, id in ipairs(revoked) do
    details[#details + 1] = "revoked the old one, " .. id
  end
  return details
end

local function reason(tokens, current, id)
  if current then return "permissions changed" end
  if id then return "the one in the file was not valid any more" end
  return #tokens > 0 and "the file was gone" or nil
end

--- Returns the live tokens of this description, the id of the token in the
--- file, and that token if it is one of them.
local function look(own, wish, organization_id)
  local tokens = own:find_all(wish.description, organization_id)
  local _, id = token_file.read(wish.file)
  return tokens, id, value.by_id(tokens, id)
end

local function permits(token, wish)
  return token ~= nil and permissions.equal(wish.permissions,
    value.dig(token, "spec", "permissions"))
end

--- Returns true if an interrupted run left the token for this run to revoke.
local function was_left(record, token)
  return resumed.was_to_go(token.metadata.id) or record:is_left(token)
end

--- Divides the tokens other than `current` into those that an interrupted run
--- was about to revoke, and the others.  Returns their ids.
local function divide_others(record, tokens, current)
  local others = {}
  for _, token in ipairs(tokens) do
    if token ~= current then others[#others + 1] = token end
  end
  return divide(others, function(token) return was_left(record, token) end)
end

--- Returns the ids of the other tokens if nothing is left to do, or nil.  This
--- check writes nothing, so it needs no lock.
local function kept_beside(wish, organization_id, tokens, current)
  local record = token_record.read(wish.file)
  local left, kept = divide_others(record, tokens, current)
  if left[1] or record:is_about(wish.description, organization_id) then
    return nil
  end
  return kept
end

--- Finishes what an interrupted run left.  The token itself is in place.
local function finish(own, wish, organization_id, tokens, current)
  local record = token_record.read(wish.file)
  local left, kept = divide_others(record, tokens, current)
  revoke_all(own, left)
  if record:is_about(wish.description, organization_id) then record:close() end
  if #left == 0 then return current, "unchanged", {}, kept end
  return current, "changed", describe("a run was cut short", current, left),
    kept
end

---@class mkio.TokenState   how a token of a SPEC is
---@field is_due boolean   true if `ensure` would write something
---@field tokens table[]   live tokens of the description
---@field current? table   the live token in the file
---@field id? string       the id of the token in the file
---@field permits boolean  true if the token in the file has the permissions

--- Compares a token with the SPEC, and writes nothing.  Raises if the file has
--- no token.
---@param own mkio.OwnTokens
---@param wish {description: string, file: string, permissions: table}   with
---  ids of resources
---@param organization_id string
---@return mkio.TokenState
function M.state(own, wish, organization_id)
  local tokens, id, current = look(own, wish, organization_id)
  local is_right = permits(current, wish)
  return { tokens = tokens, id = id, current = current, permits = is_right,
    is_due = not (is_right
      and kept_beside(wish, organization_id, tokens, current) ~= nil) }
end

--- Returns true if the file contains a live token with these permissions.
---@param own mkio.OwnTokens
---@param wish {description: string, file: string, permissions: table}
---@param organization_id string
---@return boolean
function M.is_in_place(own, wish, organization_id)
  local _, _, current = look(own, wish, organization_id)
  return permits(current, wish)
end

--- Raises if the file must not be replaced.
---@param tokens mkio.MyTokens
---@param wish {description: string, file: string}
---@param organization_id string
---@param own mkio.OwnTokens
function M.check_replaceable(tokens, wish, organization_id, own)
  token_file.check_replaceable(wish.file, tokens, wish.description,
    organization_id, own)
  token_record.read(wish.file):check(wish.description, organization_id)
end

--- Divides the tokens into those to revoke after a new one is stored, and the
--- others.  The tokens to revoke are the token in the file, whose id is `id`,
--- and the tokens that an interrupted run left.
local function divide_old(tokens, id, record)
  return divide(tokens, function(old)
    return old.metadata.id == id or resumed.is_orphan(old)
      or was_left(record, old)
  end)
end

--- Stores the token in the file after a first request with it has succeeded.
local function put(org, slot, token)
  local tokens, id = org.me.tokens, token.metadata.id
  local ok, problem = pcall(tokens.prove, tokens, id, token.metadata.JWT)
  if not ok then
    token_left.give_up(tokens, token.spec.description, { id }, problem)
  end
  token_file.store(slot, tokens, token)
end

--- Makes a new token, stores it in the file, and revokes the old ones.
local function replace(org, wish, organization_id, own, tokens, id, current)
  M.check_replaceable(org.me.tokens, wish, organization_id, own)
  check_rights(org, wish, own)
  local record = token_record.read(wish.file)
  local unused, kept = divide_old(tokens, id, record)
  local slot <close> = token_file.reserve(wish.file)
  record:begin(wish.description, organization_id, tokens, unused)
  local token = M.mint(org, wish, organization_id,
    own:find_all(wish.description))
  own:add(token)
  record:add(token.metadata.id)
  if not wish.again then
    token_rivals.settle(org.me.tokens, token, tokens, value.set(unused))
  end
  for _, old in ipairs(unused) do resumed.will_replace(old) end
  if unused[1] then resumed.succeed(token.metadata.id) end
  put(org, slot, token)
  revoke_all(own, unused)
  record:close()
  local why = reason(wish.keep_others and {} or tokens, current, id)
  return token, why and "changed" or "created",
    describe(why, token, unused), kept
end

--- Returns the ids without those of tokens that a lease keeps on purpose.
local function not_leased(file, ids)
  if not ids[1] then return ids end
  local is_leased, others = token_lease.kept_beside(file), {}
  for _, id in ipairs(ids) do
    if not is_leased[id] then others[#others + 1] = id end
  end
  return others
end

local function ensure(org, wish, organization_id, own)
  own = own or own_tokens.new(org.me.tokens)
  local was_listed = own.listed ~= nil
  local tokens, id, current = look(own, wish, organization_id)
  if permits(current, wish) then
    local kept = kept_beside(wish, organization_id, tokens, current)
    if kept then return current, "unchanged", {}, kept end
  end

  local _ <close>, has_waited = token_file.lock(wish.file)
  if was_listed or has_waited
    or select(2, token_file.read(wish.file)) ~= id then
    own:look_again()
    tokens, id, current = look(own, wish, organization_id)
  end
  if permits(current, wish) then
    return finish(own, wish, organization_id, tokens, current)
  end
  return replace(org, wish, organization_id, own, tokens, id, current)
end

--- Ensures that the file contains a live token with these permissions.
---@param org mkio.Organization
---@param wish {description: string, file: string, permissions: table,
---  days: integer?, keep_others: boolean?, again: boolean?}   permissions by
---  resource id; days: lifetime, default 90; keep_others: do not report other
---  tokens of this description; again: do not look for a token that another
---  run makes at the same time
---@param organization_id string
---@param own? mkio.OwnTokens  the list of a run that sets up several tokens
---@return table token
---@return "unchanged"|"created"|"changed" outcome
---@return string[] details
---@return string[] kept   ids of other valid tokens with this description; they
---  may be in use, or an interrupted run left them
function M.ensure(org, wish, organization_id, own)
  local token, outcome, details, kept =
    ensure(org, wish, organization_id, own)
  return token, outcome, details, not_leased(wish.file, kept)
end

return M
