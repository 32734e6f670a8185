local hide = require "mkrun.rest.generic.hide"
local json = require "mkrun.json"
local secret = require "mkrun.secret"
local body = require "mkrun.rest.declare.body"

local function shape(declared) return body.shape("spec", declared) end

describe("a request body", function()
  local wanted = shape { name = "string", password = "secret",
    keys = { { value = "secret" } }, more = "any" }

  it("stays as it is without a secret", function()
    local given = { name = "a" }
    local plain, secrets = hide.secrets(wanted, given)
    assert.equal(given, plain)
    assert.is_nil(secrets)
  end)

  it("has a word for each secret, in an order that never changes", function()
    local handle = secret.new("a secret of the script", "x")
    local given = { name = "a", password = "not to be seen",
      keys = { { value = handle } }, more = { handle } }
    local plain, secrets = hide.secrets(wanted, given)
    assert.same({ name = "a", keys = { { value = "(secret)" } },
      more = { "(secret 2)" }, password = "(secret 3)" }, plain)
    assert.equal(handle, secrets["(secret)"])
    assert.equal(handle, secrets["(secret 2)"])
    assert.is_true(secrets["(secret 3)"]:equals "not to be seen")
    assert.equal("not to be seen", given.password)
    assert.is_nil(secret.redact("x not to be seen y"):find "seen")
  end)

  it("keeps the kinds of its tables", function()
    local plain = hide.secrets(wanted, { password = "a password",
      keys = json.array {}, more = json.object {} })
    assert.equal('{"keys":[],"more":{},"password":"(secret)"}',
      json.encode(plain, { sort = true }))
  end)

  it("has words that are no texts of it", function()
    local plain, secrets = hide.secrets(wanted, { name = "(secret)",
      more = { "(secret 3)" }, password = "a password",
      keys = { { value = "a key" } } })
    assert.same({ name = "(secret)", more = { "(secret 3)" },
      keys = { { value = "(secret 2)" } }, password = "(secret 4)" }, plain)
    assert.is_true(secrets["(secret 4)"]:equals "a password")
  end)

  it("has words that are no names in it", function()
    assert.same({ more = { ["(secret)"] = 1 }, password = "(secret 2)" },
      (hide.secrets(wanted, { more = { ["(secret)"] = 1 },
        password = "a password" })))
  end)

  it("is a word if it is a secret as a whole", function()
    for _, given in ipairs { "all is secret", secret.new("so is this", "x") } do
      local plain, secrets = hide.secrets(shape "secret", given)
      assert.equal("(secret)", plain)
      assert.is_true(secrets["(secret)"]:equals(given))
    end
    assert.same({ "plain" }, { hide.secrets(shape "any", "plain") })
  end)

  it("keeps the word of a recording", function()
    local given = { password = "(secret)" }
    assert.same({ given }, { hide.secrets(wanted, given) })
  end)
end)
