--- Serves a small REST API on a loopback port, for tests of declared providers:
--- `build/debug/mkrun tests/support/rest_server.lua [--token TOKEN]`.
---
---   /rooms/{name}           PUT, GET, DELETE; GET /rooms lists them
---   /doors/{room}/{name}    PUT, GET, DELETE; GET /doors/{room} lists them; a
---                           door needs its room
---   /guests/{id}            POST /guests makes one with an integer as its id;
---                           PATCH merges; GET /guests lists {"items": [...]}
---   POST /rooms/{name}/clean  does something
---   GET, PUT /.state        all there is: path -> document
---   GET /.requests          ["PUT /rooms/a", ...] of the API
---   PUT /.quirk             {"member": VALUE}: each written document gets it
---
--- It prints "port 40123".  A guest has a member `pin`, which GET does not
--- show.

local json = require "mkrun.json"
local patch = require "mkrun.patch"
local socket = require "socket"

local token = select(2, ...)

local state, order, log, quirk, last_id = {}, {}, json.array {}, {}, 6

local function set(path, document)
  if state[path] == nil and document then order[#order + 1] = path end
  state[path] = document
  for name, value in pairs(document and quirk or {}) do
    document[name] = value
  end
end

local function shown(document)
  local copy = json.object {}
  for name, value in pairs(document) do
    if name ~= "pin" then copy[name] = value end
  end
  return copy
end

local function list(start)
  local items = json.array {}
  for _, path in ipairs(order) do
    local rest = path:sub(1, #start) == start and path:sub(#start + 1)
    if rest and state[path] and not rest:find "/" then
      items[#items + 1] = shown(state[path])
    end
  end
  return items
end

local function one(method, path, body)
  local old = state[path]
  if method == "GET" then return old and 200 or 404, old and shown(old) end
  if method == "DELETE" then
    set(path, nil)
    return old and 204 or 404
  end
  if method == "PATCH" then
    if not old then return 404 end
    set(path, patch.merge(old, body))
    return 200, shown(state[path])
  end
  local words = {}
  for word in path:gmatch "[^/]+" do words[#words + 1] = word end
  body.name = words[#words]
  if words[1] == "doors" then
    if not state["/rooms/" .. words[2]] then return 404 end
    body.room = words[2]
  end
  body.updates = (old and old.updates or 0) + 1
  set(path, body)
  return old and 204 or 201
end

local function add(body)
  last_id = last_id + 1
  body.id = last_id
  set("/guests/" .. last_id, body)
  return 201, body
end

local controls = {
  ["GET /.state"] = function() return json.object(state) end,
  ["PUT /.state"] = function(body)
    state, order = {}, {}
    for path in pairs(body) do order[#order + 1] = path end
    table.sort(order)
    for path, document in pairs(body) do state[path] = document end
    return {}
  end,
  ["GET /.requests"] = function() return log end,
  ["PUT /.quirk"] = function(body)
    quirk = body
    return {}
  end,
}

local function answer(method, path, body, authorization)
  local control = controls[method .. " " .. path]
  if control then return 200, control(body) end
  log[#log + 1] = method .. " " .. path
  if token and authorization ~= "Bearer " .. token then return 401 end
  if path:find "/clean$" then return 204 end
  if path == "/guests" and method == "POST" then return add(body) end
  if path == "/guests" then return 200, { items = list "/guests/" } end
  if path == "/rooms" or path:find "^/doors/[^/]+$" then
    if path ~= "/rooms" and not state[path:gsub("^/doors", "/rooms")] then
      return 404
    end
    return 200, list(path .. "/")
  end
  return one(method, path, body)
end

local REASON <const> = { [404] = "no such thing", [401] = "not logged in" }

local function serve(client)
  local first = client:receive()
  local method, path = (first or ""):match "^(%u+) (%S+)"
  local length, authorization = 0, nil
  for line in function() return client:receive() end do
    if line == "" then break end
    local name, value = line:match "^([^:]+):%s*(.*)$"
    if name:lower() == "content-length" then length = tonumber(value) end
    if name:lower() == "authorization" then authorization = value end
  end
  if not method then return end
  local text = length > 0 and client:receive(length) or ""
  local status, document = answer(method, path:match "^[^?]*",
    text ~= "" and json.decode(text) or json.object {}, authorization)
  if status > 299 then document = { reason = REASON[status] } end
  local body = document and json.encode(document) or ""
  client:send(("HTTP/1.1 %d X\r\nContent-Type: application/json\r\n"
    .. "Connection: close\r\n%s\r\n%s"):format(status, status == 204 and ""
    or ("Content-Length: %d\r\n"):format(#body), body))
end

local listener = assert(socket.bind("127.0.0.1", 0))
print(("port %d"):format(select(2, listener:getsockname())))
io.stdout:flush()
listener:settimeout(0.1) -- a signal ends mkrun between two calls
while true do
  local client = listener:accept()
  if client then
    client:settimeout(300) -- only ends what hangs
    serve(client)
    client:close()
  end
end
