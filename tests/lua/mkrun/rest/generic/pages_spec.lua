local declared = require "tests.support.declared_providers"
local json = require "mkrun.json"
local providers = require "mkrun.providers"
local rest = require "mkrun.rest"
local task = require "mkrun.task"
local worlds = require "tests.support.rest_world"

local BASE <const> = "http://api.test/v1"

--- Connects to a list of so many items, whose pages `answer` makes from the
--- query and the URL.
local function connect(how, answer)
  local d = declared.names()
  d.base_url, d.list = BASE, how
  d.operations = {
    { "hosts.list", "GET", "/hosts", query = { "kind" } },
    { "zones.list", "GET", "/areas/{area}/zones" },
  }
  d.resources = nil
  local world = { seen = {} }
  function world.request(request)
    world.seen[#world.seen + 1] = request
    assert(#world.seen < 20)
    local document, link = answer(request.query or {}, request.url)
    local response = worlds.answer(200, document)
    response.headers.link = link
    return response
  end
  return rest.provider(d).connect { token = "x", http = world }, world
end

local function numbers(from, to)
  local list = json.array {}
  for i = from, to do list[#list + 1] = { id = i } end
  return list
end

local function ids(list)
  local found = {}
  for i, item in ipairs(list) do found[i] = item.id end
  return table.concat(found, " ")
end

--- A list of two full pages of a server that answers 404 after the last item.
local function strict(total)
  local api, world = connect({ items = "rows", page = "p", page_size = "s",
    size = 2, total = total }, function(query)
      local first = 2 * tonumber(query.p) - 1
      return { rows = numbers(first, first + 1), all = 4, here = 2 }
    end)
  local request = world.request
  function world.request(asked)
    if tonumber(asked.query.p) > 2 then
      return worlds.answer(404, { error = "no such page" })
    end
    return request(asked)
  end
  return api
end

local function problem_of(...)
  local ok, problem = pcall(...)
  assert.is_false(ok)
  return tostring(problem)
end

after_each(function() providers.remove "names" end)

describe("a list", function()
  it("is the answer itself, or a member", function()
    local api = connect(nil, function() return numbers(1, 3) end)
    assert.equal("1 2 3", ids(api.hosts:list()))
    api = connect({ items = "data.rows" }, function()
      return { data = { rows = numbers(1, 2) } }
    end)
    assert.equal("1 2", ids(api.hosts:list()))
  end)

  it("ends with 404 when all of its items have come", function()
    assert.equal("1 2 3 4", ids(strict("all").hosts:list()))
    local hosts = strict().hosts
    assert.matches("no such page", problem_of(hosts.list, hosts), 1, true)
  end)

  it("does not end because a page has so many items", function()
    assert.equal("1 2 3 4", ids(strict("here").hosts:list()))
  end)

  it("that is no array is an incomplete answer", function()
    local api = connect({ items = "data.rows" }, function()
      return { data = {} }
    end)
    assert.equal("GET /hosts: 200 answer to hosts.list, at '/data/rows': array "
      .. "expected (answer)", problem_of(api.hosts.list, api.hosts))
  end)

  it("follows a link whose member has a dot in its name", function()
    local api = connect({ items = "value", next = "@odata.nextLink" },
      function(_, url)
        local n = tonumber(url:match "page=(%d)" or 1)
        return { value = numbers(n, n),
          ["@odata.nextLink"] = n < 3 and "/v1/hosts?page=" .. n + 1 or nil }
      end)
    assert.equal("1 2 3", ids(api.hosts:list()))
  end)

  it("goes on at a link, relative or whole", function()
    local links = { "/v1/hosts?page=b", "?page=c", BASE .. "/hosts?page=d",
      json.null }
    local api, world
    api, world = connect({ items = "items", next = "meta.next" },
      function()
        local n = #world.seen
        return { items = numbers(n, n), meta = { next = links[n] } }
      end)
    assert.equal("1 2 3 4", ids(api.hosts:list()))
    assert.equal(BASE .. "/hosts?page=d", world.seen[4].url)
  end)

  it("follows no link to elsewhere, and none back", function()
    for link, text in pairs {
      ["http://evil.test/v1/hosts"] = "leads to another server",
      ["http://api.test/v2/hosts"] = "leads out of the API",
      ["/v2/hosts"] = "leads out of the API",
      ["/v1/hosts"] = "the pages do not end",
    } do
      local api = connect({ items = "items", next = "next" }, function()
        return { items = numbers(1, 1), next = link }
      end)
      assert.matches(text, problem_of(api.hosts.list, api.hosts), 1, true)
    end
  end)

  it("has numbered pages, the last with fewer items", function()
    local api, world = connect({ items = "items", page = "page",
      page_size = "per_page", size = 2, total = "total" }, function(query)
        local first = (tonumber(query.page) - 1) * 2
        assert.equal("2", query.per_page)
        return { items = numbers(first + 1, math.min(first + 2, 5)),
          total = 5 }
      end)
    assert.equal("1 2 3 4 5", ids(api.hosts:list { kind = "x" }))
    assert.equal(3, #world.seen)
    assert.equal("x", world.seen[3].query.kind)
  end)

  it("has numbered pages without a size, the last empty", function()
    local api, world = connect({ page = "p", first = 0 }, function(query)
      local page = tonumber(query.p)
      return page < 2 and numbers(page, page) or json.array {}
    end)
    assert.equal("0 1", ids(api.hosts:list()))
    assert.equal(3, #world.seen)
  end)

  it("has offsets", function()
    local api, world = connect({ offset = "from", limit = "max", size = 2 },
      function(query)
        local from = tonumber(query.from)
        return numbers(from + 1, math.min(from + 2, 4))
      end)
    assert.equal("1 2 3 4", ids(api.hosts:list()))
    assert.equal(3, #world.seen)
  end)

  it("raises if pages repeat, or if items are missing", function()
    local api = connect({ page = "p", page_size = "n", size = 2 }, function()
      return numbers(1, 2)
    end)
    assert.matches("a page is the page before it",
      problem_of(api.hosts.list, api.hosts), 1, true)
    api = connect({ items = "items", page = "p", page_size = "n", size = 9,
      total = "total" }, function()
        return { items = numbers(1, 2), total = 5 }
      end)
    assert.equal("list /hosts: 2 of 5 items came: is its 'size' more than the "
      .. "server allows?", problem_of(api.hosts.list, api.hosts))
  end)

  it("is refused where it says that more pages come, and none is declared",
    function()
      local link = "http://api.test/v1/hosts?page=2"
      for text, case in pairs {
        ["no 'meta.nxt', but a link in 'meta.next': next = 'meta.next'?"] =
          { "meta.nxt", { meta = { next = "/v1/hosts?after=2" } } },
        ["no 'meta.forwrad', but a link in 'meta.forward': next = "
          .. "'meta.forward'?"] =
          { "meta.forwrad", { meta = { forward = "?after=2" } } },
        ["no 'nxt', but a link in 'next': next = 'next'?"] =
          { "nxt", { next = link } },
        ["no 'next', but a link in '_links.next.href': next = "
          .. "'_links.next.href'?"] =
          { "next", { _links = { next = { href = link }, self = { href = link }
            } } },
        ["no 'next', but a link in 'next.url': next = 'next.url'?"] =
          { "next", { next = { url = link } } },
        ["a link in '@odata.nextLink': next = '@odata.nextLink'?"] =
          { nil, { ["@odata.nextLink"] = link } },
        ["'meta.has_more' is true: say in the provider how its pages go on"] =
          { nil, { meta = { has_more = true } } },
        ["a header field Link with rel=\"next\": say in the provider how its "
          .. "pages go on"] =
          { nil, {}, "<https://a/b?c,d>; rel=prev, <?p=2>; a=b; "
            .. "REL=\"x Next\"" },
      } do
        local api = connect({ items = "items", next = case[1] }, function()
          case[2].items = numbers(1, 2)
          return case[2], case[3]
        end)
        assert.equal("list /hosts: there are more pages, and its answer has "
          .. text, problem_of(api.hosts.list, api.hosts))
        providers.remove "names"
      end
    end)

  it("is whole without a sign of more pages", function()
    local link = "http://api.test/v1/hosts?page=2"
    for _, case in ipairs {
      { { meta = { prev = link, self = link, first = link, last = link } },
        '<?p=1>; rel="prev", <?p=9>; rel="last"; title="next"' },
      { { meta = { next = json.null, nextSyncToken = "/abc?" } } },
      { { next = "", has_more = false, more = "yes" } },
      { { next_of_kin = link, next_billing = { url = link } } },
    } do
      for _, place in ipairs { "meta.next", "next_url" } do
        local api = connect({ items = "items", next = place }, function()
          case[1].items = numbers(1, 2)
          case[1].items[1].next, case[1].items[2].has_more = link, true
          return case[1], case[2]
        end)
        assert.equal("1 2", ids(api.hosts:list()))
        providers.remove "names"
      end
    end
  end)

  it("may have a last page with other signs, once a link was followed",
    function()
      local api = connect({ items = "items", next = "next" },
        function(_, url)
          local is_last = url:find "after"
          return { items = numbers(is_last and 2 or 1, is_last and 2 or 1),
            next = not is_last and "?after=1" or nil, more = true }
        end)
      assert.equal("1 2", ids(api.hosts:list()))
    end)

  it("goes on after a page that is shorter than asked for, if it says so",
    function()
      for _, how in ipairs { { page = "p", page_size = "n" },
        { offset = "from", limit = "n" } } do
        how.items, how.size = "items", 50
        local api, world = connect(how, function(query)
          local from = query.from and tonumber(query.from)
            or (tonumber(query.p) - 1) * 2
          return { items = numbers(from + 1, math.min(from + 2, 5)),
            has_more = from < 4 }
        end)
        assert.equal("1 2 3 4 5", ids(api.hosts:list()))
        assert.equal(3, #world.seen)
        providers.remove "names"
      end
    end)

  it("raises if a declared total is not there", function()
    local api = connect({ items = "items", total = "meta.total" }, function()
      return { items = numbers(1, 2), total = 2 }
    end)
    assert.equal("list /hosts: its answer has no number in 'meta.total': is "
      .. "'total' right?", problem_of(api.hosts.list, api.hosts))
    providers.remove "names"
    api = connect({ items = "items", total = "meta.total" }, function()
      return { items = numbers(1, 0) }
    end)
    assert.same({}, api.hosts:list())
  end)

  describe("in a loop that deletes", function()
    --- A server whose links are offsets, with so many items.
    local function shrinking(count, verb)
      local d = declared.names()
      d.base_url, d.list = BASE, { items = "items", next = "next" }
      d.operations = { { "hosts.list", "GET", "/hosts" },
        { "hosts.get", "GET", "/hosts/{id}" },
        { "hosts.delete", verb or "DELETE", "/hosts/{id}" },
        { "areas.delete", "DELETE", "/areas/{id}" } }
      d.resources = nil
      local left, world = numbers(1, count), { log = {} }
      local function page(from)
        return { items = json.array { left[from + 1], left[from + 2] },
          next = left[from + 3] and "?after=" .. from + 2 or nil }
      end
      function world.request(request)
        world.log[#world.log + 1] = request.method .. " "
          .. request.url:sub(#BASE + 1)
        if request.method == "GET" then
          return worlds.answer(200,
            page(tonumber(request.url:match "after=(%d+)" or 0)))
        end
        for i, item in ipairs(left) do
          if item.id == tonumber(request.url:match "hosts/(%d+)") then
            table.remove(left, i)
          end
        end
        return worlds.answer(204)
      end
      return rest.provider(d).connect { token = "x", http = world }, world, left
    end

    for how, delete in pairs {
      ["its method"] = function(api, id) api.hosts:delete(id) end,
      call = function(api, id) api:call("hosts.delete", { path = id }) end,
      ["other tasks"] = function(api, id)
        task.map({ id, "99" }, function(one) api.hosts:delete(one) end)
      end,
    } do
      it("none is missed: by " .. how, function()
        for _, verb in ipairs { "DELETE", "POST" } do
          local api, _, left = shrinking(7, verb)
          local seen = {}
          for host in api.hosts:each() do
            seen[#seen + 1] = { id = host.id }
            delete(api, tostring(host.id))
          end
          assert.equal("1 2 3 4 5 6 7", ids(seen))
          assert.equal("", ids(left))
          providers.remove "names"
        end
      end)
    end

    it("the pages are read once, and not after the loop was left", function()
      local api, world = shrinking(6)
      for host in api.hosts:each() do
        if host.id == 3 then break end
      end
      api.hosts:delete "3"
      assert.equal(3, #world.log)
      for host in api.hosts:each() do
        api.areas:delete "5"
        if host.id == 4 then
          api.hosts:delete "4"
          api.hosts:delete "5"
        end
      end
      local reads = {}
      for i = 4, #world.log do
        if world.log[i]:find "GET" then reads[#reads + 1] = world.log[i] end
      end
      assert.same({ "GET /hosts", "GET /hosts?after=2", "GET /hosts?after=4" },
        reads)
    end)
  end)

  it("is read page by page as it is needed", function()
    local api, world = connect({ page = "p", page_size = "n", size = 1 },
      function(query)
        local page = tonumber(query.p)
        return numbers(page, page)
      end)
    for host in api.hosts:each() do
      if host.id == 3 then break end
    end
    assert.equal(3, #world.seen)
  end)

  it("takes path parameters and declared options only", function()
    local api, world = connect(nil, function() return numbers(1, 1) end)
    api.zones:list { area = "a b" }
    api.zones:list "c"
    assert.equal(BASE .. "/areas/a%20b/zones", world.seen[1].url)
    assert.equal(BASE .. "/areas/c/zones", world.seen[2].url)
    assert.matches("hosts.list does not take 'knd', did you mean 'kind'?",
      problem_of(api.hosts.list, api.hosts, { knd = "x" }), 1, true)
    assert.matches("'list' (string expected, got no value)",
      problem_of(api.zones.list, api.zones), 1, true)
  end)
end)
