--- Returns a hint for a failed request: a text that says what to try next.
--- `mkrun.rest.session` calls this module and adds the hint to the error.  The
--- folder `hint` has a file for each HTTP status with a hint.
-- SPDX-License-Identifier: MIT

local foreign = require "mkrun.foreign"

local conflict = require "mkio.hint.conflict"
local expired_token = require "mkio.hint.expired_token"
local missing_rights = require "mkio.hint.missing_rights"
local operations = require "mkio.operations"
local rate_limit = require "mkio.hint.rate_limit"
local unknown_name = require "mkio.hint.unknown_name"
local value = require "mkrun.value"

local M = {}

--- Functions that read from the API to find a hint.  If the request fails,
--- `document` returns nil and `list` returns an empty list.
---@class mkio.Glance
---@field document fun(key: string, parameters?: table): table?  reads the
---  answer to an operation
---@field list fun(key: string, parameters?: table): table[]  reads the first
---  page of a list

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

local by_status = { [401] = expired_token, [403] = missing_rights,
  [404] = unknown_name, [409] = conflict, [429] = rate_limit }

local by_code = {
  tls = "is --cacert needed?",
  connect = "is the base URL right?",
  resolve = "is the base URL right?",
  timeout = "--timeout sets the limit",
}

local FOREIGN <const> = "a proxy or another server answered and not the API: "
  .. "is the base URL right, and is a login needed before?"

--- Statuses that an API's gateway answers by pages of its own.
local BY_GATEWAY <const> = { [401] = true, [429] = true }

--- Returns true if the hints for the status would mislead, because somebody
--- else than the API gave the answer.
local function is_foreign(problem)
  local status = problem.status
  return status ~= nil and status < 500 and not BY_GATEWAY[status]
    and foreign.is_foreign(problem.response)
end

--- Returns a hint for a failed request.  May send requests to find the hint.
---@param session mkrun.rest.Session
---@param call mkrun.rest.SentCall   the failed request
---@param problem mkrun.rest.Error   the error of the request
---@return string? hint  nil if there is no hint for this error
function M.of(session, call, problem)
  if is_foreign(problem) then return FOREIGN end
  local by = by_status[problem.status]
  if by then return by(glances(session), call, problem, session) end
  if not problem.status then return by_code[problem.code] end
end

return M
