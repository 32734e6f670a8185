local json = require "mkrun.json"
local patch = require "mkrun.patch"
local process = require "tests.support.process"

local cases = require "tests.support.cases"

local decode = cases.decode

--- The operations as text, and a proof that they do what they say.
local function diff(from, to)
  from, to = decode(from), decode(to)
  local operations = patch.diff(from, to)
  cases.assert_json(to, (assert(patch.apply(from, operations))))
  local parts = {}
  for i, o in ipairs(operations) do
    parts[i] = o.op .. " " .. o.path
    if o.value ~= nil then
      parts[i] = parts[i] .. " " .. json.encode(o.value)
    end
  end
  return parts
end

--- How many elements the longest common subsequence has.
local function in_common(a, b)
  local row = {}
  for j = 0, #b do row[j] = 0 end
  for i = 1, #a do
    local diagonal = 0
    for j = 1, #b do
      local above = row[j]
      row[j] = a[i] == b[j] and diagonal + 1 or math.max(above, row[j - 1])
      diagonal = above
    end
  end
  return row[#b]
end

describe("mkrun.patch.diff", function()
  it("finds nothing between equal documents", function()
    assert.same({}, diff('{"a": [1, {"b": null}]}', '{"a": [1, {"b": null}]}'))
    assert.same({}, diff("[1, 2]", "[1.0, 2e0]"))
    assert.same({}, diff('"a"', '"a"'))
  end)

  it("returns an array, also when it is empty", function()
    local document = {}
    assert.equal("[]", json.encode(patch.diff(document, document)))
  end)

  it("adds, removes and replaces members in bytewise order", function()
    assert.same({ "replace /B 2", "add /Z 1", "remove /a", "add /b 4",
                  "replace /\u{e9} true" },
      diff('{"a": 1, "B": 1, "\u{e9}": 1, "c": 1}',
        '{"Z": 1, "B": 2, "\u{e9}": true, "b": 4, "c": 1}'))
  end)

  it("goes down to the member that differs", function()
    assert.same({ "replace /a/b/c 2" },
      diff('{"a": {"b": {"c": 1, "d": []}}}',
        '{"a": {"b": {"c": 2, "d": []}}}'))
  end)

  it("escapes names", function()
    assert.same({ "remove /", "replace /a~1b 2", "replace /m~0n 2" },
      diff('{"a/b": 1, "m~n": 1, "": 1}', '{"a/b": 2, "m~n": 2}'))
  end)

  it("replaces where the type changes", function()
    assert.same({ "replace /a {}" }, diff('{"a": []}', '{"a": {}}'))
    assert.same({ "replace /a []" }, diff('{"a": {}}', '{"a": []}'))
    assert.same({ "replace /a null" }, diff('{"a": [1]}', '{"a": null}'))
    assert.same({ "replace /a false" }, diff('{"a": null}', '{"a": false}'))
    assert.same({ 'replace /a "1"' }, diff('{"a": 1}', '{"a": "1"}'))
    assert.same({ "replace  [1]" }, diff('{"0": 1}', "[1]"))
  end)

  it("tells a null member from one that is missing", function()
    assert.same({ "add /a null" }, diff("{}", '{"a": null}'))
    assert.same({ "remove /a" }, diff('{"a": null}', "{}"))
  end)

  it("inserts into an array and removes from it", function()
    assert.same({ "add /1 9" }, diff("[1, 2, 3]", "[1, 9, 2, 3]"))
    assert.same({ "add /0 9" }, diff("[1, 2, 3]", "[9, 1, 2, 3]"))
    assert.same({ "add /3 9" }, diff("[1, 2, 3]", "[1, 2, 3, 9]"))
    assert.same({ "remove /1" }, diff("[1, 2, 3]", "[1, 3]"))
    assert.same({ "remove /1" }, diff("[1, 1]", "[1]"))
  end)

  it("keeps elements that stay, between others that change", function()
    assert.same({ "remove /0", "add /2 9", "remove /4" },
      diff("[0, 1, 2, 3, 4, 5]", "[1, 2, 9, 3, 5]"))
  end)

  it("goes into an element at its place", function()
    assert.same({ "replace /1/n 3" },
      diff('[{"n": 1}, {"n": 2}, {"n": 4}]', '[{"n": 1}, {"n": 3}, {"n": 4}]'))
  end)

  it("tells equal elements by value, not by identity", function()
    assert.same({ "remove /0" },
      diff('[{"x": 9}, {"n": [1, {}]}, {"m": 1.0}]',
        '[{"n": [1, {}]}, {"m": 1}]'))
  end)

  it("empties an array from behind", function()
    assert.same({ "remove /2", "remove /1", "remove /0" },
      diff("[1, 2, 3]", "[]"))
  end)

  it("does not look into a table that both sides share", function()
    local shared = setmetatable({}, { __pairs = error })
    shared.loop = shared
    assert.same({}, patch.diff({ a = shared }, { a = shared }))
    assert.same({}, patch.diff({ { shared } }, { { shared } }))
  end)

  it("keeps no hold on the new document", function()
    local to = decode '{"a": {"b": [1]}}'
    local operations = patch.diff({}, to)
    to.a.b[1] = 2
    cases.assert_json(decode '{"b": [1]}', operations[1].value)
  end)

  it("uses only add, remove and replace, and they always apply", function()
    local random = cases.generator(20260101)
    local allowed = { add = true, remove = true, replace = true }
    for _ = 1, 4000 do
      local from, to = random.generate(4), random.generate(4)
      local saved = patch.copy(from)
      local operations = patch.diff(from, to)
      for _, o in ipairs(operations) do assert.is_true(allowed[o.op]) end
      cases.assert_json(to, (select(1, patch.apply(from, operations))))
      cases.assert_json(saved, from)
    end
  end)

  it("follows a document through small changes", function()
    local random = cases.generator(42)
    local document = random.generate(5)
    for _ = 1, 4000 do
      local after = random.mutate(patch.copy(document), 3)
      local operations = patch.diff(document, after)
      cases.assert_json(after, (select(1, patch.apply(document, operations))))
      document = after
    end
  end)

  it("finds the shortest way between arrays of letters", function()
    local random = cases.generator(7)
    local function letters()
      local list = json.array()
      for i = 1, random.pick(40) - 1 do list[i] = random.pick(3) end
      return list
    end
    for _ = 1, 2000 do
      local from, to = letters(), letters()
      local operations = patch.diff(from, to)
      cases.assert_json(to, (assert(patch.apply(from, operations))))
      assert.is_true(#operations <= #from + #to - 2 * in_common(from, to))
    end
  end)

  it("finds the shortest way when few places of a list differ", function()
    local random = cases.generator(11)
    for _ = 1, 500 do
      local from, to = json.array(), json.array()
      for i = 1, 12 + random.pick(20) do
        from[i] = random.pick(9)
        to[i] = from[i]
      end
      for _ = 1, random.pick(4) do to[random.pick(#to)] = random.pick(14) end
      local operations = patch.diff(from, to)
      cases.assert_json(to, (assert(patch.apply(from, operations))))
      assert.is_true(#operations <= #from + #to - 2 * in_common(from, to))
    end
  end)

  it("replaces where they stand the elements that are new", function()
    assert.same({ "replace /1 9", "replace /2 8", "replace /7 7" },
      diff("[1,2,3,4,5,6,1,2,3,4,5,6,1]", "[1,9,8,4,5,6,1,7,3,4,5,6,1]"))
  end)

  it("moves what a list has already", function()
    assert.same({ 'add /0 9', 'remove /9' },
      diff("[1,2,3,4,5,6,1,2,9,4,5,6]", "[9,1,2,3,4,5,6,1,2,4,5,6]"))
  end)

  it("stays small on a long list with few changes", function()
    local from, to = json.array(), json.array()
    for i = 1, 20000 do from[i] = { id = i } end
    for i = 1, 20000 do to[i] = { id = i } end
    table.remove(to, 17000)
    table.insert(to, 3, { id = "new" })
    to[10000] = { id = 10000, changed = true }
    local operations = patch.diff(from, to)
    assert.is_true(#operations <= 4)
    cases.assert_json(to, (assert(patch.apply(from, operations))))
  end)

  it("ends in time when two long lists have nothing in common", function()
    local from, to = json.array(), json.array()
    for i = 1, 5000 do
      from[i] = { id = i, name = "n" .. i }
      to[i] = { id = i, name = "m" .. i }
    end
    local operations = patch.diff(from, to)
    assert.equal(5000, #operations)
    assert.equal("replace /0/name", operations[1].op .. " " ..
      operations[1].path)
    cases.assert_json(to, (assert(patch.apply(from, operations))))
  end)

  it("raises on what is not JSON, with the place", function()
    assert.error_matches(function() patch.diff({ a = {} }, { a = print }) end,
      "/a: JSON value expected, got function", 1, true)
    assert.error_matches(function()
      patch.diff({ a = { { [true] = 1 } } }, { a = { {} } })
    end, "/a/0: object with a key that is no string", 1, true)
    assert.error_matches(function()
      patch.diff({ a = json.array { 1, nil, 3 } }, { a = { 1 } })
    end, "/a: array with a hole", 1, true)
    assert.error_matches(function() patch.diff({}) end,
      "bad argument #2 to 'diff' (JSON value expected, got nil)",
      1, true)
  end)

  it("raises on cycles", function()
    local a, b = {}, {}
    a.a, b.a = a, b
    assert.error_matches(function() patch.diff(a, b) end, "a cycle", 1, true)
    a, b = { {} }, { {} }
    a[1][1], b[1][1] = a, b
    assert.error_matches(function() patch.diff(a, b) end, "a cycle", 1, true)
    assert.error_matches(function() patch.diff({ 1, 2, a }, { a, b, 3 }) end,
      "a cycle", 1, true)
  end)

  it("keeps its head when a finalizer empties the objects", function()
    -- In a process of its own, where a collection has little to look at, and
    -- with no collection but during the diffs.
    local outcome = process.run { "build/debug/mkrun", "-e", [[
      local patch = require "mkrun.patch"
      local from, to, inside, traps = {}, {}, false, 0
      local function trap()
        setmetatable({}, { __gc = function()
          for name in pairs(from) do from[name], to[name] = nil, nil end
          if not inside then return end
          traps = traps + 1
          trap()
        end })
      end
      for n = 1, 60 do
        collectgarbage "stop"
        for i = 1, 1500 + 10 * n do
          local name = ("name"):rep(20) .. i
          from[name], to[name] = i, -i
        end
        inside = true
        trap()
        collectgarbage "restart"
        pcall(patch.diff, from, to)
        inside = false
      end
      assert(traps > 200, traps)]] }
    assert.same({ code = 0, out = "", err = "" }, outcome)
  end)
end)
