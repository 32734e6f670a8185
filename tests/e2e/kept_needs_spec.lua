--- What a run was allowed is in its journal and in its plan: --resume and
--- --apply allow the same, and nothing else.

local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

--- Makes a team, then does what it may not do without being asked for.
local SCRIPT <const> = [[
--- Make a team.
%s
local org = require "mkio".connect {}
org.teams:ensure("editors", {})
if os.getenv "TERM" == "crash" then os.exit(9) end
print(pcall(io.open, "in"))
print(pcall(io.open, "other"))
]]

--- Makes a folder with a script that has this line in its header, a state, and
--- files to read.
local function world(line)
  local folder = temp.folder()
  temp.write(folder .. "/x.lua", SCRIPT:format(line))
  for _, name in ipairs { "in", "other" } do
    temp.write(folder .. "/" .. name, "x")
  end
  return function(code, words, env)
    local outcome = release.run({ "--sandbox=s", table.unpack(words) },
      { cwd = folder, env = env })
    assert.equal(code, outcome.code, outcome.err)
    return outcome
  end, folder
end

--- Returns which of the two files the script could read.
local function read_files(out)
  local found = {}
  for answer in out:gmatch "(%l+)\t[^\n]+" do found[#found + 1] = answer end
  return table.concat(found, " ")
end

--- How the run before was confined: the script's header, the options, the
--- environment, and which of the two files it may read.
local CASES <const> = {
  { "-- no needs", {}, {}, "true true" },
  { "-- no needs", { "--confine" }, {}, "false false" },
  { "-- no needs", { "--confine", "--allow-read=in" }, {}, "true false" },
  { "-- no needs", { "--allow-read=in" }, { MKRUN_CONFINE = "1" },
    "true false" },
  { "-- @needs api:write, read:./in", {}, {}, "true false" },
  { "-- @needs api:write, read:./in", { "--allow-read=other" }, {},
    "true true" },
  { "-- @needs api:write, read:./in", { "--confine", "--allow-read=in" }, {},
    "true false" },
}

describe("a run that goes on from a journal", function()
  for i, case in ipairs(CASES) do
    local line, options, env, expected = table.unpack(case)
    it("may do what the run before could do, " .. i, function()
      local run = world(line)
      local words = { "--journal", "j", table.unpack(options) }
      words[#words + 1] = "x.lua"
      run(9, words, { TERM = "crash", MKRUN_CONFINE = env.MKRUN_CONFINE })
      assert.equal(expected, read_files(run(0, { "--resume", "j" }).out))
    end)
  end
end)

describe("a run that applies a plan", function()
  for i, case in ipairs(CASES) do
    local line, options, env, expected = table.unpack(case)
    it("may do what the run before could do, " .. i, function()
      local run = world(line)
      run(0, { "doctor" })
      local words = { "--plan-out", "p", table.unpack(options) }
      words[#words + 1] = "x.lua"
      run(3, words, env)
      assert.equal(expected, read_files(run(0, { "--apply", "p" }).out))
    end)
  end

  it("may do less with --confine", function()
    local run = world "-- no needs"
    run(0, { "doctor" })
    run(3, { "--plan-out", "p", "x.lua" })
    assert.equal("false false",
      read_files(run(0, { "--confine", "--apply", "p" }).out))
  end)

  it("keeps a script in doubt confined", function()
    local run, folder = world "-- no needs"
    run(0, { "doctor" })
    shell.execute("chmod g+w " .. folder .. "/x.lua")
    run(3, { "--plan-out", "p", "x.lua" })
    assert.equal("false false", read_files(run(0, { "--apply", "p" }).out))
  end)

  it("takes a plan of before there were needs", function()
    local run, folder = world "-- @needs api:write, read:./in"
    run(0, { "doctor" })
    run(3, { "--plan-out", "p", "x.lua" })
    local plan = temp.read(folder .. "/p")
    temp.write(folder .. "/p", (plan:gsub('  "allows": %[%],\n', "")))
    assert.not_equal(plan, temp.read(folder .. "/p"))
    assert.equal("true false", read_files(run(0, { "--apply", "p" }).out))
  end)
end)

describe("--undo with --allow-...", function()
  it("keeps all of them, more than the journal has options", function()
    local folder = temp.folder()
    local function run(...)
      return release.run({ ... }, { cwd = folder })
    end
    assert.equal(0, run("--sandbox=s", "--journal", "j", "team", "crew",
      "--create").code)
    local words = {}
    for i = 1, 9 do words[i] = "--allow-read=-" end
    table.move({ "--undo", "j" }, 1, 2, #words + 1, words)
    assert.not_equal(0, run(table.unpack(words)).code) -- it asks
    local checked = process.run({ shell.output "pwd" .. "/build/debug/mkrun",
      table.unpack(words) }, { cwd = folder })
    assert.not_matches("AddressSanitizer", checked.err, 1, true)
  end)
end)
