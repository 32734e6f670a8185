--- Connects `undo` to the providers that a journal names, by the journal's
--- facts and this run's tokens.  The script `undo` opens the connections, and
--- `mkio.flow.undo.provider` uses them.
-- SPDX-License-Identifier: MIT

local client = require "mkrun.client"
local config = require "mkrun.config"
local script = require "mkrun.script"
local secret = require "mkrun.secret"
local session = require "mkrun.rest.session"

local M = {}

---@class mkio.UndoApi
---@field client? mkrun.Client   nil until `connect`
---@field facts? mkrun.JournalProvider
---@field subject mkrun.rest.Subject
---@field provider mkrun.rest.DeclaredProvider
local Api = {}
Api.__index = Api

--- Raises the error of a request, with what the answer says of it.
local function raise(self, method, path, message, code, response)
  error(session.problem(self.provider, method, path, message, code, response),
    0)
end

--- Returns true if an answer says that a thing is not there: the provider may
--- say which codes of a 404 do.
local function is_absent(self, response)
  return response ~= nil
    and (response.status == 410 or self.provider.is_absent(response))
end

--- Returns a function that reads a page of a list, and puts what the client
--- says of a failure into `failure`.
local function getter(self, failure)
  return function(page, query)
    local document, response, code, answer =
      self.client:get(page, { query = query })
    if document ~= nil or not code then return response end
    failure.message, failure.code, failure.answer = response, code, answer
    return nil, response
  end
end

--- Raises the failure of reading a list: that of a page, or an answer in which
--- the list was not found.
local function raise_of_list(self, path, problem, failure)
  if failure.answer and failure.answer.status >= 400 then
    raise(self, "GET", path, failure.message, failure.code, failure.answer)
  end
  raise(self, "GET", path, problem, "answer", failure.answer)
end

--- Reads a document.  Returns nil if there is none.  Raises if it cannot be
--- read.
---@param path string
---@return any? document
function Api:read(path)
  local failure = {}
  local is_listed, item, problem =
    self.subject.listed(path, getter(self, failure))
  if problem then raise_of_list(self, path, problem, failure) end
  if is_listed then return item end
  local document, message, code, response = self.client:get(path)
  if document ~= nil or is_absent(self, response) or not code then
    return document
  end
  raise(self, "GET", path, message, code, response)
end

--- Reads a list.  Raises if it cannot be read.
---@param path string
---@return table[]
function Api:list(path)
  local failure = {}
  local items, problem = self.subject.all(path, getter(self, failure))
  if items then return items end
  raise_of_list(self, path, problem, failure)
end

--- Returns what an item of a list, or an answer, says about what a write made.
---@param write mkrun.JournalWrite
---@param item any
---@return {id: string}?
function Api:created(write, item) return self.subject.created(write, item) end

--- Sends the request that undoes a write.  Raises if there is no answer.
---@param inverse {method: string, path: string, body: any}
---@return boolean? done
---@return string? problem  why the API refused it
---@return any document     the answer
function Api:send(inverse)
  local method, path, body = inverse.method, inverse.path, inverse.body
  local meaning = self.subject.meaning(method, path, body)
  local facts = meaning and meaning.operation or {}
  local headers = body ~= nil and facts.content_type
    and { ["Content-Type"] = facts.content_type } or nil
  local answer, message, code, response = self.client:request(method, path, {
    json = body, headers = headers, safe = facts.safe })
  if not code then return true, nil, answer end
  if method == "DELETE" and is_absent(self, response) then return true end
  local status = response and response.status or 0
  if status < 400 or status == 401 or status >= 500 then
    raise(self, method, path, message, code, response)
  end
  return nil, tostring(session.problem(self.provider, method, path, message,
    code, response))
end

--- Makes an API of its fields.
---@param fields mkio.UndoApi
---@return mkio.UndoApi
function M.new(fields) return setmetatable(fields, Api) end

--- Makes the provider of a journal's facts.  Raises if they are damaged.
---@param name string
---@param facts mkrun.JournalProvider
---@return mkrun.rest.DeclaredProvider
function M.provider(name, facts)
  return require "mkrun.rest".provider(
    require "mkrun.rest.packed".declaration(name, facts))
end

local function refuse(file, text, ...)
  script.refuse(("%s: %s"):format(file, text:format(...)))
end

--- Returns true if no request leaves this machine.
local function is_offline() return config.sandbox or config.replay end

--- Returns how the token is sent, for the message about a base URL.
local function way_of(token_as)
  if token_as == nil or token_as == "bearer" or token_as == "basic" then
    return ""
  end
  return (", in the header field '%s',"):format(token_as)
end

--- Ends the run unless the user named the base URL of a provider.  A journal
--- alone never chooses where a token goes.
local function check_place(file, name, base_url, token_as)
  if is_offline() or (config.base_urls or {})[name] then return end
  refuse(file, "the journal would send the token of %s%s to %s: if that is "
    .. "right, add --base-url %s=%s", name, way_of(token_as), base_url, name,
    base_url)
end

--- Returns the token for a provider.  Ends the run if there is none.
local function token_for(file, name, facts)
  local token = config.tokens and config.tokens[name]
  if token then return token end
  if facts.auth == "none" then return nil end
  if is_offline() then return secret.new("sandbox:sandbox", "none") end
  refuse(file, "has writes to %s, and there is no token of it: %s", name,
    require "mkrun.rest.given".hint(name))
end

local function damaged(file, name, problem)
  refuse(file, "its facts of %s are damaged: %s", name, tostring(problem))
end

local function open(file, name, facts)
  local fault = facts.token_as and secret.field_fault(facts.token_as)
  if fault then
    damaged(file, name, ("'token_as': %s"):format(fault))
  end
  check_place(file, name, facts.base_url, facts.token_as)
  local ok, provider = pcall(M.provider, name, facts)
  if not ok then damaged(file, name, provider) end
  if provider.token_as ~= facts.token_as then
    damaged(file, name, "'token_as' is not what 'auth' says")
  end
  return M.new { facts = facts, provider = provider,
    subject = require "mkrun.rest.subject".new(provider) }
end

--- Makes the APIs of the providers of a journal's writes.  Ends the run if the
--- journal does not say what is needed.
---@param content mkrun.JournalContent
---@param file string   path of the journal, for messages
---@return table<string, mkio.UndoApi>   without connections
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

--- Connects to the providers that a step needs.  Ends the run if a token is
--- missing.
---@param apis table<string, mkio.UndoApi>
---@param steps mkio.UndoStep[]
---@param file string   path of the journal, for messages
function M.connect(apis, steps, file)
  for _, step in ipairs(steps) do
    local api = step.run and apis[step.provider]
    if api and not api.client then
      local facts = api.facts
      api.client = client.new { base = facts.base_url,
        token = token_for(file, step.provider, facts),
        token_as = facts.token_as }
    end
  end
end

return M
