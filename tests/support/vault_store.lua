--- The secrets engine KV version 2 of Vault and OpenBao in memory, as their
--- documentation tells: versions, check-and-set, soft deletes, metadata, and
--- what a token may do.  `rest_store_server` serves it.
---
--- A state is { token =, policy = {"create", ...}, secrets = { [path] = {
--- versions = {{ data =, deleted = }} } } }; the engine is mounted at "secret".
--- With `rival`, some data, somebody else stores it right before the next
--- write; with `lose`, the next write takes effect and has no answer.

local json = require "mkrun.json"

local M = {}

local TIME <const> = "2026-11-30T12:00:00.000000000Z"

---@class tests.VaultStore
---@field now table        the state
---@field requests string[]    "PUT /v1/secret/data/nightly"
local Store = {}
Store.__index = Store

local function refused(...) return 400, { errors = json.array { ... } } end

local function version_facts(number, version)
  return { version = number, created_time = TIME, destroyed = false,
    deletion_time = version.deleted and TIME or "",
    custom_metadata = json.null }
end

local function enveloped(data)
  return { request_id = "a", lease_id = "", renewable = false,
    lease_duration = 0, data = data }
end

local MISSING <const> = { errors = json.array {} }

local engine = {}

function engine.GET(secret)
  local number = secret and #secret.versions or 0
  local version = secret and secret.versions[number]
  if not version then return 404, MISSING end
  return version.deleted and 404 or 200, enveloped {
    data = version.deleted and json.null or version.data,
    metadata = version_facts(number, version) }
end

function engine.PUT(secret, body, secrets, path)
  local number = secret and #secret.versions or 0
  local cas = body.options and body.options.cas
  if type(body.data) ~= "table" then
    return refused "no data provided"
  elseif cas and cas ~= number then
    return refused("check-and-set parameter did not match the current version")
  end
  secrets[path] = secret or { versions = {} }
  local version = { data = body.data }
  table.insert(secrets[path].versions, version)
  return 200, enveloped(version_facts(number + 1, version))
end

engine.POST = engine.PUT

function engine.DELETE(secret)
  local version = secret and secret.versions[#secret.versions]
  if version then version.deleted = true end
  return 204
end

--- Returns the word of a policy that a request needs.
local function right_of(method, secret)
  if method == "GET" then return "read" end
  if method == "DELETE" then return "delete" end
  return secret and "update" or "create"
end

local function metadata(secret)
  if not secret then return 404, MISSING end
  local versions = {}
  for i, version in ipairs(secret.versions) do
    versions[tostring(i)] = version_facts(i, version)
  end
  return 200, enveloped { current_version = #secret.versions,
    cas_required = false, max_versions = 0, versions = versions,
    custom_metadata = json.null }
end

local function may(self, right)
  for _, word in ipairs(self.now.policy) do
    if word == right then return true end
  end
  return false
end

local function denied() return 403, { errors = { "permission denied" } } end

local function answer(self, method, path, body)
  local secrets = self.now.secrets
  if path == "/v1/sys/capabilities-self" then
    local found = { capabilities = json.array(self.now.policy) }
    for _, each in ipairs(body.paths) do found[each] = self.now.policy end
    return 200, found
  end
  local part, name = path:match "^/v1/secret/(%l+)/(.+)$"
  local secret = secrets[name]
  if part == "metadata" and method == "GET" then
    if not may(self, "read") then return denied() end
    return metadata(secret)
  elseif part ~= "data" or not engine[method] then
    return 404, MISSING
  elseif not may(self, right_of(method, secret)) then
    return denied()
  end
  if method ~= "GET" and self.now.rival then
    engine.PUT(secret, { data = self.now.rival }, secrets, name)
    self.now.rival, secret = nil, secrets[name]
  end
  return engine[method](secret, body, secrets, name)
end

--- Answers a request.
---@param method string
---@param path string
---@param text string
---@param head table<string, string>
---@return integer? status   nil: no answer
---@return string? body
function Store:answer(method, path, text, head)
  path = path:gsub("%%(%x%x)", function(hex)
    return string.char(tonumber(hex, 16))
  end)
  self.requests[#self.requests + 1] = method .. " " .. path
  local status, body
  if head["x-vault-token"] ~= self.now.token then
    status, body = denied()
  else
    status, body = answer(self, method, path,
      text ~= "" and json.decode(text) or {})
  end
  if self.now.lose and method == "PUT" then
    self.now.lose = nil
    return nil
  end
  return status, body and json.encode(body) or ""
end

function Store:state() return self.now end

--- Makes a store.
---@param state? table
---@return tests.VaultStore
function M.new(state)
  return setmetatable({ requests = {},
    now = state or { policy = {}, secrets = {} } }, Store)
end

return M
