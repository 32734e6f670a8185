local declared = require "tests.support.declared_providers"
local entry = require "mkrun.rest.entry"
local json = require "mkrun.json"
local providers = require "mkrun.providers"
local undone = require "tests.support.undone"

local run, undo, look = undone.run, undone.undo, undone.look
local BROKER <const>, NAMES <const> = undone.BROKER, undone.NAMES
local ZONE <const> = "/servers/localhost/zones/id1"
local TAKEN <const> = "somebody else has changed it since"

describe("undo keeps what holds a thing that it leaves,", function()
  before_each(function()
    local broker = declared.broker()
    for _, row in ipairs {
      { "shelves.get", "GET", "/vhosts/{name}/shelves/{shelf}" },
      { "shelves.put", "PUT", "/vhosts/{name}/shelves/{shelf}",
        body = { label = "string" } },
      { "shelves.delete", "DELETE", "/vhosts/{name}/shelves/{shelf}" },
    } do
      table.insert(broker.operations, row)
    end
    broker.resources.shelves = { kind = "shelf" }
    entry.add(declared.make(broker))
    entry.add(declared.make(declared.names()))
  end)
  after_each(function()
    providers.remove "broker"
    providers.remove "names"
  end)

  --- Expects the same lines of the list and of the run, with or without it, and
  --- that only `count` more writes are sent.
  local function stays(world, content, lines, count)
    local before = #world:writes()
    local seen = look(world, content)
    for i, line in ipairs(lines) do
      local wanted = line:gsub(": true$", ": due")
      assert.equal(wanted, seen[i])
    end
    assert.same(lines, (undo(world, content)))
    assert.equal(before + count, #world:writes())
  end

  it("by its path", function()
    local world, content = run({}, {
      { "PUT", BROKER .. "/vhosts/a", {} },
      { "PUT", BROKER .. "/vhosts/b", {} },
      { "PUT", BROKER .. "/vhosts/a/shelves/s", { label = "1" } },
      { "PUT", BROKER .. "/vhosts/b/shelves/s", { label = "1" } },
    })
    world.documents["/api/vhosts/a/shelves/s"].label = "theirs"
    stays(world, content, { "- shelf b/s: true", "- shelf a/s: " .. TAKEN,
      "- vhost b: true",
      "- vhost a: what is in it stays: shelf 'a/s'" }, 2)
    assert.is_table(world.documents["/api/vhosts/a"])
    assert.is_nil(world.documents["/api/vhosts/b"])
  end)

  it("by a parameter that names it", function()
    local world, content = run({}, {
      { "PUT", BROKER .. "/vhosts/a", {} },
      { "PUT", BROKER .. "/vhosts/b", {} },
      { "PUT", BROKER .. "/queues/a/q", { durable = true } },
    })
    world.documents["/api/queues/a/q"].durable = false
    stays(world, content, { "- queue a/q: " .. TAKEN, "- vhost b: true",
      "- vhost a: what is in it stays: queue 'a/q'" }, 1)
  end)

  it("also what nothing can undo", function()
    local world, content = run({}, {
      { "PUT", BROKER .. "/vhosts/a", {} },
      { "PUT", BROKER .. "/policies/a/p", { pattern = "x" } },
    })
    stays(world, content, { "! policy a/p: policies are history",
      "- vhost a: what is in it stays: policy 'a/p'" }, 0)
  end)

  it("with an id of the server's, for an item inside it", function()
    local item = { changetype = "REPLACE", name = "www", type = "A", ttl = 5,
      records = json.array {} }
    local world, content = run({}, {
      { "POST", NAMES .. "/servers/localhost/zones", { name = "z." } },
      { "PATCH", NAMES .. ZONE, { rrsets = json.array { item } } },
    })
    world.documents["/api/v1" .. ZONE].rrsets[1].ttl = 7
    local told = undo(world, content)
    assert.matches(TAKEN .. "$", told[1])
    assert.matches("^%- zone .*: what is in it stays: record '", told[2])
    assert.is_table(world.documents["/api/v1" .. ZONE])
  end)

  it("and names no more than three of many", function()
    local writes = { { "PUT", BROKER .. "/vhosts/a", {} } }
    for i = 1, 5 do
      writes[i + 1] = { "PUT", BROKER .. "/policies/a/p" .. i,
        { pattern = "x" } }
    end
    local world, content = run({}, writes)
    local told = undo(world, content)
    assert.equal("- vhost a: what is in it stays: policy 'a/p5', "
      .. "policy 'a/p4', policy 'a/p3' and 2 more", told[#told])
  end)

  it("and when the API refuses to remove what is in it", function()
    local world, content = run({}, {
      { "PUT", BROKER .. "/vhosts/a", {} },
      { "PUT", BROKER .. "/queues/a/q", { durable = true } },
    })
    local answer = world.answer
    function world:answer(method, path, ...)
      if method == "DELETE" and path:find "/queues/" then
        return 409, '{"error":"in_use","reason":"in use"}'
      end
      return answer(self, method, path, ...)
    end
    local told = undo(world, content)
    assert.equal("- vhost a: what is in it stays: queue 'a/q'", told[2])
    assert.is_table(world.documents["/api/vhosts/a"])
  end)

  it("but not for what somebody else has removed", function()
    local world, content = run({}, {
      { "PUT", BROKER .. "/vhosts/a", {} },
      { "PUT", BROKER .. "/queues/a/q", { durable = true } },
      { "PUT", BROKER .. "/queues/a/r", { durable = true } },
      { "DELETE", BROKER .. "/queues/a/r" },
    })
    world.documents["/api/queues/a/q"] = nil
    assert.same({ "- queue a/q: false", "- vhost a: true" },
      (undo(world, content)))
  end)
end)
