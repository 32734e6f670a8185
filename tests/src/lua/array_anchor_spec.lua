--- `patch.diff` of arrays whose shortest edit path is too long to find: above
--- 1000 steps, or above 2^24 steps times elements.

local json = require "mkrun.json"
local patch = require "mkrun.patch"

local cases = require "tests.support.cases"

local random

--- Returns a number from 1 to n.
local function pick(n) return random.pick(n) end

--- An array of `count` elements, made by make(index).
local function array(count, make)
  local list = json.array()
  for i = 1, count do list[i] = make(i) end
  return list
end

local function name(i) return "name" .. i end
local function new(i) return "new" .. i end

--- A function that picks one of `count` values.
local function one_of(count)
  return function() return pick(count) end
end

local function copy(list)
  return array(#list, function(i) return list[i] end)
end

--- A copy with elements inserted, removed and replaced at random places.
local function edited(list, count, make)
  list = copy(list)
  for i = 1, count do
    local what, at = pick(3), pick(#list)
    if what == 1 then
      table.insert(list, at, make(i))
    elseif what == 2 then
      table.remove(list, at)
    else
      list[at] = make(i)
    end
  end
  return list
end

--- A copy in which `count` elements from `from` on stand further behind: so
--- many of the others are before them.
local function moved(list, from, count, others)
  local to = copy(list)
  table.move(list, from + count, others + count, from, to)
  return table.move(list, from, from + count - 1, others + 1, to)
end

--- A copy in which the first `count` elements stand in reverse order.
local function reversed(list, count)
  return array(#list, function(i)
    return list[i <= count and count + 1 - i or i]
  end)
end

local function shuffled(list)
  list = copy(list)
  for i = #list, 2, -1 do
    local other = pick(i)
    list[i], list[other] = list[other], list[i]
  end
  return list
end

--- How many elements are equal from index `a` and `b` on, in steps of `step`.
local function common(from, to, a, b, step)
  local count = 0
  while from[a] ~= nil and from[a] == to[b] do
    a, b, count = a + step, b + step, count + 1
  end
  return count
end

--- How many operations rewrite what lies between the common ends.
local function rewriting(from, to)
  local head = common(from, to, 1, 1, 1)
  local both = math.min(#from, #to) - head
  local tail = math.min(both, common(from, to, #from, #to, -1))
  local count = math.abs(#from - #to)
  for i = head + 1, head + both - tail do
    if from[i] ~= to[i] then count = count + 1 end
  end
  return count
end

--- Returns how many operations patch.diff finds, and proves them right.
local function count_operations(from, to)
  local operations = patch.diff(from, to)
  local result = assert(patch.apply(from, operations))
  assert.equal(#to, #result)
  for i = 1, #to do
    if result[i] ~= to[i] then cases.assert_json(to[i], result[i]) end
  end
  return #operations
end

--- Pairs of arrays, each with more than 1000 steps between them.
local KINDS <const> = {
  ["all different"] = function()
    return array(700 + pick(600), name), array(700 + pick(600), new)
  end,
  ["a short one and a long one"] = function()
    return array(pick(9), one_of(5)), array(1500, one_of(3000))
  end,
  ["two values"] = function()
    return array(4000, one_of(2)), array(4000, one_of(2))
  end,
  ["ten values"] = function()
    return array(1500, one_of(10)), array(1400 + pick(200), one_of(10))
  end,
  ["many duplicates"] = function()
    return array(1500, one_of(300)), array(1400 + pick(200), one_of(300))
  end,
  ["other periods"] = function()
    local a, b = pick(5), 10 + pick(9)
    return array(3000, function(i) return i % a end),
      array(3000, function(i) return i % b end)
  end,
  ["reversed"] = function()
    local from = array(1000 + pick(500), name)
    return from, reversed(from, #from)
  end,
  ["shuffled"] = function()
    local from = array(1500, name)
    return from, shuffled(from)
  end,
  ["moved blocks"] = function()
    local from = array(3000, one_of(({ 40, 400, 40000 })[pick(3)]))
    local to = moved(from, pick(800), 600, 1600 + pick(400))
    return from, moved(to, pick(800), 100 * pick(5), 1600 + pick(800))
  end,
  ["many edits"] = function()
    local make = one_of(({ 4, 400, 40000 })[pick(3)])
    local from = array(3000, make)
    return from, edited(from, 1500, make)
  end,
  ["a part reversed, a part edited"] = function()
    local from = array(3000, name)
    return from, edited(reversed(from, 1500), 400, new)
  end,
  ["one element that moves past all others"] = function()
    local from, to = array(3000, one_of(4)), array(3000, one_of(4))
    table.insert(from, 1, "it")
    table.insert(to, 2500, "it")
    return from, to
  end,
}

describe("patch.diff above its limit of steps", function()
  before_each(function() random = cases.generator(31) end)

  it("changes little more than 800 places out of 40,000", function()
    local from = array(40000, name)
    for _, make in ipairs { new, function() return name(pick(40000)) end } do
      assert.is_true(count_operations(from, edited(from, 800, make)) <= 1600)
    end
  end)

  it("does so, too, where few values are distinct", function()
    for _, values in ipairs { 2, 1000 } do
      local make = one_of(values)
      local from = array(40000, make)
      assert.is_true(count_operations(from, edited(from, 800, make)) <= 1600)
    end
  end)

  it("removes and adds a block that has moved, and no more", function()
    for _, values in ipairs { 10, 4000, 40000 } do
      local make = one_of(values)
      local from = array(20000, make)
      local to = edited(moved(from, 2000, 3000, 15000), 100, make)
      assert.is_true(count_operations(from, to) <= 2 * 3000 + 300)
    end
  end)

  it("adds a block that is new, between edits at both ends", function()
    local from = array(10000, name)
    local to = copy(from)
    to[1], to[10000] = "first", "last"
    table.move(to, 5000, 10000, 7000)
    for i = 5000, 6999 do to[i] = new(i) end
    assert.equal(2000 + 2, count_operations(from, to))
  end)

  it("rewrites no more than the part that is reversed", function()
    local from = array(20000, name)
    local to = edited(reversed(from, 10000), 200, new)
    assert.is_true(count_operations(from, to) <= 10000 + 400)
  end)

  it("finds the table that equals another one", function()
    local function object(i) return { id = i, tags = { i } } end
    local from, to = array(5000, object), array(5000, object)
    for i = 5000, 1, -5 do table.remove(to, i) end
    for i = 10, 4000, 10 do to[i].tags[1] = "changed" end
    assert.equal(1000 + 400, count_operations(from, to))
  end)

  it("finds the same operations each time", function()
    local from = array(3000, one_of(400))
    local to = edited(moved(from, 100, 700, 2000), 500, one_of(400))
    assert.equal(json.encode(patch.diff(from, to), { sort = true }),
      json.encode(patch.diff(copy(from), copy(to)), { sort = true }))
  end)

  for kind, make in pairs(KINDS) do
    it("is right, and never worse than rewriting: " .. kind, function()
      for _ = 1, 3 do
        local from, to = make()
        local most = rewriting(from, to)
        assert.is_true(count_operations(from, to) <= most)
        assert.is_true(count_operations(to, from) <= most)
      end
    end)
  end
end)
