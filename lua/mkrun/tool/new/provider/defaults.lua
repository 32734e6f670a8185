--- Reads from a document what the server fills in where a body lacks a member.
-- SPDX-License-Identifier: MIT

local bodies = require "mkrun.tool.new.provider.bodies"
local schema = require "mkrun.tool.new.provider.schema"

local M = {}

local LONGEST <const>, MOST <const> = 60, 20

--- Verbs whose body is the whole thing: a member that a patch lacks stays.
local WHOLE <const> = { put = true, create = true }

--- Returns the word for a default's type if it can stand in a row, or nil.
local function type_of(value)
  if type(value) == "string" then return #value <= LONGEST and "string" end
  if type(value) == "boolean" then return "boolean" end
  return math.type(value) == "integer" and "integer"
    or type(value) == "number" and "number" or nil
end

local function fits(value, wanted)
  local own = type_of(value)
  return own and (own == wanted or own == "integer" and wanted == "number")
end

--- Returns the defaults of a row's body, sorted as the body is, or nil.
---@param root table
---@param row mkrun.new.Row
---@return mkrun.new.Member[]?
function M.of(root, row)
  local body = row.body and row.body.type
  if not WHOLE[row.verb] or type(body) ~= "table" then return nil end
  local members = schema.members(root, bodies.schema(root, row.operation))
  local found = {}
  for _, member in ipairs(body) do
    local name = member.name and member.name:gsub("[!?]$", "")
    local known = name and members[name]
    if known and #found < MOST and fits(known.default, member.value) then
      found[#found + 1] = { name = name, value = known.default }
    end
  end
  return found[1] and found or nil
end

return M
