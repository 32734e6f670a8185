--- Spies, stubs and mocks: functions that remember their calls; and what
--- asserts that they were called.
-- SPDX-License-Identifier: MIT

local failures = require "mkrun.tool.test.failure"
local match = require "mkrun.tool.test.match"
local same = require "mkrun.tool.test.same"
local show = require "mkrun.tool.test.show"

local M = {}

local function deep_copy(value, seen)
  if type(value) ~= "table" or M.is_spy(value) or match.is_matcher(value) then
    return value
  end
  seen = seen or {}
  if seen[value] then return seen[value] end
  local copy = {}
  seen[value] = copy
  for key, member in next, value do copy[key] = deep_copy(member, seen) end
  return setmetatable(copy, debug.getmetatable(value))
end

--- Keeps the values of a call: copies, and the values themselves.
local function keep(...)
  local refs, vals = table.pack(...), { n = select("#", ...) }
  for i = 1, refs.n do vals[i] = deep_copy(refs[i]) end
  return { refs = refs, vals = vals }
end

--- Returns true if a call had these arguments: so many, nil at the end too.
local function fits(call, wanted)
  if call.vals.n ~= wanted.n then return false end
  for i = 1, wanted.n do
    local given, want = call.vals[i], wanted[i]
    if match.is_matcher(want) then
      if want.name == "ref" then given = call.refs[i] end
      if not want(given) then return false end
    elseif not same(given, want, true) then
      return false
    end
  end
  return true
end

--- Returns the last call with these arguments.
local function find(calls, wanted)
  for i = #calls, 1, -1 do
    if fits(calls[i], wanted) then return calls[i].vals end
  end
end

---@class mkrun.test.Spy
local Spy = { __name = "spy" }

function Spy:__call(...)
  table.insert(self.calls, keep(...))
  local returned = table.pack(self.callback(...))
  table.insert(self.returnvals, keep(table.unpack(returned, 1, returned.n)))
  return table.unpack(returned, 1, returned.n)
end

local methods = {}

function methods:revert()
  if not self.reverted and self.target_table then
    self.target_table[self.target_key] = self.original
  end
  self.reverted = true
  return self.original
end

function methods:clear()
  self.calls, self.returnvals = {}, {}
  return self
end

function methods:called(times, compare)
  local count = #self.calls
  if not times then return count > 0, count end
  return (compare or rawequal)(count, times), count
end

local function found(calls, wanted)
  local fitting = find(calls, wanted)
  local last = calls[#calls]
  return fitting ~= nil, fitting or last and last.vals
end

function methods:called_with(wanted) return found(self.calls, wanted) end

function methods:returned_with(wanted) return found(self.returnvals, wanted) end

local function is_callable(f)
  local meta = debug.getmetatable(f)
  return type(f) == "function" or type(meta) == "table" and meta.__call ~= nil
end

function M.is_spy(value)
  return type(value) == "table" and debug.getmetatable(value) == Spy
end

function M.new(callback)
  callback = callback or function() end
  if not is_callable(callback) then
    error(("Cannot spy on type '%s', only on functions or callable elements")
      :format(type(callback)), 2)
  end
  local spy = { calls = {}, returnvals = {}, callback = callback,
    original = callback }
  for name, method in pairs(methods) do spy[name] = method end
  return setmetatable(spy, Spy)
end

function M.on(target, key)
  local spy = M.new(target[key])
  target[key], spy.target_table, spy.target_key = spy, target, key
  return spy
end

-- Stubs -----------------------------------------------------------------------

local function returning(...)
  local values = table.pack(...)
  return function() return table.unpack(values, 1, values.n) end
end

--- Adds the methods that choose what a stub returns.
local function add_choices(stub)
  local cases, default = {}, stub.callback
  stub.callback = function(...)
    local call = keep(...)
    for _, case in ipairs(cases) do
      if fits(call, case.wanted) then return case.invoke(...) end
    end
    return default(...)
  end
  function stub.returns(...)
    default = returning(...)
    return stub
  end
  function stub.invokes(f)
    default = f
    return stub
  end
  stub.by_default = { returns = stub.returns, invokes = stub.invokes }
  function stub.on_call_with(...)
    local case = { wanted = table.pack(...) }
    local function use(f)
      case.invoke = f
      table.insert(cases, case)
      return stub
    end
    return { returns = function(...) return use(returning(...)) end,
      invokes = use }
  end
end

--- Replaces a function of a table by one that returns what is given.
function M.stub(target, key, ...)
  if target == nil and key == nil then target, key = {}, "" end
  if type(target) ~= "table" or key == nil then
    failures.fail("stub.new(): Can only create stub on a table key, call with "
      .. "2 params; table, key")
  end
  local first = ...
  local original = target[key]
  local is_function = select("#", ...) == 1 and is_callable(first)
  target[key] = is_function and first or returning(...)
  local stub = M.on(target, key)
  stub.original = original
  add_choices(stub)
  return stub
end

-- Mocks -----------------------------------------------------------------------

local function mock(object, is_stub, result, owner, key, seen)
  if type(object) == "function" then
    if is_stub then return M.stub(owner, key, result) end
    return owner and M.on(owner, key) or M.new(object)
  end
  if type(object) ~= "table" or M.is_spy(object) or seen[object] then
    return object
  end
  seen[object] = true
  for name, member in pairs(object) do
    object[name] = mock(member, is_stub, result, object, name, seen)
  end
  return object
end

local function apply(object, action)
  if type(object) ~= "table" then return nil end
  if M.is_spy(object) then return object[action](object) end
  for _, member in pairs(object) do apply(member, action) end
  return object
end

local function callable(members, f)
  return setmetatable(members, { __call = function(_, ...) return f(...) end })
end

M.spies = callable({ new = M.new, on = M.on, is_spy = M.is_spy }, M.new)
M.stubs = callable({ new = M.stub }, M.stub)

local function new_mock(object, is_stub, result)
  return mock(object, is_stub, result, nil, nil, {})
end

M.mocks = callable({ new = new_mock,
  clear = function(object) return apply(object, "clear") end,
  revert = function(object) return apply(object, "revert") end }, new_mock)

-- Assertions ------------------------------------------------------------------

local function spy_of(state, name)
  local spy = state.payload
  if M.is_spy(spy) then return spy end
  if type(spy) == "function" then
    error("'aspy' in 'spy(aspy)' must be the spy, not the original function", 0)
  end
  error(("'%s' must be chained after 'spy(aspy)'"):format(name), 0)
end

local function values(list)
  local words = {}
  for i = 1, list and list.n or 0 do words[i] = show.value(list[i]) end
  return ("(values list) (%s)"):format(table.concat(words, ", "))
end

local function counted(name, word, compare)
  return function(state, times)
    local spy = spy_of(state, name)
    if times == nil and word == "" and not state.is_negative then
      local called, count = spy:called()
      return called, ("Expected to be called >0 time(s), but was called %d "
        .. "time(s)"):format(count), ""
    end
    times = times or word == "" and 0 or times
    -- `was_not.called()` means zero calls.
    if word == "" and state.is_negative and times == 0 then
      local called, count = spy:called()
      return called, "", ("Expected to be called 0 time(s), but was called %d "
        .. "time(s)"):format(count)
    end
    local good, count = spy:called(times, compare)
    local text = ("%s%s time(s), but was called %d time(s)"):format(word, times,
      count)
    return good, "Expected to be called " .. text,
      "Expected not to be called " .. text
  end
end

local function with(name, what, past)
  return function(state, ...)
    local good, shown = spy_of(state, name)[name](state.payload,
      table.pack(...))
    return good,
      ("Function %s matching arguments.\n%s (last call if any):\n%s\nExpected:"
        .. "\n%s"):format(what, past, values(shown), values(table.pack(...))),
      ("Function %s matching arguments at least once.\n%s (last matching call):"
        .. "\n%s\nDid not expect:\n%s"):format(what:gsub("never ", ""), past,
        values(shown), values(table.pack(...)))
  end
end

--- The assertions about spies.
M.assertions = {
  called = counted("called", ""),
  called_at_least = counted("called_at_least", "at least ",
    function(count, times) return count >= times end),
  called_at_most = counted("called_at_most", "at most ",
    function(count, times) return count <= times end),
  called_more_than = counted("called_more_than", "more than ",
    function(count, times) return count > times end),
  called_less_than = counted("called_less_than", "less than ",
    function(count, times) return count < times end),
  called_with = with("called_with", "was never called with", "Called with"),
  returned_with = with("returned_with", "never returned", "Returned"),
}

return M
