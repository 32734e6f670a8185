--- Checks the names of the header fields and query parameters that a webhook
--- rule sends.  A wrong name would otherwise show only when the rule sends its
--- first request.  `mkio.flow.onboard.spec` calls it.
-- SPDX-License-Identifier: MIT

local patch = require "mkrun.patch"

local value = require "mkrun.value"

local M = {}

--- Returns what is wrong with the names of header fields, or nil.  A name must
--- not end or break the line.  No two names may differ in case only, because a
--- request would contain that field twice.
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

--- Returns what is wrong with the names of query parameters, or nil.
---@param parameters table<string, any>
---@return string? fault
---@return string? pointer
function M.parameters(parameters)
  if parameters[""] then return "name of a parameter expected, got ''", "/" end
end

return M
