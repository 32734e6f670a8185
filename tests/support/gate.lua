--- Runs the server behind an nginx's /gate.  The server holds requests until
--- enough of them have arrived, and then answers them all.
---
---   local server <close> = nginx.start()
---   local gate <close> = gate.open(server)
---   ... start a program that asks url .. "/gate" six times ...
---   gate:pass(6)
---
--- Without `pass` no request gets an answer.  So a spec can count requests that
--- run at once, without a clock.

local socket = require "socket"

local M = {}

--- Seconds to wait.  Only a fault takes this long.
local LIMIT <const> = 300

local ANSWER <const> = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n"
  .. "Connection: close\r\n\r\npassed\n"

---@class tests.Gate
local Gate = {}
Gate.__index = Gate
Gate.__name = "tests.Gate"
Gate.__close = function(self) self:close() end

---@param server tests.Nginx
---@return tests.Gate
function M.open(server)
  local listener = assert(socket.bind("127.0.0.1", server.gate, 1024))
  listener:settimeout(LIMIT)
  return setmetatable({ listener = listener, clients = {} }, Gate)
end

local function read_head(client)
  client:settimeout(LIMIT)
  repeat
    local line = assert(client:receive "*l")
  until line == ""
end

--- Waits until this many requests have arrived, and holds them.
---@param count integer
function Gate:wait(count)
  while #self.clients < count do
    local client = self.listener:accept()
    if not client then
      error(("%d requests at once, not %d"):format(#self.clients, count), 2)
    end
    read_head(client)
    table.insert(self.clients, client)
  end
end

--- Waits for the requests, then answers them in order of arrival.
---@param count integer
function Gate:pass(count)
  self:wait(count)
  for _, client in ipairs(self.clients) do
    client:send(ANSWER)
    client:close()
  end
  self.clients = {}
end

function Gate:close() self.listener:close() end

return M
