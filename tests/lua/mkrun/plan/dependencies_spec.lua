local dependencies = require "mkrun.plan.dependencies"
local order = require "mkrun.host.task_order"
local sys = require "mkrun.sys"

local TEAMS <const> = "https://api.test/teams"

--- A record of reads {url, answer, start?} and writes {target?, url?}.  The
--- answer of a list is a table: URL of an item -> essence.
local function record_of(reads, writes, basis)
  local record = { reads = {}, writes = writes, basis = basis or {} }
  for i, read in ipairs(reads) do
    local url, answer, start = table.unpack(read)
    record.reads[i] = { url = url, start = start, request = {},
      place = order.moment(), digest = "digest of " .. url,
      response = { items = answer,
        status = answer == "404" and 404 or 200 } }
  end
  record.overlay = { items = function(_, _, response)
    return type(response.items) == "table" and response.items or nil
  end }
  return record
end

local function team(name) return TEAMS .. "/" .. name end

--- What a plan with these reads and writes depends on: "URL", or "URL: items".
local function of(reads, writes, basis)
  local texts = {}
  for i, read in ipairs(dependencies.of(record_of(reads, writes, basis))) do
    local names = {}
    for url, digest in pairs(read.items or {}) do
      local what = digest == false and "absent"
        or digest == sys.sha256 "old" and "there" or "?"
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
    assert.same({}, of({ { TEAMS .. "?skip=2", { [team "a"] = "old" } } }, {},
      { [team "a"] = true }))
  end)

  it("are the whole list when a write changes all of it", function()
    assert.same({ "teams" }, of({ LIST }, { { url = TEAMS .. "?x=y" } }))
    assert.same({ "teams" }, of({ LIST }, { { target = TEAMS } }))
  end)

  it("leave out what a list tells, whichever was read first", function()
    local single = { team "a", "old" }
    for _, reads in ipairs { { LIST, single }, { single, LIST } } do
      assert.same({ "teams: a there" }, of(reads, { { target = team "a" } }))
    end
  end)

  it("are what was read alone when the list lags behind", function()
    assert.same({ "teams: b there", "c" }, of({ LIST, { team "c", "old" } },
      { { target = team "c" }, { target = team "b" } }))
    assert.same({ "a" }, of({ LIST, { team "a", "404" } },
      { { target = team "a" } }))
  end)

  it("are no pages: an item may move from one to another", function()
    local page = { TEAMS .. "?skip=2", { [team "a"] = "old" } }
    assert.same({ "a" }, of({ page, { team "a", "old" } },
      { { target = team "a" } }))
  end)

  it("are all of a list whose items are not told apart", function()
    local users = { "https://api.test/users", "users",
      "https://api.test/users/" }
    assert.same({ "users" }, of({ users, { "https://api.test/users/1", "1" } },
      { { target = "https://api.test/users/1" } }))
  end)

  it("come in the order of the script", function()
    local record = record_of({ { "https://api.test/x", "x" },
      { "https://api.test/y", "y" } }, {})
    record.reads[1].place = order.moment()
    local found = dependencies.of(record)
    assert.equal("https://api.test/y", found[1].url)
  end)
end)
