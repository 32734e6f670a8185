--- Serves the sandbox over HTTP/1.1 on a loopback port, for tests and for
--- other clients: `build/debug/mkrun tests/support/serve.lua`.
---
--- The server needs luasocket, so it is not part of the release.  MKIO_TOKEN is
--- the caller's token.  Without MKIO_TOKEN, log in by the first of these
--- requests:
---   POST /.sandbox/login    {"email": ...}    -> {"token": ...}
---   POST /.sandbox/advance  {"seconds": ...}  moves the clock; with
---                            "refusal": true only after the next 429
---   POST /.sandbox/faults   a fault plan      from now on; {} for none
---   GET  /.sandbox/state     -> the whole state
---   POST /.sandbox/state    such a state      starts anew with it
---   POST /.sandbox/kill     {"pid": FILE, "write": n}  kills the process whose
---                            id is in FILE (SIGKILL), after its n-th write
---                            from now took effect and before the answer
---   GET  /.sandbox/requests  -> [{"method", "path", "status"}, ...]; `fault`
---                            is true for a fault of the plan; no `status`
---                            means that no answer was sent
---
--- @usage  mkrun tests/support/serve.lua [--port PORT] [--seconds SECONDS]
---           [--clock still] [--ahead SECONDS] [--date TEXT]
--- @arg    --port PORT        listen here (default: any free port)
--- @arg    --seconds SECONDS  end after this time (default 600)
--- @arg    --clock still      only /.sandbox/advance moves the clock
--- @arg    --ahead SECONDS    seconds that its clock is ahead of this machine's
--- @arg    --date TEXT        the header Date of all answers, instead of the
---           time; "" for none
--- @output port 40123
--- @exit   0 the time is over
--- @tags   read

package.path = "./?.lua;lua/?.lua;lua/?/init.lua;" .. package.path

local config = require "mkrun.config"
local faults = require "mkio.sandbox.faults"
local json = require "mkrun.json"
local sandbox = require "mkio.sandbox"
local socket = require "socket"
local sys = require "mkrun.sys"

local reasons = {
  [200] = "OK", [201] = "Created", [204] = "No Content",
  [400] = "Bad Request", [401] = "Unauthorized", [403] = "Forbidden",
  [404] = "Not Found", [405] = "Method Not Allowed", [409] = "Conflict",
  [411] = "Length Required", [429] = "Too Many Requests",
  [500] = "Internal Server Error", [502] = "Bad Gateway",
  [503] = "Service Unavailable", [504] = "Gateway Timeout",
}

--- Bytes of head and body after which a connection is closed.
local max_input = 16 * 1024 * 1024

local options = { port = "0", seconds = "600", ahead = "0" }
for i = 1, select("#", ...), 2 do
  local name, value = select(i, ...)
  options[name:match "^%-%-(%l+)$" or error("unknown option " .. name)] = value
end

local beginning = sys.now()
local function time()
  local now = options.clock == "still" and beginning or sys.now()
  return now + tonumber(options.ahead)
end

local model = sandbox.new { token = config.token, now = time }
local planned = faults.new { rules = json.array {} }
local log = json.array {}
local leap -- seconds to move the clock after the next 429
local victim -- the process to kill, and the number of writes before

-- Requests of the tests, which are not part of the API.

local controls = {}

controls["POST /.sandbox/login"] = function(body)
  return { token = model:login(body.email) }
end

controls["POST /.sandbox/advance"] = function(body)
  if body.refusal then leap = body.seconds else model:advance(body.seconds) end
  return {}
end

controls["POST /.sandbox/faults"] = function(plan)
  planned = faults.new { rules = plan.rules or json.array {} }
  return {}
end

controls["GET /.sandbox/state"] = function() return model.world.state end

controls["POST /.sandbox/state"] = function(state)
  model = sandbox.new { token = config.token, now = time,
    state = json.encode(state) }
  return {}
end

controls["POST /.sandbox/kill"] = function(body)
  victim = { pid = body.pid, writes = body.write }
  return {}
end

controls["GET /.sandbox/requests"] = function() return log end

local function json_response(status, document)
  return {
    status = status, body = json.encode(document),
    headers = { ["content-type"] = "application/json" },
  }
end

local function internal_error(message)
  return json_response(500, {
    error = { code = "internal", detail = tostring(message) },
    status = 500, ref = "served",
  })
end

local function ask_model(request)
  local ok, response, message = pcall(model.transport, request)
  response = ok and response or internal_error(message or response)
  if options.date then
    response.headers.date = options.date ~= "" and options.date or nil
  end
  return response
end

local function control_response(control, body)
  local ok, result = pcall(control, json.decode(body) or {})
  return ok and json_response(200, result) or internal_error(result)
end

--- Tells whether this write killed the client.
local function kills(request)
  if not victim or request.method == "GET" then return false end
  victim.writes = victim.writes - 1
  if victim.writes > 0 then return false end
  os.execute(("kill -KILL $(cat '%s')"):format(victim.pid))
  victim = nil
  return true
end

--- Returns the answer, if there is one; the bytes of its body to send, if not
--- all; and the delay in seconds.
local function answer(request, target)
  local path = target:match "^[^?]*"
  local control = controls[request.method .. " " .. path]
  if control then return control_response(control, request.body) end
  local fault = planned:next(request.method, path)
  local response, kept =
    planned:outcome(fault, function() return ask_model(request) end)
  log[#log + 1] = {
    method = request.method, path = path, fault = fault and true,
    status = response and response.status,
  }
  if leap and response and response.status == 429 then
    model:advance(leap)
    leap = nil
  end
  if kills(request) then return nil end
  return response, kept, fault and fault.delay
end

-- The part of HTTP/1.1 that clients and proxies need.

local function read_headers(head)
  local headers = {}
  for name, value in head:gmatch "\r\n([^:\r\n]+):[ \t]*([^\r\n]*)" do
    headers[name:lower()] = value
  end
  return headers
end

local function request_of(method, target, headers, body)
  local scheme = headers["x-forwarded-proto"] or "http"
  return {
    method = method, headers = headers, body = body,
    url = ("%s://%s%s"):format(scheme, headers.host or "localhost", target),
  }
end

--- Sends an answer.  If it sends only `kept` bytes of the body, the connection
--- has to be closed.
local function send(client, response, keep, kept)
  local lines = { ("HTTP/1.1 %d %s"):format(
    response.status, reasons[response.status] or "Unknown") }
  for name, value in pairs(response.headers) do
    lines[#lines + 1] = name .. ": " .. value
  end
  if response.status ~= 204 then
    lines[#lines + 1] = "content-length: " .. #response.body
  end
  lines[#lines + 1] = "connection: " .. (keep and "keep-alive" or "close")
  client:settimeout(300)
  local sent = client:send(table.concat(lines, "\r\n") .. "\r\n\r\n"
    .. response.body:sub(1, kept or -1))
  client:settimeout(0)
  return sent ~= nil and keep and not kept
end

local continue = "HTTP/1.1 100 Continue\r\n\r\n"

--- Sends an answer now or after a delay.  Later requests on this connection
--- wait for it.
local function reply(connection, keep, response, kept, delay)
  local function now()
    return response and send(connection.client, response, keep, kept)
      and "next" or "close"
  end
  if not delay then return now() end
  connection.due, connection.finish = socket.gettime() + delay, now
  return "later"
end

--- Answers the first complete request in a connection's input, if there is one.
--- Returns "more", "next", "later" or "close".
local function step(connection)
  local head, after = connection.input:match "^(.-\r\n)\r\n()"
  if not head then return "more" end
  local method, target = head:match "^(%u+) (%S+) HTTP/1%.[01]\r\n"
  if not method then return "close" end
  local headers = read_headers("\r\n" .. head:match "\r\n(.*)$")
  if headers["transfer-encoding"] then
    send(connection.client, { status = 411, headers = {}, body = "" }, false)
    return "close"
  end
  local last = after - 1 + (math.tointeger(tonumber(
    headers["content-length"] or 0)) or 0)
  if #connection.input < last then
    if headers.expect and not connection.continued then
      connection.continued = true
      connection.client:send(continue)
    end
    return "more"
  end
  local body = connection.input:sub(after, last)
  connection.input = connection.input:sub(last + 1)
  connection.continued = false
  local keep = (headers.connection or ""):lower() ~= "close"
  return reply(connection, keep,
    answer(request_of(method, target, headers, body), target))
end

--- Answers all complete requests.  Returns false if the connection is done.
local function serve(connection)
  local what
  repeat what = step(connection) until what ~= "next"
  return what ~= "close" and #connection.input <= max_input
end

--- Reads more input, then answers as `serve` does.
local function read(connection)
  local data, problem, part = connection.client:receive(65536)
  connection.input = connection.input .. (data or part or "")
  return (connection.due or serve(connection)) and problem ~= "closed"
end

--- Sends a delayed answer, then answers as `serve` does.
local function finish(connection)
  connection.due = nil
  return connection.finish() == "next" and serve(connection)
end

local listener = assert(socket.bind("127.0.0.1", tonumber(options.port)))
local connections, sockets = {}, { listener }

local function accept()
  local client = listener:accept()
  if not client then return end
  client:settimeout(0)
  client:setoption("tcp-nodelay", true)
  connections[client] = { client = client, input = "" }
  sockets[#sockets + 1] = client
end

local function close(client)
  client:close()
  connections[client] = nil
  for i, other in ipairs(sockets) do
    if other == client then return table.remove(sockets, i) end
  end
end

local _, port = listener:getsockname()
io.write(("port %d\n"):format(port))
io.flush()

--- Sends the answers that are due.  Returns the seconds to the next one.
local function finish_due()
  local now, rest = socket.gettime(), 1
  for i = #sockets, 2, -1 do
    local connection = connections[sockets[i]]
    if connection.due and connection.due <= now then
      if not finish(connection) then close(sockets[i]) end
    elseif connection.due then
      rest = math.min(rest, connection.due - now)
    end
  end
  return rest
end

local stop = socket.gettime() + tonumber(options.seconds)
while socket.gettime() < stop do
  for _, ready in ipairs(socket.select(sockets, nil, finish_due())) do
    if ready == listener then
      accept()
    elseif not read(connections[ready]) then
      close(ready)
    end
  end
end
