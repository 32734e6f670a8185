--- Makes the hint for status 429: the limits of MK.IO.  `mkio.hint` calls this
--- module.
-- SPDX-License-Identifier: MIT

--- Returns the header field `Retry-After` of an answer, or nil.  Returns nil,
--- too, if the error already says how long the server asks to wait.
local function asked_wait(problem)
  local response = problem.response or {}
  local headers = not response.refused_for and response.headers or {}
  local asked = headers["retry-after"]
  return type(asked) == "string" and asked or nil
end

--- Returns the hint for status 429.
---@param _ mkio.Glance
---@param call mkrun.rest.SentCall
---@param problem mkrun.rest.Error
---@return string hint
return function(_, call, problem)
  local whose = call.path:find "^/api/v1/projects/[^/]+/"
    and "for one project" or "for one organization"
  local hint = ("MK.IO allows %s a minute %s, and fewer of some requests")
    :format(call.operation.method == "GET" and "2000 reads" or "1000 writes",
      whose)
  local asked = asked_wait(problem)
  return asked and ("%s; it says to wait: %s"):format(hint, asked) or hint
end
