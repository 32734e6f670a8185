--- The index of an array finds what a look at each element would find, and
--- takes no more steps when there is more to find.

local index = require "mkio.model.index"
local steps = require "tests.support.steps"

local function look(plain, name, is_last)
  local found
  for _, item in ipairs(plain) do
    if item.name == name and (is_last or not found) then found = item end
  end
  return found
end

local function names_of(items)
  local names = {}
  for i, item in ipairs(items) do names[i] = item.name end
  return names
end

--- `count` elements, of which some have one name.
local function filled(count)
  local items = {}
  for i = 1, count do items[i] = { name = "n" .. (i % 300), id = i } end
  return items
end

local function remove(items, key, value)
  local item, place = index.find(items, key, value)
  if place then index.remove(items, place) end
  return item
end

--- One step by lot, on the array and on a plain one.
local function change(items, plain, random, id)
  local name = "n" .. random(300)
  if random(3) > 1 then
    local item = { name = name, id = id }
    items[#items + 1], plain[#plain + 1] = item, item
    return
  end
  local item = remove(items, "name", name)
  assert.equal(look(plain, name), item)
  for i, other in ipairs(plain) do
    if other == item then return table.remove(plain, i) end
  end
end

describe("mkio.model.index", function()
  it("finds what there is, whatever came and went", function()
    math.randomseed(7)
    local items = filled(200)
    local plain = table.move(items, 1, #items, 1, {})
    for i = 1, 2000 do
      change(items, plain, math.random, 1000 + i)
      local name = "n" .. math.random(300)
      assert.equal(look(plain, name), (index.find(items, "name", name)))
      assert.equal(look(plain, name, true),
        (index.find_last(items, "name", name)))
      if i % 400 == 0 then
        assert.same(names_of(plain), names_of(index.whole(items)))
      end
    end
    assert.same(names_of(plain), names_of(index.whole(items)))
  end)

  it("finds what was removed and added again", function()
    local items = {}
    for i = 1, 100 do items[i] = "id" .. i end
    assert.equal("id50", remove(items, index.itself, "id50"))
    assert.is_nil((index.find(items, index.itself, "id50")))
    items[#items + 1] = "id50"
    assert.equal("id50", (index.find(items, index.itself, "id50")))
    local whole = index.whole(items)
    assert.equal(100, #whole)
    assert.equal("id50", whole[100])
  end)

  it("goes by several keys, of which one removes", function()
    local items = filled(100)
    assert.equal(items[7], (index.find(items, "id", 7)))
    remove(items, "name", "n7")
    assert.is_nil((index.find(items, "id", 7)))
    assert.equal(items[8], (index.find(items, "id", 8)))
  end)

  it("leaves nothing behind in a short array", function()
    local items = filled(5)
    remove(items, "name", "n2")
    assert.same({ "n1", "n3", "n4", "n5" }, names_of(items))
  end)

  it("removes all of an array in so many steps as it has elements", function()
    local function cost(count)
      local items = {}
      for i = 1, count do items[i] = "id" .. i end
      return steps.of(function()
        for i = 1, count do remove(items, index.itself, "id" .. i) end
      end)
    end
    assert.is_true(cost(8000) < 5 * cost(2000))
  end)
end)
