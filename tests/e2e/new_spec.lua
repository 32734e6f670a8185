--- `mkrun new`: what it writes runs, passes its checks, and overwrites nothing.
--- @seconds 20

local new_project = require "tests.support.new_project"
local process = require "tests.support.process"
local release = require "tests.support.release"
local served = require "tests.support.served"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local function run(folder, ...)
  return release.run({ ... }, { cwd = folder })
end

local function ends(code, outcome)
  assert.equal(code, outcome.code, outcome.out .. outcome.err)
  return outcome
end

local function new(folder, ...) return run(folder, "new", ...) end

local function names(folder)
  return shell.output(("cd %s && find . -type f ! -path '*/.mkrun/*' | sort")
    :format(shell.quote(folder)))
end

--- Runs each of the commands that the tool says to do next.
local function run_next(folder, out)
  local count = 0
  for line in out:match "\nNext:\n(.*)$":gmatch "  (mkrun [^\n]+)\n" do
    local words = line:gsub("^mkrun", shell.quote(release.path))
    local outcome = process.run({ "sh", "-c", words }, { cwd = folder })
    local wanted = line:find("--dry-run", 1, true) and 3 or 0
    if not line:find "^mkrun test" then ends(wanted, outcome) end
    count = count + 1
  end
  return count
end

local function lints(folder)
  if not shell.works "command -v luacheck" then pending "needs luacheck" end
  local outcome = process.run({ "luacheck", "--no-color", "." },
    { cwd = folder })
  assert.equal(0, outcome.code, outcome.out)
end

describe("mkrun new flow NAME", function()
  it("writes a flow that runs at once, confined", function()
    local folder = temp.folder()
    local told = ends(0, new(folder, "flow", "members"))
    assert.equal("", told.err)
    assert.equal("./members.lua", names(folder))
    assert.equal(3, run_next(folder, told.out))
    local outcome = ends(0, run(folder, "--sandbox=s", "--trace", "members.lua",
      "editors", "kari@northlight.example"))
    assert.matches("+ team            editors\n", outcome.out, 1, true)
    assert.matches("mkrun: confined: ", outcome.err, 1, true)
    assert.matches("= team            editors\n", ends(0, run(folder,
      "--sandbox=s", "members.lua", "editors")).out, 1, true)
    lints(folder)
  end)

  it("has its name in its help, and at most 60 lines", function()
    local folder = temp.folder()
    ends(0, new(folder, "flow", "night-desk.lua"))
    local _, lines = temp.read(folder .. "/night-desk.lua"):gsub("\n", "")
    assert(lines <= 60, lines)
    assert.matches("usage: mkrun night-desk.lua ", ends(0, run(folder, "--help",
      "night-desk.lua")).out, 1, true)
  end)

  it("says so if mkrun has a script of that name", function()
    assert.equal("mkrun: warning: 'mkrun team' runs the built-in team; yours "
      .. "is 'mkrun ./team.lua'\n", ends(0, new(temp.folder(), "flow",
        "team")).err)
  end)

  it("takes a folder, with blanks too, and makes it", function()
    local folder = temp.folder()
    local told = ends(0, new(folder, "flow", "our flows/x/members"))
    assert.equal("./our flows/x/members.lua", names(folder))
    assert.equal(3, run_next(folder, told.out))
  end)

  it("overwrites nothing", function()
    local folder = temp.folder()
    temp.write(folder .. "/members.lua", "-- mine")
    local outcome = ends(2, new(folder, "flow", "members"))
    assert.equal("mkrun: members.lua: is there already; nothing was written\n",
      outcome.err)
    assert.equal("-- mine", temp.read(folder .. "/members.lua"))
    shell.execute(("cd %s && mkdir folder.lua && ln -s nowhere link.lua")
      :format(folder))
    ends(2, new(folder, "flow", "folder"))
    ends(2, new(folder, "flow", "link"))
    assert.equal("nowhere", shell.output(("readlink %s/link.lua")
      :format(folder)))
  end)

  it("refuses names that are none, and says what a name is", function()
    local folder = temp.folder()
    local is = "': a name has letters, digits, '-' and '_', and begins with a "
      .. "letter or a digit"
    for name, meant in pairs { ["my flow"] = "my-flow", ["a.b"] = "a-b",
      ["x/"] = false, ["..."] = false, ["_x"] = "x", [".lua"] = "lua",
      ["a\nb"] = "a-b", ["æ"] = false } do
      local outcome = ends(2, new(folder, "flow", name))
      local hint = meant and (", such as '%s'"):format(meant) or ""
      assert.equal(("mkrun: new flow: '%s%s%s\n"):format(name:gsub("\n", "?"),
        is, hint), outcome.err)
    end
    assert.equal("", names(folder))
  end)

  it("fails where it may not write", function()
    local folder = temp.folder()
    temp.write(folder .. "/file", "x")
    assert.equal("mkrun: file: is no folder\n",
      ends(1, new(folder, "flow", "file/x")).err)
    assert.matches("not allowed", ends(1, new(folder, "flow", "../x")).err)
  end)
end)

describe("mkrun new spec [NAME]", function()
  it("writes a SPEC that check and onboard take", function()
    local folder = temp.folder()
    local told = ends(0, new(folder, "spec", "acme"))
    assert.equal("./acme.json\n./acme.schema.json", names(folder))
    assert.equal(3, run_next(folder, told.out))
    ends(0, run(folder, "--sandbox=s", "onboard", "acme.json"))
    assert.matches("Summary: 0 created, 0 changed, %d+ unchanged%.\n$", ends(0,
      run(folder, "--sandbox=s", "onboard", "acme.json")).out)
  end)

  it("names the schema that onboard prints", function()
    local folder = temp.folder()
    ends(0, new(folder, "spec"))
    assert.equal(ends(0, run(folder, "onboard", "--schema")).out,
      temp.read(folder .. "/organization.schema.json"))
    assert.matches('"$schema": "organization.schema.json"',
      temp.read(folder .. "/organization.json"), 1, true)
  end)

  it("writes neither file if one of them is there", function()
    local folder = temp.folder()
    temp.write(folder .. "/organization.schema.json", "mine")
    ends(2, new(folder, "spec"))
    assert.equal("./organization.schema.json", names(folder))
  end)
end)

local SHOP <const> = [[
{ "openapi": "3.1.0", "info": { "title": "The Shop" },
  "servers": [{ "url": "https://shop.example/v1" }],
  "paths": { "/carts/{name}": { "get": {}, "put": {}, "delete": {} } } }
]]

describe("mkrun new provider", function()
  local folder

  before_each(function()
    folder = temp.folder()
    temp.write(folder .. "/shop.json", SHOP)
  end)

  local function refused(message, ...)
    local outcome = ends(2, new(folder, "provider", ...))
    assert.matches("mkrun: " .. message .. "\n", outcome.err, 1, true)
    assert.is_nil(names(folder):find "%.lua")
  end

  it("writes the table of a document, which loads", function()
    local told = ends(0, new(folder, "provider", "shop.json"))
    assert.equal("", told.err)
    assert.equal("./shop.json\n./shop.lua", names(folder))
    assert.equal(1, run_next(folder, told.out))
    assert.matches('{ "carts.put",    "PUT",    "/carts/{name}" },',
      temp.read(folder .. "/shop.lua"), 1, true)
    lints(folder)
  end)

  it("writes one to fill in, which loads", function()
    local told = ends(0, new(folder, "provider", "news_desk"))
    assert.equal(1, run_next(folder, told.out))
    assert.matches("MKRUN_TOKEN_NEWS_DESK",
      temp.read(folder .. "/news_desk.lua"), 1, true)
    lints(folder)
  end)

  it("takes its name from --name, the file, or the title", function()
    ends(0, new(folder, "provider", "shop.json", "--name", "apis/store"))
    assert.matches('name = "store",', temp.read(folder .. "/apis/store.lua"), 1,
      true)
    temp.write(folder .. "/openapi.json", SHOP)
    ends(0, new(folder, "provider", "openapi.json"))
    assert.equal("./apis/store.lua\n./openapi.json\n./shop.json\n"
      .. "./the_shop.lua", names(folder))
    local outcome = release.run({ "new", "provider", "-" },
      { cwd = temp.folder(), stdin = SHOP })
    assert.matches("wrote the_shop.lua\n", ends(0, outcome).out, 1, true)
  end)

  it("overwrites nothing", function()
    temp.write(folder .. "/shop.lua", "-- mine")
    assert.equal("mkrun: shop.lua: is there already; nothing was written\n",
      ends(2, new(folder, "provider", "shop.json")).err)
    assert.equal("-- mine", temp.read(folder .. "/shop.lua"))
  end)

  it("refuses what is no such document, and says what to do", function()
    temp.write(folder .. "/old.json", '{"swagger": "2.0", "paths": {}}')
    refused("old.json: this is Swagger 2.0: OpenAPI 3.0 or 3.1 expected; a "
      .. "converter such as swagger2openapi makes one of it", "old.json")
    temp.write(folder .. "/api.yaml", "openapi: 3.0.0\npaths: {}\n")
    refused("api.yaml: this is YAML, and JSON is read; convert it: yq -o=json "
      .. "api.yaml > api.json", "api.yaml")
    temp.write(folder .. "/spec.json", '{"openapi": "3.0.0"}')
    refused("spec.json: no member 'paths' with a path in it: a document of "
      .. "OpenAPI 3.0 or 3.1 expected", "spec.json")
    temp.write(folder .. "/cut.json", '{"openapi": ')
    refused("cut.json: bad JSON: value expected at line 1 column 13",
      "cut.json")
    refused("none.json: No such file or directory", "none.json")
  end)

  it("writes a table of MK.IO's contract that works as it is", function()
    local server <close> = served.start { token = "x" }
    shell.execute(("cp tests/support/management-api.json %s/desk.json")
      :format(folder))
    ends(0, new(folder, "provider", "desk.json"))
    temp.write(folder .. "/use.lua", [[
      local api = require "desk".connect {}
      for _, description in ipairs { "a", "a", "b" } do
        print((select(2, api.teams:ensure("night",
          { spec = { description = description } }))))
      end
      local found = {}
      for team in api.teams:each() do found[team.metadata.name] = team end
      print(found.night.spec.description)
      print(api.user_tokens:create {
        type = "full-access", description = "x",
        organizationId = api.organization:get().metadata.id }.metadata.JWT)
    ]])
    local env = { MKRUN_TOKEN_DESK = "x", MKRUN_BASE_URL_DESK = server.url }
    local outcome = ends(3, release.run({ "--dry-run", "use.lua" },
      { cwd = folder, env = env }))
    assert.matches("Plan: 2 to create, 1 to change, 0 to delete.", outcome.out,
      1, true)
    outcome = ends(0, release.run({ "use.lua" }, { cwd = folder, env = env }))
    assert.matches("^created\nunchanged\nchanged\nb\n", outcome.out)
    assert.matches("(secret: metadata.JWT of user token", outcome.out, 1, true)
    assert.equal(3, server:writes())
  end)

  it("refuses names that are none", function()
    refused("new provider: 'Rabbit-MQ': the name of a provider has small "
      .. "letters, digits and '_', and begins with a letter, such as "
      .. "'rabbit_mq'", "Rabbit-MQ")
    refused("new provider: '2fa': the name of a provider has small letters, "
      .. "digits and '_', and begins with a letter, such as 'fa'", "shop.json",
      "--name", "2fa")
    refused("--name is for a document", "shop", "--name", "store")
  end)
end)

describe("mkrun new project NAME", function()
  it("writes what a project needs, and it runs", function()
    local folder = temp.folder()
    local told = ends(0, new(folder, "project", "acme"))
    assert.equal(table.concat({ "./acme/.github/workflows/organization.yml",
      "./acme/.gitignore", "./acme/.luacheckrc", "./acme/.luarc.json",
      "./acme/Containerfile", "./acme/README.md", "./acme/members.lua",
      "./acme/organization.json", "./acme/organization.schema.json",
      "./acme/tests/members_spec.lua" }, "\n"), names(folder))
    for path in names(folder):gmatch "%./([^\n]+)" do
      assert.matches("wrote " .. path .. "\n", told.out, 1, true)
      assert.is_nil(temp.read(folder .. "/" .. path):find "@%u+@", path)
    end
    assert.matches("\n  cd acme\n  mkrun test\n", told.out, 1, true)
    assert.equal(2, run_next(folder .. "/acme", told.out))
    lints(folder .. "/acme")
  end)

  it("has the declarations that .luarc.json names", function()
    local folder = temp.folder()
    ends(0, new(folder, "project", "acme"))
    assert.matches('"workspace.library": [".mkrun/types"]',
      temp.read(folder .. "/acme/.luarc.json"), 1, true)
    local path = folder .. "/acme/.mkrun/types/mkrun/script.lua"
    assert.matches("---@meta mkrun.script\n", temp.read(path), 1, true)
    ends(0, run(folder .. "/acme", "--types", ".mkrun/types"))
  end)

  it("has a test that passes", function()
    local folder = temp.folder()
    ends(0, new(folder, "project", "acme"))
    local outcome = run(folder .. "/acme", "test")
    if outcome.err:find("no built-in flow", 1, true) then
      return pending "this binary has no mkrun test"
    end
    ends(0, outcome)
    assert.matches("3 successes / 0 failures", outcome.out, 1, true)
  end)

  it("keeps what is there, and adds what is missing", function()
    local folder = temp.folder()
    temp.write(folder .. "/README.md", "mine")
    local told = ends(0, new(folder, "project", "."))
    assert.matches("\nkept  README.md, which is there already\n", told.out, 1,
      true)
    assert.equal("mine", temp.read(folder .. "/README.md"))
    temp.write(folder .. "/members.lua", "-- changed\n")
    told = ends(0, new(folder, "project", "."))
    assert.equal("-- changed\n", temp.read(folder .. "/members.lua"))
    assert.is_nil(told.out:find("wrote members.lua", 1, true))
  end)

  it("keeps secrets and states out of git", function()
    local folder = temp.folder()
    ends(0, new(folder, "project", "."))
    assert(shell.works(("cd %s && git init -q . && touch a.token a.token.todo "
      .. "nightly.lease s.state run.journal o.plan r.har .env && "
      .. "! git status --porcelain -uall | grep -E 'token|lease|state|journal|"
      .. "o[.]plan|har$|env|mkrun/'"):format(folder)))
  end)

  for _, platform in ipairs { "github", "gitlab" } do
    it("has commands for CI that run: " .. platform, function()
      local folder = temp.folder()
      ends(0, new(folder, "project", ".", "--ci", platform))
      local commands = new_project.commands(folder, platform)
      assert(#commands >= 5, #commands)
      local outcome = new_project.run(folder, commands)
      ends(0, outcome)
      local plan = temp.read(folder .. "/plan.md")
      assert.matches("**Plan: %d+ to create", plan:gsub("^%*%*", "**"))
      assert.matches("+ team            night-desk\n", outcome.out, 1, true)
    end)

    it("stops where the plan cannot be made: " .. platform, function()
      local folder = temp.folder()
      ends(0, new(folder, "project", ".", "--ci", platform))
      local spec = temp.read(folder .. "/organization.json")
      temp.write(folder .. "/organization.json",
        (spec:gsub("westeurope", "nowhere")))
      local outcome = new_project.run(folder,
        new_project.commands(folder, platform))
      assert(outcome.code ~= 0)
      assert.is_nil(outcome.out:find("+ team", 1, true))
    end)
  end

  it("has a Containerfile of instructions, for files that are there", function()
    local folder = temp.folder()
    ends(0, new(folder, "project", "."))
    local known = { ARG = true, FROM = true, WORKDIR = true, COPY = true,
      USER = true, ENTRYPOINT = true, CMD = true }
    local copied = 0
    for line in temp.read(folder .. "/Containerfile"):gmatch "[^\n]+" do
      local word, rest = line:match "^(%u+) (.+)$"
      assert(line:find "^#" or known[word], line)
      local copies = word == "COPY" and rest:gsub("%-%-%S+ ", "") or ""
      for name in copies:gmatch "(%S+) " do
        assert(temp.read(folder .. "/" .. name), name)
        copied = copied + 1
      end
    end
    assert.equal(2, copied)
  end)

  it("writes nothing in a dry run, whose plan lists the files", function()
    local folder = temp.folder()
    local outcome = ends(3, run(folder, "--dry-run", "new", "project", "acme"))
    assert.matches('  > file "acme/members.lua"\n', outcome.out, 1, true)
    assert.is_nil((outcome.out .. outcome.err):find("wrote", 1, true))
    assert.equal("", shell.output("ls -A " .. folder))
  end)

  it("takes the folder's name, if it can, where it is", function()
    local folder = temp.folder() .. "/our things"
    shell.execute("mkdir " .. shell.quote(folder))
    ends(0, new(folder, "project", "."))
    assert.matches("# our-things\n", temp.read(folder .. "/README.md"), 1, true)
  end)

  it("refuses another --ci, and one for a flow", function()
    local folder = temp.folder()
    assert.matches("--ci: github or gitlab expected, got 'gitlb', did you mean "
      .. "'gitlab'?", ends(2, new(folder, "project", "x", "--ci", "gitlb")).err,
      1, true)
    ends(2, new(folder, "flow", "x", "--ci", "gitlab"))
    assert.equal("", names(folder))
  end)
end)
