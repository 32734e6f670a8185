--- Generates declarations for editors from the API's contract: a class for each
--- schema, and the common methods of resources.  tests/types.lua calls it.
---
---   build/debug/mkrun tests/types.lua     writes them to lua/types/mkio

local contract = require "tests.support.contract"
local operations = require "mkio.operations"
local organization = require "mkio.resource.organization"
local session = require "mkrun.rest.session"
local value = require "mkrun.value"

local M = { folder = "lua/types/mkio" }

local WIDTH <const> = 80
local PREFIX <const> = "mkio.api."

--- Members that mkio turns into a secret.
local SECRETS <const> = {
  ["UserTokenMetadataSchema.JWT"] = true,
  ["MetricsStatusSchema.password"] = true,
}

local schemas = contract.document.components.schemas

local function name_of(reference) return reference:match "[^/]+$" end

-- Types --------------------------------------------------------------------

local type_of

local scalars = {
  string = "string", boolean = "boolean", integer = "integer",
  number = "number", null = PREFIX .. "null",
}

local function array_of(item)
  local inner = type_of(item)
  return (inner:find "|" and "(" .. inner .. ")" or inner) .. "[]"
end

local function one_type(word, schema)
  if word == "array" then return array_of(schema.items) end
  if word ~= "object" then return scalars[word] end
  local member = schema.additionalProperties
  return ("table<string, %s>"):format(member and type_of(member) or "any")
end

local function union(list, convert)
  local names = {}
  for i, item in ipairs(list) do names[i] = convert(item) end
  return table.concat(names, "|")
end

function type_of(schema)
  if schema["$ref"] then return PREFIX .. name_of(schema["$ref"]) end
  if schema.oneOf then return union(schema.oneOf, type_of) end
  if schema.enum then
    return union(schema.enum, function(text) return '"' .. text .. '"' end)
  end
  local words = schema.type
  if words == nil then return "any" end
  return union(type(words) == "table" and words or { words },
    function(word) return one_type(word, schema) end)
end

-- Classes ------------------------------------------------------------------

local function notes_of(schema)
  local notes = {}
  if schema.format then notes[#notes + 1] = schema.format end
  if schema.maxLength then
    notes[#notes + 1] = ("at most %d characters"):format(schema.maxLength)
  end
  if schema.readOnly then notes[#notes + 1] = "read-only" end
  return table.concat(notes, ", ")
end

local function add(lines, text, ...) lines[#lines + 1] = text:format(...) end

--- Gives a name to a union that is too long for a line.
local function short_type(lines, class, name, schema)
  local text = type_of(schema)
  if #text < WIDTH - 30 then return text end
  local array = text:match "^%((.*)%)%[%]$"
  local alias = ("%s%s.%s"):format(PREFIX, class, name)
  add(lines, "---@alias %s", alias)
  for item in (array or text):gmatch "[^|]+" do add(lines, "---| %s", item) end
  add(lines, "")
  return array and alias .. "[]" or alias
end

local function add_field(lines, head, notes)
  local whole = notes == "" and head or head .. "  " .. notes
  if #whole > WIDTH then
    add(lines, "--- %s", notes)
    whole = head
  end
  add(lines, "%s", whole)
end

--- Returns the class of one schema, after the names that it needs.
local function class_of(class)
  local schema, before, fields = schemas[class], {}, {}
  local required = value.set(schema.required)
  for _, name in ipairs(value.names(schema.properties)) do
    local member = schema.properties[name]
    local type_name = SECRETS[class .. "." .. name] and "mkrun.Secret"
      or short_type(before, class, name, member)
    local plain = name:find "^[%a_][%w_]*$" and name ~= "end"
    local shown = plain and name or ('["%s"]'):format(name)
    add_field(fields, ("---@field %s%s %s"):format(shown,
      required[name] and "" or "?", type_name), notes_of(member))
  end
  if not schema.type then
    return ("---@alias %s%s any\n"):format(PREFIX, class)
  end
  table.insert(fields, 1, "---@class " .. PREFIX .. class)
  if schema["x-masked-on-read"] then
    table.insert(fields, 1, "--- Reads back as asterisks.")
  end
  table.move(fields, 1, #fields, #before + 1, before)
  return table.concat(before, "\n") .. "\n"
end

-- Files --------------------------------------------------------------------

--- Collects every schema that `node` refers to.
local function reach(node, found)
  if type(node) ~= "table" then return end
  local name = node["$ref"] and name_of(node["$ref"])
  if name and schemas[name] and not found[name] then
    found[name] = true
    reach(schemas[name], found)
  end
  for _, child in pairs(node) do reach(child, found) end
end

--- Returns the file of each schema: the tag of its operations, or "common" if
--- there are several.
local function places()
  local place = { Error = "common" }
  for _, operation in ipairs(operations.all) do
    local stated =
      contract.document.paths[operation.path][operation.method:lower()]
    local tag = stated.tags[1]:lower():gsub(" ", "_")
    local found = {}
    reach(stated, found)
    for name in pairs(found) do
      local shared = place[name] and place[name] ~= tag
      place[name] = shared and "common" or tag
    end
  end
  for _, name in ipairs(value.names(schemas)) do
    place[name] = place[name] or "common"
  end
  return place
end

local HEAD <const> = [[
---@meta
--- %s
--- Generated by tests/types.lua from the contract; do not edit.
]]

local function head(text) return HEAD:format(text) end

local function schema_files()
  local files, place = {}, places()
  for _, name in ipairs(value.names(schemas)) do
    local path = ("%s/%s.lua"):format(M.folder, place[name])
    files[path] = files[path]
        or head "Declares the parts of requests and answers."
    files[path] = files[path] .. "\n" .. class_of(name)
  end
  return files
end

-- Methods that all resources have ------------------------------------------

local function answer_of(key)
  local operation = operations.by_key[key]
  local stated =
    contract.document.paths[operation.path][operation.method:lower()]
  local schema = stated.responses["200"].content["application/json"].schema
  return schemas[name_of(schema["$ref"])], type_of(schema), stated
end

local function fields_note(lines, stated, word, name)
  local fields = stated["x-" .. name .. "-fields"]
  if not fields then return end
  local line = ("--- %s by:"):format(word)
  for _, field in ipairs(fields) do
    if #line + #field + 2 > WIDTH then
      add(lines, "%s", line)
      line = "---  "
    end
    line = line .. " " .. field
  end
  add(lines, "%s", line)
end

local function add_list(lines, class, key)
  local schema, _, stated = answer_of(key)
  local item = type_of(schema.properties.value.items)
  local takes = next(operations.by_key[key].query)
  local function declare(name, what, result)
    add(lines, "")
    add(lines, "--- %s", what)
    fields_note(lines, stated, "Filter", "filter")
    fields_note(lines, stated, "Order", "orderby")
    if takes then add(lines, "---@param options? mkrun.rest.ListOptions") end
    add(lines, "---@return %s", result)
    add(lines, "function %s:%s(%s) end", class, name,
      takes and "options" or "")
  end
  declare("list", "Returns the whole list, in the API's order.", item .. "[]")
  declare("each", "Iterates over the list.  Reads each page when needed.",
    ("fun(): %s?"):format(item))
end

--- Tells whether a class uses the common method.  The declaration of its own
--- `find` is in its source.
local function is_common(class, name)
  return name == "get" or class.find == class.operations.find
end

local function add_get(lines, class, options)
  local _, answer = answer_of(options.get)
  for _, name in ipairs { "get", "find" } do
    if is_common(class, name) then
      add(lines, "")
      add(lines, name == "find"
        and "--- Reads a resource.  Returns nil if it does not exist."
        or "--- Reads a resource.  Raises if it does not exist.")
      add(lines, "---@param name string")
      add(lines, "---@return %s%s", answer, name == "find" and "?" or "")
      add(lines, "function %s:%s(name) end", options.name, name)
    end
  end
end

--- Declares what `many` adds to a class.
local function add_many(lines, options)
  local _, answer = answer_of(options.get)
  add(lines, "")
  add(lines, "--- Maps each name to its item of a list, and leaves out an item "
    .. "that lacks")
  add(lines, "--- what a single read has to tell.")
  add(lines, "---@param items %s[]", answer)
  add(lines, "---@return table<string, %s>", answer)
  add(lines, "function %s:index(items) end", options.name)
  add(lines, "")
  add(lines, "--- Ensures many resources side by side, by one list.")
  add(lines, "---@param wishes table[]  as for `ensure`, with `name`")
  add(lines, "---@param options? mkrun.rest.EnsureAllOptions")
  add(lines, "---@return mkrun.rest.Ensured[]")
  add(lines, "function %s:ensure_all(wishes, options) end", options.name)
end

local function declarations(class)
  local options, lines = class.operations, {}
  add(lines, "")
  add(lines, "---@class %s", class.__name)
  add(lines, "local %s = {}", options.name)
  if options.list then add_list(lines, options.name, options.list) end
  if options.get then add_get(lines, class, options) end
  if options.many then add_many(lines, options) end
  return table.concat(lines, "\n") .. "\n"
end

--- Collects the classes with a list or a get, by name.
local function classes_in(owner, found)
  for _, member in pairs(owner) do
    local class = type(member) == "table" and getmetatable(member)
    local options = class and class.operations
    if options and not found[options.name] then
      found[options.name] = class
      classes_in(member, found)
    end
  end
  return found
end

local function resource_file()
  local org = organization.new(session.new { provider = require "mkio.provider",
    base = "https://api.test",
    http = {} })
  local found = classes_in({ org, org:project "x" }, {})
  local text = head "Declares the common methods of resources."
  for _, name in ipairs(value.names(found)) do
    local options = found[name].operations
    if options.list or options.get then
      text = text .. declarations(found[name])
    end
  end
  return text
end

--- Returns all files.
---@return table<string, string>   text by path
function M.files()
  local files = schema_files()
  local common = M.folder .. "/common.lua"
  files[common] = files[common]
    .. "\n--- The value `json.null`, which is JSON's null in Lua.\n"
    .. ("---@alias %snull lightuserdata\n"):format(PREFIX)
  files[M.folder .. "/resources.lua"] = resource_file()
  return files
end

return M
