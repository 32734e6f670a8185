--- `onboard --only` and `--except`: what is written, and what is refused.

local flow = require "tests.scripts.flow"
local json = require "mkrun.json"

local function lines_of(text)
  local lines = {}
  for line in text:gmatch "[^\n]+" do lines[#lines + 1] = line end
  return lines
end

--- A folder with the example SPEC and a fresh sandbox.
local function fresh(spec)
  local here = flow.new()
  here:write("spec.json", json.encode(spec or flow.spec()))
  return here
end

--- Runs `onboard spec.json` with options; returns its lines without "Summary".
local function done(here, ...)
  local outcome = here:run("onboard", "spec.json", ...)
  assert.equal(0, outcome.code, outcome.err)
  local lines = lines_of(outcome.out)
  table.remove(lines)
  return lines
end

--- The messages of a refusal, and that nothing was written.
local function refused(here, ...)
  local outcome, writes = here:counted("onboard", "spec.json", ...)
  assert.equal(2, outcome.code, outcome.err)
  assert.equal(0, writes)
  assert.equal("", outcome.out)
  local list = {}
  for text in outcome.err:gmatch "mkrun: ([^\n]+)" do
    if not text:find "^confined:" and not text:find "^sandbox:" then
      list[#list + 1] = text:gsub("^spec.json: ", "")
    end
  end
  return list
end

describe("onboard --only", function()
  it("sets up what is selected, and nothing else", function()
    local here = fresh()
    assert.same({ "~ payment method  2026 contract: terms accepted" },
      done(here, "--only", "paymentMethods/*"))
    assert.same({ "+ project         evening-news" },
      done(here, "--only", "projects/*", "--except", "webhooks/*/*"))
    assert.same({ "+ webhook rule    evening-news/job-done" },
      done(here, "--only=webhooks/evening-news/job-done"))
    assert.same({ "+ team            auditors",
      "+ invite          freelance@partner.example" },
      done(here, "--only", "teams/aud*"))
    assert.same({ "+ token           evening-news automation" },
      done(here, "--only", "tokens/evening-news automation"))
    assert.same({ "~ organization    Northlight Broadcasting: "
      .. "legalEntityContactEmail" },
      done(here, "--only", "organization/*"))
    assert.same({ "+ team            night-desk",
      "~ invite          freelance@partner.example: sent anew with "
        .. "'night-desk'" },
      done(here, "--only", "teams/night-desk"))
    local rest = here:run("onboard", "spec.json")
    assert.matches("Summary: 0 created, 0 changed, 8 unchanged", rest.out, 1,
      true)
  end)

  it("takes several patterns, in one option or in many", function()
    for _, words in ipairs {
      { "--only", "organization/*,paymentMethods/*" },
      { "--only", "organization/*", "--only=paymentMethods/2026 contract" } } do
      assert.same({ "~ organization    Northlight Broadcasting: "
        .. "legalEntityContactEmail",
        "~ payment method  2026 contract: terms accepted" },
        done(fresh(), table.unpack(words)))
    end
  end)

  it("changes one member or scope of a team", function()
    local spec = flow.spec()
    local here = fresh(spec)
    done(here)
    local team = spec.teams[1]
    team.description, team.members[1].isTeamAdmin = "Other", false
    team.members[2].isTeamAdmin = true
    team.scopes["evening-newsScope"].roles[1] = "reader"
    here:write("spec.json", json.encode(spec))
    assert.same({ "~ team            night-desk: "
      .. "replace members/nils@northlight.example/isTeamAdmin" },
      done(here, "--only", "members/night-desk/NILS@*"))
    assert.same({ "~ team            night-desk: "
      .. "add scopes/evening-newsScope/roles/reader; "
      .. "remove scopes/evening-newsScope/roles/user" },
      done(here, "--only", "scopes/night-desk/*"))
    assert.same({ "~ team            night-desk: replace description" },
      done(here, "--only", "teams/night-desk", "--except",
        "members/night-desk/*"))
  end)

  it("leaves alone what SPEC ignores, without an option, too", function()
    local spec = flow.spec()
    spec.ignore = { "teams/auditors", "tokens/*", "projects/*", "teams/x*",
      "scopes/night-desk/*" }
    assert.same({ "~ organization    Northlight Broadcasting: "
      .. "legalEntityContactEmail",
      "~ payment method  2026 contract: terms accepted",
      "+ team            night-desk",
      "+ invite          freelance@partner.example" }, done(fresh(spec)))
  end)
end)

describe("onboard --only says what a part depends on:", function()
  local cases = {
    { "a scope of a project", { "teams/night-desk" },
      "at '/teams/0/scopes/evening-newsScope': there is no scope "
        .. "'evening-newsScope': SPEC makes it with 'projects/evening-news', "
        .. "add --only 'projects/evening-news'" },
    { "a member of a team", { "members/auditors/nils@*" },
      "at '/teams/1': there is no team 'auditors': SPEC makes it with "
        .. "'teams/auditors', add --only 'teams/auditors'" },
    { "a scope of a team", { "scopes/auditors/managementScope" },
      "at '/teams/1': there is no team 'auditors': SPEC makes it with "
        .. "'teams/auditors', add --only 'teams/auditors'" },
    { "a rule of a project", { "webhooks/*/job-done" },
      "at '/projects/0': there is no project 'evening-news': SPEC makes it "
        .. "with 'projects/evening-news', add --only 'projects/evening-news'" },
    { "the project of a token", { "tokens/*" },
      "at '/tokens/0/permissions/core.project/evening-news': there is no "
        .. "project 'evening-news': SPEC makes it with "
        .. "'projects/evening-news', add --only 'projects/evening-news'" },
    { "the terms of a payment method", { "projects/*" },
      "at '/projects/0/paymentMethod': the terms of payment method "
        .. "'2026 contract' are not accepted: SPEC accepts them with "
        .. "'paymentMethods/2026 contract', add --only "
        .. "'paymentMethods/2026 contract'" },
    { "the team of an invite", { "invites/*" },
      "at '/invites/0/teams/0': there is no team 'auditors': SPEC makes it "
        .. "with 'teams/auditors', add --only 'teams/auditors'" },
  }
  for _, case in ipairs(cases) do
    local name, only, text = table.unpack(case)
    it(name, function()
      local spec = flow.spec()
      spec.invites = { { email = "g@partner.example", teams = { "auditors" } } }
      assert.same({ text }, refused(fresh(spec), "--only", only[1]))
    end)
  end

  it("with --except, and with ignore", function()
    local spec = flow.spec()
    spec.tokens = nil
    assert.same({ "at '/teams/0/scopes/evening-newsScope': there is no scope "
      .. "'evening-newsScope': SPEC makes it with 'projects/evening-news', it "
      .. "is left out by --except 'projects/*'" },
      refused(fresh(spec), "--except", "projects/*"))
    spec.ignore = { "projects/evening-news" }
    assert.same({ "at '/teams/0/scopes/evening-newsScope': there is no scope "
      .. "'evening-newsScope': SPEC makes it with 'projects/evening-news', "
      .. "\"ignore\" in SPEC leaves it out by 'projects/evening-news'" },
      refused(fresh(spec)))
  end)

  it("what is not selected is not checked", function()
    local spec = flow.spec()
    spec.projects[1].locationName = "nowhere"
    spec.teams[2].scopes = { nixScope = { roles = { "nix" } } }
    assert.same({ "+ team            night-desk",
      "+ invite          freelance@partner.example" },
      (function()
        local here = fresh()
        done(here, "--except", "teams/*")
        here:write("spec.json", json.encode(spec))
        return done(here, "--only", "teams/night-desk")
      end)())
  end)
end)

describe("a pattern of onboard", function()
  local cases = {
    { "--only", "teams/nigth-desk", "--only 'teams/nigth-desk': fits nothing, "
      .. "neither in SPEC nor in the organization: did you mean "
      .. "'teams/night-desk'?" },
    { "--except", "members/night-desk/nisl@northlight.example",
      "--except 'members/night-desk/nisl@northlight.example': fits nothing, "
      .. "neither in SPEC nor in the organization: did you mean "
      .. "'members/night-desk/nils@northlight.example'?" },
    { "--only", "team/x", "--only: there is no kind 'team' (did you mean "
      .. "'teams'?)" },
    { "--only", "night-desk", "--only: KIND/NAME expected, such as "
      .. "'teams/legacy-*', got 'night-desk'" },
    { "--only", "webhooks/evening-news/x", "--only 'webhooks/evening-news/x': "
      .. "fits nothing, neither in SPEC nor in the organization: there is "
      .. "'webhooks/evening-news/job-done'" },
    { "--only", "tokens/x", "--only 'tokens/x': fits nothing, neither in SPEC "
      .. "nor in the organization: there is 'tokens/evening-news automation'" },
  }
  for _, case in ipairs(cases) do
    local option, pattern, text = table.unpack(case)
    it(("%s %s is refused"):format(option, pattern), function()
      assert.same({ text }, refused(fresh(), option, pattern))
    end)
  end

  it("of --only that selects nothing is refused", function()
    for pattern, except in pairs {
      ["teams/night-desk"] = "teams/night-*",
      ["members/night-desk/kari@*"] = "teams/*",
      ["webhooks/evening-news/*"] = "projects/*",
      ["teams/Everyone"] = "teams/Everyone",
    } do
      assert.same({ ("--only '%s': selects nothing: --except, or \"ignore\" in "
        .. "SPEC, leaves out all that it fits"):format(pattern) },
        refused(fresh(), "--only", pattern, "--except", except))
    end
    done(fresh(), "--only", "teams/*,projects/*,paymentMethods/*", "--except",
      "teams/auditors")
  end)

  it("that fits something in the organization only is none's fault", function()
    local here = fresh()
    done(here)
    assert.equal(0, here:run("team", "other", "--create").code)
    here:write("spec.json", json.encode { teams = { { name = "night-desk" } } })
    for _, pattern in ipairs { "teams/other", "projects/evening-news",
      "webhooks/evening-news/*", "webhooks/eve*done",
      "invites/freelance@partner.example", "scopes/auditors/managementScope",
      "tokens/evening-news automation",
      "members/*/KARI@northlight.example",
      "paymentMethods/2026 contract" } do
      assert.same({}, done(here, "--only", pattern))
    end
    assert.same({ "= organization    Northlight Broadcasting" },
      done(here, "--only", "organization/Northlight*"))
  end)
end)

describe("a pattern of \"ignore\" that fits nothing", function()
  local function notes_of(pattern)
    local here = fresh { ignore = json.array { "teams/night-*", pattern },
      teams = json.array { { name = "night-desk" } } }
    here:write("no.json", json.encode { rules = json.array { {
      path = "/api/v1/organization/paymentMethods",
      faults = json.array { { status = 403 } } } } })
    for _, name in ipairs { "legacy-desk", "night-desk" } do
      assert.equal(0, here:run("team", name, "--create").code)
    end
    local notes = {}
    for _, flow_ in ipairs { "drift", "onboard" } do
      local outcome = here:run("--faults", "no.json", flow_, "spec.json")
      assert.is_true(outcome.code == 0 or outcome.code == 3, outcome.err)
      notes[flow_] = outcome.err:match "mkrun: (ignore [^\n]*)" or "none"
    end
    assert.equal(notes.drift, notes.onboard)
    return notes.drift
  end

  it("is told, with what it may mean", function()
    for pattern, hint in pairs { ["teams/legcy-*"] = ": did you mean "
        .. "'teams/legacy-desk'?", ["teams/legacy-dekk"] = ": did you mean "
        .. "'teams/legacy-desk'?", ["teams/*zzz*"] = "",
      ["members/night-desk/bot@x.example"] = "", ["webhooks/x/*"] = "",
      ["tokens/job*"] = "", ["projects/x"] = "" } do
      local note = notes_of(pattern)
      assert.matches(("ignore '%s': fits nothing, neither in SPEC nor in the "
        .. "organization%s"):format(pattern, hint), note, 1, true)
    end
  end)

  it("is not told of what is there, or of what cannot be read", function()
    for _, pattern in ipairs { "teams/legacy-*", "paymentMethods/x",
      "scopes/*/allProjectsScope",
      "members/*/KARI@northlight.example" } do
      assert.equal("none", notes_of(pattern))
    end
  end)
end)

describe("the selection stays", function()
  it("in a plan that is applied", function()
    local here = fresh()
    done(here, "--only", "projects/*,paymentMethods/*")
    local plan = here:run("--plan-out", "p", "onboard", "--only",
      "teams/night-desk", "spec.json")
    assert.equal(3, plan.code, plan.err)
    assert.matches("Plan: 2 to create, 0 to change, 0 to delete", plan.out, 1,
      true)
    local applied = here:run("--apply", "p")
    assert.equal(0, applied.code, applied.err)
    assert.matches("Summary: 2 created, 0 changed, 0 unchanged.", applied.out,
      1, true)
  end)

  it("in a run that is resumed, and undone", function()
    local here = fresh()
    done(here, "--only", "projects/*,paymentMethods/*")
    here:write("cut.json", json.encode { rules = json.array { {
      method = "POST", path = "/api/v1/organization/invites",
      faults = json.array { { status = 403 } } } } })
    local first = here:run("--journal", "j", "--faults", "cut.json", "onboard",
      "--only", "teams/night-desk", "spec.json")
    assert.equal(1, first.code, first.err)
    local resumed = here:run("--resume", "j")
    assert.equal(0, resumed.code, resumed.err)
    assert.same({ "= team            night-desk",
      "+ invite          freelance@partner.example",
      "Summary: 1 created, 0 changed, 1 unchanged." }, lines_of(resumed.out))
    local undone = here:run("undo", "--yes", "j")
    assert.equal(0, undone.code, undone.err)
    assert.same({ "+ team            night-desk",
      "+ invite          freelance@partner.example" },
      done(here, "--only", "teams/night-desk"))
  end)
end)
