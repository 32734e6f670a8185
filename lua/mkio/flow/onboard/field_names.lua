--- The names of the headers and query parameters that a webhook rule sends:
--- what is wrong with them would show only when the rule has to act.
-- SPDX-License-Identifier: MIT

local patch = require "mkrun.patch"

local value = require "mkrun.value"

local M = {}

--- What is wrong with the names of headers: one that ends or breaks the line,
--- or that a request would have twice.
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

--- What is wrong with the names of query parameters.
---@param parameters table<string, any>
---@return string? fault
---@return string? pointer
function M.parameters(parameters)
  if parameters[""] then return "name of a parameter expected, got ''", "/" end
end

return M
