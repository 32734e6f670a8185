--- `onboard` and `drift` with several files, files in Lua, and --set.

local flow = require "tests.scripts.flow"
local release = require "tests.support.release"
local shell = require "tests.support.shell"

local BASE <const> = [[{
  // the same in all environments
  "organization": {"name": "Northlight Broadcasting"},
  "teams": [{"name": "desk", "scopes":
    {"allProjectsScope": {"roles": ["reader"]}}, "members": []},],
}]]

local PROD <const> = [[
local teams = include "teams.lua"
for _, name in ipairs { "day", "night" } do
  teams[#teams + 1] = { name = name .. "-" .. set.stage, members = {} }
end
return { teams = teams, invites = {} }]]

local TEAMS <const> = [[return { { name = "desk", description = "d" } }]]

--- A flow's folder with these files, and a sandbox that is there already.
local function world(prod, teams)
  local here = flow.new()
  shell.execute("mkdir " .. here.folder .. "/env")
  here:write("base.json", BASE)
  here:write("env/prod.lua", prod or PROD)
  here:write("env/teams.lua", teams or TEAMS)
  assert(here:run("doctor").code == 0)
  return here
end

local ARGUMENTS <const> = { "--set", "stage=1", "base.json", "env/prod.lua" }

local function with(...) -- the arguments come last
  local words = { ... }
  table.move(ARGUMENTS, 1, #ARGUMENTS, #words + 1, words)
  return table.unpack(words)
end

describe("a SPEC in several files", function()
  it("is set up, and is then as it is", function()
    local here = world()
    local outcome = here:run(with "onboard")
    assert.equal(0, outcome.code, outcome.err)
    assert.match("%+ team +desk\n%+ team +day%-1\n%+ team +night%-1\n",
      outcome.out)
    local _, writes = here:counted(with "onboard")
    assert.equal(0, writes)
    outcome = here:run(with("drift", "--only", "teams/*-1"))
    assert.equal("No drift.\n", outcome.out, outcome.err)
  end)

  it("says in which file a name is that the organization lacks", function()
    local here = world(nil, [[return { { name = "desk",
      scopes = { allProjectsScope = { roles = { "reader" } },
        managementScope = { roles = { "raeder" } } } } }]])
    local outcome = here:run(with "onboard")
    assert.equal(2, outcome.code)
    assert.equal("mkrun: env/prod.lua: at '/teams/0/scopes/managementScope/"
      .. "roles/0': there is no role 'raeder': did you mean 'reader'?\n",
      outcome.err)
    assert.equal(outcome.err,
      here:run(with("onboard", "--only", "teams/desk")).err)
  end)

  it("is refused where two files differ, and all of it is said", function()
    local here = world(nil, [[return { { name = "desk",
      scopes = { allProjectsScope = { roles = { "user" } } },
      members = { { email = "kari" } } } }]])
    local outcome = here:run(with "onboard")
    assert.equal("mkrun: env/prod.lua: at '/teams/0/members/0/email': e-mail "
      .. "address expected, got 'kari'\n", outcome.err)
    here:write("b.json", [[{"organization": {"name": "Southlight"},
      "teams": [{"name": "desk", "scopes":
        {"allProjectsScope": {"roles": ["user"]}}}]}]])
    outcome = here:run("onboard", "base.json", "b.json")
    assert.equal(2, outcome.code)
    assert.equal("mkrun: base.json: /organization/name and b.json: "
      .. "/organization/name: the values differ\nmkrun: base.json: /teams/0/"
      .. "scopes/allProjectsScope/roles and b.json: /teams/0/scopes/"
      .. "allProjectsScope/roles: the values differ\n", outcome.err)
  end)

  it("has paths that stay in the folder of their own file", function()
    local here = world [[return { projects = { { name = "p",
      displayName = "P", locationName = "westeurope", webhooks = { {
        name = "w", url = "https://h.test", events = {},
        authentication = { headers = { A = { file = "key" } } } } } } } }]]
    here:write("key", "s3cret")
    local outcome = here:run("onboard", "base.json", "env/prod.lua")
    assert.match("env/prod.lua: at '/projects/0/webhooks/0/authentication/"
      .. "headers/A': 'key' leads out of the folder of SPEC", outcome.err, 1,
      true)
  end)

  it("has a variable for each --set", function()
    local here = world()
    assert.match("--set stages: no file asks for 'stages': did you mean "
      .. "'stage'?", here:run(with("onboard", "--set", "stages=2")).err, 1,
      true)
    assert.match("env/prod.lua:3: --set stage=VALUE is missing",
      here:run("onboard", "env/prod.lua").err, 1, true)
    assert.match("--set x: no file asks for 'x'",
      here:run("onboard", "--set", "x=1", "base.json").err, 1, true)
  end)

  it("may come from standard input and from a pipe", function()
    local here = world()
    local outcome = release.run({ "--sandbox=state.json", "onboard", "--set",
      "stage=1", "-", "env/prod.lua" }, { cwd = here.folder, stdin = BASE })
    assert.equal(0, outcome.code, outcome.err)
    shell.execute(("cd %s && mkfifo pipe && { cat base.json > pipe & }")
      :format(here.folder))
    outcome = here:run("onboard", "--set", "stage=1", "pipe", "env/prod.lua")
    assert.equal(0, outcome.code, outcome.err)
    assert.match(" 0 created, 0 changed", outcome.out)
  end)
end)

describe("a plan of a SPEC in Lua", function()
  --- Plans, changes a file, and applies the plan.
  local function applied(file, text)
    local here = world()
    local outcome = here:run(with("--dry-run", "--plan-out", "p.json",
      "onboard"))
    assert.equal(3, outcome.code, outcome.err)
    assert.match('< file "env/teams.lua", for include in env/prod.lua',
      outcome.out, 1, true)
    if file then here:write(file, text) end
    return here:run("--apply", "p.json")
  end

  it("is applied", function()
    local outcome = applied()
    assert.equal(0, outcome.code, outcome.err)
  end)

  for file, text in pairs { ["base.json"] = BASE, ["env/prod.lua"] = PROD,
    ["env/teams.lua"] = TEAMS } do
    it("is not applied after a change of " .. file, function()
      local outcome = applied(file, text .. "\n\n\n")
      assert.equal(2, outcome.code)
      assert.match(file .. " has changed since the plan was made; nothing was "
        .. "written: make a new plan\n", outcome.err,
        1, true)
    end)
  end

  it("is resumed with a word about a file that has changed", function()
    local here = world()
    assert.equal(0, here:run(with("--journal", "j", "onboard")).code)
    here:write("env/teams.lua", (TEAMS:gsub('"d"', '"e"')))
    local outcome = here:run("--resume", "j")
    assert.match("env/teams.lua: has changed since the run began", outcome.err,
      1, true)
  end)
end)

describe("a script that others can write", function()
  it("gets only those files of a SPEC in Lua that it may read", function()
    local here = world()
    shell.execute(("cp scripts/onboard.lua %s/own.lua"):format(here.folder))
    local function run(...)
      local words = { "--confine", "--allow-token", ... }
      table.move({ "own.lua", with() }, 1, 5, #words + 1, words)
      return here:run(table.unpack(words))
    end
    local files = { "--allow-read=base.json", "--allow-read=env/prod.lua" }
    local outcome = run(table.unpack(files))
    assert.equal(2, outcome.code)
    assert.match("own.lua: needs read:env/teams.lua, which is not allowed "
      .. "(--allow-read=env/teams.lua)", outcome.err, 1, true)
    outcome = run("--allow-read=env/teams.lua", table.unpack(files))
    assert.equal(0, outcome.code, outcome.err)
  end)
end)
