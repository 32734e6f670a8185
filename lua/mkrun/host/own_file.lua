--- Checks a file before mkrun overwrites the file with a recording or a plan.
--- mkrun overwrites only a file of the same kind.  So a wrong path does not
--- destroy a SPEC or a script.  `mkrun.journal.har` and `mkrun.plan` call this
--- module.
-- SPDX-License-Identifier: MIT

local sys = require "mkrun.sys"

local M = {}

local BEGINNING <const> = 256

--- Returns the reason why a file must not be overwritten.
---@param path string
---@param pattern string  Lua pattern that matches the beginning of a file of
---  the kind that mkrun is about to write
---@param what string     words for the message: "no recording"
---@return string?  nil if the file is missing, empty, not a regular file, or of
---  the same kind
function M.fault(path, pattern, what)
  if sys.is_special(path) then return nil end
  local handle <close> = io.open(path, "rb")
  local text = handle and handle:read(BEGINNING)
  if not text or text == "" or text:find(pattern) then return nil end
  return ("%s: holds something that is %s: move it away, it would be "
    .. "overwritten"):format(path, what)
end

return M
