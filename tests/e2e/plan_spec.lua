--- `--dry-run`, `--plan-out` and `--apply`, on the sandbox and over a socket.

local json = require "mkrun.json"
local process = require "tests.support.process"
local release = require "tests.support.release"
local served = require "tests.support.served"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"
local terminal = require "tests.scripts.terminal"

local EXAMPLE = shell.output "pwd" .. "/scripts/examples/onboard.json"
local TOKEN = "canary-0b3f6c1a"

--- A folder with a sandbox in it; `run` starts mkrun there.
local function bench()
  local folder = temp.folder()
  local self = { folder = folder }
  function self.run(...)
    return release.run({ "--sandbox=state.json", ... }, { cwd = folder })
  end
  function self.read(name) return temp.read(folder .. "/" .. name) end
  function self.write(name, text) temp.write(folder .. "/" .. name, text) end
  function self.files()
    return process.run({ "sh", "-c", "ls -A | sort | tr '\\n' ' '" },
      { cwd = folder }).out
  end
  self.write("new.lua", [[
    local org = require "mkio".connect()
    org.teams:ensure("crew", { description = "the first" })]])
  assert.equal(0, self.run("new.lua").code)
  return self
end

--- The lines that begin a change: sign, kind and name.
local function heads(text)
  local list = {}
  for line in text:gmatch "[^\n]+" do
    list[#list + 1] = line:match "^  ([-+~>] .*)$"
  end
  return list
end

describe("mkrun --dry-run", function()
  it("shows the plan of onboard, changes nothing, and exits 3", function()
    local b = bench()
    local state, files = b.read "state.json", b.files()
    local outcome = b.run("--dry-run", "onboard", EXAMPLE)
    assert.equal(3, outcome.code, outcome.err)
    assert.same({
      '~ organization "Northlight Broadcasting"',
      '~ payment method "2026 contract"',
      '+ project "evening-news"',
      '+ webhook rule "evening-news/job-done"',
      '+ team "night-desk"', '+ team "auditors"',
      '+ invite "freelance@partner.example"',
      '+ token "evening-news automation"',
      '> file "evening-news.token": (secret)',
    }, heads(outcome.out))
    assert.matches("\nPlan: 6 to create, 2 to change, 0 to delete.\n$",
      outcome.out)
    for _, text in ipairs {
      "id: (known after apply)\n", "JWT: (secret)\n",
      "authentication.headers.X-Key: (secret)\n",
      "permissions.core.project.(known after apply).core.project",
      "PUT /api/v1/projects/evening-news, by scripts/onboard.lua:",
    } do
      assert.matches(text, outcome.out, 1, true)
    end
    assert.not_matches("change-me", outcome.out .. outcome.err, 1, true)
    assert.equal(state, b.read "state.json")
    assert.equal(files, b.files())
  end)

  it("has an empty plan after a real run, and exits 0", function()
    local b = bench()
    assert.equal(0, b.run("onboard", EXAMPLE).code)
    local state = b.read "state.json"
    local outcome = b.run("--dry-run", "onboard", EXAMPLE)
    assert.same({ code = 0, err = "", out = "Nothing to do.\n\n"
      .. "Plan: 0 to create, 0 to change, 0 to delete.\n" }, outcome)
    assert.equal(state, b.read "state.json")
  end)

  it("does not make the state's file either", function()
    local folder = temp.folder()
    local outcome = release.run({ "--sandbox=state.json", "--dry-run",
      "onboard", EXAMPLE }, { cwd = folder })
    assert.equal(3, outcome.code, outcome.err)
    assert.is_nil(temp.read(folder .. "/state.json"))
  end)

  it("shows the JSON Patch in the API's dialect", function()
    local b = bench()
    b.write("x.lua", [[
      local org = require "mkio".connect()
      org.teams:ensure("Everyone", { scopes = {
        allProjectsScope = { roles = { "user" } } } })]])
    local outcome = b.run("--dry-run", "x.lua")
    assert.equal(3, outcome.code, outcome.err)
    assert.matches('spec.scopes.allProjectsScope.roles: ["reader"] -> ["user"]',
      outcome.out, 1, true)
    assert.matches('patch {"op":"remove",'
      .. '"path":"/spec/scopes/allProjectsScope/roles/reader"}',
      outcome.out, 1, true)
    assert.matches("PATCH /api/v1/organization/teams/Everyone, by x.lua:2\n",
      outcome.out, 1, true)
  end)

  it("says the same as data", function()
    local b = bench()
    local outcome = b.run("--dry-run", "--output", "json", "onboard", EXAMPLE)
    local plan = assert(json.decode(outcome.out))
    assert.same({ create = 6, change = 2, delete = 0 }, plan.summary)
    assert.equal(8, #plan.changes)
    local project = plan.changes[3]
    assert.same({ "create", "project", "evening-news", "PUT",
      "/api/v1/projects/evening-news" }, { project.action, project.kind,
      project.name, project.method, project.path })
    assert.equal("(known after apply)",
      project.fields[#project.fields].after)
    assert.same({ { path = "evening-news.token", secret = true } }, plan.files)
    assert.not_matches("change-me", outcome.out, 1, true)
  end)

  it("names the line where a script waits for a library's tasks", function()
    local b = bench()
    b.write("lib.lua", [[return function(org) require "mkrun.task".map(
      { "a", "b" }, function(n) org.teams:put(n, { description = n }) end)
    end]])
    b.write("x.lua", 'local org = require "mkio".connect()\n'
      .. 'require "lib" (org)\n')
    local outcome = b.run("--dry-run", "x.lua")
    assert.equal(3, outcome.code, outcome.err)
    assert.matches("teams/a, by x.lua:2\n", outcome.out, 1, true)
    assert.matches("teams/b, by x.lua:2\n", outcome.out, 1, true)
  end)

  it("shows no plan to one who asks for help", function()
    assert.same({ 0, "" }, { (function(outcome)
      return outcome.code, outcome.out
    end)(release.run { "--dry-run", "onboard", "--help" }) })
  end)

  it("keeps stdout for the plan", function()
    local b = bench()
    b.write("x.lua", "print('printed') io.write('written\\n') "
      .. "io.stdout:write('too\\n') os.exit(true)")
    local outcome = b.run("--dry-run", "x.lua")
    assert.equal("printed\nwritten\ntoo\n", outcome.err)
    assert.matches("^Nothing to do%.\n", outcome.out)
  end)

  it("ends as the script does when that fails", function()
    local b = bench()
    b.write("x.lua", "error('no', 0)")
    assert.same({ code = 1, out = "", err = "mkrun: no\n" },
      b.run("--dry-run", "x.lua"))
    b.write("x.lua", "os.exit(7)")
    assert.equal(7, b.run("--dry-run", "x.lua").code)
  end)

  it("says what the API would refuse", function()
    local b = bench()
    b.write("x.lua", [[require "mkio".connect().invites:create("x@y.example",
      { comment = "hi", teams = { "nobody" } })]])
    local outcome = b.run("--dry-run", "x.lua")
    assert.equal(1, outcome.code)
    assert.matches("400", outcome.err, 1, true)
    assert.matches("no team 'nobody'", outcome.err, 1, true)
  end)

  it("neither writes a token file nor runs a command", function()
    local b = bench()
    assert.equal(0, b.run("onboard", EXAMPLE).code)
    local before = b.read "evening-news.token"
    local file = b.run("--dry-run", "rotate-tokens", "--file",
      "evening-news.token", "evening-news automation")
    assert.equal(3, file.code, file.err)
    assert.same({ '+ token "evening-news automation"',
      '- token "evening-news automation"',
      '> file "evening-news.token": (secret)' }, heads(file.out))
    assert.equal(before, b.read "evening-news.token")

    local command = b.run("--dry-run", "rotate-tokens", "--exec",
      "cat > leaked", "evening-news automation")
    assert.equal(3, command.code, command.err)
    assert.matches('> command "cat > leaked": (secret) on its standard input',
      command.out, 1, true)
    assert.is_nil(b.read "leaked")
  end)

  it("keeps what a script writes in memory, to be read again", function()
    local b = bench()
    b.write("x.lua", [[
      local secret, sys = require "mkrun.secret", require "mkrun.sys"
      assert(sys.write("a", "text") and sys.read "./a" == "text")
      assert(secret.new("s3cret"):write "b")
      assert(secret.read("b"):equals "s3cret" and not sys.read "b")
      assert(select(3, sys.reserve "a") == "exists")
      assert(select(3, sys.write("no/such", "x")) == "missing")
      local slot <close> = sys.reserve "c"
      assert(slot:store "kept" and sys.read "c" == "kept")
      local log <close> = sys.log "d"
      assert(log:append "1" and log:append "2" and log:cut(2))
      assert(sys.read "d" == "1\n")
      assert(not pcall(sys.write, 7, "x"))]])
    local files = b.files()
    local outcome = b.run("--dry-run", "x.lua")
    assert.equal(3, outcome.code, outcome.err)
    assert.same({ '> file "a"', '> file "b": (secret)', '> file "c"',
      '> file "d"' }, heads(outcome.out))
    assert.equal(files, b.files())
  end)

  it("does not ask before it shows what would go", function()
    local b = bench()
    assert.equal(0, b.run("onboard", EXAMPLE).code)
    local outcome = b.run("--dry-run", "token", "revoke",
      "evening-news automation")
    assert.equal(3, outcome.code, outcome.err)
    assert.matches("1 to delete", outcome.out, 1, true)
  end)

  it("is a matter of mkrun's own options", function()
    for message, words in pairs {
      ["option '--output' goes with --dry-run"] = { "--output", "json", "x" },
      ["option '--output': 'text' or 'json' expected, got 'yaml'"] =
        { "--dry-run", "--output", "yaml", "x" },
      ["--apply and --dry-run: not both"] = { "--apply", "p", "--dry-run" },
      ["--apply: what is run is in the plan"] = { "--apply", "p", "x.lua" },
      ["--plan-out: a SCRIPT with a name is needed, to be run again"] =
        { "--sandbox", "--plan-out", "p", "-e", "print(1)" },
    } do
      local outcome = release.run(words)
      assert.equal(2, outcome.code)
      assert.matches("mkrun: " .. message, outcome.err, 1, true)
    end
  end)
end)

describe("a script with the tag destructive", function()
  local HEAD <const> = "--- Delete a team.\n--\n-- @usage mkrun x.lua [--yes]\n"
    .. "-- @arg --yes do not ask\n-- @tags write, destructive\n"
  local BODY <const> = [[
    require "mkrun.script".arguments(...)
    print "gone"
    require "mkio".connect().teams:delete "crew"]]

  local function destructive()
    local b = bench()
    b.write("x.lua", HEAD .. BODY)
    return b
  end

  it("shows what it deletes and does nothing without a terminal", function()
    local b = destructive()
    local state = b.read "state.json"
    local outcome = b.run("x.lua")
    assert.equal(2, outcome.code)
    assert.equal("", outcome.out)
    assert.matches('^  %- team "crew"\n', outcome.err)
    assert.matches("\nPlan: 0 to create, 0 to change, 1 to delete.\n"
      .. "mkrun: nothing was done: there is no terminal to ask on, and no "
      .. "--yes\n", outcome.err, 1, true)
    assert.equal(state, b.read "state.json")
  end)

  for answer, code in pairs { ["y\n"] = 0, ["no\n"] = 2, [""] = 2 } do
    it(("asks on a terminal, and takes %q"):format(answer), function()
      if not terminal.works() then pending "needs a pseudo-terminal" end
      local b = destructive()
      local outcome = terminal.run({ "--sandbox=state.json", "x.lua" }, answer,
        { cwd = b.folder })
      assert.equal(code, outcome.code, outcome.out)
      assert.matches("Go on? [y/N] ", outcome.out, 1, true)
      assert.equal(code == 0, not b.read "state.json":find "crew")
    end)
  end

  it("is not asked about with --yes, or when it deletes nothing", function()
    local b = destructive()
    local outcome = b.run("x.lua", "--yes")
    assert.same({ 0, "gone\n" }, { outcome.code, outcome.out })
    b.write("x.lua", HEAD .. "print 'nothing'")
    assert.same({ code = 0, out = "nothing\n", err = "" }, b.run("x.lua"))
  end)

  it("fails as it would", function()
    local b = destructive()
    assert.equal(0, b.run("x.lua", "--yes").code)
    local outcome = b.run("x.lua")
    assert.equal(1, outcome.code)
    assert.equal("gone\n", outcome.out)
    assert.matches("404", outcome.err, 1, true)
  end)
end)

describe("mkrun --dry-run over a socket", function()
  local RAW <const> = [[
    local http = require "mkrun.http"
    local config = require "mkrun.config"
    local org = require "mkio".connect()
    org.teams:ensure("night", { description = "a" })
    assert(org.teams:get("night").spec.description == "a")
    local base = config.base_url
    local function raw(method, path, json)
      return http.request { method = method, url = base .. path,
        token = config.token, json = json }
    end
    local team = raw("PUT", "/api/v1/organization/teams/raw",
      { spec = { description = "b" } })
    assert(team.status == 201)
    assert(raw("GET", "/api/v1/organization/teams/raw"):json()
      .metadata.name == "raw")
    assert(raw("DELETE", "/api/v1/organization/teams/raw").status == 204)
    assert(raw("GET", "/api/v1/organization/teams/raw").status == 404)
    assert(raw("HEAD", "/api/ready"))
    assert(select(3, raw("DELETE", "/elsewhere")) == "plan")
    assert(select(3, raw("PURGE", "/api/v1/organization/teams/night"))
      == "plan")
    assert(select(3, http.post(base:gsub("localhost", "127.0.0.1") .. "/x"))
      == "plan")]]

  it("sends nothing but GET and HEAD, whatever a script does", function()
    local api <close> = served.start { token = TOKEN }
    local folder = temp.folder()
    temp.write(folder .. "/raw.lua", RAW)
    local scripts = { { "raw.lua" }, { "onboard", EXAMPLE } }
    for _, words in ipairs(scripts) do
      local outcome = release.run({ "--base-url", api.url, "--dry-run",
        table.unpack(words) }, { cwd = folder, env = { MKIO_TOKEN = TOKEN } })
      assert.equal(3, outcome.code, outcome.err)
      assert.not_matches(TOKEN, outcome.out .. outcome.err, 1, true)
    end
    local requests = api:requests()
    assert(#requests > 20, #requests)
    for _, request in ipairs(requests) do
      assert(request.method == "GET" or request.method == "HEAD",
        request.method)
    end
  end)

  it("shows real writes below the plan in the trace, and no others",
    function()
      local api <close> = served.start { token = TOKEN }
      local outcome = release.run({ "--base-url", api.url, "--trace",
        "--dry-run", "onboard", EXAMPLE },
        { cwd = temp.folder(), env = { MKIO_TOKEN = TOKEN } })
      assert.equal(3, outcome.code, outcome.err)
      assert.matches("GET /api/v1/organization 200", outcome.err, 1, true)
      for _, method in ipairs { "PUT", "POST", "PATCH", "DELETE" } do
        assert.not_matches("\n" .. method .. " ", outcome.err, 1, true)
      end
    end)
end)

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
    assert.same(planned(b.read "p.json"), traced(outcome.err))
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

  it("refuses when the world has moved, before the first write", function()
    local b = bench()
    assert.equal(3, b.run("--plan-out", "p", "onboard", EXAMPLE).code)
    b.write("x.lua", [[require "mkio".connect().teams:ensure("auditors",
      { description = "others were here" })]])
    assert.equal(0, b.run("x.lua").code)
    local state = b.read "state.json"
    local outcome = b.run("--apply", "p")
    assert.equal(1, outcome.code)
    assert.equal("mkrun: --apply: GET /api/v1/organization/teams/auditors: "
      .. "the answer is not what it was when the plan was made; nothing was "
      .. "written\n", outcome.err)
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
    assert.equal(1, outcome.code)
    assert.matches("GET /api/v1/organization/teams/crew: the answer is not",
      outcome.err, 1, true)
  end)

  it("refuses when a file or the script is another one", function()
    local b = bench()
    b.write("spec.json", '{"teams": [{"name": "a", "description": "a"}]}')
    assert.equal(3, b.run("--plan-out", "p", "onboard", "spec.json").code)
    b.write("spec.json", '{"teams": [{"name": "a", "description": "b"}]}')
    local outcome = b.run("--apply", "p")
    assert.equal(2, outcome.code)
    assert.matches("spec.json is not what it was", outcome.err, 1, true)

    b.write("x.lua", [[require "mkio".connect().teams:delete "crew"]])
    assert.equal(3, b.run("--plan-out", "p", "x.lua").code)
    b.write("x.lua", [[require "mkio".connect().teams:delete "crew" --]])
    outcome = b.run("--apply", "p")
    assert.equal(2, outcome.code)
    assert.matches("x.lua: is another one than when the plan was made",
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
    assert.equal(1, outcome.code)
    assert.matches("--apply: PUT /api/v1/organization/teams/b is not in the "
      .. "plan, or not like this; it was not sent", outcome.err, 1, true)
    assert.equal(state, b.read "state.json")
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
    assert.matches("bad: not a plan of version 1", refusal("--apply", "bad"),
      1, true)
    assert.matches("gone: No such file", refusal("--apply", "gone"), 1, true)
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
    local outcome = b.run("--journal", "j", "--audit", "a", "--apply", "p")
    assert.equal(0, outcome.code, outcome.err)
    assert.equal(0, b.run("audit-verify", "a").code)
    local _, lines = b.read "a":gsub("\n", "")
    assert.equal(8, lines)
    outcome = b.run("--resume", "j")
    assert.equal(0, outcome.code, outcome.err)
    assert.matches("Summary: 0 created, 0 changed", outcome.out, 1, true)
  end)

  it("does not keep a plan that hangs on standard input", function()
    local folder = temp.folder()
    local outcome = release.run({ "--sandbox", "--plan-out", "p", "onboard",
      "-" }, { cwd = folder, stdin = "{}" })
    assert.equal(2, outcome.code)
    assert.matches("read standard input", outcome.err, 1, true)
    assert.is_nil(temp.read(folder .. "/p"))
  end)
end)
