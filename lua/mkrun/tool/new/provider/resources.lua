--- Writes `resources`: what a document says of the things themselves.
-- SPDX-License-Identifier: MIT

local bodies = require "mkrun.tool.new.provider.bodies"
local identity = require "mkrun.tool.new.provider.identity"
local lua = require "mkrun.tool.new.provider.lua"
local schema = require "mkrun.tool.new.provider.schema"
local text = require "mkrun.tool.new.provider.text"

local M = {}

--- Returns the parameter that names an item in its path, or nil.
local function item_parameter(verbs)
  local row = verbs.get or verbs.put or verbs.patch or verbs.delete
  return row and row.part == "item"
    and row.path.parameters[#row.path.parameters] or nil
end

--- Returns the schema of an item in the list of a resource.
local function listed(verbs)
  return verbs.list and verbs.list.list and verbs.list.list.item
end

local function add_id(root, verbs, fields, open)
  local shown = verbs.create.answer or listed(verbs)
  local names = identity.names_of(item_parameter(verbs) or "id")
  table.move({ "id", "uuid" }, 1, 2, #names + 1, names)
  local id = shown ~= nil and identity.find(root, shown, names)
  if not id then
    open[#open + 1] = "id = the member of the answer with the new id ('id')"
  elseif id ~= "id" then
    fields[#fields + 1] = { name = "id", value = id }
    open[#open + 1] = "id: guessed; the member of the answer with the new id"
  end
end

local function add_identify(root, verbs, fields, open)
  local create = verbs.create
  local request = bodies.schema(root, create.operation)
  local answer = listed(verbs) or create.answer
  local name = request ~= nil and identity.of_people(root, request, answer)
  if name then
    fields[#fields + 1] = { name = "identify", value = lua.list { name } }
  end
  open[#open + 1] = name and "identify: guessed; what tells one from another?"
    or "identify = { what tells one from another }"
end

local function add_create(root, verbs, fields, open)
  if verbs.create and verbs.create.part == "collection" then
    add_id(root, verbs, fields, open)
    add_identify(root, verbs, fields, open)
  end
end

--- Adds which member of an item in a list the parameter of its path is.
local function add_keys(root, verbs, fields, open)
  local parameter, item = item_parameter(verbs), listed(verbs)
  if verbs.create or not parameter
    or not identity.shows_members(root, item) then
    return
  end
  local member = identity.find(root, item, identity.names_of(parameter))
  if member == parameter then return end
  open[#open + 1] = member and "keys: guessed; the member of an item in the "
    .. "list" or ("keys = { %s = the member of an item in the list }")
      :format(parameter)
  if not member then return end
  fields[#fields + 1] = { name = "keys",
    value = { { name = parameter, value = member } } }
end

--- Returns the members of the answers of a resource that are secrets.
local function secrets_of(root, verbs)
  local found, seen = {}, {}
  local answers = { verbs.get and verbs.get.answer, listed(verbs),
    verbs.create and verbs.create.answer, verbs.put and verbs.put.answer }
  for i = 1, 4 do
    for _, name in ipairs(answers[i] and schema.secrets(root, answers[i])
      or {}) do
      if not seen[name] then found[#found + 1], seen[name] = name, true end
    end
  end
  table.sort(found)
  return found
end

local function add_secrets(root, verbs, fields, open)
  local names = secrets_of(root, verbs)
  if #names == 0 then return end
  fields[#fields + 1] = { name = "secrets", value = lua.list(names) }
  open[#open + 1] = "secrets: guessed by their names"
end

local function entry(root, verbs)
  local fields, open = {}, {}
  add_create(root, verbs, fields, open)
  add_keys(root, verbs, fields, open)
  add_secrets(root, verbs, fields, open)
  return fields, open
end

--- Adds `resources`, if there is anything to say.
---@param page mkrun.new.Page
---@param root table
---@param groups {name: string, verbs: table}[]
function M.add(page, root, groups)
  local is_begun = false
  for _, group in ipairs(groups) do
    local fields, open = entry(root, group.verbs)
    if #open > 0 and not is_begun then
      text.plain(page, "  resources = {")
      is_begun = true
    end
    if #open > 0 then
      text.member(page, { name = group.name, value = fields }, "    ",
        table.unpack(open))
    end
  end
  if is_begun then text.plain(page, "  },") end
end

return M
