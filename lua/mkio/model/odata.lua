--- Filters and sorts lists by the part of OData that the API's lists support.
--- `$filter` may use eq, ne, gt, ge, lt, le, and, or, not and parentheses;
--- `$orderby` may use asc and desc.  `mkio.model.list` calls this module.
---
--- Each list names the fields that a query may use, each with a function that
--- reads the field of an item.  Anything else in a query is refused with status
--- 400.
-- SPDX-License-Identifier: MIT

local errors = require "mkio.model.errors"
local json = require "mkrun.json"
local sys = require "mkrun.sys"

---@alias mkio.model.Fields table<string, fun(item: table): any>

local M = {}

local function refuse(message, ...)
  errors.bad_request("bad_query", "$filter: " .. message, ...)
end

-- Splitting a filter into words.

local patterns = {
  { "string", "^'[^']*'" }, { "open", "^%(" }, { "close", "^%)" },
  { "word", "^[^%s()',]+" },
}

--- Reads a quoted string.  A quote inside the string is written twice.
local function read_string(text, at)
  local parts = {}
  repeat
    local first, last = text:find("^'[^']*'", at)
    if not first then refuse("unfinished string at '%s'", text:sub(at)) end
    parts[#parts + 1] = text:sub(first + 1, last - 1)
    at = last + 1
  until text:sub(at, at) ~= "'"
  return table.concat(parts, "'"), at
end

local function read_token(text, at)
  for _, pattern in ipairs(patterns) do
    local first, last = text:find(pattern[2], at)
    if first and pattern[1] == "string" then
      local value, after = read_string(text, at)
      return { type = "string", text = value }, after
    elseif first then
      return { type = pattern[1], text = text:sub(first, last) }, last + 1
    end
  end
  refuse("cannot read '%s'", text:sub(at))
end

local function tokenize(text)
  local tokens, at = {}, text:find "%S"
  while at do
    tokens[#tokens + 1], at = read_token(text, at)
    at = text:find("%S", at)
  end
  return tokens
end

-- Reading and comparing values.

local words = { ["true"] = true, ["false"] = false, null = json.null }

--- Reads a literal: quoted text, or a bare number, boolean, null, date or id.
local function literal(token)
  if token.type == "string" then return token.text end
  local word = words[token.text]
  if word ~= nil then return word end
  if token.text:find "^%-?%d+%.?%d*$" then return tonumber(token.text) end
  return token.text
end

--- Turns two texts into seconds if both are times, so that their time zones do
--- not matter.  Returns other values unchanged.
local function comparable(a, b)
  if type(a) == "string" and type(b) == "string" then
    local ta = a:find "^%d%d%d%d%-" and sys.parse_time(a)
    local tb = ta and b:find "^%d%d%d%d%-" and sys.parse_time(b)
    if tb then return ta, tb end
  end
  return a, b
end

local function ordered(test)
  return function(a, b)
    a, b = comparable(a, b)
    local kind = type(a)
    return kind == type(b) and (kind == "number" or kind == "string")
      and test(a, b)
  end
end

local function equal(a, b)
  a, b = comparable(a, b)
  return a == b
end

local comparisons = {
  eq = equal,
  ne = function(a, b) return not equal(a, b) end,
  gt = ordered(function(a, b) return a > b end),
  ge = ordered(function(a, b) return a >= b end),
  lt = ordered(function(a, b) return a < b end),
  le = ordered(function(a, b) return a <= b end),
}

local function read_field(fields, name)
  return function(item)
    local value = fields[name](item)
    if value == nil then return json.null end
    return value
  end
end

-- The grammar, by recursive descent.  `or` binds weakest, then `and`, then
-- `not`; a comparison binds strongest.

local Parser = {}
Parser.__index = Parser

function Parser:peek(word)
  local token = self.tokens[self.at]
  return token ~= nil and token.type ~= "string" and token.text == word
end

function Parser:take(what)
  local token = self.tokens[self.at]
  if not token then refuse("%s expected at the end", what) end
  self.at = self.at + 1
  return token
end

function Parser:accept(word)
  local found = self:peek(word)
  if found then self.at = self.at + 1 end
  return found
end

function Parser:comparison()
  local name = self:take("a field").text
  if not self.fields[name] then refuse("no field '%s' to filter by", name) end
  local operator = self:take("an operator").text
  local compare = comparisons[operator]
  if not compare then refuse("unknown operator '%s'", operator) end
  local read = read_field(self.fields, name)
  local value = literal(self:take("a value"))
  return function(item) return compare(read(item), value) end
end

function Parser:unary()
  self.depth = self.depth + 1
  if self.depth > 100 then refuse("nested too deeply") end
  local test
  if self:accept "not" then
    local inner = self:unary()
    test = function(item) return not inner(item) end
  elseif self:accept "(" then
    test = self:either()
    if not self:accept ")" then refuse("')' expected") end
  else
    test = self:comparison()
  end
  self.depth = self.depth - 1
  return test
end

function Parser:both()
  local left = self:unary()
  while self:accept "and" do
    local a, b = left, self:unary()
    left = function(item) return a(item) and b(item) end
  end
  return left
end

function Parser:either()
  local left = self:both()
  while self:accept "or" do
    local a, b = left, self:both()
    left = function(item) return a(item) or b(item) end
  end
  return left
end

--- Parses a `$filter`.  Refuses with status 400 if the text is not a filter.
---@param text string
---@param fields mkio.model.Fields
---@return fun(item: table): boolean   returns true if an item passes the filter
function M.filter(text, fields)
  local parser = setmetatable(
    { tokens = tokenize(text), at = 1, depth = 0, fields = fields }, Parser)
  local test = parser:either()
  local rest = parser.tokens[parser.at]
  if rest then refuse("unexpected '%s'", rest.text) end
  return test
end

-- Sorting by `$orderby`.

local ranks = { boolean = 1, number = 2, string = 3 }

--- Returns the rank of a value's type.  Null sorts before all other values.
local function rank(value)
  return value == json.null and 0 or ranks[type(value)]
end

local function less(a, b)
  a, b = comparable(a, b)
  local rank_a, rank_b = rank(a), rank(b)
  if rank_a ~= rank_b then return rank_a < rank_b end
  if rank_a == 0 then return false end
  if rank_a == 1 then return not a and b end
  return a < b
end

local function sort_keys(text, fields)
  local keys = {}
  for part in text:gmatch "[^,]+" do
    local name, direction = part:match "^%s*(%S+)%s*(%S*)%s*$"
    if not name or not fields[name] then
      errors.bad_request("bad_query", "$orderby: no field '%s' to sort by",
        name or part)
    elseif direction ~= "" and direction ~= "asc" and direction ~= "desc" then
      errors.bad_request("bad_query",
        "$orderby: asc or desc expected, got '%s'", direction)
    end
    keys[#keys + 1] =
      { read = read_field(fields, name), descending = direction == "desc" }
  end
  return keys
end

--- Sorts the array in place.  Equal items keep their order.
local function sort(items, keys)
  local place = {}
  for i, item in ipairs(items) do place[item] = i end
  table.sort(items, function(a, b)
    for _, key in ipairs(keys) do
      local va, vb = key.read(a), key.read(b)
      if key.descending then va, vb = vb, va end
      if less(va, vb) then return true end
      if less(vb, va) then return false end
    end
    return place[a] < place[b]
  end)
end

--- Applies the `$filter` and the `$orderby` of a query.
---@param items table[]
---@param fields mkio.model.Fields
---@param query table<string, string>
---@return table[]  a new array
function M.select(items, fields, query)
  local test = query["$filter"] and M.filter(query["$filter"], fields)
  local chosen = {}
  for _, item in ipairs(items) do
    if not test or test(item) then chosen[#chosen + 1] = item end
  end
  if query["$orderby"] then
    sort(chosen, sort_keys(query["$orderby"], fields))
  end
  return chosen
end

return M
