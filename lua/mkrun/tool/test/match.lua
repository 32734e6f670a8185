--- Matchers, which stand for the arguments of a call: `match.is_string()`,
--- `match.is_not.equal(3)`, `match._`.
-- SPDX-License-Identifier: MIT

local near = require "mkrun.closest_name"
local same = require "mkrun.tool.test.same"

local Matcher = { __name = "matcher" }

function Matcher:__call(value) return self.test(value) == self.wanted end

function Matcher:__tostring()
  return ("(matcher) %s.%s()"):format(self.wanted and "is" or "no",
    self.name or "_")
end

local MAKERS <const> = {
  equal = function(want) return function(v) return v == want end end,
  same = function(want) return function(v) return (same(want, v)) end end,
  truthy = function() return function(v) return not not v end end,
  falsy = function() return function(v) return not v end end,
  near = function(want, tolerance) return function(v)
    return tonumber(v) ~= nil and math.abs(tonumber(v) - want) <= tolerance
  end end,
  matches = function(pattern, init, is_plain) return function(v)
    local is_text = type(v) == "string" or type(v) == "number"
    return is_text and tostring(v):find(pattern, init, is_plain) ~= nil
  end end,
  all_of = function(...)
    local list = { ... }
    return function(v)
      for _, one in ipairs(list) do if not one(v) then return false end end
      return true
    end
  end,
  any_of = function(...)
    local list = { ... }
    return function(v)
      for _, one in ipairs(list) do if one(v) then return true end end
      return false
    end
  end,
}
MAKERS.ref, MAKERS.equals, MAKERS.match =
  MAKERS.equal, MAKERS.equal, MAKERS.matches

local function none_of(...)
  local any = MAKERS.any_of(...)
  return function(v) return not any(v) end
end
MAKERS.none_of = none_of

for _, kind in ipairs { "nil", "boolean", "number", "string", "table",
  "function", "userdata", "thread" } do
  MAKERS[kind] = function() return function(v) return type(v) == kind end end
end
for word, value in pairs { ["true"] = true, ["false"] = false } do
  MAKERS[word] = function() return function(v) return v == value end end
end

local MODIFIERS <const> = { is = 1, are = 1, was = 1, has = 1, does = 1,
  no = -1, ["not"] = -1 }

local function unknown(name)
  local names = {}
  for known in pairs(MAKERS) do names[#names + 1] = known end
  table.sort(names)
  local meant = near.find(name, names)[1]
  error(("unknown matcher '%s'%s"):format(name,
    meant and (", did you mean '%s'?"):format(meant) or ""), 0)
end

--- Divides "is_not_nil" into modifiers and the name of a matcher.
local function parse(name)
  local wanted, rest = true, name:lower()
  while not MAKERS[rest] do
    local word, more = rest:match "^([^_]+)_?(.*)$"
    if not MODIFIERS[word or ""] then return nil, rest end
    if MODIFIERS[word] < 0 then wanted = not wanted end
    rest = more
  end
  return wanted, rest
end

local Chain = {}

function Chain:__index(key)
  local path = rawget(self, "path")
  return setmetatable({ path = path and path .. "_" .. key or key }, Chain)
end

function Chain:__call(...)
  local wanted, name = parse(self.path)
  if wanted == nil then unknown(name) end
  return setmetatable({ name = name, wanted = wanted,
    test = MAKERS[name](...) }, Matcher)
end

local function chain(_, key) return setmetatable({ path = key }, Chain) end

return setmetatable({
  _ = setmetatable({ wanted = true, test = function() return true end },
    Matcher),
  is_matcher = function(value)
    return type(value) == "table" and debug.getmetatable(value) == Matcher
  end,
}, { __index = chain })
