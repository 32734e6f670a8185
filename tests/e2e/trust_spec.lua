--- Whom the program trusts: --cacert, else SSL_CERT_FILE, else the system's
--- bundle, else the embedded roots.

local ca = require "tests.support.ca"
local chroot = require "tests.support.chroot"
local nginx = require "tests.support.nginx"
local release = require "tests.support.release"
local temp = require "tests.support.temp"

local BUNDLE = "etc/ssl/certs/ca-certificates.crt"

describe("trust anchors", function()
  local server, code
  setup(function()
    server = nginx.start()
    code = ('print(select(3, require"mkrun.http".get("%s/")) or "trusted")')
      :format(server.url.tls13_ecdsa)
  end)
  teardown(function() server:stop() end)

  it("come from --cacert first", function()
    local good, bad = ca.path "ca.pem", ca.path "other-ca.pem"
    local function get(cacert, env)
      return release.eval(code, { flags = { "--cacert", cacert },
                                  env = { SSL_CERT_FILE = env } }).out
    end
    assert.equal("trusted\n", get(good, bad))
    assert.equal("tls\n", get(bad, good))
  end)

  it("come from SSL_CERT_FILE else", function()
    local function get(file)
      return release.eval(code, { env = { SSL_CERT_FILE = file } }).out
    end
    assert.equal("trusted\n", get(ca.path "ca.pem"))
    assert.equal("tls\n", get(ca.path "other-ca.pem"))
  end)

  it("come from the system's bundle else", function()
    if not chroot.works() then pending "needs chroot" end
    local function get(name)
      return chroot.new { [BUNDLE] = temp.read(ca.path(name)) }
        :run({ "-e", code }).out
    end
    assert.equal("trusted\n", get "ca.pem")
    assert.equal("tls\n", get "other-ca.pem")
  end)

  it("are named by --version", function()
    local file = ca.path "ca.pem"
    assert.matches(file,
      release.run({ "--cacert", file, "--version" }).out, 1, true)
    assert.matches(file, release.run({ "--version" },
      { env = { SSL_CERT_FILE = file } }).out, 1, true)
  end)

  it("are named by --version in a chroot too", function()
    if not chroot.works() then pending "needs chroot" end
    local with_bundle = chroot.new { [BUNDLE] = temp.read(ca.path "ca.pem") }
    assert.matches("/" .. BUNDLE, with_bundle:run({ "--version" }).out, 1, true)
    assert.matches("embedded (Mozilla ", chroot.new():run({ "--version" }).out,
      1, true)
  end)

  it("are named by --trace", function()
    local file = ca.path "ca.pem"
    local outcome =
      release.eval(code, { flags = { "--trace", "--cacert", file } })
    assert.equal("trusted\n", outcome.out)
    assert.matches(file, outcome.err, 1, true)
  end)

  it("are not silently others when the file is missing", function()
    for _, options in ipairs {
      { flags = { "--cacert", "/nowhere/ca.pem" } },
      { env = { SSL_CERT_FILE = "/nowhere/ca.pem" } },
    } do
      local outcome = release.eval(code, options)
      assert.not_equal("trusted\n", outcome.out)
      assert.matches("/nowhere/ca.pem",
        outcome.out .. outcome.err .. release.eval(
          code:gsub("select%(3", "select(2"), options).out, 1, true)
    end
  end)
end)
