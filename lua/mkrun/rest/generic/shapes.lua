--- Makes the shape of what `ensure` takes: the members of all request bodies of
--- a resource.
-- SPDX-License-Identifier: MIT

local shape = require "mkrun.rest.shape"

local M = {}

local WRITERS <const> = { "put", "create", "patch" }

--- Returns the shape of what is declared for a resource.  It is open if one of
--- the bodies is.
---@param facts mkrun.rest.DeclaredResource
---@return mkrun.rest.Shape
function M.of(facts)
  local fields = {}
  for _, verb in ipairs(WRITERS) do
    local operation = facts.verbs[verb]
    local wanted = operation and operation.act ~= "json-patch"
      and (operation.item or operation.shape)
    if wanted and wanted.kind ~= "object" then
      return wanted.kind == "map" and wanted or shape.map(shape.any())
    end
    for name, field in pairs(wanted and wanted.fields or {}) do
      fields[name] = fields[name] or field
    end
  end
  if next(fields) == nil then return shape.map(shape.any()) end
  return shape.object(fields)
end

return M
