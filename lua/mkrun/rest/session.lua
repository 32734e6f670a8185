--- Sends the operations of an API with one token.  The resources call this
--- module.
---
--- A session checks each body before it sends the body, and each answer when it
--- arrives.  It raises `mkrun.rest.Error` on every failure.  It turns each
--- secret in an answer into a `mkrun.Secret` before it returns the answer.
-- SPDX-License-Identifier: MIT

local client = require "mkrun.client"
local json = require "mkrun.json"
local retry_after = require "mkrun.layer.retry_after"

local errors = require "mkrun.rest.error"
local newer = require "mkrun.rest.newer"
local shape = require "mkrun.rest.shape"
local value = require "mkrun.value"

---@class mkrun.rest.Session
---@field provider mkrun.rest.Provider
---@field base string   URL of the API
---@field token? mkrun.Secret
---@field client mkrun.Client
---@field anonymous mkrun.Client   a client without the token
local Session = {}
Session.__index = Session
Session.__name = "mkrun.rest.Session"

---@class mkrun.rest.Call: mkrun.rest.CallOptions
---@field path? table<string, string>   name of a path parameter -> value
---@field query? table
---@field body? table

--- Returns the API's error document, or {} for a proxy's HTML page.
local function problem_in(response)
  local document = json.decode(response.body or "")
  return type(document) == "table" and document or {}
end

--- Returns "bad gateway" for "GET https://host/path: 502 bad gateway".  An
--- error has separate fields for method, path and status.
local function bare(message)
  return (message:gsub("^%u+ %S+: ", "", 1):gsub("^%d%d%d ", "", 1))
end

--- Returns a member of an error answer, or nil if the member is not a text.
local function said_in(answer, ...)
  local said = value.dig(answer, ...)
  return type(said) == "string" and said or nil
end

--- Returns the error text inside an incomplete answer, or nil.  Some servers
--- send an error with status 200.
local function words_of(answer)
  local words = said_in(answer, "error", "detail")
    or said_in(answer, "error", "code")
  return words and ("it says: %s"):format(words) or nil
end

--- Raises if the answer lacks a needed member.
local function check_answer(self, operation, path, answer, response, part)
  local ok, pointer, expected =
    self.provider.answers.check(operation, answer, part)
  if ok then return end
  error(errors.new {
    method = operation.method, path = path, status = response.status,
    code = "answer", operation = operation.key, pointer = pointer,
    detail = ("answer to %s, %s: %s"):format(operation.key,
      shape.place(pointer), expected),
    ref = said_in(answer, "ref"), hint = words_of(answer),
    response = response,
  }, 0)
end

local function extra_in(answer)
  local extra = value.dig(answer, "error", "extraDetail")
  return type(extra) == "table" and extra or nil
end

--- Returns what an error answer says, and why it was not asked for again.
local function detail_of(said, message, response)
  local detail = said_in(said, "error", "detail")
  local refusal = response and retry_after.refusal(response)
  if not detail then return bare(message) end
  return refusal and detail .. "; " .. refusal or detail
end

--- Returns the error for a failed request.  A provider with `read_error` has
--- error answers of its own form.
local function error_from(provider, operation, path, message, code, response)
  local said = response and problem_in(response) or {}
  if provider.read_error then said = provider.read_error(said) end
  return errors.new {
    method = operation.method, path = path,
    status = response and response.status,
    code = said_in(said, "error", "code") or code,
    detail = detail_of(said, message, response),
    extra = extra_in(said),
    ref = said_in(said, "ref"), response = response,
  }
end

--- Returns true if a DELETE probably took effect at an earlier attempt, because
--- the last attempt found nothing to delete.
local function already_gone(provider, operation, response)
  return operation.method == "DELETE" and response ~= nil
    and response.status == 404 and response.may_be_done == true
    and (not provider.is_absent or provider.is_absent(response))
end

local function checked_body(schema, operation, path, body)
  if not operation.body then return nil end
  body = schema.mark(operation.body, body)
  local ok, pointer, expected = schema.check(operation.body, body)
  if ok then
    newer.warn(schema.newer(operation.body, body), function(place)
      return ("%s %s, body %s"):format(operation.method, path,
        shape.place(place))
    end)
    return body
  end
  error(errors.new {
    method = operation.method, path = path, code = "body",
    detail = ("not sent, body %s: %s")
      :format(shape.place(pointer), expected),
  }, 0)
end

--- Takes the secrets out of a body, if the provider sends some.
---@return any body
---@return table<string, mkrun.Secret>? secrets   for `mkrun.http`
local function without_secrets(self, operation, body)
  local hide = body ~= nil and self.provider.hide
  if not hide then return body end
  return hide(operation.body, body)
end

local function may_repeat(self, operation, body)
  if operation.safe == "entries" then return self.provider.repeatable(body) end
  return operation.safe
end

--- The request that failed, for the provider's `hint`.
---@class mkrun.rest.SentCall
---@field operation mkrun.rest.Operation
---@field path string
---@field body? any
---@field absent? boolean

--- Raises the error for a failed request, with a hint.  If the function that
--- makes the hint fails, the error has no hint.
local function fail(self, call, message, code, answer)
  local problem =
    error_from(self.provider, call.operation, call.path, message, code, answer)
  local ok, hint = pcall(self.provider.hint, self, call, problem)
  problem.hint = ok and hint or nil
  error(problem, 0)
end

--- Returns the error for a failed request to a declared provider, for those
--- that send requests without a session.
---@param provider mkrun.rest.DeclaredProvider
---@param method string
---@param path string
---@param message string   of `mkrun.client`, as are `code` and `answer`
---@param code? string
---@param answer? table
---@return mkrun.rest.Error
function Session.problem(provider, method, path, message, code, answer)
  local call = { operation = { method = method }, path = path }
  local _, problem = pcall(fail, { provider = provider }, call, message, code,
    answer)
  return problem
end

--- Returns true if the API itself, and not a proxy, answered with 404.
local function is_absent(provider, answer)
  if provider.is_absent then return provider.is_absent(answer) end
  if answer == nil or answer.status ~= 404 then return false end
  return value.dig(problem_in(answer), "error") ~= nil
end

--- Handles a request that got no document.  Returns nil and the status if no
--- document was expected, or raises an error.
local function without_document(self, call, response, code, answer)
  if type(response) ~= "table" then
    if call.absent and is_absent(self.provider, answer)
      or already_gone(self.provider, call.operation, answer) then
      return nil, answer.status
    end
    fail(self, call, response, code, answer)
  elseif not call.operation.empty then
    check_answer(self, call.operation, call.path, nil, response)
  end
  return nil, response.status
end

--- Raises: a success of this status is none for this operation.
local function check_status(self, operation, path, response)
  fail(self, { operation = operation, path = path },
    ("not a status of %s"):format(operation.key), "answer", response)
end

--- Returns true if the answer must be checked.  A text, and an answer that the
--- caller ignores, are not checked.
local function is_looked_at(operation, document, options)
  return not operation.empty and not options.unread
    and not (options.accept and type(document) == "string")
end

--- Sends an operation to a path whose parameters are filled in.
--- `mkrun.rest.list` calls this method for each page.
---@param operation mkrun.rest.Operation
---@param path string
---@param options mkrun.rest.Call   its field `path` is not used
---@return any document     nil if the operation has none
---@return integer status
---@return table? response   of a document
function Session:send(operation, path, options)
  local body, secrets = without_secrets(self, operation,
    checked_body(self.provider.schema, operation, path, options.body))
  local sender = operation.auth == "none" and self.anonymous or self.client
  local document, response, code, answer =
    sender:request(operation.method, path, {
      query = options.query, json = body, secrets = secrets,
      accept = options.accept,
      headers = body and { ["Content-Type"] = operation.content_type },
      safe = may_repeat(self, operation, body),
    })
  if operation.only and type(response) == "table"
    and not operation.only[response.status] then
    check_status(self, operation, path, response)
  end
  if document == nil then
    local call = { operation = operation, path = path, body = body,
      absent = options.absent }
    return without_document(self, call, response, code, answer)
  end
  if is_looked_at(operation, document, options) then
    check_answer(self, operation, path, document, response, options.needs)
  end
  self.provider.seal(operation, document)
  return document, response.status, response
end

--- Sends the operation `key` and returns the decoded answer.  Raises on
--- failure.
---@param key string          key of the operation: "teams.patch"
---@param options? mkrun.rest.Call
---@return any document
---@return integer status
function Session:call(key, options)
  local operations = self.provider.operations
  local operation = operations.by_key[key]
  options = options or {}
  local path = operations.expand(operation.path, options.path)
  local document, status = self:send(operation, path, options)
  return document, status
end

--- Makes a session at the same API with another token.
---@param token mkrun.Secret
---@return mkrun.rest.Session
function Session:with_token(token)
  return self.new { provider = self.provider, base = self.base, token = token,
    token_as = self.token_as, timeout = self.timeout, http = self.http }
end

--- Makes a session.
---@param options {provider: mkrun.rest.Provider, base: string,
---  token: mkrun.Secret?, token_as: string?, timeout: number?, http: table?}
---  `token_as` as for a request; `timeout` in seconds; `http` replaces
---  `mkrun.http` in tests
---@return mkrun.rest.Session
function Session.new(options)
  local function connect(token)
    return client.new { base = options.base, token = token,
      token_as = options.token_as, timeout = options.timeout,
      http = options.http }
  end
  return setmetatable({
    provider = options.provider, base = options.base, token = options.token,
    token_as = options.token_as, timeout = options.timeout, http = options.http,
    client = connect(options.token), anonymous = connect(nil),
  }, Session)
end

return Session
