--- Stores the list of the caller's own tokens, for runs that set up many
--- tokens.  The flows `onboard`, `rotate_tokens` and `token` call it.
---
--- The API can only list all own tokens.  One list for each of n tokens would
--- transfer n * n entries.
---
--- Other runs may write at the same time.  A stale list could then cause a
--- token in use to be revoked, so such a run still lists before each decision.
--- In a sandbox or a dry run there are no other runs, and the list is stored.
--- With `--record` and `--replay` the run sends the same requests as a usual
--- run.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"

local token_facts = require "mkio.token_facts"
local value = require "mkrun.value"

---@class mkio.OwnTokens
---@field tokens mkio.MyTokens
---@field is_reading boolean  nothing is written because of what is found
---@field listed? table[]     all own tokens, in the API's order
---@field places? table<string, integer>     indexes into `listed`, by id
---@field named? table<string, table[]>      live tokens, by description
---@field rights? table       the rights of the caller; `spec_token` sets them
local Own = {}
Own.__index = Own
Own.__name = "mkio.OwnTokens"

local M = {}

--- Returns true if no other run can write the data that this run reads, so that
--- fewer requests are enough.  A recording must contain every request, so this
--- returns false for `--record` and `--replay`.
---@return boolean
function M.is_alone()
  if config.record or config.replay then return false end
  return (config.sandbox or config.dry_run) and true or false
end

local function enter(self, token)
  self.listed[#self.listed + 1] = token
  self.places[token.metadata.id] = #self.listed
  local description = value.dig(token, "spec", "description")
  if not description or token_facts.is_revoked(token) then return end
  self.named[description] = self.named[description] or {}
  table.insert(self.named[description], token)
end

local function read(self, items)
  local all = items or self.tokens:list()
  self.listed, self.places, self.named = {}, {}, {}
  for _, token in ipairs(all) do enter(self, token) end
end

--- Lists the tokens again unless the stored list is certain to be right.  Call
--- this before a decision that depends on `find_all`.
function Own:look_again()
  if not self.listed or not (self.is_reading or M.is_alone()) then
    read(self)
  end
end

--- Does the same as `MyTokens:find_all`, with the stored list.
---@param description string
---@param organization_id? string
---@return mkio.api.UserTokenSchema[]
function Own:find_all(description, organization_id)
  if not self.listed then read(self) end
  return token_facts.named(self.named[description] or {}, description,
    organization_id)
end

--- Returns the listed token with this id, or nil.
---@param id? string
---@return mkio.api.UserTokenSchema?
function Own:get(id)
  if not self.listed then read(self) end
  return self.listed[self.places[id]]
end

--- Adds a token that this run has made to the stored list, without its JWT.
---@param token mkio.api.UserTokenSchema
function Own:add(token)
  if not self.listed then return end
  local metadata = token.metadata
  enter(self, { metadata = { id = metadata.id, type = metadata.type },
    spec = token.spec })
end

--- Revokes a token, and removes it from the stored list.
---@param id string
function Own:revoke(id)
  self.tokens:revoke(id)
  local token = self.listed and self.listed[self.places[id]]
  local named = token and self.named[value.dig(token, "spec", "description")]
  for i = #(named or {}), 1, -1 do
    if named[i] == token then table.remove(named, i) end
  end
end

---@param tokens mkio.MyTokens
---@param is_reading? boolean  true if nothing is written because of what is
---                             found; then one list is enough
---@param items? table[]  the list, if the caller has just read it
---@return mkio.OwnTokens
function M.new(tokens, is_reading, items)
  local own = setmetatable({ tokens = tokens,
    is_reading = is_reading or false }, Own)
  if items then read(own, items) end
  return own
end

return M
