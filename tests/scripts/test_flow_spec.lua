--- flow.run of `mkrun test`: what a test can give to a flow, and what it gets.

local own_tests = require "tests.support.own_tests"
local release = require "tests.support.release"
local temp = require "tests.support.temp"

local pass = own_tests.pass

--- Invites the people of a list; confined.
local INVITE <const> = [[
--- Invites.
-- @usage mkrun invite.lua FILE
-- @arg   FILE  CSV with a column email
-- @needs api:read, api:invites.create, read:FILE
-- @exit  0 done, 1 failed
-- @tags  write
local csv = require "mkrun.csv"
local mkio = require "mkio"
local script = require "mkrun.script"
local sys = require "mkrun.sys"
local _, file = script.arguments(...)
local org = mkio.connect {}
for _, row in ipairs((assert(csv.records(assert(sys.read(file)))))) do
  local _, outcome = org.invites:ensure(row.fields.email,
    { comment = "welcome", teams = { "editors" } })
  print(row.fields.email, outcome)
end
]]

--- Makes two teams; not confined.
local TEAMS <const> = [[
local org = require "mkio".connect {}
for _, name in ipairs { "one", "two" } do
  local _, outcome = org.teams:ensure(name, { description = "team " .. name })
  print(name, outcome)
end
]]

describe("flow.run", function()
  it("gives code, output, requests and the world after", function()
    pass { ["invite.lua"] = INVITE, ["x_test.lua"] = [[
      local flow = require "mkrun.test"
      it("invites", function()
        local run = flow.run("invite.lua", { "list.csv" }, {
          files = { ["list.csv"] = "email\nkari@partner.example\n" },
          sandbox = { teams = { { name = "editors" } },
            members = { "nils@partner.example" } },
        })
        assert.equal(0, run.code, run.stderr)
        assert.equal("kari@partner.example\tcreated\n", run.stdout)
        assert.equal("", run.stderr)
        assert.equal(2, #run.requests)
        assert.same({ "GET", "/api/v1/organization/invites", 200 },
          { run.requests[1].method, run.requests[1].path,
            run.requests[1].status })
        assert.same({ email = "kari@partner.example", comment = "welcome",
          teams = { "editors" } }, run.requests[2].body.spec)
        assert.equal(201, run.requests[2].status)
        assert.equal("Invite", run.requests[2].answer.kind)
        assert.equal(1, run.writes)
        assert.same({ ["kari@partner.example"] = { comment = "welcome",
          teams = { "editors" } } }, run.world.invites)
        assert.is_table(run.world.members["nils@partner.example"])
      end)
    ]] }
  end)

  it("finds files here, beside the test, and in the folder above", function()
    local project = own_tests.new {
      ["one.lua"] = "print 'here'", ["a/one.lua"] = "print 'above'",
      ["a/two.lua"] = "print 'above'", ["a/tests/two.lua"] = "print 'beside'",
      ["a/three.lua"] = "print 'above'", ["a/x.csv"] = "x",
      ["a/world.json"] = '{"teams": [{"name": "owls"}]}',
      ["a/tests/x_test.lua"] = [[
        it("finds", function()
          local list = {}
          for i, name in ipairs { "one", "two", "three" } do
            list[i] = flow.run(name .. ".lua", {}, { sandbox = "world.json",
              files = { ["x.csv"] = true } }).stdout
          end
          assert.same(EXPECTED, list)
        end)
      ]] }
    local text = temp.read(project.folder .. "/a/tests/x_test.lua")
    for place, first in pairs { ["."] = "here", a = "above",
      ["a/tests"] = "above" } do
      local second = place == "a" and "above" or "beside"
      project:write("a/tests/x_test.lua", (text:gsub("EXPECTED",
        ("{ '%s\\n', '%s\\n', 'above\\n' }"):format(first, second))))
      local outcome = release.run({ "test" },
        { cwd = project.folder .. "/" .. place })
      assert.equal(0, outcome.code, outcome.out .. outcome.err)
    end
  end)

  it("runs a flow again in the world that it has left", function()
    pass { ["teams.lua"] = TEAMS, ["x_test.lua"] = [[
      it("is idempotent", function()
        local run = flow.run "teams.lua"
        assert.equal(2, run.writes)
        local again = run:again()
        assert.equal("one\tunchanged\ntwo\tunchanged\n", again.stdout)
        assert.equal(0, again.writes)
        assert.same(run.world, again.world)
        assert.equal(0, flow.run("teams.lua", {}, { sandbox = run }).writes)
        assert.equal(0,
          flow.run("teams.lua", {}, { sandbox = run.world }).writes)
      end)
    ]] }
  end)

  it("starts from a SPEC, a table or a state", function()
    pass {
      ["spec.json"] = '{"projects": [{"name": "news", "locationName": '
        .. '"northeurope"}], "teams": [{"name": "editors"}]}',
      ["print.lua"] = [[
        local org = require "mkio".connect {}
        for team in org.teams:each() do print(team.metadata.name) end
        for project in org.projects:each() do print(project.metadata.name) end
      ]],
      ["x_test.lua"] = [[
        it("a SPEC as --like", function()
          local run = flow.run("print.lua", {}, { sandbox = "spec.json" })
          assert.equal("Administrators\nEveryone\nnews\n", run.stdout)
        end)
        it("a table has all", function()
          local run = flow.run("print.lua", {}, { sandbox = {
            projects = { { name = "news", locationName = "north" } },
            teams = { { name = "editors",
              members = { { email = "kari@partner.example" } } } } } })
          assert.equal("editors\nAdministrators\nEveryone\nnews\n", run.stdout)
          assert.same({ ["kari@partner.example"] = { isTeamAdmin = false } },
            run.world.teams.editors.members)
          assert.equal("north", run.world.projects.news.locationName)
        end)
        it("the example", function()
          assert.equal("Northlight Broadcasting",
            flow.run "print.lua".world.organization.name)
        end)
        it("no more than members", function()
          local run = flow.run("print.lua", {},
            { sandbox = { members = { "a@partner.example" } } })
          assert.equal("Administrators\nEveryone\n", run.stdout)
          assert.is_table(run.world.members["a@partner.example"])
        end)
      ]],
    }
  end)

  it("simulates time", function()
    pass { ["wait.lua"] = [[
      local sys, task = require "mkrun.sys", require "mkrun.task"
      print(sys.iso8601(), os.date "!%Y-%m-%d")
      local from = sys.monotonic()
      task.sleep(86400)
      print(sys.iso8601(), sys.monotonic() - from >= 86400)
      task.all { function() task.sleep(2) print "later" end,
        function() task.sleep(1) print "sooner" end }
      local now = os.time()
      while os.time() < now + 1 do end
    ]], ["get.lua"] = 'print(require "mkio".connect {}:get().metadata.name)',
    ["lock.lua"] = 'print(require "mkrun.sys".lock("own", 0.5))',
    ["long.lua"] = 'require "mkrun.task".sleep(1e300)',
    ["x_test.lua"] = [[
      it("of sleeps", function()
        local run = flow.run("wait.lua", {}, { clock = "2026-02-03T04:05:06Z" })
        assert.equal("2026-02-03T04:05:06Z\t2026-02-03\n"
          .. "2026-02-04T04:05:06Z\ttrue\nsooner\nlater\n", run.stdout)
        assert.near(86403, run.seconds, 1)
        assert.near(86403, run:again().seconds, 1)
      end)
      it("of retries", function()
        local run = flow.run("get.lua", {}, { faults = { rules = {
          { times = 2, faults = { { status = 503, retryAfter = 30 } } } } } })
        assert.equal("Northlight Broadcasting\n", run.stdout)
        assert.same({ 503, 503, 200 }, { run.requests[1].status,
          run.requests[2].status, run.requests[3].status })
        assert.is_true(run.seconds >= 60)
      end)
      it("of waits for a lock", function()
        local sys = require "mkrun.sys"
        local lock <close> = sys.lock "own"
        local run = flow.run("lock.lua")
        assert.matches("held by another run\tbusy\n$", run.stdout)
        assert.near(0.5, run.seconds, 0.2)
        assert.truthy(lock)
      end)
      it("of sleeps that never end", function()
        local run = flow.run("long.lua")
        assert.equal(0, run.code, run.stderr)
        assert.truthy(run.seconds > 1e200)
      end)
      it("an answer that is late", function()
        local run = flow.run("get.lua", {}, { faults = { rules = {
          { faults = { { delay = 3600 } } } } } })
        assert.equal(1, run.code)
        assert.matches("no answer within 30 seconds", run.stderr)
        assert.equal("timeout", run.requests[1].error)
        assert.is_nil(run.requests[1].status)
      end)
    ]] }
  end)

  it("gives the plan of a dry run", function()
    pass { ["teams.lua"] = TEAMS, ["x_test.lua"] = [[
      it("plans", function()
        local run = flow.run("teams.lua", {}, { options = { dry_run = true } })
        assert.equal(3, run.code)
        assert.same({ create = 2, change = 0, delete = 0 }, run.plan.summary)
        assert.equal("one", run.plan.changes[1].name)
        assert.matches("Plan: 2 to create", run.stdout)
        assert.equal(0, run.writes)
        assert.is_nil(run.world.teams.one)
        assert.is_nil(flow.run "teams.lua".plan)
      end)
    ]] }
  end)

  it("confines the flow as in real life", function()
    pass { ["peek.lua"] = [[
--- Reads what it may not.
-- @usage mkrun peek.lua
-- @needs api:read
-- @exit 0 done
-- @tags read
print(io.open "/etc/passwd")
]], ["x_test.lua"] = [[
      it("refuses", function()
        local run = flow.run "peek.lua"
        assert.equal(1, run.code)
        assert.matches("peek.lua:6: read '/etc/passwd': not allowed",
          run.stderr, 1, true)
        assert.equal(0, flow.run("peek.lua", {},
          { options = { allow_read = "/etc/passwd" } }).code)
      end)
    ]] }
  end)

  it("has no network, and not the token", function()
    local project = own_tests.new({ ["net.lua"] = [[
      local http = require "mkrun.http"
      print(http.request { url = "http://127.0.0.1:9/x" })
      print(os.getenv "MKIO_TOKEN", os.getenv "MKIO_PROJECT")
      print(require "mkrun.config".base_url)
      local pipe = io.popen "curl -sS --noproxy '*' http://127.0.0.1:9/ 2>&1"
      print(pipe:read "a")
    ]], ["x_test.lua"] = [[
      it("is offline", function()
        local run = flow.run "net.lua"
        assert.matches("127.0.0.1:9/x: the sandbox stands in for "
          .. "https://app.mk.io only", run.stdout, 1, true)
        assert.matches("\nnil\tnil\nhttps://app.mk.io\n", run.stdout, 1, true)
        assert.not_matches("refused", run.stdout)
        assert.matches("curl: (7)", run.stdout, 1, true)
        assert.is_nil(os.getenv "MKIO_TOKEN")
        assert.equal("Northlight Broadcasting",
          require "mkio".connect {}:get().metadata.name)
      end)
    ]] }, { MKIO_TOKEN = "the-token-of-real-life",
      MKIO_BASE_URL = "http://localhost:9", MKIO_PROJECT = "p" })
    local outcome = project:test()
    assert.equal("1 success / 0 failures / 0 errors / 0 pending",
      own_tests.summary(outcome), outcome.out .. outcome.err)
  end)

  it("leaves the files alone that the test reads", function()
    pass { ["x.lua"] = "print 'x'", ["x_test.lua"] = [[
      it("reads on", function()
        local all = {}
        for i = 1, 5000 do all[i] = "line " .. i .. "\n" end
        assert(require "mkrun.sys".write("list", table.concat(all)))
        local list <close> = assert(io.open "list")
        for i, line in ipairs(all) do
          if i % 1000 == 5 then flow.run("x.lua") end
          assert.equal(line, list:read "L")
        end
      end)
    ]] }
  end)

  it("gives files, input and variables", function()
    pass { ["fixture.txt"] = "of the project", ["io.lua"] = [[
      print(io.open "in/a.txt":read "a", io.open "fixture.txt":read "a")
      print(io.read "a", os.getenv "WORD", os.getenv "HOME" ~= nil)
      io.open("out.txt", "w"):write "made"
      print(io.open(os.getenv "HOME" .. "/x", "w") ~= nil)
    ]], ["x_test.lua"] = [[
      it("has them", function()
        local run = flow.run("io.lua", {}, { stdin = "given",
          env = { WORD = "w" },
          files = { ["in/a.txt"] = "A", ["fixture.txt"] = true } })
        assert.equal("A\tof the project\ngiven\tw\ttrue\ntrue\n", run.stdout,
          run.stderr)
        assert.same({ ["in/a.txt"] = "A", ["fixture.txt"] = "of the project",
          ["out.txt"] = "made" }, run.files)
        assert.equal("made", run:again { stdin = "" }.files["out.txt"])
      end)
      it("leaves nothing", function()
        assert.is_nil(io.open "out.txt")
      end)
      it("stays inside", function()
        for _, name in ipairs { "../x", "/x", "a/../../x" } do
          assert.error_matches(function()
            flow.run("io.lua", {}, { files = { [name] = "" } })
          end, "name of a file inside expected", 1, true)
        end
      end)
    ]] }
  end)

  it("tells of a flow that ends badly", function()
    pass { ["loop.lua"] = "while true do end", ["crash.lua"] = TEAMS
      .. 'io.stdout:flush() os.execute "kill -9 $PPID"',
    ["exit.lua"] = TEAMS .. "os.exit(7, false)",
    ["loud.lua"] = 'local s = ("x"):rep(2 ^ 20) while true do print(s) end',
    ["fails.lua"] = "local t\nprint(t.x)", ["x_test.lua"] = [[
      it("that loops", function()
        local run = flow.run("loop.lua", {}, { timeout = 4 })
        assert.is_true(run.timed_out)
        assert.equal(143, run.code)
        assert.equal("mkrun: terminated at loop.lua:1\nmkrun: test: it was "
          .. "ended after 4 s (see the option 'timeout')\n", run.stderr)
      end)
      it("that is killed", function()
        local run = flow.run "crash.lua"
        assert.equal(137, run.code)
        assert.matches("it was ended by signal 9", run.stderr)
        assert.equal(0, flow.run("exit.lua", {}, { sandbox = run }).writes)
        assert.equal("team two", run.world.teams.two.description)
      end)
      it("that leaves at once", function()
        local run = flow.run "exit.lua"
        assert.equal(7, run.code)
        assert.equal("team two", run.world.teams.two.description)
      end)
      it("that prints for ever", function()
        local run = flow.run "loud.lua"
        assert.matches("it printed more than 64 MB", run.stderr)
      end)
      it("that fails", function()
        local run = flow.run "fails.lua"
        assert.equal(1, run.code)
        assert.equal("mkrun: fails.lua:2: attempt to index a nil value "
          .. "(local 't')\n", run.stderr)
        assert.matches("exit code 1", tostring(run))
      end)
      it("for lack of memory", function()
        local run = flow.run("loud.lua", {},
          { options = { max_memory = "1M" } })
        assert.equal(1, run.code)
        assert.matches("not enough memory", run.stderr)
      end)
    ]] }
  end)

  it("shows no secret", function()
    pass { ["hook.lua"] = [[
      local org = require "mkio".connect {}
      local project = org:project "news"
      project.webhooks:ensure("r", { url = "https://hook.example/",
        events = { "MediaKind.JobFinished" }, enabled = true,
        authentication = { headers = { ["X-Key"] = "hush-hush-hush" } } })
    ]], ["x_test.lua"] = [[
      it("in requests", function()
        local run = flow.run("hook.lua", {}, { sandbox = {
          projects = { { name = "news", locationName = "north" } } } })
        local json = require "mkrun.json"
        assert.equal(0, run.code, run.stderr)
        assert.equal(1, run.writes)
        local text = json.encode(run.requests) .. json.encode(run.world)
        assert.not_matches("hush", text, 1, true)
      end)
    ]] }
  end)

  it("says what is wrong in the test, and where", function()
    local outcome = own_tests.new {
      ["ok.lua"] = "", ["x_test.lua"] = [[
it("1", function() flow.run("ok.lua", {}, { fils = {} }) end)
it("2", function() flow.run("ok.lua", {}, { clock = {} }) end)
it("3", function() flow.run("ok.lua", {}, { clock = "soon" }) end)
it("4", function() flow.run("no.lua") end)
it("5", function() flow.run("ok.lua", "x") end)
it("6", function() flow.run() end)
it("7", function()
  flow.run("ok.lua", {}, { sandbox = { teams = { { nam = "x" } } } })
end)
it("8", function()
  flow.run("ok.lua", {}, { faults = { rules = { { every = 0 } } } })
end)
it("9", function() flow.run("ok.lua", {}, { options = { like = "x" } }) end)
it("10", function() flow.run("ok.lua", {}, { sandbox = "none.json" }) end)
it("11", function() flow.run("ok.lua", {}, { faults = "none.json" }) end)
it("12", function() flow.run("ok.lua", {}, { files = { a = 5 } }) end)
it("13", function() flow.run("ok.lua", {}, { clock = 1e300 }) end)
it("14", function() flow.run("ok.lua", {}, { clock = 0 / 0 }) end)
it("15", function() flow.run("ok.lua", {}, { timeout = 0 }) end)
it("16", function() flow.run("ok.lua", {}, { timeout = 0 / 0 }) end)
]] }:test()
    assert.equal("0 successes / 0 failures / 16 errors / 0 pending",
      own_tests.summary(outcome))
    for _, text in ipairs {
      "x_test.lua:1: bad argument #3 to 'run' (unknown option 'fils', did you "
        .. "mean 'files'?)",
      "x_test.lua:2: bad argument #3 to 'run' (option 'clock': number or text "
        .. "expected, got table)",
      "x_test.lua:3: bad argument #3 to 'run' (option 'clock': soon: time such",
      "x_test.lua:4: bad argument #1 to 'run' (no.lua: No such file or",
      "x_test.lua:5: bad argument #2 to 'run' (list of arguments expected",
      "x_test.lua:6: bad argument #1 to 'run' (string expected, got nil)",
      "x_test.lua:8: bad argument #3 to 'run' (option 'sandbox': at '/teams/0",
      "x_test.lua:11: bad argument #3 to 'run' (option 'faults': at '/rules/0/",
      "x_test.lua:13: option 'like' of mkrun: use 'sandbox' of the test",
      "x_test.lua:14: bad argument #3 to 'run' (option 'sandbox': none.json: ",
      "x_test.lua:15: bad argument #3 to 'run' (option 'faults': none.json: ",
      "x_test.lua:16: option 'files': 'a': text expected, got number",
      "x_test.lua:17: bad argument #3 to 'run' (option 'clock': time between",
      "x_test.lua:18: bad argument #3 to 'run' (option 'clock': time between",
      "x_test.lua:19: bad argument #3 to 'run' (option 'timeout': seconds abo",
      "x_test.lua:20: bad argument #3 to 'run' (option 'timeout': seconds abo",
    } do
      assert.truthy(outcome.out:find(text, 1, true), text .. outcome.out)
    end
  end)

  it("runs flows that are built in, and asks as in real life", function()
    pass { ["x_test.lua"] = [[
      local spec = '{"teams": [{"name": "editors"}]}'
      it("onboard", function()
        local run = flow.run("onboard", { "spec.json" },
          { files = { ["spec.json"] = spec } })
        assert.equal(0, run.code, run.stderr)
        assert.is_table(run.world.teams.editors)
        assert.equal(0, run:again().writes)
      end)
      it("offboard does nothing without --yes", function()
        local run = flow.run("offboard", { "kari@northlight.example" })
        assert.equal(2, run.code)
        assert.equal(0, run.writes)
        assert.matches("no terminal to ask on", run.stderr, 1, true)
        local done = flow.run("offboard",
          { "--yes", "kari@northlight.example" })
        assert.equal(0, done.code, done.stderr)
        assert.is_nil(done.world.members["kari@northlight.example"])
      end)
    ]] }
  end)

  it("has the same ids in each run", function()
    pass { ["id.lua"] = [[
      local org = require "mkio".connect {}
      print(org.teams:ensure("a", { description = "" }).metadata.id)
    ]], ["x_test.lua"] = [[
      it("repeats", function()
        local options = { sandbox = { teams = { { name = "b" } } } }
        local run = flow.run("id.lua", {}, options)
        assert.matches("^%x+%-%x+%-4%x+%-8%x+%-%x+\n$", run.stdout)
      end)
    ]] }
  end)

  it("has a page with all of it", function()
    pass { ["page.md"] = temp.read "src/manual/testing.md", ["x_test.lua"] = [[
      it("names each function", function()
        local page, count = io.open "page.md":read "a", 0
        for name in pairs(require "mkrun.test") do
          assert.matches("`flow." .. name .. "(", page, 1, true)
          count = count + 1
        end
        assert.equal(2, count)
        local run = flow.run("exit.lua", {}, { files = {},
          options = { dry_run = true } })
        run.world = run.world
        for name in pairs(run) do
          if name ~= "repeated" then
            assert.matches("`" .. name .. "`", page, 1, true)
          end
        end
      end)
    ]], ["exit.lua"] = "require 'mkio'.connect {}:get()" }
  end)

  it("can be had in other scripts, if they are not confined", function()
    local code = 'print(require "mkrun.test".run("check", {"--help"}, '
      .. '{files = {}}).code)'
    local outcome = release.eval(code)
    assert.equal("0\n", outcome.out, outcome.err)
    local folder = temp.folder()
    temp.write(folder .. "/x.lua", code)
    local confined = release.run({ "--confine", "x.lua" }, { cwd = folder })
    assert.equal(1, confined.code)
    assert.matches("no module 'mkrun.trial' for a confined script",
      confined.err, 1, true)
  end)
end)

describe("flow.connect", function()
  it("is an organization for functions without a run", function()
    pass { ["names.lua"] = [[
      return function(org)
        local names = {}
        for team in org.teams:each() do
          names[#names + 1] = team.metadata.name
        end
        return names
      end
    ]], ["spec/x_spec.lua"] = [[
      it("tests a function", function()
        local org = flow.connect { teams = { { name = "editors" } } }
        assert.same({ "editors", "Administrators", "Everyone" },
          require "names" (org))
      end)
    ]] }
  end)
end)
