--- Runs a server and proxy that repeats the received token, password and key in
--- every answer.  canary_spec starts it.
---
---   mkrun parrot.lua        prints "port N", serves until it is killed
---
--- The first part of the path is the status: http://localhost:N/400/api/v1.

package.path = "./?.lua;" .. package.path

local json = require "mkrun.json"
local socket = require "socket"

local canary = require "tests.support.canary"

local function head_of(connection)
  local path = (connection:receive "*l" or ""):match "^%u+ (%S+)"
  local headers = {}
  for line in function() return connection:receive "*l" end do
    if line == "" then break end
    local name, value = line:match "^([^:]+):%s*(.*)$"
    if name then headers[name:lower()] = value end
  end
  return path or "/", headers
end

local known = {}

--- Returns a text with all forms of the token.
local function repeated(token)
  if known[token] then return known[token] end
  local words = {}
  for _, form in pairs(canary.forms(token)) do words[#words + 1] = form end
  table.sort(words)
  known[token] = table.concat(words, " ")
  return known[token]
end

local function body_for(status, headers, sent)
  local token = (headers.authorization or ""):gsub("^Bearer ", "")
  local words = repeated(token)
  if sent:gsub("\\/", "/"):find(canary.KEY, 1, true) then
    words = words .. " " .. repeated(canary.KEY)
  end
  if headers["proxy-authorization"] then
    words = ("%s %s %s"):format(words, headers["proxy-authorization"],
      repeated(canary.PASSWORD))
  end
  if status == 299 then return words end
  return assert(json.encode {
    error = { code = words, message = words }, detail = words, ref = words,
    title = words, metadata = { name = words, id = words },
    name = words, id = words, items = { { metadata = { name = words } } },
  })
end

local function answer(connection)
  local path, headers = head_of(connection)
  local status = math.tointeger(tonumber(path:match "^/(%d+)")) or 404
  local length = tonumber(headers["content-length"]) or 0
  local sent = length > 0 and connection:receive(length) or ""
  local body = body_for(status, headers, sent)
  connection:send(("HTTP/1.1 %d Words\r\nContent-Type: application/json\r\n"
    .. "X-Echo: %s\r\nLocation: /%s\r\nConnection: close\r\n"
    .. "Content-Length: %d\r\n\r\n%s"):format(status,
    headers.authorization or "", headers.authorization or "", #body, body))
end

local listener = assert(socket.bind("127.0.0.1", 0, 64))
io.write("port ", select(2, listener:getsockname()), "\n")
io.flush()
listener:settimeout(0.1) -- so that a signal can end it
while true do
  local connection = listener:accept()
  if connection then
    connection:settimeout(300)
    answer(connection)
    connection:close()
  end
end
