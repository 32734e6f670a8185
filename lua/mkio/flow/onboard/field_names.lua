--- Checks the names of the header fields and query parameters that a webhook
--- rule sends.  Without this check a wrong name would be noticed only when the
--- service delivers the first event.  `mkio.flow.onboard.spec` calls this
--- module.
-- SPDX-License-Identifier: MIT

local patch = require "mkrun.patch"

local value = require "mkrun.value"

local M = {}

--- Returns a message if a name of a header field is wrong, else nil.  A name
--- must not contain spaces, control characters or a colon.  No two names may
--- differ only in case, because the request would contain the field twice.
---@param headers table<string, any>
---@return string? fault
---@return string? pointer
function M.headers(headers)
  local seen = {}
  for _, name in ipairs(value.names(headers)) do
    local key = name:lower()
    if not name:find "^[^%s%c:]+$" then
      return ("name of a header expected, got '%s'"):format(name),
        patch.pointer { name }
    elseif seen[key] then
      return ("'%s' is there twice, case does not tell headers apart")
        :format(name), patch.pointer { name }
    end
    seen[key] = true
  end
end

--- Returns a message if a name of a query parameter is empty, else nil.
---@param parameters table<string, any>
---@return string? fault
---@return string? pointer
function M.parameters(parameters)
  if parameters[""] then return "name of a parameter expected, got ''", "/" end
end

return M
