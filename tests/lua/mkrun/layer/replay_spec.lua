local declared = require "tests.support.declared_providers"
local entry = require "mkrun.rest.entry"
local har = require "mkrun.journal.har"
local json = require "mkrun.json"
local providers = require "mkrun.providers"
local replay = require "mkrun.layer.replay"

--- The entry of a request, and of an answer that says where it came from.
local function recorded(url, body)
  return har.entry({ method = body and "PUT" or "GET", url = url, json = body },
    0, 0, { status = 200, body = ('"%s"'):format(url) })
end

local function ask(transport, url, body)
  local response, message = transport { method = body and "PUT" or "GET",
    url = url, json = body }
  return response and response.body or message
end

describe("mkrun.layer.replay", function()
  it("answers from the same server where two have the same path", function()
    local a, b = "http://a.test/things", "http://b.test/things"
    local transport, finish = replay.new("r.har", { recorded(a), recorded(b),
      recorded(b), recorded(a) })
    for _, url in ipairs { b, a, a, b } do
      assert.equal(('"%s"'):format(url), ask(transport, url))
    end
    assert.equal(0, finish())
  end)

  it("does not compare the names of servers otherwise", function()
    local a, b = "http://a.test/things", "http://b.test/others"
    local transport, finish = replay.new("r.har", { recorded(a), recorded(b) })
    assert.equal(('"%s"'):format(a), ask(transport, "http://c.test/things"))
    assert.equal(('"%s"'):format(b), ask(transport, "http://c.test/others"))
    assert.equal(0, finish())
  end)

  it("does not compare secrets that a provider declares", function()
    local names = declared.names()
    names.resources.hosts.secrets = { "words" }
    entry.add(declared.make(names))
    local url = "http://localhost:8081/api/v1/hosts/h"
    local transport, finish = replay.new("r.har", { recorded(url,
      { words = "one", name = "a" }) })
    assert.equal(('"%s"'):format(url), ask(transport, url, { words = "other",
      name = "a" }))
    assert.equal(0, finish())
    providers.remove "names"
  end)

  it("gives secrets that are not the word which mkrun writes", function()
    entry.add(declared.make(declared.names()))
    local url = "http://localhost:8081/api/v1/hosts/h"
    local kept = har.entry({ method = "GET", url = url }, 0, 0,
      { status = 200, body = '{"password":"x","token":"y"}' })
    local transport = replay.new("r.har", { kept })
    local text = ask(transport, url)
    assert.not_matches('"(secret)"', text, 1, true)
    local value = json.decode(text)
    assert.matches("^%(secret of the recording %d+%)$", value.password)
    assert.not_equal(value.password, value.token)
    providers.remove "names"
  end)

  it("compares what the provider declares to be no secret", function()
    local names = declared.names()
    local url = "http://localhost:8081/api/v1/hosts/h"
    names.resources.hosts.keys = { id = "host_key" }
    entry.add(declared.make(names))
    local kept = recorded(url, { host_key = "a" })
    providers.remove "names"
    local transport, finish = replay.new("r.har", { kept })
    assert.is_function(finish)
    entry.add(declared.make(names)) -- by the script
    assert.matches('body at /host_key was "a" and is "b"', ask(transport, url,
      { host_key = "b" }), 1, true)
    transport, finish = replay.new("r.har", { kept })
    assert.equal(('"%s"'):format(url), ask(transport, url, { host_key = "a" }))
    assert.equal(0, finish())
    providers.remove "names"
  end)
end)
