--- Nothing of one exchange (src/http/request_setup.c) is seen in the next one.

local canned = require "tests.src.http.server"
local gate = require "tests.support.gate"
local http = require "mkrun.http"
local nginx = require "tests.support.nginx"
local secret = require "mkrun.secret"
local task = require "mkrun.task"

local answer = canned.answer

--- Requests of all kinds that get an answer.
local KINDS = {
  { method = "POST", body = "some=body", token = secret.new("s3cret", "t") },
  { method = "POST" },
  { method = "PATCH", json = { 1 }, headers = { ["Content-Type"] = "a/b" } },
  { method = "PUT", body = "", headers = { { "X-A", "1" }, { "X-A", "2" } } },
  { method = "DELETE", query = { a = 1 } },
  { method = "GET", body = "a body", safe = false },
  { method = "HEAD" },
  { headers = { ["Accept-Encoding"] = "identity", ["User-Agent"] = "me" } },
  { headers = { ["User-Agent"] = "" }, max_body = 100, max_headers = 1000 },
  { timeout = 600, connect_timeout = 500, redirects = 0 },
}

local function copy(options, url)
  local result = { url = url }
  for name, value in pairs(options) do result[name] = value end
  return result
end

describe("an exchange leaves nothing to the next one", function()
  it("whatever was asked for", function()
    local server <close> = canned.start(answer("200 OK", {}, "body"))
    assert(http.get(server.url))
    local plain = server:requests()[1]
    for i, kind in ipairs(KINDS) do
      assert(http.request(copy(kind, server.url)))
      local sent = server:requests()[2 * i]
      assert.equal(i == #KINDS, sent == plain)
      local response = assert(http.get(server.url))
      assert.equal(plain, server:requests()[2 * i + 1])
      assert.equal("body", response.body)
    end
  end)

  it("when a password was in its URL", function()
    local server <close> = canned.start(answer "200 OK")
    assert(http.get(server.url))
    for _, user in ipairs { "user:hidden@", "user@", ":hidden@", "" } do
      local response = assert(http.get((server.url:gsub("//", "//" .. user))))
      assert.equal(server.url .. "/", response.url)
    end
    local requests = server:requests()
    assert.matches("\nAuthorization: Basic ", requests[2])
    assert.equal(requests[1], requests[5])
  end)

  it("however large its answer was", function()
    local sizes, answers = { 70000, 0, 300000, 1, 65535, 1025, 0 }, {}
    for i, size in ipairs(sizes) do
      answers[i] = answer("200 OK", { "X-Size: " .. size }, ("x"):rep(size))
    end
    local server <close> = canned.start(table.unpack(answers))
    for _, size in ipairs(sizes) do
      local response = assert(http.get(server.url))
      assert.equal(tostring(size), response.headers["x-size"])
      assert.equal(("x"):rep(size), response.body)
    end
  end)

  it("whatever URL it had", function()
    local server <close> = canned.start(answer "200 OK")
    for asked, sent in pairs {
      ["/a/../b/./c?d=e#f"] = "/b/c?d=e", ["?q"] = "/?q", ["/p?"] = "/p?",
      [""] = "/", ["/p#f@g"] = "/p", ["/p?y=@"] = "/p?y=@",
    } do
      local response = assert(http.get(server.url .. asked))
      assert.equal(server.url .. sent:gsub("%?$", ""), response.url)
      local requests = server:requests()
      assert.equal("GET " .. sent .. " HTTP/1.1",
        requests[#requests]:match "^[^\n]*")
    end
  end)

  it("when no answer came", function()
    local server <close> = canned.start(answer("200 OK", {}, "1234567890"))
    local function fails(code, options, url)
      assert.equal(code, select(3, http.request(copy(options, url))))
      local response = assert(http.get(server.url))
      assert.equal("1234567890", response.body)
    end
    fails("toobig", { max_body = 3 }, server.url)
    fails("toobig", { max_headers = 20 }, server.url)
    fails("url", {}, "ftp://127.0.0.1/")
    fails("connect", { method = "POST", body = "x" }, "http://127.0.0.1:1/")
    fails("tls", { client_cert = "/nowhere.pem" }, server.url)
    fails("resolve", { method = "PUT", body = "x" }, "http://nowhere.invalid")
  end)

  it("when nobody waited for the answer", function()
    local server <close> = nginx.start()
    local held <close> = gate.open(server)
    local canned_server <close> = canned.start(answer "200 OK")
    assert(http.get(canned_server.url))
    for _, options in ipairs { {}, { method = "GET", body = "abc" } } do
      local waiting = task.spawn(http.request,
        copy(options, server.url.plain .. "/gate"))
      task.sleep(0.05)
      waiting:cancel()
      local timeout = copy(options, server.url.plain .. "/gate")
      timeout.timeout = 0.5
      assert.equal("timeout", select(3, http.request(timeout)))
      assert(http.get(canned_server.url))
    end
    assert.is_not_nil(held)
    local requests = canned_server:requests()
    assert.same({ requests[1], requests[1], requests[1] }, requests)
  end)

  it("when it was redirected", function()
    local moved = answer("302 Found", { "Location: /there" }, "old body")
    local server <close> = canned.start(moved, answer("200 OK", {}, "new"))
    assert.equal("new", http.get(server.url .. "/a").body)
    local response = http.get(server.url .. "/b")
    assert.same({ 200, server.url .. "/b", "new" },
      { response.status, response.url, response.body })
    assert.matches("^GET /b ", server:requests()[3])
  end)

  it("when it had to be sent again, however often that happens", function()
    local bytes = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"
    local server <close> = canned.start("keep\n" .. bytes)
    for _ = 1, 10 do assert.equal(1, http.get(server.url).attempts) end
    assert.equal(19, #server:requests()) -- nine were sent twice
  end)

  it("when very many run at a time", function()
    local server <close> = canned.start(answer "200 OK")
    local numbers, wanted, seen = {}, {}, {}
    for i = 1, 40 do numbers[i], wanted[i] = i, ("number=%02d"):format(i) end
    for _ = 1, 2 do
      task.map(numbers, function(i)
        assert(http.post(server.url, { body = wanted[i] }))
      end, { limit = 40 })
    end
    for i, request in ipairs(server:requests()) do
      seen[i] = request:match "number=%d+$"
    end
    table.sort(seen)
    for i = 1, 40 do
      assert.same({ wanted[i], wanted[i] }, { seen[2 * i - 1], seen[2 * i] })
    end
  end)
end)
