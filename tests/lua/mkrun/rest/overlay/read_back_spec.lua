local declared = require "tests.support.declared_providers"
local json = require "mkrun.json"
local overlays = require "mkrun.rest.overlay"

local BASE <const> = "https://broker.test/api"

--- Reads back writes from an API that answers with `answers`: path -> document.
local function differences(writes, answers, declaration)
  local sent = {}
  local overlay = overlays.new { base_url = BASE,
    provider = declared.make(declaration or declared.broker()),
    read = function(request)
      local path = request.url:sub(#BASE + 1)
      sent[#sent + 1] = path
      local found = answers[path]
      if found == false then return nil, "no answer", "timeout" end
      return { status = found and 200 or 404,
        body = json.encode(found or json.object {}) }
    end }
  overlay.pause = 0
  for _, write in ipairs(writes) do
    write.url, write.body = BASE .. write[2], write[3]
    write.method = write[1]
  end
  return overlay:differences(writes), sent
end

local VHOST <const> = { "PUT", "/vhosts/news", { tags = "a" } }

describe("reading back", function()
  it("has nothing to say if all is as it was declared", function()
    local found, sent = differences({ VHOST }, { ["/vhosts/news"] =
      { name = "news", tags = "a", description = "x", messages = 1 } })
    assert.same({}, found)
    assert.same({ "/vhosts/news" }, sent)
  end)

  it("says pointer, planned and found", function()
    assert.same({ 'vhost news: /tags: planned "a", found "b"' }, (differences(
      { VHOST }, { ["/vhosts/news"] = { tags = "b" } })))
  end)

  it("says that a thing is not there, or still there", function()
    assert.same({ "vhost news: planned it, found nothing" },
      (differences({ VHOST }, {})))
    assert.same({ "vhost news: planned nothing, found it" }, (differences(
      { { "DELETE", "/vhosts/news" } }, { ["/vhosts/news"] = {} })))
  end)

  it("says what cannot be read back", function()
    assert.same({ "vhost news: cannot be read back: no answer" },
      (differences({ VHOST }, { ["/vhosts/news"] = false })))
  end)

  it("looks at the last write to a thing only", function()
    assert.same({}, (differences({ VHOST, { "DELETE", "/vhosts/news" } }, {})))
    assert.same({}, (differences({ { "DELETE", "/vhosts/news" }, VHOST },
      { ["/vhosts/news"] = { tags = "a" } })))
  end)

  it("does not miss what went with what was removed", function()
    assert.same({}, (differences({ VHOST,
      { "PUT", "/queues/news/jobs", { durable = true } },
      { "DELETE", "/vhosts/news" } }, {})))
    assert.equal(1, #differences({ VHOST,
      { "PUT", "/queues/other/jobs", { durable = true } },
      { "DELETE", "/vhosts/news" } }, {}))
  end)

  it("does not miss it either if that was made again", function()
    local queue = { "PUT", "/queues/news/jobs", { durable = true } }
    local again, there = { "DELETE", "/vhosts/news" }, { tags = "a" }
    assert.same({}, (differences({ VHOST, queue, again,
      { "PUT", "/vhosts/news", there } }, { ["/vhosts/news"] = there })))
    assert.same({ "queue news/jobs: planned it, found nothing" },
      (differences({ again, { "PUT", "/vhosts/news", there }, queue },
        { ["/vhosts/news"] = there })))
  end)

  it("leaves out secrets, ignored members, and what GET does not show",
    function()
      local declaration = declared.broker()
      declaration.resources.vhosts = { ignore = { "tags" } }
      assert.same({}, (differences({ VHOST, { "PUT", "/users/bo",
        { password = "(secret)", tags = json.array { "x" } } } }, {
        ["/vhosts/news"] = { tags = "other" },
        ["/users/bo"] = { password = "canary", name = "bo" },
      }, declaration)))
    end)

  it("takes a thing from its list where no GET gives it", function()
    local declaration = declared.broker()
    table.remove(declaration.operations, 3) -- vhosts.get
    assert.same({ 'vhost news: /tags: planned "a", found "b"' }, (differences(
      { VHOST }, { ["/vhosts"] = json.array { { name = "news", tags = "b" } } },
      declaration)))
  end)

  it("reads nothing of an id that is not known", function()
    local found, sent = differences({ { "POST", "/hosts", { a = 1 } } }, {},
      declared.names())
    assert.same({ {}, {} }, { found, sent })
    found = differences({ { "POST", "/hosts", { a = 1 }, id_given = 7 } },
      { ["/hosts/7"] = { a = 2 } }, declared.names())
    assert.matches("/a: planned 1, found 2", found[1], 1, true)
  end)

  it("compares what a JSON Patch sets and removes", function()
    local found = differences({ { "PATCH", "/hosts/7", json.array {
      { op = "replace", path = "/a", value = { b = 1, c = 2 } },
      { op = "remove", path = "/d" }, { op = "add", path = "/l/-", value = 1 },
    } } }, { ["/hosts/7"] = { a = { b = 1, c = 3 }, d = 4,
      l = json.array {} } }, declared.names())
    assert.same({ "host 7: /a/c: planned 2, found 3",
      "host 7: /d: planned nothing, found 4" }, found)
  end)

  it("compares a merge patch, and null is nothing", function()
    local path = "/servers/localhost/zones/7"
    assert.same({ 'zone 7: /account: planned nothing, found "x"' },
      (differences({ { "PUT", path, { kind = "a", account = json.null } } },
        { [path] = { kind = "a", account = "x" } }, declared.names())))
  end)

  it("compares items inside a document, without what the server adds",
    function()
      local path = "/servers/localhost/zones/a."
      local function item(name, content, mark)
        return { name = name, type = "A", ttl = 60, changetype = mark,
          records = json.array { { content = content } } }
      end
      local writes = { { "PATCH", path, { rrsets = json.array {
        item("one", "192.0.2.1", "REPLACE"),
        item("two", "192.0.2.2", "REPLACE") } } },
        { "PATCH", path, { rrsets = json.array {
          { name = "old", type = "A", changetype = "DELETE" } } } } }
      local one, two = item("one", "192.0.2.1"), item("two", "192.0.2.9")
      one.records[1].disabled = false
      local found = differences(writes, { [path] = { rrsets = json.array {
        one, two, item("old", "192.0.2.3") } } }, declared.names())
      table.sort(found)
      assert.equal(2, #found)
      assert.matches("/rrsets/(two/A)/records: planned [", found[1], 1, true)
      assert.matches("/rrsets/(old/A): planned nothing, found an item",
        found[2], 1, true)
    end)
end)
