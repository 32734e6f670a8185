--- Starts `rest_store_server` and talks to it.
---
---   local api <close> = served.start()
---   api.url              "http://localhost:40123"
---   api:state()          {["/api/vhosts/a"] = {...}}
---   api:begin(state)     there is this, and nothing else
---   api:requests()       {"PUT /api/vhosts/a", ...} since `begin`
---   api:writes()         those that are not GET
---   api:kill(file, n, after)   kills a client at its n-th request

local json = require "mkrun.json"
local process = require "tests.support.process"
local socket = require "socket"

local M = {}

---@class tests.RestStoreServed
---@field url string
local Served = {}
Served.__index = Served
Served.__close = function(self) self.process:stop() end

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

function Served:requests() return exchange(self, "GET", "/.requests") end

function Served:writes()
  local list = {}
  for _, request in ipairs(self:requests()) do
    if not request:find "^GET " then list[#list + 1] = request end
  end
  return list
end

--- Kills a client at its n-th request from now on.
---@param file string    has the client's process id
---@param n integer
---@param after boolean  after the request took effect
function Served:kill(file, n, after)
  exchange(self, "PUT", "/.kill", { pid = file, at = n, after = after })
end

--- Starts the server.
---@param store? string   module of what it serves (default:
---  tests.support.rest_store)
---@return tests.RestStoreServed
function M.start(store)
  local child = process.spawn({ "build/debug/mkrun",
    "tests/support/rest_store_server.lua", store }, {})
  local port = process.wait_until("the server of documents", function()
    local out, err = child:output()
    if not child:alive() then error("it ended: " .. err) end
    return out:match "port (%d+)\n"
  end)
  return setmetatable({ process = child, port = math.tointeger(tonumber(port)),
    url = "http://localhost:" .. port }, Served)
end

return M
