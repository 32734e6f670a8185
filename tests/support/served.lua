--- Starts the sandbox as a server (serve.lua) and talks to it.
---
---   local server = served.start { token = "x" }
---   server.url            "http://localhost:40123"
---   server:requests()     what the API was asked so far
---   server:writes()       how many of those were not GET
---   server:login(email)   a token
---   server:advance(seconds)
---   server:advance_after_refusal(seconds)
---   server:state()        what is in it, for `ending`
---   server:begin(state)   anew, with such a state
---   server:kill(pid_file, n)  the client, after the effect of its n-th write
---   server:faults(plan)   what fails from now on (nil: nothing)
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

--- One request with its own connection, without the client under test.
local function exchange(self, method, path, body)
  local connection = assert(socket.connect("127.0.0.1", self.port))
  connection:settimeout(300) -- ends what hangs
  assert(connection:send(("%s %s HTTP/1.1\r\nHost: localhost\r\n"
    .. "Connection: close\r\nContent-Length: %d\r\n\r\n%s")
    :format(method, path, #body, body)))
  local answer = assert(connection:receive "*a")
  connection:close()
  local status, text = answer:match "^HTTP/1.1 (%d+) .-\r\n\r\n(.*)$"
  if status ~= "200" then error(text or answer, 3) end
  return assert(json.decode(text))
end

--- The API requests that came, oldest first; those that the fault plan had
--- fail have `fault`, and no `status` when there was no answer.
---@return {method: string, path: string, status: integer?, fault: true?}[]
function Served:requests()
  return exchange(self, "GET", "/.sandbox/requests", "")
end

--- How many of them were not reads.
---@return integer
function Served:writes()
  local count = 0
  for _, request in ipairs(self:requests()) do
    if request.method ~= "GET" then count = count + 1 end
  end
  return count
end

--- A login token; without `email` the administrator's.
---@param email? string
---@return string
function Served:login(email)
  return exchange(self, "POST", "/.sandbox/login",
    json.encode(json.object { email = email })).token
end

--- Let time pass for the server.
---@param seconds number
function Served:advance(seconds)
  exchange(self, "POST", "/.sandbox/advance",
    json.encode { seconds = seconds })
end

--- Let time pass for it once it has refused a request with 429.
---@param seconds number
function Served:advance_after_refusal(seconds)
  exchange(self, "POST", "/.sandbox/advance",
    json.encode { seconds = seconds, refusal = true })
end

--- Everything that is in it.
function Served:state() return exchange(self, "GET", "/.sandbox/state", "") end

--- Begin anew with a state that `state` gave.
function Served:begin(state)
  exchange(self, "POST", "/.sandbox/state", json.encode(state))
end

--- Kill a client (SIGKILL) when its n-th write from now has taken effect and
--- its answer is due.
---@param pid_file string  holds the client's process id by then
---@param write integer
function Served:kill(pid_file, write)
  exchange(self, "POST", "/.sandbox/kill",
    json.encode { pid = pid_file, write = write })
end

--- Have requests fail from now on.
---@param plan? mkio.sandbox.FaultPlan
function Served:faults(plan)
  exchange(self, "POST", "/.sandbox/faults", json.encode(plan or {}))
end

--- How many requests the plans had fail.
---@return integer
function Served:failures()
  local count = 0
  for _, request in ipairs(self:requests()) do
    if request.fault then count = count + 1 end
  end
  return count
end

function Served:stop() self.process:stop() end

--- Starts it; `token` is the administrator's.  With `still` no time passes but
--- by `advance`.  Its clock is so many seconds `ahead` of this machine's; all
--- its answers have `date` in place of the time, or none when it is "".
---@param options? {token: string?, still: boolean?, ahead: number?,
---  date: string?}
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
