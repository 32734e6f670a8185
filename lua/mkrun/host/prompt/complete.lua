--- Finds what may end a text that is typed at the prompt: names of globals,
--- fields and methods, and of files and modules within a string.  It runs no
--- code of the script: it reads tables as they are.
-- SPDX-License-Identifier: MIT

local _ENV <const> = require "mkrun.host.prompt.globals"

local secret = require "mkrun.secret"
local sys = require "mkrun.sys"

local M = {}

--- The globals of the prompt, and a function that lists a folder.  The host
--- sets both.
M.globals, M.list = _ENV, nil

--- Functions that make a global at its first use, by its name.
M.makers = {}

local KEYWORDS <const> = "and break do else elseif end false for function goto "
  .. "if in local nil not or repeat return then true until while"

--- Functions whose first argument is the name of a file.
local OPENERS <const> = { ["io.open"] = true, ["io.lines"] = true,
  ["io.input"] = true, ["io.output"] = true, loadfile = true, dofile = true,
  ["sys.read"] = true, ["sys.write"] = true, ["os.remove"] = true,
  ["os.rename"] = true, ["secret.read"] = true }

--- Fields of a resource that are not for its users.
local INNER <const> = { session = true, at = true }

--- Returns the table in which a value's missing fields are looked up, or nil.
local function fallback(value)
  local meta = debug.getmetatable(value)
  local index = type(meta) == "table" and rawget(meta, "__index")
  return type(index) == "table" and index or nil
end

--- Returns a field of a value, without a call of a metamethod.
local function field(value, name)
  for _ = 1, 20 do
    local found = type(value) == "table" and rawget(value, name)
    if found ~= nil and found ~= false then return found end
    value = fallback(value)
    if not value then return nil end
  end
end

local function is_shown(name, typed, is_object)
  return type(name) == "string" and name:sub(1, #typed) == typed
    and name:find "^[%a_][%w_]*$" and (name:sub(1, 1) ~= "_" or typed ~= "")
    and not (is_object and INNER[name]) and secret.redact(name) == name
end

--- Returns the set of the fields of a value that begin with `typed`.
local function fields_of(value, typed, only_functions)
  local found, is_object = {}, fallback(value) ~= nil
  for _ = 1, 20 do
    for name, item in next, type(value) == "table" and value or {} do
      local fits = not only_functions or type(item) == "function"
      if is_shown(name, typed, is_object) and fits then found[name] = true end
    end
    value = fallback(value)
    if not value then break end
  end
  return found
end

local function sorted(set)
  local names = {}
  for name in next, set do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function globals_with(typed)
  local found = fields_of(M.globals, typed)
  for name in next, M.makers do
    if is_shown(name, typed) then found[name] = true end
  end
  return found
end

local function of_globals(typed)
  local found = globals_with(typed)
  for word in KEYWORDS:gmatch "%a+" do
    if is_shown(word, typed) then found[word] = true end
  end
  return sorted(found), #typed
end

--- Returns the names of the globals, sorted.
---@return string[]
function M.global_names() return sorted(globals_with "") end

local function global(name)
  local found = field(M.globals, name)
  if found == nil and M.makers[name] then return M.makers[name]() end
  return found
end

--- Returns the fields of the value that is named by an expression such as
--- "org.teams".
local function of_path(path, sign, typed)
  local first, rest = path:match "^([%w_]+)(.*)$"
  local value = global(first)
  for name in rest:gmatch "[%w_]+" do value = field(value, name) end
  if value == nil then return {}, 0 end
  return sorted(fields_of(value, typed, sign == ":")), #typed
end

--- Returns the modules of the binary whose names begin with `typed`, up to the
--- next dot.
local function of_modules(typed)
  local found = {}
  for _, name in ipairs(sys.builtins()) do
    local is_public = name:find "^mk" and not name:find "/"
      and not name:find "%.host%."
    if is_public and name:sub(1, #typed) == typed then
      found[typed .. name:sub(#typed + 1):match "^%.?[^.]*"] = true
    end
  end
  return sorted(found), #typed
end

--- Returns the files whose paths begin with `typed`.
local function of_files(typed)
  local folder, start = typed:match "^(.-)([^/]*)$"
  local found = {}
  for _, name in ipairs(M.list and M.list(folder ~= "" and folder or ".") or {})
  do
    local is_hidden = name:sub(1, 1) == "." and start == ""
    if name:sub(1, #start) == start and not is_hidden
      and not name:find "[%c\"'\\]" then
      found[folder .. name] = true
    end
  end
  return sorted(found), #typed
end

--- Returns the line that the cursor is in, without the strings that end in it.
local function without_strings(before)
  return (before:match "[^\n]*$":gsub("\\.", "xx"):gsub('"[^"]*"', '""')
    :gsub("'[^']*'", "''"))
end

local function of_string(before)
  local opener, typed = before:match "([%w_.]+)%s*%(?%s*[\"']([^\"'\\]*)$"
  if opener == "require" then return of_modules(typed) end
  if OPENERS[opener] then return of_files(typed) end
  return {}, 0
end

--- Returns the texts that may replace the last `count` bytes of `before`.
---@param before string   the text before the cursor
---@return string[] texts
---@return integer count
function M.texts(before)
  local line = without_strings(before)
  if not line:find "%S" then return { "  " }, 0 end
  if line:gsub('""', ""):gsub("''", ""):find "[\"']" then
    return of_string(before)
  elseif line:find("--", 1, true) then
    return {}, 0
  end
  local path, sign, typed = line:match "([%a_][%w_.]*)([.:])([%w_]*)$"
  if path then
    local rest = line:sub(1, -#path - #typed - 2)
    if rest:find "[%w_.:)%]}\"']$" then return {}, 0 end
    return of_path(path, sign, typed)
  end
  typed = line:match "[%a_][%w_]*$"
  local rest = line:sub(1, -#(typed or "") - 1)
  if not typed or rest:find "[%w.:]$" then return {}, 0 end
  return of_globals(typed)
end

return M
