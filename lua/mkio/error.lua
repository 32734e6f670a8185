--- What an API method raises: one object that a person and a program can read.
-- SPDX-License-Identifier: MIT

---@class mkio.Error
---@field method? string   "PATCH"
---@field path? string     "/api/v1/organization/teams/night-desk"
---@field status? integer  HTTP status; nil when there was no answer
---@field code? string     the API's error code, or a word of this library:
---                        "body" (refused before sending), "protected", ...
---@field detail string    what is wrong
---@field ref? string      MK.IO's reference: give it to their support
---@field hint? string     what to do about it
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
function Error:__tostring()
  local what = join({ self.method, self.path, n = 2 }, " ")
  local why = join({ self.status and tostring(self.status),
    self.detail, n = 2 }, " ")
  local notes = join({ self.status and self.code,
    self.ref and "ref " .. self.ref, n = 2 }, ", ")
  local text = what ~= "" and what .. ": " .. why or why
  if notes ~= "" then text = text .. " (" .. notes .. ")" end
  return self.hint and text .. ": " .. self.hint or text
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

--- Run `create`, which must not run twice.  When nobody knows whether it
--- arrived (no answer), or it turns out to be there already (409), look with
--- `find` before giving up.
---@return any resource
---@return boolean found   true when it was there already
function M.create_or_find(create, find)
  local ok, result = pcall(create)
  if ok then return result, false end
  if not M.is(result) or result.code == "body" then error(result, 0) end
  if result.status and result.status ~= 409 and result.status < 500 then
    error(result, 0)
  end
  local seen, resource = pcall(find)
  if seen and resource then return resource, result.status == 409 end
  error(result, 0)
end

return M
