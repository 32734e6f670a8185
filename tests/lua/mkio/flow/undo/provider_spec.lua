local declared = require "tests.support.declared_providers"
local entry = require "mkrun.rest.entry"
local journal = require "mkrun.journal"
local json = require "mkrun.json"
local temp = require "tests.support.temp"
local undoing = require "mkio.flow.undo"
local undone = require "tests.support.undone"
local worlds = require "tests.support.rest_store"

local SETTINGS <const>, BROKER <const>, NAMES <const> =
  undone.SETTINGS, undone.BROKER, undone.NAMES
local ZONE <const> = "/servers/localhost/zones/z"

local run, connections, undo = undone.run, undone.connections, undone.undo

local function copied(documents) return json.decode(json.encode(documents)) end

--- What writes do is undone, and then there is nothing left to do.
local function is_undone(documents, writes)
  local before = copied(documents)
  local world, content = run(documents, writes)
  local told = undo(world, content)
  assert.same(before, world:state(), table.concat(told, "\n"))
  local count = #world:writes()
  undo(world, content)
  assert.equal(count, #world:writes())
  return told
end

describe("undo takes back, by the journal alone,", function()
  before_each(declared.add)
  after_each(declared.remove)

  it("what was put, made, changed and deleted, the last write first",
    function()
      local told = is_undone({
        ["/api/vhosts/old"] = { name = "old", description = "x" },
        ["/api/vhosts/gone"] = { name = "gone", description = "y" },
      }, {
        { "PUT", BROKER .. "/vhosts/news", { description = "d" } },
        { "PUT", BROKER .. "/queues/news/jobs", { durable = true } },
        { "PUT", BROKER .. "/vhosts/old", { description = "new" } },
        { "DELETE", BROKER .. "/vhosts/gone" },
      })
      assert.same({ "+ vhost gone: true", "~ vhost old: true",
        "- queue news/jobs: true", "- vhost news: true" }, told)
    end)

  it("side by side what does not depend on each other", function()
    local world, content = run({}, {
      { "PUT", BROKER .. "/vhosts/a", {} },
      { "PUT", BROKER .. "/vhosts/b", {} },
      { "PUT", BROKER .. "/vhosts/a%2Fc", {} },
      { "POST", NAMES .. "/hosts", { name = "lost" }, "after" },
      { "POST", NAMES .. "/hosts", { name = "new" } },
    })
    local steps = undoing.steps(content.writes, content.notes,
      connections(world, content))
    local sizes = {}
    for i, group in ipairs(undoing.runs(steps)) do sizes[i] = #group end
    assert.same({ 1, 1, 2, 1 }, sizes) -- new, lost, a/c with b, a
  end)

  it("several changes of one thing, at once", function()
    is_undone({ ["/api/vhosts/a"] = { name = "a", description = "1" } }, {
      { "PUT", BROKER .. "/vhosts/a", { description = "2" } },
      { "PUT", BROKER .. "/vhosts/a", { description = "3", tags = "t" } },
      { "DELETE", BROKER .. "/vhosts/a" },
      { "PUT", BROKER .. "/vhosts/a", { description = "4" } },
    })
    local told = is_undone({}, {
      { "PUT", BROKER .. "/vhosts/a", { description = "2" } },
      { "DELETE", BROKER .. "/vhosts/a" },
    })
    assert.same({}, told)
  end)

  it("a user with a password, but not a password", function()
    local told = is_undone({}, { { "PUT", BROKER .. "/users/kari",
      { password = "canary", tags = json.array { "monitoring" } } } })
    assert.same({ "- user kari: true" }, told)
    local world, content = run({ ["/api/users/kari"] = { name = "kari",
      password_hash = "h", tags = json.array {} } }, {
      { "PUT", BROKER .. "/users/kari", { password = "canary",
        tags = json.array {} } } })
    told = undo(world, content)
    assert.equal(1, #told)
    assert.matches("^! user kari: its password.* is a secret", told[1])
    assert.equal(1, #world:writes())
  end)

  it("merge patches, JSON Patches, and things with the server's ids",
    function()
      is_undone({
        ["/api/v1" .. ZONE] = { id = "z", name = "z", kind = "Native" },
        ["/api/v1/hosts/h"] = { uuid = "h", list = json.array { "a" } },
      }, {
        { "PUT", NAMES .. ZONE, { kind = "Slave" } },
        { "PUT", NAMES .. ZONE, { account = "x" } },
        { "PATCH", NAMES .. "/hosts/h", { { op = "add", path = "/list/-",
          value = "b" } } },
        { "PATCH", NAMES .. "/hosts/h", { { op = "add", path = "/list/-",
          value = "c" } } },
        { "POST", NAMES .. "/hosts", { name = "new" } },
        { "PATCH", NAMES .. "/hosts/id1", { { op = "add", path = "/x",
          value = 1 } } },
      })
    end)

  it("what only a list shows", function()
    local names = declared.names()
    for i = #names.operations, 1, -1 do
      local key = names.operations[i][1]
      if key == "hosts.get" then table.remove(names.operations, i) end
    end
    entry.add(declared.make(names))
    is_undone({}, { { "POST", NAMES .. "/hosts", { name = "new" } },
      { "POST", NAMES .. "/hosts", { name = "lost" }, "after" } })
    local world, content = run({ ["/api/v1/hosts/h"] = { uuid = "h",
      name = "a" } }, { { "DELETE", NAMES .. "/hosts/h" } })
    assert.same({ "+ host a: true" }, (undo(world, content)))
    assert.equal("a", world.documents["/api/v1/hosts/id1"].name)
    for _, request in ipairs(world.requests) do
      assert.not_matches("^GET .*/hosts/.", request)
    end
  end)

  it("items inside a document, and no others", function()
    local zone = { id = "z", name = "z", rrsets = json.array {
      { name = "www", type = "A", ttl = 60, records = json.array {
        { content = "1.1.1.1" } } },
      { name = "ftp", type = "A", ttl = 60, records = json.array {
        { content = "1.1.1.2" } } },
    } }
    local world, content = run({ ["/api/v1" .. ZONE] = zone }, {
      { "PATCH", NAMES .. ZONE, { rrsets = json.array {
        { changetype = "REPLACE", name = "www", type = "A", ttl = 5,
          records = json.array { { content = "2.2.2.2" } } },
        { changetype = "REPLACE", name = "new", type = "A", ttl = 5,
          records = json.array {} } } } },
      { "PATCH", NAMES .. ZONE, { rrsets = json.array {
        { changetype = "DELETE", name = "ftp", type = "A" } } } },
    })
    undo(world, content)
    local found = {}
    for _, item in ipairs(world.documents["/api/v1" .. ZONE].rrsets) do
      found[item.name] = ("%d %s"):format(item.ttl, item.records[1].content)
    end
    assert.same({ www = "60 1.1.1.1", ftp = "60 1.1.1.2" }, found)
    local count = #world:writes()
    undo(world, content)
    assert.equal(count, #world:writes())
  end)

  it("a deletion of what has the server's id: it gets another one", function()
    local world, content = run({ ["/api/v1/hosts/h"] = { uuid = "h",
      name = "a" } }, { { "DELETE", NAMES .. "/hosts/h" } })
    local told, steps = undo(world, content)
    assert.matches("it gets another id", steps[1].problem)
    assert.equal("+ host a: true", told[1])
    assert.equal("a", world.documents["/api/v1/hosts/id1"].name)
    assert.same({ "+ host a: false" }, (undo(world, content)))
  end)

  it("a write without an answer, whether it took effect or not", function()
    for _, lost in ipairs { "before", "after" } do
      is_undone({ ["/api/vhosts/b"] = { name = "b", description = "1" } }, {
        { "PUT", BROKER .. "/vhosts/a", { description = "d" }, lost },
        { "PUT", BROKER .. "/vhosts/b", { description = "2" }, lost },
        { "POST", NAMES .. "/hosts", { name = "new" }, lost },
        { "POST", NAMES .. "/hosts", { name = "new" } },
      })
    end
  end)

  it("what a lost POST has made, and the run has changed since", function()
    local add = { op = "add", path = "/note", value = "n" }
    is_undone({}, {
      { "POST", NAMES .. "/hosts", { name = "lost" }, "after" },
      { "PATCH", NAMES .. "/hosts/id1", { add } },
    })
  end)

  it("but not what the run knew before a lost POST", function()
    local add = { op = "add", path = "/note", value = "n" }
    is_undone({ ["/api/v1/hosts/h"] = { uuid = "h", name = "same" } }, {
      { "PATCH", NAMES .. "/hosts/h", { add } },
      { "POST", NAMES .. "/hosts", { name = "same" }, "before" },
    })
  end)

  it("what a POST has made whose answer has no id", function()
    is_undone({}, {
      { "POST", NAMES .. "/hosts", { name = "new" }, "silent" },
      { "POST", NAMES .. "/hosts", { name = "other" } },
    })
  end)

  it("a change that only adds something inside a member", function()
    local host = { uuid = "h", more = { a = 1 }, list = json.array {
      { name = "x" } } }
    is_undone({ ["/api/v1/hosts/h"] = host,
      ["/api/v1" .. ZONE] = { kind = "K", soa = { a = 1 } } }, {
      { "PUT", NAMES .. ZONE, { soa = { b = { c = 2 } } } },
      { "PATCH", NAMES .. "/hosts/h", { { op = "add", path = "/more/b",
        value = 2 } } },
    })
    is_undone({ ["/api/v1/hosts/h"] = host }, {
      { "PATCH", NAMES .. "/hosts/h", { { op = "add", path = "/list/0/ttl",
        value = 2 } } },
    })
  end)

  it("not the value that somebody has given to what was removed", function()
    local path = "/api/v1" .. ZONE
    local world, content = run({ [path] = { kind = "K", account = "x" } }, {
      { "PUT", NAMES .. ZONE, { account = json.null } } })
    world.documents[path].account = "theirs"
    assert.same({ "~ zone z: somebody else has changed it since" },
      (undo(world, content)))
    assert.equal("theirs", world.documents[path].account)
    world.documents[path].account = ""
    undo(world, content)
    assert.equal("x", world.documents[path].account)
  end)

  it("nothing that somebody else has changed since", function()
    local world, content = run({
      ["/api/vhosts/a"] = { name = "a", description = "1" },
      ["/api/vhosts/b"] = { name = "b", description = "1" },
    }, {
      { "PUT", BROKER .. "/vhosts/a", { description = "2" } },
      { "PUT", BROKER .. "/vhosts/b", { description = "2" } },
      { "PUT", BROKER .. "/vhosts/c", { description = "2" } },
      { "DELETE", BROKER .. "/vhosts/c" },
      { "PUT", BROKER .. "/vhosts/c", { description = "3" } },
    })
    world.documents["/api/vhosts/a"].description = "theirs"
    world.documents["/api/vhosts/b"] = nil
    world.documents["/api/vhosts/c"].description = "theirs"
    local count = #world:writes()
    assert.same({
      "- vhost c: somebody else has changed it since",
      "~ vhost b: somebody else has removed it since",
      "~ vhost a: somebody else has changed it since",
    }, (undo(world, content)))
    assert.equal(count, #world:writes())
  end)

  it("what somebody else has added to, without what they added", function()
    local world, content = run({ ["/api/v1" .. ZONE] = { id = "z", name = "z",
      kind = "Native" } }, { { "PUT", NAMES .. ZONE, { kind = "Slave" } } })
    world.documents["/api/v1" .. ZONE].account = "theirs"
    assert.same({ "~ zone z: true" }, (undo(world, content)))
    assert.same({ id = "z", name = "z", kind = "Native", account = "theirs" },
      world.documents["/api/v1" .. ZONE])
  end)

  it("nothing that has no inverse, with the reason", function()
    local world, content = run({ ["/api/v1/hosts/h"] = { uuid = "h" } }, {
      { "PUT", BROKER .. "/policies/v/p", { pattern = "x" } },
      { "POST", NAMES .. "/hosts/h/restart", {} },
      { "DELETE", BROKER .. "/queues/v/q/contents" },
    })
    local told = undo(world, content)
    assert.equal("! policy v/p: policies are history", told[#told])
    for _, line in ipairs(told) do assert.matches("^! ", line) end
  end)

  it("what loses something, and says so", function()
    local world, content = run({ ["/api/queues/v/q"] = { name = "q",
      durable = true } }, { { "DELETE", BROKER .. "/queues/v/q" } })
    local told, steps = undo(world, content)
    assert.same({ "+ queue v/q: true" }, told)
    assert.equal("its messages cannot be brought back", steps[1].problem)
  end)

  it("and takes no other 404 for gone than the provider declares", function()
    for code, is_gone in pairs { gone = true, none = true, no_page = false } do
      local declaration = declared.broker()
      declaration.error.absent = { "gone", "none" }
      entry.add(declared.make(declaration))
      local world, content = run({}, {
        { "PUT", BROKER .. "/vhosts/a", { description = "1" } } })
      function world.answer()
        return 404, json.encode { error = code, reason = "no such page" }
      end
      local lines = undo(world, content)
      local text = table.concat(lines, "\n")
      assert.equal(is_gone, text:find("no such page", 1, true) == nil, text)
    end
  end)

  it("and says why the API refused it, as a script would", function()
    local declaration = declared.broker()
    declaration.hints.in_use = "empty it first"
    entry.add(declared.make(declaration))
    for hint, answer in pairs {
      ["409 it is in use (in_use): empty it first"] = { 409, "in_use",
        "it is in use" },
      ["403 not yours (no): the user needs the tag 'administrator'"] = { 403,
        "no", "not yours" },
    } do
      local world, content = run({}, {
        { "PUT", BROKER .. "/vhosts/a", { description = "1" } } })
      local ask = world.answer
      function world:answer(method, ...)
        if method == "GET" then return ask(self, method, ...) end
        return answer[1], json.encode { error = answer[2],
          reason = answer[3] }
      end
      assert.same({ "- vhost a: DELETE /vhosts/a: " .. hint },
        (undo(world, content)))
    end
  end)

  it("and ends with what the API says of a list that it does not show",
    function()
      for status, says in pairs { [401] = "401 no key", [500] = "500 down" } do
        local world, content = run({ ["/api/v1/hosts/h"] = { uuid = "h",
          name = "a" } }, { { "DELETE", NAMES .. "/hosts/h" } })
        function world.answer()
          return status, json.encode { error = says:sub(5) }
        end
        local ok, problem = pcall(undo, world, content)
        assert.is_false(ok)
        assert.matches("GET /hosts: " .. says, tostring(problem), 1, true)
      end
    end)

  --- Calls `visit` with each place in a value: a table and a key.
  local function each_place(value, visit)
    local keys = {}
    for key in pairs(value) do keys[#keys + 1] = key end
    for _, key in ipairs(keys) do
      visit(value, key)
      if type(value[key]) == "table" then each_place(value[key], visit) end
    end
  end

  local GONE <const> = {}

  it("of no journal whose paths lead elsewhere, or without means", function()
    local _, _, path = run({}, {
      { "PUT", BROKER .. "/vhosts/a", { description = "2" } } })
    local text = temp.read(path)
    for from, to in pairs {
      ['"target":"'] = '"target":"http://elsewhere.test',
      ['"inverse":{"method":"DELETE","path":"'] =
        '"inverse":{"method":"DELETE","path":"@elsewhere.test',
      ['"collection":"'] = '"collection":"x',
      ['"means":'] = '"meant":',
      ['"vhosts.put","PUT"'] = '"vhosts.get","PUT"',
    } do
      local wrong, count = text:gsub(from, to)
      assert.is_true(count > 0, from)
      local ok, problem =
        pcall(journal.hold, temp.file(wrong), SETTINGS)
      assert.is_false(ok, from)
      assert.matches("line %d+ is not what a run wrote", problem.detail)
    end
  end)

  --- Reads a journal and undoes it.  Refusals are fine, other errors are not.
  local function try(text, what)
    local path = temp.file(text)
    local ok, problem = pcall(function()
      local content, log = journal.hold(path, SETTINGS)
      log:close()
      local world = worlds.new()
      local good, connected = pcall(connections, world, content)
      undo(world, content, good and connected or {})
    end)
    local is_told = type(problem) == "table"
    assert.is_true(ok or is_told, ("%s: %s"):format(what, tostring(problem)))
  end

  it("of a damaged journal what can be, and never fails inside", function()
    local _, _, path = run({ ["/api/vhosts/a"] = { description = "1" },
      ["/api/v1" .. ZONE] = { id = "z", kind = "Native" } }, {
      { "PUT", BROKER .. "/vhosts/a", { description = "2" } },
      { "POST", NAMES .. "/hosts", { name = "new" } },
      { "DELETE", NAMES .. "/hosts/id1" },
      { "POST", NAMES .. "/hosts", { name = "lost" }, "before" },
      { "PUT", NAMES .. ZONE, { kind = "Slave" } },
      { "PATCH", NAMES .. ZONE, { rrsets = json.array { { name = "www",
        changetype = "REPLACE", type = "A", ttl = 5,
        records = json.array {} } } } },
    })
    local lines = {}
    for line in temp.read(path):gmatch "[^\n]+" do lines[#lines + 1] = line end
    local wrongs, count = { 5, "x", json.object {}, json.array { 5 },
      json.null, "http://elsewhere.test/x", GONE }, 0
    for i = 2, #lines do
      local kept = lines[i]
      local value = json.decode(kept)
      each_place(value, function(object, key)
        local was = object[key]
        count = count + 1
        local wrong = wrongs[count % #wrongs + 1] -- a sample is enough
        if wrong == GONE then wrong = type(key) == "number" and 5 or nil end
        object[key] = wrong
        lines[i] = json.encode(value)
        try(table.concat(lines, "\n") .. "\n", lines[i])
        object[key] = was
      end)
      lines[i] = kept
    end
  end)
end)
