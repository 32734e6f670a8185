--- Answers requests to a declared provider as the API would if the planned
--- writes had been sent.  The layers `plan` and `apply` use it for a provider
--- that brings no model of its own.
---
--- It knows what the declaration says: PUT makes or replaces what GET of the
--- path gives, a POST makes something with an id of the server's, and so on
--- (see `mkrun.rest.meaning`).  Reads are sent, and the planned changes are put
--- onto their answers.  A write whose meaning is not declared is refused.
-- SPDX-License-Identifier: MIT

local answers = require "mkrun.rest.overlay.answer"
local changes = require "mkrun.rest.overlay.change"
local documents = require "mkrun.rest.overlay.documents"
local effect = require "mkrun.rest.overlay.effect"
local json = require "mkrun.json"
local layer_request = require "mkrun.layer.request"
local listed = require "mkrun.rest.overlay.listed"
local made = require "mkrun.rest.overlay.made"
local meaning = require "mkrun.rest.meaning"
local parts = require "mkrun.rest.overlay.parts"
local read_back = require "mkrun.rest.overlay.read_back"
local sys = require "mkrun.sys"
local results_of = require "mkrun.plan.results_of"

---@class mkrun.rest.Overlay
---@field base string     URL of the API
---@field provider mkrun.rest.DeclaredProvider
---@field read fun(request: table): table?, string?, string?   asks the API
---@field made table<string, true|"any">   ids that only the server can give
---@field documents mkrun.rest.Documents
---@field seen table<any, table<string, {response: table, told: number?}>>
---  token -> request -> answer
---@field now fun(): number
---@field new_id fun(): string
---@field pause? number   seconds between two tries to read something back
---@field is_alone boolean   true: there is no API behind it
local Overlay = {}
Overlay.__index = Overlay
Overlay.__name = "mkrun.rest.Overlay"

--- Returns the path of a request below the base URL, without its query.
---@param request table
---@return string
function Overlay:path(request)
  return layer_request.path(request, self.base)
end

--- Returns what a read means.
---@param path string
---@return mkrun.rest.Meaning?
function Overlay:reading(path)
  local m = meaning.of(self.provider, "GET", path)
  return m and (m.act == "read" or m.act == "list") and m or nil
end

-- Reads ----------------------------------------------------------------------

--- Seconds for which a script gets the same answer again.
local FRESH <const> = 1

local NO_TOKEN <const> = {}

local function seen_of(self, request)
  local token = request.token or NO_TOKEN
  self.seen[token] = self.seen[token] or {}
  return self.seen[token], layer_request.key(request)
end

--- Notes the answer to a read.
---@param request table
---@param response table
---@param is_told? boolean  true if the script gets the answer
function Overlay:saw(request, response, is_told)
  local seen, key = seen_of(self, request)
  local is_answer = response.status == 200 or response.status == 404
  if not is_answer or not self:reading(self:path(request)) then return end
  seen[key] = { response = response, told = is_told and self.now() or nil }
end

--- Returns what was read before, or asks the API.  A script that asks again
--- later gets a new answer, because it may wait for something to change.
---@param request table
---@param is_told? boolean  true if the script gets the answer
---@return table? response
---@return string? message
---@return string? code
function Overlay:ask(request, is_told)
  local seen, key = seen_of(self, request)
  local found = seen[key]
  local told = found and found.told
  if not found or is_told and told and self.now() - told >= FRESH then
    return self.read(request)
  end
  found.told = told or is_told and self.now() or nil
  return answers.copy(found.response)
end

--- Returns a GET request for a path, with the token of another request.
---@param request table
---@param path string
---@return table
function Overlay:reading_of(request, path)
  return { method = "GET", url = self.base .. path, token = request.token,
    token_as = request.token_as, timeout = request.timeout,
    headers = { Accept = "application/json" } }
end

--- Asks for a path, and keeps the answer.  Raises {message, code} if there is
--- none.
---@param request table   has the token
---@return table response
function Overlay:hydrate(request)
  local response, message, code = self:ask(request)
  if not response then error({ message, code }, 0) end
  self:saw(request, response)
  return response
end

local function is_gone(self, response)
  return response.status == 410 or self.provider.is_absent(response)
end

local function refuse(request, format, ...)
  return ("%s %s: not sent, %s"):format(request.method or "GET",
    layer_request.url(request), format:format(...))
end

--- Reads the document at a path from the API.
local function document_of(self, request, path)
  local response = self:hydrate(self:reading_of(request, path))
  if is_gone(self, response) then return nil end
  local document = response.status == 200 and json.decode(response.body)
  if not document then
    error({ refuse(request, "GET %s, which shows what it changes, answers %d",
      path, response.status), "plan" }, 0)
  end
  return document
end

--- Reads what a write changes, as the API has it.  If no GET gives it, its list
--- does.
local function read_before(self, request, m, path)
  if m.act == "make" or self.documents:is_new_place(path) then return nil end
  local reading = self:reading(path)
  if reading and reading.act == "read" then
    return document_of(self, request, path)
  end
  return m.collection and listed.find(self, request, m, path) or nil
end

--- Returns what is at a path now, with the planned writes.
---@param request table   the write, or another request with the token
---@param m mkrun.rest.Meaning
---@param path string
---@return any now
---@return any before   what the API has
function Overlay:current(request, m, path)
  local known = self.documents:get(path)
  local before = not known and read_before(self, request, m, path) or nil
  known = self.documents:get(path) -- another task may have written meanwhile
  if known then return known.after, known.before end
  return before, before
end

local function get(self, request, live)
  local path = self:path(request)
  local m = self:reading(path)
  if not m then
    if self.documents:is_new_place(path) then return answers.missing(self) end
    return live(request)
  end
  if self.documents:has_gone_parent(m.resource, m.at) then
    return answers.missing(self)
  end
  if m.act == "list" then return listed.answer(self, request, m, path, live) end
  local known = self.documents:get(path)
  if known then
    if known.after == nil then return answers.missing(self) end
    return answers.of(200, known.after)
  end
  if self.documents:is_new_place(path) then return answers.missing(self) end
  return live(request)
end

-- Writes ---------------------------------------------------------------------

--- Returns the parameters and the path of what a POST makes.
local function place_of_new(m, id)
  local at, keys = {}, m.resource.keys
  for name, text in pairs(m.at) do at[name] = text end
  if keys[1] then at[keys[#keys]] = tostring(id) end
  return at, documents.expand(m.resource, at) or "#" .. id
end

--- Returns the path of the read that shows what a write changes, unless only
--- this plan makes it.
local function target_of(self, m, path)
  if self.documents:is_new_place(path) then return nil end
  local reading = self:reading(path)
  if reading and reading.act == "read" then return path end
  return m.shown and self:reading(m.shown) and m.shown or nil
end

--- Performs a POST that makes something.  If the body has its id, nothing may
--- have that id yet.
local function make(self, request, m, path, body)
  local known = m.operation.id and meaning.member(body, m.operation.id)
  local id = known or self.new_id()
  local at, place = place_of_new(m, id)
  local own = setmetatable({ at = at, act = "replace" }, { __index = m })
  local target = known and target_of(self, own, place)
  if not known then
    self.made[id] = "any"
  elseif self:current(request, own, place) ~= nil then
    return answers.refused(self, 409)
  end
  local after = effect.after(own, nil, body)
  if not known then effect.put(after, m.operation.id, id) end
  self.documents:set(place, m.resource, at, nil, after)
  self:changed(place)
  local change =
    changes.describe(m, path, body, nil, after, not known and id or nil)
  change.target = target or nil
  return answers.made(m, after, change.reveals), change
end

local function perform(self, request, m, path, body)
  if self.documents:has_gone_parent(m.resource, m.at) then
    return answers.missing(self)
  end
  if m.act == "make" then return make(self, request, m, path, body) end
  local target = target_of(self, m, path)
  local now, before = self:current(request, m, path)
  local after, status = effect.after(m, now, body)
  if status then return answers.refused(self, status) end
  local reading = self:reading(path) or m
  self.documents:set(path, reading.resource, reading.at, before, after)
  self:changed(path)
  for _, gone in ipairs(after == nil and self.documents:sweep(path) or {}) do
    self:changed(gone)
  end
  local change = changes.describe(m, path, body, now, after)
  change.target = target
  return answers.written(m, now, after), change
end

--- Answers a read.
---@param request table
---@param live fun(request: table): table?, string?, string?   asks the API
---@return table? response
---@return string? message
---@return string? code
function Overlay:get(request, live)
  return results_of(get, self, request, live)
end

--- Performs a write on the planned documents.  A refused write has an answer
--- but no change.
---@param request table
---@return table? response
---@return table|string|nil change_or_message
---@return string? code  "plan" if the effect of the write is not known
function Overlay:write(request)
  local path = self:path(request)
  local body = request.body and request.body ~= "" and json.decode(request.body)
    or nil
  local m = meaning.of(self.provider, layer_request.method(request), path, body)
  if not m then
    return nil, refuse(request, "provider '%s' does not declare what it does",
      self.provider.name), "plan"
  elseif m.act == "ask" then
    return self.read(request)
  end
  return results_of(perform, self, request, m, path, body)
end

--- Returns what the API says in an answer that shows nothing, or nil.
---@param request table
---@param response table
---@return string?
function Overlay:refusal(request, response)
  local problem = self.provider.refusal(layer_request.method(request),
    self:path(request), response)
  return problem and tostring(problem)
end

--- Called after each planned write with the path of its document.
function Overlay.changed() end

for name, method in pairs(parts) do Overlay[name] = method end
Overlay.id_in, Overlay.differences = made.id_in, read_back.differences

local M = {}

--- Makes an overlay.
---@param options {base_url: string, provider: mkrun.rest.DeclaredProvider,
---  read: function, made: table?, now: function?, id: function?,
---  is_alone: boolean?}   `read` asks the API; `made` gets the ids that are
---  made up; `now` returns seconds (default: `sys.monotonic`), `id` a new id
---@return mkrun.rest.Overlay
function M.new(options)
  local ids = options.made or {}
  return setmetatable({
    base = options.base_url, provider = options.provider, read = options.read,
    made = ids, documents = documents.new(ids), seen = {},
    now = options.now or sys.monotonic, new_id = options.id or sys.uuid,
    is_alone = options.is_alone or false,
  }, Overlay)
end

return M
