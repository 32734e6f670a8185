--- The table `assert` of a test file: finds assertions by names such as
--- `is_not_nil`, `are.same` and `has_no.errors`, as luassert does.
-- SPDX-License-Identifier: MIT

local assertions = require "mkrun.tool.test.assertion"
local failures = require "mkrun.tool.test.failure"
local near = require "mkrun.closest_name"
local show = require "mkrun.tool.test.show"
local spies = require "mkrun.tool.test.spy"

--- Words that change nothing, turn the meaning, or take a value.
local PLAIN <const> = { is = true, are = true, was = true, has = true,
  does = true }
local TURNS <const> = { ["not"] = true, no = true }
local TAKES <const> = { spy = "payload", stub = "payload", message = "note",
  array = "array" }

local known = {}
for name, check in pairs(assertions) do known[name] = check end
for name, check in pairs(spies.assertions) do known[name] = check end

local MOST_WORDS <const> = 4

--- Finds the longest name of an assertion or a modifier that begins at a word.
local function name_at(words, from)
  for last = math.min(#words, from + MOST_WORDS), from, -1 do
    local name = table.concat(words, "_", from, last)
    if known[name] or PLAIN[name] or TURNS[name] or TAKES[name] then
      return name, last
    end
  end
end

local function all_names()
  local names = {}
  for _, list in ipairs { known, PLAIN, TURNS, TAKES } do
    for name in pairs(list) do names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

local function unknown(words, from)
  local rest = table.concat(words, "_", from)
  local meant = near.find(rest, all_names())[1]
    or near.find(words[from], all_names())[1]
  error(("unknown assertion '%s'%s"):format(rest,
    meant and (", did you mean '%s'?"):format(meant) or ""), 0)
end

--- Reads the words of a chain.  Returns the name of the assertion, or nil; the
--- modifier that takes a value, or nil; and whether the meaning is turned.
local function read(words)
  local assertion, taking, is_negative, i = nil, nil, false, 1
  while i <= #words do
    local name, last = name_at(words, i)
    if not name then unknown(words, i) end
    if TURNS[name] then is_negative = not is_negative end
    if known[name] then assertion = name end
    if TAKES[name] then taking = TAKES[name] end
    i = last + 1
  end
  return assertion, taking, is_negative
end

local function with_note(note, text)
  if note == nil then return text end
  return (type(note) == "string" and note or show.value(note)) .. "\n" .. text
end

local Chain = {}

function Chain:__index(key)
  if type(key) ~= "string" then return nil end
  for word in key:lower():gmatch "[^_]+" do
    table.insert(rawget(self, "words"), word)
  end
  return self
end

local function check(state, name, is_negative, ...)
  state.is_negative = is_negative
  local outcome = table.pack(pcall(known[name], state, ...))
  if not outcome[1] then error(outcome[2], 0) end
  local holds, yes, no, back = table.unpack(outcome, 2, 5)
  local is_good = (holds and true or false) ~= is_negative
  if not is_good then
    failures.fail(with_note(state.note, is_negative and no or yes))
  end
  if back then return table.unpack(back, 1, back.n) end
  return ...
end

function Chain:__call(...)
  local words, state = rawget(self, "words"), rawget(self, "state")
  local name, taking, is_negative = read(words)
  is_negative = is_negative ~= (state.is_turned or false)
  if name then return check(state, name, is_negative, ...) end
  if not taking then error("assert: an assertion is expected here", 0) end
  local value, note = ...
  state[taking], state.is_turned = value, is_negative
  if taking == "payload" then state.note = note end
  rawset(self, "words", {})
  return self
end

local function chain(key)
  return setmetatable({ words = {}, state = {} }, Chain)[key]
end

local M = {}

--- Adds an assertion of the user, as `assert:register` of luassert does.  Its
--- function gets a state and a list of arguments, and returns whether it holds.
function M.register(_, kind, name, f, positive, negative)
  if kind ~= "assertion" then
    error(("assert:register: '%s' is not supported, only 'assertion'")
      :format(kind), 2)
  end
  local say = require "say"
  known[name:lower()] = function(_, ...)
    local given = table.pack(...)
    local holds, back = f({ mod = true }, given)
    local shown = {}
    for i = 1, given.n do shown[i] = show.value(given[i]) end
    return holds, say(positive or "", shown), say(negative or "", shown),
      back and table.pack(table.unpack(back))
  end
end

function M.unregister(_, _, name) known[name:lower()] = nil end

--- Sets how deep tables are shown.  Other parameters of luassert do nothing.
function M.set_parameter(_, name, value)
  if name == "TableFormatLevel" then show.deepest = value end
end

return setmetatable(M, {
  __index = function(_, key) return chain(key) end,
  __call = function(_, value, message, ...)
    if value then return value, message, ... end
    failures.fail(message == nil and "assertion failed!" or message)
  end,
})
