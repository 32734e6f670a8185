--- How many requests `onboard --prune` sends, and in how many rounds.

local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local prunes = require "tests.support.prunes"
local rounds = require "tests.support.rounds"

--- Runs `onboard --prune`; returns its counts.
local function counted(here, spec, ...)
  here:write("spec.json", json.encode(spec))
  local count = rounds.with(here, { "--trace" }, "onboard", "--prune", ...)
  assert.equal(0, count.outcome.code, count.outcome.err)
  return count
end

local function assert_most(requests, most_rounds, count)
  assert.is_true(count.requests <= requests,
    count.requests .. " requests\n" .. count.outcome.err)
  assert.is_true(count.rounds <= most_rounds,
    count.rounds .. " rounds\n" .. count.outcome.err)
end

describe("onboard --prune waits for its longest chain", function()
  it("with one of each kind", function()
    local here = prunes.grown()
    local kept = prunes.less()
    assert_most(26, 7, counted(here, kept, prunes.ALL, "--yes", "spec.json"))
    assert_most(14, 3, counted(here, kept, prunes.ALL, "--yes", "spec.json"))
  end)

  it("with 60 teams, each read and deleted", function()
    local spec = { teams = json.array {} }
    for i = 1, 60 do spec.teams[i] = { name = "team-" .. i } end
    local here = prunes.grown(spec)
    local count = counted(here, { teams = json.array {} }, "teams", "--yes",
      "--at-most", "60", "spec.json")
    assert_most(128, 10, count)
    assert.matches("60 removed.\n$", count.outcome.out)
  end)

  it("with the members and scopes of one team in one PATCH", function()
    local here = flow.new()
    local made = here:run("-e", [[
      local org = require "mkio".connect {}
      local scopes = {}
      for _, scope in ipairs(org.scopes:list()) do
        scopes[scope.metadata.name] = { roles = { "reader", "user" } }
      end
      local members = {}
      for _, user in ipairs(org.users:list()) do
        members[user.metadata.id] = { isTeamAdmin = false }
      end
      org.teams:put("desk", { members = members, scopes = scopes })]])
    assert.equal(0, made.code, made.err)
    local count = counted(here, { teams = { { name = "desk",
      members = { { email = prunes.OLA } }, scopes = json.object {} } } },
      "members,scopes", "--yes", "spec.json")
    local _, patches = count.outcome.err:gsub("\nPATCH ", "")
    assert.equal(1, patches)
  end)

  it("reads no list twice", function()
    local here = prunes.grown()
    local count = counted(here, prunes.less(), prunes.ALL, "--yes",
      "spec.json")
    local seen = {}
    for path in count.outcome.err:gmatch "\nGET (/api/%S+)" do
      if path:find "/%l+s$" or path:find "/projects%?" then
        assert.is_nil(seen[path], path)
        seen[path] = true
      end
    end
  end)
end)
