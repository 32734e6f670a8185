local canned = require "tests.src.http.server"
local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local ports = require "tests.support.ports"
local release = require "tests.support.release"
local temp = require "tests.support.temp"

--- The findings of `mkrun doctor`, by check; `words` go before it.
local function doctor(words, env)
  words[#words + 1] = "doctor"
  table.move({ "--output", "json" }, 1, 2, #words + 1, words)
  local outcome = release.run(words, { env = env })
  assert.not_matches("stack traceback", outcome.err, 1, true)
  local findings = {}
  for _, finding in ipairs(assert(json.decode(outcome.out))) do
    findings[finding.check] = finding
  end
  return findings, outcome
end

local function results(findings)
  local list = {}
  for check, finding in pairs(findings) do
    local result = finding.result
    if check == "confinement" then -- depends on the kernel
      assert(result == "ok" or result == "warning", result)
      result = "there"
    end
    list[#list + 1] = check .. " " .. result
  end
  table.sort(list)
  return table.concat(list, ", ")
end

--- A JWT that nobody signed, good for a look at its claims.
local function jwt(claims)
  return require "mkio.model.jwt".make(claims, "noise")
end

describe("doctor on the sandbox", function()
  it("finds nothing wrong, twice, and writes nothing", function()
    local here = flow.new()
    for _ = 1, 2 do
      local outcome, writes = here:counted "doctor"
      assert.equal(0, outcome.code, outcome.err)
      assert.equal(0, writes)
      assert.matches("\nok       organization  Northlight Broadcasting (",
        outcome.out, 1, true)
      assert.not_matches("failed", outcome.out, 1, true)
    end
  end)

  it("finds a token that was revoked", function()
    local here = flow.new()
    assert.equal(0, here:run("onboard", flow.example).code)
    local token = temp.read(here.folder .. "/evening-news.token")
    local state = here:state()
    for _, one in ipairs(state.tokens) do
      if one.id == here:stored "evening-news.token" then
        one.revoked = one.issued
      end
    end
    here:write("state.json", json.encode(state))
    here.env = { MKIO_TOKEN = token }
    local outcome = here:run "doctor"
    assert.equal(1, outcome.code)
    assert.matches("failed   token", outcome.out, 1, true)
    assert.matches("skipped  rbac", outcome.out, 1, true)
    assert.not_matches("eyJ", outcome.out .. outcome.err, 1, true)
  end)

  it("says what a restricted token is, and what it lacks", function()
    local here = flow.new()
    assert.equal(0, here:run("onboard", flow.example).code)
    here.env =
      { MKIO_TOKEN = temp.read(here.folder .. "/evening-news.token") }
    local outcome = here:run "doctor"
    assert.equal(1, outcome.code)
    assert.matches("ok       token         restricted, 'evening-news "
      .. "automation', until 20", outcome.out, 1, true)
    assert.matches("failed   organization  GET /api/v1/organization: 403",
      outcome.out, 1, true)
    assert.matches("the token lacks core.customer.get", outcome.out, 1, true)
    assert.matches("ok       rbac          1 permission on 1 resource",
      outcome.out, 1, true)
  end)
end)

describe("doctor without a server", function()
  local function base() return "http://localhost:" .. ports.free() end

  it("goes on without a token, and says what is missing", function()
    local findings, outcome = doctor { "--base-url", base() }
    assert.equal(1, outcome.code)
    assert.equal("TLS skipped, base URL ok, clock skipped, "
      .. "confinement there, organization skipped, proxy ok, rbac skipped, "
      .. "server failed, token failed", results(findings))
    assert.matches("is the base URL right?", findings.server.advice, 1, true)
    assert.equal("set MKIO_TOKEN or use --token-file", findings.token.advice)
  end)

  it("sees by itself that a token has expired", function()
    local findings = doctor({ "--base-url", base() },
      { MKIO_TOKEN = jwt { exp = 1700000000, jti = "x" } })
    assert.equal("failed", findings.token.result)
    assert.equal("it expired at 2023-11-14T22:13:20Z", findings.token.detail)
  end)

  it("finds a base URL with a path that is not part of it, and takes any "
    .. "text for a token", function()
    local url = base()
    local findings, outcome =
      doctor({ "--base-url", url .. "/api/v1" }, { MKIO_TOKEN = "canary-11" })
    assert.equal("failed", findings["base URL"].result)
    assert.equal("use " .. url, findings["base URL"].advice)
    assert.equal("skipped", findings.token.result)
    assert.not_matches("canary", outcome.out .. outcome.err, 1, true)
  end)

  it("says which proxy is in the way, without its password", function()
    local function proxy(env)
      local findings, outcome =
        doctor({ "--base-url", "https://localhost:1" }, env)
      assert.not_matches("s3cret", outcome.out .. outcome.err, 1, true)
      return findings.proxy.detail, findings.server
    end
    local url = ("http://u:s3cret@127.0.0.1:%d"):format(ports.free())
    local detail, server = proxy { https_proxy = url }
    assert.matches("^http://127%.0%.0%.1:%d+, of https_proxy$", detail)
    assert.equal("are https_proxy and no_proxy right?", server.advice)
    assert.equal("none for localhost, because of no_proxy",
      (proxy { https_proxy = url, no_proxy = "a.test, localhost" }))
    assert.matches("^127%.0%.0%.1:%d+, of https_proxy$",
      (proxy { https_proxy = url:gsub("^http://", "") }))
    assert.matches("^http://127%.0%.0%.1:%d+, of https_proxy$",
      (proxy { https_proxy = url:gsub("s3cret", "s3cret/s3cret@") }))
  end)
end)

describe("doctor behind a proxy", function()
  --- What it finds of the server and of TLS where the proxy says `answer` to
  --- each connection.
  local function behind(answer)
    local proxy <close> = canned.start(answer)
    local findings, outcome = doctor({ "--base-url", "https://api.test" },
      { https_proxy = proxy.url:gsub("//", "//user:s3cret@") })
    assert.equal(1, outcome.code)
    assert.not_matches("s3cret", outcome.out .. outcome.err, 1, true)
    local place = proxy.url:match "//(.*)"
    assert.equal(("http://%s, of https_proxy"):format(place),
      findings.proxy.detail)
    return findings, ("(proxy %s)"):format(place)
  end

  local CONNECTED <const> = "HTTP/1.1 200 Connection established\r\n\r\n"

  local function fails_at_proxy(answer)
    local findings, place = behind(answer)
    assert.equal("failed", findings.server.result)
    assert.matches(place, findings.server.detail, 1, true)
    assert.equal("are https_proxy and no_proxy right?", findings.server.advice)
    assert.same({ "skipped", "no answer" },
      { findings.TLS.result, findings.TLS.detail })
  end

  it("that drops the connection names it", function()
    fails_at_proxy ""
  end)

  it("that refuses, or wants a password, names it", function()
    for _, status in ipairs { "403 Forbidden", "502 Bad Gateway",
      "407 Proxy Authentication Required" } do
      fails_at_proxy(canned.answer(status))
    end
  end)

  it("that is none names it", function()
    fails_at_proxy "SSH-2.0-OpenSSH\r\n\r\n"
  end)

  it("that closes what it has connected names it, and the handshake",
    function()
      local findings, place = behind(CONNECTED)
      assert.equal("failed", findings.server.result)
      assert.matches("connection closed during the TLS handshake " .. place,
        findings.server.detail, 1, true)
      assert.equal("are https_proxy and no_proxy right?",
        findings.server.advice)
    end)

  it("that breaks TLS names it", function()
    local findings, place = behind(CONNECTED .. "HTTP/1.1 400 Bad\r\n\r\n")
    assert.equal("ok", findings.server.result)
    assert.equal("failed", findings.TLS.result)
    assert.equal("the server does not speak TLS on this port " .. place,
      findings.TLS.detail)
    assert.equal("are https_proxy and no_proxy right?", findings.TLS.advice)
  end)
end)
