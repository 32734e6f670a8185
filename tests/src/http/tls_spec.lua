--- TLS and proxies, in this very binary but in a process of its own: what is
--- trusted, and which proxy is used, is chosen when a run starts.

local ca = require "tests.support.ca"
local canned = require "tests.src.http.server"
local nginx = require "tests.support.nginx"
local ports = require "tests.support.ports"
local process = require "tests.support.process"
local temp = require "tests.support.temp"

local PRELUDE = [[
local http = require "mkrun.http"
local function get(url, options)
  options = options or {}
  options.safe = false
  local response, message, code = http.get(url, options)
  if response then return print(response.status) end
  print(code .. " " .. message:gsub("^.-: ", "", 1))
end
]]

--- What a script prints; `options.cacert` is a file.
local function run(code, options)
  options = options or {}
  local words = { "build/debug/mkrun", "-e", PRELUDE .. code }
  if options.cacert then
    table.move({ "--cacert", options.cacert, "-e", PRELUDE .. code },
      1, 4, 2, words)
  end
  local outcome = process.run(words, { env = options.env })
  assert.equal("", outcome.err)
  return outcome.out
end

local function get(url, options)
  return run(("get %q"):format(url), options)
end

describe("http.trust", function()
  it("says which certificates are trusted", function()
    assert.equal("file " .. ca.path "ca.pem" .. " (1 root)\n",
      run("print(http.trust())", { cacert = ca.path "ca.pem" }))
  end)

  it("says why a file cannot be used", function()
    assert.equal("nil\tSSL_CERT_FILE: /nowhere.pem: No such file or directory\t"
      .. "tls\n", run("print(http.trust())",
      { env = { SSL_CERT_FILE = "/nowhere.pem" } }))
  end)
end)

describe("a server certificate", function()
  local server
  local root = function() return { cacert = ca.path "ca.pem" } end
  setup(function() server = nginx.start() end)
  teardown(function() server:stop() end)

  it("is shown by the response that met it first", function()
    local out = run(([[
      for _ = 1, 2 do
        local seen = assert(http.get "%s").certificate
        print(seen and seen.expires, seen and seen.issuer)
      end
    ]]):format(server.url.tls13_ecdsa), root())
    assert.matches("^20%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%dZ\tCN=[^\n]+\n"
      .. "nil\tnil\n$", out)
  end)

  for name, message in pairs {
    expired = 'certificate "CN=mkrun test expired" has expired since '
      .. "2020-02-01T00:00:00Z",
    wrong_host = 'certificate "CN=mkrun test wrong-host" is for another host, '
      .. "it names another.test",
    short = 'certificate "CN=mkrun test short" has too short a key',
    sha1 = 'certificate "CN=mkrun test sha1" has a weak signature (below '
      .. "SHA-256)",
    tls11 = "the server refused the TLS handshake: no TLS version in common, "
      .. "1.2 is the lowest allowed",
  } do
    it("is refused with words: " .. name, function()
      assert.equal("tls " .. message .. "\n", get(server.url[name], root()))
    end)
  end

  for name, issuer in pairs {
    untrusted = '"CN=mkrun test other-ca"',
    self_signed = "it is self-signed",
    no_intermediate = '"CN=mkrun test intermediate"',
  } do
    it("is refused with the store that does not know it: " .. name, function()
      local words = 'tls issuer unknown of certificate "CN=mkrun test %s": %s '
        .. "(trust: file %s)\n"
      assert.equal(words:format(name:gsub("_", "-"), issuer, ca.path "ca.pem"),
        get(server.url[name], root()))
    end)
  end

  it("is trusted when it is itself in the store", function()
    local only = { cacert = ca.path "self-signed.pem" }
    assert.equal("200\n", get(server.url.self_signed, only))
    assert.matches("^tls ", get(server.url.tls13_ecdsa, only))
  end)

  it("is looked for among many", function()
    local all = temp.file(("# a comment\n%s\n%s%s"):format(
      temp.read(ca.path "other-ca.pem"), temp.read(ca.path "ca.pem"),
      temp.read(ca.path "old-root.pem")))
    for _, name in ipairs { "tls12_rsa", "untrusted", "old_root" } do
      assert.equal("200\n", get(server.url[name], { cacert = all }))
    end
  end)

  it("is trusted however the lines of the store are cut", function()
    local head, body, tail = temp.read(ca.path "ca.pem")
      :match "^(%-+BEGIN[^\n]+\n)(.-)(%-+END[^\n]+\n)"
    body = body:gsub("%s", "")
    for _, width in ipairs { 1, 2, 3, 5, 6, 7, 10, 61, #body } do
      for _, cut in ipairs { "\n", " \r\n\t" } do
        local text = body:gsub(("."):rep(width), "%0" .. cut)
        local file = temp.file(head .. text .. "\n" .. tail)
        assert.equal("200\n", get(server.url.tls13_ecdsa, { cacert = file }))
      end
    end
  end)

  it("matters not on a port without TLS", function()
    local url = server.url.plain:gsub("http:", "https:")
    assert.equal("tls the server does not speak TLS on this port\n",
      get(url, root()))
  end)
end)

describe("a file of trusted certificates", function()
  local url = "https://localhost:1/"
  local good
  setup(function() good = temp.read(ca.path "ca.pem") end)

  for what, case in pairs {
    ["is empty"] = { "", "no PEM certificate in it" },
    ["is something else"] = { "hello", "no PEM certificate in it" },
    ["is cut off"] = { function() return good:sub(1, 200) end,
                       "a certificate in it is malformed" },
    ["has a NUL byte between two"] = { function()
      return good .. "\0" .. good
    end, "it has text after a NUL byte" },
    ["has a bad byte"] = { function() return (good:gsub("MII", "M!I", 1)) end,
                           "a certificate in it is malformed" },
    ["is padded in its middle"] = { function()
      return (good:gsub("MII", "M==I", 1))
    end, "a certificate in it is malformed" },
    ["has no certificate inside"] = { "-----BEGIN CERTIFICATE-----\naGk=\n"
      .. "-----END CERTIFICATE-----\n", "a certificate in it is malformed" },
  } do
    it("is named when it " .. what, function()
      local text = case[1]
      local file = temp.file(type(text) == "function" and text() or text)
      local words = ("%s: %s\n"):format(file, case[2])
      assert.equal("tls SSL_CERT_FILE: " .. words,
        get(url, { env = { SSL_CERT_FILE = file } }))
      assert.same({ code = 2, out = "", err = "mkrun: --cacert: " .. words },
        process.run { "build/debug/mkrun", "--cacert", file, "-e", "print(1)" })
    end)
  end
end)

describe("a client certificate", function()
  local server
  setup(function() server = nginx.start() end)
  teardown(function() server:stop() end)

  local function script(name)
    return ("get(%q, { client_cert = %q, client_key = %q })\n"):format(
      server.url.client, ca.path(name .. ".pem"), ca.path(name .. ".key"))
  end

  it("keeps its connections to itself", function()
    local code = script "client" .. script "client" .. script "client-other"
      .. ("get %q\n"):format(server.url.client) .. script "client"
    assert.equal("200\n200\n400\n400\n200\n",
      run(code, { cacert = ca.path "ca.pem" }))
    local seen, reused = {}, 0
    for _, request in ipairs(server:requests "client") do
      if seen[request.connection] then
        assert.equal(seen[request.connection], request.status)
        reused = reused + 1
      end
      seen[request.connection] = request.status
    end
    assert.equal(2, reused)
  end)

  it("may have its key in the same file", function()
    local both = temp.file(temp.read(ca.path "client.key")
      .. temp.read(ca.path "client.pem"))
    assert.equal("200\n", run(("get(%q, { client_cert = %q })"):format(
      server.url.client, both), { cacert = ca.path "ca.pem" }))
  end)

  it("is refused with words when something is wrong with it", function()
    local cert, key = ca.path "client.pem", ca.path "client.key"
    for _, case in ipairs {
      { "/nowhere.pem", key, "/nowhere.pem: No such file or directory" },
      { cert, "/dev/null", "/dev/null: not a PEM file" },
      { key, key, ("client certificate %s: no certificate in it, "
        .. "or a malformed one"):format(key) },
      { cert, cert, ("client certificate %s: no private key in it, or one "
        .. "with a password"):format(cert) },
      { cert, ca.path "rsa.key", ("client certificate %s: the key does not "
        .. "belong to the certificate"):format(cert) },
    } do
      assert.equal(("tls %s\n"):format(case[3]),
        run(("get(%q, { client_cert = %q, client_key = %q })"):format(
          server.url.client, case[1], case[2]),
          { cacert = ca.path "ca.pem" }))
    end
  end)
end)

describe("a connection", function()
  it("is not passed on to a command", function()
    local server <close> =
      canned.start "keep\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    assert.not_matches("socket:", run(([[
      get(%q)
      os.execute "ls -l /proc/self/fd"]]):format(server.url)))
  end)
end)

describe("a proxy", function()
  it("is taken from the environment, and sees the whole URL", function()
    local proxy <close> = canned.start(canned.answer "200 OK")
    assert.equal("200\n", get("http://api.test/x?y=1",
      { env = { http_proxy = proxy.url } }))
    assert.matches("^GET http://api.test/x%?y=1 HTTP/1.1\n",
      proxy:requests()[1])
  end)

  it("gets its own password, and not in a message", function()
    local proxy <close> = canned.start(canned.answer "403 Forbidden")
    local url = proxy.url:gsub("//", "//user:hidden@")
    local out = get("https://api.test/x", { env = { ALL_PROXY = url } })
    assert.matches("^proxy ", out)
    assert.not_matches("hidden", out)
    assert.matches("^CONNECT api.test:443 HTTP/1.1\n", proxy:requests()[1])
    assert.matches("\nUser%-Agent: mkrun/", proxy:requests()[1])
    assert.matches("\nProxy%-Authorization: Basic dXNlcjpoaWRkZW4=",
      proxy:requests()[1])
  end)

  it("is the only one that gets its password", function()
    local proxy <close> = canned.start(canned.answer "200 OK")
    local server <close> = canned.start(canned.answer "204 No Content")
    local url = proxy.url:gsub("//", "//user:hidden@")
    assert.equal("200\n204\n200\n", run(([[
      get "http://api.test/x"
      get %q
      get "http://api.test/y"]]):format(server.url),
      { env = { http_proxy = url } }))
    for _, request in ipairs(proxy:requests()) do
      assert.matches("\nProxy%-Authorization: Basic ", request)
    end
    assert.not_matches("Proxy", server:requests()[1])
    assert.matches("\nUser%-Agent: mkrun/[^\n]+\n", server:requests()[1])
  end)

  it("with a URL that cannot be used is not quoted", function()
    for _, url in ipairs { "gopher://user:hidden@x", "http://user:hidden@[" } do
      assert.equal("proxy the URL of the proxy cannot be used\n",
        get("https://api.test/x", { env = { https_proxy = url } }))
    end
  end)

  it("is not asked for what no_proxy names", function()
    local server <close> = canned.start(canned.answer "204 No Content")
    assert.equal("204\n", get(server.url, { env = {
      http_proxy = "http://127.0.0.1:1", no_proxy = "127.0.0.1" } }))
  end)

  it("that is not there is named as the culprit", function()
    assert.matches("^proxy ", get("http://api.test/", { env = {
      http_proxy = ("http://127.0.0.1:%d"):format(ports.free(1)) } }))
  end)

  it("never gets a token without TLS", function()
    local proxy <close> = canned.start(canned.answer "200 OK")
    local code = [[
      local token = require "mkrun.secret".new("hidden", "t")
      get("http://api.test/", { token = token })]]
    assert.matches("^insecure ", run(code, { env = {
      http_proxy = proxy.url } }))
    assert.same({}, proxy:requests())
  end)

  it("is passed by on the way to loopback without TLS", function()
    local proxy <close> = canned.start(canned.answer "200 OK")
    local server <close> = canned.start(canned.answer "204 No Content")
    local code = ([[
      local token = require "mkrun.secret".new("hidden", "t")
      get(%q, { token = token })]]):format(server.url)
    assert.equal("204\n", run(code, { env = { http_proxy = proxy.url } }))
    assert.same({}, proxy:requests())
  end)
end)

describe("a connection that is lost in the TLS handshake", function()
  local LOST <const> = "connection closed during the TLS handshake"

  it("is none, so the request may be sent again", function()
    local server <close> = canned.start ""
    local url = server.url:gsub("http:", "https:")
    assert.equal("connect " .. LOST .. "\n", run(([[
      local response, message, code = http.get(%q)
      print(code .. " " .. message:gsub("^.-: ", "", 1)
        :gsub(" %%(%%d attempts%%)$", ""))]]):format(url)))
  end)
end)

describe("a proxy that does not do its work is named:", function()
  --- Its code and the name, without what libcurl says.
  local function named(proxy, answer)
    local server <close> = canned.start(answer or "")
    local place = server.url:match "//(.*)"
    local out = run("get 'https://api.test/x'", { env = {
      https_proxy = proxy:format(place) } })
    assert.is_nil(out:find("hidden", 1, true))
    assert.matches(" (proxy " .. place .. ")", out, 1, true)
    return out:match "^%l+"
  end

  it("one that drops the connection", function()
    assert.equal("proxy", named "http://user:hidden@%s")
  end)

  it("one that refuses", function()
    assert.equal("proxy", named("http://%s", canned.answer "403 Forbidden"))
  end)

  it("one that breaks TLS behind it", function()
    assert.equal("tls", named("%s",
      "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 400 Bad Request\r\n\r\n"))
  end)

  it("one whose own TLS does not work", function()
    local code = named "https://user:hidden@%s"
    assert(code == "connect" or code == "tls" or code == "proxy", code)
  end)

  it("one where nobody listens", function()
    local place = ("127.0.0.1:%d"):format(ports.free(1))
    local out = run("get 'https://api.test/x'",
      { env = { https_proxy = "http://" .. place } })
    assert.matches("^proxy .* %(proxy " .. place:gsub("%.", "%%.") .. "%)\n$",
      out)
  end)
end)
