local declared = require "tests.support.declared_providers"
local json = require "mkrun.json"
local overlays = require "mkrun.rest.overlay"
local secret = require "mkrun.secret"

local BASE <const> = "https://broker.test/api"

--- An API that answers with `answers`: path -> document, or status.
local function world(answers, declaration)
  local sent, count = {}, 0
  local function live(request)
    local path = request.url:sub(#BASE + 1)
    sent[#sent + 1] = request.method .. " " .. path
    local found = answers[path] or 404
    if type(found) == "number" then return { status = found, body = "{}" } end
    return { status = 200, body = assert(json.encode(found)), headers = {} }
  end
  local overlay = overlays.new { base_url = BASE, read = live,
    provider = declared.make(declaration or declared.broker()),
    id = function()
      count = count + 1
      return ("00000000-0000-4000-8000-%012d"):format(count)
    end }
  local function ask(method, path, body, query)
    local request = { method = method, url = BASE .. path, query = query,
      body = body and assert(json.encode(body)) }
    local response, change, code
    if method == "GET" then
      response, change, code = overlay:get(request, live)
    else
      response, change, code = overlay:write(request)
    end
    if not response then return nil, change, code end
    return response.status, json.decode(response.body), change
  end
  return ask, sent, overlay
end

local ID <const> = "00000000-0000-4000-8000-000000000001"

describe("the overlay of a provider: PUT", function()
  it("makes what GET of the path gives, and the list has it", function()
    local ask = world { ["/vhosts"] = json.array { { name = "/" } } }
    assert.equal(404, (ask("GET", "/vhosts/news")))
    local status, _, change = ask("PUT", "/vhosts/news", { tags = "a" })
    assert.equal(201, status)
    assert.same({ "create", "vhost", "news", "/vhosts/news" },
      { change.action, change.kind, change.name, change.target })
    local _, document = ask("GET", "/vhosts/news")
    assert.same({ name = "news", tags = "a" }, document)
    local _, list = ask("GET", "/vhosts")
    assert.same({ { name = "/" }, { name = "news", tags = "a" } }, list)
  end)

  it("replaces, and keeps what only the server sets", function()
    local ask = world {
      ["/vhosts/news"] = { name = "news", tags = "a", description = "b",
        messages = 7 },
      ["/vhosts"] = json.array { { name = "news", tags = "a", tracing = false,
        description = "b" } },
    }
    local _, _, change = ask("PUT", "/vhosts/news", { tags = "c" })
    assert.equal("update", change.action)
    assert.same({ name = "news", tags = "c", messages = 7 }, change.after)
    assert.same({ name = "news", tags = "a", description = "b", messages = 7 },
      change.before)
    local _, list = ask("GET", "/vhosts")
    assert.same({ { name = "news", tags = "c", tracing = false } }, list)
  end)

  it("replaces all if any members are taken and it repeats some", function()
    local declaration = declared.broker()
    for _, row in ipairs(declaration.operations) do
      if row[1] == "vhosts.put" then row.body = "object" end
    end
    local function after(body)
      local ask = world({ ["/vhosts/a"] = { name = "a", x = 1, y = 2 } },
        declaration)
      local _, _, change = ask("PUT", "/vhosts/a", body)
      return change.after
    end
    assert.same({ name = "a", y = 2 }, after { name = "a", y = 2 })
    assert.same({ name = "a", x = 1, y = 3 }, after { y = 3 })
  end)

  it("shows the server's defaults", function()
    local declaration = declared.broker()
    declaration.operations[4].defaults = { tags = "none", tracing = false }
    local ask = world({}, declaration)
    ask("PUT", "/vhosts/news", { description = "b" })
    local _, document = ask("GET", "/vhosts/news")
    assert.same({ name = "news", description = "b", tags = "none",
      tracing = false }, document)
  end)

  it("hides declared secrets, and GET does not show them", function()
    local ask = world { ["/users/bo"] = { name = "bo", tags = json.array {},
      password_hash = "canary-hash" } }
    local _, _, change = ask("PUT", "/users/bo",
      { password = "canary-1", tags = json.array { "x" } })
    assert.same({ password = "(secret)", tags = { "x" } }, change.body)
    assert.equal("(secret)", change.after.password_hash)
    assert.not_matches("canary", json.encode(change))
    local _, document = ask("GET", "/users/bo")
    assert.is_nil(document.password)
    assert.same({ "x" }, document.tags)
  end)

  it("hides a secret whose name has a dot", function()
    local declaration = declared.broker()
    for _, row in ipairs(declaration.operations) do
      if row[1] == "users.put" then row.body["api.key"] = "secret" end
    end
    local ask = world({ ["/users/bo"] = { name = "bo", tags = json.array {},
      ["api.key"] = "canary-1" } }, declaration)
    local _, _, change = ask("PUT", "/users/bo", { password = "x",
      tags = json.array { "x" }, ["api.key"] = "canary-2" })
    assert.equal("(secret)", change.body["api.key"])
    assert.not_matches("canary", json.encode(change))
    local names = require "mkrun.rest.subject".new(
      require "mkrun.rest.declare".provider(declaration))
      .secrets("PUT", "/users/bo")
    assert.is_true(names["api.key"])
  end)

  it("is in the list below something new, which is not asked for", function()
    for _, kind in ipairs { "vhost", "virtual host" } do
      local declaration = declared.broker()
      declaration.resources.vhosts = { kind = kind }
      local ask, sent = world({}, declaration)
      ask("PUT", "/vhosts/news", {})
      ask("PUT", "/queues/news/jobs", { durable = true })
      local count = #sent
      local status, list = ask("GET", "/queues/news")
      assert.equal(200, status, kind)
      assert.same({ { vhost = "news", name = "jobs", durable = true } }, list)
      assert.equal(count + 1, #sent) -- the list, which the API does not have
    end
  end)
end)

describe("the overlay of a provider: DELETE", function()
  it("removes from GET and list", function()
    local ask = world {
      ["/vhosts/news"] = { name = "news" },
      ["/vhosts"] = json.array { { name = "/" }, { name = "news" } },
    }
    local status, _, change = ask("DELETE", "/vhosts/news")
    assert.equal(204, status)
    assert.equal("delete", change.action)
    assert.equal(404, (ask("GET", "/vhosts/news")))
    local _, list = ask("GET", "/vhosts")
    assert.same({ { name = "/" } }, list)
  end)

  it("of what is in a removed thing is gone, and in its namesake is not",
    function()
      local declaration = declared.broker()
      local rows = declaration.operations
      rows[#rows + 1] = { "bindings.list", "GET",
        "/bindings/{vhost}/{queue}" }
      rows[#rows + 1] = { "bindings.get", "GET",
        "/bindings/{vhost}/{queue}/{key}" }
      local answers = { ["/queues/news/jobs"] = { name = "jobs" } }
      for _, vhost in ipairs { "news", "sport" } do
        local path = "/bindings/" .. vhost .. "/jobs"
        answers[path] = json.array { { vhost = vhost, queue = "jobs",
          key = "k" } }
        answers[path .. "/k"] = answers[path][1]
      end
      local ask = world(answers, declaration)
      ask("DELETE", "/queues/news/jobs")
      assert.equal(404, (ask("GET", "/bindings/news/jobs/k")))
      assert.equal(200, (ask("GET", "/bindings/sport/jobs/k")))
      assert.equal(404, (ask("GET", "/bindings/news/jobs")))
      assert.equal(1, #select(2, ask("GET", "/bindings/sport/jobs")))
    end)

  it("of what is gone is answered as the API would", function()
    local ask = world {}
    local status, document, change = ask("DELETE", "/vhosts/news")
    assert.equal(404, status)
    assert.same({ reason = "Not Found" }, document)
    assert.is_nil(change)
    assert.is_nil(change)
  end)

  it("is answered with a code that says 'not there', if there are some",
    function()
      local declaration = declared.broker()
      declaration.error.absent = { "no_such", "gone" }
      local ask = world({ ["/vhosts/news"] = { name = "news" } }, declaration)
      ask("DELETE", "/vhosts/news")
      local _, told = ask("DELETE", "/vhosts/news")
      assert.same({ error = "no_such", reason = "Not Found" }, told)
      local status, message = ask("DELETE", "/vhosts/other")
      assert.is_nil(status)
      assert.matches("which shows what it changes, answers 404", message, 1,
        true)
    end)

  it("takes along what is in the thing", function()
    local declaration = declared.broker()
    declaration.resources.vhosts = { kind = "virtual host" }
    table.insert(declaration.operations, { "queues.list", "GET", "/queues" })
    for i, row in ipairs(declaration.operations) do
      if row[3] == "/queues/{vhost}" then
        table.remove(declaration.operations, i)
      end
    end
    local ask, sent = world({ ["/vhosts/news"] = { name = "news" },
      ["/queues/news/a"] = { vhost = "news", name = "a" },
      ["/queues"] = json.array { { vhost = "news", name = "a" },
        { vhost = "other", name = "b" } } }, declaration)
    ask("PUT", "/queues/news/c", {})
    ask("DELETE", "/vhosts/news")
    local count = #sent
    assert.equal(404, (ask("GET", "/queues/news/a")))
    assert.equal(404, (ask("PUT", "/queues/news/a", {})))
    assert.equal(count, #sent)
    local _, list = ask("GET", "/queues")
    assert.same({ { vhost = "other", name = "b" } }, list)
    ask("PUT", "/vhosts/news", {}) -- it may be made again
    assert.equal(201, (ask("PUT", "/queues/news/d", {})))
    assert.equal(404, (ask("GET", "/queues/news/c")))
  end)

  it("and PUT again is there again, in the list once", function()
    local ask = world {
      ["/vhosts/news"] = { name = "news" },
      ["/vhosts"] = json.array { { name = "news" } },
    }
    ask("DELETE", "/vhosts/news")
    ask("PUT", "/vhosts/news", { tags = "b" })
    local _, list = ask("GET", "/vhosts")
    assert.same({ { name = "news", tags = "b" } }, list)
  end)
end)

describe("the overlay of a provider: POST", function()
  local ZONES <const> = "/servers/localhost/zones"

  it("makes something with an id that is known after apply", function()
    local ask, sent, overlay = world({ [ZONES] = json.array {} },
      declared.names())
    local status, made, change = ask("POST", ZONES, { name = "a." })
    assert.equal(201, status)
    assert.same({ id = ID, name = "a." }, made)
    assert.same({ "create", "zone", "a.", ID },
      { change.action, change.kind, change.name, change.id })
    assert.equal("any", overlay.made[ID])
    local count = #sent
    local _, document = ask("GET", ZONES .. "/" .. ID)
    assert.same(made, document)
    assert.equal(404, (ask("GET", ZONES .. "/" .. ID .. "/keys")))
    assert.equal(count, #sent) -- nothing with a made-up id is sent
    local _, list = ask("GET", ZONES)
    assert.same({ made }, list)
  end)

  it("is changed and removed by its id", function()
    local ask, sent = world({}, declared.names())
    ask("POST", ZONES, { name = "a.", kind = "Native" })
    local _, _, change = ask("PUT", ZONES .. "/" .. ID, { kind = "Master" })
    assert.equal("update", change.action)
    assert.is_nil(change.target)
    local _, document = ask("GET", ZONES .. "/" .. ID)
    assert.same({ id = ID, name = "a.", kind = "Master" }, document)
    assert.equal(204, (ask("DELETE", ZONES .. "/" .. ID)))
    assert.equal(404, (ask("GET", ZONES .. "/" .. ID)))
    assert.same({}, sent)
  end)

  it("that only asks is sent", function()
    local ask, sent = world({ ["/hosts/search"] = { found = 1 } },
      declared.names())
    local status, document, change = ask("POST", "/hosts/search", {})
    assert.same({ 200, { found = 1 } }, { status, document })
    assert.is_nil(change)
    assert.same({ "POST /hosts/search" }, sent)
  end)

  it("without a declared meaning is refused, and not sent", function()
    local ask, sent = world({}, declared.names())
    local status, message, code = ask("POST", "/hosts/1/restart")
    assert.is_nil(status)
    assert.equal("plan", code)
    assert.matches("provider 'names' does not declare what it does", message)
    assert.same({}, sent)
  end)
end)

describe("the overlay of a provider: PATCH", function()
  it("merges", function()
    local path = "/servers/localhost/zones/7"
    local ask = world({ [path] = { id = "7", kind = "a", account = "x" } },
      declared.names())
    local _, _, change = ask("PUT", path, { kind = "b", account = json.null })
    assert.same({ id = "7", kind = "b" }, change.after)
  end)

  it("performs a JSON Patch, or answers as the API would", function()
    local ask = world({ ["/hosts/7"] = { id = 7, tags = json.array { "a" } } },
      declared.names())
    local status, _, change = ask("PATCH", "/hosts/7", json.array {
      { op = "add", path = "/tags/-", value = "b" } })
    assert.equal(200, status)
    assert.is_true(change.is_patch)
    assert.same({ id = 7, tags = { "a", "b" } }, change.after)
    assert.equal(409, (ask("PATCH", "/hosts/7", json.array {
      { op = "test", path = "/id", value = 8 } })))
    assert.equal(400, (ask("PATCH", "/hosts/7", json.array {
      { op = "remove", path = "/none" } })))
    assert.equal(404, (ask("PATCH", "/hosts/8", json.array {})))
  end)

  it("changes the items of a list in a document", function()
    local path = "/servers/localhost/zones/a."
    local ask = world({ [path] = { id = "a.", rrsets = json.array {
      { name = "www.a.", type = "A", ttl = 60, records = json.array {} } } } },
      declared.names())
    local _, _, change = ask("PATCH", path, { rrsets = json.array { {
      name = "www.a.", type = "A", changetype = "REPLACE", ttl = 300 } } })
    assert.same({ "update", "record", "a./www.a./A", path },
      { change.action, change.kind, change.name, change.target })
    assert.same({ name = "www.a.", type = "A", ttl = 300 }, change.after)
    local _, _, new = ask("PATCH", path, { rrsets = json.array { {
      name = "mx.a.", type = "MX", changetype = "REPLACE", ttl = 5 } } })
    assert.equal("create", new.action)
    assert.same({ { path = "name", after = "mx.a." }, { path = "ttl",
      after = 5 }, { path = "type", after = "MX" } },
      require "mkrun.plan.fields".of(new))
    ask("PATCH", path, { rrsets = json.array { {
      name = "www.a.", type = "A", changetype = "DELETE" } } })
    local _, document = ask("GET", path)
    assert.same({ { name = "mx.a.", type = "MX", ttl = 5 } }, document.rrsets)
  end)
end)

describe("a plan with a write that no GET of its path shows", function()
  local function target(change_row)
    local declaration = declared.broker()
    for _, row in ipairs(declaration.operations) do
      if row[1] == "policies.put" then change_row(row, declaration) end
    end
    local ask = world({}, declaration)
    local _, _, change = ask("PUT", "/policies/news/a", { pattern = "x" })
    return change.target
  end

  it("rests on its list, on the read that the row names, or on none",
    function()
      assert.is_nil(target(function() end))
      assert.equal("/policies/news", target(function(_, declaration)
        table.insert(declaration.operations,
          { "policies.list", "GET", "/policies/{vhost}" })
      end))
      assert.equal("/queues/news/a", target(function(row)
        row.shown_by = "queues.get"
      end))
    end)
end)

describe("the overlay of a provider", function()
  it("refuses a write when what it changes cannot be read", function()
    local ask = world { ["/vhosts/news"] = 403 }
    local status, message, code = ask("PUT", "/vhosts/news", {})
    assert.is_nil(status)
    assert.equal("plan", code)
    assert.matches("GET /vhosts/news, which shows what it changes, answers 403",
      message)
  end)

  it("passes on the failure of a read", function()
    local overlay = overlays.new { base_url = BASE,
      provider = declared.make(declared.broker()),
      read = function() return nil, "no answer", "timeout" end }
    assert.same({ nil, "no answer", "timeout" },
      { overlay:write { method = "PUT", url = BASE .. "/vhosts/a" } })
  end)

  it("asks once for what was read", function()
    local ask, sent, overlay = world { ["/vhosts/news"] = { name = "news" } }
    local request = { method = "GET", url = BASE .. "/vhosts/news",
      token = secret.new "t" }
    overlay:saw(request, assert(overlay:ask(request)))
    overlay:ask(request)
    assert.same({ "GET /vhosts/news" }, sent)
    ask("PUT", "/vhosts/news", {}) -- with another token
    assert.equal(2, #sent)
  end)
end)

--- An API with a list of `count` things in pages, and the things that a reader
--- gets who goes on as `mkrun.rest.generic.pages` does.
local function pages(rule, count, change, is_strict)
  local declaration = { name = "p", base_url = BASE, list = rule, operations = {
    { "things.list", "GET", "/things" },
    { "things.get", "GET", "/things/{id}" },
    { "things.put", "PUT", "/things/{id}", body = { a = "integer" } },
    { "things.delete", "DELETE", "/things/{id}" },
  } }
  local all = {}
  for i = 1, count do all[i] = { id = "t" .. i } end
  local function live(request)
    local id = request.url:match "/things/(.*)$"
    local item = id and all[tonumber(id:match "%d+")]
    if id then
      return { status = item and 200 or 404, body = json.encode(item or {}) }
    end
    local query, start, size = request.query or {}, 0, 4
    if rule.page_size then size = tonumber(query.size) end
    if rule.page then start = (tonumber(query.page or 1) - 1) * size end
    if rule.offset then start = tonumber(query.from or 0) end
    local page = json.array(table.move(all, start + 1,
      math.min(start + size, #all), 1, {}))
    if is_strict and not page[1] then return { status = 404, body = "{}" } end
    return { status = 200, body = assert(json.encode(
      rule.items and { data = page, total = #all } or page)) }
  end
  local overlay = overlays.new { base_url = BASE, read = live,
    provider = declared.make(declaration) }
  change(function(method, path)
    assert(overlay:write { method = method, url = BASE .. path, body = "{}" })
  end)
  local found, number = {}, 0
  while true do
    local query = rule.offset and { from = tostring(#found) }
      or { page = tostring(number + 1), size = rule.page_size and "3" or nil }
    local response = assert(overlay:get({ method = "GET", query = query,
      url = BASE .. "/things" }, live))
    local document = json.decode(response.body)
    local items = rule.items and document.data or document
    local total = rule.items and document.total
    for _, item in ipairs(items) do found[#found + 1] = item.id end
    number = number + 1
    if #items < (rule.page_size and 3 or 1) then
      return table.concat(found, " "), total
    end
  end
end

describe("a list in numbered pages", function()
  for what, rule in pairs {
    ["with a size"] = { page = "page", page_size = "size", size = 3 },
    ["without a size"] = { page = "page" },
    ["by offset"] = { offset = "from" },
    ["with a total"] = { page = "page", page_size = "size", size = 3,
      items = "data", total = "total" },
  } do
    it("has each thing once after planned writes, " .. what, function()
      local found, total = pages(rule, 7, function(write)
        write("DELETE", "/things/t2")
        write("PUT", "/things/t3")
        write("PUT", "/things/t8")
        write("PUT", "/things/t9")
        write("DELETE", "/things/t9")
      end)
      assert.equal("t1 t3 t4 t5 t6 t7 t8", found)
      assert.equal(rule.total and 7, total)
    end)

    it("has a page more than the API, " .. what, function()
      assert.equal("t1 t2 t3 t4 t5 t6 t7 t8 t9 t10 t11", (pages(rule, 9,
        function(write)
          write("PUT", "/things/t10")
          write("PUT", "/things/t11")
        end, true)))
    end)
  end
end)

describe("a list whose pages have links", function()
  local function declaration()
    local changed = declared.broker()
    changed.list = { items = "rows", next = "next" }
    return changed
  end

  for what, link in pairs { ["a URL"] = BASE .. "/vhosts?c=2",
    ["a path"] = "/api/vhosts?c=2", ["a query"] = "?c=2",
    ["a relative path"] = "vhosts?c=2",
    ["a URL without its scheme"] = "//broker.test/api/vhosts?c=2",
  } do
    it("has new things on the last page alone, by " .. what, function()
      local ask = world({
        ["/vhosts"] = { rows = json.array { { name = "a" } }, next = link },
        ["/vhosts?c=2"] = { rows = json.array { { name = "b" } } },
      }, declaration())
      ask("PUT", "/vhosts/c", {})
      local _, first = ask("GET", "/vhosts")
      assert.same({ { { name = "a" } }, link }, { first.rows, first.next })
      local _, second = ask("GET", "/vhosts?c=2")
      assert.same({ { name = "b" }, { name = "c" } }, second.rows)
    end)
  end
end)

describe("a POST whose body has the id", function()
  local ZONES <const> = "/servers/localhost/zones"

  local function names()
    local declaration = declared.names()
    declaration.resources.zones = { identify = { "name" }, id = "name" }
    return declaration
  end

  it("makes it under that id, which is known before apply", function()
    local ask, _, overlay = world({ [ZONES] = json.array {} }, names())
    local status, made, change = ask("POST", ZONES, { name = "a." })
    assert.same({ 201, { name = "a." } }, { status, made })
    assert.same({}, overlay.made)
    assert.is_nil(change.id)
    assert.same({ "a.", ZONES .. "/a." }, { change.name, change.target })
    assert.same({ 200, { name = "a." } }, { ask("GET", ZONES .. "/a.") })
    assert.equal(409, (ask("POST", ZONES, { name = "a." })))
  end)

  it("is refused if something has the id", function()
    local ask = world({ [ZONES .. "/a."] = { name = "a." } }, names())
    local status, _, change = ask("POST", ZONES, { name = "a." })
    assert.equal(409, status)
    assert.is_nil(change)
  end)
end)
