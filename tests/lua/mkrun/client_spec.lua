local client = require "mkrun.client"
local secret = require "mkrun.secret"

--- A transport that answers with what it is given and remembers what it saw.
local function canned(...)
  local answer, seen = table.pack(...), {}
  return {
    seen = seen,
    request = function(options)
      seen[#seen + 1] = options
      return table.unpack(answer, 1, answer.n)
    end,
  }
end

local function new(transport, base)
  return client.new { base = base or "http://api.test/v1/", http = transport }
end

describe("mkrun.client", function()
  it("joins base and path with one slash", function()
    for _, base in ipairs { "http://x", "http://x/", "http://x//" } do
      for _, path in ipairs { "sites", "/sites", "//sites" } do
        local transport = canned { status = 200, body = "{}" }
        assert(new(transport, base):get(path))
        assert.equal("http://x/sites", transport.seen[1].url)
      end
    end
  end)

  it("returns the document and the response", function()
    local answer = { status = 200, body = '{"a":[1]}' }
    local document, response = new(canned(answer)):get "/x"
    assert.same({ a = { 1 } }, document)
    assert.equal(answer, response)
  end)

  it("returns no document for an answer without a body", function()
    local answer = { status = 204, body = "" }
    local document, response = new(canned(answer)):delete "/x"
    assert.is_nil(document)
    assert.equal(answer, response)
  end)

  it("returns a text where another type than JSON was asked for", function()
    local function get(kind)
      return new(canned { status = 200, body = "a,b",
        headers = { ["content-type"] = kind } })
        :get("/x", { accept = "text/csv, text/plain" })
    end
    assert.equal("a,b", (get "text/csv; charset=utf-8"))
    assert.equal("a,b", (get "text/plain"))
    local document, message, code = get "text/html"
    assert.is_nil(document)
    assert.equal("GET /x: answer is an HTML page, not text/csv, text/plain",
      message)
    assert.equal("json", code)
  end)

  it("passes on why there is no answer", function()
    local document, message, code =
      new(canned(nil, "GET http://x/y: no answer", "timeout")):get "/y"
    assert.is_nil(document)
    assert.equal("GET http://x/y: no answer", message)
    assert.equal("timeout", code)
  end)

  it("fails in one line, without the query", function()
    local answer = { status = 400, body = '{"detail":"no\\n::x::"}' }
    local _, message = new(canned(answer)):get "/sites?key=abc#d"
    assert.equal("GET /sites: 400 no ::x::", message)
  end)

  it("fails with the server's words on a bad status", function()
    for body, words in pairs {
      ['{"message":"no such site"}'] = "404 no such site",
      ['{"error":{"code":"c","detail":"no site"},"ref":"f00d"}'] =
        "404 no site (ref f00d)",
      ['{"error":"gone"}'] = "404 gone",
      ['{"error":{"code":"c"}}'] = "404 c",
      ["<html>"] = "404 not found, an HTML page and no JSON",
      [""] = "404 not found",
      ["[1]"] = "404 not found",
      ["7"] = "404 not found",
    } do
      local answer = { status = 404, body = body }
      local document, message, code, response =
        new(canned(answer)):get "/sites/9"
      assert.is_nil(document)
      assert.equal("GET /sites/9: " .. words, message)
      assert.equal("http", code)
      assert.equal(answer, response)
    end
  end)

  it("fails on a status that it has no words for", function()
    assert.equal("GET /x: 418",
      (select(2, new(canned { status = 418, body = "" }):get "/x")))
  end)

  it("fails on an answer that is not JSON", function()
    local _, message, code = new(canned { status = 200, body = "{" }):get "/x"
    assert.matches("^GET /x: bad JSON: ", message)
    assert.equal("json", code)
    local page = { status = 200, body = "<p>",
      headers = { ["content-type"] = "Text/HTML; charset=utf-8" } }
    assert.equal("GET /x: answer is an HTML page, not JSON",
      (select(2, new(canned(page)):get "/x")))
  end)

  it("sends a patch as one", function()
    local transport = canned { status = 200, body = "{}" }
    local operations = { { op = "remove", path = "/a" } }
    new(transport):patch("/x", operations)
    local request = transport.seen[1]
    assert.equal("PATCH", request.method)
    assert.equal(operations, request.json)
    assert.equal("application/json-patch+json",
      request.headers["Content-Type"])
    assert.equal("application/json", request.headers.Accept)
  end)

  it("sends documents, query and headers", function()
    local transport = canned { status = 200, body = "{}" }
    local api = new(transport)
    api:post("/x", { a = 1 })
    api:put("/x", { a = 2 })
    api:get("/x", { query = { n = 1 }, headers = { { "X", "1" } } })
    api:get("/x", { headers = { accept = "text/csv" }, timeout = 3 })
    assert.same({ a = 1 }, transport.seen[1].json)
    assert.equal("PUT", transport.seen[2].method)
    assert.same({ n = 1 }, transport.seen[3].query)
    assert.same({ { "X", "1" }, Accept = "application/json" },
      transport.seen[3].headers)
    assert.same({ accept = "text/csv" }, transport.seen[4].headers)
    assert.equal(3, transport.seen[4].timeout)
  end)

  it("binds the token to the origin of the base", function()
    local transport = canned { status = 200, body = "{}" }
    local token = secret.new("x", "t")
    local api = client.new { base = "https://api.test/v1", token = token,
      http = transport }
    api:get "/x"
    assert.equal(token, transport.seen[1].token)
    assert.error_matches(function()
      client.new { base = "https://other.test", token = token,
        http = transport }
    end, "secret is bound to https://api.test:443", 1, true)
  end)

  it("makes a secret of a token that is text", function()
    local transport = canned { status = 200, body = "{}" }
    client.new({ base = "https://x", token = "t", http = transport }):get "/"
    assert.is_true(secret.is(transport.seen[1].token))
  end)

  it("raises when it is called wrongly", function()
    local api = new(canned())
    for message, call in pairs {
      ["bad argument #1 to 'get' (string expected, got number)"] =
        function() api:get(12) end,
      ["bad argument #2 to 'request' (string expected, got nil)"] =
        function() api:request "GET" end,
      ["(a path below the base expected, got a URL)"] =
        function() api:request("GET", "https://other.test/x") end,
      ["bad argument #3 to 'request' (unknown option 'tiemout')"] =
        function() api:request("GET", "/x", { tiemout = 1 }) end,
      ["bad argument #1 to 'new' (unknown option 'url')"] =
        function() client.new { url = "http://x" } end,
      ["bad argument #1 to 'new' (option 'base': string expected, got nil)"] =
        function() client.new {} end,
      ["option 'token': secret or string expected, got number"] =
        function() client.new { base = "http://x", token = 7 } end,
    } do
      assert.error_matches(call, message, 1, true)
    end
  end)
end)
