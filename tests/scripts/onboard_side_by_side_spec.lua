--- What `onboard` tells and sends when parts of it that go side by side fail,
--- or are about the same thing.

local flow = require "tests.scripts.flow"
local json = require "mkrun.json"

local TERMS <const> = { displayName = "2026 contract", acceptTerms = true }

local function project(name, more)
  local wish = { name = name, displayName = name, locationName = "westeurope" }
  for key, value in pairs(more or {}) do wish[key] = value end
  return wish
end

local function token(description)
  return { description = description, file = description .. ".token",
    permissions = { ["core.customer"] = { ["Northlight Broadcasting"] =
      { ["core.customer"] = json.array { "get" } } } } }
end

--- A plan of faults: each of these requests gets this fault.
local function faults(here, ...)
  local rules = json.array {}
  for i, rule in ipairs { ... } do
    rules[i] = { method = rule[1], path = rule[2], times = rule[4],
      faults = json.array { rule[3] } }
  end
  here:write("faults.json", json.encode { rules = rules })
end

local function onboard(here, spec)
  here:write("spec.json", json.encode(spec))
  return here:run("--trace", "onboard", "spec.json")
end

local function with_faults(here, spec)
  here:write("spec.json", json.encode(spec))
  return here:run("--trace", "--faults", "faults.json", "onboard", "spec.json")
end

local REFUSED <const> = { status = 409 }

describe("onboard, side by side,", function()
  it("tells of a failure in each part", function()
    local here = flow.new()
    faults(here, { "PUT", "*/rules/*", REFUSED }, { "PUT", "*/teams/*",
      REFUSED }, { "POST", "*/user/tokens", REFUSED })
    local outcome = with_faults(here, { paymentMethod = TERMS,
      projects = json.array { project("p", { webhooks = json.array {
        { name = "r", url = "https://h.example/x",
          events = json.array { "MediaKind.JobFinished" } } } }) },
      teams = json.array { { name = "t" } },
      tokens = json.array { token "k" } })
    assert.equal(1, outcome.code)
    assert.matches("\n! team            t: PUT ", outcome.out, 1, true)
    assert.matches("\n! token           k: POST ", outcome.out, 1, true)
    assert.matches("mkrun: PUT /api/v1/projects/p/webhook/rules/r: 409",
      outcome.err, 1, true)
    assert.not_matches("! webhook rule", outcome.out, 1, true) -- told once
  end)

  it("tells of a project that fails beside the organization", function()
    local here = flow.new()
    assert.equal(0, onboard(here, { paymentMethod = TERMS,
      projects = json.array { project "old" } }).code)
    faults(here, { "PATCH", "*/organization", REFUSED },
      { "PATCH", "*/projects/*", REFUSED })
    local outcome = with_faults(here, {
      organization = { name = "Northlight Broadcasting",
        legalEntityName = "Another" },
      paymentMethod = TERMS, projects = json.array {
        project("old", { displayName = "Other" }), project "new" } })
    assert.equal(1, outcome.code)
    assert.matches("\n! project         old: PATCH ", outcome.out, 1, true)
    assert.matches("mkrun: PATCH /api/v1/organization: 409", outcome.err, 1,
      true)
    -- what waited for the organization has no failure of its own
    assert.not_matches("new", outcome.out, 1, true)
  end)

  it("writes once to a payment method that has two names", function()
    local here = flow.new()
    assert.equal(0, here:run("onboard", flow.example).code)
    local state = here:state()
    local method = state.organizations[1].paymentMethods[1]
    method.termsAndConditionsAccepted = false
    here:write("state.json", json.encode(state))
    faults(here, { nil, nil, { delay = 0.02 } })
    local outcome = with_faults(here, { paymentMethod = TERMS,
      paymentMethods = json.array {
        { displayName = method.id, acceptTerms = true } } })
    assert.equal(0, outcome.code, outcome.err)
    assert.equal(1, select(2, outcome.err:gsub("POST /api", "")))
    assert.matches("~ payment method  2026 contract: terms accepted\n"
      .. "= payment method  " .. method.id, outcome.out, 1, true)
  end)

  it("needs no right to read invites when it sends none", function()
    local here = flow.new()
    faults(here, { "GET", "*/invites", { status = 403 } })
    local outcome = with_faults(here, { teams = json.array { { name = "t",
      members = json.array { { email = "nils@northlight.example" } } } } })
    assert.equal(0, outcome.code, outcome.err)
  end)

  it("needs no payment methods for an empty list of projects", function()
    local here = flow.new()
    faults(here, { "GET", "*/paymentMethods", { status = 403 } })
    local outcome = with_faults(here, { projects = json.array {} })
    assert.equal(0, outcome.code, outcome.err)
  end)

  it("looks for a team right before it makes it", function()
    local here = flow.new()
    local outcome = onboard(here, { paymentMethod = TERMS,
      projects = json.array { project "p" },
      teams = json.array { { name = "t", scopes = {
        pScope = { roles = json.array { "user" } } } } } })
    assert.equal(0, outcome.code, outcome.err)
    assert.matches("GET /api/v1/organization/teams/t 404[^\n]*\n"
      .. "PUT /api/v1/organization/teams/t ", outcome.err)
  end)

  it("names no lost token of which none was asked for", function()
    local here = flow.new()
    faults(here, { "POST", "*/user/tokens", { cut = "before" } })
    local outcome = with_faults(here, { tokens = json.array {
      token "a", token "b", token "c" } })
    assert.equal(1, outcome.code)
    assert.matches("a token 'a' may have been made", outcome.err, 1, true)
    assert.not_matches("token 'b'", outcome.err, 1, true)
    assert.not_matches("token 'c'", outcome.err, 1, true)
  end)
end)

describe("an invite that is being replaced in a task", function()
  it("is told of when the run ends while the task waits", function()
    local here = flow.new()
    here:write("faults.json", json.encode { rules = json.array { {
      method = "POST", nth = 2, faults = json.array { { delay = 3600 } } } } })
    here:write("flow.lua", [[
      local task = require "mkrun.task"
      local org = require "mkio".connect()
      local old = org.invites:create("a@x.example", { comment = "c" })
      task.spawn(function() org.invites:replace(old, { comment = "d" }) end)
      repeat
        task.sleep(0)
        local now = org.invites:find "a@x.example"
      until now and now.metadata.id ~= old.metadata.id
      error("stop", 0)]])
    local outcome = here:run("--faults", "faults.json", "flow.lua")
    assert.equal(1, outcome.code)
    assert.matches("the invite to 'a@x.example' with no team may be withdrawn "
      .. "and not sent again", outcome.err, 1, true)
  end)
end)
