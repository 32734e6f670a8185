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

local function need(name, count, wanted)
  if count >= wanted then return end
  failures.fail(("the '%s' function requires a minimum of %d arguments, got: "
    .. "%d"):format(name, wanted, count))
end

local function check_type(name, i, given, wanted, is_right)
  if is_right then return end
  failures.fail(("bad argument #%d to '%s' (%s expected, got %s)"):format(i,
    name, wanted, type(given)))
end

local function callable(f)
  local meta = debug.getmetatable(f)
  return type(f) == "function" or type(meta) == "table" and meta.__call ~= nil
end

local function has_text(v)
  local meta = debug.getmetatable(v)
  return type(v) == "string" or type(v) == "number"
    or type(meta) == "table" and meta.__tostring ~= nil
end

--- Returns the text of a comparison that failed, and of one that should have.
local function compared(what, passed, expected, crumbs)
  return ("Expected objects to be %s.\n%s"):format(what,
    show.two(passed, expected, crumbs, same)),
    ("Expected objects to not be %s.\nPassed in:\n%s\nDid not expect:\n%s")
      :format(what, value(passed), value(expected))
end

function M.equal(state, ...)
  local expected, passed, note = ...
  need("equals", select("#", ...), 2)
  state.note = state.note or note
  return expected == passed, compared("equal", passed, expected)
end

function M.same(state, ...)
  local expected, passed, note = ...
  need("same", select("#", ...), 2)
  state.note = state.note or note
  local is_same, crumbs = same(expected, passed)
  return is_same, compared("the same", passed, expected, crumbs)
end

local function constant(expected)
  return function(state, ...)
    local passed, note = ...
    state.note = state.note or note
    return passed == expected, compared("the same", passed, expected)
  end
end

M["true"], M["false"] = constant(true), constant(false)

for _, kind in ipairs { "boolean", "number", "string", "table", "nil",
  "userdata", "function", "thread" } do
  M[kind] = function(state, ...)
    local passed, note = ...
    state.note = state.note or note
    local text = ("%%s\nPassed in:\n%s\n%%s:\ntype %s"):format(
      value(passed):gsub("%%", "%%%%"), kind)
    return type(passed) == kind,
      text:format("Expected objects to be the same.", "Expected"),
      text:format("Expected objects to not be the same.", "Did not expect")
  end
end

local function truth(word, wanted)
  return function(state, ...)
    local passed, note = ...
    need(word, select("#", ...), 1)
    state.note = state.note or note
    local text = "Expected to %sbe " .. word .. ", but value was:\n"
      .. value(passed):gsub("%%", "%%%%")
    return (not passed) ~= wanted, text:format "", text:format "not "
  end
end

M.truthy, M.falsy = truth("truthy", true), truth("falsy", false)

function M.near(state, ...)
  local expected, passed, tolerance, note = ...
  need("near", select("#", ...), 3)
  for i = 1, 3 do
    local given = select(i, ...)
    check_type("near", i, given, "number or object convertible to a number",
      tonumber(given))
  end
  state.note = state.note or note
  local text = "Expected values to %sbe near.\nPassed in:\n%s\n%s:\n%s +/- %s"
  return math.abs(tonumber(passed) - tonumber(expected)) <= tonumber(tolerance),
    text:format("", value(passed), "Expected", value(expected), tolerance),
    text:format("not ", value(passed), "Did not expect", value(expected),
      tolerance)
end

--- Takes the note out of the arguments: the first that is neither the place
--- where to begin nor the flag for plain text.
local function take_note(state, first, second, third)
  local given = { first, second, third }
  for i = 1, 3 do
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
  if is_plain then
    local found = text:find(pattern, init, true) ~= nil
    return found, table.pack(found and pattern or nil)
  end
  local captures = table.pack(text:match(pattern, init))
  return captures[1] ~= nil, captures
end

function M.matches(state, ...)
  local pattern, passed = ...
  need("matches", select("#", ...), 2)
  check_type("matches", 1, pattern, "string", type(pattern) == "string")
  check_type("matches", 2, passed, "string or object convertible to a string",
    has_text(passed))
  local init, is_plain = take_note(state, select(3, ...))
  local found, captures = find(tostring(passed), pattern, init, is_plain)
  local text = "Expected strings %sto match.\nPassed in:\n%s\n%s:\n%s"
  return found, text:format("", value(passed), "Expected", value(pattern)),
    text:format("not ", value(passed), "Did not expect", value(pattern)),
    captures
end

--- Calls a function, and returns its error without the place.
local function error_of(name, f)
  check_type(name, 1, f, "function or callable object", callable(f))
  local ok, caught = pcall(f)
  if type(caught) == "string" then caught = caught:gsub("^.-:%d+: ", "", 1) end
  return not ok, caught
end

local function error_texts(raised, caught, expected)
  return ("Expected a different error.\nCaught:\n%s\nExpected:\n%s"):format(
    raised and value(caught) or "(no error)", expected),
    "Expected no error, but caught:\n" .. value(caught)
end

function M.error(state, ...)
  local f, expected, note = ...
  local raised, caught = error_of("error", f)
  state.note = state.note or note
  local yes, no = error_texts(raised, caught,
    expected == nil and "(error)" or value(expected))
  local back = table.pack(caught)
  if not raised or expected == nil then return raised, yes, no, back end
  local passed = caught
  if type(expected) == "string" and has_text(caught) then
    passed = tostring(caught)
  elseif type(expected) == "number" then
    passed = tonumber(caught)
  end
  return same(expected, passed), yes, no, back
end

function M.error_matches(state, ...)
  local f, pattern = ...
  need("error_matches", select("#", ...), 2)
  check_type("error_matches", 2, pattern, "string",
    pattern == nil or type(pattern) == "string")
  local init, is_plain = take_note(state, select(3, ...))
  local raised, caught = error_of("error_matches", f)
  local yes, no = error_texts(raised, caught, value(pattern))
  if not raised then return false, yes, no end
  if caught == nil and pattern == nil then return true, yes, no end
  if not has_text(caught) and type(caught) ~= "boolean" then
    return false, yes, no
  end
  local found, captures = find(tostring(caught), pattern, init, is_plain)
  return found, yes, no, found and captures or table.pack(caught)
end

function M.unique(state, ...)
  local list, a, b = ...
  local is_deep = type(a) == "boolean" and a or type(b) == "boolean" and b
  state.note = state.note or type(a) ~= "boolean" and a or nil
  local text = "Expected object to %sbe unique:\n"
    .. value(list):gsub("%%", "%%%%")
  local yes, no = text:format "", text:format "not "
  for key, one in pairs(list) do
    for other_key, other in pairs(list) do
      local is_equal = one == other or is_deep and same(one, other)
      if key ~= other_key and is_equal then return false, yes, no end
    end
  end
  return true, yes, no
end

function M.returned_arguments(_, ...)
  local wanted, count = ..., select("#", ...) - 1
  local text = "to be called with %s argument(s), but was called with %d"
  return wanted == count, "Expected " .. text:format(wanted, count),
    "Expected not " .. text:format(wanted, count)
end

function M.holes(state, length)
  local list, last = state.array, length or 0
  if not length then
    for key in pairs(list) do
      if math.type(key) == "integer" then last = math.max(last, key) end
    end
  end
  for i = 1, last do
    if list[i] == nil then
      return true, "", "Expected array to not have holes, hole found at "
        .. "position: " .. value(i), table.pack(i)
    end
  end
  return false, "Expected array to have holes, but none was found.", ""
end

M.equals, M.match, M.errors = M.equal, M.matches, M.error
M.error_match, M.matches_error = M.error_matches, M.error_matches
M.match_error = M.error_matches

return M
