local json = require "mkrun.json"
local pending = require "mkrun.plan.pending"
local resumed = require "mkrun.plan.resumed"

local API <const>, BASE <const> = "https://api.test", "http://localhost:1/v1"

--- What a resumed run knows: `sent` are writes of a journal, `writes` those of
--- the plan.
local function knowing(sent, writes, reads)
  local plan = { writes = writes or {}, reads = reads or {} }
  local all = pending.new(plan.writes)
  local journal = { head = { base_url = API }, writes = sent,
    providers = { museum = { base_url = BASE } } }
  return resumed.new(journal, plan, all, {
    changes = function(_, path) return path:match "^(/projects/%w+)/pay$" end,
  }), plan, all
end

local function write(method, path, fields)
  local one = { method = method, path = path, status = 200 }
  for name, field in pairs(fields or {}) do one[name] = field end
  return one
end

local POST <const> = { provider = "museum", status = 201,
  created = { id = "a 1" }, means = { act = "make", each = "/artists/{}",
    collection = "/artists" } }

describe("a resumed run", function()
  it("explains what the run before has written, and nothing beside it",
    function()
      local run = knowing {
        write("PUT", "/teams/a", { before = {} }),
        write("POST", "/projects/x/pay"),
        write("PUT", "/teams/refused", { status = 409 }),
        write("PUT", "/teams/unsent", { status = false, error = "connect",
          safe = false }),
        write("DELETE", "/galleries/n", { provider = "museum" }),
        write("PUT", "/galleries/s", { provider = "museum" }),
        write("POST", "/artists", POST),
        write("POST", "/invites", { created = { id = "i1" } }),
      }
      for _, url in ipairs { API .. "/teams/a", API .. "/projects/x",
        BASE .. "/galleries/n", BASE .. "/galleries/n/works/sun",
        BASE .. "/artists/a%201", API .. "/invites/i1" } do
        assert.is_true(run:explains(url, { by = { 1 } }), url)
      end
      for _, url in ipairs { API .. "/teams/b", API .. "/teams/a/members/x",
        API .. "/teams/refused", API .. "/teams/unsent",
        BASE .. "/galleries/s/works/sun", BASE .. "/artists/a%202",
        BASE .. "/artists", API .. "/invites/i2" } do
        assert.is_false(run:explains(url, { by = { 1 } }), url)
        assert.is_false(run:explains(url), url)
      end
    end)

  it("explains new things where no answer came, and no others", function()
    local run = knowing({ write("POST", "/invites", { status = false,
      error = "closed", safe = false }) }, nil,
      { { items = { [API .. "/invites/old"] = {} } } })
    assert.is_true(run:explains(API .. "/invites/new"))
    assert.is_false(run:explains(API .. "/invites/old", { by = {} }))
    local function removes(url)
      return run:is_own_removal { method = "DELETE", url = url } == true
    end
    assert.is_true(removes(API .. "/invites/new"))
    assert.is_false(removes(API .. "/invites/old"))
    assert.is_false(removes(API .. "/teams/a"))
  end)

  --- Returns true if a write that the run before has sent may be sent again
  --- where a document is there now.
  local function may_repeat(earlier, body, now)
    local writes = { { method = earlier.method, url = BASE .. earlier.path,
      body = body, kind = "thing", name = "x" } }
    earlier.provider, earlier.body = "museum", body
    local run = knowing({ earlier }, writes)
    assert.is_table(writes[1].earlier)
    return run:may_repeat(function()
      return { status = now and 200 or 404, body = now and json.encode(now) }
    end, { method = earlier.method, url = BASE .. earlier.path }, writes[1])
  end

  it("sends again only where nobody else has been", function()
    local open = { status = false, error = "closed", safe = true }
    local function lost(method, before)
      local one = write(method, "/a", open)
      one.before = before
      return one
    end
    local function done(method) return write(method, "/a") end
    local body, theirs = { x = 1 }, { x = 3 }
    assert.is_true(may_repeat(done "PUT", body, { x = 1, at = 5 }))
    assert.is_false(may_repeat(done "PUT", body, theirs))
    assert.is_false(may_repeat(done "PUT", body))
    assert.is_true(may_repeat(done "DELETE"))
    assert.is_false(may_repeat(done "DELETE", nil, theirs))
    assert.is_true(may_repeat(lost "PUT", body))
    assert.is_false(may_repeat(lost "PUT", body, theirs))
    assert.is_true(may_repeat(lost("PUT", { x = 2 }), body, { x = 2 }))
    assert.is_true(may_repeat(lost("PUT", { x = 2 }), body, { x = 1 }))
    assert.is_false(may_repeat(lost("PUT", { x = 2 }), body, theirs))
    assert.is_false(may_repeat(lost("PUT", { x = 2 }), body))
  end)

  it("compares only the items that a write names", function()
    local function item(name, ttl, mark)
      return { name = name, ttl = ttl, changetype = mark }
    end
    local function lists(...) return { rrsets = json.array { ... } } end
    local function sent(act, fields)
      local one = write("PATCH", "/z", fields)
      one.means = { act = act, items = { inside = "rrsets", keys = { "name" },
        marks = { "changetype" } } }
      one.before = lists()
      return one
    end
    local open = { status = false, error = "closed", safe = true }
    local put = lists(item("www", 5, "REPLACE"))
    local other, mine = item("ftp", 1), item("www", 5)
    assert.is_true(may_repeat(sent("item-put", open), put, lists(other)))
    assert.is_true(may_repeat(sent "item-put", put, lists(other, mine)))
    assert.is_false(may_repeat(sent "item-put", put, lists(other)))
    assert.is_false(may_repeat(sent("item-put", open), put,
      lists(item("www", 9))))
    local patched = write("PATCH", "/z", open)
    patched.means = { act = "json-patch" }
    local steps = json.array { { op = "add", path = "/x", value = 1 } }
    assert.is_true(may_repeat(patched, steps, { x = 1 }))
    patched.status, patched.error = 200, nil
    assert.is_false(may_repeat(patched, steps, { x = 1 }))
    local remove = lists(item("www", nil, "DELETE"))
    assert.is_true(may_repeat(sent "item-remove", remove, lists(other)))
    assert.is_false(may_repeat(sent "item-remove", remove, lists(mine)))
  end)

  it("knows the planned writes again, however secrets are hidden, and with "
    .. "the server's ids", function()
    local function planned(method, url, body, id)
      return { method = method, url = url, body = body, id = id,
        kind = "thing", name = url:match "[^/]+$" }
    end
    local writes = {
      planned("PUT", API .. "/rules/a",
        { auth = { key = "(secret)" }, on = true }),
      planned("POST", BASE .. "/artists", { name = "x" }, "soon-1"),
      planned("PUT", BASE .. "/works/w", { artist_id = "soon-1" }),
      planned("PUT", BASE .. "/works/v", { artist_id = "soon-1" }),
      planned("DELETE", API .. "/rules/b"),
    }
    local run, plan, all = knowing({
      write("PUT", "/rules/a", { body = { auth = "(secret)", on = true } }),
      write("POST", "/artists", { provider = "museum", status = 201,
        created = POST.created, means = POST.means, body = { name = "x" } }),
      write("PUT", "/works/w", { provider = "museum",
        body = { artist_id = "a 1" } }),
      write("PUT", "/rules/a", { body = { on = false } }),
    }, writes)
    local found = {}
    for i, one in ipairs(plan.writes) do found[i] = one.earlier ~= nil end
    assert.same({ true, true, true, false, false }, found)
    local body = json.encode { artist_id = "a 1" }
    assert.equal(plan.writes[4], (all:find { method = "PUT",
      url = BASE .. "/works/v", body = body }))
    assert.is_true(run:explains(API .. "/x", { kind = "thing", name = "a",
      by = { 4 } }))
    assert.is_false(run:explains(API .. "/x", { kind = "thing", name = "v",
      by = { 4 } })) -- a provider's URLs tell
    for name, is_explained in pairs { scope = true, v = false } do
      local new = { kind = "thing", name = name, by = { 4 } }
      assert.equal(is_explained, run:explains(API .. "/x", nil, new))
      assert.is_false(run:explains(API .. "/x", nil, new, true))
    end
    assert.is_true(run:explains(API .. "/teams/x", { by = { 1, 3 } }))
    assert.is_false(run:explains(API .. "/teams/x", { by = { 1, 4 } }))
    assert.is_false(run:explains(API .. "/teams/x", { by = {} }))
  end)
end)
