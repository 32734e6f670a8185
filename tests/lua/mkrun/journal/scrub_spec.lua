local json = require "mkrun.json"
local process = require "tests.support.process"
local scrub = require "mkrun.journal.scrub"
local secret = require "mkrun.secret"

local JWT <const> = "eyJhbGciOiJub25lIn0.eyJqdGkiOiJ4In0.c2ln"

local function cleaned(text)
  return json.encode(scrub.body(text), { sort = true })
end

describe("mkrun.journal.scrub", function()
  it("leaves alone what is no secret", function()
    local text = '{"a":[1,"b",null,{}],"c":[],"description":"a token"}'
    assert.equal(text, cleaned(text))
  end)

  it("hides what has the name of a secret, whatever it is", function()
    assert.equal('{"spec":{"authentication":"(secret)","name":"x"}}', cleaned
      '{"spec":{"name":"x","authentication":{"headers":{"X":"canary"}}}}')
    assert.equal('{"JWT":"(secret)","password":"(secret)","token":null}',
      cleaned '{"JWT":"canary","password":12,"token":null}')
  end)

  it("hides a text under a name that sounds like one", function()
    assert.equal('{"X-Api-Key":"(secret)","keys":["a"]}',
      cleaned '{"X-Api-Key":"canary","keys":["a"]}')
  end)

  it("shows a key that is no secret", function()
    local value = { routing_key = "a", ["x-dead-letter-routing-key"] = "b",
      publicKey = "c", keyword = "d" }
    assert.same(value, scrub.value(value))
    assert.equal("(secret)", scrub.value { api_key = "a" }.api_key)
    assert.equal("(secret)", scrub.value { routing_secret_key = "a" }
      .routing_secret_key)
  end)

  it("hides members by their names, and values in a JSON Patch", function()
    assert.same({ a = { words = "(secret)", b = 1 }, words = json.null },
      scrub.named({ a = { words = { 1 }, b = 1 }, words = json.null },
        { words = true }))
    assert.same({ { op = "add", path = "/a/words", value = "(secret)" },
      { op = "add", path = "/words/0", value = "(secret)" },
      { op = "add", path = "/a~1~01/x", value = "(secret)" },
      { op = "add", path = "/word/s", value = 1 } }, scrub.named({
        { op = "add", path = "/a/words", value = "x" },
        { op = "add", path = "/words/0", value = 1 },
        { op = "add", path = "/a~1~01/x", value = 1 },
        { op = "add", path = "/word/s", value = 1 } },
        { words = true, ["a/~1"] = true }))
  end)

  it("hides the value of an operation on a secret", function()
    assert.equal('[{"op":"replace","path":"/spec/authentication/headers/X",'
      .. '"value":"(secret)"}]', cleaned('[{"op":"replace","path":'
      .. '"/spec/authentication/headers/X","value":"canary"}]'))
  end)

  it("hides JWTs, and what a URL has in its query", function()
    assert.equal('{"a":"Bearer (secret)!"}',
      cleaned('{"a":"Bearer ' .. JWT .. '!"}'))
    assert.equal('{"url":"https://(secret)@x.test/a?(secret)"}',
      cleaned '{"url":"https://me:canary@x.test/a?sig=canary#canary"}')
    assert.equal('{"url":"https://(secret)@x.test/a"}',
      cleaned '{"url":"https://me:can@ary@x.test/a"}')
    assert.equal('{"url":"https://x.test/a@b"}',
      cleaned '{"url":"https://x.test/a@b"}')
  end)

  it("hides JWTs wherever they begin", function()
    for text, clean in pairs {
      ["x.eyJa.eyJb.c.d"] = "x.(secret).d", ["%20eyJa.b."] = "%20(secret)",
      ["xeyJa.b.c/eyJa.b"] = "x(secret)/eyJa.b", ["eyJ.a.b"] = "eyJ.a.b",
      ["eyJa..c"] = "eyJa..c", ["eyJa.b"] = "eyJa.b", eyJ = "eyJ",
      ["eyJx..eyJa.b.c"] = "eyJx..(secret)", ["a=eyJa.b.c&"] = "a=(secret)&",
      ["eyJa.b.c.eyJa.b.c"] = "(secret).(secret)",
    } do
      assert.equal(clean, scrub.texts(text))
    end
  end)

  it("hides a secret that is one, and changes nothing", function()
    local value = { a = secret.new("canary", "x"), jwt = "y" }
    assert.same({ a = "(secret)", jwt = "(secret)" }, scrub.value(value))
    assert.equal("y", value.jwt)
  end)

  it("leaves rights on tokens alone, and the rest of a text", function()
    local value = { ["core.token"] = { "get" }, keys = { "canary" },
      url = "https://me:canary@h.test/a?b=c&x-key=canary#d" }
    assert.same({ ["core.token"] = { "get" }, keys = { "(secret)" },
      url = "https://(secret)@h.test/a?b=c&x-key=(secret)#d" },
      scrub.texts(value))
    assert.equal("(secret)", scrub.member("X-Key", "canary"))
    assert.equal("a=b", scrub.member("X-A", "a=b"))
  end)

  it("takes no longer than a text is long", function()
    -- 0.1 s; where each place is compared with all, hours, and it gets killed.
    local outcome = process.run { "build/debug/mkrun", "-e", [[
      local scrub, word = require "mkrun.journal.scrub", ("a"):rep(1000000)
      assert(scrub.texts(word) == word)
      assert(scrub.texts(word .. "=b") == word .. "=b")
      local starts = ("eyJ"):rep(300000)
      assert(scrub.texts(starts) == starts)]] }
    assert.same({ code = 0, out = "", err = "" }, outcome)
  end)

  it("keeps the size of what is no JSON, and nothing of nothing", function()
    assert.equal("(6 bytes)", scrub.body "canary")
    assert.is_nil(scrub.body "")
    assert.is_nil(scrub.body(nil))
  end)
end)
