--- Makes folders for the files that a tool writes.
-- SPDX-License-Identifier: MIT

local sys = require "mkrun.sys"

local M = {}

--- Makes a folder, and those above it that are missing.
---@param path string   "" is the current folder
---@return true? done
---@return string? message   "out: No space left on device"
function M.make(path)
  if path == "" or path:find "^/+$" then return true end
  local done, message, code = sys.make_folder(path)
  if done then return true end
  if code == "exists" then
    -- In a dry run a folder may be in the plan alone.
    local bare = path:gsub("/+$", "")
    if sys.real_path(path .. "/.") or not sys.real_path(bare) then
      return true
    end
    return nil, bare .. ": is no folder"
  end
  local above = path:match "^(.+)/+[^/]+/*$"
  if code ~= "missing" or not above then return nil, message end
  done, message = M.make(above)
  if not done then return nil, message end
  done, message = sys.make_folder(path)
  return done, message
end

--- Returns the folder of a file: "" for the current one.
---@param path string
---@return string
function M.of(path) return path:match "^(.*/)[^/]*$" or "" end

return M
