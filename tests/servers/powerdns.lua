--- Starts a PowerDNS of its own on loopback, with its zones in SQLite.

local json = require "mkrun.json"
local ports = require "tests.support.ports"
local process = require "tests.support.process"
local rest = require "tests.servers.rest"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = { name = "powerdns", path = "/api/v1" }

local PATH <const> = "PATH=/usr/sbin:/usr/bin:$PATH; "
local SCHEMA <const> =
  "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql"

local CONFIG <const> = [[
launch=gsqlite3
gsqlite3-database=%s/zones
gsqlite3-dnssec=yes
socket-dir=%s
local-address=127.0.0.1
local-port=%d
api=yes
api-key=%s
webserver=yes
webserver-address=127.0.0.1
webserver-port=%d
webserver-allow-from=127.0.0.1
security-poll-suffix=
guardian=no
daemon=no
]]

--- Returns why the server cannot be started, or nil.
---@return string?
function M.lacks()
  if not shell.works(PATH .. "command -v pdns_server") then
    return "pdns-server is not installed"
  elseif not shell.works("test -f " .. SCHEMA) then
    return "pdns-backend-sqlite3 is not installed"
  elseif not shell.works "command -v sqlite3" then
    return "sqlite3 is not installed"
  end
end

--- Starts the server, and waits until it answers.
---@return tests.RealServer
function M.start()
  local folder = temp.folder()
  local dns, http = ports.free(2)
  local key = rest.secret()
  shell.execute(("sqlite3 %s/zones <%s"):format(folder, SCHEMA))
  temp.write(folder .. "/pdns.conf",
    CONFIG:format(folder, folder, dns, key, http))
  local server = process.spawn { shell.output(PATH
    .. "command -v pdns_server"), "--config-dir=" .. folder,
    "--write-pid=no" }
  return rest.server { kind = M, port = http, token = key, secret = key,
    processes = { server }, field = "X-API-Key: " .. key,
    ready = "/api/v1/servers/localhost" }
end

local ZONES <const> = "/api/v1/servers/localhost/zones"
local SERIALS <const> = { "serial", "edited_serial", "notified_serial" }

local function without_serials(zone)
  for _, name in ipairs(SERIALS) do zone[name] = nil end
  return json.encode(zone, { sort = true })
end

--- Returns all that the server has, without the serial numbers: each change of
--- a zone makes its number larger, and so does the one that undoes it.
---@param server tests.RealServer
---@return string
function M.state(server)
  local words = {}
  for _, zone in ipairs(server:get(ZONES)) do
    local path = ZONES .. "/" .. zone.id
    local _, text = server:ask("GET", path .. "/export")
    words[#words + 1] = without_serials(zone)
      .. "\n" .. text:gsub("(\tSOA\t%S+ %S+) %d+", "%1 SERIAL")
      .. json.encode(server:get(path .. "/cryptokeys"), { sort = true })
      .. json.encode(server:get(path .. "/metadata"), { sort = true })
  end
  table.sort(words)
  return table.concat(words, "\n")
end

--- Returns a state without the keys, which are made by chance.
---@param state string
---@return string
function M.likeness(state)
  return (state:gsub('"dnskey":"[^"]*"', ""):gsub('"ds":%[[^%]]*%]', "")
    :gsub('"id":%d+', ""))
end

return M
