--- Runs a name server for tests: `lua5.4 tests/support/dns.lua ADDRESS`.
---
--- Every name has the address 127.0.0.1, but only over TCP.  Over UDP the
--- answer is "truncated, ask again over TCP".  Other types have no records.
--- Names in "unknown" do not exist.  The server prints "ready", and "asked" for
--- each query over UDP.  It answers such a query a tenth of a second later.
---
--- A label of the name asks for a failure.  In "aaaa-5.test" and below, a
--- question for IPv6 gets RCODE 5 (REFUSED).  In "all-2.test" each question
--- gets RCODE 2.  In "aaaa-silent.test" and "all-silent.test" there is no
--- answer.

local socket = require "socket"

local RESPONSE, TRUNCATED, NO_SUCH_NAME = 0x8180, 0x0200, 3
local TYPE_A, TYPE_AAAA = 1, 28

--- Returns the question of a query (name, type, class) and its type.
local function question(query)
  local position = 13
  repeat
    local length = query:byte(position)
    position = position + 1 + length
  until length == 0
  return query:sub(13, position + 3), (">I2"):unpack(query, position)
end

--- Returns what a label of the name asks for: an RCODE, "silent", or nil.
local function failure(asked, kind)
  local said = asked:match "[\5-\10]all%-(%w+)"
    or kind == TYPE_AAAA and asked:match "[\6-\11]aaaa%-(%w+)"
  return tonumber(said) or said or nil
end

--- Returns the answer, or nil for none.
local function answer(query, over_tcp)
  local asked, kind = question(query)
  local flags, records = RESPONSE, ""
  local failed = failure(asked, kind)
  if failed == "silent" then return end
  if failed then
    flags = flags | failed
  elseif asked:find("\7unknown\0", 1, true) then
    flags = flags | NO_SUCH_NAME
  elseif kind == TYPE_A and over_tcp then
    records = (">I2I2I2I4s2"):pack(0xC00C, TYPE_A, 1, 60, "\127\0\0\1")
  elseif kind == TYPE_A then
    flags = flags | TRUNCATED
  end
  return query:sub(1, 2) .. (">I2I2I2I2I2"):pack(
    flags, 1, records == "" and 0 or 1, 0, 0) .. asked .. records
end

local function serve_udp(udp)
  local query, address, port = udp:receivefrom()
  if not query then return end
  io.write "asked\n"
  io.flush()
  socket.sleep(0.1)
  local reply = answer(query, false)
  if reply then udp:sendto(reply, address, port) end
end

local function serve_tcp(listener)
  local client = listener:accept()
  client:settimeout(300)
  local length = client:receive(2)
  local query = length and client:receive(((">I2"):unpack(length)))
  if query then client:send((">s2"):pack(answer(query, true))) end
  client:close()
end

local address = ...
local udp = assert(socket.udp())
assert(udp:setsockname(address, 53))
local tcp = assert(socket.bind(address, 53))
io.write("ready\n")
io.flush()
while true do
  local readable = socket.select({ udp, tcp })
  if readable[udp] then serve_udp(udp) end
  if readable[tcp] then serve_tcp(tcp) end
end
