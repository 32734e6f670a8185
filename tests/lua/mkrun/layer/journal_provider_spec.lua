local declared = require "tests.support.declared_providers"
local entry = require "mkrun.rest.entry"
local journal = require "mkrun.journal"
local json = require "mkrun.json"
local layer = require "mkrun.layer.journal"
local providers = require "mkrun.providers"
local temp = require "tests.support.temp"
local worlds = require "tests.support.rest_store"

local SETTINGS <const> = { version = "1", base_url = "https://api.test",
  words = { "-" }, kept = {} }

local BROKER <const> = "http://localhost:15672/api"
local NAMES <const> = "http://localhost:8081/api/v1"

--- The layer over a journal and a server.
local function over(file, send)
  return layer.new { journal = file }(send)
end

local function ask(send, method, url, body)
  return send { method = method, url = url, json = body,
    safe = method ~= "POST" and not (method == "PATCH" and body[1] ~= nil) }
end

local function open(path) return journal.create(path, SETTINGS) end

local function reopen(path)
  return journal.reopen(path, SETTINGS, function() end)
end

--- The lines of a journal with this member.
local function lines(path, member)
  local list = {}
  for line in temp.read(path):gmatch "[^\n]+" do
    local value = json.decode(line)
    if value[member] then list[#list + 1] = value end
  end
  return list
end

--- A server, a journal and the layer between them.
local function begin(documents)
  local world, path = worlds.new(documents), temp.folder() .. "/j"
  local file = open(path)
  return world, path, over(file, world:transport()), file
end

describe("the journal of a provider's writes", function()
  before_each(declared.add)
  after_each(declared.remove)

  it("has where it is, what it means and what undoes it", function()
    local _, path, send = begin()
    ask(send, "PUT", BROKER .. "/vhosts/news", { description = "d" })
    local intent, outcome = table.unpack(lines(path, "write"))
    assert.equal("broker", intent.provider)
    assert.equal("/vhosts/news", intent.path)
    assert.is_true(intent.absent)
    assert.same({ method = "DELETE", path = "/vhosts/news",
      what = "delete vhost 'news'" }, intent.inverse)
    assert.same({ "vhost", "news", "replace" },
      { intent.means.kind, intent.means.name, intent.means.act })
    assert.equal(201, outcome.status)
    local facts = lines(path, "providers")[1].providers.broker
    assert.equal(BROKER, facts.base_url)
    assert.equal("basic", facts.token_as)
    assert.is_table(facts.operations["vhosts.delete"])
    assert.is_nil(facts.operations["queues.delete"])
  end)

  it("notes each resource once, and the provider's facts stay whole",
    function()
      local _, path, send, file = begin()
      for _, name in ipairs { "a", "b" } do
        ask(send, "PUT", BROKER .. "/vhosts/" .. name, {})
        ask(send, "PUT", BROKER .. "/queues/news/" .. name, {})
      end
      assert.equal(2, #lines(path, "providers"))
      file.log:close()
      local again = reopen(path)
      local facts = again.providers.broker
      assert.is_table(facts.operations["vhosts.put"])
      assert.is_table(facts.operations["queues.put"])
      assert.same({ lost = "its messages" }, facts.resources.queues)
      again.log:close()
    end)

  it("tells a document from none, and from one that is not known", function()
    local was = { ["/api/vhosts/news"] = { description = "old", x = 1 } }
    local _, path, send = begin(was)
    ask(send, "PUT", BROKER .. "/vhosts/news", { description = "new" })
    assert.same({ description = "old" }, lines(path, "write")[1].inverse.body)
    local forbidden = temp.folder() .. "/k"
    ask(over(open(forbidden), function(request)
      return { status = request.method == "GET" and 403 or 204, headers = {},
        body = "" }
    end), "PUT", BROKER .. "/vhosts/news", {})
    assert.same({ never = "what was there before is not known" },
      lines(forbidden, "write")[1].inverse)
  end)

  it("has no secret, whatever its name", function()
    local names = declared.names()
    names.resources.hosts.secrets = { "words" }
    entry.add(declared.make(names))
    local world, path, send = begin()
    world.documents["/api/v1/hosts/id0"] = { uuid = "id0", words = "canary" }
    ask(send, "PUT", BROKER .. "/users/kari", { password = "canary",
      tags = {} })
    ask(send, "PUT", BROKER .. "/users/kari", { password = "canary",
      tags = {} })
    ask(send, "POST", NAMES .. "/hosts", { words = "canary" })
    ask(send, "PATCH", NAMES .. "/hosts/id0", json.array { { op = "replace",
      path = "/words", value = "canary" } })
    ask(send, "DELETE", NAMES .. "/hosts/id0")
    assert.is_nil(temp.read(path):find("canary", 1, true))
    local last = lines(path, "inverse")
    assert.matches("its words is a secret", last[#last].inverse.never)
    assert.matches("is a secret", last[2].inverse.never)
  end)

  it("has only those items of a document that a write names", function()
    local function item(name, ttl)
      return { name = name, type = "A", ttl = ttl, records = json.array {} }
    end
    local _, path, send = begin { ["/api/v1/servers/localhost/zones/z"] = {
      name = "z", rrsets = json.array { item("a", 1), item("b", 2) } } }
    local new = item("b", 3)
    new.changetype = "REPLACE"
    ask(send, "PATCH", NAMES .. "/servers/localhost/zones/z",
      { rrsets = json.array { new } })
    local intent = lines(path, "write")[1]
    assert.same({ rrsets = { item("b", 2) } }, intent.before)
    assert.equal(2, intent.inverse.body.rrsets[1].ttl)
  end)

  it("has the id of what was made", function()
    local _, path, send = begin()
    ask(send, "POST", NAMES .. "/hosts", { name = "a" })
    local intent, outcome = table.unpack(lines(path, "write"))
    assert.is_nil(intent.inverse)
    assert.same({ id = "id1" }, outcome.created)
    assert.equal("/hosts/id1", outcome.inverse.path)
  end)

  it("is silent about a POST that only asks", function()
    local _, path, send = begin()
    ask(send, "POST", NAMES .. "/hosts/search", {})
    assert.equal(0, #lines(path, "write"))
  end)

  it("says that nobody has declared what a write does", function()
    local _, path, send = begin()
    ask(send, "POST", NAMES .. "/hosts/id1/restart", {})
    assert.same({ never = "its provider does not declare what it does" },
      lines(path, "write")[1].inverse)
  end)

  it("is refused for a provider at another URL", function()
    local world, path, send, file = begin()
    ask(send, "PUT", BROKER .. "/vhosts/news", {})
    file.log:close()
    entry.add(declared.make(declared.broker()),
      { base_url = "http://other.test/api" })
    local again = reopen(path)
    local response, message, code = ask(over(again, world:transport()), "GET",
      "http://other.test/api/vhosts")
    assert.same({ nil, "journal" }, { response, code })
    assert.matches("is of a run with --base-url broker=" .. BROKER, message, 1,
      true)
    again.log:close()
    local ok, problem = pcall(journal.reopen, path, { version = "1",
      base_url = "https://api.test", words = { "-" }, kept = {},
      base_urls = { broker = "http://other.test/api" } }, print)
    assert.is_false(ok)
    assert.matches("with --base-url broker=" .. BROKER, tostring(problem), 1,
      true)
  end)
end)

describe("a resumed run", function()
  before_each(function() entry.add(declared.make(declared.names())) end)
  after_each(function() providers.remove "names" end)

  --- Sends a write whose answer, or whose request, is lost.
  local function lose(world, path, takes_effect, ...)
    local file = open(path)
    local send = world:transport()
    ask(over(file, function(request)
      if request.method == "GET" then return send(request) end
      if takes_effect then send(request) end
      return nil, "lost", "closed"
    end), ...)
    file.log:close()
    return reopen(path)
  end

  --- Makes what may be found again, twice, and a third one.
  local function is_found_again()
    local world, path, send, file = begin()
    local body = { name = "a" }
    ask(send, "POST", NAMES .. "/hosts", body)
    ask(send, "POST", NAMES .. "/hosts", body)
    file.log:close()
    local again = reopen(path)
    send = over(again, world:transport())
    for _, id in ipairs { "id1", "id2", "id3" } do
      local response = ask(send, "POST", NAMES .. "/hosts", body)
      assert.equal(201, response.status)
      assert.equal(id, json.decode(response.body).uuid)
    end
    again.log:close()
  end

  it("finds what it has made again, by its id", function()
    is_found_again()
  end)

  it("finds it in the list that alone shows it", function()
    local names = declared.names()
    for i = #names.operations, 1, -1 do
      local key = names.operations[i][1]
      if key == "hosts.get" then table.remove(names.operations, i) end
    end
    entry.add(declared.make(names))
    is_found_again()
  end)

  it("looks for what it may have made, and notes its id", function()
    for _, takes_effect in ipairs { true, false } do
      local world, path = worlds.new(), temp.folder() .. "/j"
      local body = { name = "a" }
      local again = lose(world, path, takes_effect, "POST", NAMES .. "/hosts",
        body)
      local send = over(again, world:transport())
      local response = ask(send, "POST", NAMES .. "/hosts", body)
      assert.equal("id1", json.decode(response.body).uuid)
      assert.equal(1, #world:writes())
      again.log:close()
      again = reopen(path)
      assert.equal("id1", again.writes[takes_effect and 1 or 2].created.id)
      again.log:close()
    end
  end)

  it("looks in the list for what it made if the answer had no id", function()
    local world, path = worlds.new(), temp.folder() .. "/j"
    local file, transport = open(path), world:transport()
    local body = { name = "a" }
    ask(over(file, function(request)
      local response = transport(request)
      return request.method == "GET" and response
        or { status = 204, body = "" }
    end), "POST", NAMES .. "/hosts", body)
    file.log:close()
    local again = reopen(path)
    local response = ask(over(again, transport), "POST", NAMES .. "/hosts",
      body)
    assert.equal("id1", json.decode(response.body).uuid)
    assert.equal(1, #world:writes())
    again.log:close()
  end)

  it("takes nothing that is not like it, and asks where two are", function()
    local world, path = worlds.new(), temp.folder() .. "/j"
    world:answer("POST", "/api/v1/hosts", '{"name":"b"}')
    local again = lose(world, path, false, "POST", NAMES .. "/hosts",
      { name = "a" })
    world:answer("POST", "/api/v1/hosts", '{"name":"a"}')
    world:answer("POST", "/api/v1/hosts", '{"name":"a"}')
    local response, message, code = ask(over(again, world:transport()), "POST",
      NAMES .. "/hosts", { name = "a" })
    assert.same({ nil, "closed" }, { response, code })
    assert.matches("an earlier run sent this and saw no answer; 2 in /hosts "
      .. "are like it", message, 1, true)
    again.log:close()
  end)

  it("finds out whether a JSON Patch was applied", function()
    local addition = json.array {
      { op = "add", path = "/list/-", value = "x" } }
    local removal = json.array { { op = "remove", path = "/more/b" } }
    for case = 1, 4 do
      local takes_effect = case % 2 == 0
      local change = case > 2 and removal or addition
      local world = worlds.new { ["/api/v1/hosts/id9"] = { uuid = "id9",
        list = json.array { "a" }, more = { a = 1, b = 2 } } }
      local path = temp.folder() .. "/j"
      local again = lose(world, path, takes_effect, "PATCH",
        NAMES .. "/hosts/id9", change)
      assert(ask(over(again, world:transport()), "PATCH",
        NAMES .. "/hosts/id9", change))
      local host = world.documents["/api/v1/hosts/id9"]
      assert.same(case > 2 and { { "a" }, { a = 1 } }
        or { { "a", "x" }, { a = 1, b = 2 } }, { host.list, host.more })
      again.log:close()
    end
  end)

  it("sends again what may be sent twice", function()
    local world, path = worlds.new { ["/api/v1/servers/localhost/zones/z"] =
      { kind = "Native" } }, temp.folder() .. "/j"
    local url = NAMES .. "/servers/localhost/zones/z"
    local again = lose(world, path, true, "PUT", url, { kind = "Slave" })
    assert.equal(204, ask(over(again, world:transport()), "PUT", url,
      { kind = "Slave" }).status)
    again.log:close()
  end)

  it("does not send again what nobody has declared", function()
    local world, path = worlds.new(), temp.folder() .. "/j"
    local url = NAMES .. "/hosts/id1/restart"
    local again = lose(world, path, true, "POST", url, {})
    local _, message, code = ask(over(again, world:transport()), "POST", url,
      {})
    assert.equal("closed", code)
    assert.matches("look before it is sent again", message, 1, true)
    again.log:close()
  end)
end)
