--- How a bundle runs.
--- @seconds 15

local archive = require "mkrun.tool.bundle.archive"
local bundles = require "tests.support.bundles"
local chroot = require "tests.support.chroot"
local process = require "tests.support.process"
local programs = require "mkrun.tool.bundle.program"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

--- A flow that prints its arguments.
local ECHO <const> = 'print(table.concat({ ... }, "|"))'

--- A flow that makes two teams, and ends after the first if it is told so.
local TEAMS <const> = bundles.head("api:write",
  "-- @arg    --stop  end after the first\n"):gsub("read\n$", "write\n") .. [[
local options = require "mkrun.script".arguments(...)
local org = require "mkio".connect {}
for _, name in ipairs { "one", "two" } do
  print(name, select(2, org.teams:ensure(name, { description = "x" })))
  if options.stop then os.exit(1) end
end
]]

local function root_of(bundle)
  local root = chroot.new()
  shell.execute(("cp %s %s/out && rm %s/mkrun"):format(bundle.path, root.folder,
    root.folder))
  return root
end

describe("a bundle", function()
  it("runs in an empty root, as nobody", function()
    if not chroot.works() then pending "needs chroot" end
    local bundle = bundles.make({ ["flow.lua"] = bundles.head
      "api:read, read:list" .. "print(require 'lib.a', io.open 'list':read 'a')"
      .. "require 'mkio'.connect {}.teams:get 'Everyone'",
      ["lib/a.lua"] = "return 'module'", list = "data" },
      { "flow.lua", "list" })
    local outcome = root_of(bundle):run({ "--sandbox" },
      { program = "/out", is_bundle = true, user = "65534:65534" })
    assert.equal("", outcome.err)
    assert.equal("module\tdata\n", outcome.out)
    assert.equal(0, outcome.code)
  end)

  it("is the same under any name", function()
    if release.emulator then pending "the kernel starts the emulator" end
    local bundle = bundles.make({ ["flow.lua"] = "print 'flow'" },
      { "flow.lua" })
    local folder = bundles.folder { ["flow.lua"] = "print 'another'" }
    shell.execute(("cd %s && ln -s %s link && cp %s mkrun"):format(folder,
      bundle.path, release.path))
    for _, line in ipairs { "./link", "PATH=.:$PATH link",
      "bash -c 'exec -a ./mkrun ./link'", "bash -c 'exec -a flow.lua ./link'",
      "bash -c 'exec -a \"\" ./link'", "exec 3<link; /proc/self/fd/3" } do
      assert.equal("flow", shell.output(("cd %s && { %s; }"):format(folder,
        line)))
    end
  end)

  it("gives its options to mkrun, and the rest to the flow", function()
    local bundle = bundles.make({ ["flow.lua"] = ECHO }, { "flow.lua" })
    for words, expected in pairs {
      [""] = "", ["a b"] = "a|b", ["--sandbox a"] = "a",
      ["--timeout 5 --sandbox=x a --sandbox"] = "a|--sandbox",
      ["--timeout=5 --trace --jobs 2 -x"] = "-x", ["-- --trace"] = "--|--trace",
      ["--sandbox -- a"] = "--|a", ["- a"] = "-|a", ["help"] = "help",
      ["version"] = "version", ["-e 1"] = "-e|1", ["-i"] = "-i",
      ["--list"] = "--list", ["--show x"] = "--show|x",
      ["--allow-read=/ a"] = "--allow-read=/|a", ["--confine"] = "--confine",
      ["--undo x"] = "--undo|x", ["-l os"] = "-l|os", ["-v"] = "-v",
      ["--sbom"] = "--sbom", ["-E"] = "-E", ["-W"] = "-W",
    } do
      local list = {}
      for word in words:gmatch "%S+" do list[#list + 1] = word end
      local outcome = bundle:run(list)
      assert.equal("", outcome.err)
      assert.equal(expected .. "\n", outcome.out)
    end
  end)

  it("takes the options that its page names, and no other", function()
    local bundle = bundles.make({ ["flow.lua"] = ECHO }, { "flow.lua" })
    local page = temp.read "src/manual/bundle.md"
    local named, count = page:match "\n%- It takes (.-)variables", 0
    local help = release.run { "--help" }.out
    for name in help:gmatch "\n  [-h, ]-(%-%-[%l-]+)" do
      local is_named = named:find("`" .. name .. "`", 1, true) ~= nil
      local is_word = bundle:run { name }.out == name .. "\n"
      assert.equal(is_named, not is_word, name)
      count = count + 1
    end
    assert.truthy(count > 30)
  end)

  it("of a built-in flow takes options after the arguments, too", function()
    local bundle = bundles.make({ ["s.json"] = '{"teams": [{"name": "x"}]}' },
      { "onboard", "s.json" })
    local outcome = bundle:run { "--sandbox", "s.json", "--dry-run" }
    assert.equal("", outcome.err)
    assert.matches('+ team "x"', outcome.out, 1, true)
    assert.equal(3, outcome.code)
    for words, message in pairs {
      ["s.json --sandbox"] =
        "unknown option '--sandbox'; options of mkrun come first",
      ["s.json --token-file x"] =
        "unknown option '--token-file'; options of mkrun come first",
      ["s.json --allow-read=/"] = "unknown option '--allow-read'",
      ["s.json -e 1"] = "unknown option '-e'",
    } do
      local list = {}
      for word in words:gmatch "%S+" do list[#list + 1] = word end
      outcome = bundle:run(list)
      assert.equal("mkrun: " .. message, outcome.err:match "^[^\n]*")
      assert.equal(2, outcome.code)
    end
  end)

  it("leaves the flow its own options", function()
    local bundle = bundles.make({ ["flow.lua"] = bundles.head("api:read",
      "-- @arg    --output FORMAT  how\n-- @arg    --trace  much\n") .. ECHO },
      { "flow.lua" })
    assert.equal("--output|x\n", bundle:run { "--output", "x" }.out)
    assert.equal("--trace|a\n",
      bundle:run { "--timeout=9", "--trace", "a" }.out)
    local outcome = bundle:run { "--output=x", "--help" }
    assert.matches("^Do it.\n\nusage: out %[WORD...%]\n", outcome.out)
  end)

  it("has the flow's help and hints", function()
    local bundle = bundles.make({ ["flow.lua"] = bundles.head "api:read"
      .. "require 'mkrun.script'.arguments(...)" }, { "flow.lua" })
    for _, words in ipairs { { "--help" }, { "-h" }, { "a", "--help" } } do
      local help = bundle:run(words).out
      assert.matches("^Do it.\n\nusage: out %[WORD...%]\n", help)
      assert.matches("Options of mkrun, such as --token-file FILE", help, 1,
        true)
    end
    for words, message in pairs {
      ["--dryrun"] = "unknown option '--dryrun', did you mean '--dry-run'?",
      ["a --token-file x"] =
        "unknown option '--token-file'; options of mkrun come first",
      ["--confine"] = "unknown option '--confine'",
    } do
      local list = {}
      for word in words:gmatch "%S+" do list[#list + 1] = word end
      local outcome = bundle:run(list)
      assert.equal("mkrun: " .. message .. "\nusage: out [WORD...]\n",
        outcome.err)
      assert.equal(2, outcome.code)
    end
    assert.equal("mkrun: option '--token-file' needs a value\n",
      bundle:run { "--token-file" }.err)
  end)

  it("names its flow by --version", function()
    local bundle = bundles.make({ ["flow.lua"] = ECHO }, { "flow.lua" })
    assert.matches("\nbundle: flow.lua\n", bundle:run { "--version" }.out)
  end)

  it("reads its files before those of the folder", function()
    local code = [[
      for line in io.lines "data/x" do print(line) end
      local f = io.open "./data/x"
      print(f:seek "end", f:seek("set", 2), f:read "n", f:seek("cur", 0))
      print(pcall(f.seek, f, "set", -1))
      print((f:seek("set", 99)), (f:write "x"))
      print(require "mkrun.script".read_json "data/x", loadfile "a.lua" ())
    ]]
    local bundle = bundles.make({ ["flow.lua"] = code, ["data/x"] = "1\n2\n",
      ["a.lua"] = "return 'code'" }, { "flow.lua", "data/x", "a.lua" })
    local outcome = bundle:run({}, { cwd = bundles.folder {
      ["data/x"] = "other", ["a.lua"] = "error 'other'" } })
    assert.matches("^1\n2\n4\t2\t2\t3\ntrue\tnil\t[^\n]*\nnil\tnil\n$",
      outcome.out)
    assert.matches("^mkrun: data/x: ", outcome.err) -- no JSON
  end)

  it("reads JSON, CSV and SPECs that are inside", function()
    local bundle = bundles.make({ ["flow.lua"] = [[
      local script = require "mkrun.script"
      print(script.read_json "x.json".a, require "mkrun.sys".read "x.json")
    ]], ["x.json"] = '{"a": 5}' }, { "flow.lua", "x.json" })
    assert.equal('5\t{"a": 5}\n', bundle:run {}.out)
  end)

  it("reads a SPEC in Lua and what it includes", function()
    local bundle = bundles.make({ ["specs/acme.lua"] = [[
      return { teams = { include "teams/one.json", include "two.lua" } }
    ]], ["specs/teams/one.json"] = '{"name": "editors"}',
      ["specs/two.lua"] = 'return { name = "captions" }' },
      { "onboard", "specs/acme.lua", "specs/teams/one.json", "specs/two.lua" })
    local outcome = bundle:run { "--sandbox", "specs/acme.lua" }
    assert.equal("", outcome.err)
    assert.matches("+ team            editors\n+ team            captions\n",
      outcome.out, 1, true)
    if not chroot.works() then return end
    outcome = root_of(bundle):run({ "--sandbox", "specs/acme.lua" },
      { program = "/out", is_bundle = true, user = "65534:65534" })
    assert.equal("", outcome.err)
    assert.equal(0, outcome.code)
  end)

  it("writes into the folder, never into itself", function()
    local bundle = bundles.make({ ["flow.lua"] = [[
      local f = assert(io.open("x", ...)) f:write "new" f:close()
      print(io.open "x":read "a") ]], x = "old" }, { "flow.lua", "x" })
    local before = temp.read(bundle.path)
    for mode, text in pairs { w = "new", ["r+"] = "newirs",
      a = "theirsnew" } do
      local folder = bundles.folder { x = "theirs" }
      assert.equal("old\n", bundle:run({ mode }, { cwd = folder }).out)
      assert.matches(text, temp.read(folder .. "/x"), 1, true)
    end
    assert.equal(before, temp.read(bundle.path))
  end)

  it("loads no module and no code from outside", function()
    local bundle = bundles.make({ ["flow.lua"] = bundles.head "api:read"
      .. "print(pcall(require, 'evil'))" }, { "flow.lua" })
    local unconfined = bundles.make({ ["flow.lua"] =
      "print(pcall(require, 'evil'))" }, { "flow.lua" })
    local evil = bundles.folder { ["evil.lua"] = "print 'EVIL'" }
    for _, each in ipairs { bundle, unconfined } do
      local outcome = each:run({}, { cwd = evil, env = { LUA_PATH =
        evil .. "/?.lua", LUA_INIT = "print 'EVIL'", MKRUN_LUA = evil } })
      assert.matches("^false\t", outcome.out)
      assert.falsy(outcome.out:find "EVIL")
    end
  end)

  it("is confined to its @needs", function()
    local bundle = bundles.make({ ["flow.lua"] = bundles.head "api:read"
      .. "print(io.open(...))", x = "inside" }, { "flow.lua", "x" })
    local outcome = bundle:run { "/etc/passwd" }
    assert.matches("^mkrun: flow.lua:7: read '/etc/passwd': not allowed",
      outcome.err)
    assert.equal(1, outcome.code)
    assert.equal("--allow-read=/\n", bundles.make({ ["flow.lua"] = ECHO },
      { "flow.lua" }):run { "--allow-read=/" }.out)
  end)

  it("names file and line of the flow's mistakes", function()
    local bundle = bundles.make({ ["flow.lua"] = "#!mkrun\n\nrequire 'a'.f()",
      ["a.lua"] = "#!mkrun\nreturn { f = function()\n  error 'here' end }" },
      { "flow.lua" })
    local outcome = bundle:run { "--trace" }
    assert.matches("^mkrun: a.lua:3: here\n", outcome.err)
    assert.matches("flow.lua:3: in main chunk", outcome.err, 1, true)
    assert.equal(1, outcome.code)
  end)

  it("takes the token from where mkrun does", function()
    local bundle = bundles.make({ ["flow.lua"] =
      "print(require 'mkrun.config'.token)" }, { "flow.lua" })
    local file = temp.file "secret\n"
    shell.execute("chmod 600 " .. file)
    local token = "(secret: API token)\n"
    assert.equal(token, bundle:run({}, { env = { MKIO_TOKEN = "x" } }).out)
    assert.equal(token, bundle:run { "--token-file", file }.out)
    assert.equal("nil\n", bundle:run {}.out)
  end)
end)

describe("a bundle's plan and journal", function()
  local bundle, other, folder

  before_each(function()
    bundle = bundles.make({ ["flow.lua"] = TEAMS }, { "flow.lua" })
    other = bundles.make({ ["flow.lua"] = TEAMS .. "\n" }, { "flow.lua" })
    folder = temp.folder()
  end)

  local function run(made, ...)
    return made:run({ "--sandbox=state", ... }, { cwd = folder })
  end

  it("are applied and continued by it", function()
    assert.equal(1, run(bundle, "--journal", "j", "--stop").code)
    local outcome = bundle:run({ "--resume", "j" }, { cwd = folder })
    assert.equal("", outcome.err)
    assert.equal(1, outcome.code) -- as it was told to stop again
    assert.equal("one\tunchanged\n", outcome.out:gsub("\ttable.*\n", "\n"))
    assert.equal(3, run(bundle, "--plan-out", "plan").code)
    outcome = run(bundle, "--apply", "plan")
    assert.equal("", outcome.err)
    assert.matches("two\tcreated", outcome.out)
  end)

  it("are refused by another one, and by mkrun", function()
    run(bundle, "--journal", "j", "--stop")
    run(bundle, "--plan-out", "plan")
    assert.matches("^mkrun: j: the run before had other arguments",
      run(bundle, "--resume", "j", "x").err)
    assert.matches("flow.lua: has changed since the plan was made",
      run(other, "--apply", "plan").err, 1, true)
    local named = bundles.make({ ["else.lua"] = TEAMS }, { "else.lua" })
    temp.write(folder .. "/flow.lua", TEAMS)
    assert.equal("mkrun: flow.lua: this bundle runs else.lua and nothing else"
      .. "\n", named:run({ "--resume", "j" }, { cwd = folder }).err)
    assert.equal("mkrun: --apply: the plan is not of this bundle, which runs "
      .. "else.lua\n", run(named, "--apply", "plan").err)
    os.remove(folder .. "/flow.lua")
    local outcome = release.run({ "--resume", "j" }, { cwd = folder })
    assert.equal("mkrun: flow.lua: No such file or directory\n", outcome.err)
  end)

  it("hold no code that the bundle would run", function()
    run(bundle)
    run(bundle, "--plan-out", "plan")
    local path = folder .. "/plan"
    local text = temp.read(path):gsub('"actions": %[%]',
      '"actions": [{"letter":"e","text":"print [[EVIL]]"}]')
    assert.truthy(text:find "EVIL")
    temp.write(path, text)
    local outcome = run(bundle, "--apply", "plan")
    assert.equal("mkrun: --apply: the plan is not of this bundle, which runs "
      .. "flow.lua\n", outcome.err)
    assert.equal("", outcome.out)
  end)
end)

describe("a damaged bundle", function()
  local whole

  before_each(function()
    whole = temp.read(bundles.make({ ["flow.lua"] = "print 'ran'",
      big = ("0123456789abcdef"):rep(2000) }, { "flow.lua", "big" }).path)
  end)

  --- Runs a program with these bytes.
  local function run(bytes)
    local path = temp.file(bytes)
    shell.execute("chmod +x " .. path)
    local outcome = process.run(bundles.words(path, { "-e", "print 'ran'" }))
    assert.equal("", outcome.out)
    assert.equal(2, outcome.code)
    return outcome.err
  end

  it("is refused wherever it was changed", function()
    local from = whole:find("mkrun bundle 1\n", whole:find "flow.lua" - 200,
      true)
    for _, at in ipairs { from, from + 15, from + 46, from + 47, from + 50,
      from + 70, #whole - 9, #whole } do
      local changed = string.char(whole:byte(at) ~ 4)
      assert.equal("mkrun: this bundle is damaged: its archive was changed, "
        .. "or lost by strip\n",
        run(whole:sub(1, at - 1) .. changed .. whole:sub(at + 1)))
    end
  end)

  it("is refused wherever it was cut", function()
    for _, missing in ipairs { 1, 20, 5000, 20000, 32000, 33000 } do
      assert.matches("^mkrun: this bundle is damaged: [^\n]*\n$",
        run(whole:sub(1, #whole - missing)))
    end
  end)

  it("is refused if its entries are incomplete", function()
    local base = assert(programs.read(whole))
    for _, entries in ipairs { {}, { { kind = "d", name = "x", path = "x",
      bytes = "" } } } do
      local bytes = programs.join(base, archive.pack(entries))
      assert.matches("^mkrun: this bundle is damaged: its archive", run(bytes))
    end
  end)

  it("is refused after strip", function()
    local path = temp.file(whole)
    shell.execute("strip " .. path .. " 2>/dev/null || :")
    local bytes = temp.read(path)
    if bytes == whole then pending "strip is missing, or leaves it alone" end
    assert.matches("^mkrun: this bundle is damaged", run(bytes))
  end)
end)
