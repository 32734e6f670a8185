--- E-mail addresses in every flow that takes one: which ones are refused, and
--- which ones are the same.

local flow = require "tests.scripts.flow"
local json = require "mkrun.json"

local PASTED <const> = "kari\u{200B}@northlight.example"
local SAID <const> = "character 5 of the address is U+200B (a blank of no "
  .. "width), which cannot be seen: 'kari<U+200B>@northlight.example'"

local function refused(here, place, ...)
  local outcome, writes = here:counted(...)
  assert.equal(2, outcome.code, outcome.out .. outcome.err)
  assert.matches("mkrun: " .. place .. SAID .. "\n", outcome.err, 1, true)
  assert.equal(0, writes)
end

describe("an address with a character that nobody sees", function()
  it("is refused with its place in the SPEC", function()
    for pointer, spec in pairs {
      ["/teams/0/members/1/email"] = { teams = { { name = "crew", members = {
        { email = "a@x.example" }, { email = PASTED } } } } },
      ["/invites/0/email"] = { invites = { { email = PASTED } } },
    } do
      local here = flow.new()
      here:write("spec.json", json.encode(spec))
      refused(here, ("spec.json: at '%s': "):format(pointer),
        "onboard", "spec.json")
    end
  end)

  it("is refused with its place in a list of guests", function()
    local here = flow.new()
    here:write("guests.csv", "teams,email\n,a@x.example\n," .. PASTED .. "\n")
    refused(here, "guests.csv: line 3, column 'email': ",
      "invite", "guests.csv")
    here:write("guests.json", json.encode { { email = PASTED } })
    refused(here, "guests.json: at '/0/email': ", "invite", "guests.json")
  end)

  it("is refused as an argument", function()
    local here = flow.new()
    for _, verb in ipairs { "add", "remove", "promote", "demote" } do
      refused(here, ("--%s: "):format(verb),
        "team", "Administrators", "--" .. verb, PASTED)
    end
    refused(here, "", "offboard", "--yes", PASTED)
    refused(here, "", "prune-invites", "--cancel", "--yes", PASTED)
    refused(here, "--user: ", "access-report", "--user", PASTED)
  end)

  it("is refused where a script makes an invite", function()
    local outcome, writes = flow.new():counted("-e", ([[
      local invites = require "mkio".connect().invites
      for _, call in ipairs {
        function(who) invites:create(who, { comment = "c" }) end,
        function(who) invites:ensure(who, { comment = "c" }) end,
        function(who) invites:ensure_all { { email = who, comment = "c" } } end,
      } do
        print(select(2, pcall(call, %q)))
      end]]):format(PASTED))
    local _, count = outcome.out:gsub("character 5 of the address", "")
    assert.equal(3, count, outcome.out .. outcome.err)
    assert.equal(0, writes)
  end)
end)

--- The same address, as one keyboard and as another writes it.
local ONE <const>, OTHER <const> = "jos\u{E9}@partner.example",
  "JOSE\u{301}@Partner.example"

describe("an address that is typed in another way", function()
  it("is the same person to each flow", function()
    local here = flow.new()
    here:write("one.csv", "email\n" .. ONE .. "\n")
    here:write("other.csv", "email\n" .. OTHER .. "\n")
    here:write("both.csv", "email\n" .. ONE .. "\n" .. OTHER .. "\n")
    here:write("spec.json",
      json.encode { invites = { { email = OTHER } } })
    local outcome = here:run("invite", "both.csv")
    assert.equal(2, outcome.code)
    assert.matches("line 3, column 'email': '" .. OTHER .. "' is there twice",
      outcome.err, 1, true)

    local _, writes = here:counted("invite", "one.csv")
    assert.equal(1, writes)
    _, writes = here:counted("invite", "other.csv")
    assert.equal(0, writes)
    _, writes = here:counted("onboard", "spec.json")
    assert.equal(0, writes)
    outcome, writes = here:counted("prune-invites", "--cancel", "--yes", OTHER)
    assert.equal(0, outcome.code, outcome.err)
    assert.equal(1, writes)
  end)

  it("is the same member to each flow", function()
    local here = flow.new()
    here:run "token" -- makes the sandbox
    local state, found =
      json.encode(here:state()):gsub("kari@northlight.example", ONE)
    assert.is_true(found > 0)
    here:write("state.json", state)
    here:write("spec.json", json.encode { teams = { { name = "crew",
      members = json.array { { email = OTHER } } } } })
    local outcome = here:run("onboard", "spec.json")
    assert.matches("Summary: 1 created, 0 changed", outcome.out, 1, true)
    assert.is_nil(outcome.out:find("invite", 1, true))
    local _, writes = here:counted("onboard", "spec.json")
    assert.equal(0, writes)
    outcome = here:run("team", "crew", "--remove", OTHER)
    assert.equal(0, outcome.code, outcome.err)
    outcome = here:run("access-report", "--user", OTHER, "--output", "csv")
    assert.equal(0, outcome.code, outcome.err)
    assert.matches(ONE, outcome.out, 1, true)
  end)
end)
