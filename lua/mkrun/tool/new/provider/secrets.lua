--- Tells which members of a schema are secrets.
-- SPDX-License-Identifier: MIT

local words = require "mkrun.tool.new.provider.words"

local M = {}

local NAMES <const> = { "password", "passwd", "passphrase", "secret", "token",
  "api_key", "apikey", "private_key", "secret_key", "access_key",
  "password_hash", "credential", "credentials",
  "jwt" }

--- Names that end like a secret and are none.
local HARMLESS <const> = { "next_token", "page_token", "next_page_token",
  "continuation_token", "skip_token", "sync_token", "public_key" }

local function ends_in(name, list)
  for _, word in ipairs(list) do
    if name == word or name:sub(-#word - 1) == "_" .. word then return true end
  end
  return false
end

--- Says by what a text member is a secret.
---@param name string
---@param schema table
---@return "format"|"writeOnly"|"name"|nil how  only "format" is certain
function M.how(name, schema)
  if schema.format == "password" then return "format" end
  if schema.writeOnly == true then return "writeOnly" end
  local snake = words.snake(name)
  if ends_in(snake, HARMLESS) then return nil end
  return ends_in(snake, NAMES) and "name" or nil
end

return M
