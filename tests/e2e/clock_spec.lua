--- Tests that mkrun compares expiry dates with the server's clock, and not with
--- this machine's.
---
--- @seconds 35

local json = require "mkrun.json"
local sys = require "mkrun.sys"

local release = require "tests.support.release"
local served = require "tests.support.served"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local TOKEN <const> = "canary-5e81a0c6"
local EXAMPLE <const> = shell.output "pwd" .. "/scripts/examples/onboard.json"
local DAY <const> = 24 * 60 * 60
local NAME <const> = "evening-news automation"
local PROJECT <const> = "evening-news"

--- How far the clock of this machine is from the server's.
local skews =
  { ["15 days ahead of"] = -15 * DAY, ["15 days behind"] = 15 * DAY }

--- A folder in which flows run against a server.
local function place(api)
  local here = { folder = temp.folder() }
  function here.run(...)
    return release.run({ ... }, { cwd = here.folder,
      env = { MKIO_TOKEN = TOKEN, MKIO_BASE_URL = api.url } })
  end
  function here.well(...)
    local outcome = here.run(...)
    assert.equal(0, outcome.code, outcome.err .. outcome.out)
    return outcome
  end
  function here.write(name, text)
    temp.write(here.folder .. "/" .. name, text)
  end
  return here
end

local function count(text, part)
  local found = 0
  for _ in text:gmatch(part) do found = found + 1 end
  return found
end

--- The live tokens with the description.
local function live(api)
  local found = {}
  for _, token in ipairs(api:state().tokens) do
    if token.description == NAME and token.revoked == json.null then
      found[#found + 1] = token
    end
  end
  return found
end

for name, ahead in pairs(skews) do
  describe(("A client whose clock is %s the server's"):format(name), function()
    local api, here
    before_each(function()
      api = served.start { token = TOKEN, ahead = ahead }
      here = place(api)
    end)
    after_each(function() api:stop() end)

    local function at(days)
      return sys.iso8601(math.floor(sys.now() + ahead + days * DAY))
    end

    --- Change what the server has.
    local function change(act)
      local state = api:state()
      act(state.organizations[1], state)
      api:begin(state)
    end

    it("does not send an open invite again, and says once why", function()
      here.write("list.csv", "email\nkari@partner.example\n")
      here.well("invite", "list.csv")
      local writes = api:writes()
      local outcome = here.well("invite", "list.csv")
      assert.equal(writes, api:writes())
      assert.equal(("mkrun: the clock of this machine is %s the server's: "
        .. "mkrun compares expiry dates with the server's\n"):format(name),
        outcome.err)
    end)

    it("has nothing to do for a SPEC that is in place", function()
      here.well("onboard", EXAMPLE)
      local writes = api:writes()
      local outcome = here.well("onboard", EXAMPLE)
      assert.equal(writes, api:writes())
      assert.equal(1, count(outcome.err, "the clock of this machine"))
      here.well("--dry-run", "onboard", EXAMPLE)
    end)

    it("makes tokens that live as long as they should", function()
      here.well("onboard", EXAMPLE)
      local days = (sys.parse_time(live(api)[1].expires) - sys.now() - ahead)
        / DAY
      assert.is_true(days > 89 and days < 91)
    end)

    it("prunes the invites that are old for the server", function()
      here.write("list.csv", "email\na@x.example\nb@x.example\n")
      here.well("invite", "list.csv")
      change(function(home)
        home.invites[1].created, home.invites[2].created = at(-10), at(-3)
      end)
      local rows = json.decode(here.well("prune-invites", "--output",
        "json").out)
      assert.equal(1, #rows)
      assert.equal(10, rows[1].days)
      here.well("prune-invites", "--cancel", "--yes")
      assert.equal(1, #api:state().organizations[1].invites)
    end)

    it("rotates a token when it is due for the server", function()
      here.well("onboard", EXAMPLE)
      for days, is_due in pairs { [30] = false, [10] = true } do
        change(function(_, state)
          for _, token in ipairs(state.tokens) do
            if token.description == NAME then token.expires = at(days) end
          end
        end)
        local id = live(api)[1].id
        here.well("rotate-tokens", "--file", "evening-news.token", "--within",
          "20", NAME)
        assert.equal(is_due, live(api)[1].id ~= id)
      end
    end)

    it("says how long a token lives for the server", function()
      here.well("onboard", EXAMPLE)
      change(function(_, state)
        for _, token in ipairs(state.tokens) do
          if token.description == NAME then token.expires = at(10.5) end
        end
      end)
      assert.matches("expires in 10 days", here.well("token").out, 1, true)
    end)

    it("finds the token that a killed run made", function()
      local words = { "--journal", "run.jsonl", "token", "create", NAME,
        "--allow", "core.project.get", "--file", "x.token" }
      api:kill(here.folder .. "/pid", 1)
      local pid = 'assert(io.open("pid", "w")):write('
        .. 'require "mkrun.sys".getpid()):close()'
      local killed = here.run("-e", pid, table.unpack(words))
      assert.equal(128 + 9, killed.code, killed.err)
      local resumed = here.well("--resume", "run.jsonl", "-e", "")
      assert.equal(1, #live(api), resumed.err)
    end)

    it("lists the deliveries that failed lately for the server", function()
      here.well("onboard", EXAMPLE)
      change(function(home)
        local events = json.array {}
        for i, days in ipairs { -3, -10 } do
          events[i] = { status = "Failed", type = "MediaKind.JobFinished",
            source = "job" .. i, created = at(days) }
        end
        home.projects[1].webhooks[1].events = events
      end)
      local rows = json.decode(here.well("webhooks", "--events", "--output",
        "json", PROJECT).out)
      assert.equal(1, #rows)
      assert.equal("job1", rows[1].source)
    end)

    it("writes the server's time into journal and audit", function()
      here.write("list.csv", "email\na@x.example\n")
      here.well("--journal", "j", "--audit", "a", "invite", "list.csv")
      for _, file in ipairs { "j", "a" } do
        local line = temp.read(here.folder .. "/" .. file)
          :match '"method":"POST"[^\n]*'
        local time = sys.parse_time(line:match '"time":"([^"]+)"')
        assert.is_true(math.abs(time - sys.now() - ahead) < DAY)
      end
    end)

    it("decides the same when it is replayed", function()
      here.write("list.csv", "email\na@x.example\n")
      here.well("invite", "list.csv")
      local first = here.well("--record", "r.har", "invite", "list.csv")
      local second = here.well("--replay", "r.har", "invite", "list.csv")
      assert.equal(first.out, second.out)
      assert.equal("", second.err)
    end)

    it("is told so by doctor", function()
      local outcome = here.run "doctor"
      assert.equal(1, outcome.code)
      assert.matches(("failed   clock         %s the server's"):format(name),
        outcome.out, 1, true)
      assert.matches("ok       token", outcome.out, 1, true)
    end)
  end)
end

describe("A month that is not given", function()
  it("is the one that it is for the server", function()
    local api <close> = served.start { token = TOKEN, ahead = 40 * DAY }
    local month = sys.iso8601(math.floor(sys.now() + 40 * DAY)):sub(1, 7)
    local outcome = place(api).well "usage"
    assert.matches("no usage in " .. month, outcome.err, 1, true)
  end)
end)

describe("Clocks that differ by a minute", function()
  it("are not worth a word", function()
    local api <close> = served.start { token = TOKEN, ahead = -60 }
    assert.equal("", place(api).well("token").err)
  end)
end)

describe("A server", function()
  local dates = { ["without a date"] = "", ["with a date that is none"] =
    "Xyz, 41 Nov 2026 99:00:00 GMT", ["with two of them"] =
    "Tue, 03 Feb 2026 10:00:00 GMT, Tue, 03 Feb 2026 10:00:00 GMT" }
  for name, date in pairs(dates) do
    it(name .. " leaves it to this machine's clock", function()
      local api <close> = served.start { token = TOKEN, date = date }
      local here = place(api)
      here.write("list.csv", "email\na@x.example\n")
      here.well("invite", "list.csv")
      local writes = api:writes()
      assert.equal("", here.well("invite", "list.csv").err)
      assert.equal(writes, api:writes())
    end)
  end
end)
