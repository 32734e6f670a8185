--- The own tokens as they were listed a moment ago, for a run that sets up
--- many of them: a list has all own tokens, so that one list for each token is
--- n * n of them.
---
--- A run that others may write beside still lists before each decision: what
--- is stale there gets a token revoked that is in use.  In a sandbox and a dry
--- run there are no others, and what this run writes is noted.  A recording is
--- replayed request by request, wherever it is from: these runs list as well.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"

local token_facts = require "mkio.token_facts"
local value = require "mkrun.value"

---@class mkio.OwnTokens
---@field tokens mkio.MyTokens
---@field is_reading boolean  nothing is written by what is found here
---@field listed? table[]     in the API's order
---@field places? table<string, integer>     in `listed`, by id
---@field named? table<string, table[]>      live ones, by description
---@field rights? table       of the token of this run, for who makes tokens
local Own = {}
Own.__index = Own
Own.__name = "mkio.OwnTokens"

local M = {}

--- Is this run the only one that writes what it reads, and free to ask less?
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

local function read(self)
  local all = self.tokens:list()
  self.listed, self.places, self.named = {}, {}, {}
  for _, token in ipairs(all) do enter(self, token) end
end

--- Call before something is decided by what `find_all` gives.
function Own:look_again()
  if not self.listed or not (self.is_reading or M.is_alone()) then
    read(self)
  end
end

--- As `MyTokens:find_all`, of what was listed last.
---@param description string
---@param organization_id? string
---@return mkio.api.UserTokenSchema[]
function Own:find_all(description, organization_id)
  if not self.listed then read(self) end
  return token_facts.named(self.named[description] or {}, description,
    organization_id)
end

--- The listed token with this id, or nil.
---@param id? string
---@return mkio.api.UserTokenSchema?
function Own:get(id)
  if not self.listed then read(self) end
  return self.listed[self.places[id]]
end

--- Note a token that this run has made, without its JWT.
---@param token mkio.api.UserTokenSchema
function Own:add(token)
  if not self.listed then return end
  local metadata = token.metadata
  enter(self, { metadata = { id = metadata.id, type = metadata.type },
    spec = token.spec })
end

--- Revoke a token, and note it.
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
---@param is_reading? boolean  nothing is written by what is found: one list
---                             is enough
---@return mkio.OwnTokens
function M.new(tokens, is_reading)
  return setmetatable({ tokens = tokens, is_reading = is_reading or false },
    Own)
end

return M
