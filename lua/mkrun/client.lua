--- Client for a JSON API: joins URLs, sends the token, decodes answers.
---
--- Every method returns a document and the response, or `nil, message, code`
--- and, when there was one, the response.  It raises only when it is called
--- wrongly.  Nothing is printed here, and sending again is the business of
--- `mkrun.layer.retry`.
-- SPDX-License-Identifier: MIT

local harmless = require "mkrun.printable"
local json = require "mkrun.json"
local secret = require "mkrun.secret"

---@class mkrun.ClientOptions
---@field base string                URL that every path is appended to
---@field token? userdata|string     sent as a bearer token to the origin of
---                                  `base` and nowhere else
---@field timeout? number            seconds for one request
---@field http? table                has a `request` function; for tests

---@class mkrun.RequestOptions
---@field query? table
---@field json? any                  body, as a value
---@field body? string               body, as text
---@field headers? table
---@field safe? boolean              may it be sent again?
---@field timeout? number            seconds
---@field accept? string             media types in place of JSON; an answer of
---                                  one of them is a text

---@class mkrun.Client
local Client = {}
Client.__index = Client
Client.__name = "mkrun.Client"

local REQUEST_OPTIONS = {
  query = true, json = true, body = true, headers = true, safe = true,
  timeout = true, accept = true,
}

local STATUS = {
  [400] = "bad request", [401] = "not authenticated", [403] = "not allowed",
  [404] = "not found", [405] = "method not allowed", [409] = "conflict",
  [413] = "body too large", [429] = "too many requests",
  [500] = "server error", [502] = "bad gateway",
  [503] = "service unavailable", [504] = "gateway timeout",
}

local function check_string(n, fname, value)
  if type(value) ~= "string" then
    error(("bad argument #%d to '%s' (string expected, got %s)")
      :format(n, fname, type(value)), 3)
  end
end

local function check_options(n, fname, options, known)
  for name in pairs(options) do
    if not known[name] then
      error(("bad argument #%d to '%s' (unknown option '%s')")
        :format(n, fname, tostring(name)), 3)
    end
  end
end

--- What a server says becomes part of a message, and of a log that a program
--- may read: it cannot begin a line there.
local function one_line(text)
  return harmless.line((text:gsub("%c+", " ")))
end

--- The words of an error answer, whatever the API calls them.
local function words_in(document)
  if type(document) ~= "table" then return nil end
  local inner = document.error
  if type(inner) == "string" then return one_line(inner) end
  if type(inner) == "table" then document = inner end
  for _, name in ipairs { "detail", "message", "title", "code" } do
    if type(document[name]) == "string" then
      return one_line(document[name])
    end
  end
end

local function problem(response)
  local document = json.decode(response.body or "")
  local words = words_in(document) or STATUS[response.status]
  local text = words and ("%d %s"):format(response.status, words)
    or tostring(response.status)
  local ref = type(document) == "table" and document.ref
  return type(ref) == "string"
    and ("%s (ref %s)"):format(text, one_line(ref)) or text
end

local function media_type(response)
  local kind = response.headers and response.headers["content-type"]
  return type(kind) == "string" and kind:lower():match "^[^;%s]+" or nil
end

--- Is the answer one of those that were asked for instead of JSON?
local function is_wanted(kind, accept)
  return kind ~= nil and accept ~= nil
    and accept:lower():find(kind, 1, true) ~= nil
end

--- A page of a proxy is no document, whatever its status says.
local function document_of(response, what, accept)
  if response.body == nil or response.body == "" then return nil, response end
  local kind = media_type(response)
  if is_wanted(kind, accept) then return response.body, response end
  if kind and not kind:find("json", 1, true) then
    return nil, ("%s: answer is %s, not %s"):format(what, kind,
      accept or "JSON"), "json", response
  end
  local document, message, code = json.decode(response.body)
  if document == nil then
    return nil, ("%s: %s"):format(what, message), code, response
  end
  return document, response
end

--- The caller's headers, a map or a list of pairs, and what we accept.
local function headers_for(own, accept)
  local headers = {}
  for name, value in pairs(own or {}) do
    if type(name) == "string" and name:lower() == "accept" then return own end
    headers[name] = value
  end
  headers.Accept = accept or "application/json"
  return headers
end

--- Send a request.
---@param method string
---@param path string      below `base`
---@param options? mkrun.RequestOptions
---@return any? document   nil when the answer has no body
---@return table|string response  or "PATCH /sites/42: 409 version conflict"
---@return string? code    "http" for a status outside 200-299
---@return table? response when there was an answer
function Client:request(method, path, options)
  check_string(1, "request", method)
  check_string(2, "request", path)
  if path:find "^%a[%w+.-]*://" then
    error("bad argument #2 to 'request' (a path below the base expected, got "
      .. "a URL)", 2)
  end
  options = options or {}
  check_options(3, "request", options, REQUEST_OPTIONS)
  local request = {}
  for name, value in pairs(options) do request[name] = value end
  request.accept, request.method = nil, method
  request.headers = headers_for(options.headers, options.accept)
  request.url = self.base .. "/" .. path:gsub("^/+", "")
  request.token = self.token
  request.timeout = options.timeout or self.timeout
  local response, message, code = self.http.request(request)
  if not response then return nil, message, code end
  local what = method .. " " .. path:gsub("[?#].*", "")
  if response.status < 200 or response.status > 299 then
    return nil, ("%s: %s"):format(what, problem(response)), "http", response
  end
  return document_of(response, what, options.accept)
end

--- Fetch a document.
---@param path string
---@param options? mkrun.RequestOptions
function Client:get(path, options)
  check_string(1, "get", path)
  return self:request("GET", path, options)
end

---@param path string
---@param options? mkrun.RequestOptions
function Client:delete(path, options)
  check_string(1, "delete", path)
  return self:request("DELETE", path, options)
end

---@param path string
---@param document any
function Client:post(path, document)
  check_string(1, "post", path)
  return self:request("POST", path, { json = document })
end

---@param path string
---@param document any
function Client:put(path, document)
  check_string(1, "put", path)
  return self:request("PUT", path, { json = document })
end

--- Send a JSON Patch (RFC 6902); returns the document as the server has it.
---@param path string
---@param operations mkrun.Operation[]
function Client:patch(path, operations)
  check_string(1, "patch", path)
  local headers = { ["Content-Type"] = "application/json-patch+json" }
  return self:request("PATCH", path, { json = operations, headers = headers })
end

local M = {}

local function bound_token(token, base)
  if token == nil then return nil end
  if type(token) == "string" then token = secret.new(token, "token") end
  if not secret.is(token) then
    error(("bad argument #1 to 'new' (option 'token': secret or string "
      .. "expected, got %s)"):format(type(token)), 3)
  end
  return token:bind(base)
end

local NEW_OPTIONS = { base = true, token = true, timeout = true, http = true }

---@param options mkrun.ClientOptions
---@return mkrun.Client
function M.new(options)
  check_options(1, "new", options, NEW_OPTIONS)
  if type(options.base) ~= "string" then
    error(("bad argument #1 to 'new' (option 'base': string expected, got %s)")
      :format(type(options.base)), 2)
  end
  local base = options.base:gsub("/+$", "")
  return setmetatable({
    base = base,
    token = bound_token(options.token, base),
    timeout = options.timeout,
    http = options.http or require "mkrun.http",
  }, Client)
end

return M
