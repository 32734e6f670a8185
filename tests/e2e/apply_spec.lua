--- `--plan-out`, then `--apply`.

local benches = require "tests.support.bench"
local json = require "mkrun.json"
local release = require "tests.support.release"
local served = require "tests.support.served"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local EXAMPLE = shell.output "pwd" .. "/scripts/examples/onboard.json"
local TOKEN = "canary-0b3f6c1a"

local bench = benches.new

--- The writes of a trace or of a plan, "PUT /api/...", in their order.
local function traced(text)
  local list = {}
  for line in text:gmatch "[^\n]+" do
    local method, path = line:match "^(%u+) (/%S+) %d+ "
    if method and method ~= "GET" then
      list[#list + 1] = method .. " " .. path
    end
  end
  return list
end

local function planned(text)
  local list = {}
  for _, write in ipairs(assert(json.decode(text)).writes) do
    list[#list + 1] = write.method .. " "
      .. write.url:gsub("^%a+://[^/]+", "")
  end
  return list
end

describe("mkrun --apply", function()
  it("performs exactly the writes of the plan", function()
    local b = bench()
    local state = b.read "state.json"
    local plan = b.run("--plan-out", "p.json", "onboard", EXAMPLE)
    assert.equal(3, plan.code, plan.err)
    assert.equal(state, b.read "state.json")
    assert.not_matches("change-me", b.read "p.json", 1, true)

    local outcome = b.run("--trace", "--apply", "p.json")
    assert.equal(0, outcome.code, outcome.err)
    assert.equal(8, #traced(outcome.err))
    local expected, sent = planned(b.read "p.json"), traced(outcome.err)
    table.sort(expected) -- they are sent side by side
    table.sort(sent)
    assert.same(expected, sent)
    assert.matches("^eyJ", b.read "evening-news.token")
    assert.equal(0, b.run("--dry-run", "onboard", EXAMPLE).code)
    assert.matches('"expires": "' .. b.read "p.json"
      :match '"expireDate": "([^"]+)"', b.read "state.json", 1, true)
  end)

  it("does so over a socket, with ids that only the server gives", function()
    local api <close> = served.start { token = TOKEN }
    local options = { cwd = temp.folder(), env = { MKIO_TOKEN = TOKEN } }
    local function run(...)
      return release.run({ "--base-url", api.url, ... }, options)
    end
    assert.equal(3, run("--plan-out", "p", "onboard", EXAMPLE).code)
    assert.equal(0, api:writes())
    local outcome = run("--apply", "p")
    assert.equal(0, outcome.code, outcome.err)
    assert.equal(8, api:writes())
    assert.equal(0, run("--dry-run", "onboard", EXAMPLE).code)
    assert.not_matches(TOKEN, temp.read(options.cwd .. "/p"), 1, true)
  end)

  it("runs the script as the run did that made the plan", function()
    local b = bench()
    shell.execute("mkdir " .. b.folder .. "/here")
    b.write("here/side.lua", "return 'beside'")
    b.write("here/x.lua", "\xEF\xBB\xBF#!/usr/bin/mkrun\n"
      .. [[warn "heard" io.stderr:write("ran ", tostring(set), " ",
      type(cjson), " ", type(j), " ", require "side", " ", arg[0], " ", #arg,
      " ", (...), " ", arg[2], " ", debug.getinfo(1).short_src, ":",
      debug.getinfo(1).currentline, "\n")]])
    local made = b.run("-W", "-e", "set = 1", "-lcjson", "-l", "j=mkrun.json",
      "--plan-out", "p", "here/x.lua", "one two", "")
    assert.equal(0, made.code, made.err)
    local outcome = b.run("--apply", "p")
    assert.equal(0, outcome.code, outcome.err)
    local told = "ran 1 table table beside here/x.lua 2 one two  here/x.lua:5\n"
    assert.matches("heard\n" .. told, made.err, 1, true)
    assert.matches("heard\n" .. told, outcome.err, 1, true)
  end)

  it("names the line of a script that fails", function()
    local b = bench()
    b.write("x.lua", "local fails = arg[1] == nil\n"
      .. "if not require 'mkrun.config'.dry_run then error 'no' end")
    assert.equal(0, b.run("--plan-out", "p", "x.lua").code)
    local outcome = b.run("--apply", "p")
    assert.equal(1, outcome.code)
    assert.equal("mkrun: x.lua:2: no\n", outcome.err)
  end)

  it("takes no statement without text", function()
    local b = bench()
    b.write("x.lua", "")
    for _, letter in ipairs { "e", "l", "" } do
      assert.equal(0, b.run("--plan-out", "p", "x.lua").code)
      local plan = assert(json.decode(b.read "p"))
      plan.actions[1] = { letter = letter }
      b.write("p", json.encode(plan, { sort = true }))
      local outcome = b.run("--apply", "p")
      assert.equal(1, outcome.code)
      assert.matches("the plan: text expected", outcome.err, 1, true)
    end
  end)

  it("refuses when the world has moved, before the first write", function()
    local b = bench()
    assert.equal(3, b.run("--plan-out", "p", "onboard", EXAMPLE).code)
    b.write("x.lua", [[require "mkio".connect().teams:ensure("auditors",
      { description = "others were here" })]])
    assert.equal(0, b.run("x.lua").code)
    local state = b.read "state.json"
    local outcome = b.run("--apply", "p")
    assert.equal(2, outcome.code) -- 1: it may be that something was written
    assert.equal("mkrun: --apply: team auditors is there by now (the plan is "
      .. "to create it); nothing was written: make a new plan\n", outcome.err)
    assert.equal(state, b.read "state.json")
  end)

  it("refuses when a write's target was not read and has moved", function()
    local b = bench()
    b.write("x.lua", [[require "mkio".connect().teams:patch("crew",
      { { op = "replace", path = "/spec/description", value = "x" } })]])
    assert.equal(3, b.run("--plan-out", "p", "x.lua").code)
    b.write("y.lua", [[require "mkio".connect().teams:ensure("crew",
      { description = "y" })]])
    assert.equal(0, b.run("y.lua").code)
    local outcome = b.run("--apply", "p")
    assert.equal(2, outcome.code)
    assert.matches("team crew: description was 'the first', is 'y' (the plan "
      .. "is to change it)", outcome.err, 1, true)
  end)

  it("refuses when a token has come that would be revoked, too", function()
    local b = bench()
    b.write("x.lua", [[local tokens = require "mkio".connect().me.tokens
      tokens:list()
      tokens:revoke_all()]])
    assert.equal(3, b.run("--plan-out", "p", "x.lua").code)
    b.write("y.lua", [[local org = require "mkio".connect()
      org.me.tokens:create { type = "restricted", description = "young",
        organizationId = org:get().metadata.id, permissions = {},
        expireDate = require "mkrun.sys".iso8601(os.time() + 86400) }]])
    assert.equal(0, b.run("y.lua").code)
    local outcome = b.run("--apply", "p")
    assert.equal(2, outcome.code)
    assert.matches("--apply: token young is there by now (the plan is to "
      .. "delete token all of your own); nothing", outcome.err, 1, true)
  end)

  it("refuses when what was as wanted is not so any more", function()
    local b = bench()
    local function spec(text)
      b.write("spec.json", ([[{"teams": [{"name": "crew", "description": "%s"},
        {"name": "desk", "description": "desk"}]}]]):format(text))
    end
    spec "one"
    assert.equal(0, b.run("onboard", "spec.json").code)
    spec "two"
    assert.equal(3, b.run("--plan-out", "p", "onboard", "spec.json").code)
    b.write("x.lua", [[require "mkio".connect().teams:ensure("desk",
      { description = "others were here" })]])
    assert.equal(0, b.run("x.lua").code)
    local outcome = b.run("--apply", "p")
    assert.equal(2, outcome.code)
    assert.matches("team desk: description was 'desk', is 'others were here' "
      .. "(the plan leaves it as it is); nothing was written", outcome.err, 1,
      true)
  end)

  it("does not ask about what was reviewed, and stops halfway with 1",
    function()
      local b = bench()
      b.write("x.lua", "--- X.\n-- @tags destructive\n"
        .. [[local org = require "mkio".connect()
          org.teams:delete "crew"
          org.teams:ensure("new", { description = "n" })]])
      b.write("faults.json", [[{"rules": [{"method": "PUT",
        "faults": [{"status": 403}]}]}]])
      assert.equal(3, b.run("--plan-out", "p", "x.lua").code)
      local outcome = b.run("--faults", "faults.json", "--apply", "p")
      assert.equal(1, outcome.code)
      assert.matches("PUT /api/v1/organization/teams/new: 403", outcome.err, 1,
        true)
      assert.not_matches("crew", b.read "state.json", 1, true)
      assert.equal(2, b.run("--apply", "p").code)
    end)

  it("refuses when a file or the script is another one", function()
    local b = bench()
    b.write("spec.json", '{"teams": [{"name": "a", "description": "a"}]}')
    assert.equal(3, b.run("--plan-out", "p", "onboard", "spec.json").code)
    b.write("spec.json", '{"teams": [{"name": "a", "description": "b"}]}')
    local outcome = b.run("--apply", "p")
    assert.equal(2, outcome.code)
    assert.matches("spec.json has changed since", outcome.err, 1, true)

    b.write("x.lua", [[require "mkio".connect().teams:delete "crew"]])
    assert.equal(3, b.run("--plan-out", "p", "x.lua").code)
    b.write("x.lua", [[require "mkio".connect().teams:delete "crew" --]])
    outcome = b.run("--apply", "p")
    assert.equal(2, outcome.code)
    assert.matches("x.lua: has changed since the plan was made; nothing was "
      .. "written: make a new plan",
      outcome.err, 1, true)
  end)

  it("sends nothing that is not in the plan", function()
    local b = bench()
    b.write("x.lua", [[require "mkio".connect().teams:ensure(
      os.getenv "NAME", { description = "x" })]])
    local function run(name, ...)
      return release.run({ "--sandbox=state.json", ... },
        { cwd = b.folder, env = { NAME = name } })
    end
    assert.equal(3, run("a", "--plan-out", "p", "x.lua").code)
    local state = b.read "state.json"
    local outcome = run("b", "--apply", "p")
    assert.equal(2, outcome.code) -- nothing was sent
    assert.matches("--apply: PUT /api/v1/organization/teams/b is not in the "
      .. "plan, or not like this; it was not sent; nothing was written: make a "
      .. "new plan", outcome.err, 1, true)
    assert.equal(state, b.read "state.json")
  end)

  it("says what is different in a write, and hides secrets", function()
    local b = bench()
    local function run(first, name, ...)
      return release.run({ "--sandbox=state.json", ... },
        { cwd = b.folder, env = { FIRST = first, NAME = name } })
    end
    assert.equal(0, b.run("onboard", EXAMPLE).code)
    b.write("x.lua", [[local org = require "mkio".connect()
      org.teams:put("a", { description = os.getenv "FIRST" })
      org:project("evening-news").webhooks:put("r", { events = {},
        url = "https://x.test/" .. os.getenv "NAME", enabled = true,
        authentication = { headers = { ["X-Key"] = "canary-canary" } } })]])
    assert.equal(3, run("1", "one", "--plan-out", "p", "x.lua").code)
    local outcome = run("2", "one", "--apply", "p")
    assert.equal(2, outcome.code)
    assert.matches("PUT /api/v1/organization/teams/a is not in the plan like "
      .. "this: description was '1', is '2'; it was not sent; nothing was",
      outcome.err, 1, true)
    outcome = run("1", "two", "--apply", "p")
    assert.equal(1, outcome.code) -- team a was made
    assert.matches("rules/r is not in the plan like this: url was 'https://"
      .. "x.test/one', is 'https://x.test/two'; it was not sent\n",
      outcome.err, 1, true)
  end)

  it("fails when the script leaves something out", function()
    local b = bench()
    b.write("x.lua", [[
      local org = require "mkio".connect()
      org:get()
      if os.getenv "ALL" then org.teams:delete "crew" end]])
    local options = { cwd = b.folder, env = { ALL = "1" } }
    assert.equal(3, release.run({ "--sandbox=state.json", "--plan-out", "p",
      "x.lua" }, options).code)
    local outcome = b.run("--apply", "p")
    assert.equal(1, outcome.code)
    assert.matches("ended without delete team 'crew'", outcome.err, 1, true)
  end)

  it("takes a host in any case of its letters", function()
    local b = bench()
    b.write("x.lua", [[
      local http, config = require "mkrun.http", require "mkrun.config"
      assert(http.delete(config.base_url:upper()
        .. "/api/v1/organization/teams/crew", { token = config.token }))]])
    local function run(...)
      return release.run({ "--sandbox=state.json", ... },
        { cwd = b.folder, env = { MKIO_TOKEN = TOKEN } })
    end
    assert.equal(3, run("--plan-out", "p", "x.lua").code)
    local outcome = run("--apply", "p")
    assert.equal(0, outcome.code, outcome.err)
    assert.not_matches("crew", b.read "state.json", 1, true)
  end)

  it("refuses a plan for another place, and what is no plan", function()
    local b = bench()
    assert.equal(3, b.run("--plan-out", "p", "onboard", EXAMPLE).code)
    local function refusal(...)
      local outcome = release.run({ ... }, { cwd = b.folder })
      assert.equal(2, outcome.code)
      return outcome.err
    end
    assert.matches("the plan was made with --sandbox", refusal("--apply", "p"),
      1, true)
    assert.matches("this run for http://localhost:1", refusal("--sandbox",
      "--base-url", "http://localhost:1", "--apply", "p"), 1, true)
    b.write("bad", "[1]")
    assert.matches("bad: not a plan of version 4", refusal("--apply", "bad"),
      1, true)
    assert.matches("gone: No such file", refusal("--apply", "gone"), 1, true)
    for pattern, why in pairs {
      ['"method": "PUT"'] = "at '/writes/2/method': string expected",
      ['"digest": "[^"]+"'] = "at '/inputs/0/digest': string expected",
      ['"url": "[^"]*/webhook[^"]*"'] = "/url': string expected",
      ['"path": "scripts[^"]+"'] = "at '/script/path': string expected",
    } do
      local text = b.read "p":gsub(pattern, function(member)
        return (member:gsub(": .*", ": 7"))
      end, 1)
      b.write("bad", text)
      assert.matches("bad: no plan of mkrun's, ", refusal("--apply", "bad"), 1,
        true)
      assert.matches(why, refusal("--apply", "bad"), 1, true)
    end
    b.write("bad", (b.read "p":gsub("https://app.mk.io/api/v1/organization/t",
      "https://app.mk.io.evil.example/t")))
    assert.matches("/url': not below 'https://app.mk.io'",
      refusal("--apply", "bad"), 1, true)
    b.write("bad", b.read "p":sub(1, 400))
    assert.matches("bad: bad JSON: ", refusal("--apply", "bad"), 1, true)
  end)

  it("goes together with a journal, an audit and a recording", function()
    local b = bench()
    assert.equal(3, b.run("--plan-out", "p", "--record", "r.har", "onboard",
      EXAMPLE).code)
    local entries = json.decode(b.read "r.har").log.entries
    assert(#entries > 10)
    for _, entry in ipairs(entries) do
      assert.equal("GET", entry.request.method)
    end
    local outcome = b.run("--record", "r.har", "--journal", "j",
      "--audit", "a", "--apply", "p")
    assert.equal(0, outcome.code, outcome.err)
    assert.matches('"PUT"', b.read "r.har", 1, true)
    assert.equal(0, b.run("audit-verify", "a").code)
    local _, lines = b.read "a":gsub("\n", "")
    assert.equal(8, lines)
    outcome = b.run("--resume", "j")
    assert.equal(0, outcome.code, outcome.err)
    assert.matches("Summary: 0 created, 0 changed", outcome.out, 1, true)
  end)

  it("does not keep a plan with a secret among its arguments", function()
    local b = bench()
    b.write("s.lua", [[require "mkio".connect().teams:ensure("t", {})]])
    for _, word in ipairs { "password=hunter2", "eyJhbGciOiJ9.eyJzdWIiOi.c2ln",
      "https://kari:hunter2@x.test/" } do
      local outcome = b.run("--plan-out", "p", "s.lua", word)
      assert.equal(2, outcome.code)
      assert.matches("--plan-out: not kept, as an argument looks like a secret",
        outcome.err, 1, true)
      assert.is_nil(temp.read(b.folder .. "/p"))
    end
    assert.equal(3, b.run("--plan-out", "p", "s.lua", "key").code)
  end)

  it("does not keep a plan of a sandbox that nobody finds again", function()
    local folder = temp.folder()
    for option, why in pairs {
      ["--sandbox"] = "this sandbox ends with the run: give --sandbox=FILE",
      ["--sandbox=s.json"] = "mkrun --sandbox=s.json doctor makes it",
    } do
      local outcome = release.run({ option, "--plan-out", "p", "onboard",
        EXAMPLE }, { cwd = folder })
      assert.equal(2, outcome.code)
      assert.matches(why, outcome.err, 1, true)
      assert.matches("Plan: 6 to create", outcome.out, 1, true)
      assert.is_nil(temp.read(folder .. "/p"))
    end
  end)

  it("does not keep a plan that hangs on standard input", function()
    local folder = temp.folder()
    local outcome = release.run({ "--sandbox", "--plan-out", "p", "onboard",
      "-" }, { cwd = folder, stdin = "{}" })
    assert.equal(2, outcome.code)
    assert.matches("read standard input", outcome.err, 1, true)
    assert.not_matches("Incomplete", outcome.out, 1, true)
    assert.is_nil(temp.read(folder .. "/p"))
  end)
end)
