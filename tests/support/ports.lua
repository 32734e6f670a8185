--- Finds free ports on the loopback address.
---
--- The ports are below the range from which systems choose ports.  So no
--- connection and no other server takes a port between the choice and its use.
---
--- A process claims blocks of ports by locks, which it holds as long as it
--- lives.  So processes that run at the same time never choose the same port.

local socket = require "socket"
local sys = require "mkrun.sys"

local FIRST <const>, BLOCK <const>, BLOCKS <const> = 15000, 100, 170

local M = {}

local claims = {}
local block = sys.getpid() % BLOCKS
local last, left = 0, 0

--- Claims the next block that no other process has.
local function claim()
  for _ = 1, BLOCKS do
    block = (block + 1) % BLOCKS
    local lock = sys.lock("/tmp/mkrun-test-ports." .. block)
    if lock then
      claims[#claims + 1] = lock
      last, left = FIRST + block * BLOCK - 1, BLOCK
      return
    end
  end
  error("other processes have all ports that tests may use", 0)
end

local function next_port()
  if left == 0 then claim() end
  last, left = last + 1, left - 1
  return last
end

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
    local port = next_port()
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
