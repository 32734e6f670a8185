--- Explains a value: the text of `help(value)` at the prompt.  The texts are
--- those of the manual, and of the declarations for editors.
-- SPDX-License-Identifier: MIT

-- luacheck: ignore 211/_ENV
local _ENV <const> = require "mkrun.host.prompt.globals"

local config = require "mkrun.config"
local headers = require "mkrun.host.header"
local near = require "mkrun.closest_name"
local shelf = require "mkrun.host.shelf"
local sys = require "mkrun.sys"

local M = {}

local provider <const> = config.provider()

M.INTRODUCTION = ([[
A statement runs; an expression prints its value.

%-18s %s: %s:list()
help(%s)    what an object, a function or a module can do
help "scripting"   a topic of the manual, or a flow; mkrun help lists them

Tab completes, Up, Down and Ctrl-R find what was typed before, Enter begins a
new line while a statement is incomplete, Ctrl-C cancels the line or what runs,
Ctrl-D ends.  help "prompt" has all of it.]]):format(provider.root,
  provider.root_text, provider.example, provider.example)

--- Returns the pages of the manual.
local function pages()
  local list = {}
  for i, topic in ipairs(shelf.topics()) do
    list[i] = shelf.topic(topic.name)
  end
  return list
end

--- Returns the lines of the manual on the functions of an owner, such as
--- "org.teams": all of them, or those of this name.  They are in blocks that
--- are no examples.
local function lines_of(wanted, name)
  local found = {}
  for _, page in ipairs(pages()) do
    local is_block, goes_on = false, false
    for line in page:gmatch "[^\n]*" do
      local owner, method = line:match "^([%a_][%w_.]*)[.:]([%w_]+)[({]"
      local fits = owner == wanted and (not name or method == name)
      goes_on = is_block and (fits or goes_on and line:find "^    %s*%S" ~= nil)
      if goes_on then found[#found + 1] = line end
      if line:find "^```" then is_block = line == "```" and not is_block end
    end
  end
  return found
end

--- Returns the comment above a declaration in the types, such as "Teams:get".
local function comment_of(owner, name)
  local types, start = sys.builtin "types", "\nfunction " .. owner
  local at = types:find(start .. ":" .. name .. "(", 1, true)
    or types:find(start .. "." .. name .. "(", 1, true)
  local block = at and types:sub(1, at):match ".*\n\n(.-)$" or ""
  local lines = {}
  for line in block:gmatch "%-%-%- ?([^\n]*)\n" do lines[#lines + 1] = line end
  return lines
end

--- Returns an upvalue of a function by its name.
local function upvalue(f, wanted)
  for i = 1, 20 do
    local name, value = debug.getupvalue(f, i)
    if not name then return nil end
    if name == wanted then return value end
  end
end

--- Returns the name of the class of an object, or of a method, and the name of
--- the method.
local function class_of(value)
  local meta = debug.getmetatable(value)
  local name = type(meta) == "table" and rawget(meta, "__name")
  if type(name) == "string" then return name end
  local class = type(value) == "function" and upvalue(value, "class")
  name = type(class) == "table" and rawget(class, "__name")
  if name then return name, upvalue(value, "name") end
end

--- Returns the name of a loaded module, or of the module and the name of the
--- function.
local function module_of(value)
  local names = {}
  for name in next, package.loaded do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local module = package.loaded[name]
    if name ~= "_G" and module == value then return name end
    for key, item in next, type(module) == "table" and name ~= "_G" and module
      or {} do
      if item == value and type(value) == "function" then return name, key end
    end
  end
end

local function parameters(f)
  local names = {}
  local info = debug.getinfo(f, "u")
  for i = 1, info.nparams do names[i] = debug.getlocal(f, i) end
  if info.isvararg then names[#names + 1] = "..." end
  return ("function(%s)"):format(table.concat(names, ", "))
end

--- Returns what is known of a function, or of all functions of an owner.
local function of_owner(owner, type_owner, name, title)
  local lines = lines_of(owner, name)
  local comment = name and comment_of(type_owner, name) or {}
  if lines[1] and comment[1] then lines[#lines + 1] = "" end
  table.move(comment, 1, #comment, #lines + 1, lines)
  if not name and lines[1] then table.insert(lines, 1, title .. "\n") end
  return lines[1] and table.concat(lines, "\n") or nil
end

--- Returns a topic of the manual, or the help of a flow or tool.
local function of_topic(name)
  local page, source = shelf.topic(name), shelf.script(name)
  if page then return page end
  if source then return headers.help(headers.parse(source)) end
  local meant = near.find(name, shelf.names())[1]
  return ("There is no topic '%s'%s"):format(name, meant
    and (", did you mean '%s'?"):format(meant) or ": mkrun help lists them.")
end

--- Returns a text about a name that is typed alone and has no value.
---@param name string
---@param names string[]   that have a value
---@return string
function M.unknown(name, names)
  local is_topic = shelf.topic(name) or shelf.script(name)
  local meant = not is_topic and near.find(name, names)[1]
  if meant then
    return ("'%s' has no value, did you mean '%s'?"):format(name, meant)
  end
  local topic = is_topic and name or near.find(name, shelf.names())[1]
  return ("'%s' has no value%s"):format(name, topic
    and ("; there is help '%s'."):format(topic) or ".")
end

--- Returns a text that explains a value.
---@param value any
---@return string
function M.text(value)
  if type(value) == "string" then return of_topic(value) end
  local found
  local class, method = class_of(value)
  if class then
    found = of_owner(shelf.object_of(class), class:match "[^.]*$", method,
      class)
  end
  local module, name = module_of(value)
  if not found and module then
    local short = module:match "[^.]*$"
    found = of_owner(short, short, name, module)
  end
  if found then return found end
  if type(value) ~= "function" then
    return ("a value of the type %s"):format(class or type(value))
  end
  local title = name and ("%s.%s: "):format(module, name) or ""
  return title .. (debug.getinfo(value, "S").what == "C" and "a function in C"
    or parameters(value))
end

return M
