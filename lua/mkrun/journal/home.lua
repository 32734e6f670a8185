--- Where the token of a run belongs: noted in its journal before its first
--- write, so that no other token goes on with it.
---
--- A token that may not read that is believed.  No answer is none: a resumed
--- run does not write then.
-- SPDX-License-Identifier: MIT

local befores = require "mkrun.journal.before"
local json = require "mkrun.json"
local requests = require "mkrun.layer.request"

---@class mkrun.Home
---@field journal mkrun.Journal
---@field path? string        of the document that tells; without it, nothing is
---                           asked
---@field token? mkrun.Secret of the run, or else the first that it sends; what
---                           others may is not looked at
---@field known? string       its id
---@field done boolean
local Home = {}
Home.__index = Home

local M = {}

local KIND <const> = "organization"

local function id_in(response)
  local document = response and response.status == 200
    and json.decode(response.body or "")
  local metadata = type(document) == "table" and document.metadata
  local id = type(metadata) == "table" and metadata.id
  return type(id) == "string" and id or nil
end

function Home:is_own(request)
  self.token = self.token or request.token
  return request.token == self.token
end

--- Tell of a read and its answer.
function Home:saw(request, response)
  if self.done or not self:is_own(request) then return end
  if requests.path(request, self.journal.head.base_url) == self.path then
    self.known = id_in(response)
  end
end

--- The id, or why nobody can say.
local function ask(self, transport, request)
  local url = self.journal.head.base_url .. self.path
  local response, message = transport(befores.read_of(request, url))
  if not response then return nil, message end
  local problem = response.status >= 500
    and ("GET %s: %d"):format(self.path, response.status) or nil
  return id_in(response), problem
end

--- May this run write?
---@param transport function
---@param request table  the write
---@return boolean? yes
---@return string? problem
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

--- What is in memory only is another organization each time.
---@param options {journal: mkrun.Journal, path: string?, token: mkrun.Secret?}
---@return mkrun.Home
function M.new(options)
  return setmetatable({ journal = options.journal, path = options.path,
    token = options.token,
    done = not options.path or options.journal.head.sandbox == true }, Home)
end

return M
