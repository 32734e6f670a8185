--- The JSON Schema that `onboard --schema` prints, held against ajv: it accepts
--- what onboard accepts and refuses what onboard refuses.

local json = require "mkrun.json"
local patch = require "mkrun.patch"

local ajv = require "tests.support.ajv"
local cases = require "tests.support.spec_cases"
local generated = require "tests.support.drift_cases"
local release = require "tests.support.release"
local temp = require "tests.support.temp"

local spec = require "mkio.flow.onboard.spec"

--- Values that take the place of each part of a SPEC in turn.
local VALUES <const> = { "null", "7", "90.0", "1.5", "true", '""', '"x"',
  '".."', '"a@b.c"', '"a b"', '"a\\u0001b"', '"***"', '"2026-13-01"',
  '"https://h"', '"teams/x"', "[]", "{}", '["x", "x"]', '{"x": 1}',
  '[{"name": "x"}]' }

local schemas = {}

local function schema(...)
  local key = table.concat({ ... }, " ")
  if not schemas[key] then
    local outcome = release.run { "onboard", "--schema", ... }
    assert.equal(0, outcome.code, outcome.err)
    schemas[key] = outcome.out
  end
  return schemas[key]
end

--- Returns whether onboard finds nothing wrong with the form, but for what a
--- schema cannot say.
local function is_right(document, is_part)
  for _, fault in ipairs(spec.faults(document, is_part)) do
    local is_beyond = false
    for _, words in ipairs(cases.beyond) do
      is_beyond = is_beyond or fault.text:find(words, 1, true) ~= nil
    end
    -- texts that are there twice in a set are not beyond it
    if not is_beyond or fault.pointer:find "/%d+$" then return false end
  end
  return true
end

--- Calls `visit` with the pointer of each part of a value.
local function each_part(value, at, visit)
  visit(patch.pointer(at))
  if type(value) ~= "table" then return end
  for key, member in pairs(value) do
    local deeper = { table.unpack(at) }
    deeper[#deeper + 1] = math.type(key) == "integer" and key - 1 or key
    each_part(member, deeper, visit)
  end
end

--- Returns SPECs in which one part is another value, is gone, or is there
--- twice, or has one more member.
local function changed(whole)
  local texts = {}
  local function add(operations)
    local document = patch.apply(whole, operations)
    texts[#texts + 1] = document and json.encode(document)
  end
  each_part(whole, {}, function(pointer)
    for _, text in ipairs(VALUES) do
      add { { op = "replace", path = pointer, value = json.decode(text) } }
      add { { op = "add", path = pointer .. "/x", value = json.decode(text) } }
    end
    add { { op = "remove", path = pointer } }
    add { { op = "copy", from = pointer, path = pointer:match "^(.*)/%d+$"
      and pointer:gsub("%d+$", "-") or pointer } }
  end)
  return texts
end

local function verdicts(texts, is_part)
  local bundle, reason = ajv.fetch()
  if not bundle then return nil, reason end
  return ajv.validate(bundle, schema(is_part and "--partial" or nil), texts)
end

describe("the JSON Schema of a SPEC", function()
  it("is what onboard --schema prints without a token", function()
    local text = schema()
    assert.equal("https://json-schema.org/draft/2020-12/schema",
      json.decode(text)["$schema"])
    assert.matches('"description": "name of the team"', text, 1, true)
  end)

  it("describes every member", function()
    local function walk(part, at)
      for name, member in pairs(part.properties or {}) do
        assert.is_string(member.description, at .. "/" .. name)
        walk(member, at .. "/" .. name)
      end
      for _, key in ipairs { "items", "additionalProperties" } do
        if type(part[key]) == "table" then walk(part[key], at) end
      end
    end
    walk(json.decode(schema()), "")
  end)

  it("accepts the examples and a SPEC with everything", function()
    local found, reason = verdicts { temp.read "scripts/examples/onboard.json",
      cases.whole, "{}" }
    if not found then return pending(reason) end
    assert.same({ true, true, true }, found)
  end)

  it("accepts SPECs by chance that onboard accepts", function()
    local texts = {}
    for seed = 1, 60 do
      local document = generated.spec(generated.choice(seed), "tokens")
      texts[seed] = json.encode(document)
      assert.same({}, spec.faults(document))
    end
    local found, reason = verdicts(texts)
    if not found then return pending(reason) end
    for seed, verdict in ipairs(found) do assert.is_true(verdict, seed) end
  end)

  it("refuses each SPEC that is wrong in form", function()
    local texts, expected = {}, {}
    for i, case in ipairs(cases.refused) do
      texts[i] = case[1]
      expected[i] = is_right(json.decode(case[1]))
    end
    local found, reason = verdicts(texts)
    if not found then return pending(reason) end
    for i, case in ipairs(cases.refused) do
      assert.equal(expected[i], found[i], case[1])
    end
  end)

  for _, is_part in ipairs { false, true } do
    it("says of every part what onboard says" .. (is_part
      and ", of one of several files" or ""), function()
      local texts, counts = changed(json.decode(cases.whole)), {}
      local found, reason = verdicts(texts, is_part)
      if not found then return pending(reason) end
      for i, text in ipairs(texts) do
        local right = is_right(json.decode(text), is_part)
        counts[right] = (counts[right] or 0) + 1
        assert.equal(right, found[i], text)
      end
      assert.is_true(counts[true] > 50 and counts[false] > 500)
    end)
  end
end)
