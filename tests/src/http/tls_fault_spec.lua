local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local check --- tls_fault.c with a main, watched by the sanitizers

local function words(what, number, ...)
  local text = ("ssl_%s returned: (-0x%04X) SSL - Some words"):format(
    what == "handshake" and what or "read", number)
  return shell.output(shell.join { check, what, text, ... })
end

local REFUSED <const> = "the server refused the TLS handshake"
local WANTS <const> =
  "the server wants a client certificate (option client_cert)"
local DISLIKES <const> = "the server refused the client certificate"

describe("mk_tls_fault", function()
  lazy_setup(function()
    check = temp.folder() .. "/check"
    shell.execute(("gcc -std=c11 -D_GNU_SOURCE -Wall -Werror -Isrc -g "
      .. "-fsanitize=address,undefined -o %s src/http/tls_fault.c "
      .. "tests/src/http/tls_fault_check.c"):format(check))
  end)

  for number, expected in pairs {
    [0x0001] = "connection closed during the TLS handshake",
    [0x7280] = "connection closed during the TLS handshake",
    [0x7200] = "the server does not speak TLS on this port",
    [0x2562] = "the server's certificate has an extension that is malformed, "
      .. "or critical and unknown to mkrun", -- 0x2500 and a low number
    [0x6A0B] = "the server's certificate chain is larger than 16 KiB",
    [0x6A0D] = "a message of the TLS handshake is larger than 16 KiB",
    [0x7780 + 20] = REFUSED,
    [0x7780 + 70] = REFUSED .. ": no TLS version in common, 1.2 is the lowest "
      .. "allowed",
    [0x7780 + 112] = REFUSED .. ": it does not serve a host of this name",
    [0x7780 + 116] = REFUSED,
    [0x5555] = "nothing",
  } do
    it(("knows 0x%04X"):format(number), function()
      assert.equal(expected, words("handshake", number))
    end)
  end

  it("knows nothing of a text without a number", function()
    assert.equal("nothing", shell.output(shell.join {
      check, "handshake", "mbedTLS: ssl_config failed" }))
  end)

  it("tells a missing client certificate by the alert and the time", function()
    for _, alert in ipairs { 40, 116 } do
      assert.equal(WANTS, words("handshake", 0x7780 + alert, "believed"))
    end
    assert.matches("^" .. REFUSED, words("handshake", 0x7780 + 40))
  end)

  it("tells why the server does not like the one that there is", function()
    local function late(alert)
      return words("late", 0x7780 + alert, "believed", "identified")
    end
    assert.equal(DISLIKES .. ": its CA is unknown there", late(48))
    assert.equal(DISLIKES .. ": it has expired", late(45))
    assert.equal("nothing", late(80))
    assert.equal("nothing", words("late", 0x7780 + 48, "identified"))
    assert.equal("nothing", words("late", 0x7780 + 48, "believed"))
  end)

  it("has words for an answer that ends too early", function()
    local cut = "connection closed before the answer was whole"
    assert.equal(cut, words("read", 0))
    assert.equal(cut, words("read", 1))
    assert.equal("the TLS data was damaged on the way",
      words("read", 0x7180))
    assert.equal("the server ended the connection with a TLS error",
      words("read", 0x7780 + 80))
    assert.equal("nothing", shell.output(shell.join {
      check, "read", "Recv failure: Connection reset by peer" }))
  end)
end)
