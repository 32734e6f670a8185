--- Replaces the secrets of MK.IO's answers by `mkrun.Secret` objects, so that
--- a session never returns a secret as a string.  `mkio.provider` passes this
--- function to `mkrun.rest`.
-- SPDX-License-Identifier: MIT

local secret = require "mkrun.secret"
local value = require "mkrun.value"

--- Places of secrets in an item.
local PLACES <const> = { { "metadata", "JWT" }, { "status", "password" } }

local function label(item, word)
  local name = value.dig(item, "spec", "description")
    or value.dig(item, "metadata", "id")
  if word == "JWT" then word = "token" end
  return name and ("%s '%s'"):format(word, name) or word
end

local function seal_item(item)
  for _, place in ipairs(PLACES) do
    local part, word = table.unpack(place)
    local text = value.dig(item, part, word)
    if type(text) == "string" then
      item[part][word] = secret.new(text, label(item, word))
    end
  end
end

--- Replaces the secrets of a document, or of the items of a list.
---@param _ mkrun.rest.Operation
---@param document any   the decoded answer
return function(_, document)
  if type(document) ~= "table" then return end
  seal_item(document)
  local items = value.dig(document, "value")
  for _, item in ipairs(type(items) == "table" and items or {}) do
    seal_item(item)
  end
end
