local json = require "mkrun.json"
local merge = require "mkio.plan.merge"

local function value(text) return assert(json.decode(text)) end

local function merged(live, base, planned)
  return json.encode(
    merge.documents(value(live), value(base), value(planned)), { sort = true })
end

describe("mkio.plan.merge", function()
  it("leaves alone what the models agree on, known to them or not", function()
    assert.equal('{"a":"real","more":[1]}',
      merged('{"a":"real","more":[1]}', '{"a":1}', '{"a":1}'))
  end)

  it("puts members that differ onto what is there", function()
    assert.equal('{"deep":{"a":2,"b":9},"new":true}', merged(
      '{"deep":{"a":1,"b":9},"gone":1}', '{"deep":{"a":1},"gone":1}',
      '{"deep":{"a":2},"new":true}'))
  end)

  it("takes roles as a set, and keeps their order", function()
    assert.equal('["z","a","c"]',
      merged('["z","b","a"]', '["a","b"]', '["c","a"]'))
  end)

  it("knows the elements of a list by their ids", function()
    local function item(id, name)
      return ('{"metadata":{"id":"%s","name":"%s"}}'):format(id, name)
    end
    local live = ('[%s,%s,%s]'):format(item("3", "c"), item("1", "a"),
      item("2", "b"))
    local base = ('[%s,%s]'):format(item("1", "a"), item("2", "b"))
    local planned = ('[%s,%s]'):format(item("2", "B"), item("4", "d"))
    assert.equal(('[%s,%s,%s]'):format(item("3", "c"), item("2", "B"),
      item("4", "d")), merged(live, base, planned))
  end)

  it("takes the planned one of lists whose elements have no keys", function()
    assert.equal("[3]", merged("[1,2]", "[1]", "[3]"))
  end)

  it("keeps an empty list a list, and an empty map a map", function()
    assert.equal('{"l":[],"m":{}}', merged('{"l":["a"],"m":{"x":1}}',
      '{"l":["a"],"m":{"x":1}}', '{"l":[],"m":{}}'))
  end)

  it("changes none of its arguments", function()
    local live = value '{"l":["a"]}'
    merge.documents(live, value '{"l":["a"]}', value '{"l":["b"]}')
    assert.equal('{"l":["a"]}', json.encode(live))
  end)

  it("puts what is new on a page where the order has it", function()
    local function values(live, base, planned)
      return json.encode(merge.page(value('{"value":' .. live .. "}"),
        value('{"value":' .. base .. "}"), value('{"value":' .. planned .. "}"),
        true).value)
    end
    assert.equal('["e","d","c","x","a"]',
      values('["d","x","a"]', '["d","a"]', '["e","d","c","a"]'))
    -- the other page has "a" and "b"
    assert.equal('["d","c"]', values('["d"]', '["a","b","d"]',
      '["a","b","c","d"]'))
  end)

  it("adds what is new to the last page only", function()
    local function page(is_last)
      return json.encode(merge.page(value '{"value":["a"],"n":1}',
        value '{"value":["a"]}', value '{"value":["a","b"]}', is_last),
        { sort = true })
    end
    assert.equal('{"n":1,"value":["a"]}', page(false))
    assert.equal('{"n":1,"value":["a","b"]}', page(true))
  end)
end)
