--- What resources remember of earlier answers: never a failure, and nothing
--- that another task took away.

local flow = require "tests.scripts.flow"
local json = require "mkrun.json"

local function run(here, code, ...)
  here:write("flow.lua", 'local org = require "mkio".connect()\n'
    .. 'local task = require "mkrun.task"\n' .. code)
  local outcome = here:run(..., "flow.lua")
  assert.equal(0, outcome.code, outcome.err)
  return outcome.out
end

--- Keeps the scope `pScope` out of the first `looks` lists.  Nothing waits.
local HIDE <const> = [[
  local task, looks = require "mkrun.task", %d
  local scopes, sleep = require "mkio.resource.scopes", task.sleep
  local list = scopes.list
  task.sleep = function() sleep(0) end
  scopes.list = function(...)
    local items = list(...)
    looks = looks - 1
    for i = #items, 1, -1 do
      local is_hidden = looks >= 0 and items[i].metadata.name == "pScope"
      if is_hidden then table.remove(items, i) end
    end
    sleep(0)
    return items
  end]]

local function spec()
  local function team(name)
    return { name = name, scopes = {
      pScope = { roles = json.array { "user" } } } }
  end
  return { paymentMethod = { displayName = "2026 contract",
      acceptTerms = true },
    projects = json.array { { name = "p", displayName = "P",
      locationName = "westeurope" } },
    teams = json.array { team "a", team "b", team "c", { name = "d" } } }
end

local function onboard(jobs, looks)
  local here = flow.new()
  here:write("spec.json", json.encode(spec()))
  return here:run("--jobs", jobs, "-e", HIDE:format(looks),
    here:unconfined "onboard", "spec.json")
end

describe("a scope that comes late", function()
  for _, jobs in ipairs { "1", "16" } do
    it("is waited for by several teams, with --jobs " .. jobs, function()
      local outcome = onboard(jobs, 6)
      assert.equal(0, outcome.code, outcome.err)
      assert.matches("+ team            a\n+ team            b\n"
        .. "+ team            c\n+ team            d\n", outcome.out, 1, true)
    end)

    it("is named when it never comes, with --jobs " .. jobs, function()
      local outcome = onboard(jobs, 1000)
      assert.equal(1, outcome.code)
      assert.matches("the list of scopes has no 'pScope' yet, after 10 s",
        outcome.err, 1, true)
      assert.matches("! team            b: the list of scopes has no 'pScope'",
        outcome.out, 1, true)
      assert.matches("+ team            d\n", outcome.out, 1, true)
    end)
  end
end)

describe("scopes:await", function()
  it("asks again after a list that failed", function()
    local here = flow.new()
    here:write("faults.json", json.encode { rules = json.array { {
      path = "*/scopes", times = 1,
      faults = json.array { { status = 403 } } } } })
    assert.equal("false\ntrue\n", run(here, [[
      for _ = 1, 2 do
        print((pcall(org.scopes.await, org.scopes, { "managementScope" }, 0)))
      end]], "--faults=faults.json"))
  end)
end)

describe("projects:ensure", function()
  it("sees terms that were accepted after it refused", function()
    assert.equal("false\ncreated\n", run(flow.new(), [[
      local want = { displayName = "P", locationName = "westeurope" }
      print((pcall(org.projects.ensure, org.projects, "p", want)))
      org.payment_methods:ensure_terms(
        org.payment_methods:choose().metadata.id)
      print((select(2, org.projects:ensure("p", want))))]], "--jobs=16"))
  end)
end)
