local audits = require "mkrun.layer.audit"
local declared = require "tests.support.declared_providers"
local entry = require "mkrun.rest.entry"
local har = require "mkrun.journal.har"
local json = require "mkrun.json"
local providers = require "mkrun.providers"
local secret = require "mkrun.secret"
local stores = require "tests.support.rest_store"

local NAMES <const> = "http://localhost:8081/api/v1"
local BROKER <const> = "http://localhost:15672/api"

local function over(store, lines)
  local audit = {
    add = function(_, record)
      lines[#lines + 1] = record
      return true
    end,
    reserve = function() return true end,
  }
  return audits.new(audit, "https://api.test", error)(store:transport())
end

describe("the audit of a provider's writes", function()
  before_each(function()
    local names = declared.names()
    names.resources.hosts.secrets = { "words" }
    entry.add(declared.make(names))
    entry.add(declared.make(declared.broker()))
  end)
  after_each(function()
    providers.remove "names"
    providers.remove "broker"
  end)

  it("names the provider and the change, without declared secrets", function()
    local store = stores.new { ["/api/v1/hosts/h"] = { uuid = "h",
      words = "canary", list = json.array { "a" } } }
    local lines = {}
    over(store, lines) { method = "PATCH", url = NAMES .. "/hosts/h",
      json = json.array { { op = "add", path = "/list/-", value = "b" },
        { op = "replace", path = "/words", value = "canary" } } }
    assert.equal("names", lines[1].provider)
    assert.equal(NAMES .. "/hosts/h", lines[1].url)
    assert.same({ { op = "add", path = "/list/1", value = "b" } },
      lines[1].patch)
    assert.is_nil(json.encode(lines):find("canary", 1, true))
  end)

  it("has no line for a POST that only asks", function()
    local lines = {}
    over(stores.new(), lines) { method = "POST",
      url = NAMES .. "/hosts/search", json = {} }
    assert.same({}, lines)
  end)

  it("has no hash of a password, which could be guessed", function()
    local lines, token = {}, secret.new("guest:guest123", "token")
    local send = over(stores.new(), lines)
    send { method = "DELETE", url = BROKER .. "/vhosts/a", token = token,
      token_as = "basic" }
    send { method = "DELETE", url = NAMES .. "/hosts/a", token = token,
      token_as = "X-API-Key" }
    assert.equal("user of broker", lines[1].who)
    assert.matches("^token with SHA%-256 %x+$", lines[2].who)
  end)
end)

describe("a recording of a provider's requests", function()
  before_each(function()
    local names = declared.names()
    names.resources.hosts.secrets = { "words" }
    entry.add(declared.make(names))
  end)
  after_each(function() providers.remove "names" end)

  local function recorded(token_as)
    return har.entry({ method = "POST", url = NAMES .. "/hosts",
      json = { words = "canary", name = "a" }, token_as = token_as,
      token = secret.new("canary-token", "token") }, 0, 0, { status = 201,
      headers = { ["content-type"] = "application/json" },
      body = '{"uuid":"1","words":"canary","name":"a"}' })
  end

  it("has no secret that the provider declares", function()
    local text = json.encode(recorded "X-API-Key")
    assert.is_nil(text:find("canary", 1, true))
    assert.equal('{"name":"a","uuid":"1","words":"(secret)"}',
      recorded().response.content.text)
  end)

  it("shows a key that is in paths or is declared to be no secret", function()
    local names = declared.names()
    names.resources.hosts.keys = { id = "properties_key" }
    entry.add(declared.make(names))
    local body = '{"apikey":"(secret)","properties_key":"a.b"}'
    local found = har.entry({ method = "GET", url = NAMES .. "/hosts/a" }, 0, 0,
      { status = 200, body = body:gsub("%(secret%)", "canary") })
    assert.equal(body, found.response.content.text)
  end)

  it("has the header field of the token, hidden", function()
    for token_as, field in pairs { ["X-Words"] = "X-Words",
      basic = "Authorization" } do
      local found = har.header(recorded(token_as).request.headers,
        field:lower())
      assert.equal("(secret)", found)
    end
    assert.equal("(secret)",
      har.header(recorded().request.headers, "authorization"))
  end)
end)
