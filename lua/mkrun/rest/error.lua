--- What an API method raises: one object that a person and a program can read.
-- SPDX-License-Identifier: MIT

---@class mkio.Error
---@field method? string   "PATCH"
---@field path? string     "/api/v1/organization/teams/night-desk"
---@field status? integer  HTTP status; nil when there was no answer
---@field code? string     the API's error code, or a word of this library:
---                        "body" (refused before sending), "answer" (it
---                        lacks what is needed), "protected", ...
---@field detail string    what is wrong
---@field ref? string      MK.IO's reference: give it to their support
---@field operation? string  "teams.get", of code "answer"
---@field pointer? string   where in the answer it is wrong, of code "answer"
---@field extra? table      what MK.IO adds to that
---@field hint? string     what to do about it
---@field exit_code? integer   of a run that ends with it (default 1)
---@field response? table  the answer, where there was one
local Error = {}
Error.__index = Error
Error.__name = "mkio.Error"

local function join(parts, separator)
  local kept = {}
  for i = 1, parts.n do
    if parts[i] then kept[#kept + 1] = parts[i] end
  end
  return table.concat(kept, separator)
end

--- "PATCH /api/...: 403 not allowed (some_code, ref f00d): the token lacks x"
--- The query is left out.  What a server says cannot begin a line of its own
--- in a log.
function Error:__tostring()
  local path = self.path and self.path:gsub("[?#].*", "")
  local what = join({ self.method, path, n = 2 }, " ")
  local why = join({ self.status and tostring(self.status),
    self.detail, n = 2 }, " ")
  local notes = join({ self.status and self.code ~= "http" and self.code,
    self.ref and "ref " .. self.ref, n = 2 }, ", ")
  local text = what ~= "" and what .. ": " .. why or why
  if notes ~= "" then text = text .. " (" .. notes .. ")" end
  if self.hint then text = text .. ": " .. self.hint end
  return (text:gsub("%c+", " "))
end

local M = {}

---@param fields table
---@return mkio.Error
function M.new(fields) return setmetatable(fields, Error) end

--- Raise an error of this library's own, one that no answer caused.
---@param code string
---@param detail string
---@param hint? string
function M.raise(code, detail, hint)
  error(M.new { code = code, detail = detail, hint = hint }, 0)
end

--- Raise that what was asked for is wrong, before anything was changed: a run
--- that ends with it has exit code 2.
---@param code string
---@param detail string
---@param hint? string
function M.refuse(code, detail, hint)
  error(M.new { code = code, detail = detail, hint = hint, exit_code = 2 }, 0)
end

---@return boolean
function M.is(value) return getmetatable(value) == Error end

--- Run `call`; when it fails with one of the statuses, return nil.
---@param statuses table<integer, true>
function M.unless(statuses, call, ...)
  local result = table.pack(pcall(call, ...))
  if result[1] then return table.unpack(result, 2, result.n) end
  local problem = result[2]
  if M.is(problem) and statuses[problem.status] then return nil end
  error(problem, 0)
end

--- Is `problem` an answer that lacks what is needed of it?  Then nothing more
--- is written, not even to clear up: nobody knows by what.
---@return boolean
function M.is_answer(problem)
  return M.is(problem) and problem.code == "answer"
end

--- What a run does not send since it could not tell of it: see the layers.
local UNSENT <const> = { audit = true, journal = true }

--- Did the request that raised `problem` perhaps take effect all the same?  A
--- success whose answer cannot be read did; one that was read and is wrong is
--- not looked into.
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

--- Did the API refuse what was asked for, as it does when what was read before
--- is not so any more?
---@return boolean
function M.is_refused(problem)
  return M.is(problem) and problem.method ~= nil
    and REFUSALS[problem.status] == true
end

--- What was sent again and is "there already" is what was sent first.
local function is_own(problem)
  return problem.response ~= nil and problem.response.may_be_done == true
end

local CREATIONS <const> = 3

--- Run `create`, which must not blindly run twice.  When nobody knows whether
--- it arrived, or it turns out to be there already (409), `find` looks.  With
--- `again`, what is certainly not there is tried once more; that is for what
--- the API itself keeps from being there twice.
---@param create fun(): any
---@param find fun(): any
---@param again? boolean
---@return any resource
---@return boolean found   true when it was there already
function M.create_or_find(create, find, again)
  for i = 1, CREATIONS do
    local ok, result = pcall(create)
    if ok then return result, false end
    local taken = M.is(result) and result.status == 409
    if not taken and not M.may_have_arrived(result) then error(result, 0) end
    local resource = find()
    if resource then return resource, taken and not is_own(result) end
    if taken or not again or i == CREATIONS then error(result, 0) end
  end
end

return M
