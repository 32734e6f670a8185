local declared = require "tests.support.declared_providers"
local json = require "mkrun.json"
local overlays = require "mkrun.rest.overlay"

local BASE <const> = "https://broker.test/api"

local function overlay(declaration)
  return overlays.new { base_url = BASE, read = function() end,
    provider = declared.make(declaration or declared.broker()) }
end

local function read(path) return { method = "GET", url = BASE .. path } end

local function answer(document, status)
  return { status = status or 200, body = json.encode(document) }
end

local function write(method, path, body)
  return { method = method, url = BASE .. path, body = body }
end

describe("what a plan rests on", function()
  it("is what writes can set of a thing, not what changes by itself", function()
    local own = overlay()
    local function essence(document)
      return own:essence(read "/queues/news/jobs", answer(document))
    end
    local first = essence { vhost = "news", name = "jobs", durable = true,
      messages = 1 }
    assert.equal(first, essence { vhost = "news", name = "jobs",
      durable = true, messages = 2 })
    assert.not_equal(first, essence { vhost = "news", name = "jobs",
      durable = false, messages = 1 })
    assert.equal("404", own:essence(read "/queues/news/jobs", answer({}, 404)))
    assert.is_nil(own:essence(read "/elsewhere", answer {}))
  end)

  it("is what any of the writes can set", function()
    local own, path = overlay(declared.names()), "/servers/localhost/zones/a."
    local function essence(account, serial)
      return own:essence(read(path), answer { id = "a.", name = "a.",
        account = account, serial = serial }) -- only zones.patch sets it
    end
    assert.equal(essence("x", 1), essence("x", 2))
    assert.not_equal(essence("x", 1), essence("y", 1))
  end)

  it("has the items inside a document", function()
    local own, path = overlay(declared.names()), "/servers/localhost/zones/a."
    local function essence(ttl)
      return own:essence(read(path), answer { id = "a.", serial = ttl,
        rrsets = json.array { { name = "a.", type = "A", ttl = ttl } } })
    end
    assert.not_equal(essence(1), essence(2))
  end)

  it("is of a read thing that thing, there or not", function()
    local own = overlay()
    local rests = own:rests { write("PUT", "/vhosts/news", {}) }
    local picks = own:picked(read "/vhosts/news", answer({}, 404), rests, {})
    assert.same({ kind = "vhost", name = "news", digest = false, by = { 1 } },
      picks[BASE .. "/vhosts/news"])
    assert.is_nil(own:picked(read "/vhosts/news", answer({}, 403), rests, {}))
  end)

  it("is of a list what writes change and what was compared", function()
    local own = overlay()
    local rests = own:rests { write("DELETE", "/vhosts/b") }
    local list = answer(json.array { { name = "a" }, { name = "b" },
      { name = "c" } })
    local function picked(also)
      local names = {}
      for _, pick in pairs(own:picked(read "/vhosts", list, rests, also)) do
        names[#names + 1] = pick.name
      end
      table.sort(names)
      return table.concat(names, " ")
    end
    assert.equal("b", picked {})
    assert.equal("b c", picked { [BASE .. "/vhosts/c"] = true })
    assert.equal("a b c", picked { [BASE .. "/vhosts"] = true })
    assert.is_true(own:watches(read "/vhosts", rests))
    assert.is_false(own:watches(read "/users", rests))
  end)

  it("is that nothing has what identifies what a POST makes", function()
    local own, path = overlay(declared.names()), "/servers/localhost/zones"
    local rests = own:rests { write("POST", path, { name = "a." }) }
    local function picked(name)
      return (own:picked(read(path), answer(json.array { { id = "7",
        name = name } }), rests, {}))[BASE .. path .. "/7"]
    end
    assert.is_nil(picked "b.")
    assert.same({ 1 }, picked("a.").by)
  end)

  it("has the numbered pages of a list together", function()
    local declaration = declared.broker()
    declaration.list = { page = "page", page_size = "size", size = 2 }
    local own = overlay(declaration)
    local function numbered(path, query)
      local request = read(path)
      request.query = query
      return own:numbered(request)
    end
    local first = numbered("/vhosts", { page = "1", size = "2" })
    assert.is_string(first)
    assert.equal(first, numbered("/vhosts", { page = "7", size = "2" }))
    assert.not_equal(first, numbered("/vhosts", { page = "1", size = "2",
      kind = "x" }))
    assert.not_equal(first, numbered("/users", { page = "1", size = "2" }))
    assert.is_nil(numbered("/vhosts/a", {}))
    assert.is_nil(overlay():numbered(read "/vhosts"))
  end)

  it("shows no secret", function()
    local pick = overlay():picked(read "/users/bo", answer { name = "bo",
      password_hash = "canary", tags = json.array { "x" } },
      overlay():rests {}, {})
    assert.not_matches("canary", json.encode(pick))
  end)
end)
