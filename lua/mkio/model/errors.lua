--- Refusals of the sandbox.  The code that finds a fault raises a refusal, and
--- `mkio.model.router` turns it into the API's standard error body.
---
--- The code strings are the sandbox's own, because the API publishes no list.
-- SPDX-License-Identifier: MIT

---@class mkio.model.Refusal
---@field status integer
---@field code string
---@field detail string
---@field extra? table
local Refusal = {}
Refusal.__index = Refusal
Refusal.__name = "mkio.model.Refusal"

function Refusal:__tostring()
  return ("%d %s: %s"):format(self.status, self.code, self.detail)
end

local M = {}

--- Ends the request with an error answer: raises a refusal.
---@param status integer  the HTTP status
---@param code string    short and stable, for programs
---@param detail string  one sentence, for people
---@param extra? table   becomes `error.extraDetail`
function M.refuse(status, code, detail, extra)
  error(setmetatable({
    status = status, code = code, detail = detail, extra = extra,
  }, Refusal), 0)
end

--- Refuses with 404: something that a path or a body names does not exist.
---@param what string   the kind of thing: "team"
---@param name string
function M.not_found(what, name)
  M.refuse(404, "not_found", ("no %s '%s'"):format(what, name))
end

--- Refuses with 400: the request is well formed but cannot be done.
---@param code string
---@param detail string  a format for string.format
---@param ... any        values for `detail`
function M.bad_request(code, detail, ...)
  M.refuse(400, code, detail:format(...))
end

--- Tells whether a value that was raised is a refusal.
---@param value any
---@return boolean
function M.is_refusal(value) return getmetatable(value) == Refusal end

--- Makes the standard error body.
---@param refusal mkio.model.Refusal
---@param ref string  the reference that an operator would quote to support
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
