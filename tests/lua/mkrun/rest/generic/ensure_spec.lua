local declared = require "tests.support.declared_providers"
local json = require "mkrun.json"
local long_wait = require "mkrun.host.long_wait"
local providers = require "mkrun.providers"
local rest = require "mkrun.rest"
local worlds = require "tests.support.rest_world"

local BROKER <const> = "http://localhost:15672/api"
local NAMES <const> = "http://localhost:8081/api/v1"
local ZONE <const> = "/servers/localhost/zones/acme.example."

local function connect(kind, base)
  local world = worlds[kind](base)
  local provider = rest.provider(declared[kind]())
  return provider.connect { token = "user:a password", http = world }, world
end

local function broker() return connect("broker", BROKER) end
local function names() return connect("names", NAMES) end

local function problem_of(...)
  local ok, problem = pcall(...)
  assert.is_false(ok)
  return problem
end

before_each(function()
  long_wait.use { sleep = function() end, is_simulated = true }
end)

after_each(function()
  long_wait.use()
  providers.remove "broker"
  providers.remove "names"
end)

describe("ensure of a thing made by PUT", function()
  it("makes it, then finds nothing to do, then changes it", function()
    local rabbit, world = broker()
    local id = { vhost = "news", name = "jobs" }
    local function ensure(want)
      local queue, outcome, details = rabbit.queues:ensure(id, want)
      return { queue.state, queue.durable, outcome, details }
    end
    assert.same({ "running", true, "created", {} }, ensure { durable = true })
    assert.same({ "running", true, "unchanged", {} },
      ensure { durable = true })
    assert.same({ "running", false, "changed", { "durable" } },
      ensure { durable = false })
    assert.same({ "PUT /queues/news/jobs", "PUT /queues/news/jobs" },
      world.writes())
  end)

  it("replaces with what was there, reduced to what the body takes", function()
    local rabbit, world = broker()
    world.state.vhosts = { a = { name = "a", description = "x", tags = "y",
      state = "running" } }
    rabbit.vhosts:ensure("a", { description = "z" })
    assert.same({ description = "z", tags = "y" }, world.seen[2].body)
  end)

  it("does not compare secrets and what is to be ignored", function()
    local rabbit, world = broker()
    local want = { password = "a long password", tags = { "x" } }
    local _, outcome = rabbit.users:ensure("kari", want)
    assert.equal("created", outcome)
    want.password = "another password"
    assert.equal("unchanged", select(2, rabbit.users:ensure("kari", want)))
    assert.same({ "PUT /users/kari" }, world.writes())
    assert.equal("(secret)", world.seen[2].body.password)
  end)

  it("says what the server did not do", function()
    local rabbit, world = broker()
    world.state.vhosts = { a = { name = "a", description = "x" } }
    world.faults["PUT /vhosts/a"] = "nothing"
    local problem = problem_of(rabbit.vhosts.ensure, rabbit.vhosts, "a",
      { description = "z" })
    assert.equal("mismatch", problem.code)
    assert.matches("vhost 'a' is not as it was asked to be: 'description'",
      tostring(problem), 1, true)
  end)

  it("refuses a member that no body takes, with the nearest", function()
    local rabbit = broker()
    assert.matches("ensure_spec.lua:%d+: bad argument #2 to 'ensure' "
      .. "%(at '/durabel': unknown key, did you mean 'durable'%?%)",
      problem_of(function()
        rabbit.queues:ensure({ vhost = "a", name = "b" }, { durabel = true })
      end))
  end)

  it("refuses an id that lacks a part, or has another", function()
    local rabbit = broker()
    for _, case in ipairs {
      { "news", "'ensure' ({ vhost =, name = } expected, got string)" },
      { { vhost = "a" }, "'name': string expected, got nil" },
      { { vhost = "a", nmae = "x" }, "unknown 'nmae', did you mean 'name'?" },
      { { vhost = "a", name = ".." }, "'name': a name expected, got '..'" },
    } do
      local ok, problem = pcall(rabbit.queues.ensure, rabbit.queues, case[1],
        {})
      assert.is_false(ok)
      assert.matches(case[2], problem, 1, true)
    end
  end)
end)

describe("ensure of a thing with an id of the server's", function()
  it("finds it by what identifies it", function()
    local dns, world = names()
    local zone, outcome =
      dns.zones:ensure({ name = "acme.example." }, { kind = "Native" })
    assert.same({ "acme.example.", "created" }, { zone.id, outcome })
    assert.equal("unchanged", select(2,
      dns.zones:ensure({ name = "acme.example." }, { kind = "Native" })))
    local _, again, details =
      dns.zones:ensure("acme.example.", { kind = "Master" })
    assert.same({ "changed", { "kind" } }, { again, details })
    assert.same({ "POST /servers/localhost/zones", "PUT " .. ZONE },
      world.writes())
    assert.same({ kind = "Master" }, world.seen[#world.seen - 1].body)
  end)

  it("changes by a JSON Patch of the difference", function()
    local dns, world = names()
    dns.hosts:ensure("db", { cpus = 2, disk = { size = 10 } })
    local host, outcome, details =
      dns.hosts:ensure("db", { disk = { size = 20, kind = "ssd" } })
    assert.same({ "changed", { "disk.kind", "disk.size" } },
      { outcome, details })
    assert.same({ size = 20, kind = "ssd" }, host.disk)
    assert.equal("PATCH /hosts/1", world.writes()[2])
  end)

  it("looks for what a POST without an answer has made", function()
    local dns, world = names()
    world.faults["POST /hosts"] = "after"
    local host, outcome = dns.hosts:ensure("db", { cpus = 2 })
    assert.same({ "1", "created" }, { host.id, outcome })
    assert.same({ "POST /hosts" }, world.writes())
  end)

  it("reads what it has made if the answer has no id", function()
    local dns, world = names()
    local post = world.request
    function world.request(request)
      local response = post(request)
      if request.method == "POST" then
        return worlds.answer(201, { name = "db", cpus = 2 })
      end
      return response
    end
    local host, outcome = dns.hosts:ensure("db", { cpus = 2 })
    assert.same({ "1", "created" }, { host.uuid, outcome })
  end)

  it("knows a thing by a number", function()
    local d = declared.names()
    d.resources.hosts.identify = { "port" }
    for _, row in ipairs(d.operations) do
      if row[1] == "hosts.create" then
        row.body = { ["port!"] = "integer", cpus = "integer" }
      end
    end
    local world = worlds.names(NAMES)
    local dns = rest.provider(d).connect { token = "x", http = world }
    local host, outcome = dns.hosts:ensure({ port = 80 }, { cpus = 2 })
    assert.same({ 80, "created" }, { host.port, outcome })
    assert.equal("unchanged",
      (select(2, dns.hosts:ensure({ port = 80 }, { cpus = 2 }))))
    assert.equal(1, #world.writes())
  end)

  it("changes nothing whose id no path can name", function()
    local dns, world = names()
    world.state.hosts = { a = { id = 1e19, uuid = 1e19, name = "db" } }
    local problem = problem_of(dns.hosts.ensure, dns.hosts, "db", { cpus = 1 })
    assert.equal("host 'db' has no 'uuid' that a path can name",
      tostring(problem))
    assert.same({}, world.writes())
  end)

  it("sends a POST again that has made nothing", function()
    local dns, world = names()
    world.faults[2] = "before"
    local host, outcome = dns.hosts:ensure("db", { cpus = 2 })
    assert.same({ "1", "created" }, { host.id, outcome })
    assert.same({ "POST /hosts", "POST /hosts" }, world.writes())
  end)

  it("refuses to choose between two", function()
    local dns, world = names()
    world.state.hosts = { a = { id = "a", name = "db" },
      b = { id = "b", name = "db" } }
    local problem = problem_of(dns.hosts.ensure, dns.hosts, "db", {})
    assert.equal("several", problem.code)
    assert.equal("there are 2 of host 'db': delete the others first",
      tostring(problem))
  end)

  it("says that an operation does not take what differs", function()
    local dns = names()
    dns.zones:ensure("acme.example.", { nameservers = { "a" } })
    local problem = problem_of(dns.zones.ensure, dns.zones, "acme.example.",
      { nameservers = { "b" } })
    assert.matches("zone 'acme.example.': 'nameservers' differs, and "
      .. "zones.patch does not take it", tostring(problem), 1, true)
  end)
end)

describe("ensure of an item inside a document", function()
  local id <const> = { zone_id = "acme.example.", name = "www", type = "A" }

  it("makes, leaves and changes it by a PATCH with its mark", function()
    local dns, world = names()
    dns.zones:ensure("acme.example.", {})
    local want = { ttl = 60, records = { { content = "::1" } } }
    local item, outcome = dns.records:ensure(id, want)
    assert.same({ 60, "created" }, { item.ttl, outcome })
    assert.equal("unchanged", select(2, dns.records:ensure(id, want)))
    assert.equal("changed", select(2, dns.records:ensure(id, { ttl = 30 })))
    assert.same({ rrsets = { { name = "www", type = "A", ttl = 30,
      changetype = "REPLACE", records = { { content = "::1" } } } } },
      world.seen[#world.seen - 1].body)
    assert.same(30, dns.records:get(id).ttl)
    dns.records:delete(id)
    assert.is_nil(dns.records:find(id))
  end)
end)

describe("a wish that names another thing than its id", function()
  local function refused(text, ...)
    local ok, problem = pcall(...)
    assert.is_false(ok)
    assert.matches(text, problem, 1, true)
  end

  it("is refused before anything is asked", function()
    local dns, world = names()
    refused("bad argument #2 to 'ensure' ('name' is 'b.', and the id says "
      .. "'a.')", dns.zones.ensure, dns.zones, { name = "a." },
      { name = "b." })
    refused("bad argument #1 to 'ensure_all' ('name' is 'b', and the id says "
      .. "'a')", dns.hosts.ensure_all, dns.hosts,
      { { { name = "a" }, { name = "b" } } })
    local d = declared.names()
    d.resources.zones.keys = nil
    d.operations = { { "hosts.get", "GET", "/hosts/{number}" },
      { "hosts.put", "PUT", "/hosts/{number}" } }
    d.resources = { hosts = { keys = { number = "facts.number" } } }
    d.base_url, d.name = NAMES, "keyed"
    local api = rest.provider(d).connect { token = "x", http = world }
    refused("('facts.number' is '6', and the id says '5')", api.hosts.ensure,
      api.hosts, "5", { facts = { number = 6 } })
    providers.remove "keyed"
    assert.same({}, world.seen)
  end)

  it("may say the same again", function()
    local dns = names()
    local _, outcome = dns.hosts:ensure({ name = "7" }, { name = 7 })
    assert.equal("created", outcome)
  end)
end)

describe("a message about a kind with a vowel", function()
  it("has no wrong article", function()
    local d = declared.names()
    d.base_url, d.name = NAMES, "inn"
    d.resources = { hosts = { kind = "artist" } }
    d.operations = { { "hosts.list", "GET", "/hosts" },
      { "hosts.get", "GET", "/hosts/{id}" },
      { "hosts.create", "POST", "/hosts" },
      { "rooms.get", "GET", "/rooms/{id}" } }
    d.resources.rooms = { kind = "inn" }
    local api = rest.provider(d).connect { token = "x",
      http = { request = function() return worlds.answer(404, {}) end } }
    local texts = { problem_of(api.hosts.ensure, api.hosts, "a"),
      tostring(problem_of(api.rooms.ensure, api.rooms, "a")) }
    providers.remove "inn"
    assert.matches("the members that tell one artist from another", texts[1],
      1, true)
    assert.matches("inn 'a' is not there, and nothing declared makes it",
      texts[2], 1, true)
  end)
end)

describe("ensure_all", function()
  it("reads one list, and writes what differs", function()
    local rabbit, world = broker()
    world.state.queues = {
      ["news\0a"] = { vhost = "news", name = "a", durable = true },
      ["news\0b"] = { vhost = "news", name = "b", durable = true } }
    local results = rabbit.queues:ensure_all {
      { vhost = "news", name = "a", durable = true },
      { vhost = "news", name = "b", durable = true },
    }
    assert.equal(1, world.reads())
    assert.same({ "unchanged", "unchanged" },
      { results[1].outcome, results[2].outcome })
    results = rabbit.queues:ensure_all {
      { { vhost = "news", name = "a" }, { durable = false } },
      { { vhost = "news", name = "c" }, { durable = true } },
    }
    assert.is_nil(results.problem)
    assert.same({ "changed", "created" },
      { results[1].outcome, results[2].outcome })
  end)

  it("makes things with ids of the server's", function()
    local dns, world = names()
    local results = dns.hosts:ensure_all { { name = "a", cpus = 1 },
      { name = "b" } }
    assert.same({ "created", "created" },
      { results[1].outcome, results[2].outcome })
    world.seen = {}
    results = dns.hosts:ensure_all { { name = "a", cpus = 1 },
      { name = "b" } }
    assert.same({ "unchanged", "unchanged" },
      { results[1].outcome, results[2].outcome })
    assert.equal(1, #world.seen)
  end)

  it("refuses to choose between two, as ensure does", function()
    local dns, world = names()
    world.state.hosts = { a = { id = "a", uuid = "a", name = "db" },
      b = { id = "b", uuid = "b", name = "db" },
      c = { id = "c", uuid = "c", name = "web" } }
    local results = dns.hosts:ensure_all { { name = "db", cpus = 1 },
      { name = "web", cpus = 1 } }
    assert.equal("several", results[1].problem.code)
    assert.equal("changed", results[2].outcome)
    assert.same({ "PATCH /hosts/c" }, world.writes())
  end)

  it("keeps the other results if one wish fails", function()
    local rabbit, world = broker()
    world.faults["PUT /vhosts/b"] = worlds.answer(400,
      { error = "bad_request", reason = "no such tag" })
    local results = rabbit.vhosts:ensure_all { { name = "a" }, { name = "b" } }
    assert.equal("created", results[1].outcome)
    assert.equal("PUT /vhosts/b: 400 no such tag (bad_request)",
      tostring(results.problem))
  end)

  it("refuses two wishes for the same thing", function()
    local rabbit = broker()
    assert.error_matches(function()
      rabbit.vhosts:ensure_all { { name = "a" }, { name = "a" } }
    end, "bad argument #1 to 'ensure_all' (two wishes for {\"name\":\"a\"})",
      1, true)
  end)
end)

describe("ensure of a list", function()
  local function compare(set)
    local d = declared.broker()
    d.operations[8].body.tags = nil
    d.operations[8].body = { tags = { "string", set = set } }
    local world = worlds.broker(BROKER)
    local rabbit = rest.provider(d).connect { token = "x", http = world }
    world.state.users = { kari = { name = "kari", tags = json.array {
      "a", "b" } } }
    return select(2, rabbit.users:ensure("kari", { tags = { "b", "a" } }))
  end

  it("compares objects of a set in any order, each once", function()
    local d = declared.names()
    d.operations[6].body.records.set = true
    local world = worlds.names(NAMES)
    local dns = rest.provider(d).connect { token = "x", http = world }
    local id = { zone_id = "a.", name = "www", type = "A" }
    local function ensure(...)
      local records = {}
      for i, content in ipairs { ... } do records[i] = { content = content } end
      return select(2, dns.records:ensure(id, { records = records }))
    end
    dns.zones:ensure "a."
    assert.equal("created", ensure("1", "2"))
    assert.equal("unchanged", ensure("2", "1"))
    assert.equal("changed", ensure("2", "2"))
  end)

  it("compares in order, or a set in any", function()
    assert.equal("changed", compare(false))
    assert.equal("unchanged", compare(true))
  end)
end)
