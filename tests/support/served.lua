--- Starts the sandbox as a server (serve.lua) and talks to it.
---
---   local server = served.start { token = "x" }
---   server.url            "http://localhost:40123"
---   server:requests()     the API requests so far
---   server:writes()       how many of them were not GET
---   server:login(email)   a token
---   server:by_hand(token, "DELETE", "/organization/teams/desk")
---   server:advance(seconds)
---   server:advance_after_refusal(seconds)
---   server:state()        the state, for `ending`
---   server:begin(state)   starts anew with a state
---   server:kill(pid_file, n)  kills the client after its n-th write
---   server:faults(plan)   faults from now on (nil: none)
---   server:stop()

local json = require "mkrun.json"
local process = require "tests.support.process"
local socket = require "socket"

local M = {}

---@class tests.Served
---@field url string
---@field port integer
local Served = {}
Served.__index = Served
Served.__name = "tests.Served"
Served.__close = function(self) self:stop() end

--- Sends a request on its own connection, without the client under test.
--- Returns the status and the body.
local function ask(self, method, path, body, token)
  local connection = assert(socket.connect("127.0.0.1", self.port))
  connection:settimeout(300) -- only ends what hangs
  local field = token and ("Authorization: Bearer %s\r\n"):format(token) or ""
  assert(connection:send(("%s %s HTTP/1.1\r\nHost: localhost\r\n%s"
    .. "Connection: close\r\nContent-Length: %d\r\n\r\n%s")
    :format(method, path, field, #body, body)))
  local answer = assert(connection:receive "*a")
  connection:close()
  local status, text = answer:match "^HTTP/1.1 (%d+) .-\r\n\r\n(.*)$"
  return tonumber(status), text or answer
end

local function exchange(self, method, path, body)
  local status, text = ask(self, method, path, body)
  if status ~= 200 then error(text, 3) end
  return assert(json.decode(text))
end

--- Sends a request to the API as a person would, by hand.  Raises if it is
--- refused.
---@param token string
---@param method string
---@param path string   below /api/v1
---@param body? table
---@return any document  nil if the answer has no body
function Served:by_hand(token, method, path, body)
  local status, text = ask(self, method, "/api/v1" .. path,
    body and json.encode(body) or "", token)
  if not status or status > 299 then
    error(("%s %s: %s"):format(method, path, text), 2)
  end
  return text ~= "" and json.decode(text) or nil
end

--- Lists the API requests so far, oldest first.  `fault` marks those that the
--- fault plan made fail; they have no `status` if no answer was sent.
---@return {method: string, path: string, status: integer?, fault: true?}[]
function Served:requests()
  return exchange(self, "GET", "/.sandbox/requests", "")
end

--- Counts the requests that were not reads.
---@return integer
function Served:writes()
  local count = 0
  for _, request in ipairs(self:requests()) do
    if request.method ~= "GET" then count = count + 1 end
  end
  return count
end

--- Returns a login token.
---@param email? string   default: the administrator's
---@return string
function Served:login(email)
  return exchange(self, "POST", "/.sandbox/login",
    json.encode(json.object { email = email })).token
end

--- Moves the server's clock.
---@param seconds number
function Served:advance(seconds)
  exchange(self, "POST", "/.sandbox/advance",
    json.encode { seconds = seconds })
end

--- Moves the server's clock after it has answered the next 429.
---@param seconds number
function Served:advance_after_refusal(seconds)
  exchange(self, "POST", "/.sandbox/advance",
    json.encode { seconds = seconds, refusal = true })
end

--- Returns the whole state.
---@return table
function Served:state() return exchange(self, "GET", "/.sandbox/state", "") end

--- Replaces the server's state by one that `state` returned.
---@param state table
function Served:begin(state)
  exchange(self, "POST", "/.sandbox/state", json.encode(state))
end

--- Kills a client (SIGKILL) after its n-th write from now took effect and
--- before the answer.
---@param pid_file string  will hold the client's process id
---@param write integer    n
function Served:kill(pid_file, write)
  exchange(self, "POST", "/.sandbox/kill",
    json.encode { pid = pid_file, write = write })
end

--- Makes requests fail from now on.
---@param plan? mkio.sandbox.FaultPlan   nil: none fail
function Served:faults(plan)
  exchange(self, "POST", "/.sandbox/faults", json.encode(plan or {}))
end

--- Counts the requests that fault plans made fail.
---@return integer
function Served:failures()
  local count = 0
  for _, request in ipairs(self:requests()) do
    if request.fault then count = count + 1 end
  end
  return count
end

function Served:stop() self.process:stop() end

--- Starts the server.
---@param options? {token: string?, still: boolean?, ahead: number?,
---  date: string?}   `token`: the administrator's; `still`: only `advance`
---  moves the clock; `ahead`: seconds that its clock is ahead of this
---  machine's; `date`: the header Date of all answers, "" for none
---@return tests.Served
function M.start(options)
  options = options or {}
  local child = process.spawn({
    "build/debug/mkrun", "tests/support/serve.lua",
    "--seconds", 86400, "--clock", options.still and "still" or "real",
    "--ahead", options.ahead or 0, options.date and "--date", options.date,
  }, { env = { MKIO_TOKEN = options.token or false } })
  local port = process.wait_until("the served sandbox", function()
    local out, err = child:output()
    if not child:alive() then error("serve.lua ended: " .. err) end
    return out:match "port (%d+)\n"
  end)
  return setmetatable({
    process = child, port = math.tointeger(tonumber(port)),
    url = "http://localhost:" .. port,
  }, Served)
end

return M
