--- With --output json an error is a line of JSON on standard error.

local json = require "mkrun.json"
local release = require "tests.support.release"
local temp = require "tests.support.temp"

local SECRET <const> = "a-secret-that-\"has\\quotes"

--- The error of a run that ends with `code`.
local function error_of(code, arguments, options)
  local outcome = release.run(arguments, options)
  assert.equal(code, outcome.code, outcome.err)
  assert.equal(1, select(2, outcome.err:gsub("\n", "\n")), outcome.err)
  local document = assert(json.decode(outcome.err))
  assert.is_string(document.error.message)
  return document.error, outcome
end

local function script(code) return temp.file(code) end

describe("an error with --output json", function()
  it("has the fields of the API's error", function()
    local problem = error_of(2, { "--sandbox", "team", "nope", "--output",
      "json" })
    assert.equal(404, problem.status)
    assert.equal("GET", problem.method)
    assert.equal("/api/v1/organization/teams/nope", problem.path)
    assert.equal("not_found", problem.code)
    assert.equal(2, problem.exit_code)
    assert.matches("no team 'nope'", problem.message)
  end)

  it("is one for each way to fail", function()
    for words, message in pairs {
      ["--sandbox onboard --output json no.json"] = "^no%.json: No such file",
      ["--sandbox team x --output=jsonl --ad y"] = "^unknown option '%-%-ad'",
      ["--sadbox onboard --output json x"] = "^unknown option '%-%-sadbox'",
      ["no.lua --output json"] = "^no%.lua: No such file",
      ["--dry-run --output json -e error{message=[[boo]]}"] = ":1: boo$",
      ["--dry-run --output json -e x()"] = "a nil value",
      ["--dry-run --output json -e x="] = "unexpected symbol",
      ["--dry-run --output json -e error()"] = "error object is a nil value",
    } do
      local arguments = {}
      for word in words:gmatch "%S+" do arguments[#arguments + 1] = word end
      local outcome = release.run(arguments)
      assert(outcome.code == 1 or outcome.code == 2, words)
      local problem = json.decode(outcome.err).error
      assert.matches(message, problem.message, 1, words)
    end
  end)

  it("holds the usage line, which has no line of its own then", function()
    local problem = error_of(2, { "--sandbox", "export", "--output", "json",
      "x" })
    assert.equal("usage: mkrun export [--output FORMAT]", problem.usage)
  end)

  it("is valid and harmless whatever the message holds", function()
    for code, message in pairs {
      ["error('a\\27[2J\\n\\t\"b\\\\\\255\\u{202e}', 0)"] =
        "a?[2J\n\t\"b\\\u{fffd}?",
      ["error({message = 'a\\27\"\\n'}, 0)"] = "a?\"\n",
      ["error('a\\0b', 0)"] = "a?b",
      ["error({message = 'a\\0b'}, 0)"] = "a?b",
    } do
      local problem = error_of(1, { "--dry-run", "--output", "json",
        script(code) })
      assert.equal(message, (problem.message:gsub("^[^ ]*:1: ", "")))
    end
  end)

  it("keeps its other fields if JSON cannot hold one", function()
    local problem = error_of(1, { "--dry-run", "--output", "json",
      script ("error({message = 'a\\255', hint = 'b\\255', status = 1 / 0,"
        .. " code = 0 / 0, ref = 'r', method = {}})") })
    assert.same({ "a\u{fffd}", "b\u{fffd}", "r" }, {
      (problem.message:gsub("^[^ ]*:1: ", "")), problem.hint, problem.ref })
    assert.is_nil(problem.status)
    assert.is_nil(problem.code)
  end)

  it("is that of the script, whatever the object's metamethods do", function()
    for _, flags in ipairs { {}, { "--dry-run", "--output", "json" } } do
      flags[#flags + 1] = script("error(setmetatable({ message = 'mine' }, {\n"
        .. "__index = function() error 'other' end }))")
      assert.matches("mine", release.run(flags).err)
    end
  end)

  it("never shows a secret", function()
    for _, raise in ipairs { "error({ message = text })", "error(text, 0)" } do
      local code = ("require 'mkrun.secret'.new(%q, 'door')\n"
        .. "local text = 'x ' .. %q .. '\\n'\n%s"):format(SECRET, SECRET, raise)
      local problem, outcome = error_of(1, { "--dry-run", "--output", "json",
        script(code) })
      assert.matches("x %(secret: door%)\n$", problem.message)
      assert.not_matches("quotes", outcome.err)
    end
  end)

  it("is one if the run before had the option", function()
    local folder = temp.folder()
    temp.write(folder .. "/stop.lua", "local s = require 'mkrun.script'\n"
      .. "if io.open 'ready' then s.refuse 'twice' end\n"
      .. "require 'mkio'.connect {}.teams:ensure('a', {})\nerror 'once'")
    local options = { cwd = folder }
    assert.matches("once", error_of(1, { "--sandbox=s", "--journal", "j",
      "stop.lua", "--output", "json" }, options).message)
    assert.matches("once", error_of(1, { "--resume", "j" }, options).message)
    temp.write(folder .. "/ready", "")
    assert.equal("twice", error_of(2, { "--resume", "j" }, options).message)
  end)

  it("is text without the option, and after --", function()
    for _, arguments in ipairs { { "-e", "error('x', 0)" },
      { "--dry-run", "--output", "text", "-e", "error('x', 0)" },
      { script "error('x', 0)", "--", "--output", "json" } } do
      assert.equal("mkrun: x\n", release.run(arguments).err)
    end
  end)

  it("keeps the report of a dry run on standard output", function()
    local _, outcome = error_of(1, { "--sandbox", "--dry-run", "--output",
      "json", script ("require 'mkio'.connect {}.teams:ensure('a', {})\n"
        .. "error 'x'") })
    assert.equal(1, #json.decode(outcome.out).changes, outcome.out)
  end)
end)
