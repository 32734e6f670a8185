--- Stands between clients and a server, and makes the way far:
--- `lua5.4 tests/support/round_trips.lua PORT TARGET`.
---
--- It holds all bytes, and hands them on together as soon as both sides are
--- quiet.  So a round of the program is a round trip of the wire, however slow
--- the machine is.  It prints "ready", and a line for each round in which
--- clients get something: "round" and the number of open connections.

local socket = require "socket"

local QUIET <const> = 0.25 -- seconds without a byte

local listener = assert(socket.bind("127.0.0.1", tonumber(arg[1]), 256))
local partner, held, is_client = {}, {}, {}

local function say(...)
  io.write(table.concat({ ... }, " "), "\n")
  io.flush()
end

local function take()
  local client = listener:accept()
  local server = assert(socket.connect("127.0.0.1", tonumber(arg[2])))
  for _, one in ipairs { client, server } do
    one:settimeout(0)
    one:setoption("tcp-nodelay", true)
    held[one] = { bytes = "" }
  end
  partner[client], partner[server] = server, client
  is_client[client] = true
end

--- Keeps what one side sends.
local function keep(from)
  local bytes, problem, part = from:receive(65536)
  local box = held[from]
  box.bytes = box.bytes .. (bytes or part)
  box.is_over = problem == "closed"
end

--- Hands on what one side has sent, and its end.
local function pass(from)
  local to, box = partner[from], held[from]
  to:settimeout(300)
  if #box.bytes > 0 then to:send(box.bytes) end
  to:settimeout(0)
  box.bytes = ""
  if not box.is_over then return end
  for _, one in ipairs { from, to } do
    one:close()
    held[one], partner[one], is_client[one] = nil, nil, nil
  end
end

--- Says a round before it hands anything on: a client that has its last bytes
--- may end the test before the next line here runs.
local function hand_on()
  local open, all, is_told = 0, {}, false
  for _ in pairs(is_client) do open = open + 1 end
  for one, box in pairs(held) do
    all[#all + 1] = one
    if #box.bytes > 0 and is_client[partner[one]] then is_told = true end
  end
  if is_told then say("round", open) end
  for _, one in ipairs(all) do
    if held[one] then pass(one) end
  end
end

local function listening()
  local sockets = { listener }
  for one, box in pairs(held) do
    if not box.is_over then sockets[#sockets + 1] = one end
  end
  return sockets
end

say "ready"
while true do
  local ready = socket.select(listening(), nil, QUIET)
  if #ready == 0 then hand_on() end
  for _, one in ipairs(ready) do
    if one == listener then take() else keep(one) end
  end
end
