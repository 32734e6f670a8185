--- A token goes into the Authorization header and nowhere else.

local ca = require "tests.support.ca"
local nginx = require "tests.support.nginx"
local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local CANARY = "canary-5f0c1d7e"
local EXAMPLE = shell.output "pwd" .. "/scripts/examples/onboard.json"

local function run(arguments, options)
  options = options or {}
  options.env = options.env or { MKIO_TOKEN = CANARY }
  local outcome = release.run(arguments, options)
  local text = outcome.out .. outcome.err
  assert(not text:find(CANARY, 1, true), "the token is in: " .. text)
  return outcome
end

describe("a token in MKIO_TOKEN", function()
  it("is not shown when a flow is traced", function()
    local outcome = run({ "--sandbox", "--trace", "onboard", EXAMPLE },
      { cwd = temp.folder() })
    assert.equal(0, outcome.code, outcome.err)
    assert.matches("GET /api/", outcome.err, 1, true)
  end)

  it("is not shown by help, lists and usage errors", function()
    for _, arguments in ipairs {
      { "--help" }, { "--version" }, { "--list" }, { "--show", "onboard" },
      { "onboard", "--help" }, { "onboard" }, { "onboard", "--no-such" },
      { "--no-such" }, { "no-such-script" },
    } do
      run(arguments)
    end
  end)

  it("is not in the environment of the script or its children", function()
    local outcome = run { "-e", [[
      print(os.getenv "MKIO_TOKEN")
      os.execute "env"
      print(io.open("/proc/self/environ"):read "a")]] }
    assert.matches("^nil\n", outcome.out)
  end)

  it("is a label wherever a script prints it", function()
    for _, code in ipairs {
      "print(token)", "print(('%s'):format(token))", "error(token)",
      "error(tostring(token))", "print(token .. '')", "print(#token)",
      "print(require 'mkrun.json'.encode { token })",
      "for k, v in pairs(token) do print(k, v) end",
      "for k, v in pairs(debug.getmetatable(token)) do print(k, v) end",
      "local t = {} t[token] = token print(next(t))",
      "io.write(token)", "string.dump(function() return token end)",
      "debug.traceback(token)", "print(debug.getuservalue(token, 1))",
    } do
      run { "--trace", "-e",
        "local token = require 'mkrun.config'.token " .. code }
    end
  end)

  it("is not shown when a request fails", function()
    run { "--trace", "--base-url", "https://localhost:1", "-e",
      "require 'mkio'.connect { project = 'x' }:get()" }
    local outcome = run { "--trace", "-e", [[
      local config = require "mkrun.config"
      print(require "mkrun.http".get("http://192.0.2.1/?key=letmein",
        { token = config.token }))]] }
    assert.matches("origin\n$", outcome.out)
    assert.not_matches("letmein", outcome.out .. outcome.err, 1, true)
  end)

  it("arrives at the server, and not at another", function()
    local server <close> = nginx.start()
    local code = [[
      local config, http = require "mkrun.config", require "mkrun.http"
      print(http.get(%q, { token = config.token }).status)]]
    local function get(path)
      local base = server.url.tls13_ecdsa
      return run { "--trace", "--cacert", ca.path "ca.pem",
        "--base-url", base, "-e", code:format(base .. path) }.out
    end
    assert.equal("200\n", get "/json")
    assert.equal("302\n", get "/redirect-away")
    assert.equal("200\n", get "/redirect")
    for _, request in ipairs(server:requests "tls13_ecdsa") do
      assert.equal("Bearer " .. CANARY, request.authorization)
    end
  end)
end)

describe("a token in a file", function()
  local code = "print(require 'mkrun.config'.token)"
  local unset = { MKIO_TOKEN = false }

  it("is read by --token-file", function()
    local file = temp.file(CANARY .. "\n")
    local outcome =
      run({ "--token-file", file, "-e", code }, { env = unset })
    assert.matches("^%(secret: .*%)\n$", outcome.out)
  end)

  it("is read from stdin by --token-file -", function()
    local outcome = run({ "--token-file", "-", "-e", code },
      { env = unset, stdin = CANARY .. "\n" })
    assert.matches("^%(secret: .*%)\n$", outcome.out)
  end)

  it("is never on a command line", function()
    local outcome = run { "--token", CANARY:reverse(), "-e", code }
    assert.equal(2, outcome.code)
    assert.not_matches(CANARY:reverse(), outcome.err, 1, true)
  end)
end)

describe("a token in memory", function()
  it("is in no core file, not even of a child", function()
    assert.equal("0\n", run({ "-e", 'os.execute "ulimit -Sc"' }).out)
  end)

  it("is in no file that the sandbox writes", function()
    local folder = temp.folder()
    run({ "--sandbox=" .. folder .. "/state.json", "onboard", EXAMPLE },
      { cwd = folder })
    assert.equal(1,
      process.run({ "grep", "-rq", CANARY, folder }).code)
  end)
end)
