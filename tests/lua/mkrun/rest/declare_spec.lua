local declared = require "tests.support.declared_providers"

--- Returns the message about a declaration that `change` has spoilt.
local function fault(change)
  local d = declared.broker()
  change(d)
  local ok, problem = pcall(declared.make, d)
  assert.is_false(ok)
  return problem
end

--- Returns the message about a provider with one more row.
local function of_row(row)
  return fault(function(d) table.insert(d.operations, row) end)
end

describe("the declaration of a provider", function()
  it("is refused with the nearest name of an unknown field", function()
    assert.equal("provider 'broker': unknown field 'baseurl', did you mean "
      .. "'base_url'?", fault(function(d) d.baseurl = "x" end))
    assert.equal("provider 'broker': unknown field of 'list' 'item', did you "
      .. "mean 'items'?", fault(function(d) d.list = { item = "x" } end))
    assert.equal("provider 'broker': unknown field of 'error' 'details', did "
      .. "you mean 'detail'?", fault(function(d) d.error.details = "x" end))
    assert.equal("provider 'broker', row 'x.get': unknown field 'undone', did "
      .. "you mean 'undo'?",
      of_row { "x.get", "GET", "/x", undone = false })
    assert.equal("provider 'broker', resource 'queues': unknown field "
      .. "'losts', did you mean 'lost'?",
      fault(function(d) d.resources.queues.losts = "x" end))
    assert.equal("provider 'broker': unknown resource 'queus', did you mean "
      .. "'queues'?", fault(function(d) d.resources.queus = {} end))
  end)

  it("is refused with a field of the wrong type", function()
    for text, change in pairs {
      ["'rates': table expected, got number"] =
        function(d) d.rates = 5 end,
      ["'reads': integer expected, got string"] =
        function(d) d.rates = { reads = "many" } end,
      ["'rates': 'reads' is less than 1 a minute"] =
        function(d) d.rates = { reads = 0 } end,
      ["'hints': status or code = text expected"] =
        function(d) d.hints = { [403] = {} } end,
      ["no 'base_url'"] = function(d) d.base_url = nil end,
      ["no 'operations'"] = function(d) d.operations = nil end,
      ["no operations"] = function(d) d.operations = {} end,
      ["'absent' of 'error' needs its 'code', the member with the codes"] =
        function(d) d.error = { absent = "x" } end,
      ["'absent' of 'error' has no code"] =
        function(d) d.error.absent = {} end,
      ["'absent': a list of texts expected, got number in it"] =
        function(d) d.error.absent = { 404 } end,
    } do
      assert.equal("provider 'broker': " .. text, fault(change))
    end
    assert.equal("rest.provider: 'name': [a-z][a-z0-9_]* expected, got 'A'",
      fault(function(d) d.name = "A" end))
  end)

  it("is refused if a list has names, which would be ignored", function()
    for _, field in ipairs { "secrets", "ignore", "identify" } do
      assert.equal(("provider 'broker', resource 'queues': '%s': a list "
        .. "expected, got the name 'pin' in it"):format(field),
        fault(function(d) d.resources.queues[field] = { pin = true } end))
    end
    assert.equal("provider 'broker': 'operations': a list expected, got the "
      .. "name 'more' in it", fault(function(d) d.operations.more = {} end))
    assert.equal("provider 'broker': 'operations': a list expected, got no "
      .. "element 2", fault(function(d)
        d.operations = { d.operations[1], nil, d.operations[3] }
      end))
    assert.equal("provider 'broker', resource 'queues': 'identify': a member "
      .. "expected, got none",
      fault(function(d) d.resources.queues.identify = {} end))
  end)

  it("is refused with a base URL that has a user or a query", function()
    for _, url in ipairs { "http://u:secret@h/api", "http://h/api?x=1",
      "h/api", "ftp://h", "http://h /api" } do
      local problem = fault(function(d) d.base_url = url end)
      assert.matches("provider 'broker': 'base_url': ", problem, 1, true)
      assert.is_nil(problem:find "secret")
    end
  end)

  it("takes four kinds of auth", function()
    for auth, as in pairs { bearer = "", basic = "basic", none = "",
      ["X-API-Key"] = "X-API-Key" } do
      local d = declared.broker()
      d.auth = auth
      assert.equal(as, declared.make(d).token_as or "")
    end
    assert.equal("provider 'broker': unknown value of 'auth' 'baerer', did you "
      .. "mean 'bearer'?", fault(function(d) d.auth = "baerer" end))
    assert.matches("name of a header field",
      fault(function(d) d.auth = "X Y: z" end), 1, true)
    for _, name in ipairs { "Cookie", "Authorization", "Host", "Basic" } do
      assert.matches("provider 'broker': 'auth': ",
        fault(function(d) d.auth = name end), 1, true)
    end
  end)
end)

describe("a row", function()
  it("is refused if its head is wrong", function()
    for text, row in pairs {
      ["row '': key RESOURCE.VERB expected, got ''"] = { "", "GET", "/x" },
      ["row 'X.y': key RESOURCE.VERB expected, got 'X.y'"] =
        { "X.y", "GET", "/x" },
      ["row 'x.y': unknown method 'FETCH', known are 'DELETE', 'GET', 'HEAD',"
        .. " 'PATCH', 'POST' and 'PUT'"] = { "x.y", "FETCH", "/x" },
      ["row 'x.y': path 'x': a path such as '/users/{name}' expected, without "
        .. "a query"] = { "x.y", "GET", "x" },
      ["row 'x.y': path '/{a}/{a}': bad parameter '{a}'"] =
        { "x.y", "GET", "/{a}/{a}" },
      ["row 'x.y': path '/{a': a brace without its parameter"] =
        { "x.y", "GET", "/{a" },
      ["row 'x.y': a row is { KEY, METHOD, PATH }: no path"] =
        { "x.y", "GET" },
      ["row 'x.get': 'get' cannot be a POST (meaning = false if it is)"] =
        { "x.get", "POST", "/x" },
      ["row 'call.get': a resource cannot be named 'call'"] =
        { "call.get", "GET", "/x" },
    } do
      assert.equal("provider 'broker', " .. text, of_row(row))
    end
    assert.equal("provider 'broker': row 'vhosts.get' is there twice",
      of_row { "vhosts.get", "GET", "/x" })
  end)

  it("is refused if it names another row that is not there", function()
    assert.equal("provider 'broker', row 'x.make', 'undo': unknown row "
      .. "'vhosts.delet', did you mean 'vhosts.delete'?",
      of_row { "x.make", "POST", "/x", undo = "vhosts.delet" })
    assert.equal("provider 'broker', row 'x.make': 'shown_by': "
      .. "'vhosts.delete' is no GET",
      of_row { "x.make", "POST", "/x", shown_by = "vhosts.delete" })
  end)

  it("is refused if its fields contradict each other", function()
    for text, row in pairs {
      ["'why' goes with undo = false"] = { "x.y", "POST", "/x", why = "z" },
      ["'mark' goes with 'inside'"] =
        { "x.put", "PUT", "/x", mark = { a = 1 } },
      ["'inside' is for 'put' and 'delete', not for 'list'"] =
        { "x.list", "PATCH", "/x", inside = "a" },
      ["'reads' says of a POST that it only asks, not of a DELETE"] =
        { "x.purge", "DELETE", "/x", reads = true },
      ["'ok': statuses of 200 to 299 expected, got 404"] =
        { "x.y", "POST", "/x", ok = { 200, 404 } },
      ["'ok': statuses of 200 to 299 expected, got none"] =
        { "x.y", "POST", "/x", ok = {} },
      ["'id' goes with 'create', not with 'get'"] =
        { "x.get", "GET", "/x", id = "uuid" },
      ["'list' goes with 'list', not with 'all'"] =
        { "x.all", "GET", "/x", list = { items = "a" } },
      ["'defaults' goes with 'put' and 'create', not with 'patch'"] =
        { "x.patch", "PATCH", "/x", defaults = { a = 1 } },
      ["'patch' goes with 'patch', not with 'put'"] =
        { "x.put", "PUT", "/x", patch = "merge" },
      ["'reads' goes with a verb of your own, not with 'create'"] =
        { "x.create", "POST", "/x", reads = true },
      ["'auth': only \"none\" can stand in a row"] =
        { "x.y", "GET", "/x", auth = "basic" },
      ["a verb cannot be named 'find': each resource has that"] =
        { "x.find", "GET", "/x" },
      ["a verb cannot be named 'shape': each resource has that"] =
        { "x.shape", "GET", "/x" },
      ["unknown kind of patch 'merg', did you mean 'merge'?"] =
        { "x.patch", "PATCH", "/x", patch = "merg" },
    } do
      assert.equal(("provider 'broker', row '%s': %s"):format(row[1], text),
        of_row(row))
    end
  end)

  it("is refused if its list goes on in no way, or in two", function()
    for text, list in pairs {
      ["'next' needs 'items'"] = { next = "next" },
      ["'page_size' needs 'page'"] = { page_size = "size" },
      ["'limit' needs 'offset'"] = { limit = "limit" },
      ["one of 'page', 'offset' expected"] = { page = "p", offset = "o" },
      ["'size' is less than 1"] = { page = "p", size = 0 },
    } do
      assert.equal("provider 'broker', row 'x.list': 'list': " .. text,
        of_row { "x.list", "GET", "/x", list = list })
    end
  end)

  it("says how its list goes on in place of the provider", function()
    local d = declared.broker()
    d.list = { items = "data", page = "p", page_size = "s", size = 7 }
    table.insert(d.operations, { "x.list", "GET", "/x",
      list = { next = "more" } })
    local by_key = declared.make(d).operations.by_key
    assert.same({ items = "data", next = "more", size = 7 },
      by_key["x.list"].pages)
    assert.same(d.list, by_key["vhosts.list"].pages)
  end)

  it("is refused if its verb is nearly one with a meaning", function()
    for verb, case in pairs { putt = { "PUT", "put" }, lst = { "GET", "list" },
      delte = { "DELETE", "delete" }, pacth = { "PATCH", "patch" },
      gets = { "GET", "get" }, creat = { "POST", "create" } } do
      local of_its_own = case[1] == "GET" and "reads = true"
        or "meaning = false"
      local row = { "x." .. verb, case[1], "/x" }
      assert.equal(("provider 'broker', row 'x.%s': unknown verb '%s', did you "
        .. "mean '%s'? (%s if it is a verb of its own)"):format(verb, verb,
        case[2], of_its_own), of_row(row))
      row[of_its_own:match "^%a+"] = case[1] == "GET"
      local d = declared.broker()
      table.insert(d.operations, row)
      assert.is_truthy(declared.make(d).operations.by_key["x." .. verb])
    end
  end)

  it("may have a verb near one that has another method", function()
    local d = declared.broker()
    for _, row in ipairs { { "x.set", "POST", "/x/set" },
      { "x.lost", "DELETE", "/x/lost" }, { "x.match", "GET", "/x/match" } } do
      table.insert(d.operations, row)
    end
    assert.is_truthy(declared.make(d).operations.by_key["x.set"])
  end)

  it("of a patch says how the body changes the document", function()
    for _, method in ipairs { "PATCH", "PUT", "POST" } do
      assert.equal("provider 'broker', row 'x.patch': patch = \"merge\" or "
        .. "\"json\"? (meaning = false if it is neither)",
        of_row { "x.patch", method, "/x" })
    end
  end)

  it("needs keys, and a read of the document, for items inside", function()
    local put = { "x.put", "PATCH", "/x/{a}", inside = "rows" }
    assert.equal("provider 'broker', resource 'x': 'keys' expected: the "
      .. "members that tell the items of 'rows' apart", of_row(put))
    assert.equal("provider 'broker', resource 'x': a row GET /x/{a} expected:"
      .. " it reads the document with 'rows'", fault(function(d)
        table.insert(d.operations, put)
        d.resources.x = { keys = { "name" } }
      end))
  end)

  it("may be sent again unless it is a POST or a JSON Patch", function()
    local by_key = declared.make(declared.names()).operations.by_key
    assert.is_true(by_key["zones.patch"].safe)
    assert.is_true(by_key["records.put"].safe)
    assert.is_true(by_key["hosts.search"].safe)
    assert.is_false(by_key["hosts.patch"].safe)
    assert.is_false(by_key["hosts.create"].safe)
    assert.is_false(by_key["hosts.restart"].safe)
  end)

  it("knows the kind of a patch from its media type", function()
    local d = declared.names()
    for key, kind in pairs { ["a.patch"] = "application/merge-patch+json",
      ["b.patch"] = "application/json-patch+json" } do
      table.insert(d.operations, { key, "PATCH", "/" .. key:sub(1, 1),
        content_type = kind })
    end
    table.insert(d.operations, { "c.patch", "PATCH", "/c", meaning = false })
    local by_key = declared.make(d).operations.by_key
    assert.equal("merge", by_key["a.patch"].act)
    assert.equal("json-patch", by_key["b.patch"].act)
    assert.is_nil(by_key["c.patch"].act)
    assert.equal("application/json-patch+json",
      by_key["hosts.patch"].content_type)
  end)
end)

describe("a resource", function()
  local function with(rows, facts)
    return function(d)
      for _, row in ipairs(rows) do table.insert(d.operations, row) end
      d.resources.x = facts
    end
  end

  local function is_taken(rows, facts)
    local d = declared.broker()
    with(rows, facts)(d)
    return declared.make(d).resources.x ~= nil
  end

  it("with a put needs a read, unless its row says otherwise", function()
    local function put(more)
      local row = { "x.put", "PUT", "/x/{a}" }
      for name, field in pairs(more or {}) do row[name] = field end
      return row
    end
    assert.equal("provider 'broker', resource 'x': 'x.put' needs a row 'x.get' "
      .. "or 'x.list': ensure, a plan and undo read what is there (undo = "
      .. "false if nothing shows it)",
      fault(with { put(), { "x.delete", "DELETE", "/x/{a}" } }))
    for _, rows in ipairs { { put(), { "x.get", "GET", "/x/{a}" } },
      { put(), { "x.list", "GET", "/x" } },
      { put(), { "x.show", "GET", "/x/{a}" } },
      { put { meaning = false } }, { put { undo = false } },
      { put { shown_by = "overview.get" } } } do
      assert.is_true(is_taken(rows))
    end
  end)

  it("is identified by members that a new one has", function()
    local function rows(body)
      return { { "x.list", "GET", "/areas/{area}/x" },
        { "x.create", "POST", "/areas/{area}/x", body = body } }
    end
    assert.equal("provider 'broker', resource 'x': 'identify': no body of a "
      .. "new x has 'nmae', did you mean 'name'?",
      fault(with(rows { ["name!"] = "string" }, { identify = { "nmae" } })))
    assert.is_true(is_taken(rows { name = "string" },
      { identify = { "name" } }))
    assert.is_true(is_taken(rows "object", { identify = { "nmae" } }))
    assert.is_true(is_taken(rows(), { identify = { "nmae" } }))
  end)
end)

describe("a body", function()
  local function of_body(body)
    return (of_row { "x.put", "PUT", "/x", body = body }
      :gsub("^provider 'broker', row 'x.put': ", ""))
  end

  it("is refused with an unknown type", function()
    assert.equal("provider 'broker', row 'x.put', body.a.b[]: unknown type "
      .. "'strng', did you mean 'string'?", of_body { a = { b = {
      "strng" } } })
    assert.equal("body.a: a type expected, got number", of_body { a = 1 })
    assert.equal("body: a list is { TYPE }, got 'max' in it",
      of_body { "string", max = 3 })
    assert.equal("body: 'a' and 'a!' are one member",
      of_body { a = "string", ["a!"] = "integer" })
    assert.equal("body: a member's name expected, got 'a!?'",
      of_body { ["a!?"] = "string" })
    assert.equal("body: '*' stands for any names, and needs no others",
      of_body { ["*"] = "string", a = "integer" })
    local endless = { b = {} }
    endless.b[1] = endless
    assert.equal("body.a.b[]: the table is a part of itself",
      of_body { a = endless })
    local twice = { "string" }
    local names = declared.names()
    table.insert(names.operations,
      { "x.put", "PUT", "/x", undo = false, body = { a = twice, b = twice } })
    assert.is_truthy(declared.make(names))
  end)

  it("has required and nullable members, lists, sets and maps", function()
    local d = declared.broker()
    table.insert(d.operations, { "x.get", "GET", "/x" })
    table.insert(d.operations, { "x.put", "PUT", "/x", body = {
      ["a!"] = "integer", ["b?"] = "number", c = { "string", set = true },
      d = { ["*"] = "boolean" }, e = { { ["f!"] = "secret" } } } })
    local shape = require "mkrun.rest.shape"
    local wanted = declared.make(d).operations.by_key["x.put"].shape
    local null = require "mkrun.json".null
    local function check(body)
      local _, place, why = shape.check(wanted, shape.mark(wanted, body))
      return place and place .. " " .. why or nil
    end
    assert.is_nil(check { a = 1, b = null, c = { "x" }, d = { y = true },
      e = { { f = "z" } } })
    assert.equal("/a integer expected, got nothing", check {})
    assert.equal("/a integer expected, got null", check { a = null })
    assert.equal("/b number expected, got string", check { a = 1, b = "x" })
    assert.equal("/c/1 'x' is there twice", check { a = 1, c = { "x", "x" } })
    assert.equal("/d/y boolean expected, got integer",
      check { a = 1, d = { y = 1 } })
    assert.equal("/e/0/f secret expected, got an empty text",
      check { a = 1, e = { { f = "" } } })
  end)
end)
