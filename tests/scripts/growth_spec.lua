--- Flows ask for a list once, however much they have to do: each thing more
--- costs the requests for itself.

local flow = require "tests.scripts.flow"
local json = require "mkrun.json"

local FEW <const> = 4

--- The requests of a run with --trace: how many, and those for a whole list.
local function requests_of(outcome)
  local all, lists = 0, {}
  for method, path in ("\n" .. outcome.err):gmatch "\n(%u+) (/api/%S+)" do
    all = all + 1
    local is_list = path:find "/%l+s$" or path:find "/projects%?"
    if method == "GET" and is_list then
      local name = path:match "[^/?]+$"
      lists[name] = (lists[name] or 0) + 1
    end
  end
  return all, lists
end

local function each(count, make)
  local list = json.array {}
  for i = 1, count do list[i] = make(i) end
  return list
end

local function guest(i) return ("guest%02d@partner.example"):format(i) end

local specs = {}

function specs.projects(count)
  return { paymentMethod = { displayName = "2026 contract",
    acceptTerms = true }, projects = each(count, function(i)
    return { name = "project-" .. i, displayName = "P",
      locationName = "westeurope" }
  end) }
end

function specs.invites(count)
  return { invites = each(count, function(i)
    return { email = guest(i), teams = { "Everyone" } }
  end) }
end

function specs.teams(count)
  return { teams = each(count, function(i)
    return { name = "team-" .. i, members = { { email = guest(i) } },
      scopes = { allProjectsScope = { roles = { "reader" } } } }
  end) }
end

function specs.tokens(count)
  local spec = specs.projects(1)
  spec.tokens = each(count, function(i)
    return { description = "token " .. i, file = ("%d.token"):format(i),
      permissions = { ["core.project"] =
        { ["project-1"] = { ["core.project"] = { "get" } } } } }
  end)
  return spec
end

--- What `act(here, count)` asks for with FEW, twice and three times as many.
local function check(act)
  local all, lists = {}, {}
  for i = 1, 3 do
    local outcome = act(flow.new(), i * FEW)
    assert.equal(0, outcome.code, outcome.err)
    all[i], lists[i] = requests_of(outcome)
  end
  assert.same(lists[1], lists[2])
  assert.same(lists[1], lists[3])
  assert.equal(all[2] - all[1], all[3] - all[2])
end

describe("a flow that has more to do lists no more often:", function()
  for name, spec in pairs(specs) do
    it("onboard, " .. name, function()
      check(function(here, count) return (here:onboard(spec(count))) end)
    end)

    it("onboard, " .. name .. " that are there", function()
      check(function(here, count)
        here:onboard(spec(count))
        return (here:onboard(spec(count)))
      end)
    end)
  end

  it("onboard, invites that lack a team", function()
    check(function(here, count)
      here:onboard(specs.invites(count))
      local more = specs.invites(count)
      more.teams = { { name = "desk" } }
      for _, wish in ipairs(more.invites) do wish.teams[2] = "desk" end
      local outcome = here:onboard(more)
      assert.matches(("%d changed"):format(count), outcome.out, 1, true)
      return outcome
    end)
  end)

  it("prune-invites --cancel", function()
    check(function(here, count)
      here:onboard(specs.invites(count))
      return (here:counted("prune-invites", "--cancel", "--yes",
        "--older-than", "0"))
    end)
  end)

  it("undo of cancelled invites", function()
    check(function(here, count)
      here:onboard(specs.invites(count))
      here:run("--journal", "j", "prune-invites", "--cancel", "--yes",
        "--older-than", "0")
      local outcome = here:counted("undo", "--yes", "j")
      assert.matches(("%d created"):format(count), outcome.out, 1, true)
      return outcome
    end)
  end)
end)

describe("onboard of an invite that somebody else changed meanwhile", function()
  it("is of what is there right before", function()
    local here = flow.new()
    here:onboard(specs.invites(1))
    -- the list is of before, the one invite that is looked at is not there
    here:write("other.lua", [[
      local org = require "mkio".connect()
      local have, old = org.invites:by_email(), nil
      old = have["guest01@partner.example"]
      org.teams:put("desk", { description = "" })
      org.invites:replace(old, { comment = "", teams = { "Everyone", "desk" } })
      local _, outcome = org.invites:ensure("guest01@partner.example",
        { comment = "", teams = { "desk" } }, have)
      print(outcome)
      have["guest01@partner.example"] = nil
      _, outcome = org.invites:ensure("guest01@partner.example",
        { comment = "", teams = { "Administrators" } }, have)
      print(outcome, #org.invites:list())
    ]])
    assert.equal("unchanged\nchanged\t1\n", here:run("other.lua").out)
  end)
end)
