--- Stands between a program and a real server on loopback, one request at a
--- time: lists the requests, and disturbs the n-th write.
---
---   mkrun proxy.lua PORT    prints "port N", and passes on to PORT until it is
---                           killed
---   POST /.proxy/disturb    {"write": n, "moment": "before"|"after"|"cut",
---                            "pid": FILE}  kills the process whose id is in
---                            FILE before that write reaches the server, or
---                            after it; "cut": only sends no answer
---   POST /.proxy/watch      {"texts": [...]}  looks for them in the command
---                            lines of all processes at each request
---   GET  /.proxy/requests   -> {"requests": [{method, path, status}, ...],
---                            "seen": command lines}; forgets all of it

package.path = "./?.lua;" .. package.path

local json = require "mkrun.json"
local socket = require "socket"

local upstream = assert(tonumber((...)))
local requests, seen, texts = json.array {}, json.array {}, {}
local disturbance

--- Notes the command lines that have a text which is watched.
local function watch()
  if not texts[1] then return end
  local pipe <close> = assert(io.popen "cat /proc/[0-9]*/cmdline 2>/dev/null")
  local lines = pipe:read "a"
  for _, text in ipairs(texts) do
    local at = lines:find(text, 1, true)
    if at then seen[#seen + 1] = lines:sub(math.max(1, at - 80), at) end
  end
end

local controls = {}

controls["POST /.proxy/disturb"] = function(body)
  disturbance = body
  return {}
end

controls["POST /.proxy/watch"] = function(body)
  texts = body.texts
  return {}
end

controls["GET /.proxy/requests"] = function()
  local all = { requests = requests, seen = seen }
  requests, seen, disturbance = json.array {}, json.array {}, nil
  return all
end

local function read_request(client)
  local first = client:receive "*l"
  if not first then return nil end
  local method, target = first:match "^(%u+) (%S+)"
  local lines, length = {}, 0
  for line in function() return client:receive "*l" end do
    if line == "" then break end
    local name = line:match("^[^:]*"):lower()
    if name == "content-length" then length = tonumber(line:match "%d+$") end
    if name ~= "connection" and name ~= "expect" then
      lines[#lines + 1] = line
    end
  end
  local body = length > 0 and client:receive(length) or ""
  return { method = method, path = target, lines = lines, body = body }
end

--- Passes a request on.  Returns the bytes of the answer.
local function pass_on(request)
  local server <close> = setmetatable({ socket = socket.tcp() },
    { __close = function(self) self.socket:close() end })
  local connection = server.socket
  if not connection:connect("127.0.0.1", upstream) then return "" end
  connection:settimeout(300) -- only ends what hangs
  connection:send(("%s %s HTTP/1.1\r\n%s\r\nConnection: close\r\n\r\n%s")
    :format(request.method, request.path,
      table.concat(request.lines, "\r\n"), request.body))
  return connection:receive "*a" or ""
end

--- Returns the moment at which a request is to be disturbed, or nil.
local function moment_of(request)
  if not disturbance or request.method == "GET" then return nil end
  disturbance.write = disturbance.write - 1
  if disturbance.write > 0 then return nil end
  local due = disturbance
  disturbance = nil
  return due.moment, due.pid
end

local function kill(file)
  os.execute(("kill -KILL $(cat '%s')"):format(file))
end

--- Returns the bytes of the answer; none if there is to be no answer.
local function answer(request)
  local control = controls[request.method .. " " .. request.path]
  if control then
    local text = json.encode(control(json.decode(request.body) or {}))
    return ("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"):format(#text,
      text)
  end
  watch()
  local moment, pid = moment_of(request)
  if moment == "before" then
    kill(pid)
    return ""
  end
  local text = pass_on(request)
  requests[#requests + 1] = { method = request.method, path = request.path,
    status = tonumber(text:match "^HTTP/%S+ (%d+)") }
  if moment == "after" then kill(pid) end
  return moment and "" or text
end

local listener = assert(socket.bind("127.0.0.1", 0, 64))
io.write("port ", select(2, listener:getsockname()), "\n")
io.flush()
listener:settimeout(0.1) -- so that a signal can end it
while true do
  local client = listener:accept()
  if client then
    client:settimeout(300)
    local request = read_request(client)
    if request then client:send(answer(request)) end
    client:close()
  end
end
