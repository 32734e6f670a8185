-- Requests, tokens of answers, and the settings of the run.
-- luacheck: globals try place gone

local config, http = require "mkrun.config", require "mkrun.http"
local json, secret = require "mkrun.json", require "mkrun.secret"
local port = arg[2]
local other = "http://127.0.0.1:" .. port
local api = config.base_url .. "/api/v1"

-- Other servers

try("http.get", function() return http.get(other) end)
try("http.request", function() return http.request { url = other } end)
try("a token for another server", function()
  return http.request { url = other, token = config.token:bind(other) }
end)
for name, url in pairs {
  ["name of the machine"] = "http://localhost:" .. port,
  ["capitals"] = "HTTP://LOCALHOST:" .. port,
  ["a user"] = ("http://a:b@127.0.0.1:%s/"):format(port),
  ["the base URL as a user"] = config.base_url:gsub("/$", "") .. "@127.0.0.1:"
    .. port .. "/",
  ["IPv4 in one number"] = ("http://2130706433:%s/"):format(port),
  ["short IPv4"] = ("http://127.1:%s/"):format(port),
  ["a zero"] = ("http://0:%s/"):format(port),
  ["a dot at the end"] = ("http://localhost.:%s/"):format(port),
  ["a backslash"] = ("http://127.0.0.1:%s\\@x/"):format(port),
} do
  try("URL with " .. name, function() return http.get(url) end)
end
try("a URL that changes", function()
  local count = 0
  return http.request(setmetatable({}, { __index = function(_, name)
    if name ~= "url" then return end
    count = count + 1
    return other
  end, __pairs = function() return next, { url = other } end }))
end)
try("a file as client_cert", function()
  local _, message = http.get(api, { client_cert = place .. "/secret" })
  return message and message:find "certificate"
end)
try("an object as client_cert", function()
  local _, message = http.get(api, { client_cert = setmetatable({}, {
    __tostring = function() return place .. "/secret" end,
    __name = place .. "/secret" }) })
  return message
end)
try("http.install", function()
  return http.install(function(wire) return wire end) or true
end)
for _, path in ipairs { "/api/v1/../x", "/api/v1/%2e%2e/x", "/api/%2E./x",
  "/api/v1/..;/x", "/api/a%2f..%2fb", "/api/a%5C%2e%2e%5Cb" } do
  try("path " .. path, function() return http.get(config.base_url .. path) end)
end
for _, name in ipairs { "Accept-Encoding", "Range", "TE", "If-Range",
  "Accept-Charset", "X-HTTP-Method-Override", "accept_encoding" } do
  try("header " .. name, function()
    return http.get(api .. "/user/profile", { headers = { [name] = "x" } })
  end)
  try("header in a list " .. name, function()
    return http.get(api .. "/user/profile", { headers = { { name, "x" } } })
  end)
end

-- Tokens that the API shows once

local organizations = assert(http.get(api .. "/user/organizations",
  { token = config.token })):json()
local organization = organizations.value[1].metadata.id

local function mint()
  return assert(http.post(api .. "/user/tokens", { token = config.token,
    json = { type = "restricted", description = "nightly",
      organizationId = organization } }))
end

local TOKEN <const> = "eyJ[%w_-]+%.[%w_-]+%.[%w_-]+"

--- Finds a token in any part of an answer.
local function found(part)
  if type(part) == "string" then return part:find(TOKEN) end
  if type(part) ~= "table" then return end
  for name, member in pairs(part) do
    if found(name) or found(member) then return true end
  end
end

try("a new token", function() return mint().body:find(TOKEN) end)
try("a new token, decoded", function() return found(mint():json()) end)
try("a new token, anywhere", function() return found(mint()) end)
try("a new token, rawget", function()
  return found(rawget(mint(), "body") or "")
end)
try("a new token, next", function()
  for _, member in next, mint() do
    if found(member) then return true end
  end
end)
try("a new token for another server", function()
  local text = json.encode(mint():json())
  local word = text:match(TOKEN) or text:match "mkrun%-secret%-[%x-]+"
  return secret.new(word, "x"):bind(other)
end)
try("a new token in a file", function()
  local text = json.encode(mint():json())
  local word = text:match(TOKEN) or text:match "mkrun%-secret%-[%x-]+"
  return secret.new(word, "x"):write(place .. "/minted")
end)
try("a new token for another server, unbound", function()
  local text = json.encode(mint():json())
  local word = text:match(TOKEN) or text:match "mkrun%-secret%-[%x-]+"
  return http.get(other, { token = secret.new(word, "x") })
end)
try("a new token by a string function", function()
  local seen
  local find <const> = string.find
  getmetatable "".__index.find = function(text, ...)
    if find(text, TOKEN) then seen = true end
    return find(text, ...)
  end
  mint()
  getmetatable "".__index.find = find
  return seen
end)
for _, name in ipairs { "__tostring", "__concat", "__index", "__gc" } do
  try("metatable of a secret, " .. name, function()
    return getmetatable(config.token)[name]
  end)
end
try("a secret as text", function()
  return (tostring(config.token) .. (config.token .. "")):find "CANARY"
end)
try("a secret in JSON", function()
  return json.encode { token = config.token }:find "CANARY"
end)
try("a secret as a body", function()
  return http.post(api .. "/org/x", { body = config.token })
end)
try("a secret in a header", function()
  return http.get(api, { headers = { x = config.token } })
end)
try("string.format of a secret", function()
  return ("%s"):format(config.token):find "CANARY"
end)
try("a token by claims", function()
  return json.encode(config.token:claims()):find "CANARY"
end)
