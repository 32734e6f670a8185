local numbers = require "mkrun.numbers"

describe("mkrun.numbers", function()
  it("reads whole numbers in a range", function()
    for text, number in pairs { ["1"] = 1, ["365"] = 365, ["007"] = 7 } do
      assert.equal(number, numbers.integer(text, 1, 365))
      assert.equal("integer", math.type(numbers.integer(text, 1, 365)))
    end
    for _, text in ipairs { "", "0", "366", "-1", "+1", "1.0", "1e1", "0x1",
      " 1", "1 ", "1d", "nan", "inf", ("9"):rep(400), "\u{661}" } do
      local number, fault = numbers.integer(text, 1, 365)
      assert.is_nil(number)
      assert.equal(("integer of 1 to 365 expected, got '%s'"):format(text),
        fault)
    end
  end)

  it("reads numbers with a fraction", function()
    for text, number in pairs { ["0"] = 0, [".5"] = 0.5, ["2."] = 2,
      ["0.25"] = 0.25 } do
      assert.equal(number, numbers.number(text, 0, 999))
    end
    for _, text in ipairs { "", ".", "-0.5", "1e1", "0x1p1", "1,5", "1.2.3",
      "nan", "inf", "1000" } do
      assert.same({ nil, ("number of 0 to 999 expected, got '%s'")
        :format(text) }, { numbers.number(text, 0, 999) })
    end
  end)

  it("reads durations of minutes, hours and days", function()
    for text, seconds in pairs { ["1m"] = 60, ["90m"] = 5400, ["24h"] = 86400,
      ["007d"] = 604800, ["364d"] = 364 * 86400 } do
      assert.equal(seconds, numbers.duration(text, 60, 364 * 86400))
      assert.equal("integer",
        math.type(numbers.duration(text, 60, 364 * 86400)))
    end
    for _, text in ipairs { "", "0m", "365d", "24", "h", "24H", "24 h", "1.5h",
      "-1h", "1d12h", "60s", "1w", ("9"):rep(400) .. "d", "\u{661}h",
      "213503982334602d", "5124095576030432h", "307445734561825861m" } do
      assert.same({ nil, ("duration of 1m to 364d expected, such as 24h, got "
        .. "'%s'"):format(text) },
        { numbers.duration(text, 60, 364 * 86400) })
    end
    assert.same({ nil, "duration of 90m to 25h expected, such as 24h, got "
      .. "'x'" }, { numbers.duration("x", 5400, 25 * 3600) })
  end)
end)
