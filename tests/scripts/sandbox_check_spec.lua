--- What the model of the sandbox answers is what the sandbox answered: no
--- recording of a flow has a difference.

local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local recordings = require "tests.support.recordings"
local release = require "tests.support.release"

local OLA <const> = "ola@northlight.example"

--- Flows whose requests may fail and are sent again.  One request after the
--- other, so that the same answers get lost each time.
local WRITES <const> = {
  { "--jobs", "1", "onboard", "other.json" },
  { "--jobs", "1", "team", "night-desk", "--add", OLA },
  { "--jobs", "1", "invite", "guests.csv" },
  { "--jobs", "1", "webhooks", "evening-news", "rules.json", "--prune",
    "--yes" },
  { "--jobs", "1", "offboard", "--yes", "kari@northlight.example" },
}

local all

--- The differences of a report as lines.
local function lines(report)
  local out = {}
  for _, row in ipairs(report.differences) do
    out[#out + 1] = ("%s: %s %s: %s, model %s"):format(row.operation,
      row.what, row.place, row.recorded, row.model)
  end
  return table.concat(out, "\n")
end

describe("sandbox-check", function()
  setup(function() all = recordings.new() end)
  teardown(function() all.server:stop() end)

  for _, words in ipairs(recordings.flows) do
    local name = table.concat(words, " ")
      .. (words.fresh and ", on a new organization" or "")
    it("finds nothing in a recording of " .. name, function()
      local folder, run = all:record(words)
      local outcome, report = recordings.check(folder)
      assert.truthy(report, run.err .. outcome.err)
      assert.equal("", lines(report))
      assert.same({ 0, "" }, { outcome.code, outcome.err })
      assert.is_true(report.entries > 0)
      assert.same(json.array {}, report.skipped)
    end)
  end

  for name, fault in pairs {
    ["lost after it took effect"] = { cut = "after" },
    ["lost before it took effect"] = { cut = "before" },
    ["an error after it took effect"] = { status = 503, effect = true },
    ["an error"] = { status = 503 },
  } do
    it("finds nothing if every third answer is " .. name, function()
      local faults = { rules = json.array {
        { every = 3, faults = json.array { fault } } } }
      local left_out = 0
      for _, words in ipairs(WRITES) do
        local folder, run = all:record_in_process(words, faults)
        local outcome, report = recordings.check(folder)
        assert.equal("", lines(report), table.concat(words, " ") .. run.err)
        assert.equal(0, outcome.code)
        left_out = left_out + #report.skipped + #report.bodies
      end
      assert.is_true(left_out > 0)
    end)
  end

  it("is a whole sandbox that is like the recording", function()
    for _, words in ipairs { { "export" }, { "onboard", flow.example },
      { "access-report" } } do
      local folder = all:record(words)
      for _, read in ipairs { { "export" }, { "access-report" },
        { "token", "--everybody" }, { "team", "night-desk" }, { "doctor" },
        { "usage" }, { "why-403", "teams.patch" }, { "my-organizations" },
        { "prune-invites" }, { "token", "rights" } } do
        local outcome = release.run({ "--sandbox", "--like", "run.har",
          table.unpack(read) }, { cwd = folder })
        assert.equal(0, outcome.code, read[1] .. " after " .. words[1] .. ": "
          .. outcome.err .. outcome.out)
      end
    end
  end)
end)
