--- What the release binary is: one static file that needs nothing else.

local ca = require "tests.support.ca"
local chroot = require "tests.support.chroot"
local nginx = require "tests.support.nginx"
local release = require "tests.support.release"
local temp = require "tests.support.temp"

local MAX_SIZE <const> = 1800000

describe("the release binary", function()
  it(("is at most %.1f MB"):format(MAX_SIZE / 1e6), function()
    local size = #temp.read(release.file)
    assert(size <= MAX_SIZE, ("%d bytes"):format(size))
  end)

  it("says which version of each library is inside", function()
    local outcome = release.run { "--version" }
    assert.equal(0, outcome.code)
    for _, name in ipairs { "mkrun", "musl", "Lua", "curl", "mbedTLS",
      "nghttp2", "zlib", "cjson", "isocline" } do
      local found = outcome.out:lower():find(name:lower(), 1, true)
      assert(found, name .. " in: " .. outcome.out)
    end
  end)
end)

describe("the JSON of the release binary", function()
  it("keeps 64-bit integers, floats and empty arrays", function() -- P7
    local text = '[9007199254740993,-9223372036854775808,0.1,1e300,[],{}]'
    local outcome = release.eval(
      ("local j = require 'mkrun.json' print(j.encode(j.decode '%s'))")
        :format(text))
    assert.same({ code = 0, out = text .. "\n", err = "" }, outcome)
  end)
end)

describe("the release binary in an empty chroot", function()
  it("runs", function()
    if not chroot.works() then pending "needs chroot" end
    local empty = chroot.new()
    assert.same({ code = 0, out = "[1,2]\n", err = "" },
      empty:run { "-e", 'print(require"mkrun.json".encode{1,2})' })
  end)

  it("makes a verified HTTPS request without /dev", function() -- P3
    if not chroot.works() then pending "needs chroot" end
    local server <close> = nginx.start()
    local box = chroot.new { ["ca.pem"] = temp.read(ca.path "ca.pem") }
    local code = ('print(require"mkrun.http".get("%s/").status)')
      :format(server.url.h2_tls13_ecdsa)
    assert.same({ code = 0, out = "200\n", err = "" },
      box:run { "--cacert", "/ca.pem", "-e", code })
  end)

  it("trusts the embedded roots and nobody else", function()
    if not chroot.works() then pending "needs chroot" end
    local server <close> = nginx.start()
    local code = ('print(select(3, require"mkrun.http".get("%s/")))')
      :format(server.url.h2_tls13_ecdsa)
    assert.same({ code = 0, out = "tls\n", err = "" },
      chroot.new():run { "-e", code })
  end)

  it("runs a flow on the sandbox", function()
    if not chroot.works() then pending "needs chroot" end
    local outcome = chroot.new():run { "--sandbox", "-e",
      'print(require"mkio".connect{project="x"}:get().metadata ~= nil)' }
    assert.same({ code = 0, out = "true\n", err = "" }, outcome)
  end)
end)
