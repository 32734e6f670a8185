--- The needs of scripts on the command line: in the help, in --list, and a
--- header whose @needs is wrong.

local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local function ends(code, arguments, options)
  local outcome = release.run(arguments, options)
  assert.equal(code, outcome.code, outcome.err)
  return outcome
end

--- A script with these lines of @needs, which prints "ran".
local function script(lines)
  return temp.file("--- Do it.\n-- @usage  mkrun x.lua [--to CMD] FILE\n"
    .. "-- @arg    FILE      in\n-- @arg    --to CMD  out\n"
    .. (lines and "-- @needs  " .. lines .. "\n" or "") .. "\nprint 'ran'\n")
end

--- The last part of a help text.
local function may(arguments, options)
  return ends(0, arguments, options).out:match "\nMay[^\n]*:\n.*$"
end

describe("the help of a flow or script", function()
  it("says what it may do, in each of the three ways to ask", function()
    local own = may { "rotate-tokens", "--help" }
    assert.equal([[

May:
  send reads to the API, and these writes: my_tokens.create and
    my_tokens.revoke
  read FILE
  write FILE
  run the command CMD
  pass tokens to FILE and CMD
]], own)
    assert.equal(own, may { "help", "rotate-tokens" })
    assert.equal(own, may { "--help", "rotate-tokens" })
    local mine = script "api:teams.list, read:FILE,\n--   run:CMD, token"
    assert.equal([[

May:
  send only these requests to the API: teams.list
  read FILE
  run the command CMD
  pass tokens to CMD
]], may { mine, "--help" })
    assert.equal(may { mine, "--help" }, may { "--help", mine })
  end)

  it("says so of a script without @needs", function()
    assert.equal("\nMay:\n  do all that you may do (no @needs; see mkrun help "
      .. "security)\n", may { "--help", (script()) })
  end)

  it("is there before all is allowed that the script asks for", function()
    local mine = script "read:./specs, token"
    local expected = "\nMay use the API, and if --allow-... says so, too"
      .. ":\n  read ./specs\n  pass tokens to what --allow-write, "
      .. "--allow-run and --allow-net name\n"
    assert.equal(expected, may { "--confine", mine, "--help" })
    assert.equal(expected, may({ mine, "--help" },
      { env = { MKRUN_CONFINE = "1" } }))
    assert.equal(expected, may { "--confine", "--help", mine })
    shell.execute("chmod g+w " .. mine)
    assert.equal(expected, may { mine, "--help" })
  end)

  it("sends nothing to the terminal but text", function()
    local mine = temp.file "--- Do \27[8mit.\n-- @needs token\n"
    assert.not_matches("\27", ends(0, { "--help", mine }).out, 1, true)
    assert.not_matches("\27", ends(0, { mine, "--help" }).out, 1, true)
  end)

  it("ends the run, of a dry run as well", function()
    local own = ends(0, { "onboard", "--help" }).out
    local outcome = ends(0, { "--sandbox", "--dry-run", "onboard", "--help" })
    assert.equal("", outcome.out) -- a plan, if there were one
    assert.equal(own, outcome.err)
  end)
end)

describe("mkrun --list --needs", function()
  it("has a line for each flow, with the words of its header", function()
    local out, names = ends(0, { "--list", "--needs" }).out, {}
    for name, needs in out:gmatch "(%S+) +([^\n]+)\n" do
      names[#names + 1] = name
      local source = temp.read(("scripts/%s.lua"):format(name))
      local words = source:match "\n%-%- @needs  (.-)\n%-%- [@S]"
      assert.equal(words:gsub("\n%-%- +", " "), needs, name)
    end
    local listed = {}
    for name in ends(0, { "--list" }).out:gmatch "([^\n ]+)[^\n]*\n" do
      listed[#listed + 1] = name
    end
    assert.same(listed, names)
  end)

  it("needs --list", function()
    for _, words in ipairs { { "--needs" }, { "--needs", "onboard" } } do
      assert.matches("^mkrun: option '%-%-needs' works with %-%-list only; the "
        .. "help of a script has its needs: mkrun %-%-help SCRIPT\n",
        ends(2, words).err)
    end
  end)
end)

describe("a word of @needs with an option before it", function()
  --- Deletes a team that there is, and says how that ended.
  local SCRIPT <const> = [[
--- Delete a team.
-- @usage  mkrun x.lua [--drop KINDS]
-- @arg    --drop KINDS  teams, rules
-- @needs  api:read, api:teams.put, --drop=teams:api:teams.delete

local org = require "mkio".connect {}
org.teams:put("gone", {})
print(pcall(org.teams.delete, org.teams, "gone"))
]]
  local REFUSED <const> = "false\tDELETE /api/v1/organization/teams/gone: not "
    .. "allowed (api:teams.delete in @needs)\n"

  for _, case in ipairs {
    { REFUSED }, { "true\n", "--drop", "teams" },
    { "true\n", "--drop=rules,teams" }, { REFUSED, "--drop", "rules" },
    { REFUSED, "--drop=teams-not" },
  } do
    it("counts only if the option is given so: "
      .. table.concat(case, " ", 2), function()
      local mine = temp.file(SCRIPT)
      local words = { mine, table.unpack(case, 2) }
      assert.equal(case[1], ends(0, { "--sandbox", table.unpack(words) }).out)
      assert.equal(case[1], ends(0, { "--sandbox", "--confine",
        table.unpack(words) }).out)
    end)
  end

  it("counts in --apply as in the run that made the plan", function()
    local folder = temp.folder()
    temp.write(folder .. "/x.lua", SCRIPT)
    local here = { cwd = folder }
    ends(0, { "--sandbox=s", "x.lua", "--drop", "teams" }, here)
    ends(3, { "--sandbox=s", "--plan-out", "p", "x.lua" }, here)
    assert.equal(REFUSED, ends(0, { "--sandbox=s", "--apply", "p" }, here).out)
  end)

  it("is of an option that the script has", function()
    local mine = temp.file "--- Do it.\n-- @needs --drop:token\n"
    assert.matches("@needs: '%-%-drop:token': the script has no option "
      .. "%-%-drop", ends(2, { mine }).err)
  end)
end)

describe("a script whose @needs is empty", function()
  it("may not use the API, with --confine as without", function()
    local mine = temp.file [[
--- Do it.
-- @needs

local org = require "mkio".connect {}
print(pcall(org.teams.list, org.teams))
]]
    for _, words in ipairs { { "--sandbox", mine },
      { "--sandbox", "--confine", mine } } do
      assert.matches("^false\tGET /api/v1/organization/teams: not allowed",
        ends(0, words).out)
    end
  end)
end)

describe("a script whose @needs is wrong", function()
  for lines, message in pairs {
    ["raed:FILE"] = "'raed:FILE': unknown word, did you mean 'read'?",
    ["api:read,\n--   api:teams.pach"] = "'api:teams.pach': the API has no "
      .. "operation 'teams.pach', did you mean 'teams.patch'?",
    ["read:FIEL"] =
      "'read:FIEL': the script has no argument FIEL, did you mean 'FILE'?",
    ["token:FILE"] = "'token:FILE': 'token' alone expected",
    ["write"] = "'write': a value expected after the colon",
  } do
    it("is refused before it runs: " .. lines, function()
      local mine = script(lines)
      local expected = { code = 2, out = "",
        err = ("mkrun: %s: @needs: %s\n"):format(mine, message) }
      for _, words in ipairs { { mine, "a" }, { mine, "--help" },
        { "--help", mine }, { "--confine", mine, "a" },
        { "--sandbox", "--dry-run", mine, "a" }, { mine } } do
        assert.same(expected, release.run(words), table.concat(words, " "))
      end
      local source = temp.read(mine)
      assert.same({ code = 2, out = "",
        err = ("mkrun: stdin: @needs: %s\n"):format(message) },
        release.run({ "-", "a" }, { stdin = source }))
    end)
  end
end)

describe("what a confined script is refused", function()
  local function err(code, ...)
    local options = { ... }
    options[#options + 1] = temp.file(code .. "\nprint 'done'\n", "x.lua")
    return ends(0, { "--confine", table.unpack(options) }).err
  end

  it("is told of at the end if the script hides it", function()
    assert.equal("mkrun: 2 things were refused, which the script does not tell "
      .. "(--trace does)\n", err [[pcall(io.open, "/etc/passwd")
      pcall(os.execute, "id")]])
    assert.equal("", err [[print(pcall(io.open, "/etc/passwd"))]])
    assert.equal("", err "io.write 'x' io.flush() print(io.type(io.stdout))")
  end)

  it("is told of at once by the trace", function()
    local text = err([[pcall(io.open, "/etc/passwd")]], "--trace")
    assert.matches("\nmkrun: refused: read '/etc/passwd': not allowed", text, 1,
      true)
    assert.not_matches("thing", text, 1, true)
  end)
end)

describe("the modules of a script with @needs", function()
  local folder
  lazy_setup(function()
    folder = temp.folder()
    shell.execute("mkdir " .. folder .. "/sub")
    temp.write(folder .. "/sub/flow.lua", "--- Try.\n-- @needs api:read\n"
      .. "print(require 'words', (pcall(require, 'wo' .. 'rse')))\n")
    temp.write(folder .. "/sub/words.lua", "return 'own'")
    temp.write(folder .. "/sub/worse.lua", "return 'other'")
  end)

  it("are those in its folder that it names, wherever it runs", function()
    for cwd, path in pairs { [folder] = "sub/flow.lua", ["/"] =
      folder .. "/sub/flow.lua", [folder .. "/sub"] = "flow.lua" } do
      local outcome = release.run({ path }, { cwd = cwd })
      assert.equal("own\tfalse\n", outcome.out, outcome.err)
    end
  end)

  it("are told when they are not there", function()
    temp.write(folder .. "/sub/wrong.lua",
      "--- Try.\n-- @needs api:read\nrequire 'wrods'\n")
    local outcome = release.run({ "sub/wrong.lua" }, { cwd = folder })
    assert.matches("module 'wrods' not found", outcome.err, 1, true)
    temp.write(folder .. "/sub/wrods.lua", "")
    shell.execute("chmod o+w " .. folder .. "/sub/wrods.lua")
    outcome = release.run({ "sub/wrong.lua" }, { cwd = folder })
    assert.matches("load module 'wrods': not allowed", outcome.err, 1, true)
  end)

  it("need a word under --confine", function()
    local outcome = release.run({ "--confine", "flow.lua" },
      { cwd = folder .. "/sub" })
    assert.matches("load module 'words': not allowed", outcome.err, 1, true)
  end)
end)

describe("a confined script", function()
  it("knows the provider's limits, and cannot change the host's", function()
    local mine = temp.file [[
--- Count.
-- @needs  api:read
local config = require "mkrun.config"
print(require "mkrun.progress".new("a", 4001, { kind = "reads" }).least)
config.provider().rates.reads = 1
print(require "mkrun.progress".new("b", 4001, { kind = "reads" }).least)
print(debug.getinfo(config.provider, "S").short_src)
]]
    assert.equal("121.0\n242000.0\n", ends(0, { mine }).out:match
      "^.-\n.-\n")
  end)
end)
