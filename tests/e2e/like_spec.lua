--- `--sandbox=FILE --like SOURCE`: a sandbox that is one's own organization.

local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local KARI <const> = "kari@northlight.example"

local folder

local function run(...)
  return release.run({ ... }, { cwd = folder })
end

local function ok(...)
  local outcome = run(...)
  assert.equal(0, outcome.code, outcome.err .. outcome.out)
  return outcome.out
end

--- Ends with 2 and this message, and makes no file.
local function refused(message, ...)
  local outcome = run(...)
  assert.same({ 2, "" }, { outcome.code, outcome.out })
  assert.matches(message, outcome.err, 1, true)
  assert.is_nil(temp.read(folder .. "/new.db"))
end

local function write(name, text)
  temp.write(folder .. "/" .. name, text)
  shell.execute(("chmod 600 '%s/%s'"):format(folder, name))
end

describe("mkrun --sandbox=FILE --like SOURCE", function()
  before_each(function()
    folder = temp.folder()
    write("spec.json", temp.read(flow.example))
  end)

  it("lets a SPEC be tried", function()
    local out = ok("--sandbox=new.db", "--like", "spec.json", "onboard",
      "spec.json")
    assert.matches("= project         evening-news\n", out, 1, true)
    assert.matches("+ team            night-desk\n", out, 1, true)
    out = ok("--sandbox=new.db", "onboard", "spec.json")
    assert.matches("0 created, 0 changed", out, 1, true)
  end)

  it("is what several files of a SPEC say, with the variables of the flow",
    function()
      write("base.json", '{"organization": {"name": "Acme"}, "projects": '
        .. '[{"name": "p"}], "teams": [{"name": "t", "members": '
        .. '[{"email": "a@acme.example"}]}]}')
      write("more.lua", [[return { projects = { { name = "p",
        locationName = "northeurope", displayName = set.stage } },
        teams = { { name = "t", members = { { email = "A@acme.example" },
          { email = "b@acme.example" } } } } }]])
      local two = { "--like", "base.json", "--like", "more.lua" }
      local out = ok("--sandbox=new.db", two[1], two[2], two[3], two[4],
        "onboard", "--set", "stage=Prod", "base.json", "more.lua")
      assert.matches("= organization    Acme\n", out, 1, true)
      assert.matches("= project         p\n", out, 1, true)
      local state = json.decode(temp.read(folder .. "/new.db"))
      local emails = {}
      for i, user in ipairs(state.users) do emails[i] = user.email end
      table.sort(emails)
      assert.same({ "a@acme.example", "b@acme.example", "you@sandbox.invalid" },
        emails)
      assert.equal("Prod", state.organizations[1].projects[1].displayName)
      local outcome = run("--sandbox", two[1], two[2], two[3], two[4],
        "export")
      assert.equal(2, outcome.code)
      assert.matches("--set stage=VALUE is missing", outcome.err, 1, true)
    end)

  it("refuses files that say two things, and a recording beside another",
    function()
      write("a.json", '{"teams": [{"name": "t"}, {"name": "u", '
        .. '"description": "x"}]}')
      write("b.json", '{"teams": [{"name": "u", "description": "y"}]}')
      refused("--like: b.json: at '/teams/0/description': another file says "
        .. "something else", "--sandbox=new.db", "--like=a.json",
        "--like=b.json", "export")
      write("b.json", '{"exported": true, "teams": []}')
      refused("--like: b.json: at '/exported': true in all files or in none "
        .. "expected", "--sandbox=new.db", "--like=a.json", "--like=b.json",
        "export")
      write("b.json", '{"projects": [{"name": "p"}]}')
      refused("--like: a.json, b.json: at '/projects/0/locationName': string "
        .. "expected, got nothing", "--sandbox=new.db", "--like=a.json",
        "--like=b.json", "export")
      refused("--like: none.json: No such file", "--sandbox=new.db",
        "--like=a.json", "--like=none.json", "export")
      ok("--sandbox", "--record", "run.har", "doctor")
      refused("--like: run.har: a recording is a SOURCE by itself",
        "--sandbox=new.db", "--like=a.json", "--like=run.har", "export")
    end)

  it("warns of a role and of a location that look mistyped", function()
    local text = '{%s"projects": [{"name": "p", "locationName": "westeurop"}], '
      .. '"teams": [{"name": "t", "scopes": {"pScope": {"roles": ["raeder", '
      .. '"ours"]}}}, {"name": "u", "scopes": null}], "invites": null}'
    write("odd.json", text:format "")
    local err = run("--sandbox", "--like", "odd.json", "export").err
    assert.matches("mkrun: warning: --like: odd.json: at "
      .. "'/projects/0/locationName': the model of the API has no location "
      .. "'westeurop': did you mean 'westeurope'?\n", err, 1, true)
    assert.matches("roles/0': the model of the API has no role 'raeder': did "
      .. "you mean 'reader'?\n", err, 1, true)
    assert.is_nil(err:find("'ours'", 1, true))
    write("odd.json", text:format '"exported": true, ')
    err = run("--sandbox", "--like", "odd.json", "export").err
    assert.is_nil(err:find("warning", 1, true))
  end)

  it("is what export wrote, and what was recorded", function()
    ok("--sandbox=old.db", "onboard", "spec.json")
    write("now.json", ok("--sandbox=old.db", "--record", "run.har", "export"))
    for _, source in ipairs { "now.json", "run.har" } do
      assert.equal(temp.read(folder .. "/now.json"),
        ok("--sandbox", "--like", source, "export"), source)
    end
  end)

  it("takes a SPEC with comments, and one in Lua", function()
    write("spec.jsonc", '// ours\n{"organization": {"name": "Acme"}}')
    write("spec.lua", [[
      local spec = include "spec.jsonc"
      spec.teams = { { name = "desk", members = {} } }
      spec.projects = {}
      return spec]])
    for _, source in ipairs { "spec.jsonc", "spec.lua" } do
      for _, words in ipairs { { "export" }, { "onboard", source },
        { "-e", "print(require 'mkio'.connect():get().spec.name)" } } do
        assert.matches("Acme", ok("--sandbox", "--like", source,
          table.unpack(words)), 1, true)
      end
    end
    write("spec.lua", "return { organization = { name = os.getenv 'X' } }")
    refused("--like: spec.lua:1: ", "--sandbox=new.db", "--like", "spec.lua",
      "export")
  end)

  it("makes FILE even if the run only reads", function()
    ok("--sandbox=new.db", "--like", "spec.json", "export")
    local state = json.decode(temp.read(folder .. "/new.db"))
    assert.equal("Northlight Broadcasting", state.organizations[1].spec.name)
    assert.equal("600", shell.output(("stat -c %%a %s/new.db"):format(folder)))
  end)

  it("makes no FILE in a dry run", function()
    local outcome = run("--sandbox=new.db", "--like", "spec.json", "--dry-run",
      "onboard", "spec.json")
    assert.equal(3, outcome.code, outcome.err)
    assert.matches('+ team "night-desk"', outcome.out, 1, true)
    assert.is_nil(temp.read(folder .. "/new.db"))
  end)

  it("is made before a plan is kept", function()
    local planned = run("--sandbox=new.db", "--like", "spec.json",
      "--plan-out", "p", "onboard", "spec.json")
    assert.equal(2, planned.code)
    assert.matches("mkrun --sandbox=new.db --like spec.json doctor makes it",
      planned.err, 1, true)
    assert.is_nil(temp.read(folder .. "/new.db"))
    ok("--sandbox=new.db", "--like", "spec.json", "doctor")
    assert.equal(3, run("--sandbox=new.db", "--plan-out", "p", "onboard",
      "spec.json").code)
    local out = ok("--sandbox=new.db", "--apply", "p")
    assert.matches("+ team            night-desk\n", out, 1, true)
    assert.matches("0 created, 0 changed",
      ok("--sandbox=new.db", "onboard", "spec.json"), 1, true)
  end)

  it("makes FILE once, for a flow that asks before it deletes", function()
    local out = ok("--sandbox=new.db", "--like", "spec.json", "offboard",
      "--yes", KARI)
    assert.matches("- user            " .. KARI, out, 1, true)
    local state = json.decode(temp.read(folder .. "/new.db"))
    assert.equal(3, #state.organizations[1].members)
  end)

  it("goes on after a crash, by the journal", function()
    local outcome = run("--sandbox=new.db", "--like", "spec.json", "--journal",
      "j", "-e", [[
        local org = require "mkio".connect()
        org.teams:ensure("made", {})
        os.execute("kill -KILL " .. require "mkrun.sys".getpid())]])
    assert.equal(137, outcome.code)
    write("more.json", '{"teams": [{"name": "made"}, {"name": "more"}]}')
    local out = ok("--sandbox=new.db", "onboard", "more.json")
    assert.matches("= team            made\n+ team            more\n", out, 1,
      true)
    outcome = run("--sandbox=two.db", "--like", "spec.json", "--journal", "k",
      "--faults", "cut.json", "onboard", "spec.json")
    assert.equal(2, outcome.code) -- there is no such plan
    write("cut.json", '{"rules": [{"method": "PUT", "nth": 2, '
      .. '"faults": [{"status": 400}]}]}')
    outcome = run("--sandbox=two.db", "--like", "spec.json", "--journal", "k",
      "--faults", "cut.json", "onboard", "spec.json")
    assert.equal(1, outcome.code)
    ok("--resume", "k")
    assert.matches("0 created, 0 changed",
      ok("--sandbox=two.db", "onboard", "spec.json"), 1, true)
    ok("--sandbox=two.db", "undo", "--yes", "k")
  end)

  it("refuses a FILE that exists", function()
    write("old.db", "{}")
    for _, options in ipairs { {}, { "--dry-run" } } do
      local words = { table.unpack(options) }
      table.move({ "--sandbox=old.db", "--like", "spec.json", "export" }, 1, 4,
        #words + 1, words)
      refused("sandbox: --like: old.db exists: leave --like out to go on with "
        .. "it, or remove it to start anew", table.unpack(words))
    end
    assert.equal("{}", temp.read(folder .. "/old.db"))
  end)

  it("refuses a SOURCE that is of no use", function()
    local function source(text)
      write("source", text)
      return "--sandbox=new.db", "--like", "source", "export"
    end
    local at = "sandbox: --like: source: "
    refused("--like: no.json: No such file", "--sandbox=new.db", "--like",
      "no.json", "export")
    refused("--like: ", "--sandbox=new.db", "--like", ".", "export")
    refused(at, source "")
    refused(at, source "{")
    refused(at .. "at the top: SPEC, output of export or recording expected",
      source "[]")
    refused(at .. "at '/teams/0/name': string expected, got integer",
      source '{"teams": [{"name": 7}]}')
    refused(at .. "it has no answer of the API",
      source '{"log": {"entries": []}}')
    refused("source: is no HAR file", source '{"log": {}}')
    refused("source: entry 1 is not as HAR has it",
      source '{"log": {"entries": [7]}}')
  end)

  it("refuses a SOURCE that others may write", function()
    write("open.json", temp.read(flow.example))
    shell.execute(("chmod 666 %s/open.json"):format(folder))
    refused("open.json", "--sandbox=new.db", "--like", "open.json", "export")
  end)

  it("goes with --sandbox only", function()
    refused("option '--like' works with --sandbox only", "--like", "spec.json",
      "export")
  end)

  it("gives a confined script nothing", function()
    write("look.lua", [[
      -- @needs  api:read
      require "mkio".connect():get()
      print(pcall(io.open, "spec.json"))
      print(pcall(io.open, "spec.json", "w"))]])
    local out = ok("--sandbox=new.db", "--like", "spec.json", "--confine",
      "look.lua")
    assert.matches("^false\tread 'spec.json': not allowed", out)
    assert.matches("\nfalse\t", out)
    assert.equal(temp.read(flow.example), temp.read(folder .. "/spec.json"))
  end)

  it("takes faults, and is recorded", function()
    write("bad.json", '{"rules": [{"every": 3, "faults": [{"cut": "after"}]}]}')
    ok("--sandbox=new.db", "--like", "spec.json", "--faults", "bad.json",
      "--record", "run.har", "--jobs", "1", "onboard", "spec.json")
    assert.matches("0 differences", ok("sandbox-check", "run.har"), 1, true)
  end)

  it("prints the names of strangers harmlessly", function()
    local name = "a\27[2J\u{202e}|`@all</script>"
    write("odd.json", json.encode { exported = true,
      organization = { name = name }, teams = { { name = name,
        description = name, members = { { email = "`|@x.example" } } } },
      projects = { { name = name, displayName = name, locationName = name } },
      paymentMethod = { displayName = name } })
    for _, words in ipairs { { "access-report" }, { "team", name },
      { "token", "--everybody" }, { "doctor" } } do
      local out = ok("--sandbox", "--like", "odd.json", table.unpack(words))
      assert.is_nil(out:find("\27", 1, true), words[1])
      assert.is_nil(out:find("\u{202e}", 1, true), words[1])
    end
    ok("--sandbox", "--like", "odd.json", "export")
  end)
end)

describe("sandbox-check", function()
  before_each(function() folder = temp.folder() end)

  it("prints the names of strangers harmlessly", function()
    local name = "a\27[2J\u{202e}|`@all</script>"
    write("odd.har", json.encode { log = { entries = json.array { {
      request = { method = "GET", headers = json.array {},
        url = "https://app.mk.io/api/v1/" .. name }, response = {
        status = 200, content = { text = json.encode { [name] = 1 } } } }, {
      request = { method = "GET", headers = json.array {},
        url = "https://app.mk.io/api/v1/organization" }, response = {
        status = 200, content = { text = json.encode { kind = name,
          [name] = 1 } } } } } } })
    for _, format in ipairs { "text", "csv", "markdown" } do
      local outcome = run("sandbox-check", "--output", format, "odd.har")
      assert.equal(3, outcome.code, outcome.err)
      if format ~= "csv" then
        assert.is_nil(outcome.out:find("\27", 1, true), format)
        assert.is_nil(outcome.out:find("\u{202e}", 1, true), format)
      end
      if format == "markdown" then
        assert.is_nil(outcome.out:find("</script>", 1, true))
        assert.is_nil(outcome.out:find(" @all", 1, true))
      end
    end
  end)

  it("says how much of a recording that was cut off is whole", function()
    ok("--sandbox", "--record", "run.har", "export")
    local text = temp.read(folder .. "/run.har")
    write("cut.har", text:sub(1, #text * 2 // 3))
    local outcome = run("sandbox-check", "cut.har")
    assert.equal(0, outcome.code, outcome.out)
    assert.matches("^mkrun: cut.har: its end was cut off; %d entries are whole",
      outcome.err)
  end)

  it("says of one entry that it is whole", function()
    ok("--sandbox", "--record", "run.har", "export")
    local text = temp.read(folder .. "/run.har")
    local first = text:find('"request"', 1, true)
    write("cut.har", text:sub(1, text:find('"request"', first + 1, true)))
    for _, words in ipairs { { "sandbox-check", "cut.har" },
      { "--replay", "cut.har", "-e", "require 'mkio'.connect {}:get()" } } do
      assert.matches("cut.har: its end was cut off; 1 entry is whole\n",
        run(table.unpack(words)).err, 1, true)
    end
  end)

  it("counts what is not exercised, and names it when asked", function()
    ok("--sandbox", "--record", "run.har", "export")
    local short = ok("sandbox-check", "run.har")
    assert.matches("\nNot exercised: %d+ operations %(%-%-untried names them%)"
      .. "%.\n$", short)
    assert.is_nil(short:find("teams.put", 1, true))
    local long = ok("sandbox-check", "--untried", "run.har"):gsub("%s+", " ")
    assert.matches("Not exercised: %d+ operations: ", long)
    assert.matches(" teams.put,", long, 1, true)
    assert.matches("(--untried names them)", ok("sandbox-check", "--output",
      "markdown", "run.har"), 1, true)
  end)

  it("refuses what is no recording", function()
    for text, message in pairs { ["{}"] = "is no HAR file", [""] = "bad.har",
      ["[1]"] = "is no HAR file" } do
      write("bad.har", text)
      refused(message, "sandbox-check", "bad.har")
    end
    refused("no.har: No such file", "sandbox-check", "no.har")
  end)
end)
