local dependencies = require "mkrun.plan.dependencies"
local order = require "mkrun.host.task_order"

local TEAMS <const> = "https://api.test/teams"

--- The overlay of a record.  The answer of a list is a table: URL of an item ->
--- essence.  A write rests on its target, and on what its field `names` says.
local function overlay_of()
  local overlay = {}
  function overlay.items(_, _, response)
    return type(response.items) == "table" and response.items or nil
  end
  function overlay.rests(_, writes) return writes end
  function overlay.picked(_, request, response, writes, also)
    local items = response.items
    if type(items) ~= "table" then
      if items ~= "alone" then return nil end
      items = { [request.url] = "old" }
    end
    local picks = {}
    for url, text in pairs(items) do
      for _, write in ipairs(writes) do
        if write.names == url or write.target == url then
          picks[url] = { digest = text }
        end
      end
      if also[url] or response.items == "alone" then
        picks[url] = { digest = text }
      end
    end
    return picks
  end
  function overlay.watches(_, request, writes)
    for _, write in ipairs(writes) do
      if write.names and write.names:find(request.url, 1, true) then
        return true
      end
    end
  end
  return overlay
end

--- A record of reads {url, answer, start?} and writes {target?}.
local function record_of(reads, writes, basis)
  local record = { reads = {}, writes = writes, basis = basis or {},
    overlay = overlay_of() }
  for i, read in ipairs(reads) do
    local url, answer, start = table.unpack(read)
    record.reads[i] = { url = url, start = start, request = { url = url },
      place = order.moment(), digest = "digest of " .. url,
      response = { items = answer,
        status = answer == "404" and 404 or 200 } }
  end
  for _, write in ipairs(writes) do
    write.change = { kind = "team", name = "x" }
  end
  return record
end

local function team(name) return TEAMS .. "/" .. name end

--- What a plan with these reads and writes depends on: "URL", or "URL: items".
local function of(reads, writes, basis)
  local texts = {}
  local found = dependencies.of(record_of(reads, writes, basis), writes)
  for i, read in ipairs(found) do
    local names = {}
    for url, pick in pairs(read.items or {}) do
      local what = pick.digest == false and "absent"
        or pick.digest == "old" and "there" or "?"
      names[#names + 1] = url:match "[^/]+$" .. " " .. what
    end
    table.sort(names)
    assert.equal(read.items == nil, read.digest ~= nil)
    texts[i] = read.url:match "[^/]+$"
      .. (read.items and ": " .. table.concat(names, ", ") or "")
  end
  return texts
end

local LIST <const> = { TEAMS, { [team "a"] = "old", [team "b"] = "old" },
  TEAMS .. "/" }

describe("mkrun.plan.dependencies", function()
  it("are the items of a list that the plan writes to", function()
    assert.same({ "teams: a there, c absent" },
      of({ LIST }, { { target = team "a" }, { target = team "c" } }))
    assert.same({}, of({ LIST }, {}))
  end)

  it("are the items of a list that the script compared", function()
    assert.same({ "teams: a there, b there" }, of({ LIST },
      { { target = team "a" } }, { [team "b"] = true, [team "a"] = true }))
  end)

  it("are the items of a list that the plan names, and those to come",
    function()
      assert.same({ "teams: b there" }, of({ LIST }, { { names = team "b" } }))
      assert.same({ "teams: " }, of({ LIST }, { { names = team "new" } }))
    end)

  it("leave out what a list tells, whichever was read first", function()
    local single = { team "a", "alone" }
    for _, reads in ipairs { { LIST, single }, { single, LIST } } do
      assert.same({ "teams: a there" }, of(reads, { { target = team "a" } }))
    end
  end)

  it("are a list of which the script compared everything", function()
    local found = dependencies.of(record_of({ LIST }, {},
      { [TEAMS] = true }), {})
    assert.is_true(found[1].all)
    assert.same({}, of({ LIST }, {}, {}))
  end)

  it("are what was read alone when the list lags behind", function()
    assert.same({ "teams: b there", "c: c there" }, of(
      { LIST, { team "c", "alone" } },
      { { target = team "c" }, { target = team "b" } }))
    assert.same({ "a" }, of({ LIST, { team "a", "404" } },
      { { target = team "a" } }))
  end)

  it("are the pages of a list together: an item may move between them",
    function()
      local first = { TEAMS, { [team "a"] = "old" } }
      local second = { TEAMS .. "?skip=2", { [team "b"] = "old" } }
      assert.same({ "teams: a there, b there" }, of({ first, second },
        { { names = team "a" }, { names = team "b" } }))
      assert.same({ "a: a there" }, of({ first, second,
        { team "a", "alone" } }, { { target = team "a" } }))
    end)

  it("are all of an answer that cannot be taken apart", function()
    assert.same({ "users" }, of({ { "https://api.test/users", "users" } }, {}))
  end)

  it("come in the order of the script", function()
    local record = record_of({ { "https://api.test/x", "x" },
      { "https://api.test/y", "y" } }, {})
    record.reads[1].place = order.moment()
    local found = dependencies.of(record, {})
    assert.equal("https://api.test/y", found[1].url)
  end)
end)
