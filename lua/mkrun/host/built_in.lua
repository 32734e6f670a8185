--- Finds the modules of the binary without running them.
--- `mkrun.host.world` and `mkrun.host.document` call this module.
-- SPDX-License-Identifier: MIT

--- Returns the searcher of the binary's modules.  Code of -e may have added
--- others before it.
local function find_searcher()
  for _, searcher in ipairs(package.searchers) do
    if debug.getinfo(searcher, "S").what == "C"
      and select(2, searcher "mkrun.cage") == "built in" then
      return searcher
    end
  end
end

local searcher = find_searcher()

local M = {}

--- Returns the main function of a module of the binary, and where it is.
--- Returns a message instead of a function if there is none.
---@param name string
---@return function|string main
---@return string? where
function M.find(name) return searcher(name, true) end

return M
