--- A state that cannot be worked with: mkrun was called wrongly, code 2.
-- SPDX-License-Identifier: MIT

local Refusal = { __tostring = function(self) return self.detail end }

local M = {}

--- End the run.
---@param format string  what is wrong, after "sandbox: "
---@param ... any
function M.raise(format, ...)
  error(setmetatable({ detail = "sandbox: " .. format:format(...),
    exit_code = 2, is_outside = true }, Refusal), 0)
end

return M
