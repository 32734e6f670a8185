--- Makes a sandbox for specs.  Its clock does not move by itself, and its ids
--- are numbered.
---
---   local api = sandbox.new()
---   local status, document, response = api:get "/projects"
---
--- Paths are below /api/v1 unless they begin with "/api" or "/.".

local json = require "mkrun.json"
local sandbox = require "mkio.sandbox"

local M = {}

--- The time in the sandboxes of specs: 2026-02-03T10:00:00Z.
M.start = 1770112800

---@class tests.Sandbox
---@field model mkio.Sandbox
---@field token string
local Api = {}
Api.__index = Api

local function counter()
  local count = 0
  return function()
    count = count + 1
    return ("00000000-0000-4000-8000-%012d"):format(count)
  end
end

--- Makes a sandbox.  Requests come from Ola, the administrator, unless `as`
--- changes that.
---@param options? mkio.model.Options
---@return tests.Sandbox
function M.new(options)
  local noise = 0
  local all = {
    token = "ola", id = counter(), now = function() return M.start end,
    random = function(n)
      noise = noise + 1
      return (("%08d"):format(noise)):rep(n // 8 + 1):sub(1, n)
    end,
  }
  for name, value in pairs(options or {}) do all[name] = value end
  return setmetatable(
    { model = sandbox.new(all), token = "ola" }, Api)
end

--- Returns the same sandbox with another token (false: none).
---@param token string|false
function Api:as(token)
  return setmetatable({ model = self.model, token = token }, Api)
end

--- Returns the same sandbox with another user's token.
---@param email string
function Api:user(email) return self:as(self.model:login(email)) end

local function url(path)
  local prefix = path:find "^/api" or path:find "^/%."
  return "https://app.mk.io" .. (prefix and "" or "/api/v1") .. path
end

--- Sends a request.
---@param method string
---@param path string
---@param options? table   for the transport
---@return integer status
---@return any document   nil if there is no body
---@return table response
function Api:request(method, path, options)
  local request = { method = method, url = url(path), headers = {} }
  for name, value in pairs(options or {}) do request[name] = value end
  if self.token and not request.token then
    request.headers.Authorization = "Bearer " .. self.token
  end
  local response = assert(self.model.transport(request))
  local document
  if response.body ~= "" then document = json.decode(response.body) end
  return response.status, document, response
end

function Api:get(path, query)
  return self:request("GET", path, { query = query })
end

function Api:delete(path) return self:request("DELETE", path) end

function Api:put(path, body)
  return self:request("PUT", path, { json = body })
end

function Api:post(path, body)
  return self:request("POST", path, { json = body })
end

function Api:patch(path, body)
  return self:request("PATCH", path, { json = body })
end

--- Returns the id of the only payment method.
function Api:payment_method()
  local _, list = self:get "/organization/paymentMethods"
  return list.value[1].metadata.id
end

--- Accepts the terms and creates a project; returns the project.
function Api:project(name, display_name)
  local id = self:payment_method()
  self:post(("/organization/paymentMethods/%s/acceptTermsAndConditions")
    :format(id))
  local status, project = self:put("/projects/" .. name, {
    displayName = display_name or name, locationName = "westeurope",
    paymentMethodId = id,
  })
  assert(status == 201, json.encode(project))
  return project
end

--- Returns the id of a member by e-mail address.
function Api:member(email)
  local _, list = self:get "/organization/users"
  for _, user in ipairs(list.value) do
    if user.spec.email == email then return user.metadata.id end
  end
end

function Api:organization_id()
  local _, organization = self:get "/organization"
  return organization.metadata.id
end

return M
