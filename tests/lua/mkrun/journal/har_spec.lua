local har = require "mkrun.journal.har"
local json = require "mkrun.json"
local secret = require "mkrun.secret"

local temp = require "tests.support.temp"

describe("mkrun.journal.har", function()
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

  it("hides it in URLs, forms and plain texts as well", function()
    local entry = har.entry({
      method = "POST", url = "http://h/a?sig=k1&b=see+k2%3Dk3",
      headers = { ["Proxy-Authorization"] = "k4",
                  Referer = "https://me:k5@h/?x=1&sasToken=k6#z" },
      body = "client_secret=k7&user=me",
    }, 0, 0, { status = 201, headers = { location = "/b?sig=k8&c=d" },
      body = '{"l":["https://me:k9@h/x?key=k0&a=b", 1.0]}' })
    local text = json.encode(entry)
    assert.not_matches("k[01456789]", text)
    assert.equal("client_secret=(secret)&user=me", entry.request.postData.text)
    assert.equal("/b?sig=(secret)&c=d", entry.response.redirectURL)
    assert.equal('{"l":["https://(secret)@h/x?key=(secret)&a=b",1.0]}',
      entry.response.content.text)
    assert.equal(har.target "http://h/a?sig=x&b=see+k2%3Dk3",
      har.target(entry.request.url))
  end)

  it("keeps what nothing is hidden of as it was", function()
    local body = ' {"b": 1.50, "a":[ ]}\n'
    assert.equal(body, har.entry({ url = "http://h/" }, 0, 0,
      { status = 200, body = body }).response.content.text)
  end)

  it("has bytes that are no text, too", function()
    local own = secret.new("own-own-own", "own")
    local bytes = "\0\xFF" .. "own-own-own" .. "\xE9"
    for _, body in ipairs { bytes, bytes .. "1", bytes .. "12" } do
      local request = { method = "PUT", url = "http://h/\xE9?q=\xE9",
        headers = { ["X-A"] = "caf\xE9" }, body = body }
      local entry = assert(json.decode(assert(json.encode(har.entry(request,
        0, 0, { status = 200, headers = {}, body = body })))))
      local clean = body:gsub("own%-own%-own", "(secret: own)")
      assert.equal("base64", entry.response.content.encoding)
      assert.equal(clean, har.content(entry.response.content))
      assert.equal(clean, har.content(entry.request.postData))
      assert.equal("caf\u{E9}", har.header(entry.request.headers, "x-a"))
      assert.equal("http://h/%E9?q=%E9", entry.request.url)
      assert.equal(har.target(request.url), har.target(entry.request.url))
    end
    assert.is_not_nil(own)
  end)

  it("does not take a word of the form for a secret", function()
    local word = secret.new("bodySize", "word")
    local entry = har.entry({ url = "http://h/bodySize" }, 0, 0,
      { status = 200, body = '{"bodySize":1}' })
    assert.equal("http://h/(secret: word)", entry.request.url)
    assert.equal('{"(secret: word)":1}', entry.response.content.text)
    assert.is_not_nil(word)
  end)

  it("reads a file that ends in the middle of an entry", function()
    local path = temp.folder() .. "/x.har"
    local file = assert(har.create(path, "1"))
    for i = 1, 3 do
      file:add(har.entry({ url = "http://h/" .. i }, 0, 0, { status = 204 }))
    end
    local text = assert(temp.read(path))
    for cut, count in pairs { [1] = 3, [4] = 3, [40] = 2 } do
      temp.write(path, text:sub(1, -1 - cut))
      assert.equal(count, #har.read(path))
    end
    temp.write(path, text:sub(1, 80))
    assert.is_nil((har.read(path)))
  end)

  it("says of a file whose end it has mended", function()
    local path = temp.folder() .. "/x.har"
    assert(har.create(path, "1"))
    assert.is_false((select(3, har.read(path))))
    temp.write(path, (temp.read(path):sub(1, -3)))
    assert.is_true((select(3, har.read(path))))
  end)

  for what, change in pairs {
    ["a header without a name"] =
      function(response) response.headers[1] = { value = "x" } end,
    ["a header that is none"] =
      function(response) response.headers[1] = "x" end,
    ["headers that are no list"] =
      function(response) response.headers = "x" end,
    ["an error that is no text"] = function(response) response._error = 1 end,
    ["a message that is no text"] =
      function(response) response._message = {} end,
  } do
    it("refuses an entry with " .. what, function()
      local path = temp.folder() .. "/x.har"
      local file = assert(har.create(path, "1"))
      local entry = har.entry({ url = "http://h/" }, 0, 0, { status = 204 })
      change(entry.response)
      file:add(entry)
      local entries, message = har.read(path)
      assert.is_nil(entries)
      assert.matches("entry 1 is not as HAR has it", message, 1, true)
    end)
  end

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
