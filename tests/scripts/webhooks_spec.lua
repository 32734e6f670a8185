local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local sys = require "mkrun.sys"
local terminal = require "tests.scripts.terminal"

local PROJECT <const> = "evening-news"
local DAY <const> = 24 * 60 * 60

local function rule(name, more)
  local fields = { name = name, url = "https://hooks.example/" .. name,
    events = { "MediaKind.JobFinished" } }
  for key, field in pairs(more or {}) do fields[key] = field end
  return fields
end

--- A sandbox with the project and its one rule, "job-done".
local function onboarded(env)
  local here = flow.new(env)
  assert.equal(0, here:run("onboard", flow.example).code)
  return here
end

local function webhooks(here, rules, ...)
  here:write("rules.json", json.encode(json.array(rules)))
  return here:counted("webhooks", PROJECT, "rules.json", ...)
end

local function assert_done(outcome)
  assert.equal(0, outcome.code, outcome.err)
  return outcome
end

local function state_rules(here)
  return here:state().organizations[1].projects[1].webhooks
end

local function names(here)
  local list = {}
  for i, one in ipairs(state_rules(here)) do list[i] = one.name end
  table.sort(list)
  return table.concat(list, " ")
end

describe("webhooks", function()
  it("makes what is missing, changes what differs, once", function()
    local here, rules = onboarded(), { rule "a", rule("b", {
      enabled = false, headers = { ["X-Desk"] = "night" } }) }
    local first, writes = webhooks(here, rules)
    assert_done(first)
    assert.equal(2, writes)
    assert.equal("+ webhook rule    a\n+ webhook rule    b\n"
      .. "Summary: 2 created, 0 changed, 0 unchanged.\n", first.out)
    assert.equal(0, select(2, webhooks(here, rules)))

    rules[2].url, rules[2].enabled = "https://other.example/", nil
    local changed, again = webhooks(here, rules)
    assert_done(changed)
    assert.equal(1, again)
    assert.matches("~ webhook rule    b: enabled; url", changed.out, 1, true)
    assert.equal(0, select(2, webhooks(here, rules)))
  end)

  it("leaves rules alone that are not in the file, and says so", function()
    local here = onboarded()
    local outcome = assert_done(webhooks(here, { rule "a" }))
    assert.matches("mkrun: rule 'job-done' is not in rules.json; --prune "
      .. "would delete it", outcome.err, 1, true)
    assert.equal("a job-done", names(here))
  end)

  it("takes secrets from variables, and does not show them", function()
    local here = onboarded { HOOK_KEY = "canary-77" }
    local rules = { rule("a", { authentication = {
      headers = { ["X-Key"] = { env = "HOOK_KEY" } } } }) }
    local first, writes = webhooks(here, rules)
    assert_done(first)
    assert.equal(1, writes)
    assert.not_matches("canary", first.out .. first.err, 1, true)
    local before = state_rules(here)[2].spec.authentication.headers["X-Key"]
    assert.equal(0, select(2, webhooks(here, rules)))

    here.env.HOOK_KEY = "canary-78"
    assert.equal(0, select(2, webhooks(here, rules)))
    local rotated, again = webhooks(here, rules, "--write-secrets")
    assert.equal(1, again)
    assert.matches("~ webhook rule    a: secrets sent again", rotated.out, 1,
      true)
    assert.not_equal(before,
      state_rules(here)[2].spec.authentication.headers["X-Key"])
  end)

  it("reports to machines", function()
    local rows = json.decode(assert_done(webhooks(onboarded(), { rule "a" },
      "--output", "json")).out)
    assert.same({ { outcome = "created", kind = "webhook rule", name = "a",
      details = {} } }, rows)
  end)

  it("fails for a project that is not there", function()
    local here = onboarded()
    here:write("rules.json", "[]")
    local outcome, writes = here:counted("webhooks", "nix", "rules.json")
    assert.equal(2, outcome.code)
    assert.equal(0, writes)
    assert.matches("404", outcome.err, 1, true)
  end)

  it("writes no rule when another lacks a secret", function()
    local here = onboarded()
    here:write("rules.json", [=[[
      {"name": "a1", "url": "https://h.example", "events": []},
      {"name": "b1", "url": "https://h.example", "events": [],
        "authentication": {"headers": {"A": {"env": "NOPE", "keep": true}}}}
    ]]=])
    local outcome, writes = here:counted("webhooks", PROJECT, "rules.json")
    assert.same({ 2, 0, "" }, { outcome.code, writes, outcome.out })
    assert.matches("rules.json: at '/1/authentication': the rule has to be "
      .. "sent with its secrets: set NOPE", outcome.err, 1, true)
  end)

  it("refuses wrong usage and a wrong file, before any request", function()
    local here = onboarded()
    here:write("wrong.json", '[{"name": "a", "url": "ftp://x", "events": []}]')
    here:write("rules.json", "[]")
    for _, words in ipairs { {}, { PROJECT }, { PROJECT, "missing.json" },
      { PROJECT, "wrong.json" }, { "--events", PROJECT, "rules.json" },
      { "--events", "--prune", PROJECT }, { "--days", "3", PROJECT, "x" },
      { "--events", "--days", "no", PROJECT },
      { "--events", "--days", "0", PROJECT }, { "--events", "--yes", PROJECT },
      { "--events", "--read-outside", PROJECT },
      { "--yes", PROJECT, "rules.json" },
      { "--at-most", "1", PROJECT, "rules.json" },
      { "--events", "--at-most", "1", PROJECT },
      { "--prune", "--at-most", "no", PROJECT, "rules.json" },
      { "--output", "xml", PROJECT, "rules.json" } } do
      local outcome = here:run("--trace", "webhooks", table.unpack(words))
      assert.equal(2, outcome.code, table.concat(words, " "))
      assert.not_matches("/api/", outcome.err, 1, true)
    end
    assert.matches("wrong.json: at '/0/url': http or https URL expected",
      here:run("webhooks", PROJECT, "wrong.json").err, 1, true)
  end)
end)

describe("webhooks --prune", function()
  it("deletes nothing when nobody can be asked", function()
    local here = onboarded()
    local outcome, writes = webhooks(here, { rule "a" }, "--prune")
    assert.equal(2, outcome.code)
    assert.equal(0, writes)
    assert.matches("nothing was done", outcome.err, 1, true)
    assert.equal("job-done", names(here))
  end)

  for answer, left in pairs { ["y\n"] = "a", ["n\n"] = "job-done" } do
    it(("asks on a terminal, and takes %q"):format(answer), function()
      if not terminal.works() then pending "needs a pseudo-terminal" end
      local here = onboarded()
      here:write("rules.json", json.encode { rule "a" })
      local outcome = terminal.run({ "--sandbox=state.json", "webhooks",
        "--prune", PROJECT, "rules.json" }, answer, { cwd = here.folder })
      assert.matches(' webhook rule "evening-news/job-done"\r\n', outcome.out,
        1, true)
      assert.matches("1 to delete.\r\nGo on? [y/N] ", outcome.out, 1, true)
      assert.equal(left == "a" and 0 or 2, outcome.code)
      assert.equal(left, names(here))
    end)
  end

  it("deletes nothing when more are to go than --at-most says", function()
    local here = onboarded()
    local outcome, writes = webhooks(here, { rule "a" }, "--prune", "--yes",
      "--at-most", "0")
    assert.same({ 2, 0 }, { outcome.code, writes })
    assert.matches("1 webhook rule to remove, which is more than --at-most 0",
      outcome.err, 1, true)
    assert_done(webhooks(here, { rule "a" }, "--prune", "--yes", "--at-most",
      "1"))
    assert.equal("a", names(here))
  end)

  it("deletes with --yes, once", function()
    local here = onboarded()
    local outcome, writes = webhooks(here, { rule "a" }, "--prune", "--yes")
    assert_done(outcome)
    assert.equal(2, writes)
    assert.matches("- webhook rule    job-done\nSummary: 1 created, 0 changed, "
      .. "0 unchanged, 1 removed.", outcome.out, 1, true)
    assert.equal("a", names(here))
    local second, again = webhooks(here, { rule "a" }, "--prune")
    assert_done(second)
    assert.equal(0, again)
  end)
end)

--- Put events into the history of "job-done": {status, age in days}.
local function record(here, events)
  local state, list = here:state(), json.array {}
  for i, event in ipairs(events) do
    list[i] = { status = event[1], type = "MediaKind.JobFinished",
      source = "job-" .. i, created = sys.iso8601(
        math.floor(sys.now() - event[2] * DAY)) }
  end
  state.organizations[1].projects[1].webhooks[1].events = list
  here:write("state.json", json.encode(state))
end

describe("webhooks --events", function()
  it("lists what failed lately, the newest first", function()
    local here = onboarded()
    record(here, { { "Failed", 3 }, { "Sent", 1 }, { "Retrying", 1 },
      { "Pending", 1 }, { "Failed", 30 } })
    for _ = 1, 2 do
      local outcome, writes =
        here:counted("webhooks", "--events", "--output", "csv", PROJECT)
      assert_done(outcome)
      assert.equal(0, writes)
      assert.matches("^rule,created,status,type,source\r\n"
        .. "job%-done,[^,]+,Retrying,MediaKind.JobFinished,job%-3\r\n"
        .. "job%-done,[^,]+,Failed,MediaKind.JobFinished,job%-1\r\n$",
        outcome.out)
    end
    local all = here:run("webhooks", "--events", "--days", "60", PROJECT)
    assert.matches("job%-5\n$", all.out)
  end)

  it("says so when there is none", function()
    local outcome = onboarded():run("webhooks", "--events", PROJECT)
    assert.equal(0, outcome.code)
    assert.equal("", outcome.out)
    assert.matches("no failed delivery in 7 days", outcome.err, 1, true)
  end)
end)
