--- Turns a schema of OpenAPI into a body type of `rest.provider`.
---
--- References are followed, also those in a circle: a type that holds itself
--- becomes "object" there.  A schema costs at most `MOST_STEPS`: what is left
--- then becomes "any".
-- SPDX-License-Identifier: MIT

local document = require "mkrun.tool.new.provider.document"
local secrets = require "mkrun.tool.new.provider.secrets"

local M = {}

local MOST_STEPS <const>, MOST_DEPTH <const> = 600, 6

local SCALARS <const> = { string = true, integer = true, number = true,
  boolean = true }

local convert

--- Returns the type of a schema, null aside: a word of `type`, or nil.
local function word_of(schema)
  local words = schema.type
  if type(words) == "string" then return words end
  local found
  for _, word in ipairs(document.array(words)) do
    if word ~= "null" and found and found ~= word then return nil end
    if word ~= "null" then found = word end
  end
  return type(found) == "string" and found or nil
end

---@class mkrun.new.Shape  a schema with its allOf put together
---@field properties table<string, any>
---@field required table<string, true>
---@field word? string    the word of `type`
---@field schema table    the schema that has the most to say

--- Counts a step.  Returns true if the schema has cost too many.
local function step(walk)
  walk.steps = walk.steps + 1
  return walk.steps > MOST_STEPS
end

local function merge(walk, shape, schema, depth)
  if step(walk) or depth > MOST_DEPTH then return end
  for name, value in pairs(document.object(schema.properties)) do
    if step(walk) then break end
    shape.properties[name] = value
  end
  for _, name in ipairs(document.array(schema.required)) do
    if step(walk) then break end
    shape.required[name] = true
  end
  for _, name in ipairs { "items", "enum", "const", "format", "writeOnly",
    "readOnly", "additionalProperties", "oneOf", "anyOf" } do
    if shape.schema[name] == nil then shape.schema[name] = schema[name] end
  end
  shape.word = shape.word or word_of(schema)
  for _, part in ipairs(document.array(schema.allOf)) do
    if step(walk) then break end
    merge(walk, shape, document.resolve(walk.root, part), depth + 1)
  end
end

local function shape_of(walk, schema)
  local shape = { properties = {}, required = {}, schema = {} }
  merge(walk, shape, document.resolve(walk.root, schema), 1)
  return shape
end

--- Returns the alternatives of oneOf and anyOf without null.
local function alternatives(walk, schema)
  local found = {}
  for _, list in ipairs { document.array(schema.oneOf),
    document.array(schema.anyOf) } do
    for _, part in ipairs(list) do
      if step(walk) then break end
      local own = document.resolve(walk.root, part)
      if own.type ~= "null" then found[#found + 1] = own end
    end
  end
  return found
end

local MOST_VALUES <const> = 100

--- Returns what all values of a list have in common: a type, or "any".
local function common_type(values)
  local found
  for i, value in ipairs(values) do
    if i > MOST_VALUES then break end
    local own = math.type(value) or type(value)
    if own == "float" then own = "number" end
    if found and own ~= found then return "any" end
    found = own
  end
  return SCALARS[found] and found or "any"
end

--- A secret is a text that the document or its name says is one.
local function text_type(walk, shape, name)
  local how = name and secrets.how(name, shape.schema)
  if not how then return "string" end
  if how ~= "format" then walk.guessed[name] = true end
  return "secret"
end

--- Returns true if a schema has a word, itself or beside its reference.
local function says(walk, schema, word)
  return document.object(schema)[word] == true
    or document.resolve(walk.root, schema)[word] == true
end

--- Returns true if a value of a schema may be null.
local function takes_null(walk, schema)
  local own = document.resolve(walk.root, schema)
  if says(walk, schema, "nullable") then return true end
  for i, word in ipairs(document.array(own.type)) do
    if word == "null" then return true end
    if i > MOST_VALUES then break end
  end
  for _, word in ipairs { "oneOf", "anyOf" } do
    for i, part in ipairs(document.array(own[word])) do
      if document.object(part).type == "null" then return true end
      if i > MOST_VALUES then break end
    end
  end
  return false
end

--- Returns the name of a member with the mark of `rest.provider`.  A body type
--- has one mark; that of null refuses no request that the API takes.
local function marked(walk, shape, name)
  if takes_null(walk, shape.properties[name]) then return name .. "?" end
  return shape.required[name] and name .. "!" or name
end

--- Returns the members of an object that a request may have: those that must
--- be there first, then by the alphabet.
local function names_of(walk, shape)
  local first, rest = {}, {}
  for _, name in ipairs(document.names(shape.properties)) do
    local given = shape.properties[name]
    if not says(walk, given, "readOnly") then
      local list = shape.required[name] and first or rest
      list[#list + 1] = name
    end
  end
  table.move(rest, 1, #rest, #first + 1, first)
  return first
end

local LONGEST_NAME <const> = 150

--- Names that mean something else in a body type, or that nobody has.
local function is_odd(name)
  return name == "" or name == "*" or name:find "[!?]$" ~= nil
    or #name > LONGEST_NAME
end

local function is_open(schema)
  local more = schema.additionalProperties
  return more == true or type(more) == "table"
end

local function object_type(walk, shape, depth)
  if is_open(shape.schema) then return "object" end
  local members = {}
  for _, name in ipairs(names_of(walk, shape)) do
    if is_odd(name) then return "object" end
    members[#members + 1] = { name = marked(walk, shape, name),
      value = convert(walk, shape.properties[name], depth + 1, name) }
  end
  return #members > 0 and members or "object"
end

--- An object whose members have any names.
local function map_type(walk, shape, depth)
  local more = document.object(shape.schema.additionalProperties)
  if next(more) == nil then return "object" end
  local value = convert(walk, more, depth + 1)
  if value == "any" then return "object" end
  return { { name = "*", value = value } }
end

local function array_type(walk, shape, depth)
  local item = document.object(shape.schema.items)
  if next(item) == nil then return "array" end
  local type_ = convert(walk, item, depth + 1)
  if type_ == "any" then return "array" end
  return { { value = type_ } }
end

local function one_of_type(walk, shape, depth, name)
  local parts = alternatives(walk, shape.schema)
  if #parts == 1 then return convert(walk, parts[1], depth + 1, name) end
  local found
  for _, part in ipairs(parts) do
    local own = convert(walk, part, depth + 1, name)
    if type(own) == "table" then own = own[1].name and "object" or "array" end
    if found and own ~= found then return "any" end
    found = own
  end
  return found or "any"
end

local function type_of(walk, shape, depth, name)
  if shape.word == "string" then return text_type(walk, shape, name) end
  if SCALARS[shape.word] then return shape.word end
  if shape.word == "array" or shape.schema.items then
    return array_type(walk, shape, depth)
  elseif next(shape.properties) then
    return object_type(walk, shape, depth)
  elseif shape.word == "object" or is_open(shape.schema) then
    return map_type(walk, shape, depth)
  elseif #document.array(shape.schema.enum) > 0 then
    return common_type(shape.schema.enum)
  elseif shape.schema.const ~= nil then
    return common_type { shape.schema.const }
  end
  return one_of_type(walk, shape, depth, name)
end

--- Returns the type of a schema within others.  A circle ends in a word.
function convert(walk, schema, depth, name)
  local own = document.resolve(walk.root, schema)
  if step(walk) then return "any" end
  local shape = shape_of(walk, own)
  if walk.open[own] or depth > MOST_DEPTH or walk.steps > MOST_STEPS then
    if next(shape.properties) or shape.word == "object" then
      return "object"
    end
    return SCALARS[shape.word] and shape.word or "any"
  end
  walk.open[own] = true
  local found = type_of(walk, shape, depth, name)
  walk.open[own] = nil
  return found
end

--- Lists the members of a body type that were taken for secrets by a guess.
local function guessed_in(type_, guessed, found)
  if type(type_) ~= "table" then return found end
  for _, member in ipairs(type_) do
    local name = member.name and member.name:gsub("[!?]$", "")
    if member.value == "secret" and guessed[name] then found[name] = true end
    guessed_in(member.value, guessed, found)
  end
  return found
end

--- Keeps what `of` makes of a schema, since many operations refer to the same
--- one.
local function kept(of)
  local found = setmetatable({}, { __mode = "k" })
  return function(root, schema)
    local own = document.resolve(root, schema)
    if next(own) == nil then return of(root, own) end
    found[own] = found[own] or of(root, own)
    return found[own]
  end
end

---@class mkrun.new.BodyType
---@field type any        a word, or a table as `lua.member` takes it
---@field guessed string[]  members that are secrets by their names or by
---  `writeOnly`

--- Returns the body type of a schema.
---@type fun(root: table, schema: any): mkrun.new.BodyType
M.body = kept(function(root, schema)
  local walk = { root = root, steps = 0, open = {}, guessed = {} }
  local found = convert(walk, schema, 1)
  return { type = found,
    guessed = document.names(guessed_in(found, walk.guessed, {})) }
end)

local shown = kept(function(root, schema)
  local shape = shape_of({ root = root, steps = 0 }, schema)
  local members, items = {}, shape.schema.items
  for name, value in pairs(shape.properties) do
    if #name <= LONGEST_NAME then
      members[name] = document.resolve(root, value)
    end
  end
  return { members = members, items = items,
    word = shape.word or items and "array" or nil }
end)

--- Returns the members of a schema, allOf put together: name -> schema, with
--- its references followed.
---@param root table
---@param schema any
---@return table<string, table> members
---@return string? word   the word of `type`
---@return table? items   the schema of an array's items
function M.members(root, schema)
  local found = shown(root, schema)
  return found.members, found.word, found.items
end

--- Returns true if a schema is of an array.
---@param root table
---@param schema any
---@return boolean
function M.is_array(root, schema)
  local _, word = M.members(root, schema)
  return word == "array"
end

local MOST_LEVELS <const>, MOST_MEMBERS <const> = 3, 300

local function add_secrets(root, value, prefix, walk)
  local members = M.members(root, value)
  for _, name in ipairs(document.names(members)) do
    walk.steps = walk.steps + 1
    if walk.steps > MOST_MEMBERS then return end
    local _, word = M.members(root, members[name])
    if word == "string" and secrets.how(name, members[name]) then
      walk.found[#walk.found + 1] = prefix .. name
    elseif word == "object" and walk.level < MOST_LEVELS then
      walk.level = walk.level + 1
      add_secrets(root, members[name], prefix .. name .. ".", walk)
      walk.level = walk.level - 1
    end
  end
end

--- Returns the members of an answer that are secrets, such as "login.key".
---@type fun(root: table, schema: any): string[]
M.secrets = kept(function(root, schema)
  local walk = { steps = 0, level = 1, found = {} }
  add_secrets(root, schema, "", walk)
  return walk.found
end)

return M
