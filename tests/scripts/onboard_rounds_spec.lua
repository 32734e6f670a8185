--- How many requests `onboard` sends, and in how many rounds: what a user waits
--- for when the API is far.

local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local rounds = require "tests.support.rounds"

local function teams(count)
  local list = json.array {}
  for i = 1, count do
    list[i] = { name = "team-" .. i, description = "T " .. i,
      scopes = { allProjectsScope = { roles = json.array { "reader" } } },
      members = json.array { { email = "nils@northlight.example" } } }
  end
  return { teams = list }
end

local function projects(count)
  local list = json.array {}
  for i = 1, count do
    list[i] = { name = "proj-" .. i, displayName = "P " .. i,
      locationName = "westeurope", webhooks = json.array { { name = "done",
        url = "https://h.example/x",
        events = json.array { "MediaKind.JobFinished" } } } }
  end
  return { paymentMethod = { displayName = "2026 contract",
    acceptTerms = true }, projects = list }
end

--- A folder with a fresh sandbox and a SPEC.
local function place(spec)
  local here = flow.new()
  here:write("spec.json", json.encode(spec))
  assert.equal(0, here:run("doctor").code)
  return here
end

--- Runs a flow; returns its counts, its trace and how many requests wrote.
local function counted(here, code, options, ...)
  options[#options + 1] = "--trace"
  local count = rounds.with(here, options, ...)
  assert.equal(code, count.outcome.code, count.outcome.err)
  count.lines, count.writes = {}, 0
  for line, method in ("\n" .. count.outcome.err)
    :gmatch "\n((%u+) /api/[^\n]*)" do
    count.lines[#count.lines + 1] = line
    if method ~= "GET" then count.writes = count.writes + 1 end
  end
  return count
end

--- Fails unless there are at most so many requests and rounds.
local function assert_most(requests, most_rounds, count)
  local text = table.concat(count.lines, "\n")
  assert.is_true(count.requests <= requests,
    count.requests .. " requests\n" .. text)
  assert.is_true(count.rounds <= most_rounds,
    count.rounds .. " rounds\n" .. text)
  -- 16 of each kind
  assert.is_true(count.most <= 48, count.most .. " at once\n" .. text)
end

describe("onboard waits for its longest chain", function()
  it("with the example", function()
    local here = place(flow.spec())
    local first = counted(here, 0, {}, "onboard", "spec.json")
    assert_most(28, 8, first)
    assert.matches("Summary: 6 created, 2 changed, 0 unchanged.",
      first.outcome.out, 1, true)
    local second = counted(here, 0, {}, "onboard", "spec.json")
    assert_most(13, 2, second)
    assert.equal(0, second.writes)
  end)

  it("with 200 teams", function()
    local here = place(teams(200))
    local first = counted(here, 0, {}, "onboard", "spec.json")
    assert_most(410, 30, first)
    assert.equal(200, first.writes)
    local second = counted(here, 0, {}, "onboard", "spec.json")
    assert_most(8, 2, second)
    assert.equal(0, second.writes)
  end)

  it("with 50 projects", function()
    local here = place(projects(50))
    assert_most(160, 14, (counted(here, 0, {}, "onboard", "spec.json")))
    local second = counted(here, 0, {}, "onboard", "spec.json")
    assert_most(60, 7, second)
    assert.equal(0, second.writes)
  end)

  it("planned and applied", function()
    local here = place(flow.spec())
    local plan = counted(here, 3, { "--plan-out", "p" }, "onboard",
      "spec.json")
    assert.equal(0, plan.writes)
    assert.is_true(#plan.lines <= 20, table.concat(plan.lines, "\n"))
    local applied = here:run("--trace", "--apply", "p")
    assert.equal(0, applied.code, applied.err)
    local sent = select(2, ("\n" .. applied.err):gsub("\n%u+ /api/", ""))
    assert.is_true(sent <= 34, applied.err)
  end)

  it("one after the other with --jobs 1, in the order of the SPEC", function()
    local here = place(flow.spec())
    local first = counted(here, 0, { "--jobs", "1" }, "onboard", "spec.json")
    assert.equal(1, first.most)
    local side_by_side = place(flow.spec())
    assert.equal(first.outcome.out,
      side_by_side:run("onboard", "spec.json").out)
  end)
end)

describe("onboard side by side", function()
  it("puts a team only after its own GET said that there is none", function()
    local here, seen = place(teams(40)), {}
    for _, line in ipairs(counted(here, 0, {}, "onboard", "spec.json").lines) do
      local method, name = line:match "^(%u+) %S*/teams/([%w-]+) "
      if method == "PUT" then assert.equal("GET", seen[name]) end
      if method then seen[name] = method end
    end
    for i = 1, 40 do assert.equal("PUT", seen["team-" .. i]) end
  end)

  it("prints the same plan in each run", function()
    local spec, texts = flow.spec(), {}
    for _, wish in ipairs(teams(30).teams) do
      spec.teams[#spec.teams + 1] = wish
    end
    local here = place(spec)
    for i = 1, 4 do
      -- delays that differ from run to run, so that answers come in any order
      local rules = json.array {}
      for j = 1, 6 do
        rules[j] = { every = j + i, faults = json.array {
          { delay = 0.001 * ((i * j) % 5) } } }
      end
      here:write("slow.json", json.encode { rules = rules })
      local outcome = here:run("--faults", "slow.json", "--dry-run", "onboard",
        "spec.json")
      assert.equal(3, outcome.code, outcome.err)
      texts[i] = outcome.out:gsub("%x+%-%x+%-%x+%-%x+%-%x+", "ID")
        :gsub('expireDate: "[^"]+"', "expireDate") -- a second later
    end
    assert.matches("36 to create, 2 to change", texts[1])
    for i = 2, 4 do assert.equal(texts[1], texts[i]) end
  end)

  it("tells what was done of all when one of many fails", function()
    local here = place(teams(30))
    here:write("plan.json", json.encode { rules = json.array { {
      method = "PUT", path = "/api/v1/organization/teams/team-7",
      faults = json.array { { status = 409 } } } } })
    local outcome = here:run("--faults", "plan.json", "onboard", "spec.json")
    assert.equal(1, outcome.code)
    assert.matches("team%-7: 409", outcome.err)
    local told = select(2, outcome.out:gsub("\n%+ team", ""))
    assert.equal(29, told)
    assert.matches("Summary: 29 created, .*then stopped", outcome.out)
    assert.equal(0, here:run("onboard", "spec.json").code)
  end)

  it("tells of each kind of which one fails", function()
    local here, rules = place(flow.spec()), json.array {}
    for i, path in ipairs { "/api/v1/organization/teams/night-desk",
      "/api/v1/projects/evening-news/webhook/rules/job-done",
      "/api/v1/user/tokens" } do
      rules[i] = { path = path, method = i < 3 and "PUT" or "POST",
        faults = json.array { { status = 409 } } }
    end
    here:write("plan.json", json.encode { rules = rules })
    local outcome = here:run("--faults", "plan.json", "onboard", "spec.json")
    assert.equal(1, outcome.code)
    local all = outcome.out .. outcome.err
    for _, rule in ipairs(rules) do
      local text = rule.path:gsub("%-", "%%-") .. ": 409"
      assert.equal(1, select(2, all:gsub(text, "")), all)
    end
  end)
end)
