--- Returns a hint for a failed request: the next thing to try.
--- `mkrun.rest.session` calls it and adds the hint to the error.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local sys = require "mkrun.sys"

local conflict = require "mkio.hint.conflict"
local names = require "mkio.hint.names"
local operations = require "mkio.operations"
local rights = require "mkio.hint.rights"
local value = require "mkrun.value"

local M = {}

--- Functions that read from the API to find a hint.  A read that fails raises
--- no error.
---@class mkio.Glance
---@field document fun(key: string, parameters?: table): table?  answer to an
---  operation
---@field list fun(key: string, parameters?: table): table[]  first page

---@return mkio.Glance
local function glances(session)
  local glance = {}
  function glance.document(key, parameters)
    local operation = operations.by_key[key]
    local path = operations.expand(operation.path, parameters)
    local document = session.client:request(operation.method, path, {})
    return type(document) == "table" and document or nil
  end
  function glance.list(key, parameters)
    return value.dig(glance.document(key, parameters), "value") or {}
  end
  return glance
end

--- Returns the header field `Retry-After` of an answer, or nil.
local function asked_wait(problem)
  local headers = problem.response and problem.response.headers or {}
  local asked = headers["retry-after"]
  return type(asked) == "string" and asked or nil
end

local by_status = { [403] = rights, [404] = names, [409] = conflict }

by_status[401] = function(_, _, _, session)
  local claims = session.token and session.token:claims()
  local expires = claims and tonumber(claims.exp)
  if expires and expires < clock.now() then
    return ("this run's token expired at %s: make a new one, and set "
      .. "MKIO_TOKEN or use --token-file")
      :format(sys.iso8601(math.floor(expires)))
  end
  return session.token and "the token is revoked or not of this server"
    or "set MKIO_TOKEN or use --token-file"
end

by_status[429] = function(_, call, problem)
  local whose = call.path:find "^/api/v1/projects/[^/]+/"
    and "for one project" or "for one organization"
  local hint = ("MK.IO allows %s a minute %s, and fewer of some requests")
    :format(call.operation.method == "GET" and "2000 reads" or "1000 writes",
      whose)
  local asked = asked_wait(problem)
  return asked and ("%s; it says to wait: %s"):format(hint, asked) or hint
end

local by_code = {
  tls = "is --cacert needed?",
  connect = "is the base URL right?",
  resolve = "is the base URL right?",
  timeout = "--timeout sets the limit",
}

--- Returns a hint for a failed request.  May send requests of its own.
---@param session mkrun.rest.Session
---@param call mkrun.rest.SentCall   the request
---@param problem mkrun.rest.Error   the failure
---@return string? hint  nil if nothing is known about such a failure
function M.of(session, call, problem)
  local by = by_status[problem.status]
  if by then return by(glances(session), call, problem, session) end
  if not problem.status then return by_code[problem.code] end
end

return M
