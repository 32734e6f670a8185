local fault_plan = require "mkio.sandbox.fault_plan"
local json = require "mkrun.json"
local temp = require "tests.support.temp"

describe("a fault plan", function()
  it("may say all this", function()
    local plan = temp.file([[{"rules": [
      {"faults": [{"delay": 0.5}]},
      {"method": "POST", "path": "/api/*", "nth": 7, "faults": [
        {"status": 429, "retryAfter": 2}, {"status": 429, "retryAfter": "soon"},
        {"status": 504, "effect": true, "delay": 1}]},
      {"every": 3, "times": 9, "faults": [
        {"cut": "before"}, {"cut": "after"}, {"truncate": 0}]}
    ]}]], "plan.json")
    assert.equal(3, #assert(fault_plan.read(plan)).rules)
    assert(fault_plan.check { rules = json.array {}, clock = "real" })
  end)

  it("may be Lua", function()
    local path = temp.file([[
      local rules = {}
      for n = 1, 3 do rules[n] = { nth = n, faults = { { status = 503 } } } end
      return { rules = rules }]], "plan.lua")
    assert.equal(3, assert(fault_plan.read(path)).rules[3].nth)
    assert.same({ rules = {} },
      fault_plan.read(temp.file("return { rules = {} }", "plan.lua")))
  end)

  for text, message in pairs {
    ['{'] = "bad JSON: member name expected at line 1 column 2",
    ['[]'] = "at the top: object expected, got array",
    ['{"rules": [], "clock": "slow"}'] =
      "at '/clock': one of 'real' expected, got 'slow'",
    ['{}'] = "at '/rules': array expected, got nothing",
    ['{"rules": [{}]}'] = "at '/rules/0/faults': array expected, got nothing",
    ['{"rules": [{"faults": []}]}'] =
      "at '/rules/0/faults': at least 1 element expected, got 0",
    ['{"rules": [{"evry": 3, "faults": [{"delay": 1}]}]}'] =
      "at '/rules/0/evry': unknown key, did you mean 'every'?",
    ['{"rules": [{"every": 0, "faults": [{"delay": 1}]}]}'] =
      "at '/rules/0/every': integer of 1 or more expected, got 0",
    ['{"rules": [{"every": 1, "nth": 1, "faults": [{"delay": 1}]}]}'] =
      "at '/rules/0': either 'nth' or 'every' expected, got both",
    ['{"rules": [{"method": "get", "faults": [{"delay": 1}]}]}'] =
      "at '/rules/0/method': one of 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', "
      .. "'HEAD' expected, got 'get', did you mean 'GET'?",
    ['{"rules": [{"faults": [{}]}]}'] = "at '/rules/0/faults/0': one of "
      .. "'status', 'cut' and 'truncate', or 'delay', expected",
    ['{"rules": [{"faults": [{"delay": 1}, {"status": 500, "cut": "after"}]}]}']
      = "at '/rules/0/faults/1': one of 'status', 'cut' and 'truncate', or "
      .. "'delay', expected",
    ['{"rules": [{"faults": [{"status": 200}]}]}'] =
      "at '/rules/0/faults/0/status': integer of 400 to 599 expected, got 200",
    ['{"rules": [{"faults": [{"cut": "after", "retryAfter": 1}]}]}'] =
      "at '/rules/0/faults/0': 'effect' and 'retryAfter' go with 'status' only",
    ['{"rules": [{"faults": [{"status": 429, "retryAfter": 1.5}]}]}'] =
      "at '/rules/0/faults/0/retryAfter': whole seconds or a text expected",
    ['{"rules": [{"faults": [{"status": 429, "retryAfter": "1\\r\\nx:"}]}]}'] =
      "at '/rules/0/faults/0/retryAfter': whole seconds or a text expected",
    ['{"rules": [{"faults": [{"cut": "now"}]}]}'] =
      "at '/rules/0/faults/0/cut': one of 'before', 'after' expected, "
      .. "got 'now'",
    ['{"rules": [{"faults": [{"truncate": -1}]}]}'] =
      "at '/rules/0/faults/0/truncate': integer of 0 or more expected, got -1",
    ['{"rules": [{"faults": [{"delay": -1}]}]}'] =
      "at '/rules/0/faults/0/delay': seconds from 0 to 3600 expected",
  } do
    it("is refused: " .. text, function()
      local path = temp.file(text, "plan.json")
      local plan, why = fault_plan.read(path)
      assert.is_nil(plan)
      assert.equal(path .. ": " .. message, why)
    end)
  end

  it("is refused when the Lua in it is wrong", function()
    for text, message in pairs {
      ["return {"] = "plan%.lua:1: unexpected symbol near <eof>$",
      ["return os.getenv 'HOME'"] = "plan%.lua:1: attempt to index a nil value",
      ["return 7"] = "plan%.lua: at the top: object expected, got integer$",
      [""] = "plan%.lua: at the top: object expected, got nothing$",
      ["\27Lua"] = "attempt to load a binary chunk",
    } do
      local plan, why = fault_plan.read(temp.file(text, "plan.lua"))
      assert.is_nil(plan)
      assert.matches(message, why)
    end
  end)

  it("is refused when it is not there", function()
    local plan, why = fault_plan.read "no/such/plan.json"
    assert.is_nil(plan)
    assert.equal("no/such/plan.json: No such file or directory", why)
  end)
end)
