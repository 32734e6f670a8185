--- Returns a hash of the environment variable LUA_INIT.  A plan and a journal
--- store the hash, because a plan may only be applied, and a run may only be
--- resumed, with the same LUA_INIT.
-- SPDX-License-Identifier: MIT

local sys = require "mkrun.sys"

local M = {}

--- Returns the SHA-256 of LUA_INIT.  If LUA_INIT names a file, the hash
--- includes the file's text.
---@param settings mkrun.Config
---@return string?  nil if LUA_INIT is not set
function M.digest(settings)
  local text = settings.init
  if not text then return nil end
  local file = text:match "^@(.*)$"
  return sys.sha256(file and text .. "\n" .. (sys.read(file) or "") or text)
end

return M
