local har = require "mkrun.har"
local json = require "mkrun.json"
local secret = require "mkrun.secret"

local temp = require "tests.support.temp"

describe("mkrun.har", function()
  it("asks for the same whatever the order, the server and the time",
    function()
      assert.equal("/a?x=1&y=2", har.target("http://h/a", { y = 2, x = "1" }))
      assert.equal("/a?x=1&y=2", har.target "https://other:99/a?y=2&x=1#z")
      assert.equal("/", har.target "http://h")
      assert.equal("/a?f=from (time)", har.target(
        "http://h/a", { { "f", "from 2026-11-22T01:02:03Z" } }))
      assert.equal("/a?sasToken=(secret)", har.target "http://h/a?sasToken=x")
    end)

  it("hides what is secret by name, place or looks", function()
    local entry = har.entry({
      method = "patch", url = "http://me:word@h/a?key=k1&a=b%20c",
      headers = { ["X-Api-Key"] = "k2", { "Cookie", "k3" }, A = { "1", "2" } },
      token = secret.new("k4", "t"),
      json = { { op = "add", path = "/spec/authentication", value = "k5" },
               { op = "add", path = "/name", value = "eyJa.eyJb.c" } },
    }, 0.25, 1.5, { status = 200, headers = { ["set-cookie"] = "k6" },
      body = '{"metadata":{"JWT":"k7","id":7},"l":[]}' })
    local text = json.encode(entry)
    assert.not_matches("k%d", text)
    assert.not_matches("word", text)
    assert.not_matches("eyJa", text)
    assert.equal("http://h/a?key=%28secret%29&a=b%20c", entry.request.url)
    assert.equal('{"l":[],"metadata":{"JWT":"(secret)","id":7}}',
      entry.response.content.text)
    assert.equal("PATCH", entry.request.method)
    assert.equal("1970-01-01T00:00:00.250Z", entry.startedDateTime)
    assert.equal(1500.0, entry.time)
    assert.equal("2", har.header({ { name = "B", value = "2" } }, "b"))
  end)

  it("keeps a file that is whole after each entry", function()
    local path = temp.folder() .. "/x.har"
    local file = assert(har.create(path, "1"))
    assert.same({}, har.read(path))
    for i = 1, 3 do
      assert.is_true(file:add(har.entry({ url = "http://h/" .. i }, 0, 0,
        { status = 204 })))
      assert.equal(i, #har.read(path))
    end
    assert.equal("http://h/3", har.read(path)[3].request.url)
  end)
end)
