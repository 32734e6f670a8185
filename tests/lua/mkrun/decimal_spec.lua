local decimal = require "mkrun.decimal"

--- A long number with `digits` digits and its point somewhere.
local function random_number(digits)
  local text = {}
  for i = 1, digits do text[i] = math.random(0, 9) end
  table.insert(text, math.random(2, digits), ".")
  return (math.random(2) == 1 and "-" or "") .. table.concat(text)
end

describe("mkrun.decimal.sum", function()
  local sums = {
    { "0", {} },
    { "0.30", { "0.1", "0.20" } },
    { "12.50", { "12.50" } },
    { "1000000000000000.0001", { "999999999999999.9999", "0.0002" } },
    { "-0.01", { "1", "-1.01" } },
    { "0.00", { "1.25", "-1.25" } },
    { "5", { "-7", "12" } },
    { "-5", { "7", "-12" } },
    { "99999999999999999999999999999999999999.98", {
      "99999999999999999999999999999999999999.99", "-0.01" } },
    { "120.00000012", { "1.2E+2", "1.2e-7" } },
    { "0.0000000000", { "0E-10" } },
    { "1.5", { "+1.", ".5" } },
  }
  for _, case in ipairs(sums) do
    it("of " .. table.concat(case[2], " + ") .. " is " .. case[1], function()
      assert.equal(case[1], (decimal.sum(case[2])))
    end)
  end

  it("of ten times 0.1 is 1.0", function()
    local terms = {}
    for i = 1, 10 do terms[i] = "0.1" end
    assert.equal("1.0", (decimal.sum(terms)))
  end)

  it("comes back to nothing when everything is taken away", function()
    math.randomseed(7)
    local terms = {}
    for i = 1, 60 do terms[i] = random_number(math.random(2, 50)) end
    for i = 1, 60 do
      local text = terms[i]
      terms[#terms + 1] = text:find "^%-" and text:sub(2) or "-" .. text
    end
    assert.matches("^0%.0*$", (decimal.sum(terms)))
  end)

  it("agrees with integers", function()
    math.randomseed(8)
    for _ = 1, 500 do
      local a = math.random(-10 ^ 17 // 1 | 0, 10 ^ 17 // 1 | 0)
      local b = math.random(-10 ^ 17 // 1 | 0, 10 ^ 17 // 1 | 0)
      assert.equal(tostring(a + b),
        (decimal.sum { tostring(a), tostring(b) }))
    end
  end)

  it("is as long as it needs to be, however many terms there are", function()
    local terms = {}
    for i = 1, 20000 do terms[i] = "0.10" end
    assert.equal("2000.00", (decimal.sum(terms)))
  end)

  it("fails on what is no number", function()
    for _, text in ipairs { "", ".", "1,5", "0x10", "1e", "1e999", "1 2",
      "1.2.3", "--1", "12+3", "nan" } do
      local sum, message, code = decimal.sum { "1", text }
      assert.is_nil(sum, text)
      assert.equal(("'%s' is not a decimal number"):format(text), message)
      assert.equal("decimal", code)
    end
  end)

  it("raises on what is no text", function()
    assert.error_matches(function() decimal.sum { "1", 2 } end,
      "bad argument #1 to 'sum' (element 2: string expected, got number)",
      1, true)
  end)
end)
