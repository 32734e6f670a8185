--- TLS against a real server: what is spoken, and who is refused.

local ca = require "tests.support.ca"
local nginx = require "tests.support.nginx"
local ports = require "tests.support.ports"
local process = require "tests.support.process"
local release = require "tests.support.release"

--- Prints status, HTTP version and body, or else the code.
local GET = [[
local http = require "mkrun.http"
local response, message, code = http.request(%s)
if not response then
  io.stderr:write(message, "\n")
  print(code)
else
  io.write(response.status, " ", response.http_version, " ", response.body)
end]]

describe("a TLS server", function()
  local server
  setup(function() server = nginx.start() end)
  teardown(function() server:stop() end)

  --- `options` is the text of a table constructor.
  local function request(options, cacert)
    return release.eval(GET:format(options),
      { flags = { "--cacert", cacert or ca.path "ca.pem" } })
  end

  local function get(name, host)
    local url = server.url[name]
    if host then url = url:gsub("localhost", host) end
    return request(("{ url = %q }"):format(url .. "/"))
  end

  --- Refused as a matter of TLS, with a message that names the request.
  local function assert_refused(outcome)
    assert.equal("tls\n", outcome.out)
    assert.matches("^GET https://[%w.:%[%]]+/: .", outcome.err)
  end

  for _, tls in ipairs { "1.2", "1.3" } do
    for _, key in ipairs { "rsa", "ecdsa" } do -- P1 is TLS 1.2 with RSA
      local name = ("tls%s_%s"):format(tls:gsub("%.", ""), key)
      local words = (" with TLS %s and an %s key"):format(tls, key:upper())

      it("is spoken to in HTTP/1.1" .. words, function()
        assert.same({ code = 0, out = "200 1.1 hello\n", err = "" }, get(name))
        assert.equal("TLSv" .. tls, server:requests(name)[1].tls)
      end)

      it("is spoken to in HTTP/2" .. words, function()
        local h2 = "h2_" .. name
        assert.same({ code = 0, out = "200 2 hello\n", err = "" }, get(h2))
        assert.equal("TLSv" .. tls, server:requests(h2)[1].tls)
      end)
    end
  end

  it("is verified by IP address where the certificate has one", function()
    assert.equal("200 2 hello\n", get("h2_tls13_ecdsa", "127.0.0.1").out)
    assert_refused(get("name_only", "127.0.0.1"))
    assert.equal("200 1.1 hello\n", get("name_only").out)
  end)

  it("is trusted under a root that is signed with SHA-1", function() -- P6
    local url = server.url.old_root .. "/"
    local outcome =
      request(("{ url = %q }"):format(url), ca.path "old-root.pem")
    assert.equal("200 1.1 hello\n", outcome.out)
  end)

  for name, what in pairs {
    expired = "with an expired certificate",
    wrong_host = "with a certificate for another host",
    untrusted = "with a certificate by an unknown CA",
    self_signed = "with a self-signed certificate",
    no_intermediate = "that does not send its intermediate",
    short = "with an RSA key of 1024 bits",
    sha1 = "with a certificate signed with SHA-1",
    tls11 = "that speaks nothing newer than TLS 1.1",
  } do
    it(what .. " is refused", function()
      assert_refused(get(name))
      assert.same({}, server:requests(name))
    end)
  end

  it("is refused without --cacert", function()
    local outcome = release.eval(
      GET:format(("{ url = %q }"):format(server.url.tls13_ecdsa .. "/")))
    assert_refused(outcome)
  end)

  it("gets the client certificate that it asks for", function()
    local text = "{ url = %q, client_cert = %q, client_key = %q }"
    local url = server.url.client .. "/"
    assert.matches("^400 1.1", request(("{ url = %q }"):format(url)).out)
    assert.equal("200 1.1 hello\n", request(text:format(url,
      ca.path "client.pem", ca.path "client.key")).out)
    assert.matches("^400 1.1", request(text:format(url,
      ca.path "client-other.pem", ca.path "client-other.key")).out)
  end)
end)

--- Answers the first handshake message on its port with one that is made by
--- hand, and prints in hex what comes back, an alert.
local BY_HAND <const> = [[
local listener = assert(require "socket".bind("127.0.0.1", %d))
print "ready"
io.flush()
local connection = assert(listener:accept())
local function record()
  local head = assert(connection:receive(5))
  return connection:receive(((">I2"):unpack(head, 4)), "")
end
local hello = record()
local session = (">s1"):unpack(hello, 39)
local body = ("\3\%d" .. ("r"):rep(32) .. (">s1"):pack(session)
  .. "%s" .. "\0")
local message = "\2" .. (">s3"):pack(body)
connection:send("\22\3\3" .. (">s2"):pack(message))
local answer = record()
print((answer:gsub(".", function(c) return ("%%02x"):format(c:byte()) end)))
]]

describe("a ServerHello without supported_versions", function()
  --- `suite` is written as in a Lua string.
  local function outcome(version, suite)
    local port = ports.free(1)
    local server <close> = process.spawn { "build/debug/mkrun", "-e",
      BY_HAND:format(port, version, suite) }
    process.wait_until("the server", function()
      return server:output():find "ready"
    end, 60)
    local seen = release.eval(GET:format(
      ("{ url = 'https://localhost:%d/', safe = false }"):format(port)))
    return seen, server:wait().out
  end

  -- Without keys the handshake would go on (CVE-2026-115490).
  it("is none of TLS 1.3", function()
    local seen, answer = outcome(4, "\\x13\\x01")
    assert.equal("tls\n", seen.out)
    assert.matches("no TLS version in common", seen.err, 1, true)
    assert.equal("ready\n0246\n", answer) -- fatal: protocol_version
  end)

  it("is none of TLS 1.1", function()
    local seen, answer = outcome(2, "\\xc0\\x2b")
    assert.equal("tls\n", seen.out)
    assert.equal("ready\n0246\n", answer)
  end)
end)
