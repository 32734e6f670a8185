--- Recognizes files that must not get into a bundle: with tokens, keys, or what
--- a run has stored.
-- SPDX-License-Identifier: MIT

local secret = require "mkrun.secret"

local M = {}

--- A JSON Web Token.
local JWT <const> = "eyJ[%w_-]+%.eyJ[%w_-]+%.[%w_-]*"

local function line_of(text, at)
  return select(2, text:sub(1, at):gsub("\n", "")) + 1
end

--- Returns what is secret about a file, or nil.
---@param path string
---@param text string
---@return string? what   "line 3 looks like a token"
function M.find(path, text)
  local name = path:match "[^/]*$"
  local token, key = text:find(JWT), text:find "%-%-BEGIN [%u ]*PRIVATE KEY"
  if token or key then
    return ("line %d looks like a %s"):format(line_of(text, token or key),
      token and "token" or "private key")
  elseif secret.redact(text) ~= text then
    return "has the token of this run in it"
  elseif name:find "^%.env" or name:find "%.env$" or name == ".netrc" then
    return "is a file of settings, which often holds secrets"
  elseif text:find '^{"journal":%d' then
    return "is the journal of a run"
  end
end

return M
