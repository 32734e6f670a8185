local apply = require "mkrun.layer.apply"
local declared = require "tests.support.declared_providers"
local entry = require "mkrun.rest.entry"
local json = require "mkrun.json"
local providers = require "mkrun.providers"
local secret = require "mkrun.secret"
local stores = require "tests.support.rest_store"

local NAMES <const> = "http://localhost:8081/api/v1"
local MADE <const> = "11111111-1111-4111-8111-111111111111"

local main = { new = function()
  return { made = {}, whose = function() end, rests = function() return {} end }
end }

--- Applies writes to a server.  `lose(request)` says whether the answer to a
--- write is lost, after it took effect.
local function applying(world, writes, lose)
  local send = world:transport()
  local transport = apply.new { base_url = "https://main.test", model = main,
    tokenless = true, plan = { reads = {}, writes = writes,
      providers = { { name = "names", base_url = NAMES } } } }
    (function(request)
      local response = send(request)
      if lose(request) then return nil, "lost", "closed" end
      return response
    end)
  local token = secret.new("canary", "token")
  return function(method, path, body)
    return transport { method = method, url = NAMES .. path, token = token,
      json = body, body = body and assert(json.encode(body)) }
  end
end

local function write(method, path, body, id)
  return { method = method, url = NAMES .. path, body = body, id = id }
end

local function is_post(request) return request.method == "POST" end

describe("applying a plan of a provider", function()
  before_each(function() entry.add(declared.make(declared.names())) end)
  after_each(function() providers.remove "names" end)

  local function plan()
    return { write("POST", "/hosts", { name = "a" }, MADE),
      write("POST", "/hosts", { name = "b", of = MADE }) }
  end

  it("finds in the list what a write made whose answer was lost", function()
    local world, count = stores.new(), 0
    local send = applying(world, plan(), function(request)
      count = count + (is_post(request) and 1 or 0)
      return is_post(request) and count == 1
    end)
    assert.is_nil((send("POST", "/hosts", { name = "a" })))
    assert.equal(201, send("POST", "/hosts", { name = "b",
      of = "id1" }).status)
  end)

  it("sends nothing that is not in the plan after a lost answer", function()
    local world = stores.new()
    local send = applying(world, plan(), is_post)
    send("POST", "/hosts", { name = "a" })
    local ok, problem = pcall(send, "POST", "/hosts", { name = "b",
      of = "other" })
    assert.is_false(ok)
    assert.matches("is not in the plan", tostring(problem), 1, true)
    assert.same({ "POST /api/v1/hosts" }, world:writes())
  end)
end)
