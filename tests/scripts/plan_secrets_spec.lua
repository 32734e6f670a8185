--- A plan shows no secret of a webhook rule, in any format, and can be applied.

local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local prunes = require "tests.support.prunes"
local temp = require "tests.support.temp"

--- A SPEC with a rule that has a canary in each place that may be secret.
local function spec(word)
  local rule = prunes.rule "keep"
  rule.url = ("https://canary-user:canary-pass@hooks.test/x?token=%s&desk=7")
    :format(word)
  rule.headers = { Authorization = "Bearer canary-plain",
    ["X-Back"] = "https://canary-a:canary-b@hooks.test/" }
  rule.queryParams = { sig = "canary-sig", back = "x?key=canary-query" }
  rule.authentication = { headers = { ["X-Key"] = "canary-header" },
    queryParams = { k = "canary-parameter" } }
  return { projects = { prunes.project(rule) },
    paymentMethod = { displayName = "2026 contract", acceptTerms = true } }
end

local function url_of(here)
  return here:state().organizations[1].projects[1].webhooks[1].spec.url
end

--- Runs a dry run in each format; returns all that it printed.
local function dry_runs(here, ...)
  local texts = {}
  for i, format in ipairs { "text", "json", "jsonl", "markdown", "html" } do
    local outcome = here:run("--dry-run", "--output", format, ...)
    assert.equal(3, outcome.code, outcome.err)
    texts[i] = outcome.out .. outcome.err
    assert.matches("hooks.test", texts[i], 1, true)
    assert.not_matches("canary", texts[i], 1, true)
  end
  return table.concat(texts)
end

local function onboard(here, word)
  here:write("spec.json", json.encode(spec(word)))
  return "onboard", "spec.json"
end

describe("a plan shows no secret", function()
  it("of a rule to create, change and delete, and is applied", function()
    local here = flow.new()
    here:run "doctor"
    for _, word in ipairs { "canary-one", "canary-two" } do
      dry_runs(here, onboard(here, word))
      local outcome = here:run("--plan-out", "p", "onboard", "spec.json")
      assert.equal(3, outcome.code, outcome.err)
      assert.not_matches("canary", temp.read(here.folder .. "/p"), 1, true)
      outcome = here:run("--apply", "p")
      assert.equal(0, outcome.code, outcome.err)
      assert.equal("https://canary-user:canary-pass@hooks.test/x?token=" .. word
        .. "&desk=7", url_of(here))
    end
    here:write("none.json", json.encode { projects = { prunes.project() } })
    dry_runs(here, "onboard", "--prune", "rules", "--yes", "none.json")
  end)

  it("but says that one differs", function()
    local here = flow.new()
    assert.equal(0, here:run(onboard(here, "canary-one")).code)
    assert.matches("(another secret)", dry_runs(here, onboard(here,
      "canary-two")), 1, true)
  end)

  it("when it is stale", function()
    local here = flow.new()
    assert.equal(0, here:run(onboard(here, "canary-one")).code)
    here:run("--plan-out", "p", onboard(here, "canary-two"))
    local state = here:state()
    local rule = state.organizations[1].projects[1].webhooks[1]
    rule.spec.url = rule.spec.url:gsub("one", "three")
    here:write("state.json", json.encode(state))
    local outcome = here:run("--apply", "p")
    assert.equal(2, outcome.code, outcome.err)
    assert.matches("webhook rule news/keep", outcome.err, 1, true)
    assert.not_matches("canary", outcome.err, 1, true)
  end)
end)
