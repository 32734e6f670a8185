local canned = require "tests.src.http.server"
local gate = require "tests.support.gate"
local http = require "mkrun.http"
local json = require "mkrun.json"
local nginx = require "tests.support.nginx"
local ports = require "tests.support.ports"
local secret = require "mkrun.secret"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local answer = canned.answer

--- The request that arrives when `options` are sent.
local function sent(options)
  local server <close> = canned.start(answer "200 OK")
  options.url = server.url .. (options.url or "/")
  assert(http.request(options))
  return server:requests()[1]
end

--- The response to one canned answer.
local function received(bytes, options)
  local server <close> = canned.start(bytes)
  options = options or {}
  options.safe = false
  return http.get(server.url .. "/path?key=secret", options)
end

local function misuse(message, options)
  options.url = options.url or "http://127.0.0.1:1/"
  local ok, why = pcall(http.request, options)
  assert.is_false(ok)
  assert.equal(message, why)
end

local ARGUMENT = "bad argument #1 to 'mkrun.http.request' "

describe("what http.request sends", function()
  it("is a GET with a few headers of its own", function()
    local request = sent {}
    assert.matches("^GET / HTTP/1.1\n", request)
    assert.matches("\nAccept%-Encoding: gzip\n", request)
    assert.matches("\nUser%-Agent: mkrun/", request)
    assert.not_matches("Content", request)
  end)

  it("has no second one of what the script gives", function()
    local request = sent { headers = { ["user-agent"] = "me",
      ["accept-encoding"] = "identity", accept = "text/plain" } }
    for name, value in pairs { ["user-agent"] = "me",
      ["accept-encoding"] = "identity", accept = "text/plain" } do
      local line = ("\n%s: %s\n"):format(name, value)
      assert.is_truthy(request:find(line, 1, true), request)
      assert.equal(1, select(2, request:lower():gsub("\n" .. name:gsub("%-",
        "%%-") .. ":", "")))
    end
  end)

  it("keeps the order of header pairs and repeats them", function()
    local request = sent { headers = {
      { "X-B", "1" }, { "X-A", "2" }, { "X-B", "3" } } }
    assert.matches("\nX%-B: 1\nX%-A: 2\nX%-B: 3\n", request)
  end)

  it("sorts header names, and takes lists and numbers", function()
    local request = sent { headers = {
      ["X-Z"] = "z", ["X-A"] = { "1", "2" }, ["X-N"] = 7, ["X-Empty"] = "" } }
    assert.matches("\nX%-A: 1\nX%-A: 2\nX%-Empty:\nX%-N: 7\nX%-Z: z", request)
  end)

  it("escapes the query, and sorts its names", function()
    local request = sent { url = "/x?a=1#part", query = {
      ["ü"] = "a b", n = 5, yes = true, list = { "x", "&y=" } } }
    assert.matches("^GET /x%?a=1&list=x&list=%%26y%%3D&n=5&yes=true"
      .. "&%%C3%%BC=a%%20b HTTP", request)
  end)

  it("keeps the order of query pairs", function()
    assert.matches("^GET /%?b=1&a=2&b=3 ",
      sent { query = { { "b", 1 }, { "a", 2 }, { "b", 3 } } })
  end)

  it("has the body as it is, and no type unless told", function()
    local request = sent { method = "POST", body = "a\0b\r\n" }
    assert.matches("\nContent%-Length: 5\n", request)
    assert.equal("a\0b\r\n", request:match "\n\n(.*)$" or request:sub(-5))
    assert.not_matches("Content%-Type", request)
    assert.not_matches("Expect", request)
  end)

  it("has a JSON body with its type", function()
    local request = sent { method = "PATCH", json = { json.null, 1 } }
    assert.matches("^PATCH ", request)
    assert.matches("\nContent%-Type: application/json\n", request)
    assert.matches("[null,1]", request, 1, true)
  end)

  it("has the headers and the JSON of a metatable, too", function()
    local defaults = { headers = { ["X-A"] = "1" }, json = { 1 } }
    local request =
      sent(setmetatable({ method = "POST" }, { __index = defaults }))
    assert.matches("\nX%-A: 1\n", request)
    assert.matches("[1]", request, 1, true)
  end)

  it("keeps a content type that was given", function()
    local request = sent { method = "PATCH", json = {},
      headers = { ["content-type"] = "application/json-patch+json" } }
    assert.matches("\ncontent%-type: application/json%-patch%+json\n", request)
    assert.not_matches("application/json\n", request)
  end)

  it("says that a write without a body has none", function()
    assert.matches("\nContent%-Length: 0\n", sent { method = "POST" })
    assert.not_matches("Content%-Length", sent { method = "DELETE" })
  end)

  it("has a bearer token, to loopback also without TLS", function()
    local token = secret.new("s3cret", "token")
    assert.matches("\nAuthorization: Bearer s3cret\n", sent { token = token })
  end)
end)

describe("http.request raises on", function()
  it("an unknown option", function()
    misuse(ARGUMENT .. "(unknown option 'tiemout')", { tiemout = 1 })
  end)

  it("a wrong type", function()
    misuse(ARGUMENT .. "(option 'timeout': seconds above zero expected, "
      .. "got string)", { timeout = "5" })
    misuse(ARGUMENT .. "(option 'timeout': seconds above zero expected, "
      .. "got number)", { timeout = 0 })
    misuse(ARGUMENT .. "(option 'max_body': whole number from zero expected, "
      .. "got number)", { max_body = 1.5 })
    misuse(ARGUMENT .. "(option 'headers': table expected, got string)",
      { headers = "X: y" })
    misuse(ARGUMENT .. "(option 'token': secret expected, got string)",
      { token = "abc" })
    assert.error_matches(function() http.request {} end,
      "option 'url': string expected, got nil", 1, true)
    assert.error_matches(function() http.get() end,
      "bad argument #1 to 'get' (string expected", 1, true)
  end)

  it("a header that would be two, or none", function()
    local line = "(option 'headers': line break in a header)"
    for _, bad in ipairs { "a\r\nb", "a\nb", "a\rb", "a\0b" } do
      misuse(ARGUMENT .. line, { headers = { X = bad } })
      misuse(ARGUMENT .. line, { headers = { { "X", { "good", bad } } } })
      misuse(ARGUMENT .. line, { headers = { { "X" .. bad, "y" } } })
    end
    misuse(ARGUMENT .. "(option 'headers': a NUL byte in a name)",
      { headers = { ["X\0"] = "y" } })
    for _, bad in ipairs { "", "X:", "X y", "ü" } do
      misuse(ARGUMENT .. "(option 'headers': not a header name)",
        { headers = { [bad] = "y" } })
    end
    misuse(ARGUMENT .. "(option 'headers': a header that only mkrun may set)",
      { headers = { ["Transfer-Encoding"] = "chunked" } })
  end)

  it("two bodies, or one where none can be", function()
    misuse(ARGUMENT .. "(both 'body' and 'json')", { body = "", json = 1 })
    misuse(ARGUMENT .. "(option 'body': a HEAD request has no body)",
      { method = "HEAD", body = "x" })
    misuse(ARGUMENT .. "(option 'method': a method in capitals expected)",
      { method = "GET / HTTP/1.1\r\nX: y" })
  end)

  it("a second transport", function()
    assert.error_matches(function() http.install(function() end) end,
      "a transport is installed already", 1, true)
  end)
end)

describe("a response", function()
  it("has its headers in order and by any case", function()
    local response = assert(received(answer("200 OK",
      { "X-Word: one", "x-other:2", "X-WORD:  two  " }, "hello")))
    assert.equal(200, response.status)
    assert.equal("hello", response.body)
    assert.equal("one, two", response.headers["x-word"])
    assert.equal("one, two", response.headers["X-Word"])
    assert.is_nil(response.headers["X-None"])
    assert.same({ "X-Word", "one" }, response.header_list[1])
    assert.same({ "x-other", "2" }, response.header_list[2])
    assert.same({ "X-WORD", "two" }, response.header_list[3])
    assert.matches("^HTTP/1.1 200 OK\r\n.*X%-Word: one\r\n", response.head)
    assert.equal("1.1", response.http_version)
    assert.equal(5, response.bytes)
    assert.equal(1, response.attempts)
    assert(response.time.total > 0 and response.time.first_byte > 0)
  end)

  it("unfolds a field that goes on in the next line", function()
    local response = assert(received(answer("200 OK",
      { "X-Note: a,", " Retry-After: 30", "X-Last: b,", "\t c" })))
    assert.equal("a, Retry-After: 30", response.headers["x-note"])
    assert.equal("b, c", response.headers["x-last"])
    assert.is_nil(response.headers["retry-after"])
  end)

  it("has all its fields in pairs, and keeps headers that were changed",
    function()
      local response = assert(received(answer("200 OK", { "X-Word: one" })))
      local seen = {}
      for name in pairs(response) do seen[name] = true end
      assert.is_true(seen.headers and seen.header_list and seen.status)
      assert.is_nil(seen.json)
      response = assert(received(answer("200 OK", { "X-Word: one" })))
      response.headers = { mine = "yes" }
      assert.same({ "X-Word", "one" }, response.header_list[1])
      assert.same({ mine = "yes" }, response.headers)
      assert.is_nil(response.nothing)
    end)

  it("has the headers of the last answer only", function()
    local response = assert(received("HTTP/1.1 103 Early Hints\r\n"
      .. "X-Early: 1\r\n\r\n" .. answer("200 OK", { "X-Late: 1" })))
    assert.is_nil(response.headers["x-early"])
    assert.equal("1", response.headers["x-late"])
  end)

  it("has the headers of a trailer, and is not cut by a strange one", function()
    local response = assert(received("HTTP/1.1 200 OK\r\nX-First: 1\r\n"
      .. "HTTP/x: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
      .. "5\r\nhello\r\n0\r\nX-Last: 3\r\n\r\n"))
    assert.equal("hello", response.body)
    assert.equal("1", response.headers["x-first"])
    assert.equal("2", response.headers["http/x"])
    assert.equal("3", response.headers["x-last"])
  end)

  it("gives its JSON, or says where that is bad", function()
    local response = assert(received(answer("200 OK", {}, '{"a":[]}')))
    assert.same({ a = {} }, response:json())
    response = assert(received(answer("200 OK", {}, "{")))
    local value, message, code = response:json()
    assert.is_nil(value)
    assert.matches("^GET http://127.0.0.1:%d+/path: bad JSON: ", message)
    assert.equal("json", code)
  end)

  it("is one whatever the status", function()
    assert.equal(404, received(answer "404 Not Found").status)
    assert.equal(501, received(answer "501 No").status)
  end)
end)

describe("http.request fails with code", function()
  local function fails(code, message, response, why, got)
    assert.is_nil(response)
    assert.equal(code, got)
    assert.matches(message, why)
    assert.not_matches("secret", why)
  end

  it("connect when nobody listens", function()
    local url = ("http://127.0.0.1:%d"):format(ports.free(1))
    fails("connect", "^POST " .. url:gsub("%p", "%%%0") .. "/: ",
      http.post(url .. "?key=secret"))
  end)

  it("resolve when the name is unknown", function()
    fails("resolve", "^GET http://nobody.invalid/: Could not resolve host",
      http.get "http://nobody.invalid/?key=secret")
  end)

  it("url when it cannot be asked for", function()
    fails("url", "^GET: not a URL$", http.get "")
    fails("url", "^GET 'nope': not a URL$", http.get "nope")
    fails("url", "^GET: not a URL$", http.get "no?key=secret")
    fails("url", "^GET 'file:///etc/passwd': only http and https can be "
      .. "requested$", http.get "file:///etc/passwd")
  end)

  it("toobig for a body above the ceiling", function()
    fails("toobig", ": answer is larger than 4 bytes$",
      received(answer("200 OK", {}, "12345"), { max_body = 4 }))
    fails("toobig", ": answer is larger than 1 KiB$",
      received("HTTP/1.1 200 OK\r\n\r\n" .. ("x"):rep(5000),
        { max_body = 1024 }))
    assert.equal("12345",
      received(answer("200 OK", {}, "12345"), { max_body = 5 }).body)
  end)

  it("toobig for a header above the ceiling", function()
    local big = answer("200 OK", { "X: " .. ("x"):rep(2000) })
    fails("toobig", ": header of the answer is larger than 1 KiB$",
      received(big, { max_headers = 1024 }))
    assert.equal(200, received(big).status)
  end)

  it("closed when the answer does not come or ends early", function()
    fails("closed", "/path: ", received "")
    fails("closed", "/path: ", received(
      "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"))
  end)

  for what, whole in pairs {
    ["of known length"] =
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: y\r\n\r\n",
    ["in chunks"] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    ["without a body"] = "HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n",
    ["to the end"] = "HTTP/1.0 404 Not Found\nX-A: b\n\n",
    ["that goes on"] = "HTTP/1.1 100 Continue\r\n\r\n",
  } do
    it("closed wherever the header is cut: an answer " .. what, function()
      local name = whole:find "[TX]" -- of a field
      for _, at in ipairs { 1, 5, 10, 14, whole:find "\n" - 1,
        whole:find "\n", name, name + 2, whole:find(":", 10, true) or 20,
        #whole - 3, #whole - 2, #whole - 1 } do
        fails("closed", "/path: ", received(whole:sub(1, at)))
      end
    end)
  end

  --- It would be sent by the connection that has just died, and be lost.
  it("nothing after an answer that was cut, not even a POST", function()
    local server <close> = canned.start("HTTP/1.1 200 OK\r\nContent-Le",
      "HTTP/1.1 200 OK\r\nContent-Le", answer("200 OK", nil, "{}"))
    for _ = 1, 2 do
      fails("closed", "before the answer was whole$",
        http.post(server.url, { body = "a", safe = false }))
    end
    local response, message = http.post(server.url,
      { body = "b", safe = false })
    assert.equal("{}", response and response.body, message)
    assert.equal(3, #server:requests())
  end)

  it("closed after an answer that announces another one", function()
    fails("closed", "/path: ", received "HTTP/1.1 100 Continue\r\n\r\n")
  end)

  local function gzip(text)
    local file = temp.file(text)
    shell.execute(("gzip -kn %s"):format(file))
    return temp.read(file .. ".gz")
  end

  local function unpacked(bytes, encoding, options)
    return received(answer("200 OK",
      { "Content-Encoding: " .. (encoding or "gzip") }, bytes), options)
  end

  it("no packed answer of one or more members", function()
    local one, large = gzip "{}", gzip(("0123456789"):rep(30000))
    for _, encoding in ipairs { "gzip", "GZIP", "x-gzip" } do
      assert.equal("{}", unpacked(one, encoding).body)
    end
    assert.equal("{}{}", unpacked(one .. one).body)
    assert.equal("{}{}{}", unpacked(one .. gzip "" .. one .. one).body)
    assert.equal("{}" .. ("0123456789"):rep(30000) .. "{}",
      unpacked(one .. large .. one).body)
    assert.equal("", unpacked("").body)
    assert.equal(one, unpacked(one, "identity").body)
    assert.equal(one, unpacked(one, "gzip",
      { headers = { ["Accept-Encoding"] = "gzip" } }).body)
  end)

  it("no packed answer of another kind than the redirect to it", function()
    local zlib <const> = "\x78\1\1\2\0\xfd\xff{}\1\x75\0\xf9"
    assert.equal("{}", unpacked(zlib, "deflate").body)
    local server <close> = canned.start(answer("302 Found",
      { "Content-Encoding: gzip", "Location: /next" }, gzip "a" .. gzip "b"),
      answer("200 OK", { "Content-Encoding: deflate" }, zlib))
    local response, message = http.get(server.url)
    assert.equal("{}", response and response.body, message)
  end)

  it("toobig for packed answers above the limit, in any member", function()
    local half = gzip(("x"):rep(600))
    assert.equal(600, #unpacked(half, "gzip", { max_body = 1000 }).body)
    fails("toobig", "answer is larger than 1000 bytes$",
      unpacked(half .. half, "gzip", { max_body = 1000 }))
  end)

  it("protocol for packed answers that are not what they should", function()
    local one = gzip "some text that is packed"
    local function wrong(words, bytes, encoding)
      fails("protocol", ": the packed answer %(Content%-Encoding%) " .. words
        .. "$", unpacked(bytes, encoding))
    end
    wrong("continues after its end", one .. "more")
    wrong("continues after its end", one .. "\0\0")
    wrong("is damaged", one .. "\31more")
    wrong("is damaged", "{}{}{}")
    wrong("is damaged", one:sub(1, -9) .. "12345678")
    for _, rest in ipairs { 1, 5, 8, 9, 20, #one - 1 } do
      wrong("ends too early", one:sub(1, -1 - rest))
      wrong("ends too early", one .. one:sub(1, -1 - rest))
    end
    for _, encoding in ipairs { "br", "gzip, gzip", "aes128gcm" } do
      wrong("is packed in a way that mkrun does not know", one, encoding)
    end
  end)

  it("protocol for what is no HTTP", function()
    fails("protocol", "/path: ", received "SSH-2.0-OpenSSH\r\n\r\n")
  end)

  it("insecure for a token or password without TLS", function()
    local token = secret.new("topsecret", "t")
    fails("insecure", "^GET http://192.0.2.1/: a token is not sent without TLS",
      http.get("http://192.0.2.1/", { token = token }))
    fails("insecure", "^GET http://192.0.2.1/: a password is not sent",
      http.get "http://user:topsecret@192.0.2.1/")
  end)

  it("origin for a token of another server", function()
    local token = secret.new("topsecret", "t"):bind "http://127.0.0.1:1"
    for _, url in ipairs { "http://127.0.0.1:2/", "https://127.0.0.1:1/",
                           "http://localhost:1/" } do
      fails("origin", "the token belongs to another origin",
        http.get(url, { token = token }))
    end
  end)

  it("token when there is an Authorization header, too", function()
    fails("token", ": there is an Authorization header already$",
      http.get("http://127.0.0.1:1/", { token = secret.new("secret", "t"),
        headers = { authorization = "Basic secret" } }))
  end)

  it("token for one with a line break in it", function()
    fails("token", ": the token holds a line break$",
      http.get("http://127.0.0.1:1/",
        { token = secret.new("secret\r\nX: y", "t") }))
  end)

  it("json for what has no JSON form", function()
    local response, message, code =
      http.post("http://127.0.0.1:1/", { json = { print } })
    assert.is_nil(response)
    assert.equal("json", code)
    assert.is_string(message)
  end)
end)

describe("a kept connection that turns out to be dead", function()
  --- One request by a connection that is kept, and then another.
  local function second(method)
    local server <close> = canned.start(
      "keep\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
      answer("200 OK", {}, "again"))
    assert.equal("", http.get(server.url).body)
    local response, message, code =
      http.request { url = server.url, method = method }
    return response and response.body, code, #server:requests(), message
  end

  it("has a read sent again", function()
    local body, _, requests = second "GET"
    assert.equal("again", body)
    assert.equal(3, requests)
  end)

  it("never has a write sent again", function()
    for _, method in ipairs { "POST", "PATCH", "PUT", "DELETE" } do
      local body, code, requests, message = second(method)
      assert.is_nil(body)
      assert.equal("closed", code)
      assert.equal(2, requests)
      assert.matches(": connection closed before an answer came$", message)
    end
  end)

  it("has no write sent again when then nobody is there", function()
    local server <close> =
      canned.start "last\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    assert.equal("", http.get(server.url).body)
    local response, message, code = http.post(server.url)
    assert.is_nil(response)
    assert.equal("closed", code)
    assert.matches(": connection lost before an answer came: ", message)
    assert.not_matches("attempts", message)
    assert.equal(2, #server:requests())
  end)
end)

describe("a redirect", function()
  local server
  setup(function() server = nginx.start() end)
  teardown(function() server:stop() end)

  it("is followed on a read within the origin", function()
    local response = assert(http.get(server.url.plain .. "/redirect"))
    assert.equal(200, response.status)
    assert.equal(server.url.plain .. "/json", response.url)
    assert.equal(200, http.head(server.url.plain .. "/redirect").status)
  end)

  it("is the answer when it leads elsewhere", function()
    local response = assert(http.get(server.url.plain .. "/redirect-away"))
    assert.equal(302, response.status)
    assert.matches("/json$", response.headers.location)
  end)

  it("is the answer to a write", function()
    for _, method in ipairs { "POST", "PUT", "PATCH", "DELETE" } do
      local response = assert(http.request {
        url = server.url.plain .. "/redirect", method = method })
      assert.equal(302, response.status)
    end
  end)

  it("is the answer when enough were followed", function()
    local url = server.url.plain .. "/redirect"
    assert.equal(302, http.get(url, { redirects = 0 }).status)
    assert.equal(200, http.get(url, { redirects = 1 }).status)
    local moved = answer("302 Found", { "Location: /again" })
    local loop <close> = canned.start(moved)
    assert.equal(302, http.get(loop.url, { redirects = 3 }).status)
    assert.equal(4, #loop:requests())
  end)

  it("does not make time stand still", function()
    local held <close> = gate.open(server)
    local message, code = select(2,
      http.get(server.url.plain .. "/gate", { timeout = 0.5 }))
    assert.is_not_nil(held)
    assert.matches("/gate: no answer within 0.5 seconds$", message)
    assert.equal("timeout", code)
  end)
end)

describe("lua/types/http.lua", function()
  it("names exactly the functions that there are", function()
    local named = {}
    for line in io.lines "lua/types/http.lua" do
      named[line:match "^function http%.(%w+)" or 0] = true
    end
    named[0] = nil
    for name in pairs(http) do
      assert(named[name], name)
      named[name] = nil
    end
    assert.is_nil((next(named)))
  end)
end)
