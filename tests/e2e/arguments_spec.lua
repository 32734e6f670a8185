--- `mkrun.script` as a script's user meets it.

local release = require "tests.support.release"
local temp = require "tests.support.temp"

local HEAD = [[
--- Do it.
-- @usage mkrun do.lua [--dry-run] FILE
-- @arg   FILE       what to do
-- @arg   --dry-run  only say it
local script = require "mkrun.script"
]]

local USAGE = "usage: mkrun do.lua [--dry-run] FILE\n"

local function run(code, arguments, options)
  return release.run({ temp.file(HEAD .. code, "do.lua"),
    table.unpack(arguments or {}) }, options)
end

local function fails(message, code, arguments, options)
  local outcome = run(code, arguments, options)
  assert.equal(message, outcome.err)
  assert.equal("", outcome.out)
  assert.equal(2, outcome.code)
end

describe("script.arguments", function()
  local code = [[
    local options, file, more = script.arguments(...)
    print(options.dry_run, file, more)]]

  it("reads what the header names", function()
    assert.equal("true\tx\tnil\n", run(code, { "x", "--dry-run" }).out)
  end)

  it("prints the help and ends", function()
    for _, word in ipairs { "--help", "-h" } do
      local outcome = run(code, { "x", word })
      assert.equal("Do it.\n\n" .. USAGE .. "\nArguments:\n"
        .. "  FILE       what to do\n  --dry-run  only say it\n\nMay:\n"
        .. "  do all that you may do (no @needs; see mkrun help security)\n",
        outcome.out)
      assert.equal(0, outcome.code)
    end
    assert.equal("nil\t--help\tnil\n", run(code, { "--", "--help" }).out)
  end)

  it("ends with the usage line when something is wrong", function()
    fails("mkrun: argument FILE is missing\n" .. USAGE, code)
    fails("mkrun: unknown option '--dryrun', did you mean '--dry-run'?\n"
      .. USAGE, code, { "--dryrun" })
    fails("mkrun: unexpected argument 'b'\n" .. USAGE, code, { "a", "b" })
    fails("mkrun: unknown option '--a?[2J'\n" .. USAGE, code, { "--a\27[2J" })
  end)

  it("raises where no script runs", function()
    local outcome = release.eval "require 'mkrun.script'.arguments()"
    assert.equal(1, outcome.code)
    assert.matches("no script is running", outcome.err)
  end)
end)

describe("script.env", function()
  it("reads a variable, or takes the default", function()
    local code = "print(script.env 'API_URL', script.env('NO_SUCH', 'd'))"
    assert.equal("u\td\n", run(code, nil, { env = { API_URL = "u" } }).out)
  end)

  it("ends the run without either", function()
    fails("mkrun: environment variable NO_SUCH is not set\n" .. USAGE,
      "script.env 'NO_SUCH'")
  end)
end)

describe("script.read_json", function()
  local code = "print(script.read_json(...)[1])"

  it("reads a file or standard input", function()
    assert.equal("7\n", run(code, { temp.file "[7]" }).out)
    assert.equal("8\n", run(code, { "-" }, { stdin = "[8]" }).out)
  end)

  it("reads a built-in example where there is no such file", function()
    local name = "examples/onboard.json"
    local outcome = run("print(type(script.read_json(...)))", { name },
      { cwd = temp.folder() })
    assert.equal("table\n", outcome.out)
  end)

  it("ends the run when there is nothing to read", function()
    fails("mkrun: no.json: No such file or directory\n", code, { "no.json" })
    fails("mkrun: -: bad JSON: ',' or ']' expected at line 1 column 4\n",
      code, { "-" }, { stdin = "[1 2]" })
  end)
end)

describe("the rest of mkrun.script", function()
  it("says things on standard error", function()
    local outcome = run "script.say('a', 1, nil) print 'result'"
    assert.equal("a 1 nil\n", outcome.err)
    assert.equal("result\n", outcome.out)
  end)

  it("takes no terminal for a no", function()
    local outcome = run("print(script.confirm 'Sure?')", nil,
      { stdin = "y\n" })
    assert.equal("false\n", outcome.out)
    assert.equal("", outcome.err)
  end)

  it("ends the run with a message of the script", function()
    fails("mkrun: no good\n" .. USAGE, "script.usage 'no good'")
  end)
end)
