local declared = require "tests.support.declared_providers"
local json = require "mkrun.json"

local meaning = require "mkrun.rest.meaning"

local broker = declared.make(declared.broker())
local names = declared.make(declared.names())
local ZONE <const> = "/servers/localhost/zones/acme.example."

local function undo(provider, write) return meaning.undo(provider, write) end

describe("meaning.undo", function()
  it("deletes what a PUT made", function()
    assert.same({ method = "DELETE", path = "/queues/a%2F/b",
      what = "delete queue 'a//b'", lost = "its messages" },
      undo(broker, { method = "PUT", path = "/queues/a%2F/b", body = {} }))
  end)

  it("puts back what a PUT replaced, by the members of its body", function()
    assert.same({ method = "PUT", path = "/vhosts/a",
      body = { description = "old" }, what = "put back vhost 'a'" },
      undo(broker, { method = "PUT", path = "/vhosts/a",
        body = { description = "new" },
        before = { name = "a", description = "old", tags = json.null,
          messages = 7 } }))
  end)

  it("deletes nothing if the status says that something was there", function()
    local undone, reason = undo(broker, { method = "PUT", path = "/vhosts/a",
      body = {}, status = 204 })
    assert.is_nil(undone)
    assert.equal("what was there before is not known", reason)
  end)

  it("does not put back what needs a secret", function()
    for _, method in ipairs { "PUT", "DELETE" } do
      local undone, reason = undo(broker, { method = method,
        path = "/users/kari", before = { name = "kari", tags = {} },
        body = method == "PUT" and { tags = { "x" } } or nil })
      assert.is_nil(undone)
      assert.equal("its password is a secret, which is not kept", reason)
    end
  end)

  it("makes again what a DELETE removed, and says what is lost", function()
    assert.same({ method = "PUT", path = "/queues/a/b",
      body = { durable = true }, what = "make again queue 'a/b'",
      lost = "its messages" },
      undo(broker, { method = "DELETE", path = "/queues/a/b",
        before = { durable = true, state = "running" } }))
    assert.same({ method = "POST", path = "/servers/localhost/zones",
      body = { name = "acme.example.", kind = "Native" },
      what = "make again zone 'acme.example.'", lost = "its records" },
      undo(names, { method = "DELETE", path = ZONE,
        before = { name = "acme.example.", kind = "Native", serial = 3 } }))
    assert.equal("its policies, queues", undo(broker, { method = "DELETE",
      path = "/vhosts/a", before = {} }).lost)
    assert.is_nil(undo(broker, { method = "PUT", path = "/vhosts/a",
      status = 201 }).lost)
  end)

  it("needs to know what a DELETE removed", function()
    local undone, reason =
      undo(broker, { method = "DELETE", path = "/queues/a/b" })
    assert.is_nil(undone)
    assert.equal("what was there before is not known", reason)
  end)

  it("deletes what a POST made by its id", function()
    assert.same({ method = "DELETE", path = "/hosts/a%2Fb",
      what = "delete host 'db'" },
      undo(names, { method = "POST", path = "/hosts", body = { name = "db" },
        created = { id = "a/b" } }))
    local undone, reason =
      undo(names, { method = "POST", path = "/hosts", body = {} })
    assert.is_nil(undone)
    assert.equal("its id is not known", reason)
  end)

  it("mirrors a merge patch", function()
    assert.same({ method = "PUT", path = ZONE,
      body = { kind = "Native", account = json.null },
      what = "change back zone 'acme.example.'" },
      undo(names, { method = "PUT", path = ZONE,
        body = { kind = "Master", account = "x" },
        before = { kind = "Native", serial = 7 } }))
  end)

  it("turns a JSON Patch round", function()
    local undone = undo(names, { method = "PATCH", path = "/hosts/7",
      body = { { op = "add", path = "/a", value = 1 } },
      before = { b = 2 } })
    assert.same({ { op = "remove", path = "/a" } }, undone.body)
  end)

  it("brings back items of a document, and removes new ones", function()
    local undone = undo(names, { method = "PATCH", path = ZONE,
      body = { rrsets = {
        { name = "a", type = "A", changetype = "REPLACE" },
        { name = "b", type = "A", changetype = "REPLACE" } } },
      before = { rrsets = { { name = "a", type = "A", ttl = 60,
        records = { { content = "::1" } }, comments = {} } } } })
    assert.same({ rrsets = {
      { name = "a", type = "A", ttl = 60, changetype = "REPLACE",
        records = { { content = "::1" } } },
      { name = "b", type = "A", changetype = "DELETE" } } }, undone.body)
    assert.equal("put back record 'acme.example./2 records'", undone.what)
  end)

  it("brings back an item that was removed", function()
    local undone = undo(names, { method = "PATCH", path = ZONE,
      body = { rrsets = { { name = "a", type = "A",
        changetype = "DELETE" } } },
      before = { rrsets = { { name = "a", type = "A", ttl = 60 } } } })
    assert.same({ rrsets = { { name = "a", type = "A", ttl = 60,
      changetype = "REPLACE" } } }, undone.body)
  end)

  it("gives the row's reason", function()
    local undone, reason = undo(broker, { method = "PUT",
      path = "/policies/a/b", body = { pattern = "x" } })
    assert.is_nil(undone)
    assert.equal("policies are history", reason)
    assert.equal("what it means is not declared", select(2,
      undo(names, { method = "POST", path = "/hosts/1/restart" })))
  end)

  it("takes the operation that a row names", function()
    local d = declared.names()
    table.insert(d.operations, { "locks.create", "POST", "/locks",
      undo = "locks.open" })
    table.insert(d.operations, { "locks.open", "POST", "/locks/{id}/open" })
    table.insert(d.operations, { "locks.get", "GET", "/locks/{id}" })
    assert.same({ method = "POST", path = "/locks/7/open",
      what = "undo by locks.open: lock 'x'" },
      undo(declared.make(d), { method = "POST", path = "/locks",
        body = { name = "x" }, created = { id = "7" } }))
  end)

  it("never sends the word for a hidden secret", function()
    local undone, reason = undo(names, { method = "DELETE", path = ZONE,
      before = { name = "(secret)" } })
    assert.is_nil(undone)
    assert.equal("it had a secret", reason)
  end)
end)
