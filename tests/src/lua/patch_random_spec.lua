local json = require "mkrun.json"
local patch = require "mkrun.patch"

local cases = require "tests.support.cases"
local plain = require "tests.support.plain_patch"

local random = cases.generator(99)

local function pick(list) return list[random.pick(#list)] end

--- A name or index for a container, more often than not one that it has.
local function segment(container)
  if json.is_array(container) then
    if random.pick(6) > 1 then return random.pick(#container + 1) - 1 end
    return pick { "-", "01", "+1", "x", "99999999999999999999" }
  end
  local names = {}
  for name in pairs(container) do names[#names + 1] = name end
  table.sort(names)
  if #names > 0 and random.pick(5) > 1 then return pick(names) end
  return pick(random.names)
end

--- A pointer that often leads somewhere.
local function pointer(value)
  local segments = {}
  while type(value) == "table" and random.pick(5) > 1 do
    local next_segment = segment(value)
    segments[#segments + 1] = next_segment
    value = patch.get(value, patch.pointer { next_segment })
  end
  return patch.pointer(segments)
end

local function operation(document)
  local o = { op = pick { "add", "add", "remove", "replace", "move", "move",
                          "copy", "test" },
              path = pointer(document), from = pointer(document),
              value = random.generate(2) }
  local there = patch.get(document, o.path)
  if o.op == "test" and there ~= nil and random.pick(4) > 1 then
    o.value = there
  end
  return o
end

--- A patch that mostly fits; each operation knows what those before it did.
local function operations(document)
  local list = json.array()
  for i = 1, random.pick(6) do
    list[i] = operation(document)
    local after = patch.apply(document, { list[i] })
    if after ~= nil then document = after end
  end
  return list
end

local function text(value) return json.encode(value, { sort = true }) end

describe("mkrun.patch.apply on random patches", function()
  it("leaves its input alone and agrees with a plain implementation",
    function()
      local failed, passed = 0, 0
      for _ = 1, 6000 do
        local document = random.generate(4)
        local list = operations(document)
        local before, list_before = text(document), text(list)
        local result, message, code = patch.apply(document, list)
        assert.equal(before, text(document))
        assert.equal(list_before, text(list))
        local expected = plain.apply(document, list)
        assert.equal(expected == nil, result == nil)
        if result == nil then
          failed = failed + 1
          assert.matches("^operation %d+ %(%a+ .*%): .", message)
          assert.matches("^%a+$", code)
        else
          passed = passed + 1
          cases.assert_json(expected, result)
        end
      end
      assert.is_true(failed > 1000 and passed > 1000,
        failed .. " failed, " .. passed .. " passed")
    end)
end)
