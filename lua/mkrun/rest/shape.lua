--- Shapes of JSON values: constructors, and one function that checks a value.
--- `mkrun.rest.session` checks bodies with it, `signature` arguments, and flows
--- their documents.
---
--- A shape is a table with `kind`.  `object` takes a field for each member, and
--- a name that ends in "!" is required.  Unknown members are refused; only in
--- shapes from `some` they pass, and there null counts as absent.  The check
--- reports the first fault by its JSON Pointer.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local near = require "mkrun.rest.suggestion"
local values = require "mkrun.value"

---@class mkrun.rest.Shape
---@field kind "string"|"boolean"|"integer"|"object"|"map"|"array"|"any"
---@field open? boolean      true: unknown members pass
---@field nullable? boolean  true: null passes
---@field readonly? boolean  true: set by the server, refused in a request
---@field why? string        why a required member is needed
---@field check? fun(value: any): string?, string?   an extra rule; returns what
---  was expected and the pointer inside the value

local M = {}

--- A text.
---@param options? {min: integer?, max: integer?, format: string?,
---  one_of: string[]?, nullable: boolean?, check: function?}   `min` and `max`
---  count characters
---@return mkrun.rest.Shape
function M.text(options)
  local shape = { kind = "string" }
  for name, value in pairs(options or {}) do shape[name] = value end
  return shape
end

--- An e-mail address.  The API allows 1024 characters.
---@return mkrun.rest.Shape
function M.email()
  return M.text { max = 1024, check = function(text)
    if not text:find "^[^%s%c@]+@[^%s%c@]+$" then
      return ("e-mail address expected, got '%s'"):format(text)
    end
  end }
end

--- A boolean.
---@return mkrun.rest.Shape
function M.flag() return { kind = "boolean" } end

--- An integer.
---@param options? {min: integer?, max: integer?}
---@return mkrun.rest.Shape
function M.integer(options)
  options = options or {}
  return { kind = "integer", min = options.min, max = options.max }
end

--- Any value.
---@return mkrun.rest.Shape
function M.any() return { kind = "any" } end

--- An array.
---@param item mkrun.rest.Shape
---@param options? {min: integer?}   `min` counts items
---@return mkrun.rest.Shape
function M.list(item, options)
  return { kind = "array", item = item, min = options and options.min }
end

local function repeated(list)
  local seen = {}
  for i, item in ipairs(list) do
    if seen[item] then
      return ("'%s' is there twice"):format(item), ("/%d"):format(i - 1)
    end
    seen[item] = true
  end
end

--- A list of texts without duplicates.
---@param item mkrun.rest.Shape
---@return mkrun.rest.Shape
function M.set(item)
  return { kind = "array", item = item, check = repeated }
end

--- An object with any member names and with values of one shape.
---@param value mkrun.rest.Shape
---@param options? {min: integer?, check: function?}   `min` counts members
---@return mkrun.rest.Shape
function M.map(value, options)
  options = options or {}
  return { kind = "map", value = value, min = options.min,
    check = options.check }
end

--- An object with these members.  A name that ends in "!" is required.
---@param fields table<string, mkrun.rest.Shape>
---@return mkrun.rest.Shape
function M.object(fields)
  local shape = { kind = "object", fields = {}, required = {}, names = {} }
  for name, field in pairs(fields) do
    local bare = name:gsub("!$", "")
    shape.fields[bare] = field
    shape.required[bare] = bare ~= name or nil
    shape.names[#shape.names + 1] = bare
  end
  table.sort(shape.names)
  return shape
end

--- An object with these members and any others.
---@param fields table<string, mkrun.rest.Shape>
---@return mkrun.rest.Shape
function M.some(fields)
  local shape = M.object(fields)
  shape.open = true
  return shape
end

local function with(shape, name)
  local copy = {}
  for key, value in pairs(shape) do copy[key] = value end
  copy[name] = true
  return copy
end

--- The same shape, but null passes.
---@param shape mkrun.rest.Shape
---@return mkrun.rest.Shape
function M.nullable(shape) return with(shape, "nullable") end

--- A member that only the server sets.
---@param shape? mkrun.rest.Shape   default: any value
---@return mkrun.rest.Shape
function M.readonly(shape)
  return with(shape or { kind = "any" }, "readonly")
end

-- JSON's names for types.

local function type_name(value)
  if value == nil then return "nothing" end
  if value == json.null then return "null" end
  local t = type(value)
  if t ~= "table" then
    return t == "number" and math.type(value) == "integer" and "integer" or t
  end
  return (json.is_array(value) or value[1] ~= nil) and "array" or "object"
end

local function mismatch(expected, value)
  return ("%s expected, got %s"):format(expected, type_name(value))
end

--- Returns the pointer of a member, or of a place below it.
local function below(name, rest)
  name = tostring(name):gsub("~", "~0"):gsub("/", "~1")
  return "/" .. name .. (rest or "")
end

-- Formats.

local function leap(year)
  return year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
end

local days = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }

local function is_date(text)
  local y, m, d = text:match "^(%d%d%d%d)%-(%d%d)%-(%d%d)$"
  if not y then return false end
  y, m, d = tonumber(y), tonumber(m), tonumber(d)
  local last = m == 2 and leap(y) and 29 or days[m]
  return last ~= nil and d >= 1 and d <= last
end

local function is_zone(text)
  if text == "Z" or text == "z" then return true end
  local h, m = text:match "^[+-](%d%d):(%d%d)$"
  return h ~= nil and tonumber(h) < 24 and tonumber(m) < 60
end

local function is_date_time(text)
  local date, h, m, s, rest =
    text:match "^([%d-]+)[Tt](%d%d):(%d%d):(%d%d)(.*)$"
  if not date or not is_date(date) then return false end
  return tonumber(h) < 24 and tonumber(m) < 60 and tonumber(s) <= 60
    and is_zone((rest:gsub("^%.%d+", "")))
end

local hex = "%x"
local uuid = "^" .. table.concat({ hex:rep(8), hex:rep(4), hex:rep(4),
  hex:rep(4), hex:rep(12) }, "%-") .. "$"

local formats = {
  uuid = { "UUID", function(text) return text:find(uuid) ~= nil end },
  date = { "date (YYYY-MM-DD)", is_date },
  ["date-time"] = { "date-time (YYYY-MM-DDThh:mm:ssZ)", is_date_time },
}

-- One function for each kind.  It returns nil if the value fits, else what is
-- wrong and the pointer from the value to the place, or nil for the value
-- itself.

local check

local function quoted(list)
  return "'" .. table.concat(list, "', '") .. "'"
end

local function contains(list, value)
  for _, item in ipairs(list) do
    if item == value then return true end
  end
  return false
end

local function length_complaint(shape, count, unit)
  if shape.max and count > shape.max then
    return ("at most %d %ss expected, got %d"):format(shape.max, unit, count)
  elseif shape.min and count < shape.min then
    return ("at least %d %s%s expected, got %d")
      :format(shape.min, unit, shape.min == 1 and "" or "s", count)
  end
end

--- The nearest of a list, also when its beginning is left out: "JobFinished"
--- is "MediaKind.JobFinished".
local function nearest(list, text)
  for _, item in ipairs(list) do
    if item:sub(-#text - 1) == "." .. text then return item end
  end
  return near.find(text, list)[1]
end

local function wrong_choice(list, text)
  local meant = text ~= "" and nearest(list, text)
  return ("one of %s expected, got '%s'%s"):format(quoted(list), text,
    meant and (", did you mean '%s'?"):format(meant) or "")
end

local kinds = {}

function kinds.any() end

function kinds.string(shape, value)
  if type(value) ~= "string" then return mismatch("string", value) end
  local format = formats[shape.format]
  if format and not format[2](value) then
    return ("%s expected, got '%s'"):format(format[1], value)
  elseif shape.one_of and not contains(shape.one_of, value) then
    return wrong_choice(shape.one_of, value)
  end
  return length_complaint(shape, utf8.len(value) or #value, "character")
end

function kinds.boolean(_, value)
  if type(value) ~= "boolean" then return mismatch("boolean", value) end
end

local function range_text(min, max)
  if not max then return ("%d or more"):format(min) end
  return min and ("%d to %d"):format(min, max) or ("at most %d"):format(max)
end

function kinds.integer(shape, value)
  local is_number = type(value) == "number"
  if not is_number or not math.tointeger(value) then
    return mismatch("integer", value)
  end
  local min, max = shape.min, shape.max
  if min and value < min or max and value > max then
    return ("integer of %s expected, got %d")
      :format(range_text(min, max), value)
  end
end

function kinds.array(shape, value)
  if type_name(value) ~= "array" then return mismatch("array", value) end
  local complaint = length_complaint(shape, #value, "element")
  if complaint then return complaint end
  for i, item in ipairs(value) do
    local wrong, where = check(shape.item, item)
    if wrong then return wrong, below(i - 1, where) end
  end
end

local function sorted_names(value)
  local names = {}
  for name in pairs(value) do names[#names + 1] = tostring(name) end
  table.sort(names)
  return names
end

function kinds.map(shape, value)
  if type_name(value) ~= "object" then return mismatch("object", value) end
  local names = sorted_names(value)
  local complaint = length_complaint(shape, #names, "member")
  if complaint then return complaint end
  for _, name in ipairs(names) do
    local wrong, where = check(shape.value, value[name])
    if wrong then return wrong, below(name, where) end
  end
end

local function unknown_key(shape, name)
  local names = {}
  for _, known in ipairs(shape.names) do
    if not shape.fields[known].readonly then names[#names + 1] = known end
  end
  local meant = near.find(name, names)
  if #meant > 0 then
    return ("unknown key, did you mean %s?"):format(
      values.quoted(meant, nil, "or"))
  end
  return "unknown key, known are " .. values.quoted(names)
end

local function wrong_key(shape, value)
  if shape.open then return nil end
  for _, name in ipairs(sorted_names(value)) do
    local field = shape.fields[name]
    if not field then
      return unknown_key(shape, name), below(name)
    elseif field.readonly then
      return "read-only, not to be sent", below(name)
    end
  end
end

local function is_absent(shape, member)
  return member == nil or shape.open and member == json.null
end

function kinds.object(shape, value)
  if type_name(value) ~= "object" then return mismatch("object", value) end
  local wrong, where = wrong_key(shape, value)
  if wrong then return wrong, where end
  for _, name in ipairs(shape.names) do
    local member = value[name]
    if shape.required[name] or not is_absent(shape, member) then
      wrong, where = check(shape.fields[name], member)
      if wrong then return wrong, below(name, where) end
    end
  end
end

function check(shape, value)
  if value == json.null and shape.nullable then return nil end
  if value == nil and shape.kind == "any" then
    return mismatch("value", value)
  end
  local wrong, where = kinds[shape.kind](shape, value)
  if wrong and value == nil and shape.why then
    wrong = wrong .. ": " .. shape.why
  end
  if not wrong and shape.check then wrong, where = shape.check(value) end
  return wrong, where
end

--- Checks whether `value` has this shape.
---@param shape mkrun.rest.Shape
---@param value any
---@return true? ok
---@return string? pointer   JSON Pointer of the fault; "" is the whole value
---@return string? expected  "string expected, got number", "unknown key, ..."
function M.check(shape, value)
  local wrong, where = check(shape, value)
  if wrong then return nil, where or "", wrong end
  return true
end

--- Returns a message: "string expected, got number".
M.mismatch = mismatch

--- Returns a pointer for people: "at '/teams/0'".
---@param pointer string
---@return string
function M.place(pointer)
  return pointer == "" and "at the top" or ("at '%s'"):format(pointer)
end

local function mark_members(shape, value)
  local copy = {}
  for name, member in pairs(value) do
    local inner = shape.kind == "map" and shape.value or
      shape.fields and shape.fields[name]
    copy[name] = inner and M.mark(inner, member) or member
  end
  return copy
end

local function mark_items(shape, value)
  local copy = {}
  for i, item in ipairs(value) do copy[i] = M.mark(shape.item, item) end
  return json.array(copy)
end

--- Copies `value` and marks each table that the shape calls an array.  An empty
--- Lua table is then encoded as `[]` and not as `{}`.
---@param shape mkrun.rest.Shape
---@param value any
---@return any
function M.mark(shape, value)
  if type(value) ~= "table" then return value end
  local kind = type_name(value)
  if shape.kind == "array" and (kind == "array" or next(value) == nil) then
    return mark_items(shape, value)
  elseif kind == "object" and (shape.fields or shape.kind == "map") then
    return mark_members(shape, value)
  end
  return value
end

return M
