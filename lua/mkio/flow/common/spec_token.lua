--- The restricted token of a SPEC: live, with the declared permissions, and
--- in its file.
---
--- A token cannot be edited and its JWT cannot be read again, so whatever is
--- wrong is set right by a new token.  The old one is revoked when it was in
--- the very file that the new one is in now, or when the run that this one goes
--- on with made it: any other may be about to be stored by another run.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local sys = require "mkrun.sys"

local errors = require "mkrun.rest.error"
local own_tokens = require "mkio.flow.common.own_tokens"
local permissions = require "mkio.permissions"
local resumed = require "mkio.flow.common.resumed"
local token_file = require "mkio.resource.token_file"
local token_left = require "mkio.resource.token_left"
local token_record = require "mkio.flow.common.token_record"
local token_rivals = require "mkio.flow.common.token_rivals"
local value = require "mkrun.value"

local M = {}

local DEFAULT_DAYS <const> = 90

--- Rights are read once, and again before it is said that they lack one.
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

--- Make the token that is wished for; nobody has its JWT yet but the caller.
---@param before? table[]  those of its description, listed right before
function M.mint(org, wish, organization_id, before)
  local life = (wish.days or DEFAULT_DAYS) * clock.DAY
  return org.me.tokens:mint({
    type = "restricted", organizationId = organization_id,
    description = wish.description, permissions = wish.permissions,
    expireDate = sys.iso8601(math.floor(clock.now() + life)),
  }, before)
end

--- The ids of those that nobody uses, and of the others, that may be in use.
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

--- What became of the old ones, as people read it.
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

--- The live tokens of this description, the id of the one in the file, and
--- the one of them that it is.
local function look(own, wish, organization_id)
  own:look_again()
  local tokens = own:find_all(wish.description, organization_id)
  local _, id = token_file.read(wish.file)
  return tokens, id, value.by_id(tokens, id)
end

local function permits(token, wish)
  return token ~= nil and permissions.equal(wish.permissions,
    value.dig(token, "spec", "permissions"))
end

--- Did the run before leave it to be revoked by this one?
local function was_left(record, token)
  return resumed.was_to_go(token.metadata.id) or record:is_left(token)
end

--- The ids of those beside `current` that a run which was cut short was about
--- to revoke, and of the others.
local function divide_others(record, tokens, current)
  local others = {}
  for _, token in ipairs(tokens) do
    if token ~= current then others[#others + 1] = token end
  end
  return divide(others, function(token) return was_left(record, token) end)
end

--- The token is in place, and perhaps nothing is left to do: what does not
--- change anything needs no lock.
local function kept_beside(wish, organization_id, tokens, current)
  local record = token_record.read(wish.file)
  local left, kept = divide_others(record, tokens, current)
  if left[1] or record:is_about(wish.description, organization_id) then
    return nil
  end
  return kept
end

--- The token is in place; do what is left.
local function finish(own, wish, organization_id, tokens, current)
  local record = token_record.read(wish.file)
  local left, kept = divide_others(record, tokens, current)
  revoke_all(own, left)
  if record:is_about(wish.description, organization_id) then record:close() end
  if #left == 0 then return current, "unchanged", {}, kept end
  return current, "changed", describe("a run was cut short", current, left),
    kept
end

--- Does the file hold a live token with these permissions already?
---@param own mkio.OwnTokens
---@param wish {description: string, file: string, permissions: table}
---@param organization_id string
---@return boolean
function M.is_in_place(own, wish, organization_id)
  local _, _, current = look(own, wish, organization_id)
  return permits(current, wish)
end

--- Raise when the file may not be replaced.
---@param tokens mkio.MyTokens
---@param wish {description: string, file: string}
---@param organization_id string
---@param own mkio.OwnTokens
function M.check_replaceable(tokens, wish, organization_id, own)
  token_file.check_replaceable(wish.file, tokens, wish.description,
    organization_id, own)
  token_record.read(wish.file):check(wish.description, organization_id)
end

--- Those of the tokens that go when there is a new one: the one with this id,
--- which is in the file, and what the run before gave to nobody.
local function divide_old(tokens, id, record)
  return divide(tokens, function(old)
    return old.metadata.id == id or resumed.is_orphan(old)
      or was_left(record, old)
  end)
end

--- Into the file with it; nothing is stored that was not used first.
local function put(org, slot, token)
  local tokens, id = org.me.tokens, token.metadata.id
  local ok, problem = pcall(tokens.prove, tokens, id, token.metadata.JWT)
  if not ok then
    token_left.give_up(tokens, token.spec.description, { id }, problem)
  end
  token_file.store(slot, tokens, token)
end

--- Make a new one, and put it in the place of the one that is there.
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

--- See to it that the file holds a live token with these permissions.
---@param org mkio.Organization
---@param wish {description: string, file: string, permissions: table,
---  days: integer?, keep_others: boolean?, again: boolean?}   permissions by
---  resource id; keep_others: others are no reason for a word; again: another
---  run may make one at the same time
---@param organization_id string
---@param own? mkio.OwnTokens  of a run that sets up several
---@return table token
---@return "unchanged"|"created"|"changed" outcome
---@return string[] details
---@return string[] kept   ids of others with this description that are valid:
---                        they may be in use, or a run ended too early
function M.ensure(org, wish, organization_id, own)
  own = own or own_tokens.new(org.me.tokens)
  local tokens, id, current = look(own, wish, organization_id)
  if permits(current, wish) then
    local kept = kept_beside(wish, organization_id, tokens, current)
    if kept then return current, "unchanged", {}, kept end
  end

  local _ <close>, has_waited = token_file.lock(wish.file)
  if has_waited or select(2, token_file.read(wish.file)) ~= id then
    tokens, id, current = look(own, wish, organization_id)
  end
  if permits(current, wish) then
    return finish(own, wish, organization_id, tokens, current)
  end
  return replace(org, wish, organization_id, own, tokens, id, current)
end

return M
