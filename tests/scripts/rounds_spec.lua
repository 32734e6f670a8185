--- Counts what each flow asks for, and how many answers it waits for one after
--- the other.

local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local rounds = require "tests.support.rounds"
local temp = require "tests.support.temp"

local KARI <const> = "kari@northlight.example"
local NILS <const> = "nils@northlight.example"
local TOKEN <const> = "evening-news automation"

--- The folder with the state of the example organization, made once.
local example

local function onboarded()
  if not example then
    local made = flow.new()
    local outcome = made:run("onboard", flow.example)
    assert.equal(0, outcome.code, outcome.err)
    example = temp.read(made.folder .. "/state.json")
  end
  local here = flow.new()
  here:write("state.json", example)
  return here
end

local function rules()
  local list = json.array {}
  for i = 1, 4 do
    list[i] = { name = "r" .. i, url = "https://h.example/x",
      events = json.array { "MediaKind.JobFinished" } }
  end
  return json.encode(list)
end

local GUESTS <const> = "email,teams\na@x.example,Everyone\n"
  .. "b@x.example,Everyone\nc@x.example,Everyone\n"

--- Runs a flow with a journal, for the cases of undo.
local function with_journal(...)
  local words = { ... }
  return function(here)
    assert.equal(0, here:run("--journal", "j", table.unpack(words)).code)
  end
end

local function done(...)
  local words = { ... }
  return function(here)
    assert.equal(0, here:run(table.unpack(words)).code)
  end
end

--- The state and the files after a rotation that keeps the old token.
local function leased(here)
  local args = { "rotate-tokens", "--new-file", "--file", "evening-news.token",
    "--keep-old", "1h", TOKEN }
  assert.equal(0, here:run(table.unpack(args)).code)
end

--- The arguments of a flow, requests and rounds, and what comes before it.
local CASES <const> = {
  { { "export" }, 7, 2 },
  { { "drift", flow.example }, 8, 2, code = 3 },
  { { "drift", "--only", "teams/night-desk", flow.example }, 4, 1 },
  { { "onboard", "--only", "members/*/nils@*", flow.example }, 6, 1 },
  { { "onboard", "--only", "webhooks/*/*", flow.example }, 5, 2 },
  { { "offboard", "--yes", NILS }, 10, 4 },
  { { "offboard", "--yes", NILS, KARI }, 14, 6 },
  { { "rotate-tokens", "--new-file", "--file", "f", TOKEN }, 5, 5 },
  { { "rotate-tokens", "--new-file", "--file", "f", "--keep-old", "1h",
      TOKEN }, 4, 4 },
  { { "rotate-tokens", "--file", "evening-news.token", "--within", "9",
      TOKEN }, 1, 1, leased },
  { { "team", "night-desk" }, 1, 1 },
  { { "team", "night-desk", "--grant", "reader", "--scope",
      "evening-newsScope" }, 4, 3 },
  { { "team", "new", "--create", "--add", KARI, "--grant", "reader",
      "--scope", "allProjectsScope" }, 5, 3 },
  { { "team", "night-desk", "--add", KARI }, 1, 1 },
  { { "doctor" }, 4, 2 },
  { { "webhooks", "evening-news", "rules" }, 9, 3 },
  { { "webhooks", "evening-news", "rules" }, 1, 1,
    done("webhooks", "evening-news", "rules") },
  { { "webhooks", "--prune", "--yes", "evening-news", "none" }, 5, 2,
    done("webhooks", "--prune", "--yes", "evening-news", "rules") },
  { { "webhooks", "--events", "evening-news" }, 2, 2 },
  { { "invite", "guests" }, 7, 3 },
  { { "invite", "guests" }, 4, 1, done("invite", "guests") },
  { { "prune-invites", "--cancel", "--yes" , "--older-than", "0" }, 5, 2,
    done("invite", "guests") },
  { { "prune-invites", "--cancel", "--yes", "nobody@x.example" }, 1, 1,
    code = 2 },
  { { "token" }, 1, 1 },
  { { "token", "rights" }, 3, 1 },
  { { "token", "create", "x", "--allow", "*.asset.get", "--file", "f" }, 6, 3 },
  { { "token", "create", "x", "--allow", "*.asset.get", "--exec",
      "cat >/dev/null" }, 6, 3 },
  { { "token", "revoke", "--yes", TOKEN }, 2, 2 },
  { { "access-report" }, 7, 1 },
  { { "why-403", "teams.patch" }, 6, 1 },
  { { "usage", "--month", "2026-01" }, 1, 1 },
  { { "my-organizations" }, 1, 1 },
  { { "my-organizations", "leave", "--yes", "Northlight Broadcasting" }, 4, 2,
    code = 2 },
  { { "my-organizations", "leave", "--yes", "nowhere" }, 2, 1, code = 2 },
  -- undo looks at each thing for its list, and again right before it writes.
  { { "undo", "--yes", "j" }, 10, 3, with_journal("invite", "guests") },
  { { "undo", "--yes", "j" }, 13, 3,
    with_journal("webhooks", "evening-news", "rules") },
  { { "undo", "--yes", "j" }, 5, 1, function(here)
    with_journal("webhooks", "evening-news", "rules")(here)
    done("undo", "--yes", "j")(here)
  end },
}

local function prepared(case)
  local here = onboarded()
  here:write("rules", rules())
  here:write("none", "[]")
  here:write("guests", GUESTS)
  if case[4] then case[4](here) end
  return here
end

describe("a flow asks for all that it needs at once:", function()
  for _, case in ipairs(CASES) do
    local words, requests, count = table.unpack(case)
    local name = table.concat(words, " ")
    it(("%s: %d requests, %d rounds"):format(name, requests, count), function()
      local here = prepared(case)
      local counted = rounds.of(here, table.unpack(words))
      assert.equal(case.code or 0, counted.outcome.code, counted.outcome.err)
      assert.same({ requests = requests, rounds = count },
        { requests = counted.requests, rounds = counted.rounds })
    end)

    for _, jobs in ipairs { 1, 3 } do
      it(("%s with --jobs %d: at most so many at a time"):format(name, jobs),
        function()
          local here = prepared(case)
          local counted =
            rounds.with(here, { "--jobs", jobs }, table.unpack(words))
          assert.equal(case.code or 0, counted.outcome.code,
            counted.outcome.err)
          assert.is_true(counted.most <= jobs)
          assert.is_true(counted.requests <= requests)
        end)
    end
  end
end)

--- Flows whose writes go side by side.
local WRITING <const> = {
  { "offboard", NILS, KARI },
  { "webhooks", "--prune", "evening-news", "rules" },
  { "prune-invites", "--cancel", "--older-than", "0" },
  { "invite", "guests" }, { "undo", "j" },
}

describe("the plan has the same order as one write after the other:", function()
  for _, words in ipairs(WRITING) do
    it(table.concat(words, " "), function()
      local here = prepared {}
      here:write("few", "email\nd@x.example\ne@x.example\n")
      with_journal("invite", "few")(here)
      local plan = rounds.with(here, { "--dry-run" }, table.unpack(words))
      local slow = here:run("--jobs", "1", "--dry-run", table.unpack(words))
      assert.equal(3, slow.code, slow.err)
      assert.is_true(plan.most > 1)
      assert.equal(slow.out, plan.outcome.out)
    end)
  end
end)
