--- Shows a value as people read it: tables in order, short, without addresses.
--- Calls no metamethod but `__tostring`.
-- SPDX-License-Identifier: MIT

-- luacheck: ignore 211/_ENV
local _ENV <const> = require "mkrun.host.prompt.globals"

local json = require "mkrun.json"
local printable = require "mkrun.printable"

local M = {}

--- Most levels of tables, items of a table and of all tables of a value, bytes
--- of a text within a table and of one alone, columns of a table on one line.
local DEPTH <const>, ITEMS <const>, ALL_ITEMS <const> = 6, 40, 200
local SHORT <const>, LONG <const>, WIDTH <const> = 200, 10000, 76

local KEYWORDS <const> = {}
for word in ("and break do else elseif end false for function goto if in local "
  .. "nil not or repeat return then true until while"):gmatch "%a+" do
  KEYWORDS[word] = true
end

--- Returns the first bytes of a text, up to the end of a character.
local function cut(text, most)
  if #text <= most then return text end
  local kept = text:sub(1, most):gsub("[\xC0-\xFF][\x80-\xBF]*$", "")
  return ("%s... (%d bytes)"):format(kept, #text)
end

local ESCAPES <const> = { ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r",
  ['"'] = '\\"', ["\\"] = "\\\\" }

--- A secret is redacted before the text is cut or escaped.
local function quoted(text)
  text = printable.lines(text):gsub('[\n\t\r"\\]', ESCAPES)
  return '"' .. cut(text, SHORT) .. '"'
end

--- Returns the name of the type of an object, if it has one.  The marks of JSON
--- make no objects.
local function type_name(value)
  local meta = debug.getmetatable(value)
  local name = type(meta) == "table" and rawget(meta, "__name")
  local is_name = type(name) == "string" and not name:find "^mkrun%.json%."
  return is_name and name or nil
end

local function has_text(value)
  local meta = debug.getmetatable(value)
  return type(meta) == "table" and rawget(meta, "__tostring") ~= nil
end

local function of_function(value)
  local info = debug.getinfo(value, "S")
  if info.what == "C" then return "(function)" end
  return ("(function, %s:%d)"):format(info.short_src, info.linedefined)
end

--- Returns the text of a value that is no table, or of an object.
local function plain(value)
  if value == json.null then return "json.null" end
  local kind = type(value)
  if has_text(value) then
    local ok, text = pcall(tostring, value)
    text = printable.lines(ok and text or kind)
    if kind == "userdata" then -- "file (0x7ffe)" has an address
      text = text:gsub("^(.-)[: ]+%(?0x%x+%)?(.*)$", "(%1%2)")
    end
    return cut(text, LONG)
  elseif kind == "function" then
    return of_function(value)
  elseif kind == "table" or kind == "userdata" or kind == "thread" then
    return ("(%s)"):format(type_name(value) or kind)
  end
  return tostring(value)
end

local RANK <const> = { number = 1, string = 2, boolean = 3 }

local function is_before(a, b)
  local rank_a, rank_b = RANK[type(a)] or 4, RANK[type(b)] or 4
  if rank_a ~= rank_b then return rank_a < rank_b end
  if rank_a <= 2 then return a < b end
  return tostring(a) < tostring(b)
end

--- Returns the keys behind the elements 1 to `count`, sorted.
local function other_keys(value, count)
  local keys = {}
  for key in next, value do
    local is_element = math.type(key) == "integer" and key >= 1 and key <= count
    if not is_element then keys[#keys + 1] = key end
  end
  table.sort(keys, is_before)
  return keys
end

local function count_elements(value)
  local count = 0
  while rawget(value, count + 1) ~= nil do count = count + 1 end
  return count
end

local any

local function key_text(key, above)
  if type(key) == "string" and key:find "^[%a_][%w_]*$" and not KEYWORDS[key]
  then
    return printable.line(key)
  end
  return ("[%s]"):format(any(key, above, 0, ""))
end

--- Returns the texts of the items of a table.
local function items_of(value, above, depth, indent)
  local items, count = {}, count_elements(value)
  local keys = other_keys(value, count)
  local function add(key, name)
    if #items >= ITEMS or above.left <= 0 then return end
    above.left = above.left - 1
    items[#items + 1] = name .. any(rawget(value, key), above, depth, indent)
  end
  for i = 1, count do add(i, "") end
  for _, key in ipairs(keys) do add(key, key_text(key, above) .. " = ") end
  local left = count + #keys - #items
  if left > 0 then items[#items + 1] = ("... (%d more)"):format(left) end
  return items
end

local function is_short(items, indent)
  local width = #indent + 4
  for _, item in ipairs(items) do
    if item:find("\n", 1, true) then return false end
    width = width + (utf8.len(item) or #item) + 2
  end
  return width <= WIDTH
end

local function of_table(value, above, depth, indent)
  if next(value) == nil then return json.is_array(value) and "[]" or "{}" end
  if above[value] then return "{... (itself)}" end
  if depth == 0 or above.left <= 0 then return "{...}" end
  above[value] = true
  local inner = indent .. "  "
  local items = items_of(value, above, depth - 1, inner)
  above[value] = nil
  if is_short(items, indent) then
    return "{ " .. table.concat(items, ", ") .. " }"
  end
  return ("{\n%s%s\n%s}"):format(inner,
    table.concat(items, ",\n" .. inner), indent)
end

--- Returns the text of a value within a table.  `above` is the set of the
--- tables that it is in; its field `left` says how many items may follow, and
--- `depth` how many levels.
function any(value, above, depth, indent)
  if type(value) == "string" then return quoted(value) end
  if type(value) ~= "table" or has_text(value) or type_name(value) then
    return plain(value)
  end
  return of_table(value, above, depth, indent)
end

--- Returns the text of a value.  A string is shown as it is, without what would
--- control the terminal.
---@param value any
---@return string
function M.text(value)
  if type(value) == "string" then return cut(printable.lines(value), LONG) end
  return any(value, { left = ALL_ITEMS }, DEPTH, "")
end

return M
