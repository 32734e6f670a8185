--- Guesses which members of a document identify a thing, from their names.
-- SPDX-License-Identifier: MIT

local document = require "mkrun.tool.new.provider.document"
local schema = require "mkrun.tool.new.provider.schema"
local words = require "mkrun.tool.new.provider.words"

local M = {}

--- Objects within a document in which its own members may be.
local INNER <const> = { "metadata", "attributes", "spec", "data" }

--- Returns the member of an object that has a name, however it is spelled.
local function spelled(members, name)
  if members[name] then return name end
  local snake = words.snake(name)
  for _, member in ipairs(document.names(members)) do
    if words.snake(member) == snake then return member end
  end
end

local function is_value(root, member)
  local _, word = schema.members(root, member)
  return word == "string" or word == "integer" or word == nil
end

local function found_in(root, members, names)
  for _, name in ipairs(names) do
    local own = spelled(members, name)
    if own and is_value(root, members[own]) then return own end
  end
end

--- Returns the first of some members that a document has, at its top or in an
--- object such as `metadata`.
---@param root table
---@param value any       schema
---@param names string[]
---@return string?  "id", "metadata.id"
function M.find(root, value, names)
  local members = schema.members(root, value)
  local own = found_in(root, members, names)
  if own then return own end
  for _, outer in ipairs(INNER) do
    local inner = members[outer] and schema.members(root, members[outer])
    local within = inner and found_in(root, inner, names)
    if within then return outer .. "." .. within end
  end
end

--- Returns true if a schema shows the members of an object.
---@param root table
---@param value any
---@return boolean
function M.shows_members(root, value)
  return value ~= nil and next((schema.members(root, value))) ~= nil
end

--- Returns the names that the member behind a path's parameter may have:
--- "pet_id" and "id" for "pet_id".
---@param parameter string
---@return string[]
function M.names_of(parameter)
  local snake = words.snake(parameter)
  return { parameter, snake:match "_(%w+)$" or snake }
end

local NAMES <const> = { "name", "title", "email", "slug", "label", "username",
  "user_name", "hostname", "display_name", "key", "url" }

--- Returns the member by which people tell things apart, if a request can set
--- it and the answer shows it, both at their tops, where `ensure` sets it.
---@param root table
---@param request any    schema
---@param answer any     schema; nil if it is unknown
---@return string?
function M.of_people(root, request, answer)
  local set, shown = schema.members(root, request), nil
  if M.shows_members(root, answer) then shown = schema.members(root, answer) end
  for _, name in ipairs(NAMES) do
    local own = found_in(root, set, { name })
    if own and (not shown or shown[own]) then return own end
  end
end

return M
