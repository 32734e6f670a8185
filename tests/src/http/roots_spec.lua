--- The embedded roots have no signature.  They have to verify, refuse and name
--- what the whole certificates do.

local ca = require "tests.support.ca"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

--- The objects that the debug binary has of `folder`, and all its libraries.
local function linked(folder)
  local words = {}
  for word in temp.read "build/debug/link.flags":gmatch "%S+" do
    if word:find("^build/debug/" .. folder .. "/.*%.o$") or
      word:find "%.a$" then
      words[#words + 1] = word
    end
  end
  return table.concat(words, " ")
end

--- A program with the roots of a C file.
local function build(roots)
  local check = temp.folder() .. "/check"
  shell.execute(([[gcc -std=gnu11 -Wall -Werror -Isrc -g -no-pie -o %s \
    -fsanitize=address,undefined -Wl,--unresolved-symbols=ignore-all \
    '-DMBEDTLS_CONFIG_FILE="mk_mbedtls_config.h"' -Ivendor/config \
    $(grep -o -e "-isystem [^ ]*" build/debug/compile.flags) \
    tests/src/http/roots_check.c %s %s %s]]):format(check, roots,
      linked "http", linked "base"))
  return check
end

describe("The embedded roots", function()
  it("have no signature, and are where chains look for them", function()
    local check = build "build/generated/roots.c"
    assert.equal("many, 0 bad, 0 lost", shell.output(check))
  end)
end)

--- A CA with the name of another one, and a certificate that it signed.
local FORGE <const> = [[
  openssl ecparam -name prime256v1 -genkey -noout -out forged.key
  openssl req -new -x509 -sha256 -days 30 -extensions root -key forged.key \
    -subj "/CN=mkrun test ca" -out forged.pem
  openssl x509 -req -sha256 -days 30 -in ecdsa.csr -CA forged.pem \
    -CAkey forged.key -set_serial 7 -extfile openssl.cnf -extensions leaf \
    -out forged.crt
  cat forged.crt forged.pem >under-forged.pem
  openssl x509 -req -sha256 -days 30 -in ecdsa.csr -CA forged.pem \
    -CAkey forged.key -set_serial 8 -out claims.pem]]

describe("Roots by way of vendor/roots.lua", function()
  local check, folder, roots

  --- What is said of a chain, by embedded roots and by whole ones.
  local function verdicts(name)
    local words = { check, folder .. "/" .. name }
    table.move(roots, 1, #roots, 3, words)
    local out = shell.output(shell.join(words))
    return out:match "^embedded: (.-)\nwhole: (.-)$"
  end

  lazy_setup(function()
    folder = temp.folder()
    shell.execute(("cp %s/* %s && cd %s && export OPENSSL_CONF=openssl.cnf "
      .. "SAN=DNS:localhost && { %s; } 2>log"):format(ca.folder(), folder,
      folder, FORGE))
    roots = { folder .. "/ca.pem", folder .. "/old-root.pem",
      folder .. "/self-signed.pem" }
    local many = { "lua5.4", "vendor/roots.lua" }
    for i = 0, 101 do many[#many + 1] = roots[i % #roots + 1] end
    local file = temp.folder() .. "/roots.c"
    shell.execute(shell.join(many) .. " >" .. file)
    check = build(file)
  end)

  for _, name in ipairs { "ecdsa", "rsa", "under-old-root", "self-signed" } do
    it("verify " .. name .. ".pem", function()
      assert.same({ "trusted", "trusted" }, { verdicts(name .. ".pem") })
    end)
  end

  for name, why in pairs {
    ["untrusted"] = "issuer unknown",
    ["under-forged"] = "is not the one that signed (signature)",
    ["claims"] = "is not the one that signed (signature)",
    ["forged"] = "is not the one that signed (signature)",
    ["other-ca"] = "it is self-signed",
    ["ca"] = "names no host (subjectAltName)",
    ["expired"] = "has expired",
    ["wrong-host"] = "is for another host",
    ["sha1"] = "weak signature",
    ["short"] = "too short a key",
    ["no-intermediate"] = "issuer unknown",
  } do
    it(("refuse %s.pem for the same reason"):format(name), function()
      local embedded, whole = verdicts(name .. ".pem")
      assert.matches(why, embedded, 1, true)
      assert.equal(whole, embedded)
    end)
  end
end)
