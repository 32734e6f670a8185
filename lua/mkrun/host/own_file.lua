--- Files that mkrun begins anew each time: a recording, a plan.  What is there
--- has to be such a one, or a slip would cost a list, a SPEC or a script.
-- SPDX-License-Identifier: MIT

local sys = require "mkrun.sys"

local M = {}

local BEGINNING <const> = 256

--- Why the file is not to be written over, or nil: it is missing, empty, no
--- regular file, or begins as one of mkrun's.
---@param path string
---@param pattern string  of how one begins
---@param what string     it is else: "no recording"
---@return string?
function M.fault(path, pattern, what)
  if sys.is_special(path) then return nil end
  local handle <close> = io.open(path, "rb")
  local text = handle and handle:read(BEGINNING)
  if not text or text == "" or text:find(pattern) then return nil end
  return ("%s: holds something that is %s: move it away, it would be "
    .. "overwritten"):format(path, what)
end

return M
