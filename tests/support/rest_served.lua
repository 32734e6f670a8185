--- Starts the small REST API (rest_server.lua) and talks to it.
---
---   local api <close> = rest_served.start "token"
---   api.url               "http://localhost:40123"
---   api:state()           {["/rooms/a"] = {...}}
---   api:begin(state)      there is this, and nothing else
---   api:quirk(members)    each document that is written gets these members
---   api:requests()        {"PUT /rooms/a", ...}
---   api:writes()          those that are not GET

local json = require "mkrun.json"
local process = require "tests.support.process"
local socket = require "socket"

local M = {}

---@class tests.RestServed
---@field url string
local Served = {}
Served.__index = Served
Served.__close = function(self) self:stop() end

local function exchange(self, method, path, body)
  local connection = assert(socket.connect("127.0.0.1", self.port))
  connection:settimeout(300) -- only ends what hangs
  local text = body and json.encode(body) or ""
  assert(connection:send(("%s %s HTTP/1.1\r\nHost: localhost\r\n"
    .. "Content-Length: %d\r\n\r\n%s"):format(method, path, #text, text)))
  local answer = assert(connection:receive "*a")
  connection:close()
  return assert(json.decode(answer:match "\r\n\r\n(.*)$"))
end

function Served:state() return exchange(self, "GET", "/.state") end

function Served:begin(state) exchange(self, "PUT", "/.state", state) end

function Served:quirk(members) exchange(self, "PUT", "/.quirk", members) end

function Served:requests() return exchange(self, "GET", "/.requests") end

function Served:writes()
  local list = {}
  for _, request in ipairs(self:requests()) do
    if not request:find "^GET " then list[#list + 1] = request end
  end
  return list
end

function Served:stop() self.process:stop() end

--- Starts the server.
---@param token? string   that it wants
---@return tests.RestServed
function M.start(token)
  local child = process.spawn({ "build/debug/mkrun",
    "tests/support/rest_server.lua", token and "--token", token }, {})
  local port = process.wait_until("the small API", function()
    local out, err = child:output()
    if not child:alive() then error("rest_server.lua ended: " .. err) end
    return out:match "port (%d+)\n"
  end)
  return setmetatable({ process = child, port = math.tointeger(tonumber(port)),
    url = "http://localhost:" .. port }, Served)
end

return M
