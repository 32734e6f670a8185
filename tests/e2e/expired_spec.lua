--- A run whose token has expired says so before its first request.

local json = require "mkrun.json"
local release = require "tests.support.release"
local served = require "tests.support.served"
local shell = require "tests.support.shell"

local NAME <const> = "canary-90ab17"

local function part(text)
  return (shell.output("printf %s " .. shell.quote(text) .. " | base64 -w0")
    :gsub("=", ""):gsub("%+", "-"):gsub("/", "_"))
end

local function token(claims)
  claims.name = NAME
  return table.concat({ part '{"alg":"HS256"}', part(json.encode(claims)),
    "c2lnbmF0dXJl" }, ".")
end

describe("a run whose token", function()
  local api
  setup(function() api = served.start { token = "another" } end)
  teardown(function() api:stop() end)

  local function run(claims, code)
    return release.run({ "--base-url", api.url, "-e", code }, { env = {
      MKIO_TOKEN = token(claims) } })
  end

  it("has expired says so before the first request, and once", function()
    local outcome = run({ exp = 1700000000 }, [[
      for _ = 1, 3 do require "mkio".connect() end]])
    assert.equal("mkrun: warning: this run's token expired at "
      .. "2023-11-14T22:13:20Z, by this machine's clock\n", outcome.err)
    assert.equal(0, outcome.code)
    assert.equal(0, #api:requests())
  end)

  it("has expired says so with the server's refusal", function()
    local outcome = run({ exp = 1700000000 },
      "require 'mkio'.connect():get()")
    assert.matches(": 401 .*: this run's token expired at "
      .. "2023%-11%-14T22:13:20Z: make a new one, and set MKIO_TOKEN or use "
      .. "%-%-token%-file\n$", outcome.err)
    assert.is_nil(outcome.err:find(NAME, 1, true))
    assert.equal(1, outcome.code)
  end)

  it("is alive, or says nothing of its end, has no warning", function()
    for _, claims in ipairs { { exp = 4e9 }, {}, { exp = "soon" },
      { exp = -1e300 }, { exp = 1e300 }, { exp = json.null } } do
      local outcome = run(claims, "require 'mkio'.connect()")
      assert.equal("", outcome.err)
      assert.equal(0, outcome.code)
    end
  end)
end)
