local json = require "mkrun.json"
local usage = require "mkio.flow.usage"

local function record(project, cost, more)
  local fields = { project = project, cost = cost, currency = "EUR",
    date = "2026-01-01T00:00:00Z", meterName = "Egress", quantity = 0.1 }
  for name, field in pairs(more or {}) do fields[name] = field end
  return fields
end

--- An organization whose report holds these records.
local function reporting(records)
  local org = {}
  function org:usage(query)
    self.query = query
    return { value = records }
  end
  return org
end

describe("mkio.flow.usage", function()
  it("knows the first day of a month and of the next", function()
    assert.same({ "2026-01-01", "2026-02-01" }, { usage.month "2026-01" })
    assert.same({ "2026-12-01", "2027-01-01" }, { usage.month "2026-12" })
    for _, text in ipairs { "2026-1", "2026-13", "2026-00", "January", "" } do
      assert.is_nil(usage.month(text))
    end
  end)

  it("asks for one month, and leaves out what is of another", function()
    local org = reporting { record("a", "1"),
      record("a", "2", { date = "2026-02-01T00:00:00Z" }) }
    local records = usage.read(org, "2026-01")
    assert.same({ startDate = "2026-01-01", endDate = "2026-02-01",
      granularity = "month" }, org.query)
    assert.equal(1, #records)
  end)

  it("adds costs exactly, each currency by itself", function()
    local records = { record("b", "0.1"), record("a", "0.2"),
      record("b", "0.20"), record("b", "7", { currency = "USD" }),
      record("b", 0.7) }
    local lines = usage.add_up(records, (usage.columns "project"))
    local seen = {}
    for i, line in ipairs(lines) do
      seen[i] = { line.project, line.cost, line.currency }
    end
    assert.same({ { "a", "0.2", "EUR" }, { "b", "1.00", "EUR" },
      { "b", "7", "USD" } }, seen)
  end)

  it("adds quantities by meter", function()
    local records = {}
    for i = 1, 10 do records[i] = record("a", "1") end
    records[11] = record("a", "1", { meterName = "Encoding", quantity = 2 })
    local lines = usage.add_up(records, (usage.columns("project", true)))
    assert.equal(2, #lines)
    assert.equal(1.0, lines[1].quantity)
    assert.equal("Encoding", lines[2].meter)
  end)

  it("calls a payment method without a name by its id", function()
    local records = { record("a", "1", { paymentMethod = "id-1",
      paymentMethodName = json.null }) }
    local own, shown = usage.columns "payment-method"
    local lines = usage.add_up(records, own)
    assert.equal("id-1", lines[1].paymentMethod)
    assert.same({ "paymentMethod", "paymentMethodId", "cost", "currency" },
      shown)
  end)

  it("fails on a cost that is no amount", function()
    assert.error_matches(function()
      usage.add_up({ record("a", "a lot") }, { "currency" })
    end, "in the report, 'a lot' is not a decimal number", 1, true)
  end)

  it("does not know other groups", function()
    assert.is_nil(usage.columns "moon")
  end)
end)
