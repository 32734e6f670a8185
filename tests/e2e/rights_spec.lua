--- `mkrun --dry-run --rights` on the command line.

local json = require "mkrun.json"
local release = require "tests.support.release"
local served = require "tests.support.served"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local EXAMPLE <const> = shell.output "pwd" .. "/scripts/examples/onboard.json"

local NEEDS_DRY_RUN <const> = "option '--rights' needs --dry-run"
local NEEDS_SCRIPT <const> = "option '--rights' needs SCRIPT or -e: the rights "
  .. "are those of its requests"
--- Says which option cannot be used with --rights.
local function alone(option)
  return ("--rights cannot be used with %s: it prints one JSON document and no "
    .. "plan"):format(option)
end

local function run(folder, ...)
  return release.run({ "--sandbox=state.json", ... }, { cwd = folder })
end

local function rights(folder, ...)
  return run(folder, "--dry-run", "--rights", ...)
end

local function with_script(text)
  local folder = temp.folder()
  temp.write(folder .. "/x.lua", text)
  return folder
end

describe("mkrun --rights is refused", function()
  for _, case in ipairs {
    { NEEDS_DRY_RUN, "--rights", "x" },
    { NEEDS_SCRIPT, "--dry-run", "--rights" },
    { NEEDS_SCRIPT, "--dry-run", "--rights", "-l", "mkio" },
    { alone "--plan-out", "--rights", "--plan-out", "p", "export" },
    { alone "--apply", "--rights", "--apply", "p" },
    { alone "--output", "--dry-run", "--rights", "--output", "text", "export" },
  } do
    local words = { table.unpack(case, 2) }
    it("with 2: " .. table.concat(words, " "), function()
      local outcome = release.run(words, { cwd = temp.folder() })
      assert.same({ 2, "" }, { outcome.code, outcome.out })
      assert.matches("mkrun: " .. case[1] .. "\n", outcome.err, 1, true)
    end)
  end
end)

describe("mkrun --dry-run --rights", function()
  it("prints the document alone on standard output", function()
    local folder = temp.folder()
    local outcome = rights(folder, "onboard", EXAMPLE)
    assert.equal(0, outcome.code, outcome.err)
    local document = assert(json.decode(outcome.out))
    assert.same({ "create", "get" },
      document["core.customer"]["Northlight Broadcasting"]["core.project"])
    assert.matches("mkrun: --rights: not expressible: ", outcome.err, 1, true)
    assert.not_matches("Plan:", outcome.out .. outcome.err, 1, true)
  end)

  it("writes nothing, and keeps what the script prints apart", function()
    local folder = with_script [[
      local org = require "mkio".connect()
      print(org.teams:ensure("night", { description = "d" }).metadata.name)]]
    assert.equal(0, run(folder, "my-organizations").code)
    local before = temp.read(folder .. "/state.json")
    local outcome = rights(folder, "x.lua")
    assert.equal(0, outcome.code, outcome.err)
    assert.equal(before, temp.read(folder .. "/state.json"))
    assert.equal("night\n", outcome.err)
    assert.same({ ["core.customer"] = { ["Northlight Broadcasting"] = {
      ["core.team"] = { "create", "get" } } } }, json.decode(outcome.out))
  end)

  it("sends nothing that changes anything", function()
    local api <close> = served.start { token = "x" }
    for _, words in ipairs { { "onboard", EXAMPLE }, { "usage" } } do
      local outcome = release.run({ "--base-url", api.url, "--dry-run",
        "--rights", table.unpack(words) },
        { cwd = temp.folder(), env = { MKIO_TOKEN = "x" } })
      assert.equal(0, outcome.code, outcome.err)
    end
    local others = {}
    for _, request in ipairs(api:requests()) do
      if request.method ~= "GET" then others[#others + 1] = request.path end
    end
    assert.same({ "/api/v1/organization/reports/usage" }, others)
  end)

  it("says so when a script changes nothing, or sends nothing", function()
    local folder = temp.folder()
    local export = rights(folder, "export")
    assert.matches("mkrun: --rights: the run changes nothing: these are the "
      .. "rights to read\n", export.err, 1, true)
    local idle = rights(folder, "-e", "print(1)")
    assert.same({ 0, "{}\n" }, { idle.code, idle.out })
    assert.matches("mkrun: --rights: the run sends no request\n", idle.err, 1,
      true)
  end)

  it("prints no document when the script fails", function()
    for text, code in pairs { ["error 'no'"] = 1, ["os.exit(4)"] = 4 } do
      local outcome = rights(with_script(text), "x.lua")
      assert.same({ code, "" }, { outcome.code, outcome.out })
      assert.matches("mkrun: --rights: the script failed, so the rights of a "
        .. "whole run are not known\n", outcome.err, 1, true)
    end
  end)

  it("names raw requests that mkrun does not know", function()
    local outcome = rights(with_script [[
      local http, config = require "mkrun.http", require "mkrun.config"
      local org = require "mkio".connect()
      local function raw(method, path)
        return http.request { method = method, url = config.base_url .. path,
          token = org.session.token }
      end
      assert(raw("GET", "/api/v1/organization/teams").status == 200)
      assert(raw("GET", "/api/v2/assets").status == 404)
      assert(select(3, raw("PUT", "/api/v2/assets/1")) == "plan")]], "x.lua")
    assert.equal(0, outcome.code, outcome.err)
    assert.same({ ["core.customer"] = { ["Northlight Broadcasting"] = {
      ["core.team"] = { "get" } } } }, json.decode(outcome.out))
    for _, what in ipairs { "GET /api/v2/assets", "PUT /api/v2/assets/1" } do
      assert.matches("mkrun: --rights: " .. what .. " is no operation that "
        .. "mkrun knows: nobody knows what it needs\n", outcome.err, 1, true)
    end
  end)

  it("is no matter for --help", function()
    local outcome = rights(temp.folder(), "token", "--help")
    assert.same({ 0, "" }, { outcome.code, outcome.out })
    assert.matches("^List, make and revoke tokens", outcome.err)
  end)
end)
