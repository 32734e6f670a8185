--- Hides the secrets of request bodies in all output.  `mkrun.rest.declare`
--- calls it.
-- SPDX-License-Identifier: MIT

local secret = require "mkrun.secret"

local M = {}

--- Handles by text.  They are kept, because a collected handle no longer hides
--- its text.
local handles = {}

local function hide(text)
  handles[text] = handles[text] or secret.new(text, "secret of a request")
end

--- Hides the texts of a value where its shape has a secret.
---@param wanted mkrun.rest.Shape
---@param item any
function M.secrets(wanted, item)
  if wanted.kind == "secret" then
    if type(item) == "string" and item ~= "" then hide(item) end
  elseif type(item) ~= "table" then
    return
  elseif wanted.kind == "array" then
    for _, element in ipairs(item) do M.secrets(wanted.item, element) end
  elseif wanted.kind == "map" then
    for _, member in pairs(item) do M.secrets(wanted.value, member) end
  elseif wanted.kind == "object" then
    for name, inner in pairs(wanted.fields) do M.secrets(inner, item[name]) end
  end
end

return M
