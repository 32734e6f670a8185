local flow = require "tests.scripts.flow"
local json = require "mkrun.json"

local function onboarded()
  local here = flow.new()
  assert.equal(0, here:run("onboard", flow.example).code)
  return here
end

--- `mkrun usage` must read only; returns what it says, checked twice.
local function usage(here, ...)
  local first, writes = here:counted("usage", ...)
  assert.equal(0, first.code, first.err)
  assert.equal(1, writes) -- the question for a report is a POST
  assert.not_matches("PUT ", first.err, 1, true)
  return first
end

describe("usage", function()
  it("reports this month by project, with a total", function()
    local out = usage(onboarded()).out
    assert.matches("^PROJECT +COST  CURRENCY\n", out)
    local cost = out:match "\nevening%-news +(%d+%.%d%d%d%d)  EUR\n"
    assert.matches(("\nTotal %%d+%%-%%d%%d: %s EUR\n$")
      :format(cost:gsub("%.", "%%.")), out)
  end)

  it("says the same twice, and changes nothing", function()
    local here = onboarded()
    local before = here:state()
    local first, second = usage(here), usage(here)
    assert.equal(first.out:match "^[^\n]*", second.out:match "^[^\n]*")
    assert.same(before.organizations, here:state().organizations)
  end)

  it("reports by payment method and meter, as JSON", function()
    local rows = json.decode(usage(onboarded(), "--by", "payment-method",
      "--meters", "--output", "json").out)
    assert.equal(2, #rows)
    assert.equal("2026 contract", rows[1].paymentMethod)
    assert.same({ "Egress", "Encoding minutes" },
      { rows[1].meter, rows[2].meter })
    assert.equal("string", type(rows[1].cost))
    assert.equal("number", type(rows[1].quantity))
  end)

  it("has nothing to say of a month without usage", function()
    local outcome = usage(onboarded(), "--month", "2020-02")
    assert.equal("", outcome.out)
    assert.matches("mkrun: no usage in 2020-02", outcome.err, 1, true)
    assert.equal("month,project,cost,currency\r\n",
      usage(onboarded(), "--month=2020-02", "--output=csv").out)
  end)

  it("refuses wrong usage", function()
    for _, words in ipairs { { "--month", "2026-13" },
      { "--month", "9999-01" }, { "--by", "moon" },
      { "--output", "xml" }, { "more" } } do
      local outcome = flow.new():run("usage", table.unpack(words))
      assert.equal(2, outcome.code)
      assert.matches("usage: mkrun usage", outcome.err, 1, true)
    end
  end)
end)
