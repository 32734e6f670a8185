local declared = require "tests.support.declared_providers"
local entry = require "mkrun.rest.entry"
local json = require "mkrun.json"
local renaming = require "mkio.flow.undo.renames"
local subjects = require "mkrun.rest.subject"
local undone = require "tests.support.undone"

local run, undo, look = undone.run, undone.undo, undone.look
local HOSTS <const> = undone.NAMES .. "/hosts/"
local ZONES <const> = "/servers/localhost/zones/"

local function host(id, fields)
  fields.uuid = id
  return fields
end

--- Returns how many hosts of a name there are.
local function count(world, name)
  local found = 0
  for path, document in pairs(world.documents) do
    if path:find "^/api/v1/hosts/" and document.name == name then
      found = found + 1
    end
  end
  return found
end

local function find(world, name)
  for _, document in pairs(world.documents) do
    if document.name == name then return document end
  end
end

describe("undo of deleted things whose ids are the server's", function()
  before_each(declared.add)
  after_each(declared.remove)

  --- Deletes a host and all that names it.
  local function family()
    return run({
      ["/api/v1/hosts/h"] = host("h", { name = "a" }),
      ["/api/v1/hosts/c"] = host("c", { name = "child", parent = "h" }),
      ["/api/v1" .. ZONES .. "z"] = { id = "z", name = "z.",
        nameservers = json.array { "h", "other" },
        rrsets = json.array { { name = "www", type = "A", ttl = 5,
          records = json.array { { content = "h" } } } } },
      ["/api/queues/v/h"] = { name = "h", durable = true },
    }, {
      { "PATCH", undone.NAMES .. ZONES .. "z", { rrsets = json.array { {
        changetype = "DELETE", name = "www", type = "A" } } } },
      { "DELETE", undone.NAMES .. ZONES .. "z" },
      { "DELETE", HOSTS .. "c" },
      { "DELETE", undone.BROKER .. "/queues/v/h" },
      { "DELETE", HOSTS .. "h" },
    })
  end

  it("puts the new id into paths, bodies and lists, and says so", function()
    local world, content = family()
    local told, steps = undo(world, content)
    assert.same({ "+ host a: true", "+ queue v/h: true", "+ host child: true",
      "+ zone z.: true" }, { table.unpack(told, 1, 4) })
    local id = find(world, "a").uuid
    assert.equal(id, find(world, "child").parent)
    local zone = find(world, "z.")
    assert.same({ id, "other" }, zone.nameservers)
    assert.equal(id, zone.rrsets[1].records[1].content)
    assert.is_table(world.documents["/api/queues/v/h"])
    local notes = {}
    for i, step in ipairs(steps) do notes[i] = step.problem end
    assert.equal("it gets another id", notes[1])
    assert.equal("its messages cannot be brought back", notes[2])
    assert.equal("it gets another id; it gets the new id of host a", notes[3])
    assert.equal("it gets the new id of host a; it gets the new id of zone z.",
      notes[5])
  end)

  it("does nothing when it is done again, or goes on where it ended",
    function()
      local world, content = family()
      undo(world, content)
      local writes = #world:writes()
      for _, line in ipairs(look(world, content)) do
        assert.matches(": done$", line)
      end
      undo(world, content)
      assert.equal(writes, #world:writes())
      world.documents["/api/v1/hosts/" .. find(world, "child").uuid] = nil
      undo(world, content)
      assert.equal(find(world, "a").uuid, find(world, "child").parent)
      assert.equal(writes + 1, #world:writes())
    end)

  it("tells before what it will do", function()
    local world, content = family()
    local writes = #world:writes()
    for _, line in ipairs(look(world, content)) do
      assert.matches(": due$", line)
    end
    assert.equal(writes, #world:writes())
  end)

  --- A run that deletes `count` hosts that are alike, and makes one.
  local function twins(deleted)
    local documents, writes = {}, {}
    for i = 1, deleted do
      documents["/api/v1/hosts/h" .. i] = host("h" .. i, { name = "a" })
      writes[i] = { "DELETE", HOSTS .. "h" .. i }
    end
    writes[#writes + 1] = { "POST", undone.NAMES .. "/hosts", { name = "b" } }
    return run(documents, writes)
  end

  it("makes as many again as were deleted, however alike they are",
    function()
      local world, content = twins(3)
      assert.same({ "- host b: true", "+ host a: true", "+ host a: true",
        "+ host a: true" }, (undo(world, content)))
      assert.equal(3, count(world, "a"))
      undo(world, content)
      assert.equal(3, count(world, "a"))
    end)

  it("counts what is there that the run did not know, and nothing else",
    function()
      local world, content = twins(2)
      world.documents["/api/v1/hosts/theirs"] = host("theirs", { name = "a" })
      find(world, "b").name = "a" -- the run has made this one
      assert.same({ "- host b: somebody else has changed it since",
        "+ host a: done", "+ host a: due" }, look(world, content))
      undo(world, content)
      assert.equal(3, count(world, "a"))
      undo(world, content)
      assert.equal(3, count(world, "a"))
    end)

  --- Declares hosts that are changed in one way, and of which `create` takes a
  --- part.
  local function declare(change)
    local declaration = declared.names()
    for _, row in ipairs(declaration.operations) do
      if row[1] == "hosts.create" then
        row.body = { name = "string", note = "string", more = {
          inner = "string" } }
      elseif row[1] == "hosts.patch" then
        row[1], row[2] = change.key, change.method
        row.patch, row.body = change.patch, change.body
      end
    end
    entry.add(declared.make(declaration))
  end

  local function add(name, value)
    return { op = "add", path = "/" .. name, value = value }
  end

  local HOST <const> = { name = "a", note = "1", born = "then",
    more = { inner = "x", outer = "y" } }

  local CHANGES <const> = {
    merge = { key = "hosts.patch", method = "PATCH", patch = "merge",
      bodies = { { note = "2", born = "now", more = { outer = "z" } },
        { note = "3", extra = "new" } } },
    json = { key = "hosts.patch", method = "PATCH", patch = "json", bodies = {
      { add("note", "2"), add("born", "now"), add("more/outer", "z") },
      { add("note", "3"), add("extra", "new") } } },
    put = { key = "hosts.put", method = "PUT", body = "object", bodies = {
      { uuid = "h", name = "b", born = "now", more = { outer = "z" } },
      { uuid = "h", name = "c", extra = "new" } } },
  }

  --- A run that changes a host twice and deletes it.
  local function changed(way, lost)
    local change = CHANGES[way]
    declare(change)
    local body = json.decode(json.encode(HOST))
    local writes = { { "DELETE", HOSTS .. "h", nil, lost } }
    for i, item in ipairs(change.bodies) do
      table.insert(writes, i, { change.method, HOSTS .. "h",
        json.decode(json.encode(item)) })
    end
    return run({ ["/api/v1/hosts/h"] = host("h", body) }, writes)
  end

  local function only_host(world)
    local found
    for path, document in pairs(world.documents) do
      assert.is_nil(found, table.concat(world.requests, "\n"))
      assert.equal(path, "/api/v1/hosts/" .. document.uuid)
      found = json.decode(json.encode(document))
    end
    found.uuid = nil
    return found
  end

  it("brings back what was there before the first of several writes",
    function()
      for way in pairs(CHANGES) do
        local world, content = changed(way)
        assert.same({}, world.documents)
        local told = undo(world, content)
        assert.same({ "+ host a: true" }, told)
        assert.same(HOST, only_host(world), way)
        local count_before = #world:writes()
        assert.same({ "+ host a: done" }, look(world, content), way)
        undo(world, content)
        assert.equal(count_before, #world:writes(), way)
      end
    end)

  it("goes on where it ended between the writes of one thing", function()
    for _, way in ipairs { "merge", "json" } do
      local world, content = changed(way)
      world.documents["/api/v1/hosts/n"] = host("n", { name = "a", note = "1",
        more = { inner = "x" } })
      assert.same({ "+ host a: due" }, look(world, content))
      undo(world, content)
      assert.same(HOST, only_host(world), way)
    end
  end)

  it("changes back what a deletion without an answer did not remove",
    function()
      for way in pairs(CHANGES) do
        local world, content = changed(way, "before")
        undo(world, content)
        local now = only_host(world)
        for name, member in pairs(HOST) do
          assert.same(member, now[name], way)
        end
      end
    end)

  it("says what is lost once", function()
    local declaration = declared.names()
    declaration.resources.hosts.secrets = { "secret_note", "pin" }
    declaration.resources.hosts.lost = "its id and its secret note"
    entry.add(declared.make(declaration))
    local world, content = run({ ["/api/v1/hosts/h"] = host("h",
      { name = "a" }) }, { { "DELETE", HOSTS .. "h" } })
    local _, steps = undo(world, content)
    assert.equal("pin, if it had that, is a secret and is not brought back; "
      .. "its id and its secret note cannot be brought back",
      steps[1].problem)
  end)
end)

describe("mkio.flow.undo.renames", function()
  --- An API with numbers as ids, and the renames of one artist.
  local function museum(old, new)
    local provider = declared.make { name = "museum",
      base_url = "http://localhost:1", operations = {
        { "artists.get", "GET", "/artists/{id}" },
        { "artists.delete", "DELETE", "/artists/{id}" },
        { "works.get", "GET", "/galleries/{gallery}/works/{slug}" },
        { "works.put", "PUT", "/galleries/{gallery}/works/{slug}" },
        { "shows.get", "GET", "/shows/{show}/by/{artist_id}" },
        { "shows.put", "PUT", "/shows/{show}/by/{artist_id}" },
        { "galleries.get", "GET", "/galleries/{code}" },
        { "notes.get", "GET", "/artists/{artist}/notes/{note}" },
        { "notes.put", "PUT", "/artists/{artist}/notes/{note}" },
      } }
    local api = { provider = provider, subject = subjects.new(provider) }
    local renames = renaming.new()
    renames:add { api = api, resource = "artists", kind = "artist", old = old,
      new = new, name = "P5", collection = "/artists" }
    return renames, api
  end

  it("takes a number for an id only where a name says so", function()
    local renames, api = museum("41", "43")
    assert.same({ artist_id = 43, artistIds = { 43, 7 }, artist = "43",
      owner_id = 43, year = 41, gallery_id = 41, paid = 41, title = "41",
      deep = { artistId = 43, floor = 41 } },
      renames:value(api, { artist_id = 41, artistIds = json.array { 41, 7 },
        artist = "41", owner_id = 41, year = 41, gallery_id = 41, paid = 41,
        title = "41", deep = { artistId = 41, floor = 41 } }))
    for before, after in pairs {
      ["/artists/41"] = "/artists/43",
      ["/artists/41/notes/41"] = "/artists/43/notes/41",
      ["/shows/41/by/41"] = "/shows/41/by/43",
      ["/galleries/41/works/41"] = "/galleries/41/works/41",
    } do
      assert.equal(after, renames:path(api, "PUT", before))
    end
  end)

  it("takes any other whole value for an id", function()
    local renames, api = museum("a 41", "a/43")
    assert.same({ by = "a/43", text = "not a 41" },
      renames:value(api, { by = "a 41", text = "not a 41" }))
    assert.equal("/galleries/a%2F43/works/x",
      renames:path(api, "PUT", "/galleries/a%2041/works/x"))
    assert.equal("a 41", renames:value({}, "a 41")) -- another API
  end)
end)
