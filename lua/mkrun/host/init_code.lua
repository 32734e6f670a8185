--- LUA_INIT of this run: what stands for it in a plan or a journal, which have
--- to be performed with the same one.
-- SPDX-License-Identifier: MIT

local sys = require "mkrun.sys"

local M = {}

--- The SHA-256 of it, and of the file that it names; nil without one.
---@param settings mkrun.Config
---@return string?
function M.digest(settings)
  local text = settings.init
  if not text then return nil end
  local file = text:match "^@(.*)$"
  return sys.sha256(file and text .. "\n" .. (sys.read(file) or "") or text)
end

return M
