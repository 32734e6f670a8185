local flow = require "tests.scripts.flow"
local json = require "mkrun.json"

local FILE <const> = "evening-news.token"
local DESCRIPTION <const> = "evening-news automation"

local function assert_done(outcome)
  assert.equal(0, outcome.code, outcome.err)
  return outcome
end

local function line(outcome, pattern)
  for text in outcome.out:gmatch "[^\n]+" do
    if text:find(pattern) then return text end
  end
end

describe("onboard", function()
  it("does everything once, and nothing twice", function()
    local here = flow.new()
    local first, writes = here:counted("onboard", flow.example)
    assert_done(first)
    assert.equal(8, writes)
    assert.equal([[
~ organization    Northlight Broadcasting: legalEntityContactEmail
~ payment method  2026 contract: terms accepted
+ project         evening-news
+ webhook rule    evening-news/job-done
+ team            night-desk
+ team            auditors
+ invite          freelance@partner.example
+ token           evening-news automation
Summary: 6 created, 2 changed, 0 unchanged.
]], first.out)

    local second, again = here:counted("onboard", flow.example)
    assert_done(second)
    assert.equal(0, again)
    assert.equal("Summary: 0 created, 0 changed, 8 unchanged.",
      line(second, "^Summary"))
  end)

  it("does nothing for an empty SPEC", function()
    local outcome, writes = flow.new():onboard {}
    assert_done(outcome)
    assert.equal(0, writes)
    assert.equal("= organization    Northlight Broadcasting",
      line(outcome, "organization"))
  end)

  it("changes a team by what differs, and by nothing else", function()
    local here, spec = flow.new(), flow.spec()
    assert_done(here:onboard(spec))
    spec.teams[1].scopes["evening-newsScope"].roles[1] = "reader"
    table.remove(spec.teams[1].members, 1)
    local outcome, writes = here:onboard(spec)
    assert_done(outcome)
    assert.equal(1, writes)
    assert.equal("~ team            night-desk: "
      .. "add scopes/evening-newsScope/roles/reader; "
      .. "remove scopes/evening-newsScope/roles/user",
      line(outcome, "night%-desk"))
  end)

  it("gives one invite that names all teams", function()
    local here = flow.new()
    assert_done(here:counted("onboard", flow.example))
    local invites = here:state().organizations[1].invites
    assert.equal(1, #invites)
    assert.equal(2, #invites[1].teams)
  end)

  it("does not accept terms that nobody asked it to accept", function()
    local spec = flow.spec()
    spec.paymentMethod.acceptTerms = nil
    local outcome = flow.new():onboard(spec)
    assert.equal(1, outcome.code)
    assert.matches("the terms of payment method '2026 contract' are not "
      .. "accepted", outcome.err, 1, true)
  end)

  it("stops at a scope that does not exist, and names those that do",
    function()
      local outcome, writes = flow.new():onboard { teams = { {
        name = "t", scopes = { nixScope = { roles = { "user" } } } } } }
      assert.equal(1, outcome.code)
      assert.equal(0, writes)
      assert.matches("there is no scope 'nixScope': there is "
        .. "'managementScope' and 'allProjectsScope'", outcome.err, 1, true)
    end)
end)

describe("onboard and the organization", function()
  it("stops when the token belongs to another one", function()
    local outcome, writes =
      flow.new():onboard { organization = { name = "Southlight" } }
    assert.equal(1, outcome.code)
    assert.equal(0, writes)
    assert.matches("the token belongs to 'Northlight Broadcasting', not to "
      .. "'Southlight'", outcome.err, 1, true)
  end)

  it("creates one when asked to, once, and says what to do next", function()
    local here = flow.new()
    local spec = { organization = { name = "Southlight", create = true } }
    local first, writes = here:onboard(spec)
    assert.equal(1, first.code)
    assert.equal(1, writes)
    assert.equal("+ organization    Southlight", line(first, "organization"))
    assert.matches("a token is tied to one organization", first.err, 1, true)
    local _, again = here:onboard(spec)
    assert.equal(0, again)
    assert.equal(2, #here:state().organizations)
  end)
end)

describe("onboard and a token", function()
  it("asks for no more than the caller has", function()
    local here, spec = flow.new(), flow.spec()
    spec.tokens[1].permissions["core.project"]["evening-news"] =
      { ["ams.asset"] = { "get", "paint" } }
    local outcome = here:onboard(spec)
    assert.equal(1, outcome.code)
    assert.matches("ams.asset.paint", outcome.err, 1, true)
    assert.is_nil(here:stored(FILE))
    assert.same({}, here:live(DESCRIPTION))
  end)

  it("asks for none that it could not store", function()
    local here, spec = flow.new(), flow.spec()
    spec.tokens[1].file = "no/such/folder/token"
    local outcome = here:onboard(spec)
    assert.equal(1, outcome.code)
    assert.matches("No such file or directory", outcome.err, 1, true)
    assert.same({}, here:live(DESCRIPTION))
  end)

  it("replaces one whose file is gone", function()
    local here = flow.new()
    assert_done(here:counted("onboard", flow.example))
    here:remove(FILE)
    local outcome = assert_done(here:counted("onboard", flow.example))
    assert.equal("~ token           evening-news automation: "
      .. "the file was gone", line(outcome, "token"))
    assert.is_not_nil(here:stored(FILE))
  end)

  it("names the one that a run left behind when it ended too early", function()
    local here, spec = flow.new(), flow.spec()
    assert_done(here:onboard(spec))
    local old = here:stored(FILE)
    spec.tokens[1].permissions["core.project"]["evening-news"] =
      { ["ams.asset"] = { "get" } }
    here:write("spec.json", json.encode(spec))
    assert.equal(70, here:run("-e", [[
      require "mkio.token_file".store = function(slot, token)
        slot:store(token)
        os.exit(70)
      end]], "onboard", "spec.json").code)
    local outcome, writes = here:onboard(spec)
    assert_done(outcome)
    assert.equal(0, writes)
    assert.matches(old .. ", which is still valid", outcome.err, 1, true)
  end)

  it("replaces one that was revoked", function()
    local here = flow.new()
    assert_done(here:counted("onboard", flow.example))
    local id = here:stored(FILE)
    assert_done(here:run("-e",
      ("require 'mkio'.connect().me.tokens:revoke '%s'"):format(id)))
    local outcome = assert_done(here:counted("onboard", flow.example))
    assert.matches("not valid any more", line(outcome, "token"))
    assert.not_equal(id, here:stored(FILE))
    assert.same({ here:stored(FILE) }, here:live(DESCRIPTION))
  end)

  it("replaces one when other permissions are declared", function()
    local here, spec = flow.new(), flow.spec()
    assert_done(here:onboard(spec))
    spec.tokens[1].permissions["core.project"]["evening-news"] =
      { ["ams.asset"] = { "get" } }
    local outcome = assert_done(here:onboard(spec))
    assert.matches("permissions changed", line(outcome, "token"))
    assert.same({ here:stored(FILE) }, here:live(DESCRIPTION))
    local _, writes = here:onboard(spec)
    assert.equal(0, writes)
  end)

  it("overwrites the token that another sandbox left behind", function()
    local here = flow.new()
    assert_done(here:onboard(flow.spec()))
    here:remove "state.json"
    local outcome = assert_done(here:onboard(flow.spec()))
    assert.matches("not valid any more", line(outcome, "token"))
  end)

  it("does not overwrite a file that holds something else", function()
    local here = flow.new()
    for _, text in ipairs { "no token", "e30.eyJqdGkiOiJ4In0.eA" } do
      here:write(FILE, text)
      local outcome = here:counted("onboard", flow.example)
      assert.equal(1, outcome.code)
      assert.matches("it would be overwritten", outcome.err, 1, true)
    end
  end)
end)
