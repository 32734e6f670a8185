--- Writes `resources`: what a document says of the things themselves.
-- SPDX-License-Identifier: MIT

local lua = require "mkrun.tool.new.provider.lua"
local marks = require "mkrun.tool.new.provider.marks"
local schema = require "mkrun.tool.new.provider.schema"
local text = require "mkrun.tool.new.provider.text"

local M = {}

--- Returns the member of an answer with the server's id, unless it is `id`, and
--- whether the document shows it.
local function id_of(root, group)
  local create = group.verbs.create
  if create.answer == nil then return nil, false end
  local members = schema.members(root, create.answer)
  if members.id then return nil, true end
  local item = group.verbs.get or group.verbs.delete or group.verbs.put
  local last = item and item.path.parameters[#item.path.parameters]
  for _, name in ipairs { last or "uuid", "uuid", "name" } do
    if members[name] then return name, true end
  end
  return nil, false
end

local function add_create(root, group, fields, open)
  local create = group.verbs.create
  if not create or create.part ~= "collection" then return end
  local id, is_shown = id_of(root, group)
  if id then fields[#fields + 1] = { name = "id", value = id } end
  if not is_shown then
    open[#open + 1] = "id = the member of the answer with the new id ('id')"
  end
  local identity = marks.identity(root, create)
  if identity then
    fields[#fields + 1] = { name = "identify",
      value = lua.list { identity } }
  end
  open[#open + 1] = identity and "identify: guessed; what tells one from "
    .. "another?" or "identify = { what tells one from another }"
end

local function add_secrets(root, group, fields, open)
  local names = marks.secrets(root, group.verbs)
  if #names == 0 then return end
  fields[#fields + 1] = { name = "secrets", value = lua.list(names) }
  open[#open + 1] = "secrets: guessed by their names"
end

local function entry(root, group)
  local fields, open = {}, {}
  add_create(root, group, fields, open)
  add_secrets(root, group, fields, open)
  return fields, open
end

--- Adds `resources`, if there is anything to say.
---@param page mkrun.new.Page
---@param root table
---@param groups {name: string, verbs: table}[]
function M.add(page, root, groups)
  local is_begun = false
  for _, group in ipairs(groups) do
    local fields, open = entry(root, group)
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
