--- The option `secrets` of a request: secrets in its JSON body.

local http = require "mkrun.http"
local json = require "mkrun.json"
local secret = require "mkrun.secret"
local served = require "tests.support.rest_served"

local server = served.start()

local function put(options)
  options.url, options.method = server.url .. "/rooms/a", "PUT"
  return http.request(options)
end

local function stored() return server:state()["/rooms/a"] end

describe("the option 'secrets'", function()
  before_each(function() server:begin(json.object {}) end)
  teardown(function() server:stop() end)

  it("replaces whole strings of the body, and no part of one", function()
    local secrets = { ["(x)"] = secret.new("the bytes", "x") }
    assert(put { secrets = secrets, json = { a = "(x)", b = "a (x)",
      c = { "(x)", "\"(x)" }, d = 1 } })
    local room = stored()
    assert.same({ "the bytes", "a (x)", { "the bytes", "\"(x)" }, 1 },
      { room.a, room.b, room.c, room.d })
  end)

  it("sends bytes of all kinds as JSON", function()
    for _, bytes in ipairs { '"', "\\", "\n\0\31", "ø€😀", "(x)", "a\\" } do
      assert(put { secrets = { ["(x)"] = secret.new(bytes, "x") },
        json = { a = "(x)", b = "\\", c = "x\"y" } })
      assert.same({ bytes, "\\", 'x"y' },
        { stored().a, stored().b, stored().c })
    end
    local _, message, code = put { json = { a = "(x)" },
      secrets = { ["(x)"] = secret.new("\255\254 and more", "x") } }
    assert.same({ "PUT: body: a secret is not UTF-8", "json" },
      { message, code })
  end)

  it("leaves a body as it is that names none", function()
    assert(put { json = { a = "(y)" },
      secrets = { ["(x)"] = secret.new("the bytes", "x") } })
    assert.equal("(y)", stored().a)
    assert(put { secrets = {}, body = '{"a":"(x)"}' })
    assert.equal("(x)", stored().a)
  end)

  it("goes to the origin of its secrets, and to no two", function()
    local own = secret.new("of this server", "x"):bind(server.url)
    assert(put { json = { a = "(x)" }, secrets = { ["(x)"] = own } })
    assert.equal("of this server", stored().a)
    local other = secret.new("of another", "y"):bind "https://other.test"
    for _, body in ipairs { { a = "(y)" }, { a = "(x)", b = "(y)" },
      { a = "(y)", b = "(x)" } } do
      local _, message, code = put { json = body,
        secrets = { ["(x)"] = own, ["(y)"] = other } }
      assert.equal("origin", code)
      assert.matches("a secret belongs to another origin", message, 1, true)
    end
  end)

  it("needs TLS beyond this machine", function()
    local _, message, code = http.request { url = "http://192.0.2.1/",
      method = "PUT", json = { a = "(x)" },
      secrets = { ["(x)"] = secret.new("the bytes", "x") } }
    assert.equal("insecure", code)
    assert.matches("a secret is not sent without TLS", message, 1, true)
  end)

  it("takes a table of open secrets", function()
    assert.error_matches(function() put { json = {}, secrets = "x" } end,
      "option 'secrets': table expected, got string", 1, true)
    local closed = secret.new("the bytes", "x")
    closed:close()
    for _, wrong in ipairs { closed, "text", 1 } do
      assert.error_matches(function()
        put { json = { a = "(x)" }, secrets = { ["(x)"] = wrong } }
      end, "option 'secrets': open secrets expected", 1, true)
    end
  end)
end)
