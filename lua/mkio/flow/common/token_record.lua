--- What a run that replaces the token in FILE notes in FILE.todo until it is
--- through, for the next run: which tokens are nobody's once FILE has a token.
---
--- They are those that the run was about to revoke, and those that it made; of
--- all these, only the one in FILE stays.  A token whose answer got lost has no
--- known id: it has the description, came after the note, and was never used.
--- There is no secret in it.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local config = require "mkrun.config"
local json = require "mkrun.json"
local shape = require "mkrun.rest.shape"
local sys = require "mkrun.sys"

local errors = require "mkrun.rest.error"
local value = require "mkrun.value"

local PRIVATE <const> = tonumber("600", 8)
-- Seconds that the server's clock may be behind ours.
local SLACK <const> = 5

---@class mkio.TokenRecord
---@field path string
---@field description? string       nil when nothing is noted
---@field home? string              id of the organization
---@field since? string             when tokens were asked for
---@field known table<string, true> ids of tokens that were there then
---@field ids table<string, true>   those that are known to be nobody's
local Record = {}
Record.__index = Record

local M = {}

local function moment(text)
  if type(text) ~= "string" or not sys.parse_time(text) then
    return "a time expected"
  end
end

local texts = shape.list(shape.text { min = 1 })
local document = shape.object {
  ["description!"] = shape.text {},
  ["since!"] = { kind = "any", check = moment },
  ["known!"] = texts, ["ids!"] = texts,
  organizationId = shape.text {}, -- not in those of before
}

--- What it does not say, nobody may guess: the run ends.
local function refuse(why)
  errors.refuse("file", why,
    "it should tell what an earlier run has left to do; move it away")
end

--- What an earlier run has noted for the token in `file`.  A replay does what
--- was recorded, whatever there is to do by now.
---@param file string
---@return mkio.TokenRecord
function M.read(file)
  local path = file .. ".todo"
  local self = setmetatable({ path = path, known = {}, ids = {} }, Record)
  if config.replay then return self end
  local text, message, code = sys.read_trusted(path)
  if code == "missing" then return self end
  if not text then refuse(message) end
  local noted = json.decode(text)
  local ok, pointer, expected = shape.check(document, noted)
  if not ok then
    refuse(("%s: %s: %s"):format(path, shape.place(pointer), expected))
  end
  self.description, self.since = noted.description, noted.since
  self.home = noted.organizationId
  self.known, self.ids = value.set(noted.known), value.set(noted.ids)
  return self
end

local function list(set)
  return json.array(value.names(set))
end

--- Nobody gets a token in a dry run or a replay.
local function save(self)
  if config.dry_run or config.replay then return end
  local ok, message = sys.write(self.path, assert(json.encode({
    description = self.description, organizationId = self.home,
    since = self.since,
    known = list(self.known), ids = list(self.ids),
  }, { sort = true })) .. "\n", PRIVATE)
  if not ok then errors.raise("file", message) end
end

--- Is something left to do for a token of this description?
---@param description string
---@param home? string  id of the organization, where that is known
---@return boolean
function Record:is_about(description, home)
  return self.description == description
    and (self.home == nil or home == nil or self.home == home)
end

--- Raise when something is left to do for another token: it would be forgotten.
---@param description string
---@param home? string  id of the organization, where that is known
function Record:check(description, home)
  if not self.description or self:is_about(description, home) then return end
  local where = self.description == description
    and " of another organization" or ""
  errors.refuse("file", ("%s: an earlier run has something left to do for the "
    .. "token '%s'%s"):format(self.path, self.description, where),
    "run that again first, or revoke what it names and remove it")
end

--- Note, before a token is asked for, what is to go once there is one.
---@param description string
---@param home? string    id of the organization, where that is known
---@param tokens table[]  the live ones of that description
---@param old string[]    ids of those that are to go
function Record:begin(description, home, tokens, old)
  self:check(description, home)
  for _, token in ipairs(tokens) do
    local id = token.metadata.id
    if not self:is_left(token) then self.known[id] = true end
  end
  for _, id in ipairs(old) do self.ids[id] = true end
  self.description, self.home = description, home or self.home
  self.since = self.since or clock.iso8601()
  save(self)
end

--- Note that this one is nobody's unless it is in the file.
---@param id string
function Record:add(id)
  self.ids[id] = true
  save(self)
end

--- Is the token, which is not the one in the file, nobody's?
---@param token mkio.api.UserTokenSchema
---@return boolean
function Record:is_left(token)
  local id, spec = token.metadata.id, token.spec
  local description = value.dig(spec, "description")
  if not self.description or description ~= self.description then
    return false
  elseif self.ids[id] or self.known[id] then
    return self.ids[id] == true
  end
  local issued = sys.parse_time(value.dig(spec, "issued") or "")
  return value.dig(spec, "lastUsed") == nil and issued ~= nil
    and issued >= sys.parse_time(self.since) - SLACK
end

--- Nothing is left to do of what it is about.
function Record:close()
  if not self.description or config.dry_run or config.replay then return end
  self.description = nil
  os.remove(self.path)
end

return M
