--- `--journal` and `--resume` on the command line.

local release = require "tests.support.release"
local shell = require "tests.support.shell"
local suicide = require "tests.support.suicide"
local temp = require "tests.support.temp"

local CANARY <const> = "canary-77e0c1aa"

--- Runs on one sandbox in one folder.
local function place()
  local folder = temp.folder()
  temp.write(folder .. "/guests.csv", "email\na@partner.example\n")
  return function(...)
    return release.run({ "--sandbox=s.json", ... }, { cwd = folder })
  end, folder
end

local function assert_fails(outcome, code, words)
  assert.equal(code, outcome.code, outcome.err)
  assert.matches(words, outcome.err, 1, true)
end

describe("mkrun --resume", function()
  it("runs the recorded script with the recorded arguments", function()
    local run, folder = place()
    temp.write(folder .. "/words.lua", [[
      require "mkrun.http"
      print(arg[0], ...)
    ]])
    local first = run("--journal", "j", "words.lua", "a b", "", "--journal")
    assert.equal("words.lua\ta b\t\t--journal\n", first.out)
    assert.equal(first.out, run("--resume", "j").out)
  end)

  it("gives a recorded flow its header and its name", function()
    local run = place()
    assert.equal(0, run("--journal", "j", "invite", "guests.csv").code)
    local again = run("--resume", "j")
    assert.matches("= invite          a@partner.example", again.out, 1, true)
    assert_fails(run("--resume", "j", "invite"), 2, "usage: mkrun invite")
  end)

  it("takes the script and the arguments of the command line", function()
    local run, folder = place()
    run("--journal", "j", "invite", "guests.csv")
    temp.write(folder .. "/other.csv", "email\nb@partner.example\n")
    local outcome = run("--resume", "j", "invite", "other.csv")
    assert.matches("+ invite          b@partner.example", outcome.out, 1, true)
    assert.matches("mkrun: j: the run before had other arguments: guests.csv\n",
      outcome.err, 1, true)
    assert.matches("= invite          b@partner.example",
      run("--resume", "j").out, 1, true)
    assert_fails(run("--resume", "j", "export"), 2,
      "j: is of a run of invite, not of export")
  end)

  it("tells that standard input is read again", function()
    local folder = temp.folder()
    local function run(...)
      return release.run({ "--sandbox=s.json", ... }, { cwd = folder,
        stdin = "email\na@partner.example\n" })
    end
    assert.equal(0, run("--journal", "j", "invite", "-").code)
    local outcome = run("--resume", "j")
    assert.equal("mkrun: j: the run read standard input, and does so again\n",
      outcome.err)
    assert.equal(0, outcome.code)
  end)

  it("goes on with the script of a plan, not with a flow of its name",
    function()
      local run, folder = place()
      assert.equal(0, run("doctor").code)
      temp.write(folder .. "/team.lua", [[
        local mine = require "mine"
        require "mkio".connect().teams:ensure(mine, { description = "x" })
        print(mine)
      ]])
      temp.write(folder .. "/mine.lua", "return 'my team'")
      assert.equal(3, run("--plan-out", "p", "team.lua").code)
      local outcome = run("--apply", "p", "--journal", "j")
      assert.equal(0, outcome.code, outcome.err)
      outcome = run("--resume", "j")
      assert.equal("my team\n", outcome.out, outcome.err)
    end)

  it("wants words again that had a secret in them", function()
    local folder = temp.folder()
    temp.write(folder .. "/w.lua", "require 'mkrun.http'")
    local function run(...)
      return release.run({ "--sandbox", ... },
        { cwd = folder, env = { MKIO_TOKEN = CANARY } })
    end
    assert.equal(0, run("--journal", "j", "w.lua", "a" .. CANARY).code)
    assert_fails(run("--resume", "j"), 2,
      "--resume: j: its arguments had a secret: give SCRIPT and its")
    assert.equal(0, run("--resume", "j", "w.lua", CANARY).code)
    assert.equal(0,
      run("--journal", "k", "w.lua", "H: eyJhbGciOi.eyJzdWIi.c2ln").code)
    assert_fails(run("--resume", "k"), 2, "its arguments had a secret")
    assert.not_matches("eyJ", temp.read(folder .. "/k"), 1, true)
  end)

  it("does not send blindly what has no answer", function()
    local run, folder = place()
    temp.write(folder .. "/raw.lua", "require 'mkrun.http'")
    run("--journal", "j", "raw.lua")
    local file <close> = io.open(folder .. "/j", "a")
    file:write('{"write":1,"method":"POST","path":"/api/v1/user/tokens",'
      .. '"body":{},"safe":false}\n{"wri')
    file:close()
    temp.write(folder .. "/raw.lua", [[
      local http = require "mkrun.http"
      print(http.post("https://app.mk.io/api/v1/user/tokens", { json = {} }))
    ]])
    local outcome = run("--resume", "j", "raw.lua")
    assert.matches("nil\tPOST /api/v1/user/tokens: an earlier run sent this "
      .. "and saw no answer", outcome.out, 1, true)
  end)

  it("does not take a token of before for one that got lost", function()
    local run, folder = place()
    local words = { "token", "create", "new", "--allow", "core.project.get",
      "--again", "--exec", "cat >vault" }
    run(table.unpack(words))
    local path = folder .. "/s.json"
    temp.write(path, (temp.read(path):gsub('("issued": ")%d+', "%12020")))
    run("--journal", "j", "-e", suicide.die .. [[
      local journal = require "mkrun.journal".Journal
      local real = journal.intent
      function journal.intent(...)
        real(...)
        die()
      end
    ]], table.unpack(words))
    local resumed = run("--resume", "j", "-e", "")
    assert.equal(0, resumed.code, resumed.err)
    local _, live = temp.read(path):gsub('"revoked": null', "")
    local _, revoked = temp.read(path):gsub('"revoked": "', "")
    assert.same({ 2, 0 }, { live, revoked })
    assert.matches("has this description too, and is valid", resumed.err, 1,
      true)
  end)

  it("has mkrun's own options again, unless they are others now", function()
    local folder = temp.folder()
    temp.write(folder .. "/w.lua", [[
      local config, list = require "mkrun.config", {}
      require "mkrun.http"
      for _, name in ipairs { "sandbox", "timeout", "max_rate", "audit",
        "project", "base_url" } do
        list[#list + 1] = tostring(config[name])
      end
      print(table.concat(list, " "), (config.token or "none"))
    ]])
    temp.write(folder .. "/t", "some-token\n")
    local function run(env, ...)
      return release.run({ ... }, { cwd = folder, env = env })
    end
    local first = run({ MKIO_PROJECT = "p", MKIO_BASE_URL = "https://a.test" },
      "--sandbox=s", "--timeout", "7", "--max-rate=60", "--audit", "a",
      "--token-file", "t", "--max-memory=64M", "--trace", "--journal", "j",
      "w.lua")
    assert.matches("^s 7.0 60 a p https://a.test\t.*token", first.out)
    assert.equal(first.out, run({}, "--resume", "j").out)
    assert.equal(first.out, run({}, "--resume", "j", "w.lua").out)
    assert.matches("^s 9.0 60 a q https://a.test\t.*token",
      run({ MKIO_PROJECT = "q" }, "--timeout=9", "--resume", "j").out)
    assert_fails(run({ MKIO_BASE_URL = "https://b.test" }, "--resume", "j"), 2,
      "is of a run with --base-url https://a.test")
    assert_fails(run({}, "--sandbox", "--resume", "j"), 2,
      "is of a run with --sandbox=s")
    assert.equal(0, run({}, "--undo", "j").code)
  end)

  it("checks its options together with those that are given", function()
    local folder = temp.folder()
    temp.write(folder .. "/x.lua",
      'require "mkrun.http" print(arg[-1], ...)')
    local function run(...)
      return release.run({ ... }, { cwd = folder })
    end
    run("--sandbox=s", "--journal", "j", "--audit", "a", "-l",
      "text=mkrun.printable", "x.lua", "y")
    local outcome = run("--resume", "j", "--record", "a")
    assert.equal(2, outcome.code)
    assert.matches("--audit and --record: two files expected, got 'a' twice",
      outcome.err, 1, true)
    assert.same({ code = 0, out = "--resume=j\ty\n", err = "" },
      run("--resume=j", "x.lua", "y"))
    assert.equal("table\n--resume=j\ty\n",
      run("-e", "print(type(text))", "--resume=j", "x.lua", "y").out)
  end)

  it("tells of a script and of a file that are not as they were", function()
    local run, folder = place()
    local SAID <const> = ": has changed since the run began\n"
    temp.write(folder .. "/f.lua", [[
      local list = require "mkrun.script".read_json "list.json"
      local invites = require "mkio".connect().invites
      for _, email in ipairs(list) do
        invites:ensure(email, { comment = "" })
      end
    ]])
    temp.write(folder .. "/list.json", '["a@x.test"]')
    assert.equal(0, run("--journal", "j", "f.lua").code)
    temp.write(folder .. "/list.json", '["b@x.test"]')
    local outcome = run("--resume", "j")
    assert.equal(0, outcome.code)
    assert.matches("mkrun: list.json" .. SAID, outcome.err, 1, true)
    assert.not_matches("f.lua", outcome.err, 1, true)
    temp.write(folder .. "/f.lua", temp.read(folder .. "/f.lua") .. "\n")
    temp.write(folder .. "/list.json", '["c@x.test"]')
    outcome = run("--resume", "j")
    for _, name in ipairs { "list.json", "f.lua" } do
      assert.matches("mkrun: " .. name .. SAID, outcome.err, 1, true)
    end
    local guests = run("--journal", "k", "invite", "guests.csv")
    assert.equal(0, guests.code, guests.err)
    temp.write(folder .. "/guests.csv", "email\nd@partner.example\n")
    assert.matches("mkrun: guests.csv" .. SAID, run("--resume", "k").err, 1,
      true)
  end)

  it("is in the folder of the first run", function()
    local run, folder = place()
    local other = temp.folder()
    run("--journal", "j", "invite", "guests.csv")
    local function elsewhere(...)
      return release.run({ "--resume", folder .. "/j", ... }, { cwd = other })
    end
    assert_fails(elsewhere(), 2, ("/j: its run was started in %s: go there, or "
      .. "give SCRIPT and its arguments again"):format(folder))
    local outcome = elsewhere("invite", folder .. "/guests.csv")
    assert.matches(("/j: its run was started in %s\n"):format(folder),
      outcome.err, 1, true)
    assert.equal(1, outcome.code)
    assert.matches("the journal is of a run in another organization",
      outcome.err, 1, true)
  end)

  it("takes no other options than a run has written", function()
    local run, folder = place()
    for _, words in ipairs { '"x.lua"', "7", '"--timeout","x"', '"--trace"',
      '"invite","--trace","x"',
      '"--timeout","7","--","x.lua"', '"-e","print(1)"', '"--timeout"' } do
      temp.write(folder .. "/j", '{"journal":1,"options":[' .. words
        .. '],"base_url":"https://app.mk.io","words":["invite"]}\n')
      assert.same({ code = 2, out = "",
        err = "mkrun: j: the options in it were not written by a run\n" },
        run("--resume", "j"))
    end
  end)

  it("takes nothing from a file that others can write", function()
    local run, folder = place()
    run("--journal", "j", "invite", "guests.csv")
    for _, command in ipairs { "chmod g+w", "chmod o+w",
      shell.output "id -u" == "0" and "chown 65534" or nil } do
      shell.execute(("cp %s/j %s/k && chmod 600 %s/k && %s %s/k")
        :format(folder, folder, folder, command, folder))
      for _, option in ipairs { "--resume", "--undo" } do
        assert_fails(run(option, "k"), 2, "k: others own it or can write it")
      end
    end
  end)

  it("does not go on without the code of -e, which it does not keep",
    function()
      local run, folder = place()
      temp.write(folder .. "/x.lua", [[require 'mkrun.http' print(GIVEN)]])
      local code = "GIVEN = 'canary-' .. 1"
      assert.equal("canary-1\n",
        run("--journal", "j", "-e", code, "x.lua").out)
      assert.is_nil(temp.read(folder .. "/j"):find("canary", 1, true))
      local before = temp.read(folder .. "/j")
      assert_fails(run("--resume", "j"), 2, "--resume: j: its run had code of "
        .. "-e, which is not kept: give it again, or -e '' to go on without")
      assert.equal(before, temp.read(folder .. "/j"))
      for other, said in pairs { [code] = "",
        [""] = "mkrun: j: the run before had other code of -e\n" } do
        local outcome = run("--resume", "j", "-e", other)
        assert.equal(0, outcome.code)
        assert.equal(other == code and "canary-1\n" or "nil\n", outcome.out)
        assert.equal(said, outcome.err)
      end
      run("--journal", "k", "x.lua")
      assert.equal("mkrun: k: the run before had no code of -e\n",
        run("--resume", "k", "-e", code).err)
    end)

  it("runs statements that are given again", function()
    local run = place()
    local code = "print(require 'mkio'.connect():get().spec.name)"
    assert.equal(0, run("--journal", "j", "-e", code).code)
    local outcome = run("--resume", "j", "-e", code)
    assert.equal(0, outcome.code, outcome.err)
    assert.equal("Northlight Broadcasting\n", outcome.out)
  end)

  it("refuses a file that is no journal, missing, or of other places",
    function()
      local run, folder = place()
      temp.write(folder .. "/x", "{}\n")
      assert_fails(run("--resume", "x"), 2, "x: not a journal of mkrun")
      assert_fails(run("--resume", "nix"), 2,
        "mkrun: --resume: nix: No such file or directory")
      run("--journal", "j", "invite", "guests.csv")
      assert_fails(run("--base-url", "https://x.test", "--resume", "j"), 2,
        "is of a run with --base-url https://app.mk.io")
    end)

  it("says when the script is gone", function()
    local run, folder = place()
    temp.write(folder .. "/w.lua", "require 'mkrun.http'")
    run("--journal", "j", "w.lua")
    os.remove(folder .. "/w.lua")
    assert_fails(run("--resume", "j"), 2, "w.lua: No such file or directory")
  end)

  it("does not know a script from standard input", function()
    local folder = temp.folder()
    release.run({ "--sandbox", "--journal", "j" },
      { cwd = folder, stdin = "require 'mkrun.http'" })
    assert_fails(release.run({ "--sandbox", "--resume", "j" },
      { cwd = folder }), 2, "its script came from standard input or -e")
  end)
end)

describe("mkrun --journal", function()
  it("goes with a new file, and not with --resume", function()
    local run = place()
    run("--journal", "j", "invite", "guests.csv")
    assert_fails(run("--journal", "j", "invite", "guests.csv"), 2,
      "--journal: j: holds a journal; --resume goes on with it")
    assert_fails(run("--journal", "k", "--resume", "j"), 2,
      "--resume cannot be used with --journal: it continues the journal that "
      .. "it reads")
    for _, option in ipairs { "--journal", "--resume", "--undo", "--audit" } do
      assert_fails(release.run { "--replay", "h", option, "j" }, 2,
        "--replay cannot be used with " .. option)
    end
    for _, option in ipairs { "--resume", "--apply" } do
      assert_fails(release.run { "--undo", "j", option, "k" }, 2,
        "--undo cannot be used with " .. option)
    end
    assert_fails(run("--journal", "no/such/folder", "invite", "guests.csv"),
      2, "--journal: no/such/folder: No such file or directory")
  end)

  it("is taken again after a run that began no write", function()
    local run = place()
    assert.equal(0, run("--journal", "j", "-e",
      "require 'mkio'.connect():get()").code)
    assert.equal(0, run("--journal", "j", "invite", "guests.csv").code)
    assert_fails(run("--journal", "j", "invite", "guests.csv"), 2,
      "holds a journal")
    assert.equal(0, run("undo", "--yes", "j").code)
  end)

  it("holds no secret of a webhook rule, nor a token", function()
    local run, folder = place()
    temp.write(folder .. "/spec.json", ([[{
      "paymentMethod": { "displayName": "2026 contract", "acceptTerms": true },
      "projects": [{ "name": "news", "displayName": "News",
        "locationName": "westeurope", "webhooks": [{ "name": "rule",
          "url": "https://hooks.test/x?sig=CANARY", "enabled": true,
          "events": ["MediaKind.JobFinished"],
          "authentication": { "headers": { "X-Key": "CANARY" } } }] }],
      "tokens": [{ "description": "t", "file": "t.token",
        "permissions": { "core.project": { "news":
          { "core.project": ["get"] } } } }]
    }]]):gsub("CANARY", CANARY))
    local outcome = run("--journal", "j", "onboard", "spec.json")
    assert.equal(0, outcome.code, outcome.err)
    local text = temp.read(folder .. "/j")
    assert.matches('"authentication":"(secret)"', text, 1, true)
    assert.not_matches(CANARY, text, 1, true)
    assert.not_matches("eyJ", text, 1, true)
  end)
end)
