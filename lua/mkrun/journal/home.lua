--- Writes the organization of a run's token to the journal before the first
--- write request.  A resumed run with a token of another organization may not
--- write.  `mkrun.layer.journal` calls this module.
---
--- A token without the right to read its organization is accepted.  If the
--- server does not answer the read, or answers with 429 or 500 and above, a
--- resumed run does not write.
-- SPDX-License-Identifier: MIT

local befores = require "mkrun.journal.before"
local config = require "mkrun.config"
local json = require "mkrun.json"
local requests = require "mkrun.layer.request"

---@class mkrun.Home
---@field journal mkrun.Journal
---@field path? string        path of the organization; nil: nothing is checked
---@field token? mkrun.Secret the run's token, or the first token that the run
---  sends; writes with other tokens are not checked
---@field known? string       the organization's id, after a read
---@field done boolean        true: no more writes are checked
local Home = {}
Home.__index = Home

local M = {}

local KIND <const> = "organization"

local function id_in(response)
  local document = response and response.status == 200
    and json.decode(response.body or "")
  local metadata = type(document) == "table"
    and document[config.provider().documents.about]
  local id = type(metadata) == "table" and metadata.id
  return type(id) == "string" and id or nil
end

function Home:is_own(request)
  self.token = self.token or request.token
  return request.token == self.token
end

--- Stores the organization's id if the answer to a read contains the id.
---@param request table
---@param response? table
function Home:saw(request, response)
  if self.done or not self:is_own(request) then return end
  if requests.path(request, self.journal.head.base_url) == self.path then
    self.known = id_in(response)
  end
end

--- Reads the organization.  Returns its id, or nil and the reason why the read
--- failed.
local function ask(self, transport, request)
  local url = self.journal.head.base_url .. self.path
  local response, message = transport(befores.read_of(request, url))
  if not response then return nil, message end
  local problem = befores.failure(response)
  return id_in(response), problem
    and ("GET %s: %s"):format(self.path, problem) or nil
end

--- Returns true if this run may send a write request.
---@param transport function   function that sends the reads of this check
---@param request table  the write request
---@return boolean? yes     nil if the run may not write
---@return string? problem  the reason why the run may not write
function Home:check(transport, request)
  if self.done or not self:is_own(request) then return true end
  local id, unanswered = self.known, nil
  if not id then id, unanswered = ask(self, transport, request) end
  local noted = self.journal.notes[KIND]
  if noted and unanswered then
    return nil, unanswered
  elseif id and noted and not noted[id] then
    return nil, "the journal is of a run in another organization"
  elseif id and not noted and not self.done then
    local ok, problem = self.journal:note(KIND, id)
    if not ok then return nil, "journal " .. problem end
  end
  self.done = true
  return true
end

--- Makes the check for one run.  The check does nothing on a sandbox in memory,
--- which has another organization in each run.
---@param options {journal: mkrun.Journal, path: string?, token: mkrun.Secret?}
---@return mkrun.Home
function M.new(options)
  return setmetatable({ journal = options.journal, path = options.path,
    token = options.token,
    done = not options.path or options.journal.head.sandbox == true }, Home)
end

return M
