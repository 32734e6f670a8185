--- Free ports on the loopback address.

local socket = require "socket"

local M = {}

--- `count` ports that nobody listens on now.
---@return integer ...
function M.free(count)
  local listeners, ports = {}, {}
  for i = 1, count or 1 do
    listeners[i] = assert(socket.bind("127.0.0.1", 0))
    local _, port = listeners[i]:getsockname()
    ports[i] = math.tointeger(tonumber(port))
  end
  for _, listener in ipairs(listeners) do listener:close() end
  return table.unpack(ports)
end

--- Does somebody listen on the port?
---@return boolean
function M.answers(port)
  local connection = socket.connect("127.0.0.1", port)
  if connection then connection:close() end
  return connection ~= nil
end

return M
