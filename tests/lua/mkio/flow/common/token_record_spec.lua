local clock = require "mkrun.clock"
local config = require "mkrun.config"
local json = require "mkrun.json"
local shell = require "tests.support.shell"
local sys = require "mkrun.sys"
local temp = require "tests.support.temp"

local records = require "mkio.flow.common.token_record"

local function token(id, age, used, description)
  return { metadata = { id = id }, spec = { description = description or "d",
    issued = sys.iso8601(math.floor(sys.now() - age)),
    lastUsed = used and "2026-11-29" or json.null } }
end

--- What the next run finds left of these tokens.
local function left(file, ...)
  local record, ids = records.read(file), {}
  for _, one in ipairs { ... } do
    if record:is_left(one) then ids[#ids + 1] = one.metadata.id end
  end
  return ids
end

describe("mkio.flow.common.token_record", function()
  local file
  before_each(function() file = temp.folder() .. "/t" end)

  local function begin(live, old, description)
    local record = records.read(file)
    record:begin(description or "d", "home", live, old or {})
    return record
  end

  it("knows of nothing without a note", function()
    assert.same({}, left(file, token("a", 0)))
  end)

  it("tells what was to go, and what was made", function()
    begin({ token("old", 99, true), token("kept", 99) }, { "old" }):add "new"
    assert.same({ "old", "new" }, left(file, token("old", 99, true),
      token("kept", 99), token("new", 0, true)))
  end)

  it("leaves what a lease keeps: a rotation came later", function()
    begin({ token("old", 99, true) }, { "old" }):add "new"
    temp.write(file .. ".lease", json.encode { lease = 1, description = "d",
      written = "2026-11-29T00:00:00Z", tokens = json.array { { id = "old",
        due = "2026-11-30T00:00:00Z" } } })
    assert.same({ "new" }, left(file, token("old", 99, true),
      token("new", 0, true)))
  end)

  it("tells an unused one that came since, and no other", function()
    begin { token("there", 0) }
    assert.same({ "lost" }, left(file, token("there", 0), token("lost", 0),
      token("before", 60), token("used", 0, true),
      token("other", 0, false, "e")))
  end)

  it("keeps what it knew when a run begins again", function()
    begin({}):add "new"
    begin { token("new", 0, true), token("lost", 0) }
    assert.same({ "new", "lost" }, left(file, token("new", 0, true),
      token("lost", 0)))
  end)

  it("is for one token of one organization: others are refused", function()
    begin({}, nil, "e"):add "new"
    local record = records.read(file)
    assert.is_true(record:is_about("e", "home"))
    for name, home in pairs { d = "home", e = "away" } do
      assert.is_false(record:is_about(name, home))
      assert.error_matches(function() record:begin(name, home, {}, {}) end,
        "t.todo: an earlier run has something left to do for the token 'e'")
    end
    assert.same({ "new" }, left(file, token("new", 0, true, "e")))
  end)

  it("tells by the server's clock what came since", function()
    local behind <const>, now = 3600, math.floor(sys.now())
    finally(clock.use)
    clock.learn(os.date("!%a, %d %b %Y %H:%M:%S GMT", now - behind), now, now)
    begin {}
    assert.same({ "lost" }, left(file, token("lost", behind)))
  end)

  it("is neither read nor removed in a replay", function()
    begin({}):add "new"
    config.replay = "a file"
    finally(function() config.replay = nil end)
    assert.same({}, left(file, token("new", 0)))
    begin({}):close()
    assert.is_string(temp.read(file .. ".todo"))
  end)

  it("is gone when nothing is left", function()
    begin({}):close()
    assert.is_nil(temp.read(file .. ".todo"))
    records.read(file):close()
  end)

  it("refuses what it did not write, or others can", function()
    begin {}
    for _, text in ipairs { "", "x", "[]", '{"ids":[]}',
      '{"description":"d","known":[],"ids":[4],"since":"s"}',
      '{"description":"d","known":[],"ids":[],"since":"yesterday"}' } do
      temp.write(file .. ".todo", text)
      assert.error_matches(function() records.read(file) end,
        "t.todo: .*move it away")
    end
    os.remove(file .. ".todo")
    records.read(file):begin("d", "home", {}, {})
    shell.execute("chmod 666 " .. shell.quote(file .. ".todo"))
    local message = select(2, pcall(records.read, file))
    local _, named = tostring(message):gsub("t%.todo: ", "")
    assert.equal(1, named, tostring(message))
  end)
end)
