--- The helpers themselves, as far as the other specs lean on them.

local ca = require "tests.support.ca"
local nginx = require "tests.support.nginx"
local process = require "tests.support.process"

describe("tests.support.process", function()
  it("gives streams and exit code separately", function()
    local outcome = process.run({ "sh", "-c", "cat; echo $A >&2; exit 3" },
      { stdin = "it's", env = { A = "x" } })
    assert.same({ code = 3, out = "it's", err = "x\n" }, outcome)
  end)

  it("ends what takes too long", function()
    assert.equal(124, process.run({ "sleep", "9" }, { timeout = 0.1 }).code)
  end)

  it("stops what it started in the background", function()
    local sleeper <close> = process.spawn { "sleep", "60" }
    assert.is_true(sleeper:alive())
    assert.equal(143, sleeper:stop().code)
    assert.is_false(sleeper:alive())
  end)
end)

describe("tests.support.nginx", function()
  local server
  setup(function() server = nginx.start() end)
  teardown(function() server:stop() end)

  local function curl(url, ...)
    return process.run { "curl", "-sS", "--cacert", ca.path "ca.pem", url, ... }
  end

  it("serves with the throw-away certificate", function()
    assert.same({ code = 0, out = "hello\n", err = "" },
      curl(server.url.tls12_rsa .. "/"))
    assert.equal("TLSv1.2", server:requests("tls12_rsa")[1].tls)
  end)

  it("gives back what it was sent", function()
    local outcome = curl(server.url.h2_tls13_ecdsa .. "/echo?a=1", "-d", "b c")
    assert.equal("POST /echo?a=1\nb c", outcome.out)
    local request = server:requests("h2_tls13_ecdsa")[1]
    assert.equal("b c", request.body)
    assert.equal("HTTP/2.0", request.protocol)
  end)

  it("counts connections", function()
    local url = server.url.tls13_rsa
    curl(url .. "/", url .. "/json", url .. "/status/204")
    assert.equal(3, #server:requests "tls13_rsa")
    assert.equal(1, server:connections "tls13_rsa")
  end)

  for name, code in pairs { expired = 60, wrong_host = 60, untrusted = 60,
    self_signed = 60, no_intermediate = 60, client = 0 } do
    it("has a server that is " .. name, function()
      assert.equal(code, curl(server.url[name] .. "/").code)
    end)
  end
end)
