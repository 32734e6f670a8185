--- One token at one API: sends the operations of `mkio.operations`.
---
--- Checks each body before it is sent, raises `mkio.Error` on every failure,
--- and turns a JWT in an answer into a secret before anybody sees it.
-- SPDX-License-Identifier: MIT

local client = require "mkrun.client"
local json = require "mkrun.json"
local secret = require "mkrun.secret"

local dialect = require "mkio.dialect"
local errors = require "mkio.error"
local hints = require "mkio.hint"
local operations = require "mkio.operations"
local schema = require "mkio.schema"
local shape = require "mkio.shape"
local value = require "mkio.value"

---@class mkio.Session
---@field base string
---@field token? userdata
---@field client mkrun.Client
local Session = {}
Session.__index = Session
Session.__name = "mkio.Session"

---@class mkio.Call
---@field path? table<string, string>   values for the path template
---@field query? table
---@field body? table

--- The API's own words in an error answer; a proxy's page has none.
local function problem_in(response)
  local document = json.decode(response.body or "")
  return type(document) == "table" and document or {}
end

--- "GET https://host/path: 502 bad gateway" without what the error says
--- anyway.
local function bare(message)
  return (message:gsub("^%u+ %S+: ", "", 1):gsub("^%d%d%d ", "", 1))
end

--- A member of an error answer, where it is a text.
local function said_in(answer, ...)
  local said = value.dig(answer, ...)
  return type(said) == "string" and said or nil
end

local function error_from(operation, path, message, code, response)
  local said = response and problem_in(response) or {}
  return errors.new {
    method = operation.method, path = path,
    status = response and response.status,
    code = said_in(said, "error", "code") or code,
    detail = said_in(said, "error", "detail") or bare(message),
    ref = said_in(said, "ref"), response = response,
  }
end

--- A DELETE that was sent twice and finds nothing has done its work.
local function already_gone(operation, response)
  return operation.method == "DELETE" and response ~= nil
    and response.status == 404 and (response.attempts or 1) > 1
end

local function checked_body(operation, path, body)
  if not operation.body then return nil end
  body = schema.mark(operation.body, body)
  local ok, pointer, expected = schema.check(operation.body, body)
  if ok then return body end
  error(errors.new {
    method = operation.method, path = path, code = "body",
    detail = ("not sent, body %s: %s")
      :format(shape.place(pointer), expected),
  }, 0)
end

local function may_repeat(operation, body)
  if operation.safe == "entries" then return dialect.repeatable(body) end
  return operation.safe
end

local function seal_token(document)
  local jwt = value.dig(document, "metadata", "JWT")
  if type(jwt) ~= "string" then return end
  local name = value.dig(document, "spec", "description")
    or value.dig(document, "metadata", "id") or "token"
  document.metadata.JWT = secret.new(jwt, "token '" .. name .. "'")
end

--- No JWT leaves this file as a string.
local function seal(document)
  if type(document) ~= "table" then return end
  seal_token(document)
  for _, item in ipairs(value.dig(document, "value") or {}) do
    seal_token(item)
  end
end

--- Send one operation on a path that is ready; used for paging too.
---@return any document     nil where the operation has none
---@return integer status
function Session:send(operation, path, options)
  local body = checked_body(operation, path, options.body)
  local document, response, code, answer =
    self.client:request(operation.method, path, {
      query = options.query, json = body,
      headers = body and { ["Content-Type"] = operation.content_type },
      safe = may_repeat(operation, body),
    })
  if document == nil and type(response) ~= "table" then
    if already_gone(operation, answer) then return nil, answer.status end
    local problem = error_from(operation, path, response, code, answer)
    problem.hint = hints.of(self, operation, problem)
    error(problem, 0)
  elseif document == nil and not operation.empty then
    error(errors.new { method = operation.method, path = path, code = "json",
      status = response.status, detail = "answer without a body" }, 0)
  end
  seal(document)
  return document, response.status
end

--- Send the operation `key`; returns the decoded answer, raises on failure.
---@param key string          "teams.patch"
---@param options? mkio.Call
---@return any document
---@return integer status
function Session:call(key, options)
  local operation = operations.by_key[key]
  options = options or {}
  local path = operations.expand(operation.path, options.path)
  return self:send(operation, path, options)
end

--- The same API with another token.
---@param token userdata
---@return mkio.Session
function Session:with_token(token)
  return self.new { base = self.base, token = token, timeout = self.timeout,
    http = self.http }
end

---@param options {base: string, token: userdata?, timeout: number?,
---  http: table?}   `http` is in place of `mkrun.http`, for tests
---@return mkio.Session
function Session.new(options)
  return setmetatable({
    base = options.base, token = options.token, timeout = options.timeout,
    http = options.http,
    client = client.new { base = options.base, token = options.token,
      timeout = options.timeout, http = options.http },
  }, Session)
end

return Session
