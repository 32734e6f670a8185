--- Free ports on the loopback address.
---
--- Below those that systems choose by themselves: what is free here is not
--- taken meanwhile by a connection, or by a server that took any.

local socket = require "socket"
local sys = require "mkrun.sys"

local FIRST <const>, COUNT <const> = 15000, 17000

local M = {}

local last = sys.getpid() * 97 -- not where another test run begins

local function is_free(port)
  local listener = socket.bind("127.0.0.1", port)
  if listener then listener:close() end
  return listener ~= nil
end

--- `count` ports that nobody listens on now, and that nobody got before.
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

--- Does somebody listen on the port?
---@return boolean
function M.answers(port)
  local connection = socket.connect("127.0.0.1", port)
  if connection then connection:close() end
  return connection ~= nil
end

return M
