--- Sends requests to a JSON API: joins URLs, sends the token, decodes answers.
--- Scripts and `mkrun.rest.session` call this module.
---
--- Every method returns the decoded body (the document) and the response.  On
--- failure a method returns `nil, message, code`, and the response if the
--- server answered.  A method raises only for wrong arguments.  This module
--- prints nothing and repeats no request: `mkrun.layer.retry` repeats
--- requests.
-- SPDX-License-Identifier: MIT

local colon = require "mkrun.host.colon"
local foreign = require "mkrun.foreign"
local harmless = require "mkrun.printable"
local json = require "mkrun.json"
local retry_after = require "mkrun.layer.retry_after"
local secret = require "mkrun.secret"

---@class mkrun.ClientOptions
---@field base string                URL; every path is appended to this URL
---@field token? userdata|string     sent as a bearer token to the origin of
---                                  `base` and nowhere else
---@field token_as? string           sends the token in another way: "basic", or
---                                  the name of a header field
---@field timeout? number            time limit of each request, in seconds
---@field http? table                replaces `mkrun.http` in tests; has a
---                                  function `request`

---@class mkrun.RequestOptions
---@field query? table               query of the URL: name -> value
---@field json? any                  body: a value to encode as JSON
---@field body? string               body: text that is sent unchanged
---@field headers? table             header fields: name -> value, or a list
---                                  of {name, value} pairs
---@field secrets? table             text of the body -> `mkrun.Secret` to send
---                                  in its place
---@field safe? boolean              true if the request may be sent twice
---@field timeout? number            time limit of the request, in seconds
---@field accept? string             media types to accept in place of JSON; an
---                                  answer of such a type is returned as text

---@class mkrun.Client
local Client = colon.class "mkrun.Client"

local REQUEST_OPTIONS = {
  query = true, json = true, body = true, headers = true, safe = true,
  timeout = true, accept = true, secrets = true,
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

--- Replaces the line breaks in a text from a server.  The text becomes part of
--- a message in a log, and a line break would let the server forge a line of
--- the log.
local function one_line(text)
  return harmless.line((text:gsub("%c+", " ")))
end

--- Returns the error message in the document of an answer, or nil.  APIs use
--- different member names for the message.
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

--- Returns what an answer outside 200-299 says.
local function words_of(response, document)
  local page = foreign.page(response)
  local words = words_in(document) or foreign.redirect(response)
    or STATUS[response.status]
  if not page then return words end
  return (words and words .. ", " or "") .. page .. " and no JSON"
end

local function problem(response)
  local document = json.decode(response.body or "")
  local words = words_of(response, document)
  local text = words and ("%d %s"):format(response.status, words)
    or tostring(response.status)
  local refusal = retry_after.refusal(response)
  if refusal then text = text .. "; " .. refusal end
  local ref = type(document) == "table" and document.ref
  return type(ref) == "string"
    and ("%s (ref %s)"):format(text, one_line(ref)) or text
end

local function media_type(response)
  local kind = response.headers and response.headers["content-type"]
  return type(kind) == "string" and kind:lower():match "^[^;%s]+" or nil
end

--- Returns true if the option `accept` names the media type `kind`.
local function is_wanted(kind, accept)
  return kind ~= nil and accept ~= nil
    and accept:lower():find(kind, 1, true) ~= nil
end

--- Returns the decoded body.  Refuses a body that is neither JSON nor of a
--- media type in `accept`, such as a proxy's HTML page with status 200.
local function document_of(response, what, accept)
  if response.body == nil or response.body == "" then return nil, response end
  local kind = media_type(response)
  if is_wanted(kind, accept) then return response.body, response end
  local page = foreign.page(response)
  if page or kind and not kind:find("json", 1, true) then
    return nil, ("%s: answer is %s, not %s"):format(what, page or kind,
      accept or "JSON"), "json", response
  end
  local document, message, code = json.decode(response.body)
  if document == nil then
    return nil, ("%s: %s"):format(what, message), code, response
  end
  return document, response
end

--- Returns the caller's header fields with a field `Accept`.  If the caller has
--- set `Accept`, the fields stay unchanged.
local function headers_for(own, accept)
  local headers = {}
  for name, value in pairs(own or {}) do
    if type(name) == "string" and name:lower() == "accept" then return own end
    headers[name] = value
  end
  headers.Accept = accept or "application/json"
  return headers
end

--- Sends a request.
---@param method string    HTTP method, such as "GET"
---@param path string      path to append to `base`; must not be a whole URL
---@param options? mkrun.RequestOptions
---@return any? document   the decoded body; nil on failure or without a body
---@return table|string response  on failure an error message: "PATCH
---  /sites/42: 409 version conflict"
---@return string? code    on failure the error code; "http" for a status
---  outside 200-299
---@return table? response  on failure the response, if the server answered
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
  request.token, request.token_as = self.token, self.token_as
  request.timeout = options.timeout or self.timeout
  local response, message, code = self.http.request(request)
  if not response then return nil, message, code end
  local what = method .. " " .. path:gsub("[?#].*", "")
  if response.status < 200 or response.status > 299 then
    return nil, ("%s: %s"):format(what, problem(response)), "http", response
  end
  return document_of(response, what, options.accept)
end

--- Sends a GET request.  Returns the same values as `Client:request`.
---@param path string  path to append to `base`
---@param options? mkrun.RequestOptions
function Client:get(path, options)
  check_string(1, "get", path)
  return self:request("GET", path, options)
end

--- Sends a DELETE request.  Returns the same values as `Client:request`.
---@param path string  path to append to `base`
---@param options? mkrun.RequestOptions
function Client:delete(path, options)
  check_string(1, "delete", path)
  return self:request("DELETE", path, options)
end

--- Sends a POST request.  Returns the same values as `Client:request`.
---@param path string   path to append to `base`
---@param document any  the body: a value to encode as JSON
function Client:post(path, document)
  check_string(1, "post", path)
  return self:request("POST", path, { json = document })
end

--- Sends a PUT request.  Returns the same values as `Client:request`.
---@param path string   path to append to `base`
---@param document any  the body: a value to encode as JSON
function Client:put(path, document)
  check_string(1, "put", path)
  return self:request("PUT", path, { json = document })
end

--- Sends a PATCH request with a JSON Patch (RFC 6902).  Returns the same values
--- as `Client:request`.
---@param path string  path to append to `base`
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

local NEW_OPTIONS = { base = true, token = true, token_as = true,
  timeout = true, http = true }

--- Makes a client.  Raises if an option is unknown or has the wrong type.
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
    token_as = options.token and options.token_as,
    timeout = options.timeout,
    http = options.http or require "mkrun.http",
  }, Client)
end

return M
