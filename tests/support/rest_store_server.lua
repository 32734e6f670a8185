--- Serves `rest_store`, or another module with the same functions, on a
--- loopback port, for `rest_store_served`:
--- `build/debug/mkrun tests/support/rest_store_server.lua [MODULE]`.
---
---   GET, PUT /.state    all documents
---   GET /.requests      ["PUT /api/vhosts/a", ...]
---   PUT /.kill          {"pid": FILE, "at": n, "after": true}: kills the
---                       process whose id is in FILE at the n-th request from
---                       now on, before or after it took effect, without an
---                       answer
---
--- It prints "port 40123".

package.path = "./?.lua;" .. package.path

local json = require "mkrun.json"
local socket = require "socket"
local stores = require(... or "tests.support.rest_store")

local store = stores.new()
local victim

local controls = {
  ["GET /.state"] = function() return store:state() end,
  ["PUT /.state"] = function(body)
    store = stores.new(body)
    return {}
  end,
  ["GET /.requests"] = function() return json.array(store.requests) end,
  ["PUT /.kill"] = function(body)
    victim = body
    return {}
  end,
}

--- Returns true if this request is the last of the client.
local function is_fatal()
  if not victim then return false end
  victim.at = victim.at - 1
  return victim.at == 0
end

local function kill()
  os.execute(("kill -KILL $(cat '%s')"):format(victim.pid))
  victim = nil
end

--- Returns the answer, or nil if the client is dead.
local function answer(method, path, text, head)
  local control = controls[method .. " " .. path]
  if control then return 200, json.encode(control(json.decode(text))) end
  local is_last = is_fatal()
  if is_last and not victim.after then return kill() end
  local status, body = store:answer(method, path, text, head)
  if is_last then return kill() end
  return status, body
end

local function read(client)
  local method, path = (client:receive() or ""):match "^(%u+) (%S+)"
  local length, head = 0, {}
  for line in function() return client:receive() end do
    if line == "" then break end
    local name, value = line:match "^(.-):%s*(.*)$"
    head[name and name:lower() or line] = value
    length = tonumber(head["content-length"]) or 0
  end
  return method, path, length > 0 and client:receive(length) or "",
    head
end

local listener = assert(socket.bind("127.0.0.1", 0))
listener:settimeout(0.2) -- or no signal ends this process
print(("port %d"):format(select(2, listener:getsockname())))
io.stdout:flush()

local function serve(client)
  client:settimeout(300) -- only ends what hangs
  local method, path, text, head = read(client)
  local status, body
  if method then status, body = answer(method, path, text, head) end
  if status then
    client:send(("HTTP/1.1 %d X\r\nContent-Type: application/json\r\n"
      .. "Connection: close\r\n%s\r\n%s"):format(status, status == 204 and ""
      or ("Content-Length: %d\r\n"):format(#body), body))
  end
  client:close()
end

while true do
  local client = listener:accept()
  if client then serve(client) end
end
