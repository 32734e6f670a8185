--- The command line of mkrun: every option, every wrong use, exit codes.

local ca = require "tests.support.ca"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local USAGE =
  "usage: mkrun [options] [SCRIPT [arguments]] (--help lists the options)\n"

local function ends(code, arguments, options)
  local outcome = release.run(arguments, options)
  assert.equal(code, outcome.code, outcome.err)
  return outcome
end

--- What -e prints.
local function eval(code, flags, options)
  local arguments = { table.unpack(flags or {}) }
  table.insert(arguments, "-e")
  table.insert(arguments, code)
  return ends(0, arguments, options).out
end

local CONFIG = [[
  local c = require "mkrun.config"
  print(%s)]]

local function config(field, flags, env)
  local options = { env = env }
  return (eval(CONFIG:format("c." .. field), flags, options):gsub("\n$", ""))
end

describe("mkrun --help", function()
  it("prints what the golden file holds", function()
    local outcome = ends(0, { "--help" })
    assert.equal(temp.read "tests/e2e/golden/help.txt", outcome.out)
    assert.equal("", outcome.err)
    assert.equal(outcome.out, ends(0, { "-h" }).out)
    for line in outcome.out:gmatch "[^\n]+" do
      assert(#line < 80, line)
    end
  end)

  it("prints the help of a script", function()
    local own = ends(0, { "onboard", "--help" }).out
    assert.matches("usage: mkrun onboard", own, 1, true)
    assert.equal(own, ends(0, { "--help", "onboard" }).out)
    local file = temp.file("--- Do it.\n-- @usage mkrun x\nerror 'run'\n")
    assert.matches("^Do it%.\n", ends(0, { "--help", file }).out)
  end)
end)

describe("the manual page", function()
  it("has every option of --help", function()
    local page = temp.read("src/manual/mkrun.1"):gsub("\\%-", "-")
    local help = temp.read "tests/e2e/golden/help.txt"
    for name in help:gmatch "\n  %-?%a?,? ?(%-%-%a[%w-]+)" do
      assert(page:find(name, 1, true), name)
    end
    for name in help:gmatch "\n  ([%u_]+) " do
      assert(page:find(name, 1, true), name)
    end
  end)
end)

describe("mkrun --version", function()
  it("names the certificates that are trusted", function()
    assert.matches("\ntrust: %S", ends(0, { "--version" }).out)
    local out = ends(0, { "--version", "--cacert", ca.path "ca.pem" }).out
    assert.matches("trust: file .*ca%.pem", out)
  end)

  it("prints one line for -v, and goes on", function()
    local out = ends(0, { "-v", "-e", "print 'next'" }).out
    assert.matches("^mkrun %d+%.%d+%.%d+  Lua 5%.4%.%d\nnext\n$", out)
    assert.matches("^mkrun [^\n]*\n$", ends(0, { "-v" }).out)
  end)
end)

describe("mkrun --list and --show", function()
  it("list the flows and print one", function()
    local out = ends(0, { "--list" }).out
    assert.matches("\nonboard  +%S", "\n" .. out)
    local source = temp.read "scripts/onboard.lua"
    assert.equal(source, ends(0, { "--show", "onboard" }).out)
    assert.equal(source, ends(0, { "--show=onboard.lua" }).out)
    assert.equal(temp.read "scripts/examples/onboard.json",
      ends(0, { "--show", "examples/onboard.json" }).out)
  end)

  it("say when there is no such flow", function()
    for _, name in ipairs { "no-such", "mkrun.client", "../x",
      "examples/no.json", ("x"):rep(1000) } do
      local outcome = ends(2, { "--show", name })
      assert.matches("^mkrun: %-%-show: no built%-in flow '", outcome.err)
      assert.equal("", outcome.out)
    end
  end)
end)

describe("wrong usage of mkrun", function()
  for message, arguments in pairs {
    ["unknown option '--dryrun', did you mean '--dry-run'?"] =
      { "--dryrun", "onboard", "x.json" },
    ["there is no option '--token', because other users could read the token: "
      .. "set MKIO_TOKEN, or use --token-file FILE"] = { "--token=hunter2" },
    ["unknown option '-trace', did you mean '--trace'?"] = { "-trace" },
    ["unknown option '-version', did you mean '--version'?"] = { "-version" },
    ["unknown option '--tokens'"] = { "--tokens=hunter2" },
    ["unknown option '--set'; options of a script go after its name"] =
      { "--set", "stage=prod", "onboard" },
    ["unknown option '--only'; options of a script go after its name"] =
      { "--sandbox", "--only=teams/x", "--trace", "onboard", "x.json" },
    ["unknown option '-x'"] = { "-x" },
    ["unknown option '-iv'"] = { "-iv" },
    ["option '-e' needs a value"] = { "-e" },
    ["option '-l' needs a value"] = { "-l" },
    ["option '--cacert' needs a value"] = { "--cacert" },
    ["option '--base-url' needs a value"] = { "--base-url=" },
    ["option '--sandbox=' needs a value"] = { "--sandbox=" },
    ["option '--faults' works with --sandbox only"] =
      { "--faults", "plan.json", "-e", "" },
    ["option '--trace' takes no value"] = { "--trace=yes" },
    ["option '--timeout': seconds above zero expected, got '0'"] =
      { "--timeout", "0" },
    ["option '--timeout': seconds above zero expected, got 'inf'"] =
      { "--timeout=inf" },
    ["option '--timeout': seconds above zero expected, got '3s'"] =
      { "--timeout", "3s" },
    ["option '--max-rate': number from 1 to 1000000 expected, got '0'"] =
      { "--max-rate", "0" },
    ["option '--max-rate': number from 1 to 1000000 expected, got '1e3'"] =
      { "--max-rate=1e3" },
    ["option '--max-rate': number from 1 to 1000000 expected, got "
      .. "'99999999999999999999'"] = { "--max-rate=99999999999999999999" },
    ["option '--max-memory': size such as 256M expected, got '-1'"] =
      { "--max-memory", "-1" },
    ["option '--max-memory': size such as 256M expected, got '1T'"] =
      { "--max-memory=1T" },
    ["option '--max-memory': size such as 256M expected, got "
      .. "'99999999999999999999'"] = { "--max-memory=99999999999999999999" },
    ["option '--max-memory': size such as 256M expected, got '1Gb'"] =
      { "--max-memory=1Gb" },
    ["SCRIPT is empty"] = { "" },
    ["unexpected argument 'x'"] = { "--list", "x" },
    ["--undo asks first; without the question: mkrun undo --yes j"] =
      { "--undo", "j", "--yes" },
    ["--undo asks first; without the question: mkrun undo --yes x"] =
      { "--undo", "--yes", "x" },
    ["--undo asks first; without the question: mkrun undo --yes FILE"] =
      { "--undo", "--yes" },
  } do
    it("ends with 2: " .. message, function()
      local outcome = ends(2, arguments)
      assert.equal("mkrun: " .. message .. "\n" .. USAGE, outcome.err)
      assert.equal("", outcome.out)
    end)
  end

  for _, option in ipairs {
    "", "--no-such", "--resume=", "--undo=", "--show=", "--max-memory=",
    "--timeout=", "--token-file=", "--cacert=", "--faults=", "--output=",
  } do
    it("forges no line by a line feed in a name: " .. option, function()
      local outcome = ends(2, { option .. "x\nmkrun: done\r\tx" })
      local rest = outcome.err:gsub("\nusage: .*", "\n")
      assert.matches("^mkrun: [^\n\r\t]+\n$", rest)
    end)
  end

  it("ends with 2 when the script is JSON", function()
    local file = temp.file('{"state": 1}', "acme.state")
    local outcome = release.run { "--sandbox", file, "onboard", "x.json" }
    assert.equal(2, outcome.code)
    assert.matches(file .. ": this is JSON, not a Lua script; for a sandbox: "
      .. "--sandbox=" .. file, outcome.err, 1, true)
  end)

  it("ends with 2 when the script is JSON, and says what it may be", function()
    local spec = temp.file('{"organization": {}}', "spec.json")
    local state = temp.file('{"organizations": []}', "s")
    for words, hint in pairs {
      [{ spec }] = "for a SPEC: mkrun onboard " .. spec,
      [{ "--dry-run", state, "onboard" }] = "for a sandbox: --sandbox="
        .. state,
      [{ "--sandbox", spec }] = ("for a sandbox: --sandbox=%s; for a SPEC: "
        .. "mkrun onboard %s"):format(spec, spec),
    } do
      local outcome = release.run(words)
      assert.equal(2, outcome.code)
      assert.matches("not a Lua script; " .. hint .. "\n", outcome.err, 1, true)
    end
  end)

  it("ends with 2 when a file is not there", function()
    for message, arguments in pairs {
      ["no-such.lua: No such file or directory"] = { "no-such.lua" },
      ["no-such: No such file or directory, and no built-in flow "
        .. "(see --list)"] = { "no-such" },
      ["onbord: No such file or directory, and no built-in flow, did you "
        .. "mean 'onboard'?"] = { "onbord", "spec.json" },
      ["no/onbord: No such file or directory"] = { "no/onbord" },
      ["onbord.lua: No such file or directory"] = { "onbord.lua" },
      ["--show: no built-in flow 'ofboard', did you mean 'offboard'?"] =
        { "--show", "ofboard" },
      ["s: No such file or directory, and no built-in flow (see --list); for "
        .. "a sandbox file: --sandbox=s"] = { "--sandbox", "s", "onboard" },
      ["s.json: No such file or directory; for a sandbox file: "
        .. "--sandbox=s.json"] = { "--sandbox", "s.json", "onboard" },
      ["none.lua: No such file or directory"] = { "--sandbox", "none.lua" },
      ["/tmp: Is a directory"] = { "/tmp" },
      ["--cacert: no.pem: No such file or directory"] =
        { "--cacert", "no.pem", "-e", "" },
      ["--faults: no.json: No such file or directory"] =
        { "--sandbox", "--faults", "no.json", "-e", "" },
      ["--token-file: no: No such file or directory"] =
        { "--token-file", "no", "-e", "" },
    } do
      assert.equal("mkrun: " .. message .. "\n", ends(2, arguments).err)
    end
  end)

  it("is named by a flow as well", function()
    local outcome = ends(2, { "--", "onboard", "--trace" })
    assert.matches("^mkrun: unknown option '%-%-trace'; options of mkrun "
      .. "itself go before the script\nusage: ", outcome.err)
    assert.matches("^mkrun: argument SPEC is missing\nusage: ",
      ends(2, { "onboard" }).err)
  end)
end)

describe("mkrun --base-url", function()
  it("comes before MKIO_BASE_URL, and that before app.mk.io", function()
    assert.equal("https://app.mk.io", config "base_url")
    assert.equal("http://a/x",
      config("base_url", nil, { MKIO_BASE_URL = "http://a/x//" }))
    assert.equal("https://b",
      config("base_url", { "--base-url=https://b/" },
        { MKIO_BASE_URL = "http://a" }))
    assert.equal("https://app.mk.io",
      config("base_url", nil, { MKIO_BASE_URL = "" }))
  end)

  it("is checked, and what is secret in it is not shown", function()
    for url, message in pairs {
      ["ftp://x"] = "URL that begins with https:// or http:// expected",
      ["app.mk.io"] = "URL that begins with https:// or http:// expected",
      ["https://"] = "host name expected in the URL",
      ["https://:8080"] = "host name expected in the URL",
      ["https://me:hunter2@x"] = "URL without a user name expected",
      ["https://x?key=hunter2"] = "URL without a query expected",
      ["https://x/#y"] = "URL without a query expected",
      ["https://x y"] = "blank or other invalid character in the URL",
      ["https://x\n"] = "blank or other invalid character in the URL",
    } do
      assert.equal("mkrun: --base-url: " .. message .. "\n",
        ends(2, { "--base-url", url, "-e", "" }).err)
      assert.equal("mkrun: MKIO_BASE_URL: " .. message .. "\n",
        ends(2, { "-e", "" }, { env = { MKIO_BASE_URL = url } }).err)
    end
  end)
end)

describe("a token for mkrun", function()
  local SAME = [[
    local token = require "mkrun.config".token
    print(token, token and token:equals "abc.def")]]

  it("comes from the file before the environment", function()
    local file = temp.file "abc.def\r\n"
    shell.execute("chmod 600 " .. file)
    local outcome = ends(0, { "--token-file", file, "-e", SAME },
      { env = { MKIO_TOKEN = "other" } })
    assert.equal("(secret: API token)\ttrue\n", outcome.out)
    assert.equal("", outcome.err)
    assert.equal("(secret: API token)\ttrue\n",
      eval(SAME, nil, { env = { MKIO_TOKEN = "abc.def\n" } }))
    assert.equal("nil\tnil\n", eval(SAME, nil, { env = { MKIO_TOKEN = "" } }))
  end)

  it("gives a warning when other users can read the file", function()
    local file = temp.file "abc.def"
    shell.execute("chmod 640 " .. file)
    local outcome = ends(0, { "--token-file", file, "-e", SAME })
    assert.matches("^mkrun: warning: .*mode 640, 600 expected%)\n$",
      outcome.err)
    assert.matches("true\n$", outcome.out)
  end)

  it("may be another user's, and ours to read by its group", function()
    if not shell.works "test $(id -u) = 0" then
      pending "only root can give a file away"
    end
    local file = temp.file "abc.def"
    shell.execute("chmod 440 " .. file .. "; chown 65534 " .. file)
    assert.equal("", ends(0, { "--token-file", file, "-e", "" }).err)
    shell.execute("chmod 444 " .. file)
    assert.matches("mode 444",
      ends(0, { "--token-file", file, "-e", "" }).err, 1, true)
  end)

  it("is refused when it is none, without being shown", function()
    for _, bytes in ipairs { "hunter 2", "hunter\n2", "hunter2\n\n",
      "hunter\t2", "\xff\xfehunter2", "hunter2\0" } do
      local outcome =
        ends(2, { "--token-file", "-", "-e", "" }, { stdin = bytes })
      assert.matches("^mkrun: %-%-token%-file: the token contains", outcome.err)
      assert.not_matches("hunter", outcome.err)
    end
    assert.equal("mkrun: --token-file: -: no token in it\n",
      ends(2, { "--token-file=-", "-e", "" }, { stdin = "\n" }).err)
    local outcome = ends(2, { "-e", "" }, { env = { MKIO_TOKEN = "a b" } })
    assert.matches("^mkrun: MKIO_TOKEN: the token contains", outcome.err)
  end)

  it("cannot come from standard input together with the script", function()
    for _, arguments in ipairs { { "--token-file", "-", "-" },
      { "--token-file=-" } } do
      assert.equal("mkrun: script and token cannot both come from standard "
        .. "input\n", ends(2, arguments, { stdin = "abc.def" }).err)
    end
  end)

  it("is wiped from the environment of the process", function()
    local out = eval([[
      print(os.getenv "MKIO_TOKEN")
      io.write((io.open "/proc/self/environ":read "a"))]],
      nil, { env = { MKIO_TOKEN = "hunter2", OTHER = "kept" } })
    assert.not_matches("hunter2", out)
    assert.matches("OTHER=kept", out)
  end)
end)

describe("other settings of mkrun", function()
  it("reach a script as mkrun.config", function()
    local pem = ca.path "ca.pem"
    assert.equal(pem, config("cacert", { "--cacert=" .. pem }))
    assert.equal("2.5", config("timeout", { "--timeout", "2.5" }))
    assert.equal("250", config("max_rate", { "--max-rate", "250" }))
    assert.equal("p", config("project", nil, { MKIO_PROJECT = "p" }))
    assert.equal("true", config("trace", { "--trace" }))
    assert.equal("false", config "trace")
    assert.equal("false", config "sandbox")
    assert.equal("nil", config "bottom")
    assert.equal("true", config("sandbox", { "--sandbox" }))
    assert.matches("^function", config("bottom", { "--sandbox" }))
    assert.equal("f.json", config("sandbox", { "--sandbox=f.json" }))
    local plan = temp.file('{"rules":[]}', "plan.json")
    assert.equal(plan,
      config("faults", { "--sandbox", "--faults", plan }))
    assert.equal("false", config "color")
    assert.equal("nil", config "script")
  end)

  it("limit memory", function()
    local code = "local t = {} for i = 1, 1e7 do t[i] = {} end"
    local outcome = ends(1, { "--max-memory", "4M", "-e", code })
    assert.equal("mkrun: not enough memory (see --max-memory)\n",
      outcome.err)
    ends(1, { "--max-memory=8M", "-e", [[
      local t = {}
      for i = 1, 1000 do t[i] = ("x"):rep(4000) end
      require "mkrun.json".encode(t, { indent = 2 })]] })
    ends(0, { "--max-memory=8M", "-e", "print(('x'):rep(4e6) and 1)" })
    assert.equal("false\n", eval("print((pcall(string.rep, 'x', 1e7)))",
      { "--max-memory=4096k" }))
    assert.equal(1, release.run({ "--max-memory=1000", "-e", "" }).code)
  end)
end)
