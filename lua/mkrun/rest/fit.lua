--- Checks that a JSON value fits a shape, and describes the first fault or all.
--- `mkrun.rest.shape` makes the shapes and calls this module.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local choice = require "mkrun.rest.choice"
local formats = require "mkrun.rest.format"
local near = require "mkrun.rest.suggestion"
local secret = require "mkrun.secret"
local values = require "mkrun.value"

local M = {}

--- Returns JSON's name for the type of a value: "integer", "nothing", ...
---@param value any
---@return string
function M.type_name(value)
  if value == nil then return "nothing" end
  if value == json.null then return "null" end
  local t = type(value)
  if t ~= "table" then
    return t == "number" and math.type(value) == "integer" and "integer" or t
  end
  return (json.is_array(value) or value[1] ~= nil) and "array" or "object"
end

--- Returns an error message: "string expected, got number".
---@param expected string
---@param value any
---@return string
function M.mismatch(expected, value)
  return ("%s expected, got %s"):format(expected, M.type_name(value))
end

local type_name, mismatch = M.type_name, M.mismatch

--- Returns the JSON Pointer of a member.
local function below(name)
  return "/" .. (tostring(name):gsub("~", "~0"):gsub("/", "~1"))
end

--- One check of a value: the faults that were found, and the way from the whole
--- value to the place that is looked at.
---@class mkrun.rest.Fitting
---@field faults mkrun.rest.Fault[]
---@field way (string|integer)[]   the first `depth` elements are in use
---@field depth integer
---@field is_first boolean   true: the check ends at the first fault
---@field is_part boolean    true: members that are required may be absent,
---  except for the key of an element
local Fitting = {}
Fitting.__index = Fitting

---@class mkrun.rest.Fault
---@field pointer string   JSON Pointer; "" is the whole value
---@field text string      "string expected, got number"

--- Adds a fault at the place that is looked at, or below it.
---@param text string
---@param rest? string   JSON Pointer from that place to the fault
function Fitting:add(text, rest)
  local names = {}
  for i = 1, self.depth do names[i] = below(self.way[i]) end
  self.faults[#self.faults + 1] =
    { pointer = table.concat(names) .. (rest or ""), text = text }
end

function Fitting:is_over() return self.is_first and self.faults[1] ~= nil end

local function check_length(self, shape, count, unit)
  if shape.max and count > shape.max then
    self:add(("at most %d %ss expected, got %d"):format(shape.max, unit, count))
  elseif shape.min and count < shape.min then
    self:add(("at least %d %s%s expected, got %d")
      :format(shape.min, unit, shape.min == 1 and "" or "s", count))
  end
end

-- Maps each kind of shape to a function that checks a value.  It adds what is
-- wrong to the Fitting.

local kinds = {}

function kinds.any() end

function kinds.string(self, shape, value)
  if type(value) ~= "string" then
    return self:add(mismatch("string", value))
  end
  local format = formats[shape.format]
  if format and not format[2](value) then
    local why = format[3] and format[3](value)
    self:add(("%s expected, got '%s'%s"):format(format[1], value,
      why and ": " .. why or ""))
  elseif shape.one_of and not choice.has(shape.one_of, value) then
    self:add(choice.complaint(shape.one_of, value))
  else
    check_length(self, shape, utf8.len(value) or #value, "character")
  end
end

function kinds.boolean(self, _, value)
  if type(value) ~= "boolean" then self:add(mismatch("boolean", value)) end
end

function kinds.number(self, _, value)
  if type(value) ~= "number" then self:add(mismatch("number", value)) end
end

--- The message does not contain the value.
function kinds.secret(self, _, value)
  if type(value) == "string" and value ~= "" or secret.is(value) then return end
  self:add(value == "" and "secret expected, got an empty text"
    or mismatch("secret", value))
end

local function range_text(min, max)
  if not max then return ("%d or more"):format(min) end
  return min and ("%d to %d"):format(min, max) or ("at most %d"):format(max)
end

function kinds.integer(self, shape, value)
  local is_number = type(value) == "number"
  if not is_number or not math.tointeger(value) then
    return self:add(mismatch("integer", value))
  end
  local min, max = shape.min, shape.max
  if min and value < min or max and value > max then
    self:add(("integer of %s expected, got %d")
      :format(range_text(min, max), value))
  end
end

--- Returns a member of an element, or nil if either is wrong.
local function good_member(shape, element, name)
  if type_name(element) ~= "object" then return nil end
  local member, wanted = element[name], shape.fields[name]
  if member == nil or M.fault(wanted, member) then return nil end
  return member
end

--- Adds a fault for each element with the same member as an earlier element.
--- Leaves out what is wrong by itself.
local function check_twice(self, shape, list, name)
  local seen, fold = {}, shape.folds[name]
  for i, item in ipairs(list) do
    local member = good_member(shape.item, item, name)
    local key = member ~= nil and fold and fold(member) or member
    if key ~= nil and seen[key] then
      self:add(("'%s' is there twice"):format(member),
        below(i - 1) .. below(name))
    end
    if key ~= nil then seen[key] = true end
  end
end

function kinds.array(self, shape, value)
  if type_name(value) ~= "array" then
    return self:add(mismatch("array", value))
  end
  check_length(self, shape, #value, "element")
  for i, item in ipairs(value) do
    if self:is_over() then return end
    self:check_member(i - 1, shape.item, item)
  end
  for _, name in ipairs(shape.differ or {}) do
    if self:is_over() then return end
    check_twice(self, shape, value, name)
  end
end

local function sorted_names(value)
  local names = {}
  for name in pairs(value) do names[#names + 1] = tostring(name) end
  table.sort(names)
  return names
end

function kinds.map(self, shape, value)
  if type_name(value) ~= "object" then
    return self:add(mismatch("object", value))
  end
  local names = sorted_names(value)
  check_length(self, shape, #names, "member")
  for _, name in ipairs(names) do
    self:check_member(name, shape.value, value[name])
    if self:is_over() then return end
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

local function check_keys(self, shape, value)
  if shape.open then return end
  for _, name in ipairs(sorted_names(value)) do
    local field = shape.fields[name]
    local wrong = not field and unknown_key(shape, name)
      or field and field.readonly and "read-only, not to be sent"
    if wrong then self:add(wrong, below(name)) end
  end
end

--- Returns true if a member need not be there, and is not.
local function may_lack(self, shape, name, member)
  local is_absent = member == nil or shape.open and member == json.null
  if not is_absent then return false end
  return not shape.required[name] or self.is_part and name ~= shape.key
end

function kinds.object(self, shape, value)
  if type_name(value) ~= "object" then
    return self:add(mismatch("object", value))
  end
  check_keys(self, shape, value)
  for _, name in ipairs(shape.names) do
    local member = value[name]
    if self:is_over() then return end
    if not may_lack(self, shape, name, member) then
      self:check_member(name, shape.fields[name], member)
    end
  end
end

function Fitting:check_member(name, shape, value)
  self.depth = self.depth + 1
  self.way[self.depth] = name
  self:check(shape, value)
  self.depth = self.depth - 1
end

function Fitting:check(shape, value)
  if value == json.null and shape.nullable then return end
  local before = #self.faults
  if value == nil and shape.kind == "any" then
    self:add(mismatch("value", value))
  else
    kinds[shape.kind](self, shape, value)
  end
  if #self.faults > before then
    local fault = self.faults[before + 1]
    if value == nil and shape.why then
      fault.text = fault.text .. ": " .. shape.why
    end
  end
  if shape.check and (#self.faults == before or shape.is_set) then
    local wrong, where = shape.check(value)
    if wrong then self:add(wrong, where) end
  end
end

--- Checks that a value fits a shape.  Returns nil if the value fits.
---@param shape mkrun.rest.Shape
---@param value any
---@return string? wrong   "string expected, got number", "unknown key, ..."
---@return string? where   JSON Pointer from the value to the fault
function M.fault(shape, value)
  local fitting = setmetatable({ faults = {}, way = {}, depth = 0,
    is_first = true, is_part = false }, Fitting)
  fitting:check(shape, value)
  local fault = fitting.faults[1]
  if fault then return fault.text, fault.pointer end
end

--- Returns all faults of a value.
---@param shape mkrun.rest.Shape
---@param value any
---@param is_part? boolean  true: members that are required may be absent,
---  except for the key of an element
---@return mkrun.rest.Fault[]
function M.faults(shape, value, is_part)
  local fitting = setmetatable({ faults = {}, way = {}, depth = 0,
    is_first = false, is_part = is_part or false }, Fitting)
  fitting:check(shape, value)
  return fitting.faults
end

return M
