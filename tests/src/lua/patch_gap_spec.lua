--- Many changes in one array: the same as one patch for each of them.

local json = require "mkrun.json"
local patch = require "mkrun.patch"

local function document()
  return { a = json.array { 1, 2, 3 }, b = json.array { json.array {}, 5 } }
end

--- One after the other, so that no change knows of the one before.
local function singly(operations)
  local now = document()
  for i, operation in ipairs(operations) do
    local message, code
    now, message, code = patch.apply(now, json.array { operation })
    if not now then
      return nil, (message:gsub("operation 1", "operation " .. i, 1)), code
    end
  end
  return now
end

local function random_place()
  local index = math.random(10) == 1 and "-" or math.random(0, 5)
  local list = { "/a/", "/a/", "/a/", "/b/", "/b/0/" }
  return list[math.random(#list)] .. index
end

local function random_operation(i)
  local kind = math.random(20)
  local path = random_place()
  if kind <= 10 then return { op = "add", path = path, value = i } end
  if kind <= 14 then return { op = "remove", path = path } end
  if kind <= 16 then
    return { op = "move", from = random_place(), path = path }
  end
  if kind == 17 then return { op = "replace", path = path, value = i } end
  if kind == 18 then
    return { op = "copy", from = random_place(), path = path }
  end
  return { op = "add", path = path, value = { x = i } }
end

describe("mkrun.patch.apply", function()
  it("makes the same of many changes in one array as one by one", function()
    math.randomseed(10)
    local whole = 0
    for _ = 1, 200 do
      local operations = json.array {}
      for i = 1, 30 do
        operations[#operations + 1] = random_operation(i)
        if not singly(operations) and math.random(15) > 1 then
          operations[#operations] = nil
        end
      end
      local before = document()
      local got, message, code = patch.apply(before, operations)
      local wanted, wanted_message, wanted_code = singly(operations)
      assert.same({ wanted, wanted_message, wanted_code },
        { got, message, code })
      assert.same(document(), before)
      whole = whole + (got and 1 or 0)
    end
    assert(whole > 20, whole)
  end)

  it("does not move an array for every change in it", function()
    local operations, count = json.array {}, 50000
    for i = 1, count do
      operations[i] = { op = "add", path = "/a/0", value = i }
      operations[count + i] = { op = "remove", path = "/a/1" }
    end
    local got = assert(patch.apply(document(), operations))
    assert.same({ 3, count }, { #got.a, got.a[1] })
  end)
end)
