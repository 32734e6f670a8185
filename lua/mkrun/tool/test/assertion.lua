--- The assertions: what each of them checks, and what it says.
--- `mkrun.tool.test.assert` finds them by name.
---
--- An assertion is a function.  It gets the state of the chain and the
--- arguments, and returns: whether it holds; the message if it does not; the
--- message if it holds and should not; what the call returns.
-- SPDX-License-Identifier: MIT

local failures = require "mkrun.tool.test.failure"
local same = require "mkrun.tool.test.same"
local show = require "mkrun.tool.test.show"

local M = {}

local value = show.value

--- Makes an assertion.
---@param name string
---@param count integer     the least number of arguments
---@param note_at? integer  where the user's message is among the arguments;
---  nil: `check` gets the state, too, and finds it
---@param check fun(...): boolean, string, string, table?
local function define(name, count, note_at, check)
  M[name] = function(state, ...)
    local given = select("#", ...)
    if given < count then
      failures.fail(("the '%s' function requires a minimum of %d arguments, "
        .. "got: %d"):format(name, count, given))
    end
    if not note_at then return check(state, ...) end
    state.note = state.note or (select(note_at, ...))
    return check(...)
  end
end

local function check_type(name, i, given, wanted, is_right)
  if is_right then return end
  failures.fail(("bad argument #%d to '%s' (%s expected, got %s)"):format(i,
    name, wanted, type(given)))
end

local function has_meta(v, name)
  local meta = debug.getmetatable(v)
  return type(meta) == "table" and meta[name] ~= nil
end

local function has_text(v)
  return type(v) == "string" or type(v) == "number"
    or has_meta(v, "__tostring")
end

--- Returns the two messages of an assertion about a value and what is expected.
local function texts(what, passed, expected, shown)
  local head = "Expected " .. what .. ".\n"
  shown = shown or ("Passed in:\n%s\nExpected:\n%s"):format(passed, expected)
  return head:gsub(" NOT", "") .. shown, head:gsub("NOT", "not")
    .. ("Passed in:\n%s\nDid not expect:\n%s"):format(passed, expected)
end

local EQUAL <const> = "objects to NOT be equal"
local SAME <const> = "objects to NOT be the same"

define("equals", 2, 3, function(expected, passed)
  return expected == passed, texts(EQUAL, value(passed), value(expected))
end)

define("same", 2, 3, function(expected, passed)
  local is_same, crumbs = same(expected, passed)
  return is_same, texts(SAME, value(passed), value(expected),
    show.two(passed, expected, crumbs, same))
end)

for name, expected in pairs { ["true"] = true, ["false"] = false } do
  define(name, 0, 2, function(passed)
    return passed == expected, texts(SAME, value(passed), value(expected))
  end)
end

for _, kind in ipairs { "boolean", "number", "string", "table", "nil",
  "userdata", "function", "thread" } do
  define(kind, 0, 2, function(passed)
    return type(passed) == kind, texts(SAME, value(passed), "type " .. kind)
  end)
end

for name, wanted in pairs { truthy = true, falsy = false } do
  define(name, 1, 2, function(passed)
    local text = ("be %s, but value was:\n%s"):format(name, value(passed))
    return (not passed) ~= wanted, "Expected to " .. text,
      "Expected to not " .. text
  end)
end

define("near", 3, 4, function(...)
  for i = 1, 3 do
    check_type("near", i, (select(i, ...)),
      "number or object convertible to a number", tonumber((select(i, ...))))
  end
  local expected, passed, tolerance = ...
  local distance = math.abs(tonumber(passed) - tonumber(expected))
  return distance <= tonumber(tolerance), texts("values to NOT be near",
    value(passed), value(expected) .. " +/- " .. tolerance)
end)

--- Takes the note out of the arguments: the first that is neither the place
--- where to begin nor the flag for plain text.
local function take_note(state, ...)
  local given = { ... }
  for i = 1, select("#", ...) do
    local kind = type(given[i])
    if kind == "string" and not tonumber(given[i]) or kind == "table" then
      state.note = state.note or table.remove(given, i)
      break
    end
  end
  return given[1], given[2]
end

--- Looks for a pattern.  Returns whether it is there, and the captures.
local function find(text, pattern, init, is_plain)
  if not is_plain then
    local captures = table.pack(text:match(pattern, init))
    return captures[1] ~= nil, captures
  end
  local found = text:find(pattern, init, true) ~= nil
  return found, table.pack(found and pattern or nil)
end

define("matches", 2, nil, function(state, pattern, passed, ...)
  check_type("matches", 1, pattern, "string", type(pattern) == "string")
  check_type("matches", 2, passed, "string or object convertible to a string",
    has_text(passed))
  local found, captures = find(tostring(passed), pattern,
    take_note(state, ...))
  local yes, no = texts("strings NOT to match", value(passed), value(pattern))
  return found, yes, no, captures
end)

--- Calls a function, and returns its error without the place.
local function error_of(name, f)
  check_type(name, 1, f, "function or callable object",
    type(f) == "function" or has_meta(f, "__call"))
  local ok, caught = pcall(f)
  if type(caught) == "string" then caught = caught:gsub("^.-:%d+: ", "", 1) end
  return not ok, caught
end

local function error_texts(raised, caught, expected)
  return ("Expected a different error.\nCaught:\n%s\nExpected:\n%s"):format(
    raised and value(caught) or "(no error)", expected),
    "Expected no error, but caught:\n" .. value(caught)
end

define("error", 0, 3, function(f, expected)
  local raised, caught = error_of("error", f)
  local yes, no = error_texts(raised, caught,
    expected == nil and "(error)" or value(expected))
  local is_good = raised
  if raised and expected ~= nil then
    local passed = caught
    if type(expected) == "number" then passed = tonumber(caught) end
    if type(expected) == "string" and has_text(caught) then
      passed = tostring(caught)
    end
    is_good = same(expected, passed)
  end
  return is_good, yes, no, table.pack(caught)
end)

function M.error_matches(state, f, pattern, ...)
  check_type("error_matches", 2, pattern, "string",
    pattern == nil or type(pattern) == "string")
  local raised, caught = error_of("error_matches", f)
  local yes, no = error_texts(raised, caught, value(pattern))
  local is_text = has_text(caught) or type(caught) == "boolean"
  if not raised or pattern == nil or not is_text then
    return raised and pattern == caught, yes, no
  end
  local found, captures = find(tostring(caught), pattern,
    take_note(state, ...))
  return found, yes, no, found and captures or table.pack(caught)
end

local function has_twice(list, is_deep)
  for key, one in pairs(list) do
    for other_key, other in pairs(list) do
      local is_equal = one == other or is_deep and same(one, other)
      if key ~= other_key and is_equal then return true end
    end
  end
  return false
end

function M.unique(state, list, a, b)
  local is_deep = a == true or b == true
  if type(a) ~= "boolean" then state.note = state.note or a end
  local text = "be unique:\n" .. value(list)
  return not has_twice(list, is_deep), "Expected object to " .. text,
    "Expected object to not " .. text
end

function M.returned_arguments(_, wanted, ...)
  local count = select("#", ...)
  local text = ("to be called with %s argument(s), but was called with %d")
    :format(wanted, count)
  return wanted == count, "Expected " .. text, "Expected not " .. text
end

function M.holes(state, length)
  local list, last = state.array, length or 0
  for key in pairs(length and {} or list) do
    if math.type(key) == "integer" then last = math.max(last, key) end
  end
  for i = 1, last do
    if list[i] == nil then
      return true, "", "Expected array to not have holes, hole found at "
        .. "position: " .. value(i), table.pack(i)
    end
  end
  return false, "Expected array to have holes, but none was found.", ""
end

M.equal, M.match, M.errors = M.equals, M.matches, M.error
M.error_match, M.matches_error = M.error_matches, M.error_matches
M.match_error = M.error_matches

return M
