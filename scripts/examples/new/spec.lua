local flow = require "mkrun.test"

local NAME <const> = "@NAME@.lua"

describe(NAME, function()
  it("makes the team, and changes nothing the second time", function()
    local run = flow.run(NAME, { "editors", "kari@northlight.example" })
    assert.equal(0, run.code, run.stderr)
    assert.is_table(run.world.teams.editors)
    local again = run:again()
    assert.equal(0, again.code)
    assert.equal(0, again.writes)
  end)

  it("writes nothing when a person is unknown", function()
    local run = flow.run(NAME, { "editors", "nobody@partner.example" })
    assert.equal(2, run.code)
    assert.equal(0, run.writes)
  end)

  it("says what it would do", function()
    local run = flow.run(NAME, { "editors" }, { options = { dry_run = true } })
    assert.equal(3, run.code)
    assert.equal(0, run.writes)
  end)
end)
