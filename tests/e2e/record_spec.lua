--- A run against a served sandbox is recorded, and runs again without it.

local json = require "mkrun.json"

local process = require "tests.support.process"
local release = require "tests.support.release"
local served = require "tests.support.served"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local TOKEN <const> = "canary-3b6f01aa"
local EXAMPLE = shell.output "pwd" .. "/scripts/examples/onboard.json"

--- And what is said of files and commands that would get a secret.
local FLOWS = {
  { "onboard", EXAMPLE, kept = "not written, .*: evening%-news.token" },
  { "rotate-tokens", "--file", "evening-news.token", "evening-news automation",
    kept = "not written, .*: evening%-news.token" },
  { "rotate-tokens", "--file", "evening-news.token", "--keep-old", "24h",
    "evening-news automation",
    kept = "not written, .*: evening%-news.token" },
  { "rotate-tokens", "--file", "evening-news.token", "--within", "14",
    "evening-news automation" },
  { "token", "rights" },
  { "token", "create", "made", "--allow", "*", "--file", "made.token",
    kept = "not written, .*: made.token" },
  { "export" }, { "access-report" }, { "token" },
  { "usage", "--month", "2026-01" }, { "team", "night-desk", "--create" },
  { "webhooks", "--events", "evening-news" },
  { "rotate-tokens", "--exec", "cat >it", "--lease",
    "evening-news.token.lease", "evening-news automation",
    kept = "not run, .*: cat >it" },
}

local function run(cwd, ...)
  return release.run({ ... },
    { cwd = cwd, env = { MKIO_TOKEN = TOKEN } })
end

local function recorded(api, folder, name, flow)
  local outcome = run(folder, "--base-url", api.url, "--record", name,
    table.unpack(flow))
  assert.equal(0, outcome.code, outcome.err)
  return outcome, folder .. "/" .. name
end

local function replayed(path, ...)
  return release.run({ "--replay", path, ... }, { cwd = temp.folder() })
end

--- In a folder as that of the recording was.
local function replayed_in(copy, path, flow)
  return release.run({ "--replay", path, table.unpack(flow) }, { cwd = copy })
end

local function copy_of(folder)
  local copy = temp.folder()
  assert(os.execute(("cp %s/* %s/ 2>/dev/null; true"):format(folder, copy)))
  return copy
end

local function listing(folder)
  return shell.output("cd " .. folder .. " && sha256sum * 2>&1; true")
end

local function entries(path)
  return json.decode(assert(temp.read(path))).log.entries
end

describe("--record and --replay", function()
  local api, folder
  setup(function()
    api, folder = served.start { token = TOKEN }, temp.folder()
  end)
  teardown(function() api:stop() end)

  --- The place of a read that goes side by side with others.
  local function organization_entry()
    for i, entry in ipairs(entries(folder .. "/1.har")) do
      local path = entry.request.url:sub(#api.url + 1)
      if path == "/api/v1/organization" then return i end
    end
    error "the organization was not read"
  end

  it("run every kind of flow again, without a server and a token", function()
    for i, flow in ipairs(FLOWS) do
      local before, copy = #api:requests(), copy_of(folder)
      local first, path = recorded(api, folder, i .. ".har", flow)
      local sent, files = #api:requests() - before, listing(copy)
      local again = replayed_in(copy, path, flow)
      local kept = not flow.kept and ""
        or again.err:match("[^\n]*" .. flow.kept .. "\n$")
      assert.is_truthy(kept, again.err)
      assert.equal(first.err .. kept, again.err)
      assert.equal(files, listing(copy))
      assert.equal(first.out, again.out)
      assert.equal(0, again.code)
      assert.equal(sent, #entries(path))
      assert.equal(before + sent, #api:requests())
    end
  end)

  it("keep a file of HAR 1.2", function()
    for i in ipairs(FLOWS) do
      local _, _, code = os.execute(("sh tests/support/har.sh %s build/har")
        :format(shell.quote(("%s/%d.har"):format(folder, i))))
      if code == 2 then pending "npm has no har-schema" return end
      assert.equal(0, code)
    end
  end)

  it("keep nothing secret, privately", function()
    local text = assert(temp.read(folder .. "/1.har"))
    for _, word in ipairs { TOKEN, "change-me", "eyJ" } do
      assert.is_nil(text:find(word, 1, true))
    end
    assert.matches("%-rw%-%-%-%-%-%-%-",
      shell.output("ls -l " .. folder .. "/1.har"))
    local entry = entries(folder .. "/1.har")[organization_entry()]
    assert.is_true(entry.time > 0 and entry.timings.wait > 0)
  end)

  it("keep what failed, and fail again", function()
    local path = folder .. "/down.har"
    local code = [[print(require "mkrun.http".get(
      require "mkrun.config".base_url .. "/x"))]]
    local first = run(folder, "--base-url", "http://localhost:9",
      "--record", path, "-e", code)
    local again = replayed(path, "--base-url", "http://localhost:9", "-e", code)
    assert.matches("/x: .*localhost.* %(5 attempts%)\tconnect\n$", first.out)
    assert.equal(first.out, again.out)
    assert.equal(5, #entries(path))
  end)

  it("are of use after the run was killed", function()
    run(folder, "--base-url", api.url, "--record", "killed.har", "-e", [[
      require "mkio".connect():get()
      os.execute("kill -KILL " .. require "mkrun.sys".getpid())]])
    assert.equal(1, #entries(folder .. "/killed.har"))
  end)

  it("keep what there was room for, and say so", function()
    local outcome = process.run({ "sh", "-c", [[ulimit -f 64; trap "" XFSZ
      exec "$@"]], "sh", release.path, "--base-url", api.url, "--record",
      "full.har", "-e", [[for i = 1, 40 do require "mkio".connect():get() end
      print "done"]] }, { cwd = folder, env = { MKIO_TOKEN = TOKEN } })
    assert.equal("done\n", outcome.out)
    assert.equal("mkrun: the recording ends here: full.har: File too large\n",
      outcome.err)
    assert.equal(0, outcome.code)
    assert.is_true(#entries(folder .. "/full.har") > 1)
  end)

  it("keep bodies and headers of any bytes", function()
    local code = [[local http = require "mkrun.http"
      local url = require "mkrun.config".base_url
      local answer = assert(http.post(url .. "/\xE9?a=\xE9",
        { body = "\0\xFF", headers = { ["X-A"] = "\xE9" } }))
      print(answer.status, answer.body)]]
    local first = run(folder, "--base-url", api.url, "--record", "odd.har",
      "-e", code)
    assert.equal(0, first.code, first.err)
    assert.equal(first.out, replayed(folder .. "/odd.har", "-e", code).out)
    local outcome = replayed(folder .. "/odd.har", "-e",
      (code:gsub("0", "1", 1)))
    assert.matches("body was %(2 bytes%) and is ", outcome.err)
  end)

  it("say where another script departs, and what is left", function()
    local path = folder .. "/1.har"
    local spec = assert(temp.read(EXAMPLE))
    local file = temp.file((spec:gsub("night%-desk", "day-desk")), "o.json")
    local outcome = replayed(path, "onboard", file)
    assert.equal(1, outcome.code)
    assert.matches("teams/day%-desk: departs from .*: it is not in it; next "
      .. "is entry %d+, GET /api/v1/", outcome.err)
    assert.matches("not asked for: %d+ of %d+ entries, first entry %d+, GET",
      outcome.err)

    file = temp.file((spec:gsub("Northlight AS", "Southlight AS")), "o.json")
    outcome = replayed(path, "onboard", file)
    assert.matches("PATCH /api/v1/organization: departs from .*: entry %d+: "
      .. "body at /.*legalEntityName was .* and is \"Southlight AS\"",
      outcome.err)

    outcome = replayed(path, "-e", [[local org = require "mkio".connect()
      org:get() org:get()]])
    assert.matches(("it is in it 1 time and was asked once more; next is "
      .. "entry %d, GET /api/v1/"):format(organization_entry() == 1 and 2 or 1),
      outcome.err)
  end)

  it("end at the first departure, whatever the script makes of it", function()
    local list = temp.file("email\na@x.example\nb@x.example\n", "g.csv")
    local other = temp.file("email\na@x.example\nc@x.example\n", "g.csv")
    local _, path = recorded(api, folder, "invite.har", { "invite", list })
    local why = "POST /api/v1/organization/invites: departs from " .. path
      .. ': entry 5: body at /spec/email was "b@x.example" and is '
      .. '"c@x.example"\n'
    local outcome = replayed(path, "invite", other)
    assert.equal(1, outcome.code)
    assert.matches("mkrun: GET /api/v1/organization/invites: not answered "
      .. "after " .. why, outcome.err, 1, true)
    outcome = replayed(path, "-e", [[
      local teams = require "mkio".connect().teams
      print(pcall(teams.ensure, teams, "none", {}))
      print(pcall(teams.ensure, teams, "night-desk", {}))]])
    assert.matches("^false\tGET .-departs.-\nfalse\tGET .-not answered after",
      outcome.out)
    assert.matches("^mkrun: GET [^\n]*: departs from [^\n]*\n", outcome.err)
    assert.equal(1, outcome.code)
  end)

  it("keep what tasks sent that were cancelled, and fail again", function()
    local path = folder .. "/cancelled.har"
    local code = [[local org = require "mkio".connect()
      require "mkrun.task".map({ 1, 2, 3, 4, 5, 6, 7, 8 }, function(i)
        org.teams:find("a" .. i)
        org.teams:find("b" .. i)
        if i == 5 then error("five fails", 0) end
        org.teams:find("c" .. i)
      end, { limit = 8 })]]
    local first = run(folder, "--base-url", api.url, "--record", path,
      "-e", code)
    assert.equal("mkrun: five fails\n", first.err)
    local cancelled = 0
    for _, entry in ipairs(entries(path)) do
      local is_cancelled = entry.response._error == "cancelled"
      cancelled = cancelled + (is_cancelled and 1 or 0)
    end
    assert.is_true(cancelled > 0)
    local again = replayed(path, "-e", code)
    assert.matches("^mkrun: five fails\n", again.err)
    assert.not_matches("departs", again.err)
    assert.equal(1, again.code)
  end)

  it("end well when only a read is left out, and not without a write",
    function()
      local path = folder .. "/team.har"
      local code = [[local teams = require "mkio".connect().teams
        teams:ensure("first", {})
        %s teams:ensure("second", {})
        teams:find "third"]]
      assert.equal(0, run(folder, "--base-url", api.url, "--record", path,
        "-e", code:format "").code)
      local outcome = replayed(path, "-e", (code:gsub("teams:find.*", ""))
        :format "")
      assert.equal(0, outcome.code)
      assert.matches("not asked for: 1 of 5 entries, first entry 5, GET",
        outcome.err)
      outcome = replayed(path, "-e", code:format "--")
      assert.equal(1, outcome.code)
      assert.matches("not asked for: 2 of 5 entries, first entry 3, GET",
        outcome.err)
      outcome = replayed(path, "-e", code:format "--" .. " os.exit()")
      assert.equal(1, outcome.code)
    end)

  it("say so when nothing is asked for, and keep that as well", function()
    local outcome = replayed(folder .. "/1.har", "-e", "os.exit(true)")
    assert.equal(1, outcome.code) -- there are writes among it
    assert.matches("not asked for: (%d+) of %1 entries, first entry 1, GET",
      outcome.err)
    assert.equal(2, replayed("/no/such.har", "-e", "print(1)").code)
    run(folder, "--record", "none.har", "-e", "print(1)")
    assert.same({}, entries(folder .. "/none.har"))
  end)

  it("write the files that hold no secret", function()
    local outcome = replayed(folder .. "/none.har", "-e", [[
      local sys = require "mkrun.sys"
      assert(sys.write("a", "A"))
      assert(assert(sys.reserve "b"):store "B")
      print(sys.read "a" .. sys.read "b")
      assert(assert(sys.reserve "c")
        :store(require "mkrun.secret".new("C", "c")))
      print(sys.read "c")]])
    assert.equal("AB\nnil\tc: has a secret, which is not shown\tdenied\n",
      outcome.out)
    assert.matches("^mkrun: .*none.har: not written, as a recording has no "
      .. "secrets: c\n$", outcome.err)
  end)

  it("refuse a file that is none", function()
    for text, message in pairs {
      ["{"] = "bad JSON", ["[]"] = "is no HAR file",
      ['{"log":{"entries":[{}]}}'] = "entry 1 is not as HAR has it",
    } do
      local outcome = replayed(temp.file(text, "x.har"), "export")
      assert.equal(2, outcome.code)
      assert.matches("^mkrun: %-%-replay: .*" .. message, outcome.err)
    end
    local outcome = replayed("/no/such.har", "export")
    assert.equal(2, outcome.code)
    assert.matches("^mkrun: %-%-replay: /no/such.har: No such", outcome.err)
    outcome = run(folder, "--record", "/no/such.har", "--sandbox", "export")
    assert.equal(2, outcome.code)
    assert.matches("^mkrun: %-%-record: /no/such.har: No such", outcome.err)
    outcome = run(folder, "--replay", "1.har", "--sandbox", "export")
    assert.equal(2, outcome.code)
  end)
end)
