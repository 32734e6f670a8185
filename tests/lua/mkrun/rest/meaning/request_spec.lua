local declared = require "tests.support.declared_providers"

local meaning = require "mkrun.rest.meaning"

local broker = declared.make(declared.broker())
local names = declared.make(declared.names())
local ZONE <const> = "/servers/localhost/zones/acme.example."

describe("meaning.of", function()
  it("tells a replacement, its target and its list", function()
    local m = meaning.of(broker, "PUT", "/queues/news%2Fa/jobs?x=1", {})
    assert.equal("replace", m.act)
    assert.equal("queues.put", m.operation.key)
    assert.same({ vhost = "news/a", name = "jobs" }, m.at)
    assert.equal("queue", m.resource.kind)
    assert.equal("/queues/news%2Fa/jobs", m.target)
    assert.equal("/queues/news%2Fa", m.collection)
    assert.equal(m.target, m.shown)
    assert.equal("news/a/jobs", m.name)
  end)

  it("tells what each verb does", function()
    for _, case in ipairs {
      { broker, "GET", "/vhosts", "list" },
      { broker, "GET", "/vhosts/a", "read" },
      { broker, "DELETE", "/vhosts/a", "remove" },
      { names, "POST", "/hosts", "make" },
      { names, "PUT", ZONE, "merge" },
      { names, "PATCH", "/hosts/1", "json-patch" },
      { names, "POST", "/hosts/search", "ask" },
    } do
      assert.equal(case[4], meaning.of(case[1], case[2], case[3]).act)
    end
  end)

  it("knows no meaning of another verb, method or path", function()
    assert.is_nil(meaning.of(broker, "DELETE", "/queues/a/b/contents"))
    assert.is_nil(meaning.of(names, "POST", "/hosts/1/restart"))
    assert.is_nil(meaning.of(broker, "POST", "/vhosts/a"))
    assert.is_nil(meaning.of(broker, "PUT", "/nothing/a"))
    assert.is_nil(meaning.of(broker, "PUT", "/vhosts/a/b"))
  end)

  it("has no target for what a POST makes, but a list and a name", function()
    local m = meaning.of(names, "POST", "/servers/localhost/zones",
      { name = "acme.example." })
    assert.is_nil(m.target)
    assert.equal("/servers/localhost/zones", m.collection)
    assert.equal(m.collection, m.shown)
    assert.equal("acme.example.", m.name)
  end)

  it("tells items of a document apart by mark and keys", function()
    local item = { name = "www", type = "A", changetype = "REPLACE" }
    local m = meaning.of(names, "PATCH", ZONE, { rrsets = { item } })
    assert.equal("item-put", m.act)
    assert.equal("records.put", m.operation.key)
    assert.equal(ZONE, m.target)
    assert.same({ item }, m.items)
    assert.equal("acme.example./www/A", m.name)
    item.changetype = "DELETE"
    assert.equal("item-remove",
      meaning.of(names, "PATCH", ZONE, { rrsets = { item } }).act)
  end)

  it("knows no meaning of items without keys or of several marks", function()
    local a = { name = "www", type = "A", changetype = "REPLACE" }
    local b = { name = "www", type = "B", changetype = "DELETE" }
    local c = { name = "www", changetype = "REPLACE" }
    for _, items in ipairs { { a, b }, { c }, {}, "x" } do
      assert.is_nil(meaning.of(names, "PATCH", ZONE, { rrsets = items }))
    end
    assert.is_nil(meaning.of(names, "PATCH", ZONE, nil))
  end)

  it("takes a path without parameters before one with", function()
    local d = declared.broker()
    table.insert(d.operations, { "own.get", "GET", "/users/me" })
    local m = meaning.of(declared.make(d), "GET", "/users/me")
    assert.equal("own.get", m.operation.key)
  end)

  it("knows a resource that only a list shows", function()
    local d = declared.broker()
    table.insert(d.operations, { "tags.list", "GET", "/tags" })
    table.insert(d.operations, { "tags.delete", "DELETE", "/tags/{name}" })
    local m = meaning.of(declared.make(d), "DELETE", "/tags/x")
    assert.is_nil(m.target)
    assert.equal("/tags", m.shown)
  end)

  it("takes what a row says for what shows it", function()
    local d = declared.broker()
    table.insert(d.operations, { "jobs.start", "POST", "/jobs/{name}",
      reads = true, shown_by = "vhosts.get" })
    local m = meaning.of(declared.make(d), "POST", "/jobs/x")
    assert.equal("/vhosts/x", m.shown)
  end)
end)

describe("meaning.items", function()
  it("finds the array of a list", function()
    local list = names.operations.by_key["hosts.list"]
    assert.same({ 1 }, meaning.items(names, list,
      { data = { items = { 1 } } }))
    assert.is_nil(meaning.items(names, list, { data = {} }))
    local zones = names.operations.by_key["zones.list"]
    assert.same({ 2 }, meaning.items(names, zones, { 2 }))
    assert.is_nil(meaning.items(names, zones, { error = "x" }))
  end)
end)

describe("meaning.at_of", function()
  it("names an item of a list by its members and the list's path", function()
    assert.same({ vhost = "news", name = "jobs" }, meaning.at_of(
      broker.resources.queues, { name = "jobs" }, { vhost = "news" }))
    assert.same({ zone_id = "7" },
      meaning.at_of(names.resources.zones, { id = 7 }))
    assert.is_nil(meaning.at_of(names.resources.zones, { name = "x" }))
  end)
end)

describe("meaning.created", function()
  local m = meaning.of(names, "POST", "/hosts", { name = "a" })

  it("finds the new id", function()
    assert.same({ id = "u1" }, meaning.created(m, { uuid = "u1" }))
    assert.same({ id = "7" }, meaning.created(m, { uuid = 7.0 }))
    assert.is_nil(meaning.created(m, { id = "u1" }))
    assert.is_nil(meaning.created(m, nil))
  end)

  it("takes no number that was rounded, and no object", function()
    for _, id in ipairs { 1e19, 2.0 ^ 53, -1e300, { 1 } } do
      assert.is_nil(meaning.created(m, { uuid = id }))
      assert.is_nil(meaning.at_of(names.resources.zones, { id = id }))
    end
    assert.same({ id = "9007199254740993" },
      meaning.created(m, { uuid = 9007199254740993 }))
  end)

  it("finds the new id in the field Location", function()
    for link, id in pairs { ["/api/v1/hosts/a%2Fb"] = "a/b",
      ["https://names.test/hosts/7/?x=/hosts/8"] = "7" } do
      assert.same({ id = id }, meaning.created(m, nil,
        { headers = { location = link } }))
    end
    for _, link in ipairs { "/api/v1/zones/7", "/hosts", "/hosts/7/jobs" } do
      assert.is_nil(meaning.created(m, nil, { headers = { location = link } }))
    end
  end)
end)
