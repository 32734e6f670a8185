--- Finds free ports on the loopback address.
---
--- The ports are below the range from which systems choose ports.  So no
--- connection and no other server takes a port between the choice and its use.

local socket = require "socket"
local sys = require "mkrun.sys"

local FIRST <const>, COUNT <const> = 15000, 17000

local M = {}

local last = sys.getpid() * 97 -- differs from other test runs

local function is_free(port)
  local listener = socket.bind("127.0.0.1", port)
  if listener then listener:close() end
  return listener ~= nil
end

--- Returns `count` ports on which nobody listens and that no call returned
--- before.
---@param count? integer   default 1
---@return integer ...
function M.free(count)
  local found = {}
  while #found < (count or 1) do
    last = last + 1
    local port = FIRST + last % COUNT
    if is_free(port) then found[#found + 1] = port end
  end
  return table.unpack(found)
end

--- Returns true if a server listens on the port.
---@param port integer
---@return boolean
function M.answers(port)
  local connection = socket.connect("127.0.0.1", port)
  if connection then connection:close() end
  return connection ~= nil
end

return M
