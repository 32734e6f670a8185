--- What a run says when a proxy, a login page or a wrong server answers.

local process = require "tests.support.process"
local release = require "tests.support.release"

local TOKEN <const> = "canary-7c12aa90"

--- A server that answers each request with the bytes of a file.
local SERVER <const> = [[
local socket = require "socket"
local listener = assert(socket.bind("127.0.0.1", 0, 64))
print(select(2, listener:getsockname()))
io.flush()
while true do
  local client = listener:accept()
  client:settimeout(300)
  repeat local line = client:receive() until not line or line == ""
  client:send(arg[1])
  client:close()
end]]

local function answer(head, body)
  return ("HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s")
    :format(head, #body, body)
end

--- Runs a line of Lua on an API that answers so.
local function run(bytes, code)
  local server <close> = process.spawn { "lua5.4", "-e", SERVER:gsub("arg%[1%]",
    function() return ("%q"):format(bytes) end) .. "" }
  local port = process.wait_until("the server",
    function() return server:output():match "^(%d+)%s" end)
  return release.run({ "--base-url", "http://localhost:" .. port, "-e", code },
    { env = { MKIO_TOKEN = TOKEN } })
end

local READ <const> = "require 'mkio'.connect().teams:list()"
local HINT <const> = ": a proxy or another server answered and not the API: is "
  .. "the base URL right, and is a login needed before?\n"
local PAGE <const> = "<!DOCTYPE html><html><head><title>Access\n&amp; "
  .. "Denied</title></head></html>"
local HTML <const> = "\r\nContent-Type: text/html"

describe("an answer that is not the API's", function()
  it("is called a page, with its title", function()
    for head, said in pairs {
      ["200 OK" .. HTML] = "200 answer is an HTML page titled 'Access & "
        .. "Denied', not JSON (json)" .. HINT,
      ["200 OK"] = "200 answer is an HTML page titled 'Access & Denied', not "
        .. "JSON (json)" .. HINT,
      ["403 Forbidden" .. HTML] = "403 not allowed, an HTML page titled "
        .. "'Access & Denied' and no JSON" .. HINT,
      ["404 Not Found"] = "404 not found, an HTML page titled 'Access & "
        .. "Denied' and no JSON" .. HINT,
      ["501 No" .. HTML] = "501 an HTML page titled 'Access & Denied' and no "
        .. "JSON\n",
    } do
      local outcome = run(answer(head, PAGE), READ)
      assert.equal(1, outcome.code)
      assert.equal("mkrun: (command line):1: GET /api/v1/organization/teams: "
        .. said, outcome.err)
    end
  end)

  it("says where a redirect leads, without its query", function()
    for status, method in pairs { ["302 Found"] = "GET",
      ["307 Temporary"] = "POST" } do
      local code = method == "GET" and READ or "require 'mkio'.connect()"
        .. ".invites:create('a@x.example', { comment = 'c' })"
      local outcome = run(answer(status .. "\r\nLocation: "
        .. "https://user:pass@login.example/sso?token=abc#x", ""), code)
      assert.equal(1, outcome.code)
      assert.matches(": " .. status:match "%d+" .. " redirect to "
        .. "https://login.example/sso, which is not followed" .. HINT,
        outcome.err, 1, true)
      assert.is_nil(outcome.err:find "abc")
      assert.is_nil(outcome.err:find "pass")
    end
  end)

  it("says how long Retry-After asks to wait", function()
    local outcome = run(answer("503 Busy\r\nRetry-After: 7200" .. HTML, PAGE),
      READ)
    assert.matches("503 service unavailable, an HTML page titled 'Access & "
      .. "Denied' and no JSON; the server asks to wait 7200 s (Retry-After), "
      .. "which is longer than mkrun waits", outcome.err, 1, true)
  end)
end)
