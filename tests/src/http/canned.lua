--- A server that says what it is told: `lua5.4 canned.lua PORT FILE...`.
---
--- The first connection gets the bytes of the first FILE, and so on; the last
--- FILE answers all further ones.  A connection is closed after its answer;
--- one whose FILE begins with a line "keep" is closed without an answer when a
--- second request has come in by it; with "last" it is the server's end, too.
--- Every request is printed as it came, with a line "----" behind it.

local socket = require "socket"

local port = tonumber(arg[1])
local listener = assert(socket.bind("127.0.0.1", port))
io.stdout:setvbuf "no"

local CLIENT_HELLO <const> = "\22"

--- One who begins with TLS has no request.
local function read_request(client)
  local first = client:receive(1)
  if not first or first == CLIENT_HELLO then return "" end
  local lines, length = {}, 0
  repeat
    local line = client:receive("*l", #lines == 0 and first or nil)
    lines[#lines + 1] = line
    length = tonumber(line and line:lower():match "^content%-length:%s*(%d+)")
      or length
  until not line or line == ""
  local body = length > 0 and client:receive(length) or ""
  return table.concat(lines, "\n") .. body
end

for i = 2, math.huge do
  local client = listener:accept()
  client:settimeout(300)
  local file <close> = assert(io.open(arg[math.min(i, #arg)], "rb"))
  local all = file:read "a"
  local last = all:find "^last\n" ~= nil
  local bytes, keep = all:gsub("^%l%l%l%l\n", "")
  print(read_request(client) .. "\n----")
  client:send(bytes)
  if keep > 0 then print(read_request(client) .. "\n----") end
  if last then listener:close() end
  client:close()
  if last then break end
end
