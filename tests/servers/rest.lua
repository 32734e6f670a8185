--- A real server of a REST API that a test has started, and requests to it that
--- do not go through the client under test.

local json = require "mkrun.json"
local mime = require "mime"
local process = require "tests.support.process"
local socket = require "socket"
local sys = require "mkrun.sys"

---@class tests.RealServer
---@field kind table       the module that started it
---@field port integer
---@field url string       "http://127.0.0.1:40123"
---@field token string     as mkrun reads it from a file
---@field secret string    what no output may show
---@field field string     header field that carries the token
---@field ready string     path that answers when the server is up
---@field processes tests.Process[]   the server first
local Server = {}
Server.__index = Server
Server.__name = "tests.RealServer"

local M = {}

--- Returns a password that no other run has.
---@return string
function M.secret()
  return (sys.random(18):gsub(".", function(c)
    return ("%02x"):format(c:byte())
  end))
end

--- Returns the header field for a user and a password.
---@param credentials string   "USER:PASSWORD"
---@return string
function M.basic(credentials)
  return "Authorization: Basic " .. mime.b64(credentials)
end

local FORMAT <const> = "%s %s HTTP/1.0\r\nHost: 127.0.0.1\r\n%s\r\n"
  .. "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"

--- Sends a request.
---@param method string
---@param path string    with "/api"
---@param body? table
---@return integer? status   nil if nobody answers
---@return string text
function Server:ask(method, path, body)
  local connection, fault = socket.connect("127.0.0.1", self.port)
  if not connection then return nil, fault end
  connection:settimeout(300) -- only ends what hangs
  local text = body and json.encode(body) or ""
  connection:send(FORMAT:format(method, path, self.field, #text, text))
  local answer = connection:receive "*a" or ""
  connection:close()
  local status, rest = answer:match "^HTTP/%S+ (%d+).-\r\n\r\n(.*)$"
  return math.tointeger(tonumber(status)), rest or answer
end

--- Sends a request that has to work.
---@param method string
---@param path string
---@param body? table
---@return any document   nil if the answer has no body
function Server:must(method, path, body)
  local status, text = self:ask(method, path, body)
  if not status or status > 299 then
    error(("%s %s: %s %s"):format(method, path, status, text), 2)
  end
  return text ~= "" and json.decode(text) or nil
end

---@param path string
---@return any document
function Server:get(path) return self:must("GET", path) end

--- Returns all that the server has, as one text.
---@return string
function Server:state() return self.kind.state(self) end

--- Returns the same without what two equal runs make different, such as the
--- salt of a password.
---@return string
function Server:likeness() return self.kind.likeness(self:state()) end

--- Ends the server.
function Server:stop()
  for _, child in ipairs(self.processes) do child:stop() end
end

--- Makes the object of a server that has been started, and waits until it
--- answers.
---@param fields table
---@return tests.RealServer
function M.server(fields)
  local server = setmetatable(fields, Server)
  server.url = "http://127.0.0.1:" .. server.port
  process.wait_until(server.kind.name, function()
    local child = server.processes[1]
    if not child:alive() then
      local out, err = child:output()
      error(server.kind.name .. " ended: " .. out .. err)
    end
    return server:ask("GET", server.ready) == 200
  end)
  return server
end

return M
