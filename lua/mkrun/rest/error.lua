--- Makes the error objects that API methods raise, for people and programs.
--- `mkrun.rest.session`, the resources and the flows call this module.
-- SPDX-License-Identifier: MIT

---@class mkrun.rest.Error
---@field method? string   method of the request: "PATCH"
---@field path? string     path of the request, such as "/api/v1/organization"
---@field status? integer  HTTP status; nil if no answer came
---@field code? string     the API's error code, or a code of this library:
---  "body" (refused before sending), "answer" (incomplete answer), "protected",
---  ...
---@field detail string    text of the error, for people
---@field ref? string      the service's reference for its support team
---@field operation? string  key of the operation: "teams.get"; only for code
---  "answer"
---@field pointer? string   JSON Pointer of the fault in the answer; only for
---  code "answer"
---@field extra? table      more details from the service
---@field hint? string     what the user can do next
---@field exit_code? integer   exit code of a run that ends with this error
---  (default 1)
---@field response? table  the answer, if one came
local Error = {}
Error.__index = Error
Error.__name = "mkrun.rest.Error"

local function join(parts, separator)
  local kept = {}
  for i = 1, parts.n do
    if parts[i] then kept[#kept + 1] = parts[i] end
  end
  return table.concat(kept, separator)
end

--- Returns the message: "PATCH /api/...: 403 not allowed (some_code, ref f00d):
--- the token lacks x".  The message contains no query and no line breaks.  A
--- line break would let a server forge lines of a log.
function Error:__tostring()
  local path = self.path and self.path:gsub("[?#].*", "")
  local what = join({ self.method, path, n = 2 }, " ")
  local why = join({ self.status and tostring(self.status),
    self.detail, n = 2 }, " ")
  local is_telling = self.code ~= "http" and self.code ~= self.detail
  local notes = join({ self.status and is_telling and self.code,
    self.ref and "ref " .. self.ref, n = 2 }, ", ")
  local text = what ~= "" and what .. ": " .. why or why
  if notes ~= "" then text = text .. " (" .. notes .. ")" end
  if self.hint then text = text .. ": " .. self.hint end
  return (text:gsub("%c+", " "))
end

local M = {}

--- Makes an error.
---@param fields table   the fields of `mkrun.rest.Error`
---@return mkrun.rest.Error
function M.new(fields) return setmetatable(fields, Error) end

--- Raises an error that is not caused by an answer.
---@param code string      a short word that never changes, for programs
---@param detail string    text of the error, for people
---@param hint? string     what the user can do next
function M.raise(code, detail, hint)
  error(M.new { code = code, detail = detail, hint = hint }, 0)
end

--- Raises an error for a wrong request by the user, before anything is changed.
--- The error ends the run with exit code 2.
---@param code string      a short word that never changes, for programs
---@param detail string    text of the error, for people
---@param hint? string     what the user can do next
function M.refuse(code, detail, hint)
  error(M.new { code = code, detail = detail, hint = hint, exit_code = 2 }, 0)
end

--- Returns true if a value is a `mkrun.rest.Error`.
---@param value any
---@return boolean
function M.is(value) return getmetatable(value) == Error end

--- Calls `call` and returns its results.  Returns nil if `call` fails with an
--- HTTP status in `statuses`.  Raises any other error.
---@param statuses table<integer, true>  set of HTTP statuses
---@param call function
---@param ... any   arguments of `call`
function M.unless(statuses, call, ...)
  local result = table.pack(pcall(call, ...))
  if result[1] then return table.unpack(result, 2, result.n) end
  local problem = result[2]
  if M.is(problem) and statuses[problem.status] then return nil end
  error(problem, 0)
end

--- Runs `call` and returns its results.  Use it for the request that looks up
--- what the command line names: after a 404, a run that the error ends has exit
--- code 2.
---@param call function
---@param ... any   arguments of `call`
function M.named(call, ...)
  local result = table.pack(pcall(call, ...))
  if result[1] then return table.unpack(result, 2, result.n) end
  local problem = result[2]
  if M.is(problem) and problem.status == 404 then problem.exit_code = 2 end
  error(problem, 0)
end

--- Returns true if `problem` is the error for an incomplete answer.  The caller
--- then sends no more writes, not even to clean up, because the server's state
--- is unknown.
---@param problem any
---@return boolean
function M.is_answer(problem)
  return M.is(problem) and problem.code == "answer"
end

--- With these error codes, a layer did not send a request because the layer
--- could not log the request.
local UNSENT <const> = { audit = true, journal = true }

--- Returns true if the request that raised `problem` may have taken effect, for
--- example after a success with an unreadable answer.  Returns false for an
--- incomplete answer, because then the caller sends no more writes (see
--- `is_answer`).
---@param problem any
---@return boolean
function M.may_have_arrived(problem)
  if not M.is(problem) or not problem.method or problem.code == "body"
    or UNSENT[problem.code] or M.is_answer(problem) then
    return false
  end
  local status = problem.status
  return not status or status >= 500 or status < 300
end

local REFUSALS <const> =
  { [400] = true, [404] = true, [409] = true, [422] = true }

--- Returns true if the API refused the request.  The cause may be a change of
--- the API's data since the last read.
---@param problem any
---@return boolean
function M.is_refused(problem)
  return M.is(problem) and problem.method ~= nil
    and REFUSALS[problem.status] == true
end

return M
