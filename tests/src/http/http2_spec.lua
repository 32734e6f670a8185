--- What HTTP/2 servers say that nginx does not: frames made by hand, sent by
--- `openssl s_server`, to this very binary in a process of its own.

local ca = require "tests.support.ca"
local ports = require "tests.support.ports"
local process = require "tests.support.process"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local function frame(kind, flags, stream, payload)
  return (">I3I1I1I4"):pack(#payload, kind, flags, stream) .. payload
end

local SETTINGS <const> = frame(4, 0, 0, "")

--- A number of HPACK, with a prefix of seven bits.
local function number(n)
  if n < 127 then return string.char(n) end
  local bytes = "\127"
  n = n - 127
  while n >= 128 do
    bytes = bytes .. string.char(n & 127 | 128)
    n = n >> 7
  end
  return bytes .. string.char(n)
end

local function field(name, value)
  return "\0" .. number(#name) .. name .. number(#value) .. value
end

--- The frames of an answer with status 200, these fields and no body.
local function answer(fields)
  local block, frames, kind = "\x88" .. fields, {}, 1
  repeat
    local part = block:sub(1, 16000)
    block = block:sub(16001)
    local flags = (kind == 1 and 1 or 0) | (block == "" and 4 or 0)
    frames[#frames + 1] = frame(kind, flags, 1, part)
    kind = 9
  until block == ""
  return table.concat(frames)
end

--- A connection that has ended has the port in a line of its own, too.
local function listens(port)
  local line = (":%04X 0+:0000 0A "):format(port)
  return temp.read "/proc/net/tcp":find(line)
    or temp.read "/proc/net/tcp6":find(line)
end

local function serve(words)
  local folder, port = temp.folder(), ports.free(1)
  shell.execute("mkfifo " .. folder .. "/in")
  local cert = ca.path "ecdsa"
  local server = process.spawn { "sh", "-c", ([[
    exec openssl s_server -quiet -accept %d -cert %s.pem -key %s.key \
      -cert_chain %s.pem %s -naccept 1 <>%s/in]]):format(port, cert, cert,
    cert, words, folder) }
  process.wait_until("the server", function() return listens(port) end)
  return server, port, function(bytes)
    -- In the background: a client that has enough stops the server's reading.
    shell.execute(("timeout 30 cat %s >%s/in &"):format(temp.file(bytes),
      folder))
  end
end

--- Asks, and says so when it would do it once more after a while.
local function request(port, options)
  return process.spawn { "build/debug/mkrun", "--cacert",
    ca.path "ca.pem", "-e", ([[
    local options = { url = "https://localhost:%d/", timeout = 20, %s }
    require "mkrun.task".sleep = function() print "sent again" os.exit(0) end
    local response, message, code =
      require "mkrun.http".request(options)
    print(response and response.status or code,
      response and response.http_version or message:gsub("^.-: ", ""))
    ]]):format(port, options) }
end

--- Waits for `words` and what follows them, unless the client has ended.
local function comes(server, client, words)
  process.wait_until("a request", function()
    local out = server:output()
    local at = out:find(words, 1, true)
    return at and #out - at > 60 or not client:alive()
  end)
  return client:alive()
end

--- Asks once, and gives `replies` in turn: each has what the server waits for,
--- and what it sends then.
local function ask(options, replies)
  local server, port, send = serve "-alpn h2"
  local closing <close> = server
  local client <close> = request(port, options)
  for _, reply in ipairs(replies) do
    if comes(server, client, reply[1]) then send(reply[2]) end
  end
  local outcome = client:wait()
  assert.equal("", outcome.err)
  local _ = closing
  return outcome.out
end

--- What the first request begins with.
local PREFACE <const> = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

--- What a server says that gives up the first stream for this reason.
local function reset(reason)
  return SETTINGS .. frame(3, 0, 1, (">I4"):pack(reason))
end

local CANCEL <const>, REFUSED_STREAM <const>, HTTP_1_1_REQUIRED <const> =
  8, 7, 0xd

--- Asks a server that gives up the stream; then nobody is there.
local function ask_once(options, reason)
  local server, port, send = serve "-alpn h2"
  local _ <close> = server
  local front = ports.free(1)
  local _ <close> = process.spawn { "lua5.4", "tests/src/http/relay.lua",
    front, port }
  process.wait_until("the relay", function() return listens(front) end)
  local client <close> = request(front, options)
  if comes(server, client, PREFACE) then send(reset(reason)) end
  local outcome = client:wait()
  return outcome.out
end

--- Asks a server that wants HTTP/1.1; then one that speaks it.
local function ask_again(method)
  local server, port, send = serve "-alpn h2"
  local other, other_port, answer_other = serve "-alpn http/1.1"
  local _ <close> = server
  local _ <close> = other
  local front = ports.free(1)
  local _ <close> = process.spawn { "lua5.4", "tests/src/http/relay.lua",
    front, port, other_port }
  process.wait_until("the relay", function() return listens(front) end)
  local client <close> = request(front, ("method = %q, safe = false")
    :format(method))
  if comes(server, client, PREFACE) then send(reset(HTTP_1_1_REQUIRED)) end
  if comes(other, client, method .. " / HTTP/1.1") then
    answer_other "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
  end
  local outcome = client:wait()
  return outcome.out
end

describe("over HTTP/2", function()
  it("a header above the limit is too big, whoever set it", function()
    local function big(count, len)
      local fields = {}
      for i = 1, count do
        fields[i] = field("x-" .. i, ("v"):rep(len))
      end
      return { { PREFACE, SETTINGS .. answer(table.concat(fields)) } }
    end
    local function too_big(words, options, replies)
      assert.equal(("toobig\t%s\n"):format(words),
        ask(options, replies))
    end
    assert.equal("200\t2\n", ask("safe = false", big(2, 500)))
    too_big("header of the answer is larger than 1 KiB",
      "max_headers = 1024, safe = false", big(20, 100))
    too_big("header of the answer is larger than mkrun accepts in HTTP/2",
      "safe = false", big(10, 30000))
    too_big("a field in the header of the answer is larger than 64 KiB, or "
      .. "damaged", "safe = false", big(1, 70000))
  end)

  it("what has to come by HTTP/1.1 is sent again by that", function()
    for _, method in ipairs { "GET", "POST" } do
      assert.equal("200\t1.1\n", ask_again(method))
    end
  end)

  it("a POST that was refused has not arrived, though nobody is there then",
    function()
      for _, reason in ipairs { REFUSED_STREAM, HTTP_1_1_REQUIRED } do
        assert.equal("sent again\n",
          ask_once("method = 'POST', safe = false", reason))
      end
    end)

  it("a POST that the server gave up may have arrived", function()
    assert.matches("^closed\t",
      ask_once("method = 'POST', safe = false", CANCEL))
  end)
end)
