--- What `mkrun bundle` takes into a bundle, and what it refuses.
--- @seconds 15

local bundles = require "tests.support.bundles"
local chroot = require "tests.support.chroot"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local sys = require "mkrun.sys"
local temp = require "tests.support.temp"

local JWT <const> = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"

--- The architecture of the release binary.
local OWN <const> = assert(sys.read(release.file)):byte(19) == 62 and "amd64"
  or "arm64"

--- Returns the files in a bundle, as `mkrun bundle --show` prints them.
local function shown(bundle)
  local outcome = release.run { "bundle", "--show", bundle.path }
  assert.equal("", outcome.err)
  local list = {}
  for kind, path in outcome.out:gmatch "(%l+) +(%S+) +%S+  [%x ]+[^\n]*\n" do
    if kind ~= "needs" then list[#list + 1] = kind .. " " .. path end
  end
  return list
end

local function refused(files, words, message, code)
  local outcome = bundles.try(files, words).outcome
  assert.equal("", outcome.out)
  assert.equal("mkrun: " .. message .. "\n", outcome.err)
  assert.equal(code or 2, outcome.code)
end

describe("mkrun bundle", function()
  it("takes the flow, what it requires, and what is named", function()
    local bundle = bundles.make({
      ["flow.lua"] = "require 'a' require 'mkrun.csv' require 'string'",
      ["a.lua"] = "return require 'b.c'", ["b/c/init.lua"] = "require 'a'",
      ["other.lua"] = "", ["list.csv"] = "x", ["data/y"] = "",
      ["unnamed"] = "" }, { "flow.lua", "list.csv", "./data/y", "list.csv" })
    assert.same({ "flow flow.lua", "module a.lua", "module b/c/init.lua",
      "file list.csv", "file data/y" }, shown(bundle))
  end)

  it("takes the modules beside a flow in another folder", function()
    local bundle = bundles.make({ ["flows/flow.lua"] = "require 'a'",
      ["flows/a.lua"] = "error 'here'", ["a.lua"] = "" }, { "flows/flow.lua" })
    assert.same({ "flow flows/flow.lua", "module flows/a.lua" }, shown(bundle))
    assert.equal("mkrun: flows/a.lua:1: here\n", bundle:run {}.err)
  end)

  it("takes a module whose name is computed if its file is named", function()
    local files = { ["flow.lua"] = bundles.head "api:read"
      .. "print(require('lib.' .. ...))", ["lib/x.lua"] = "return 'found'" }
    local without = bundles.make(files, { "flow.lua" })
    assert.matches("^mkrun: warning: flow.lua:7: the name of this module is "
      .. "computed", without.outcome.err)
    assert.matches("module 'lib.x' not found:\n\tno built-in module 'lib.x', "
      .. "and none in this bundle", without:run { "x" }.err, 1, true)
    local with = bundles.make(files, { "flow.lua", "lib/x.lua" })
    assert.same({ "flow flow.lua", "module lib/x.lua" }, shown(with))
    assert.equal("found\tlib/x.lua\n", with:run { "x" }.out)
  end)

  it("takes a built-in flow by its name", function()
    local bundle = bundles.make({ ["s.json"] = '{"teams": [{"name": "x"}]}' },
      { "onboard", "s.json" })
    assert.same({ "flow onboard", "file s.json" }, shown(bundle))
    assert.matches("%+ team +x", bundle:run { "--sandbox", "s.json" }.out)
    assert.matches("usage: out ", bundle:run { "--help" }.out, 1, true)
  end)

  it("shows what is inside", function()
    local bundle = bundles.make({ ["flow.lua"] = bundles.head "api:read",
      ["list"] = "a\0b" }, { "flow.lua", "list" })
    local outcome = release.run { "bundle", "--show", bundle.path }
    assert.equal(outcome.out, bundle.outcome.out)
    assert.matches("^mkrun   %d+%.%d+%.%d+, %l+%d+\nneeds   api:read\n"
      .. "flow  flow.lua +%d+  %x+\nfile  list     +3  " .. sys.sha256 "a\0b"
      .. "\n$", outcome.out)
    assert.equal("a\0b",
      release.run { "bundle", "--show", bundle.path, "list" }.out)
    assert.equal("mkrun: " .. bundle.path .. ": no file 'x' in it\n",
      release.run { "bundle", "--show", bundle.path, "x" }.err)
  end)

  it("shows files with long paths", function()
    local path = ("long/"):rep(30) .. "name"
    local bundle = bundles.make({ ["flow.lua"] = "", [path] = "x" },
      { "flow.lua", path })
    assert.matches("\nfile  " .. path .. "  1  ", bundle.outcome.out, 1, true)
  end)

  it("tells that a flow without @needs can do all", function()
    local bundle = bundles.make({ ["flow.lua"] = "" }, { "flow.lua" })
    assert.matches("flow.lua: has no @needs, so the bundle can do all",
      bundle.outcome.err, 1, true)
    assert.matches("needs   not said: it can do all", bundle.outcome.out, 1,
      true)
  end)

  it("gives the same bytes each time, under any umask", function()
    local files = { ["flow.lua"] = "require 'a'", ["a.lua"] = "", b = "" }
    local first = bundles.make(files, { "flow.lua", "b" })
    local folder = bundles.folder(files)
    shell.execute(("cd %s && umask 077 && %s bundle flow.lua b -o out "
      .. ">/dev/null 2>&1"):format(folder, release.path))
    assert.truthy(shell.works(("cmp %s %s/out"):format(first.path, folder)))
    assert.equal("755", shell.output(("stat -c %%a %s/out"):format(folder)))
  end)

  for what, case in pairs {
    ["a flow that is not there"] = { {}, { "x.lua" },
      "x.lua: No such file or directory" },
    ["a tool"] = { {}, { "test" }, "test: is a tool of mkrun, not a flow" },
    ["a flow with a mistake"] = { { f = "print(" }, { "f" },
      "f:1: unexpected symbol near <eof>" },
    ["a module with a mistake"] = { { ["f.lua"] = "\nrequire 'a'",
      ["a.lua"] = "\nx" }, { "f.lua" },
      "a.lua:2: syntax error near <eof>" },
    ["a word of @needs that is wrong"] = {
      { ["f.lua"] = bundles.head "api:raed" }, { "f.lua" }, "f.lua: @needs: "
      .. "'api:raed': the API has no operation 'raed', did you mean 'read'?" },
    ["a module that is not there"] = { { ["f.lua"] = "\nrequire 'aa'" },
      { "f.lua" }, "f.lua:2: module 'aa' is not in the folder of the flow" },
    ["a file that is not there"] = { { ["f.lua"] = "" }, { "f.lua", "x" },
      "x: No such file or directory" },
    ["a folder"] = { { ["f.lua"] = "", ["d/x"] = "" }, { "f.lua", "d" },
      "d: is no file: name the files that are in it" },
    ["a device"] = { { ["f.lua"] = "" }, { "f.lua", "/dev/null" },
      "/dev/null: a path below this folder expected: the flow finds the file "
      .. "by this path" },
    ["a path out of the folder"] = { { ["f.lua"] = "" },
      { "f.lua", "d/../../x" }, "d/../../x: a path below this folder "
      .. "expected: the flow finds the file by this path" },
    ["a file with a token"] = { { ["f.lua"] = "", x = "a\n" .. JWT },
      { "f.lua", "x" }, "x: line 2 looks like a token: a bundle must not hold "
      .. "a secret" },
    ["a flow with a token"] = { { ["f.lua"] = "local t = '" .. JWT .. "'" },
      { "f.lua" }, "f.lua: line 1 looks like a token: a bundle must not hold "
      .. "a secret" },
    ["a module with a token"] = { { ["f.lua"] = "require 'a'",
      ["a.lua"] = "-- " .. JWT }, { "f.lua" }, "a.lua: line 1 looks like a "
      .. "token: a bundle must not hold a secret" },
    [".env"] = { { ["f.lua"] = "", [".env"] = "A=b" }, { "f.lua", ".env" },
      ".env: is a file of settings, which often holds secrets: a bundle must "
      .. "not hold a secret" },
    ["a base that is no program"] = { { ["f.lua"] = "" },
      { "f.lua", "--base", "f.lua" },
      "f.lua: is no program for Linux on x86-64 or arm64" },
    ["two bases for a program"] = { { ["f.lua"] = "" },
      { "f.lua", "--base", release.file, "--base", release.file },
      "--base: " .. release.file .. " is for " .. OWN .. ", too: an image has "
      .. "one mkrun of each architecture" },
  } do
    it("refuses " .. what, function() refused(table.unpack(case)) end)
  end

  it("refuses a link to a file with secrets", function()
    local folder = bundles.folder { ["f.lua"] = "", [".env"] = "A=b" }
    shell.execute(("ln -s .env %s/settings"):format(folder))
    local outcome = release.run({ "bundle", "f.lua", "settings", "-o", "out" },
      { cwd = folder })
    assert.matches("^mkrun: settings: is a file of settings", outcome.err)
    assert.equal(2, outcome.code)
  end)

  it("refuses code that others can write", function()
    local folder = bundles.folder { ["f.lua"] = "" }
    shell.execute(("chmod 666 %s/f.lua"):format(folder))
    local outcome = release.run({ "bundle", "f.lua", "-o", "out" },
      { cwd = folder })
    assert.matches("^mkrun: f.lua: .*others", outcome.err)
    assert.equal(2, outcome.code)
    assert.is_nil(temp.read(folder .. "/out"))
  end)

  it("replaces a bundle, and another file only by --force", function()
    local folder = bundles.folder { ["f.lua"] = "", out = "mine",
      base = "x" }
    local function make(...)
      return release.run({ "bundle", "f.lua", "-o", "out", ... },
        { cwd = folder })
    end
    local outcome = make()
    assert.equal(2, outcome.code)
    assert.equal("mkrun: out: exists and is no bundle: --force replaces it\n",
      outcome.err)
    assert.equal("mine", temp.read(folder .. "/out"))
    assert.equal(0, make("--force").code)
    assert.equal(0, make().code)
    local first = temp.read(folder .. "/out")
    shell.execute(("cp %s %s/out"):format(release.file, folder))
    assert.equal(2, make().code)
    assert.equal(0, make("--force").code)
    assert.equal(first, temp.read(folder .. "/out"))
  end)

  it("says that it cannot write", function()
    local outcome = release.run({ "bundle", "f.lua", "-o", "d/out" },
      { cwd = bundles.folder { ["f.lua"] = "" } })
    assert.matches("d/out: No such file or directory", outcome.err, 1, true)
    outcome = release.run({ "bundle", "f.lua", "-o", "d" },
      { cwd = bundles.folder { ["f.lua"] = "", ["d/x"] = "" } })
    assert.matches("^mkrun: d: ", outcome.err)
  end)

  it("does not replace the files that it bundles", function()
    local files = { ["f.lua"] = "", out = "data" }
    for _, words in ipairs { { "f.lua", "out", "--force" },
      { "./out", "--force" } } do
      local bundle = bundles.try(files, words)
      assert.equal("mkrun: out: is a file for the bundle itself\n",
        bundle.outcome.err)
      assert.equal("data", temp.read(bundle.path))
    end
  end)

  it("needs --base where it cannot read its own file", function()
    if not chroot.works() then pending "needs chroot" end
    if release.emulator then pending "the emulator reads the file for it" end
    local root = chroot.new { ["home/f.lua"] = "" }
    assert.equal("mkrun: mkrun cannot read its own file here, because /proc is "
      .. "missing: name the file by --base\n",
      root:run { "bundle", "/home/f.lua", "-o", "/home/out" }.err)
    assert.equal(0, root:run { "bundle", "/home/f.lua", "-o", "/home/out",
      "--base", "/mkrun" }.code)
    assert.equal(0, root:run({}, { program = "/home/out" }).code)
  end)

  it("works under MKRUN_CONFINE", function()
    local bundle = bundles.make({ ["f.lua"] = "print(io.open 'x')" },
      { "f.lua" }, { env = { MKRUN_CONFINE = "1" } })
    assert.matches("f.lua:1: read 'x': not allowed", bundle:run({},
      { env = { MKRUN_CONFINE = "1" } }).err, 1, true)
  end)

  it("writes nothing in a dry run", function()
    local folder = bundles.folder { ["f.lua"] = "" }
    local outcome = release.run({ "--sandbox", "--dry-run", "bundle", "f.lua",
      "-o", "out" }, { cwd = folder })
    assert.matches("out", outcome.out)
    assert.equal(3, outcome.code)
    assert.is_nil(temp.read(folder .. "/out"))
  end)

  it("uses a bundle as the base of another one", function()
    local first = bundles.make({ ["f.lua"] = "print 'first'", x = "long" },
      { "f.lua", "x" })
    local second = bundles.make({ ["g.lua"] = "print 'second'" },
      { "g.lua", "--base", first.path })
    assert.same({ "flow g.lua" }, shown(second))
    assert.equal("second\n", second:run {}.out)
    local plain = bundles.make({ ["g.lua"] = "print 'second'" }, { "g.lua" })
    assert.truthy(shell.works(("cmp %s %s"):format(plain.path, second.path)))
  end)

  it("asks for what is missing on the command line", function()
    for message, words in pairs {
      ["argument FLOW is missing"] = { "-o", "x" },
      ["option '-o' is missing"] = { "f.lua" },
      ["option '-o' needs a value"] = { "f.lua", "-o" },
      ["unknown option '--forec', did you mean '--force'?"] =
        { "f.lua", "--forec" },
      ["--show takes a bundle and at most one FILE"] =
        { "--show", "x", "y", "z" },
    } do
      local outcome = release.run { "bundle", table.unpack(words) }
      assert.equal(2, outcome.code)
      assert.equal("mkrun: " .. message, outcome.err:match "^[^\n]*")
    end
  end)

  it("shows nothing of what is no bundle", function()
    local outcome = release.run { "bundle", "--show", release.file }
    assert.equal("mkrun: " .. release.file
      .. ": is mkrun without a bundle in it\n", outcome.err)
    assert.equal(2, outcome.code)
    local folder = bundles.folder { ["f.lua"] = "" }
    release.run({ "bundle", "f.lua", "-o", "x.tar" }, { cwd = folder })
    assert.equal("mkrun: x.tar: is a container image or another tar archive, "
      .. "and no program\n",
      release.run({ "bundle", "--show", "x.tar" }, { cwd = folder }).err)
  end)
end)
