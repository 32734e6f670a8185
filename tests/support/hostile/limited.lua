-- A run whose header lets it read one kind of object of the API, and which may
-- run one command.
-- luacheck: globals try place

local config = require "mkrun.config"
local http, secret = require "mkrun.http", require "mkrun.secret"
local api = config.base_url .. "/api/v1"
local json = require "mkrun.json"
local empty = json.object {}

-- Requests

local function sent(method, path, body)
  return http.request { method = method, url = config.base_url .. path,
    token = config.token, json = body }
end

local TEAM <const> = { spec = { description = "x", members = empty,
  scopes = empty } }

try("PUT", function()
  return sent("PUT", "/api/v1/organization/teams/h", TEAM)
end)
try("http.put", function()
  return http.put(api .. "/organization/teams/h", { token = config.token,
    json = TEAM })
end)
try("mkio", function()
  return require "mkio".connect {}.teams:ensure(
    "h" .. require "mkrun.sys".uuid(), { description = "x" })
end)
try("OPTIONS", function() return sent("OPTIONS", "/api/v1/user/tokens") end)
try("PURGE", function() return sent("PURGE", "/api/v1/user/tokens") end)
try("method in small letters", function()
  return sent("delete", "/api/v1/organization/teams/h")
end)
for _, path in ipairs { "/api/v1/user/tokens", "/api/v1/user/profile",
  "/api/v1/organization/teams/../../user/tokens",
  "/api/v1/organization/teams/%2e%2e/tokens",
  "/api/v1/organization/teams/x%2f..%2f..%2ftokens",
  "/api/v1/organization/teams/x/..;/tokens", "/api/v1//user/tokens",
  "//api/v1/user/tokens", "/api/v1/user/tokens/",
  "/api/v1/user/tokens?x=/organization/teams/x", "/api/v1/user/tokens#x",
  "/api/v1/user/tokens;/organization/teams/x", "/", "", "/api/ready" } do
  try("GET " .. path, function() return sent("GET", path) end)
end
try("a path that changes", function()
  local count = 0
  local response = http.request(setmetatable({ method = "GET",
    token = config.token }, { __index = function(_, name)
      count = count + 1
      return name == "url" and (count > 1 and api .. "/user/profile"
        or api .. "/organization/teams/h") or nil
    end }))
  return response
end)
try("a method that changes", function()
  local count = 0
  return http.request(setmetatable({ url = api .. "/user/profile",
    token = config.token }, { __index = function(_, name)
      count = count + 1
      return name == "method" and (count > 1 and "DELETE" or "GET") or nil
    end }))
end)
try("mkrun.http of the library", function()
  return require "mkrun.rest.session" and require "mkio".connect {}
    .users:list()
end)

-- Commands: "true" is granted

for name, command in pairs {
  ["after ;"] = "true; echo x > %s", ["after &&"] = "true && echo x > %s",
  ["after |"] = "true | tee %s", ["after &"] = "true & echo x > %s",
  ["in ``"] = "true `echo x > %s`", ["in $()"] = "true $(echo x > %s)",
  ["on a line of its own"] = "true\necho x > %s", ["by >"] = "true > %s",
  ["by >>"] = "true >> %s", ["in a variable"] = "X=`echo x > %s` true",
  ["with a path"] = "./true; echo > %s", ["by eval"] = "eval 'echo > %s'",
} do
  try("os.execute " .. name, function()
    local path = place .. "/run-" .. name:gsub("%W", "")
    os.execute(command:format(path))
    local file = io.open(path) or os.rename(path, path .. "2")
    return file
  end)
  try("io.popen " .. name, function()
    local path = place .. "/popen-" .. name:gsub("%W", "")
    io.popen(command:format(path)):close()
    return io.open(path) or os.rename(path, path .. "2")
  end)
  try("secret:pipe " .. name, function()
    local path = place .. "/pipe-" .. name:gsub("%W", "")
    secret.new("something", "x"):pipe(command:format(path))
    return io.open(path) or os.rename(path, path .. "2")
  end)
end
try("a token for a command", function()
  return config.token:pipe "true; cat >/dev/null"
end)
