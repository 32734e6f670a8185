--- Ends a run whose sandbox state cannot be used.  The exit code of mkrun is
--- then 2, for wrong use.  `mkio.model.world` and `mkio.sandbox` call this
--- module.
-- SPDX-License-Identifier: MIT

local Refusal = { __tostring = function(self) return self.detail end }

local M = {}

--- Raises the error that ends the run.
---@param format string  the message, without "sandbox: "
---@param ... any        values for `format`
function M.raise(format, ...)
  error(setmetatable({ detail = "sandbox: " .. format:format(...),
    exit_code = 2, is_outside = true }, Refusal), 0)
end

return M
