--- `--dry-run` and `--plan-out`, on the sandbox and over a socket.

local benches = require "tests.support.bench"
local chroot = require "tests.support.chroot"
local json = require "mkrun.json"
local process = require "tests.support.process"
local release = require "tests.support.release"
local served = require "tests.support.served"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local EXAMPLE = shell.output "pwd" .. "/scripts/examples/onboard.json"
local TOKEN = "canary-0b3f6c1a"

local bench, heads = benches.new, benches.heads

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
    assert.is_true(plan.complete)
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

  it("says the same as lines of JSON and as Markdown", function()
    local b = bench()
    local outcome = b.run("--dry-run", "--output", "jsonl", "onboard", EXAMPLE)
    assert.equal(3, outcome.code, outcome.err)
    local counts, last = {}, nil
    for line in outcome.out:gmatch "([^\n]*)\n" do
      last = assert(json.decode(line))
      counts[last.type] = (counts[last.type] or 0) + 1
    end
    assert.same({ 8, 1, 1 }, { counts.change, counts.file, counts.summary })
    assert.same({ type = "summary", create = 6, change = 2, delete = 0,
      unknown = 0, complete = true }, last)
    assert.not_matches("change-me", outcome.out, 1, true)

    outcome = b.run("--plan-out", "p", "--output=markdown", "onboard", EXAMPLE)
    assert.equal(3, outcome.code, outcome.err)
    assert.matches("^%*%*Plan: 6 to create, 2 to change, 0 to delete%.%*%*\n"
      .. "\n| Action | Kind | Name | Fields |\n", outcome.out)
    for _, text in ipairs {
      "| create | webhook rule | `evening-news/job-done` | ",
      "<details><summary>create team <code>night&#45;desk</code></summary>\n",
      '+ id: "(known after apply)"\n', "+ JWT: (secret)\n",
      "| write | file | `evening-news.token` | (secret) |\n",
    } do
      assert.matches(text, outcome.out, 1, true)
    end
    assert.not_matches("change-me", outcome.out, 1, true)
    assert.equal(0, b.run("--apply", "p").code)
  end)

  it("takes the format of the flow's own option, too", function()
    local b = bench()
    b.write("s.json", '{"teams": [{"name": "a", "description": "a"}]}')
    for _, format in ipairs { "json", "jsonl", "markdown", "csv" } do
      local own = b.run("--dry-run", "onboard", "--output", format, "s.json")
      local plan = b.run("--dry-run", "--output",
        format == "csv" and "text" or format, "onboard", "s.json")
      assert.same({ 3, plan.out }, { own.code, own.out })
    end
    local outcome = b.run("--dry-run", "--output", "text", "onboard",
      "--output", "json", "s.json")
    assert.matches('^  %+ team "a"', outcome.out)
  end)

  it("hides a secret whose characters Markdown or HTML encodes", function()
    local b = bench()
    b.write("x.lua", [[
      local text = "one$two|three`four<&'five"
      local s = require "mkrun.secret".new(text)
      require "mkio".connect().teams:put("a", { description = "d " .. text })
      require "mkio".connect().teams:put(text, {})
      require "mkrun.output".write("markdown", { "a" }, { { a = text } })]])
    for _, format in ipairs { "text", "json", "jsonl", "markdown", "html" } do
      local outcome = b.run("--dry-run", "--output", format, "x.lua")
      local text = (outcome.out .. outcome.err):gsub("&#(%d+);", function(n)
        return utf8.char(tonumber(n))
      end)
      assert.not_matches("two|three", text, 1, true)
      assert.matches("secret: ", text, 1, true)
    end
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

  for how, code in pairs { ["error('no', 0)"] = 1, ["os.exit(7)"] = 7,
    ["require 'mkrun.script'.refuse 'no'"] = 2,
    ["require 'mkrun.task'.spawn(error, 'no', 0)"] = 1 } do
    it("shows how far the plan came before " .. how, function()
      local b = bench()
      b.write("x.lua", [[local org = require "mkio".connect()
        org.teams:ensure("a", { description = "a" })]] .. "\n" .. how)
      local outcome = b.run("--plan-out", "p", "x.lua")
      assert.equal(code, outcome.code, outcome.err)
      assert.same({ '+ team "a"' }, heads(outcome.out))
      assert.matches("\n\nIncomplete, as the script failed.  Until then: "
        .. "1 to create, 0 to change, 0 to delete.\n$", outcome.out)
      assert.not_matches("Plan:", outcome.out, 1, true)
      assert.equal(code == 7 and "" or "mkrun: no\n", outcome.err)
      assert.is_nil(b.read "p")

      local data = b.run("--dry-run", "--output", "json", "x.lua")
      assert.equal(code, data.code)
      data = assert(json.decode(data.out))
      assert.same({ false, 1 }, { data.complete, #data.changes })
    end)
  end

  it("says why a script failed that leaves no memory for its plan", function()
    local b = bench()
    local outcome = b.run("--max-memory", "3M", "--dry-run", "-e", [[
      require "mkio".connect().teams:ensure("a", { description = "a" })
      all = {}
      while true do all[#all + 1] = ("x"):rep(1000) .. #all end]])
    assert.equal(1, outcome.code)
    assert.matches("mkrun: not enough memory (see --max-memory)\n",
      outcome.err, 1, true)
    assert.not_matches("without a message", outcome.err, 1, true)
  end)

  it("shows what it cannot plan, when the script goes on without", function()
    local b = bench()
    b.write("x.lua", [[
      local http, config = require "mkrun.http", require "mkrun.config"
      http.post("https://ann:pw@hooks.example/x?key=canary")
      http.request { method = "PURGE", url = config.base_url .. "/api/v1/y" }
      http.post(config.base_url .. "/api/v1/organization/reports/usage",
        { token = config.token })
      ]])
    local outcome = b.run("--plan-out", "p", "x.lua")
    assert.equal(1, outcome.code)
    assert.equal([[
  ! POST https://hooks.example/x
      not sent, a dry run sends nothing but reads, by x.lua:2

  ! PURGE https://app.mk.io/api/v1/y
      not sent, the API has no such operation, by x.lua:3

Plan: 0 to create, 0 to change, 0 to delete, 2 unknown.
]], outcome.out)
    assert.equal("mkrun: --plan-out: not kept, as a write cannot be planned: "
      .. "POST https://hooks.example/x\n", outcome.err)
    assert.is_nil(b.read "p")
    outcome = b.run("--dry-run", "--output", "json", "x.lua")
    assert.equal(3, outcome.code)
    local plan = json.decode(outcome.out)
    assert.same({ false, 2, "PURGE" }, { plan.complete, #plan.unknown,
      plan.unknown[2].method })
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

  it("makes no folder, and takes what would be in it", function()
    local b = bench()
    b.write("x.lua", [[
      local sys = require "mkrun.sys"
      assert(sys.make_folder "out" and sys.make_folder "out/a/")
      assert(select(3, sys.make_folder "./out") == "exists")
      assert(select(3, sys.make_folder "no/such") == "missing")
      assert(sys.write("out/a/b", "text") and sys.read "out/a/b" == "text")
      local log <close> = sys.log "out/c"
      assert(log:append "1")
      assert(select(3, sys.write("other/b", "text")) == "missing")]])
    local files = b.files()
    local outcome = b.run("--dry-run", "x.lua")
    assert.equal(3, outcome.code, outcome.err)
    assert.same({ '> file "out/"', '> file "out/a/"', '> file "out/a/b"',
      '> file "out/c"' }, heads(outcome.out))
    assert.equal(files, b.files())
  end)

  it("sees files and folders that it may not read", function()
    if shell.output "id -u" ~= "0" or not chroot.works() then
      pending "needs root"
    end
    local root = chroot.new { ["d/closed"] = "x" }
    shell.execute(("cd %s && chmod a+rX . mkrun && chmod 733 d && chmod 600 "
      .. "d/closed"):format(root.folder))
    local outcome = process.run { "env", "-i", "/usr/sbin/chroot",
      "--userspec=65534:65534", root.folder, "/mkrun", "--dry-run", "-e", [[
      local sys = require "mkrun.sys"
      print(select(3, sys.reserve "/d/closed"))
      print(sys.write("/d/new", "x"))
      print(select(3, sys.write("/e/new", "x")))]] }
    assert.equal("exists\ntrue\nmissing\n", outcome.err)
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
      ["option '--output' needs --dry-run; a flow's own option follows its "
        .. "name: mkrun FLOW --output FORMAT"] =
        { "--output", "text", "x" },
      ["option '--output': 'text', 'json', 'jsonl', 'markdown' or 'html' "
        .. "expected, got 'yaml'"] =
        { "--dry-run", "--output", "yaml", "x" },
      ["--apply cannot be used with --dry-run"] =
        { "--apply", "p", "--dry-run" },
      ["--apply cannot be used with --plan-out"] =
        { "--apply", "p", "--plan-out", "q" },
      ["--apply cannot be used with --resume"] =
        { "--apply", "p", "--resume", "j" },
      ["--apply cannot be used with SCRIPT: it runs the script of the plan"] =
        { "--apply", "p", "x.lua" },
      ["--apply cannot be used with -e: it runs the script of the plan"] =
        { "--apply", "p", "-e", "print(1)" },
      ["--apply cannot be used with -l: it runs the script of the plan"] =
        { "--apply", "p", "-l", "m" },
      ["--apply cannot be used with -i: it runs the script of the plan"] =
        { "--apply", "p", "-i" },
      ["--dry-run cannot be used with --resume"] =
        { "--dry-run", "--resume", "j" },
      ["--plan-out cannot be used with --resume"] =
        { "--resume", "j", "--plan-out", "p" },
      ["--plan-out: a SCRIPT with a name is needed, to be run again"] =
        { "--sandbox", "--plan-out", "p", "-e", "print(1)" },
    } do
      local outcome = release.run(words)
      assert.equal(2, outcome.code)
      assert.matches("mkrun: " .. message, outcome.err, 1, true)
    end
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
