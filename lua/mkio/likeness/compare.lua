--- Compares the body of a recorded answer with the model's: members, types, and
--- the values of closed lists.  `mkio.flow.sandbox_check` calls this module.
---
--- Other values are not compared: ids, times, names and figures differ for good
--- reasons.  Where the model has nothing to compare with, such as no item of a
--- list, the contract says what may be there.
-- SPDX-License-Identifier: MIT

local fit = require "mkio.likeness.fit"
local json = require "mkrun.json"
local patch = require "mkrun.patch"
local value = require "mkrun.value"

local dig = value.dig

---@class mkio.likeness.Difference
---@field what "missing"|"unknown"|"type"|"value"|"form"
---@field place string     JSON Pointer; "*" is any item or any name
---@field recorded string
---@field model string

---@alias mkio.likeness.Note fun(what: string, place: string, recorded: string,
---  model: string)

local LONGEST <const> = 60

local NONE <const> = "none"

--- Returns a value of a closed list as text.
local function quoted(text)
  text = tostring(text)
  if #text > LONGEST then
    text = text:sub(1, (utf8.offset(text, 0, LONGEST) or LONGEST) - 1) .. "..."
  end
  return "'" .. text .. "'"
end

local function below(place, name)
  return place .. patch.pointer { name }
end

local ANY <const> = "*"

-- By the contract alone -------------------------------------------------------

local expect = {}

--- Returns the JSON type that a shape demands.
local function type_for(shape)
  local is_object = shape.kind == "map" or shape.kind == "choice"
  return is_object and "object" or shape.kind
end

--- Reports what the contract does not say of a recorded value.
---@param note mkio.likeness.Note
---@param shape mkrun.rest.Shape
---@param real any
---@param place string
local function check(note, shape, real, place)
  if shape.kind == "any" or real == json.null and shape.nullable then
    return
  end
  if not fit.has_type(shape, real) then
    note("type", place, fit.type_of(real), type_for(shape))
    return
  end
  local act = expect[shape.kind]
  if act then act(note, shape, real, place) end
end

function expect.object(note, shape, real, place)
  for _, name in ipairs(value.names(shape.required)) do
    if real[name] == nil then
      local field = shape.fields[name]
      note("missing", below(place, name), NONE, type_for(field))
    end
  end
  for _, name in ipairs(value.names(real)) do
    local field, at = shape.fields[name], below(place, name)
    if not field then
      note("unknown", at, fit.type_of(real[name]), NONE)
    else
      check(note, field, real[name], at)
    end
  end
end

function expect.map(note, shape, real, place)
  for _, name in ipairs(value.names(real)) do
    check(note, shape.value, real[name], below(place, ANY))
  end
end

function expect.array(note, shape, real, place)
  for _, item in ipairs(real) do
    check(note, shape.item, item, below(place, ANY))
  end
end

function expect.choice(note, shape, real, place)
  check(note, fit.chosen(shape, real), real, place)
end

function expect.string(note, shape, real, place)
  if not fit.is_listed(shape, real) then
    note("value", place, quoted(real), "one of "
      .. table.concat(shape.one_of, ", "))
  elseif not fit.has_form(shape, real) then
    note("form", place, "no " .. shape.format, shape.format)
  end
end

-- With the model --------------------------------------------------------------

local compare

local against = {}

--- Returns true if one value is null, the other is not, and the contract allows
--- both.
local function is_null_or_not(shape, real, model)
  if not shape.nullable then return false end
  local is_one = real == json.null or model == json.null
  return is_one and (real == json.null or fit.has_type(shape, real))
end

--- Returns the type of a value as the shape sees it: a number that happens to
--- be whole has the type "number" where the contract says so.
local function type_as(shape, given)
  local found = fit.type_of(given)
  return shape.kind == "number" and found == "integer" and "number" or found
end

function compare(note, shape, real, model, place)
  if shape.kind == "any" then return end
  if is_null_or_not(shape, real, model) then
    return check(note, shape, real, place)
  end
  local had, has = type_as(shape, real), type_as(shape, model)
  if had ~= has then
    note("type", place, had, has)
  elseif real ~= json.null then
    local act = against[shape.kind]
    if act then act(note, shape, real, model, place) end
  end
end

local function compare_field(note, field, real, model, at)
  if field and field.is_rare and (real == nil or model == nil) then
    return
  elseif real == nil and model == nil then
    note("missing", at, NONE, type_for(field))
  elseif model == nil then
    note("unknown", at, fit.type_of(real), NONE)
  elseif real == nil then
    note("missing", at, NONE, fit.type_of(model))
  elseif field then
    compare(note, field, real, model, at)
  end
end

function against.object(note, shape, real, model, place)
  local both = {}
  for name in pairs(shape.required) do both[name] = true end
  for name in pairs(real) do both[name] = true end
  for name in pairs(model) do both[name] = true end
  for _, name in ipairs(value.names(both)) do
    compare_field(note, shape.fields[name], real[name], model[name],
      below(place, name))
  end
end

function against.map(note, shape, real, model, place)
  for _, name in ipairs(value.names(real)) do
    local at = below(place, ANY)
    if model[name] ~= nil then
      compare(note, shape.value, real[name], model[name], at)
    else
      check(note, shape.value, real[name], at)
    end
  end
end

--- Returns what may identify an item of a list: its id and its name.
local function keys_of(item)
  local keys = {}
  for _, key in ipairs { dig(item, "metadata", "id") or dig(item, "id") or "",
    dig(item, "metadata", "name") or "" } do
    if type(key) == "string" and key ~= "" then keys[#keys + 1] = key end
  end
  return keys
end

local function by_key(items)
  local found = {}
  for _, item in ipairs(items) do
    for _, key in ipairs(keys_of(item)) do found[key] = item end
  end
  return found
end

--- Returns the item of the model that stands for a recorded one, or nil.
local function counterpart(known, item)
  for _, key in ipairs(keys_of(item)) do
    if known[key] then return known[key] end
  end
end

function against.array(note, shape, real, model, place)
  local known, at = by_key(model), below(place, ANY)
  local has_keys = next(known) ~= nil
  for i, item in ipairs(real) do
    local other
    if has_keys then other = counterpart(known, item)
    else other = model[i] or model[1] end
    if other == nil then
      check(note, shape.item, item, at)
    else
      compare(note, shape.item, item, other, at)
    end
  end
end

function against.choice(note, shape, real, model, place)
  compare(note, fit.chosen(shape, real), real, model, place)
end

function against.string(note, shape, real, model, place)
  if shape.is_word and real ~= model then
    note("value", place, quoted(real), quoted(model))
  else
    expect.string(note, shape, real, place)
  end
end

local M = {}

--- Compares two decoded bodies.
---@param note mkio.likeness.Note   called with each difference
---@param shape mkrun.rest.Shape    the shape of the contract
---@param real any      the recorded body
---@param model any     the model's body; nil compares with the contract alone
function M.bodies(note, shape, real, model)
  if model == nil then return check(note, shape, real, "") end
  compare(note, shape, real, model, "")
end

return M
