--- Runs a file in Lua that returns a document.  This is no module: its text
--- runs in a state and a process of its own, by `mkrun.host.document`.
---
--- A file sees `string table math utf8`, some functions of Lua, `env`,
--- `include`, `set` and `null`.  What it returns must not depend on chance, so
--- `pairs` has an order, `table.sort` is stable, and no text has an address.
-- SPDX-License-Identifier: MIT

local ask, json, near, request = ...
request = json.decode(request)

local LIBRARIES <const> = { "string", "table", "math", "utf8" }
local PLAIN <const> = { "assert", "error", "ipairs", "select", "tonumber",
  "type" }
local DEEPEST <const> = 100

local sort, plain_format = table.sort, string.format

-- What has an order ----------------------------------------------------------

local RANKS <const> = { boolean = 1, number = 2, string = 3 }

local function is_before(a, b)
  local rank, other = RANKS[type(a)], RANKS[type(b)]
  if rank ~= other then return rank < other end
  if rank == 1 then return not a and b end
  return a < b
end

--- Returns the keys of a table in order: numbers, then texts.
local function keys_of(list)
  local keys = {}
  for key in next, list do
    if not RANKS[type(key)] then
      error(("a %s as a key has no order"):format(type(key)), 3)
    end
    keys[#keys + 1] = key
  end
  sort(keys, is_before)
  return keys
end

local function check_table(value, name)
  if type(value) == "table" then return end
  error(("bad argument #1 to '%s' (table expected, got %s)"):format(name,
    type(value)), 3)
end

local function ordered_pairs(list)
  check_table(list, "pairs")
  local keys, i = keys_of(list), 0
  return function()
    repeat i = i + 1 until keys[i] == nil or list[keys[i]] ~= nil
    if keys[i] ~= nil then return keys[i], list[keys[i]] end
  end
end

local function ordered_next(list, key)
  check_table(list, "next")
  local keys = keys_of(list)
  if key == nil then return keys[1], list[keys[1]] end
  for i, known in ipairs(keys) do
    if known == key then return keys[i + 1], list[keys[i + 1]] end
  end
  error("the key to 'next' is not in the table", 2)
end

--- Merges two sorted parts of a list, from `a` and from `b`.
local function merge(list, a, b, last, less)
  local left, i, j = table.move(list, a, b - 1, 1, {}), 1, b
  for k = a, last do
    if j > last or left[i] ~= nil and not less(list[j], left[i]) then
      list[k], i = left[i], i + 1
    else
      list[k], j = list[j], j + 1
    end
  end
end

local function sort_part(list, first, last, less)
  if first >= last then return end
  local middle = (first + last) // 2 + 1
  sort_part(list, first, middle - 1, less)
  sort_part(list, middle, last, less)
  merge(list, first, middle, last, less)
end

--- Sorts as `table.sort` does, and keeps the order of what is equal.
local function stable_sort(list, less)
  check_table(list, "sort")
  sort_part(list, 1, #list, less or function(a, b) return a < b end)
end

-- What has no address --------------------------------------------------------

local function text_of(value)
  local kind = type(value)
  if value == json.null then return "null" end
  if kind == "table" or kind == "function" then return kind end
  return tostring(value)
end

local function format(pattern, ...)
  if type(pattern) ~= "string" then return plain_format(pattern, ...) end
  local values = table.pack(...)
  for i = 1, values.n do
    local kind = type(values[i])
    if kind ~= "string" and kind ~= "number" then
      values[i] = text_of(values[i])
    end
  end
  if pattern:gsub("%%%%", ""):find "%%[-+ #0-9.]*p" then
    error("bad argument #1 to 'format' (%p is not allowed)", 2)
  end
  return plain_format(pattern, table.unpack(values, 1, values.n))
end

local function replace(library, name, value) _G[library][name] = value end

replace("string", "dump")
replace("string", "format", format)
replace("math", "random")
replace("math", "randomseed")
replace("table", "sort", stable_sort)

-- What a file sees -----------------------------------------------------------

local used = {}

local function hint(name, known)
  local meant = near.find(name, known)[1]
  return meant and (", did you mean '%s'?"):format(meant) or ""
end

--- Returns the value of --set, or nil.  The host joins the names that are used
--- to lines, so each is one that --set can have.
local function variable(name)
  if type(name) ~= "string" or not name:find "^[%a_][%w_]*$" then
    error(("set: the name of a variable expected, got %s"):format(
      type(name) == "string" and "'" .. name .. "'" or type(name)), 3)
  end
  used[name] = true
  return request.set[name]
end

local function names_of(map)
  local names = {}
  for name in ordered_pairs(map) do names[#names + 1] = name end
  return names
end

local set = setmetatable({}, {
  __index = function(_, name)
    local value = variable(name)
    if value ~= nil then return value end
    error(("--set %s=VALUE is missing%s"):format(name,
      hint(name, names_of(request.set))), 2)
  end,
  __call = function(_, name, default)
    local value = variable(name)
    if value == nil then return default end
    return value
  end,
  __newindex = function() error("'set' cannot be changed", 2) end,
})

local function env(name)
  if type(name) == "string" and name:find "^[%a_][%w_]*$" then
    return { env = name }
  end
  -- A text that is no name may be the secret itself.
  error("env: the name of a variable expected, got "
    .. (type(name) == "string" and "another text" or type(name)), 2)
end

local function copy(module)
  local result = {}
  for name, value in next, module do result[name] = value end
  return result
end

local run_file

--- Files that are being run, by their real paths.
local running = {}

local function includer(path)
  return function(name)
    if type(name) ~= "string" then
      error("include: the name of a file expected, got " .. type(name), 2)
    end
    if not utf8.len(name) then
      error("include: the name of a file is no text in UTF-8", 2)
    end
    local answer, message = ask(json.encode { from = path, name = name })
    if not answer then error(("include %s: %s"):format(name, message), 2) end
    local file = json.decode(answer)
    if file.document ~= nil then return file.document end
    if running[file.real] then
      error(("include %s: that file is being run already"):format(name), 2)
    end
    return run_file(file)
  end
end

--- Returns the globals of a file.
local function globals(path)
  local own = { pairs = ordered_pairs, next = ordered_next,
    tostring = text_of, env = env, set = set, null = json.null,
    include = includer(path) }
  for _, name in ipairs(PLAIN) do own[name] = _G[name] end
  for _, name in ipairs(LIBRARIES) do own[name] = copy(_G[name]) end
  local known = names_of(own)
  return setmetatable(own, { __index = function(_, name)
    error(("there is no '%s' in a SPEC%s"):format(text_of(name),
      hint(text_of(name), known)), 2)
  end })
end

local _, here = pcall(function() error "" end)
local OWN <const> = here:match "^(.*:)%d+: $"

--- Returns a message that begins with a place in a file.  After a tail call
--- Lua names the place that called the file, which is in this text, or none.
local function placed(path, message)
  if type(message) ~= "string" then return "the error is no text" end
  if OWN and message:sub(1, #OWN) == OWN then
    message = message:sub(#OWN + 1):gsub("^%d+: ", "")
  elseif message:find "^[^\n]-:%d+: " or message:find "not enough memory" then
    return message
  end
  return ("%s: %s"):format(path, message)
end

--- Returns the message of `load` without a text of the file, which may be a
--- secret.
local function without_text(message)
  return (message:gsub("near '[\"'].*'$", "near a text")
    :gsub("near '%[=*%[.*'$", "near a text"))
end

--- Runs a file and returns what it returns.
function run_file(file)
  local source = file.source:gsub("^\xEF\xBB\xBF", ""):gsub("^#[^\n]*", "")
  local main, message =
    load(source, "@" .. file.path, "t", globals(file.path))
  if not main then error(without_text(message), 0) end
  running[file.real] = true
  local ok, value = pcall(main)
  running[file.real] = nil
  if not ok then error(placed(file.path, value), 0) end
  return value
end

-- The document ---------------------------------------------------------------

local function refuse(at, text)
  local pointer = at == "" and "at the top" or ("at '%s'"):format(at)
  error(("%s: %s: %s"):format(request.path, pointer, text), 0)
end

local function below(at, name)
  return at .. "/" .. tostring(name):gsub("~", "~0"):gsub("/", "~1")
end

--- Raises unless the keys are those of a list or of an object.
local function check_keys(value, at)
  local count, has_names = 0, false
  for key in next, value do
    if type(key) == "string" then
      has_names = true
    elseif math.type(key) ~= "integer" or key < 1 then
      refuse(at, ("a key is a %s, text expected"):format(type(key)))
    else
      count = count + 1
    end
  end
  if count > 0 and has_names then
    refuse(at, "a table with elements and members")
  elseif count > 0 and value[count] == nil then
    refuse(at, "a list with a hole")
  end
end

--- Raises for what is no JSON.
local function check(value, at, above, depth)
  local kind = type(value)
  if kind == "number" and (value ~= value or value - value ~= 0) then
    refuse(at, value ~= value and "NaN is no number of JSON"
      or "infinity is no number of JSON")
  elseif kind == "string" and not utf8.len(value) then
    refuse(at, "a text that is not UTF-8")
  elseif kind == "function" then
    refuse(at, "a function is no value of JSON")
  elseif kind ~= "table" then
    return
  elseif above[value] then
    refuse(at, "a table that contains itself")
  elseif depth > DEEPEST then
    refuse(at, ("nested deeper than %d levels"):format(DEEPEST))
  end
  above[value] = true
  check_keys(value, at)
  for key, member in ordered_pairs(value) do
    local name = type(key) == "string" and key or key - 1
    check(member, below(at, name), above, depth + 1)
  end
  above[value] = nil
end

local document = run_file(request)
if type(document) ~= "table" then
  refuse("", ("table expected, got %s"):format(
    document == nil and "nothing" or text_of(document)))
end
check(document, "", {}, 1)
local text, message = json.encode({ document = document,
  used = json.array(names_of(used)) }, { sort = true })
if not text then refuse("", message) end
return text
