--- Reads the entries of a recording as requests to the API and their answers.
--- `mkio.likeness.player` calls this module.
-- SPDX-License-Identifier: MIT

local har = require "mkrun.journal.har_read"
local json = require "mkrun.json"
local operations = require "mkio.operations"
local sys = require "mkrun.sys"
local dig = require "mkrun.value".dig

---@class mkio.likeness.Entry
---@field number integer    the place in the recording, from 1
---@field method string
---@field path string       the path at the root of the API's host
---@field query table<string, string>
---@field operation? mkrun.rest.Operation   nil if the API has no such operation
---@field params table<string, string>
---@field body? string      the body of the request
---@field content_type? string
---@field has_token boolean
---@field status integer    0 if no answer came
---@field text string       the body of the answer
---@field document any      the decoded body of the answer; nil without JSON
---@field time number       the time of the answer, in seconds since 1970
---@field other? boolean    true for a request to another server

local M = {}

--- Words that begin the paths of the API.
local BEGINNINGS <const> = { "/api/", "/.well%-known/" }

--- Divides a URL into the base of the API, the path and the query.
local function split(url)
  local place, query = url:match "^([^?#]*)%??([^#]*)"
  for _, word in ipairs(BEGINNINGS) do
    local at = place:find(word)
    if at then return place:sub(1, at - 1), place:sub(at), query end
  end
  local origin, path = place:match "^(%a[%w+.-]*://[^/]*)(.*)$"
  return origin or place, path or "", query
end

--- Returns the value of a header field, or nil.  A recording of another program
--- may have any header fields.
local function header(list, wanted)
  for _, field in ipairs(type(list) == "table" and list or {}) do
    local name, value = dig(field, "name"), dig(field, "value")
    if type(name) == "string" and type(value) == "string"
      and name:lower() == wanted then
      return value
    end
  end
end

local function query_of(text)
  local found = {}
  for pair in text:gmatch "[^&]+" do
    local name, value = pair:match "^([^=]*)=?(.*)$"
    found[operations.unescape((name:gsub("+", " ")))] =
      operations.unescape((value:gsub("+", " ")))
  end
  return found
end

--- Returns the base to which most requests with operations went.
local function base_of(raw)
  local counts, best = {}, nil
  for _, one in ipairs(raw) do
    local base, path = split(one.request.url)
    if operations.match(one.request.method:upper(), path) then
      counts[base] = (counts[base] or 0) + 1
      if not best or counts[base] > counts[best] then best = base end
    end
  end
  return best
end

local function time_of(raw)
  local date = header(raw.response.headers, "date")
  local text = raw.startedDateTime
  return date and sys.parse_time(date)
    or type(text) == "string" and sys.parse_time(text) or sys.now()
end

--- Returns the decoded body of an answer, or nil.
local function document_of(text)
  if text == "" then return nil end
  return (json.decode(text))
end

--- The recorded place in a list is hidden, because its name has "token" in it.
--- The answer tells the place.
local function mend_place(query, document)
  local place = query["$skiptoken"]
  if not place or place:find "^%d+$" then return end
  local start = dig(document, "supplemental", "pagination", "start")
  query["$skiptoken"] = math.type(start) == "integer" and start >= 0
    and tostring(start) or "0"
end

--- Returns the operation of a request and the parameters in its path.  A path
--- whose parameters are no text in UTF-8 is none of the API's.
local function operation_of(method, path)
  local operation, params = operations.match(method, path)
  for _, text in pairs(operation and params or {}) do
    if not utf8.len(text) then return nil, {} end
  end
  return operation, operation and params or {}
end

local function has_token(raw)
  return header(raw.request.headers, "authorization") ~= nil
end

--- Browsers may leave out the tokens when they save a recording.
local function has_tokens(raw)
  for _, one in ipairs(raw) do
    if has_token(one) then return true end
  end
  return false
end

local function entry_of(raw, number, home, shows_tokens)
  local request, response = raw.request, raw.response
  local base, path, query = split(request.url)
  local text = har.content(response.content) or ""
  local entry = {
    number = number, method = request.method:upper(), path = path,
    query = query_of(query), body = har.content(request.postData),
    content_type = header(request.headers, "content-type"),
    has_token = not shows_tokens or has_token(raw),
    status = response.status, text = text, document = document_of(text),
    time = time_of(raw), other = base ~= home or nil,
  }
  entry.operation, entry.params = operation_of(entry.method, entry.path)
  mend_place(entry.query, entry.document)
  return entry
end

--- Reads entries.
---@param raw table[]   entries of a HAR file, as `har.read` returns them
---@return mkio.likeness.Entry[]
function M.read(raw)
  local home, shows_tokens, list = base_of(raw), has_tokens(raw), {}
  for i, one in ipairs(raw) do
    list[i] = entry_of(one, i, home, shows_tokens)
  end
  return list
end

return M
