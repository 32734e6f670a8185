--- Writes the declarations for editors that `mkrun --types DIR` unpacks, from
--- the comments of the library.  So a function is described in one place.
---
---     lua vendor/types.lua lua/mkrun/client.lua lua/types/http.lua >types.txt
---
--- The output has each function that a script can reach, and each type that
--- these functions name; no other type of the library.  It has the notes on
--- options, and no other text: mkrun adds what its manual says of a function.
--- A line "--- @file NAME" begins a file.

package.path = arg[0]:match "^(.-)[^/]*$" .. "?.lua;" .. package.path

local source = require "types_source"

--- Modules at the top that are not for scripts.
local INTERNAL <const> = { ["mkrun.apart"] = true, ["mkrun.backend"] = true,
  ["mkrun.cage"] = true, ["mkrun.config"] = true, ["mkrun.composed"] = true,
  ["mkrun.providers"] = true, ["mkrun.task.core"] = true,
  ["mkrun.trial"] = true }
local PUBLIC <const> = { ["mkrun.rest.error"] = true }

--- Modules that have another name for scripts.
local NAMES <const> = { ["mkrun.tool.test.flow"] = "mkrun.test" }

local files, modules = {}, {}
for i, path in ipairs(arg) do
  local file = source.parse(path)
  file.module = NAMES[file.module] or file.module
  files[i] = file
  if file.module then modules[file.module] = file end
end

--- Tells whether scripts may require a module: one at the top of lua/mkrun, one
--- in C, a provider's library, or one of PUBLIC.
local function is_public(file)
  local name = file.module
  if not name or INTERNAL[name] then return false end
  return PUBLIC[name] or not name:find(".", 1, true)
    or name:find "^mkrun%.[%w_]+$" ~= nil and not file.path:find "/init%.lua$"
end

-- What a script can reach ----------------------------------------------------

--- Type -> the items that declare the type and its methods.
local declared = {}

local function declare(name, item)
  declared[name] = declared[name] or {}
  table.insert(declared[name], item)
end

--- Notes which types a file declares, and of which type each method is.
local function declare_all(file)
  local class_of = {}
  for _, item in ipairs(file.items) do
    for name in item.docs:gmatch "%-%-%-@[ca]%l+ (mk[%w_.]+)" do
      declare(name, item)
      if item.variable then class_of[item.variable] = name end
    end
    item.class = item.owner and class_of[item.owner]
    if item.class then declare(item.class, item) end
  end
end

local wanted = {}

--- Methods that are not for scripts.
local OWN <const> = { ["mkrun.test.Run"] = { close = true, hear = true } }

local function want(item)
  local own = OWN[item.class]
  if wanted[item] or own and own[item.name] then return end
  wanted[item] = true
  for name in item.docs:gmatch "mk[%a_]+%.[%w_.]+" do
    for _, other in ipairs(declared[name] or {}) do want(other) end
  end
end

--- What a module has from another one: `local M = { spawn = core.spawn }`.
local function taken(file, name, expression)
  local variable, of = expression:match "^(%w+)%.(%w+)$"
  local from = modules[file.requires[variable or expression]]
  if from and not variable then
    return { kind = "value", docs = "", file = file, owner = file.returned,
      name = name, text = ('require "%s"'):format(from.module) }
  end
  for _, item in ipairs(from and from.items or {}) do
    if item.name == of and item.owner == from.returned then
      return { kind = "function", docs = item.docs, file = file, sign = ".",
        owner = file.returned, name = name, parameters = item.parameters }
    end
  end
end

local function add_taken(file)
  for i = #file.items, 1, -1 do
    local own = file.items[i]
    local fields = own.variable == file.returned and own.fields
    for name, expression in (fields or ""):gmatch "(%w+) = ([%w.]+)" do
      local item = taken(file, name, expression)
      if item then table.insert(file.items, i + 1, item) end
    end
  end
end

for _, file in ipairs(files) do declare_all(file) end
for _, file in ipairs(files) do
  if is_public(file) then
    add_taken(file)
    for _, item in ipairs(file.items) do
      if (item.owner or item.variable) == file.returned then want(item) end
    end
  end
end

-- Writing --------------------------------------------------------------------

local function find_copied(item)
  for _, other in ipairs(item.file.items) do
    if other.owner == item.owner and other.name == item.of then
      return other
    end
  end
  error(("%s: %s is not declared"):format(item.file.path, item.of))
end

local function signature(item, of)
  local parameters = of.parameters:sub(2, -2):gsub("_self, ", "")
  return ("function %s%s%s(%s) end"):format(item.owner, of.sign, item.name,
    parameters)
end

local writers = {
  ["function"] = function(item) return signature(item, item) end,
  copy = function(item)
    local of = find_copied(item)
    item.docs = of.docs
    return signature(item, of)
  end,
  class = function(item)
    return item.variable and ("local %s = {}"):format(item.variable)
  end,
  module = function(item) return ("local %s = {}"):format(item.variable) end,
  value = function(item)
    return ("%s.%s = %s"):format(item.owner, item.name, item.text)
  end,
  type = function() end,
}

local function text_of(item)
  local text = writers[item.kind](item)
  if item.docs == "" then return text end
  return item.docs .. (text and "\n" .. text or "")
end

local function print_file(file)
  local parts, is_own = {}, is_public(file)
  for _, item in ipairs(file.items) do
    if wanted[item] then parts[#parts + 1] = text_of(item) end
  end
  if #parts == 0 then return end
  local name = file.module and file.module:gsub("%.", "/")
    or file.path:match "^lua/types/(.*)%.lua$"
  print(("--- @file %s.lua"):format(name))
  print("---@meta" .. (is_own and " " .. file.module or ""))
  print("\n" .. table.concat(parts, "\n\n"))
  if is_own then print("\nreturn " .. file.returned) end
end

for _, file in ipairs(files) do print_file(file) end
