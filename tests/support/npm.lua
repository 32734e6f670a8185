--- Fetches pinned packages of npm, once for each build folder.

local shell = require "tests.support.shell"

local M = {}

local FETCHED <const>, NOTHING <const> = 0, 3

local function fetch(name, version, integrity, folder)
  if not shell.works "command -v npm" then return "npm is not installed" end
  local _, _, code = os.execute(shell.join { "sh", "tests/support/npm-pack.sh",
    name, version, integrity, folder })
  if code == NOTHING then return "npm fetches nothing" end
  if code ~= FETCHED then error("npm-pack.sh: exit code " .. code) end
end

local reasons = {} -- false: the package is there

--- Fetches a package.
---@param name string
---@param version string
---@param integrity string  "sha512-..."
---@return string? folder  with its files
---@return string? reason  why it could not be fetched
function M.fetch(name, version, integrity)
  local folder = ("build/npm/%s-%s"):format(name, version)
  if reasons[folder] == nil then
    reasons[folder] = fetch(name, version, integrity, folder) or false
  end
  local reason = reasons[folder] or nil
  return not reason and folder or nil, reason
end

return M
