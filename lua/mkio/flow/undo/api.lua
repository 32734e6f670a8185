--- Connects `undo` to the providers that a journal names, by the journal's
--- facts and this run's tokens.  The script `undo` opens the connections, and
--- `mkio.flow.undo.provider` uses them.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local errors = require "mkrun.rest.error"
local json = require "mkrun.json"
local script = require "mkrun.script"
local secret = require "mkrun.secret"

local M = {}

---@class mkio.UndoApi
---@field name string
---@field base_url string
---@field token? mkrun.Secret
---@field token_as? string
---@field subject mkrun.rest.Subject
---@field send_request fun(request: table): table?, string?, string?
local Api = {}
Api.__index = Api

--- Sends a request.  Raises if there is no answer.
local function request(self, method, path, body, facts, query)
  local response, message, code = self.send_request {
    method = method, url = self.base_url .. path, token = self.token,
    token_as = self.token_as, json = body, query = query, safe = facts.safe,
    headers = { Accept = "application/json",
      ["Content-Type"] = body ~= nil and facts.content_type or nil },
  }
  if response then return response end
  errors.raise(code or "failed", message)
end

local function told(method, path, response)
  return ("%s %s: status %d"):format(method, path, response.status)
end

local function is_good(response)
  return response.status >= 200 and response.status < 300
end

local function raise(method, path, response)
  error(errors.new { method = method, path = path, status = response.status,
    detail = ("status %d"):format(response.status) }, 0)
end

--- Reads a document.  Returns nil if there is none.
---@param path string
---@return any?
function Api:read(path)
  local response = request(self, "GET", path, nil, {})
  if response.status == 404 or response.status == 410 then return nil end
  if not is_good(response) then raise("GET", path, response) end
  return json.decode(response.body or "")
end

--- Reads a list.
---@param path string
---@return table[]
function Api:list(path)
  local items, problem = self.subject.all(path, function(page, query)
    return request(self, "GET", page, nil, {}, query)
  end)
  if items then return items end
  error(errors.new { method = "GET", path = path, code = "answer",
    detail = problem, status = 404 }, 0)
end

--- Returns what an item of a list, or an answer, says about what a write made.
---@param write mkrun.JournalWrite
---@param item any
---@return {id: string}?
function Api:created(write, item) return self.subject.created(write, item) end

--- Sends the request that undoes a write.
---@param inverse {method: string, path: string, body: any}
---@return boolean? done
---@return string? problem  why the API refused it
function Api:send(inverse)
  local method, path, body = inverse.method, inverse.path, inverse.body
  local meaning = self.subject.meaning(method, path, body)
  local response = request(self, method, path, body,
    meaning and meaning.operation or { safe = method ~= "POST" })
  if is_good(response) then return true end
  if method == "DELETE" and response.status == 404 then return true end
  if response.status == 401 or response.status >= 500 then
    raise(method, path, response)
  end
  return nil, told(method, path, response)
end

--- Makes an API of its fields.
---@param fields mkio.UndoApi
---@return mkio.UndoApi
function M.new(fields) return setmetatable(fields, Api) end

local function refuse(file, text, ...)
  script.refuse(("%s: %s"):format(file, text:format(...)))
end

--- Returns the token for a provider.  Ends the run if there is none.
local function token_for(file, name, facts)
  local token = config.tokens and config.tokens[name]
  if token then return token:bind(facts.base_url) end
  if facts.auth == "none" then return nil end
  if config.sandbox or config.replay then
    return secret.new("sandbox:sandbox", "none"):bind(facts.base_url)
  end
  refuse(file, "has writes to %s: set MKRUN_TOKEN_%s, or give --token-file "
    .. "%s=FILE", name, name:upper(), name)
end

local function open(file, name, facts)
  local token = token_for(file, name, facts)
  local declared = require "mkrun.rest.packed".declaration(name, facts)
  local ok, provider = pcall(require "mkrun.rest".provider, declared)
  if not ok then
    refuse(file, "its facts of %s are damaged: %s", name, tostring(provider))
  end
  return M.new { name = name, base_url = facts.base_url, token = token,
    token_as = facts.token_as, send_request = require "mkrun.http".request,
    subject = require "mkrun.rest.subject".new(provider) }
end

--- Connects to the providers of a journal's writes.  Ends the run if a token is
--- missing.
---@param content mkrun.JournalContent
---@param file string   path of the journal, for messages
---@return table<string, mkio.UndoApi>
function M.open(content, file)
  local apis = {}
  for _, write in ipairs(content.writes) do
    local name = write.provider
    local facts = name and content.providers[name]
    if name and not facts then
      refuse(file, "does not say where %s is", name)
    elseif name and not apis[name] and next(facts.operations) then
      apis[name] = open(file, name, facts)
    end
  end
  return apis
end

return M
