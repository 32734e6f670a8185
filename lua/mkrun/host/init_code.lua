--- LUA_INIT of this run: what stands for it in a plan or a journal, which have
--- to be performed with the same one.
-- SPDX-License-Identifier: MIT

local sys = require "mkrun.sys"

local M = {}

local function file_of(text) return text:match "^@(.*)$" end

--- The SHA-256 of it, and of the file that it names; nil without one.
---@param settings mkrun.Config
---@return string?
function M.digest(settings)
  local text = settings.init
  if not text then return nil end
  local file = file_of(text)
  return sys.sha256(file and text .. "\n" .. (sys.read(file) or "") or text)
end

--- Run it, as the host does before a script.
---@param settings mkrun.Config
function M.run(settings)
  local text = settings.init
  if not text then return end
  local file = file_of(text)
  local function chunk_of()
    if file then return loadfile(file, "t") end
    return load(text, "=LUA_INIT", "t")
  end
  local chunk, message = chunk_of()
  if not chunk then error(message, 0) end
  chunk()
end

return M
