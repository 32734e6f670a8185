--- Writes HTTP Archive 1.2 (HAR): requests and their answers in the format of
--- browsers.  `mkrun.journal.har_read` reads it.  `--record`, `--replay` and
--- `mkrun.plan` use this module.  A text is not written if the text's name or
--- form shows that the text is a secret.
-- SPDX-License-Identifier: MIT

local machine = require "mkrun.backend".machine
local base64 = require "mkrun.base64"
local json = require "mkrun.json"
local own_file = require "mkrun.host.own_file"
local patch = require "mkrun.patch"
local places = require "mkrun.journal.place"
local reading = require "mkrun.journal.har_read"
local scrub = require "mkrun.journal.scrub"
local secret = require "mkrun.secret"
local sys = require "mkrun.sys"

local M = { content = reading.content, header = reading.header,
  read = reading.read, cut_off = reading.cut_off }

-- Reading a request ----------------------------------------------------------

--- Returns the method of a request in capital letters.
---@param request table
---@return string
function M.method(request) return (request.method or "GET"):upper() end

--- Returns the body of a request as text, or nil without a body.
---@param request table
---@return string?
function M.body(request)
  if request.body then return request.body end
  return request.json ~= nil and json.encode(request.json) or nil
end

local function unescape(text)
  return (text:gsub("+", " "):gsub("%%(%x%x)", function(digits)
    return string.char(tonumber(digits, 16))
  end))
end

local function escape(text)
  return (text:gsub("[^%w%-._~]", function(c)
    return ("%%%02X"):format(c:byte())
  end))
end

local function add_pair(pairs_found, name, value)
  for _, item in ipairs(type(value) == "table" and value or { value }) do
    pairs_found[#pairs_found + 1] = { name = name, value = tostring(item) }
  end
end

--- Returns the names and values in the URL's query, followed by the names and
--- values in `query`.
local function query_of(url, query)
  local found, own = json.array {}, {}
  for pair in (url:match "%?([^#]*)" or ""):gmatch "[^&]+" do
    local name, value = pair:match "^([^=]*)=?(.*)$"
    add_pair(found, unescape(name), unescape(value))
  end
  for name, value in pairs(query or {}) do
    if math.type(name) == "integer" then name, value = value[1], value[2] end
    add_pair(own, name, value)
  end
  table.sort(own, function(a, b) return a.name < b.name end)
  return table.move(own, 1, #own, #found + 1, found)
end

--- Returns a URL without user and query.  Bytes that are not UTF-8 are
--- percent-encoded.
local function bare(url)
  url = url:gsub("[?#].*", ""):gsub("^(%a+://)[^/]*@", "%1")
  return scrub.texts(utf8.len(url) and url or url:gsub("[\x80-\xFF]", escape))
end

local function with_query(url, query)
  local words = {}
  for i, pair in ipairs(query) do
    words[i] = escape(pair.name) .. "=" .. escape(pair.value)
  end
  return #words == 0 and url or url .. "?" .. table.concat(words, "&")
end

--- Returns the path and query of a request: "/api/v1/projects?top=5".  Two
--- requests are the same if this text, the methods and the bodies are equal.
--- The text has no server name and no times, and the query is sorted.
---@param url string
---@param query? table
---@return string
function M.target(url, query)
  local words = {}
  for i, pair in ipairs(query_of(url, query)) do
    local value = scrub.member(pair.name, pair.value)
      :gsub("%d+%-%d%d%-%d%dT[%d:.]+Z", "(time)")
    words[i] = pair.name .. "=" .. value
  end
  table.sort(words)
  local path = bare(url):match "^%a[%w+.-]*://[^/]*(.*)$" or bare(url)
  if path == "" then path = "/" end
  return #words == 0 and path or path .. "?" .. table.concat(words, "&")
end

-- Writing an entry -----------------------------------------------------------

local function add_header(list, name, value)
  for _, item in ipairs(type(value) == "table" and value or { value }) do
    if name:lower() == "set-cookie" then item = scrub.word end
    list[#list + 1] = { name = name, value = scrub.member(name,
      tostring(item)) }
  end
end

--- Converts header fields to HAR's list.  The argument is a table with members
--- (name -> value), with elements ({name, value}), or with members and
--- elements.
local function headers_of(headers)
  local list, names = json.array {}, {}
  for name, value in pairs(headers or {}) do
    if type(name) == "string" then names[#names + 1] = name
    else add_header(list, value[1], value[2]) end
  end
  table.sort(names)
  for _, name in ipairs(names) do add_header(list, name, headers[name]) end
  return list
end

--- Returns a body without its secrets, as text or as base64.
---@param hide fun(value: any): any  removes a provider's secrets
---@return string text
---@return string? encoding  "base64"; nil for text
local function content_of(body, hide)
  if not utf8.len(body) then
    return base64.encode(scrub.texts(body)), "base64"
  end
  local value = json.decode(body)
  local clean = value ~= nil and hide(value)
  if value == nil or patch.equal(clean, value) then return scrub.texts(body) end
  return assert(json.encode(clean, { sort = true }))
end

--- Returns the member `postData`.  HAR has no member for the encoding of a
--- request's body, so mkrun adds a member `_encoding`.
local function post_data(body, headers, hide)
  if not body then return nil end
  local text, encoding = content_of(body, hide)
  return { mimeType = M.header(headers, "content-type") or "", text = text,
           _encoding = encoding }
end

--- Returns the header field that carries the token of a request.
local function token_field(token_as)
  local is_own = token_as ~= nil and token_as ~= "basic"
  return is_own and token_as or "Authorization"
end

local function request_of(request, hide)
  local body, query = M.body(request), query_of(request.url, request.query)
  local headers = headers_of(request.headers)
  if request.json ~= nil and not M.header(headers, "content-type") then
    add_header(headers, "Content-Type", "application/json")
  end
  if request.token then
    add_header(headers, token_field(request.token_as), scrub.word)
  end
  for _, pair in ipairs(query) do
    pair.value = scrub.member(pair.name, pair.value)
  end
  return {
    method = M.method(request), url = with_query(bare(request.url), query),
    httpVersion = "HTTP/1.1", cookies = json.array {}, headers = headers,
    queryString = query, headersSize = -1, bodySize = #(body or ""),
    postData = post_data(body, headers, hide),
  }
end

local function version_of(response)
  return "HTTP/" .. (response.http_version or "1.1")
end

local function response_of(response, hide)
  local headers = headers_of(response.header_list or response.headers)
  local body = response.body or ""
  local text, encoding = content_of(body, hide)
  return {
    status = response.status, statusText = "",
    httpVersion = version_of(response), cookies = json.array {},
    headers = headers, headersSize = -1, bodySize = response.bytes or #body,
    redirectURL = M.header(headers, "location") or "",
    content = {
      size = #body, mimeType = M.header(headers, "content-type") or "",
      text = text, encoding = encoding,
    },
  }
end

--- Returns the HAR response for a request without an answer.  As in browsers,
--- the status is 0, and a member contains the reason.
local function no_response(message, code, hide)
  local response = response_of({ status = 0 }, hide)
  response._error = code or "failed"
  response._message = message
  return response
end

local function milliseconds(seconds)
  return math.floor(seconds * 1e6 + 0.5) / 1000
end

--- Returns the durations of a request's phases in milliseconds.  In HAR, -1
--- means that a phase does not apply.
local function timings_of(time, seconds)
  time = time or {}
  local connect = math.max(time.tls or 0, time.connect or 0)
  local first = math.max(time.first_byte or seconds, connect)
  return {
    blocked = -1, dns = -1, send = 0,
    connect = connect > 0 and milliseconds(connect) or -1,
    ssl = (time.tls or 0) > 0
      and milliseconds(time.tls - (time.connect or 0)) or -1,
    wait = milliseconds(first - connect),
    receive = milliseconds(math.max(seconds - first, 0)),
  }
end

local function moment(seconds)
  return (sys.iso8601(math.floor(seconds)):gsub("Z$",
    (".%03dZ"):format(math.floor(seconds % 1 * 1000))))
end

--- Returns a text as valid UTF-8.  A text that is not UTF-8 is read as Latin-1,
--- as browsers do with header fields.
local function utf8_of(text)
  if utf8.len(text) then return text end
  return (text:gsub("[\x80-\xFF]", function(c) return utf8.char(c:byte()) end))
end

--- Redacts each text of an entry separately.  In the encoded entry, a secret
--- could also match the JSON around the texts.
local function texts_of(entry)
  for name, value in pairs(entry) do
    if type(value) == "table" then texts_of(value)
    elseif type(value) == "string" then
      entry[name] = utf8_of(secret.redact(value))
    end
  end
  return entry
end

--- Makes the HAR entry of a request and its outcome.
---@param request table
---@param started number  time of the request, in seconds since 1970
---@param seconds number  duration of the request, in seconds
---@param response? table
---@param message? string  error message if there is no response
---@param code? string     error code if there is no response
---@return table entry
function M.entry(request, started, seconds, response, message, code)
  local place = places.of(request, {})
  local function hide(value)
    return places.hide(place, request, scrub.texts, value)
  end
  local own = request_of(request, hide)
  if response then own.httpVersion = version_of(response) end
  return texts_of {
    startedDateTime = moment(started), time = milliseconds(seconds),
    request = own, cache = json.object {},
    response = response and response_of(response, hide)
      or no_response(message, code, hide),
    timings = timings_of(response and response.time, seconds),
  }
end

-- A file of entries ----------------------------------------------------------

local TAIL <const> = reading.TAIL

---@class mkrun.HarFile
local File = {}
File.__index = File

--- Creates a HAR file with mode 0600.  The file is a complete archive after
--- each added entry.
---@param path string
---@param version string  version of mkrun
---@return mkrun.HarFile? file
---@return string? message
function M.create(path, version)
  local fault = own_file.fault(path, '^%s*{%s*"log"', "no recording")
  if fault then return nil, fault end
  local creator = json.encode({ name = "mkrun", version = version },
    { sort = true })
  local head = ('{"log":{"version":"1.2","creator":%s,"pages":[],"entries":[')
    :format(creator)
  -- `sys.write` itself writes nothing in a dry run.
  local done, message = machine["sys.write"](path, head .. TAIL, "600")
  if not done then return nil, message end
  local handle, why = io.open(path, "r+b")
  if not handle then return nil, why end
  handle:setvbuf "no" -- one write for each entry, so that no entry is partial
  return setmetatable({ handle = handle, path = path, separator = "\n" }, File)
end

--- Writes the end of the archive at position `at` after a failed write, and
--- fills the rest of the file with blanks.
local function restore(handle, at)
  local rest = handle:seek "end" - at - #TAIL
  handle:seek("set", at)
  handle:write(TAIL, (" "):rep(rest))
end

--- Adds an entry.
---@param entry table   the result of `M.entry`
---@return boolean done
---@return string? message
function File:add(entry)
  local text = assert(json.encode(entry, { sort = true }))
  local at, message = self.handle:seek("end", -#TAIL)
  local done = at
  if at then
    done, message = self.handle:write(self.separator .. text .. TAIL)
    if not done then restore(self.handle, at) end
  end
  self.separator = ",\n"
  return done ~= nil, message and self.path .. ": " .. message
end

return M
