--- A sandbox for specs, with a clock that stands still and ids that count.
---
---   local api = sandbox.new()
---   local status, document, response = api:get "/projects"
---
--- Paths are below /api/v1 unless they begin with "/api" or "/.".

local json = require "mkrun.json"
local sandbox = require "mkio.sandbox"

local M = {}

--- When the sandboxes of specs begin: 2026-02-03T10:00:00Z.
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

--- Ola, the administrator, calls unless `as` says otherwise.
---@param options? mkio.sandbox.Options
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

--- The same sandbox, called with another token (none: false).
function Api:as(token)
  return setmetatable({ model = self.model, token = token }, Api)
end

--- ... by another user.
function Api:user(email) return self:as(self.model:login(email)) end

local function url(path)
  local prefix = path:find "^/api" or path:find "^/%."
  return "https://app.mk.io" .. (prefix and "" or "/api/v1") .. path
end

--- Send one request; `options` as a transport takes them.
---@return integer status
---@return any document   nil when there is no body
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

--- The id of the only payment method.
function Api:payment_method()
  local _, list = self:get "/organization/paymentMethods"
  return list.value[1].metadata.id
end

--- Accept the terms, and create a project; returns it.
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

--- The id of a member, by e-mail.
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
