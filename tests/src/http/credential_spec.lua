--- How a token is sent: the option `token_as` of a request.

local base64 = require "mkrun.base64"
local canned = require "tests.src.http.server"
local http = require "mkrun.http"
local secret = require "mkrun.secret"

--- The request that arrives when `options` are sent.
local function sent(options)
  local server <close> = canned.start(canned.answer "200 OK")
  options.url = server.url .. "/"
  assert(http.request(options))
  return server:requests()[1]
end

--- Returns the code and the message of a request that is not sent.
local function refused(options)
  local server <close> = canned.start(canned.answer "200 OK")
  options.url = server.url .. "/"
  local response, message, code = http.request(options)
  assert.is_nil(response)
  assert.equal(0, #server:requests())
  return code, message
end

local function raised(as)
  local ok, message = pcall(http.request,
    { url = "http://127.0.0.1:1/", token_as = as,
      token = secret.new("topsecret", "t") })
  assert.is_false(ok)
  return message:match "%((.*)%)$"
end

describe("a token is sent", function()
  it("as a bearer token, said or not", function()
    local token = secret.new("topsecret", "t")
    for _, as in ipairs { "bearer", false } do
      assert.matches("\nAuthorization: Bearer topsecret\n",
        sent { token = token, token_as = as or nil })
    end
  end)

  it("as basic credentials, with padding as long as it must be", function()
    for _, pair in ipairs { "a:b", "us:er:", "guest:guest", "u:p\u{f6}ss w" } do
      local request = sent { token = secret.new(pair, "t"),
        token_as = "basic" }
      local text = request:match "\nAuthorization: Basic ([%w+/=]+)\n"
      assert.equal(0, #text % 4)
      assert.equal(pair, base64.decode(text))
    end
  end)

  it("as the value of a header field", function()
    local request = sent { token = secret.new("topsecret", "t"),
      token_as = "X-API-Key", headers = { ["X-Other"] = "1" } }
    assert.matches("\nX-API-Key: topsecret\n", request, 1, true)
    assert.not_matches("Authorization", request)
  end)

  it("beside an Authorization field of the script", function()
    local request = sent { token = secret.new("topsecret", "t"),
      token_as = "X-API-Key", headers = { Authorization = "Basic eDp5" } }
    assert.matches("\nX-API-Key: topsecret\n", request, 1, true)
    assert.matches("\nAuthorization: Basic eDp5\n", request, 1, true)
  end)

  it("in no way if there is none", function()
    assert.not_matches("X%-API%-Key", sent { token_as = "X-API-Key" })
  end)
end)

describe("a token is not sent", function()
  it("in a field that the script gave, too, in any case", function()
    local token = secret.new("top:secret", "t")
    for as, name in pairs { basic = "authorization", ["X-Key"] = "x-kEY" } do
      local code, message = refused { token = token, token_as = as,
        headers = { [name] = "" } }
      assert.equal("token", code)
      assert.matches("there is an %S+ header already$", message)
    end
  end)

  it("as basic credentials if it is no pair", function()
    local code, message = refused { token = secret.new("topsecret", "t"),
      token_as = "basic" }
    assert.equal("token", code)
    assert.matches("the token is not USER:PASSWORD", message, 1, true)
  end)

  it("with a line break in a field", function()
    assert.equal("token", (refused { token_as = "X-Key",
      token = secret.new("secret\r\nX: y", "t") }))
  end)

  it("with a NUL byte, of which a server would get a part", function()
    for _, as in ipairs { "bearer", "basic", "X-API-Key" } do
      assert.error_matches(function()
        http.get("http://127.0.0.1:1/", { token_as = as,
          token = secret.new("top:sec\0ret", "t") })
      end, "option 'token': a NUL byte in it", 1, true)
    end
  end)

  it("to another origin, or without TLS to another machine", function()
    local bound = secret.new("top:secret", "t"):bind "http://127.0.0.1:1"
    local free = secret.new("top:secret", "t")
    for _, as in ipairs { "bearer", "basic", "X-API-Key" } do
      assert.equal("origin", (refused { token = bound, token_as = as }))
      assert.equal("insecure", (select(3, http.get("http://192.0.2.1/",
        { token = free, token_as = as }))))
    end
  end)

  it("to where a redirect leads, if that is another origin", function()
    local other <close> = canned.start(canned.answer "200 OK")
    local away = canned.answer("302 Found",
      { ("Location: %s/"):format(other.url) })
    local server <close> = canned.start(away, away)
    for _, as in ipairs { "basic", "X-API-Key" } do
      local response = assert(http.get(server.url .. "/", { token_as = as,
        token = secret.new("top:secret", "t") }))
      assert.equal(302, response.status)
    end
    assert.equal(0, #other:requests())
  end)
end)

describe("token_as is refused", function()
  for as, why in pairs {
    [""] = "not a header name", ["X Key"] = "not a header name",
    ["X:Key"] = "not a header name", ["K\u{e9}y"] = "not a header name",
    ["X\nY"] = "line break in a header",
    Host = "a header that only mkrun may set",
    ["content-length"] = "a header that only mkrun may set",
    ["Transfer-Encoding"] = "a header that only mkrun may set",
    Connection = "a header that only mkrun may set",
    authorization = "a header that has another meaning",
    ["Proxy-Authorization"] = "a header that has another meaning",
    ["Keep-Alive"] = "a header that has another meaning",
    TE = "a header that has another meaning",
    Trailer = "a header that has another meaning",
    ["Content-Type"] = "a header that has another meaning",
    Basic = "'bearer' or 'basic' in small letters",
    BEARER = "'bearer' or 'basic' in small letters",
  } do
    it(("if it is %q"):format(as), function()
      assert.equal(("option 'token_as': %s"):format(why), raised(as))
    end)
  end

  it("if it is no text, or has a NUL byte in it", function()
    assert.equal("option 'token_as': string expected, got number", raised(1))
    assert.matches("NUL byte", raised "X\0Y")
  end)
end)

describe("what is sent for a pair", function()
  it("is redacted wherever it is printed", function()
    local pair = "someone:pa55word-" .. tostring(secret):gsub("%W", "")
    sent { token = secret.new(pair, "pair"), token_as = "basic" }
    local shown = secret.redact(("%s %s= %s"):format(pair,
      base64.encode(pair), pair:match ":(.*)"))
    assert.not_matches("pa55word", shown)
    assert.not_matches(base64.encode(pair), shown, 1, true)
  end)
end)
