--- Refusals of the model: answers with an HTTP error status.  The code that
--- finds a fault raises a refusal, and `mkio.model.router` turns the refusal
--- into the API's standard error body.
---
--- The API publishes no list of its error codes, so the codes are our own.
-- SPDX-License-Identifier: MIT

---@class mkio.model.Refusal
---@field status integer  the HTTP status
---@field code string     the error code for programs
---@field detail string   the error message for people
---@field extra? table    more details for programs
local Refusal = {}
Refusal.__index = Refusal
Refusal.__name = "mkio.model.Refusal"

function Refusal:__tostring()
  return ("%d %s: %s"):format(self.status, self.code, self.detail)
end

local M = {}

--- Ends the request with an error answer, by raising a refusal.
---@param status integer  the HTTP status
---@param code string    the error code for programs: short, never changed
---@param detail string  the error message for people: one sentence
---@param extra? table   the value of `error.extraDetail` in the error body
function M.refuse(status, code, detail, extra)
  error(setmetatable({
    status = status, code = code, detail = detail, extra = extra,
  }, Refusal), 0)
end

--- Refuses with status 404: an object that the request names does not exist.
---@param what string   the kind of the object, such as "team"
---@param name string   the name of the object
function M.not_found(what, name)
  M.refuse(404, "not_found", ("no %s '%s'"):format(what, name))
end

--- Refuses with status 400: the request is well formed but cannot be done.
---@param code string    the error code for programs
---@param detail string  a format for string.format
---@param ... any        values for `detail`
function M.bad_request(code, detail, ...)
  M.refuse(400, code, detail:format(...))
end

--- Returns true if the raised value is a refusal.
---@param value any
---@return boolean
function M.is_refusal(value) return getmetatable(value) == Refusal end

--- Makes the standard error body.
---@param refusal mkio.model.Refusal
---@param ref string  the reference that a user would quote to the API's support
---@return table
function M.document(refusal, ref)
  return {
    error = {
      code = refusal.code, detail = refusal.detail,
      extraDetail = refusal.extra,
    },
    status = refusal.status, ref = ref,
  }
end

return M
