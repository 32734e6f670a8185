local secret = require "mkrun.secret"
local secrets = require "mkrun.tool.bundle.secrets"

local JWT <const> = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"

describe("mkrun.tool.bundle.secrets", function()
  it("recognizes what must not be in a bundle", function()
    for text, what in pairs {
      [JWT] = "line 1 looks like a token",
      ["local x\nlocal token = '" .. JWT .. "'"] = "line 2 looks like a token",
      ["\n\n-----BEGIN RSA PRIVATE KEY-----"] =
        "line 3 looks like a private key",
      ['{"journal":1,"time":"x"}\n'] = "is the journal of a run",
    } do
      assert.equal(what, secrets.find("file.txt", text))
    end
    for _, path in ipairs { ".env", "a/.env", ".env.local", "a/prod.env",
      ".netrc" } do
      assert.matches("is a file of settings", secrets.find(path, ""))
    end
  end)

  it("recognizes the secrets of the run", function()
    local own <close> = secret.new("abcdefghij0123456789", "own")
    assert.equal("has the token of this run in it",
      secrets.find("file.txt", "a\nabcdefghij0123456789\n"))
    assert.truthy(own)
  end)

  it("leaves other files alone", function()
    for _, text in ipairs { "", "eyJ", "a,b\n", '{"journals":1}',
      "-----BEGIN CERTIFICATE-----", "the key eyJ is how a token begins" } do
      assert.is_nil(secrets.find("list.env.csv", text))
    end
  end)
end)
