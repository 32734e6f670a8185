--- Hands connections on: `lua5.4 relay.lua PORT TARGET...`.
---
--- The first connection to PORT becomes one to the first port TARGET, the
--- second one to the second, and so on; nobody listens after the last.  Bytes
--- go both ways as they come, and an end on one side is one on the other.

local socket = require "socket"

local listener = assert(socket.bind("127.0.0.1", tonumber(arg[1]), 64))
local sockets, partner, taken = { listener }, {}, 0

local function take()
  taken = taken + 1
  local client = listener:accept()
  local server = assert(socket.connect("127.0.0.1", tonumber(arg[taken + 1])))
  for _, one in ipairs { client, server } do
    one:settimeout(0)
    one:setoption("tcp-nodelay", true)
    sockets[#sockets + 1] = one
  end
  partner[client], partner[server] = server, client
  if taken < #arg - 1 then return end
  listener:close()
  table.remove(sockets, 1)
end

local function forget(one)
  for i, other in ipairs(sockets) do
    if other == one then table.remove(sockets, i) end
  end
  one:close()
end

local function pass(from)
  local to = partner[from]
  local bytes, problem, part = from:receive(65536)
  bytes = bytes or part
  to:settimeout(300)
  if #bytes > 0 then to:send(bytes) end
  to:settimeout(0)
  if problem ~= "closed" then return end
  forget(from)
  forget(to)
end

while #sockets > 0 do
  for _, one in ipairs((socket.select(sockets))) do
    if one == listener then take() elseif partner[one] then pass(one) end
  end
end
