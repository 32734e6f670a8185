--- Finds the planned write for a request when a plan is applied.
--- `mkrun.layer.apply` calls this module.
---
--- A request matches a planned write if method, URL, query and body are the
--- same, with three exceptions.  An id that the plan made up matches the id
--- that the server gave.  A hidden secret in the plan matches the secret in the
--- request, and the secret is sent.  A time matches any other time, because a
--- script computes times anew, and the planned time is sent.
---
--- A provider's ids need not be UUIDs: an id may be 7 or "news", which says
--- nothing by itself.  When the server has given such an id, the planned writes
--- that name the made-up one get it.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local json = require "mkrun.json"
local made_id = require "mkrun.plan.made_id"
local scrub = require "mkrun.journal.scrub"
local secret = require "mkrun.secret"
local sys = require "mkrun.sys"

---@class mkrun.PendingWrites
---@field ids table<string, string>      planned id -> the server's id
---@field planned table<string, string>  the server's id -> planned id
---@field places table<string, table>    method, URL and query -> kind of body
---  -> list of planned writes
---@field writes table[]   all of them
---@field numbers table<table, integer>   their places in that list
local Pending = {}
Pending.__index = Pending

local function encoded(value)
  return assert(json.encode(value, { sort = true }))
end

local translated = made_id.replace

local function is_time(value)
  return type(value) == "string" and value:find "^%d%d%d%d%-%d%d%-%d%dT"
    and sys.parse_time(value) ~= nil
end

-- Comparing bodies ----------------------------------------------------------

local fit

local function fit_tables(planned, actual)
  if json.is_array(planned) ~= json.is_array(actual) then return nil end
  local out = json.is_array(planned) and json.array {} or json.object {}
  for name, inner in pairs(planned) do
    if actual[name] == nil then return nil end
    out[name] = fit(inner, actual[name])
    if out[name] == nil then return nil end
  end
  for name in pairs(actual) do
    if planned[name] == nil then return nil end
  end
  return out
end

--- Returns true if `planned` equals `actual` after the secrets in `actual` are
--- hidden.
local function fits_hidden(planned, actual)
  return planned == scrub.word
    or scrub.hides(planned) and (secret.redact(actual) == planned
      or scrub.texts(actual) == planned)
end

--- Compares a planned body with the body of a request.  Returns the body to
--- send, or nil if the bodies do not match.
function fit(planned, actual)
  if type(planned) == "table" and type(actual) == "table" then
    return fit_tables(planned, actual)
  elseif type(planned) == "string" and type(actual) == "string"
    and fits_hidden(planned, actual) then
    return actual
  end
  if planned == actual then return actual end
  if is_time(planned) and is_time(actual) then return planned end
end

--- Replaces each time in a body by "(time)", so that bodies that differ only in
--- times have the same text.
local function without_times(value)
  if is_time(value) then return "(time)" end
  if type(value) ~= "table" then return value end
  local out = json.is_array(value) and json.array {} or json.object {}
  for name, inner in pairs(value) do out[name] = without_times(inner) end
  return out
end

local HIDING <const> = "(hiding)"

local function kind_of(body)
  return body == nil and "" or encoded(without_times(body))
end

-- Finding a planned write ---------------------------------------------------

local function place_of(method, url, query)
  return table.concat({ method, url, encoded(query or {}) }, " ")
end

--- Adds a planned write to the list of its method, URL, query and kind of body.
local function put(places, write)
  local place = place_of(write.method, write.url, write.query)
  local kinds = places[place] or {}
  places[place] = kinds
  local kind = scrub.hides(write.body) and HIDING or kind_of(write.body)
  kinds[kind] = kinds[kind] or { first = 1 }
  table.insert(kinds[kind], write)
end

--- Takes a planned write out of its list.
function Pending:take_out(write)
  for _, list in pairs(self.places[place_of(write.method, write.url,
    write.query)] or {}) do
    for i = #list, 1, -1 do
      if list[i] == write then table.remove(list, i) end
    end
  end
end

--- Returns the first write of a list that is not sent yet and matches `actual`,
--- and the body to send.
function Pending:pick(list, actual)
  for i = list and list.first or 1, list and #list or 0 do
    local write = list[i]
    if write.is_sent then
      if i == list.first then list.first = i + 1 end
    elseif actual == nil then
      return write, false
    else
      local body = fit(self:body_of(write), actual)
      if body ~= nil then return write, body end
    end
  end
end

--- Finds the planned write for a request.
---@param request table
---@return table? write   nil if no planned write matches
---@return any body       the value to send; false for no body
function Pending:find(request)
  local text = request.body ~= "" and request.body or nil
  local actual
  if text then
    actual = json.decode(text)
    if actual == nil then return nil end
  end
  local kinds = self.places[translated(place_of(request.method,
    request.url, request.query), self.planned)] or {}
  local write, body = self:pick(
    kinds[translated(kind_of(actual), self.planned)], actual)
  if not write and actual ~= nil then
    write, body = self:pick(kinds[HIDING], actual)
  end
  return write, body
end

--- Returns a body to be shown beside a planned one: a value that fits the
--- planned one is that, and a secret is hidden.  `shown` is the body without
--- its secrets.
local function likened(planned, actual, shown)
  if type(actual) ~= "table" then
    local fits = planned ~= nil and fit(planned, actual) ~= nil
    if fits then return planned end
    return shown
  end
  local out = json.is_array(actual) and json.array {} or json.object {}
  for name, inner in pairs(actual) do
    local before, now = nil, shown
    if type(planned) == "table" then before = planned[name] end
    if type(shown) == "table" then now = shown[name] end
    out[name] = likened(before, inner, now)
  end
  return out
end

--- Returns the only planned write to the same place that is not sent yet, and
--- the body of the request to be shown beside that of the plan.
---@param request table
---@return table? write
---@return any body
function Pending:near(request)
  local write = self:only(request)
  local actual = write and json.decode(request.body or "")
  if type(actual) ~= "table" or type(write.body) ~= "table" then return nil end
  local planned = self:body_of(write)
  return write, likened(planned, actual, scrub.value(actual))
end

--- Returns the only planned write to the same place that is not sent yet.
function Pending:only(request)
  local kinds = self.places[translated(place_of(request.method,
    request.url, request.query), self.planned)] or {}
  local first
  for _, list in pairs(kinds) do
    for _, write in ipairs(list) do
      if not write.is_sent then
        if first then return nil end -- nobody knows which of them is meant
        first = write
      end
    end
  end
  return first
end

--- Returns the text of what a planned write may name ids in.
local function naming(write)
  return table.concat({ write.url, encoded(write.query or {}),
    write.body ~= nil and encoded(write.body) or "" }, " ")
end

--- Returns the planned writes that name a made-up id, in the plan's order.
function Pending:naming(id)
  local found = {}
  for _, write in ipairs(self.writes) do
    if not write.is_sent and naming(write):find(id, 1, true) then
      found[#found + 1] = write
    end
  end
  return found
end

--- Copies a value with the server's id in place of the made-up one.
local function renamed(value, made, id)
  if value == made then return id end
  if type(value) == "string" then
    return (value:gsub(made:gsub("%-", "%%-"), { [made] = tostring(id) }))
  elseif type(value) ~= "table" then
    return value
  end
  local out = json.is_array(value) and json.array {} or json.object {}
  for name, inner in pairs(value) do
    out[renamed(name, made, tostring(id))] = renamed(inner, made, id)
  end
  return out
end

local function escaped(id)
  return (tostring(math.tointeger(id) or id):gsub("[^%w%-._~]", function(byte)
    return ("%%%02X"):format(byte:byte())
  end))
end

--- Gives the planned writes that name a made-up id the id of the server.
function Pending:rename(made, id)
  for _, write in ipairs(self:naming(made)) do
    self:take_out(write)
    write.url = renamed(write.url, made, escaped(id))
    write.query = renamed(write.query, made, id)
    write.body = renamed(write.body, made, id)
    put(self.places, write)
  end
end

--- Returns true if a planned body may be that of a journal's write.  Each hides
--- secrets in its own way.
local function is_alike(planned, kept)
  if type(planned) == "table" and type(kept) == "table" then
    for name, inner in pairs(planned) do
      if not is_alike(inner, kept[name]) then return false end
    end
    for name in pairs(kept) do
      if planned[name] == nil then return false end
    end
    return true
  end
  for _, text in ipairs { planned, kept } do
    if type(text) == "string" and scrub.hides(text) then return true end
  end
  return planned == kept or is_time(planned) and is_time(kept)
end

--- Returns the first write of some lists that may be that of a journal.
function Pending:first_alike(kinds, body)
  local first
  for _, list in pairs(kinds) do
    for _, write in ipairs(list) do
      local is_before = not first or self.numbers[write] < self.numbers[first]
      if is_before and not write.is_sent
        and is_alike(self:body_of(write), body) then
        first = write
      end
    end
  end
  return first
end

--- Finds the planned write that a write of a journal was.  A journal does not
--- keep the query.
---@param method string
---@param url string
---@param body any   without secrets
---@return table? write
function Pending:find_sent(method, url, body)
  local place = place_of(method, url)
  local kinds = self.places[translated(place, self.planned)]
  local found = kinds and self:first_alike(kinds, body)
  if found then return found end
  url = translated(url, self.planned)
  for _, write in ipairs(self.writes) do
    if write.query and write.method == method and write.url == url
      and self:first_alike({ { write } }, body) then
      return write
    end
  end
end

--- Lets each planned write be found again.
function Pending:rewind()
  for _, write in ipairs(self.writes) do write.is_sent = nil end
  for _, kinds in pairs(self.places) do
    for _, list in pairs(kinds) do list.first = 1 end
  end
end

--- Returns the body of a planned write, with the ids that the server gave.
---@param write table
---@return any
function Pending:body_of(write)
  if write.body == nil then return nil end
  return json.decode(translated(encoded(write.body), self.ids))
end

--- Notes the id that the server gave to a created resource.
---@param write table
---@param id any
---@param is_any boolean   true: an id may be any text, as those of providers
---@return any id_given    nil for the API of the run
function Pending:give(write, id, is_any)
  if is_any then
    self:rename(write.id, id)
    return id
  end
  self.ids[write.id], self.planned[id] = id, write.id
end

--- Notes the id that the server gave, by its answer.
---@param write table
---@param response table
---@param id_of? fun(document: any, response: table): any   finds the id of
---  what a provider has made; nil: an answer of the run's API
function Pending:learn(write, response, id_of)
  local document = write.id and json.decode(response.body or "")
  if write.id and id_of then
    local id = id_of(document, response)
    return id ~= nil and self:give(write, id, true) or nil
  end
  if type(document) ~= "table" then return end
  local metadata = document[config.provider().documents.about]
  local id = type(metadata) == "table" and metadata.id
  if type(id) ~= "string" then return end
  self:give(write, id, false)
end

local M = {}

--- Makes the object that contains the pending writes.
---@param writes table[]  the writes of a saved plan
---@return mkrun.PendingWrites
function M.new(writes)
  local places, numbers = {}, {}
  for i, write in ipairs(writes) do
    put(places, write)
    numbers[write] = i
  end
  return setmetatable({ ids = {}, planned = {}, places = places,
    writes = writes, numbers = numbers }, Pending)
end

return M
