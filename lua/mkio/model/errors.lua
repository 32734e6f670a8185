--- How the sandbox says no: a refusal is raised by whoever finds the fault and
--- turned into the API's standard error body at one place.
---
--- The code strings are the sandbox's own; the API publishes no list of them.
-- SPDX-License-Identifier: MIT

---@class mkio.sandbox.Refusal
---@field status integer
---@field code string
---@field detail string
---@field extra? table
local Refusal = {}
Refusal.__index = Refusal
Refusal.__name = "mkio.sandbox.Refusal"

function Refusal:__tostring()
  return ("%d %s: %s"):format(self.status, self.code, self.detail)
end

local M = {}

--- End the request with an error answer.
---@param status integer
---@param code string    short and stable, for programs
---@param detail string  one sentence, for people
---@param extra? table   becomes `error.extraDetail`
function M.refuse(status, code, detail, extra)
  error(setmetatable({
    status = status, code = code, detail = detail, extra = extra,
  }, Refusal), 0)
end

--- 404 for a thing that a path or a body names.
---@param what string   "team"
---@param name string
function M.not_found(what, name)
  M.refuse(404, "not_found", ("no %s '%s'"):format(what, name))
end

--- 400 for a request that is well formed but cannot be done.
---@param code string
---@param detail string
---@param ... any        for `detail`, as string.format takes them
function M.bad_request(code, detail, ...)
  M.refuse(400, code, detail:format(...))
end

function M.is_refusal(value) return getmetatable(value) == Refusal end

--- The standard error body.
---@param refusal mkio.sandbox.Refusal
---@param ref string  what an operator would quote to support
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
