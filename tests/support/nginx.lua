--- Starts an nginx on free loopback ports.
---
--- Every server of `SERVERS` gets a port.  All servers serve the same paths:
---   /  /json  /echo  /gzip  /large  /repeated  /status/404 ...
---   /redirect (to /json)  /redirect-away (to another port)
---   /gate (see gate.lua)
---
--- nginx runs in the foreground as one process, so that it ends with the tests.

local ca = require "tests.support.ca"
local ports = require "tests.support.ports"
local process = require "tests.support.process"
local socket = require "socket"
local temp = require "tests.support.temp"

local M = {}

---@class tests.NginxServer
---@field cert? string      name of a certificate in ca.sh; nil: plain HTTP
---@field tls? string       protocols (default "TLSv1.2 TLSv1.3")
---@field http2? boolean
---@field tickets_only? boolean  keeps no TLS sessions itself
---@field keepalive? integer  most requests on one connection
---@field client? boolean   asks for a client certificate of the test CA
---@field pass? integer     passes every request to this port; an incomplete
---  answer from there is not passed on

M.SERVERS = {
  plain = {},
  settled = {},
  tls12_rsa = { cert = "rsa", tls = "TLSv1.2" },
  tls12_ecdsa = { cert = "ecdsa", tls = "TLSv1.2" },
  tls12_tickets = { cert = "ecdsa", tls = "TLSv1.2", tickets_only = true },
  tls13_rsa = { cert = "rsa", tls = "TLSv1.3" },
  tls13_ecdsa = { cert = "ecdsa", tls = "TLSv1.3" },
  h2_tls12_rsa = { cert = "rsa", tls = "TLSv1.2", http2 = true },
  h2_tls12_ecdsa = { cert = "ecdsa", tls = "TLSv1.2", http2 = true },
  h2_tls13_rsa = { cert = "rsa", tls = "TLSv1.3", http2 = true },
  h2_tls13_ecdsa = { cert = "ecdsa", tls = "TLSv1.3", http2 = true },
  h2_brief = { cert = "ecdsa", http2 = true, keepalive = 20 },
  tls11 = { cert = "rsa", tls = "TLSv1.1" },
  client = { cert = "ecdsa", client = true },
  expired = { cert = "expired" },
  wrong_host = { cert = "wrong-host" },
  untrusted = { cert = "untrusted" },
  self_signed = { cert = "self-signed" },
  no_intermediate = { cert = "no-intermediate" },
  name_only = { cert = "name-only" },
  old_root = { cert = "under-old-root" },
  short = { cert = "short" },
  sha1 = { cert = "sha1" },
}

local MAIN = [[
daemon off;
master_process off;
pid nginx.pid;
error_log error.log info;
events { worker_connections 1024; }
http {
  log_format tests escape=json '$server_port\t$connection\t'
    '$connection_requests\t$request_method\t$request_uri\t$status\t'
    '$server_protocol\t$ssl_protocol\t$ssl_session_reused\t'
    '$http_authorization\t$http_content_type\t$request_body';
  access_log access.log tests;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  keepalive_requests 100000;
  client_max_body_size 64m;
  client_body_buffer_size 1m;
  proxy_buffering off;
%s}
]]

local PATHS = [[
    location = / { return 200 "hello\n"; }
    location = /json {
      default_type application/json;
      return 200 '{"ok":true}';
    }
    location /echo {
      proxy_pass http://127.0.0.1:%d/reflect;
      proxy_set_header X-Echo-Method $request_method;
      proxy_set_header X-Echo-Uri $request_uri;
      proxy_set_header X-Echo-Body $request_body;
    }
    location = /reflect {
      return 200 "$http_x_echo_method $http_x_echo_uri\n$http_x_echo_body";
    }
    location = /gzip {
      gzip on;
      gzip_types *;
      alias %s/text;
    }
    location = /large { alias %s/large; }
    location = /repeated {
      add_header X-Word one;
      add_header X-Word two;
      return 200;
    }
    location = /gate { proxy_pass http://127.0.0.1:%d; }
    location = /redirect { return 302 /json; }
    location = /redirect-away { return 302 http://127.0.0.1:%d/json; }
    location = /status/204 { return 204; }
    location = /status/404 { return 404; }
    location = /status/409 { return 409; }
    location = /status/429 { return 429; }
    location = /status/500 { return 500; }
    location = /status/503 { return 503; }
]]

--- Allows weak certificates and TLS 1.1, which OpenSSL otherwise refuses to
--- serve.
local WEAK = [[
openssl_conf = main
[main]
ssl_conf = ssl
[ssl]
system_default = weak
[weak]
CipherString = DEFAULT:@SECLEVEL=0
MinProtocol = TLSv1
]]

local function tls_lines(server)
  local cert = ca.path(server.cert)
  local lines = {
    ("    ssl_certificate %s.pem;"):format(cert),
    ("    ssl_certificate_key %s.key;"):format(cert),
    ("    ssl_protocols %s;"):format(server.tls or "TLSv1.2 TLSv1.3"),
    ("    ssl_session_cache %s;"):format(
      server.tickets_only and "none" or "shared:tests:1m"),
  }
  if server.keepalive then
    lines[#lines + 1] = ("    keepalive_requests %d;"):format(server.keepalive)
  end
  if server.tls == "TLSv1.1" then
    lines[#lines + 1] = "    ssl_ciphers ALL:@SECLEVEL=0;"
  end
  if server.client then
    lines[#lines + 1] = ("    ssl_client_certificate %s;")
      :format(ca.path "ca.pem")
    lines[#lines + 1] = "    ssl_verify_client on;\n    ssl_verify_depth 2;"
  end
  return table.concat(lines, "\n") .. "\n"
end

local function pass_lines(port)
  return ([[
    location / {
      proxy_pass http://127.0.0.1:%d;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header Connection "";
      error_page 502 = @none;
    }
    location @none { return 444; }
]]):format(port)
end

local function server_text(server, port, paths)
  return ("  server {\n    listen 127.0.0.1:%d%s%s;\n%s%s  }\n"):format(
    port, server.cert and " ssl" or "", server.http2 and " http2" or "",
    server.cert and tls_lines(server) or "",
    server.pass and pass_lines(server.pass) or paths)
end

local function sorted_names(servers)
  local names = {}
  for name in pairs(servers) do names[#names + 1] = name end
  table.sort(names)
  return names
end

---@class tests.Nginx
---@field url table<string, string>  "https://localhost:PORT" by server name
---@field port table<string, integer>  by server name
---@field gate integer  the port behind /gate
local Nginx = {}
Nginx.__index = Nginx
Nginx.__name = "tests.Nginx"
Nginx.__close = function(self) self:stop() end

local function write_config(self, servers, names)
  local folder, texts = self.folder, {}
  local paths = PATHS:format(self.port.plain, folder, folder,
    self.gate, self.away)
  for i, name in ipairs(names) do
    texts[i] = server_text(servers[name], self.port[name], paths)
  end
  temp.write(folder .. "/nginx.conf", MAIN:format(table.concat(texts)))
  temp.write(folder .. "/openssl.cnf", WEAK)
  temp.write(folder .. "/text", ("0123456789abcde\n"):rep(4096))
  temp.write(folder .. "/large", ("\0"):rep(3 * 1024 * 1024))
end

local function choose_ports(self, servers, names)
  local free = { ports.free(#names + 2) }
  self.port, self.url = {}, {}
  self.gate, self.away = free[#free - 1], free[#free]
  for i, name in ipairs(names) do
    self.port[name] = free[i]
    self.url[name] = ("%s://localhost:%d"):format(
      servers[name].cert and "https" or "http", free[i])
  end
end

--- Returns true if nginx runs and listens.
local function launch(self)
  self.process = process.spawn({ "/usr/sbin/nginx", "-e", "error.log", "-p",
    self.folder .. "/", "-c", "nginx.conf" },
    { env = { OPENSSL_CONF = self.folder .. "/openssl.cnf" },
      cwd = self.folder })
  process.wait_until("nginx", function()
    return ports.answers(self.port.plain) or not self.process:alive()
  end)
  return self.process:alive()
end

--- Starts nginx.
---@param more? table<string, tests.NginxServer>   added to the standard
---  servers, or replacing those of the same name
---@return tests.Nginx
function M.start(more)
  local servers = {}
  for name, server in pairs(M.SERVERS) do servers[name] = server end
  for name, server in pairs(more or {}) do servers[name] = server end
  local names = sorted_names(servers)

  local self = setmetatable({ folder = temp.folder() }, Nginx)
  for _ = 1, 3 do -- another program may take a port meanwhile
    choose_ports(self, servers, names)
    write_config(self, servers, names)
    if launch(self) then return self end
  end
  error("nginx: " .. (temp.read(self.folder .. "/error.log") or ""), 2)
end

local FIELDS = { "port", "connection", "nth", "method", "uri", "status",
                 "protocol", "tls", "reused", "authorization", "type",
                 "body" }

--- Returns when all answered requests are in the log.  nginx logs a request
--- after its answer, but before it reads another request.
local function settle(port)
  local connection = assert(socket.connect("127.0.0.1", port))
  connection:send "GET / HTTP/1.0\r\n\r\n"
  connection:receive "*a"
  connection:close()
end

--- Lists the requests so far, oldest first.  Each is a table of strings: see
--- FIELDS.
---@param name? string   only those of this server
---@return table<string, string>[]
function Nginx:requests(name)
  settle(self.port.settled)
  local list = {}
  local wanted = name and tostring(self.port[name])
  for line in (temp.read(self.folder .. "/access.log") or ""):gmatch "[^\n]+" do
    local request, i = {}, 0
    for field in (line .. "\t"):gmatch "([^\t]*)\t" do
      i = i + 1
      request[FIELDS[i]] = field
    end
    if request.port == (wanted or request.port) and
        request.port ~= tostring(self.port.settled) then
      list[#list + 1] = request
    end
  end
  return list
end

--- Counts the connections to one server.
---@param name string
---@return integer
function Nginx:connections(name)
  local seen, count = {}, 0
  for _, request in ipairs(self:requests(name)) do
    if not seen[request.connection] then count = count + 1 end
    seen[request.connection] = true
  end
  return count
end

function Nginx:stop()
  self.process:stop()
end

return M
