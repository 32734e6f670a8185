--- Finds the name that a script meant when it called a method or a function
--- that does not exist, or used a field that does not exist.
--- The host calls this module from its message handler, when an error ends a
--- run.  So an error that the script catches is not changed.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local near = require "mkrun.closest_name"
local sys = require "mkrun.sys"

local M = {}

--- Lua's messages about a name that is not there.
local MESSAGES <const> = {
  "attempt to call a nil value %(method '([%a_][%w_]*)'%)",
  "attempt to call a nil value %(field '([%a_][%w_]*)'%)",
  "attempt to index a nil value %(field '([%a_][%w_]*)'%)",
  "attempt to %l+ a nil value %(global '([%a_][%w_]*)'%)",
}

--- How many tables are searched for names, in a chain of `__index`.
local DEPTH <const> = 5

--- Returns the table in which a value's missing fields are looked up, or nil.
local function fallback(value)
  local meta = debug.getmetatable(value)
  local index = type(meta) == "table" and rawget(meta, "__index")
  return type(index) == "table" and index or nil
end

--- Returns a field of a value without a call of a metamethod, which could do
--- anything: the run has failed already.
local function field(value, name)
  for _ = 1, DEPTH do
    local found = type(value) == "table" and rawget(value, name)
    if found then return found end
    value = fallback(value)
  end
end

--- Returns the names that a value has, including those of its class.
local function names_of(value)
  local names = {}
  for _ = 1, DEPTH do
    for name in next, type(value) == "table" and value or {} do
      if type(name) == "string" and name:find "^%a" then
        names[#names + 1] = name
      end
    end
    value = fallback(value)
    if not value then break end
  end
  return names
end

--- Most bytes of a file of code that are read, and of a line that is searched:
--- the time grows with its square.
local CODE <const>, LINE <const> = 1 << 20, 2000

--- Returns the text of the code that raised the error, or nil.  The script
--- chose the path: a pipe would block, and a device may have no end.
local function source_of(info)
  if not info.source:find "^[@=]" then return info.source end
  if info.source == "=stdin" and config.statement then
    return config.statement -- of the prompt
  end
  local path, running = info.source:match "^@(.*)", config.script
  if running and running.path == path then return running.source end
  local is_file = path and not sys.is_special(path)
  local file = is_file and io.open(path, "rb")
  if not file then return nil end
  local text = file:read(CODE)
  file:close()
  return text
end

local function line_of(text, number)
  local at = 1
  for line in (text .. "\n"):gmatch "([^\n]*)\n" do
    if at == number then return line end
    at = at + 1
  end
end

--- Returns the variable of this name that the function at `level` sees.
--- Levels count from the function that gets them, as in the library debug.
local function variable(level, name)
  local value
  for i = 1, math.huge do
    local own, content = debug.getlocal(level, i)
    if not own then break end
    if own == name then value = content end
  end
  if value ~= nil then return value end
  local main = debug.getinfo(level, "f").func
  for i = 1, math.huge do
    local own, content = debug.getupvalue(main, i)
    if not own then break end
    if own == name then return content end
  end
  return name ~= "_ENV" and field(variable(level + 1, "_ENV"), name) or nil
end

--- Returns the value of "a.b.c" for the function at `level`.
local function value_at(level, path)
  local value
  for name in path:gmatch "[^.]+" do
    if value == nil then
      value = variable(level + 1, name)
    else
      value = field(value, name)
    end
    if value == nil then return nil end
  end
  return value
end

--- Returns the values in which the missing name was looked up: what stands
--- before it in the line of the error, the global variables, and the object of
--- a method's call, which is behind the missing method on the stack.
local function owners(level, info, name, is_method)
  local found = {}
  local text = source_of(info)
  local line = text and line_of(text, info.currentline) or ""
  if #line > LINE then line = "" end
  for path in line:gmatch("([%a_][%w_.]*)%s*[.:]%s*" .. name .. "%f[^%w_]") do
    found[#found + 1] = value_at(level + 1, path)
  end
  found[#found + 1] = variable(level + 1, "_ENV")
  local before = false
  for i = 1, is_method and math.huge or 0 do
    local own, content = debug.getlocal(level, i)
    if not own then break end
    if before and content ~= nil then found[#found + 1] = content end
    before = own:find "temporary" ~= nil and content == nil
  end
  return found
end

--- Where `find` sees the function that failed: above it are pcall, `explain`,
--- the host's call and its message handler.
local LEVEL <const> = 6

local function find(name, is_method)
  if not name then return nil end
  local info = debug.getinfo(LEVEL, "Sl")
  for _, owner in ipairs(owners(LEVEL + 1, info, name, is_method)) do
    local meant = near.find(name, names_of(owner))[1]
    if meant and meant ~= name then return meant end
  end
end

--- Adds the nearest name to a message about a name that does not exist.
---@param message string  the message of an error
---@return string
function M.explain(message)
  local root = config.statement and message:match "%(global '([%w_]+)'%)"
  if root and root == config.provider().root then
    return ("%s: set %s, or use --token-file or --sandbox"):format(message,
      config.provider().variables.token[1])
  end
  for _, pattern in ipairs(MESSAGES) do
    local name = message:match(pattern)
    local found, meant = pcall(find, name, pattern:find "method" ~= nil)
    if found and meant then
      return ("%s, did you mean '%s'?"):format(message, meant)
    end
  end
  return message
end

return M
