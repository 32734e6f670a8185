--- Reads a transport's options as a server would read the request: method,
--- path, query, parsed body, and the digest of the token.  `mkio.model.router`
--- and `mkio.plan.overlay` call this module.
---
--- The body is encoded as JSON and decoded again, even if the caller passes a
--- Lua value.  So the sandbox sees the same body as a real server, and shares
--- no table with the caller.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local operations = require "mkio.operations"
local secret = require "mkrun.secret"

---@class mkio.model.Request
---@field method string
---@field origin string         scheme, host and port, without user and password
---@field path string           the path, still percent-encoded
---@field query table<string, string>  the decoded parameters
---@field digest? string        SHA-256 of the bearer token, in hexadecimal
---@field content_type? string  the media type, without parameters
---@field text? string          the body as sent
---@field garbled? string       "path" or "query" if that part is invalid UTF-8
local M = {}

local function add_text(query, text)
  for pair in text:gmatch "[^&]+" do
    local name, value = pair:match "^([^=]*)=?(.*)$"
    name, value = name:gsub("+", " "), value:gsub("+", " ")
    query[operations.unescape(name)] = operations.unescape(value)
  end
end

local function add_value(query, name, value)
  if type(value) ~= "table" then
    query[name] = tostring(value)
    return
  end
  for _, item in ipairs(value) do query[name] = tostring(item) end
end

--- Reads the parameters of the URL, then the caller's: a map from names to
--- values or a list of pairs.  The last value of a name is used.
local function read_query(text, options)
  local query = {}
  add_text(query, text)
  for name, value in pairs(options or {}) do
    if math.type(name) == "integer" then name, value = value[1], value[2] end
    add_value(query, name, value)
  end
  return query
end

--- Returns the value of a header field, or nil.
---@param headers? table  a map from names to values, or a list of pairs
---@param wanted string   the name of the field, in lower case
---@return string?
function M.header(headers, wanted)
  for name, value in pairs(headers or {}) do
    if math.type(name) == "integer" then name, value = value[1], value[2] end
    if name:lower() == wanted then
      return type(value) == "table" and value[#value] or value
    end
  end
end

local function read_digest(options)
  if options.token then return options.token:digest() end
  local field = M.header(options.headers, "authorization")
  local text = field and field:match "^[Bb]earer +(%S+) *$"
  return text and secret.new(text, "bearer token"):digest()
end

local function read_content_type(options)
  local field = M.header(options.headers, "content-type")
  if field then return field:match("^[^;%s]*"):lower() end
  return options.json ~= nil and "application/json" or nil
end

--- Returns "path" or "query" if that part of the URL is not valid UTF-8, else
--- nil.  A name with invalid bytes could be stored, but not printed or saved.
local function garbled(path, query)
  if not utf8.len(operations.unescape(path)) then return "path" end
  for name, value in pairs(query) do
    if not utf8.len(name) or not utf8.len(value) then return "query" end
  end
end

--- Reads a transport's options.  Returns nil, a message and a code if no
--- request can be made from the options.
---@param options table   the options that every transport takes
---@return mkio.model.Request? request
---@return string? message
---@return string? code
function M.read(options)
  local origin, path, query =
    options.url:match "^(%a[%w+.-]*://[^/?#]+)([^?#]*)%??([^#]*)"
  if not origin then return nil, "not an absolute URL", "url" end
  local text = options.body
  if options.json ~= nil then
    local message
    text, message = json.encode(options.json)
    if not text then return nil, message, "json" end
  end
  local parameters = read_query(query, options.query)
  return {
    method = options.method or "GET", path = path,
    origin = origin:gsub("//.*@", "//"):lower(),
    query = parameters, garbled = garbled(path, parameters),
    digest = read_digest(options), text = text ~= "" and text or nil,
    content_type = read_content_type(options),
  }
end

return M
