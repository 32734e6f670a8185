--- Reads and writes a note about the token file FILE, in the file FILE.todo.  A
--- run that replaces the token in FILE writes the note first and deletes the
--- note last.  If the run is interrupted, the next run learns from the note
--- which tokens are unused.  `mkio.flow.common.spec_token` and
--- `mkio.flow.token` call this module.
---
--- The unused tokens are those that the run was about to revoke and those that
--- the run made, except the token in FILE.  If the answer to a create request
--- was lost, the id of the token is unknown.  Such a token has the description
--- in the note, is newer than the note, and was never used.  The note contains
--- no secret.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local config = require "mkrun.config"
local json = require "mkrun.json"
local shape = require "mkrun.rest.shape"
local sys = require "mkrun.sys"

local errors = require "mkrun.rest.error"
local token_lease = require "mkio.flow.common.token_lease"
local value = require "mkrun.value"

local PRIVATE <const> = tonumber("600", 8)
-- The number of seconds by which the server's clock may be behind ours.
local SLACK <const> = 5

---@class mkio.TokenRecord
---@field path string               the path of the note
---@field description? string       the tokens' description; nil without a note
---@field home? string              the id of the tokens' organization
---@field since? string             the time when the note was first written
---@field known table<string, true> ids of tokens that existed at that time
---@field ids table<string, true>   ids of unused tokens
---@field leased table<string, true>  ids of tokens that a later rotation keeps
local Record = {}
Record.__index = Record

local M = {}

local texts = shape.list(shape.text { min = 1 })
local document = shape.object {
  ["description!"] = shape.text {},
  ["since!"] = token_lease.TIME,
  ["known!"] = texts, ["ids!"] = texts,
  organizationId = shape.text {}, -- missing in notes of earlier versions
}

--- Ends the run with an error, because without the note it is unknown which
--- tokens are unused.
local function refuse(why)
  errors.refuse("file", why,
    "the file should say what an earlier run left to do; move it away")
end

--- Reads the note that an earlier run wrote about the token in `file`.  A
--- replay ignores the note, because a replay repeats the recorded requests.
---@param file string  the path of the token file
---@return mkio.TokenRecord  a record without a description if there is no note
function M.read(file)
  local path = file .. ".todo"
  local self = setmetatable({ path = path, known = {}, ids = {},
    leased = {} }, Record)
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
  self.leased = token_lease.kept_beside(file)
  return self
end

local function list(set)
  return json.array(value.names(set))
end

--- Writes the note.  A dry run and a replay make no token, so they write no
--- note.
local function save(self)
  if config.dry_run or config.replay then return end
  local ok, message = sys.write(self.path, assert(json.encode({
    description = self.description, organizationId = self.home,
    since = self.since,
    known = list(self.known), ids = list(self.ids),
  }, { sort = true })) .. "\n", PRIVATE)
  if not ok then errors.raise("file", message) end
end

--- Returns true if the note is about tokens of this description.
---@param description string
---@param home? string  the id of the organization, if known
---@return boolean
function Record:is_about(description, home)
  return self.description == description
    and (self.home == nil or home == nil or self.home == home)
end

--- Raises an error if the note is about another token, because a new note would
--- overwrite the old note.
---@param description string
---@param home? string  the id of the organization, if known
function Record:check(description, home)
  if not self.description or self:is_about(description, home) then return end
  local where = self.description == description
    and " of another organization" or ""
  errors.refuse("file", ("%s: an earlier run has something left to do for the "
    .. "token '%s'%s"):format(self.path, self.description, where),
    "run the earlier command again, or revoke the tokens in the file and "
    .. "delete it")
end

--- Notes which tokens must be revoked after the new token is stored.  Call this
--- before the request for the new token.
---@param description string
---@param home? string    the id of the organization, if known
---@param tokens table[]  the live tokens of that description
---@param old string[]    ids of the tokens to revoke
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

--- Notes the id of a new token.  The token is unused until it is in the file.
---@param id string
function Record:add(id)
  self.ids[id] = true
  save(self)
end

--- Returns true if the token is unused.  Do not call this function for the
--- token in the file, which is used.
---@param token mkio.api.UserTokenSchema
---@return boolean
function Record:is_left(token)
  local id, spec = token.metadata.id, token.spec
  local description = value.dig(spec, "description")
  if not self.description or description ~= self.description
    or self.leased[id] then
    return false
  elseif self.ids[id] or self.known[id] then
    return self.ids[id] == true
  end
  local issued = sys.parse_time(value.dig(spec, "issued") or "")
  return value.dig(spec, "lastUsed") == nil and issued ~= nil
    and issued >= sys.parse_time(self.since) - SLACK
end

--- Deletes the note, because all unused tokens are revoked.
function Record:close()
  if not self.description or config.dry_run or config.replay then return end
  self.description = nil
  os.remove(self.path)
end

return M
