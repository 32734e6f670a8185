--- scripts/examples/project-with-queue.lua: MK.IO as the served sandbox, and a
--- real RabbitMQ.  tests/servers/run.sh runs this; without it the file has no
--- tests.

if not os.getenv "MKRUN_TEST_SERVERS" then return end

local ending = require "tests.support.ending"
local process = require "tests.support.process"
local served = require "tests.support.served"
local temp = require "tests.support.temp"
local worlds = require "tests.servers.world"

local TOKEN <const> = "canary-9b02c4d1"
local FLOW <const> = "project-with-queue.lua"
local KILLED <const> = 128 + 9

local lack = worlds.lacks "rabbitmq"

describe("project-with-queue", function()
  local api, world

  local function begin()
    api = served.start { token = TOKEN }
    local rabbit = worlds.of "rabbitmq"
    world = setmetatable({ env = { MKIO_TOKEN = TOKEN } },
      { __index = rabbit })
    for _, name in ipairs { "evening-news", "late-news" } do
      rabbit.server:ask("DELETE", "/api/vhosts/" .. name)
      rabbit.server:ask("DELETE", "/api/users/" .. name)
    end
    world.options = { "--base-url", api.url } -- onboard has no other provider
    world:ends(0, worlds.folder {}, "onboard", "examples/onboard.json")
    world.options = { "--base-url", api.url, table.unpack(rabbit.options) }
    world:requests()
  end

  local function both()
    return { mkio = ending.of(api:state()), rabbitmq = world.server:state() }
  end

  local function likeness()
    return { mkio = ending.of(api:state()),
      rabbitmq = world.server:likeness() }
  end

  local function case(name, run)
    it(name, function()
      if lack then return pending(lack) end
      begin()
      local _ <close> = api
      run()
    end)
  end

  case("plans both, applies both, runs twice, undoes both", function()
    local here, before, sent = worlds.folder {}, both(), api:writes()
    local plan = world:ends(3, here, "--plan-out", "p", FLOW, "evening-news",
      "pw").out
    assert.matches("\n  %+ team \"evening%-news\"", "\n" .. plan)
    assert.matches("\n  %+ rabbitmq queue \"evening%-news/jobs\"", plan)
    assert.same({}, world:writes())
    assert.equal(sent, api:writes())
    assert.is_nil(temp.read(here .. "/pw"))
    world:ends(0, here, "--journal", "j", "--apply", "p")
    local again = world:ends(0, here, FLOW, "evening-news", "pw").out
    assert.matches("Summary: 0 created, 0 changed, 6 unchanged%.", again)
    world:ends(0, here, "--dry-run", FLOW, "evening-news", "pw")
    assert.equal(4, #world:writes())
    world:ends(0, here, "undo", "--yes", "j")
    assert.same(before, both())
    local password = temp.read(here .. "/pw"):match "^%S+"
    local shown = process.run({ "grep", "-rlF", password, "." },
      { cwd = here })
    assert.equal("./pw\n", shown.out)
  end)

  case("leaves a new project, and says so", function()
    local here, before = worlds.folder {}, both()
    world:ends(0, here, "--journal", "j", FLOW, "late-news", "pw")
    local undone = world:run(here, "undo", "--yes", "j")
    assert.equal(0, undone.code)
    assert.matches("! project +\"?late%-news", undone.out .. undone.err)
    assert.equal(before.rabbitmq, world.server:state())
  end)

  case("is resumed after a kill at each write of both", function()
    local here, before = worlds.folder {}, both()
    world:ends(0, here, "--journal", "j", FLOW, "evening-news", "pw")
    local wanted = likeness()
    world:ends(0, here, "undo", "--yes", "j")
    for n = 1, 5 do
      here = worlds.folder {}
      if n == 1 then api:kill(here .. "/pid", 1)
      else world:disturb(n % 2 == 0 and "before" or "after", n - 1, here) end
      assert.equal(KILLED, world:run(here, "--journal", "j", FLOW,
        "evening-news", "pw").code)
      world:ends(0, here, "--resume", "j")
      assert.same(wanted, likeness())
      world:ends(0, here, "undo", "--yes", "j")
      assert.same(before, both())
    end
  end)
end)
