local config = require "mkrun.config"
local journal = require "mkrun.journal"
local json = require "mkrun.json"
local resumed = require "mkio.flow.common.resumed"

local SENT <const> = "2026-11-22T01:00:00Z"

--- Runs `check` with a journal of these creates.
local function with_writes(writes, check)
  local earlier, notes = journal.earlier, journal.notes
  config.resume = "j"
  journal.earlier = function() return writes end
  journal.notes = function(kind)
    return kind == "token given" and { given = true } or {}
  end
  local results = table.pack(pcall(check))
  journal.earlier, journal.notes, config.resume = earlier, notes, nil
  assert(table.unpack(results))
end

local function create(fields)
  fields.time, fields.body = SENT, { description = "d" }
  return fields
end

local function token(id, spec)
  spec = spec or {}
  return { metadata = { id = id }, spec = {
    description = spec.description or "d",
    issued = spec.issued or SENT, lastUsed = spec.lastUsed or json.null,
  } }
end

describe("a token that an earlier run asked for", function()
  it("is an orphan when nobody knows what became of the question", function()
    for _, write in ipairs { {}, { error = "timeout" }, { status = 502 },
      { status = 201 } } do
      with_writes({ create(write) }, function()
        assert.is_true(resumed.is_orphan(token "a"))
        assert.is_false(resumed.is_orphan(token "given"))
        for _, other in ipairs { { description = "e" }, { lastUsed = SENT },
          { issued = "2026-11-22T00:59:00Z" } } do
          assert.is_false(resumed.is_orphan(token("a", other)))
        end
      end)
    end
  end)

  it("is one when it is the one that was answered", function()
    with_writes({ create { status = 201, created = { id = "a" } } }, function()
      assert.is_true(resumed.is_orphan(token "a"))
      assert.is_false(resumed.is_orphan(token "b"))
    end)
  end)

  it("is none when the question was refused", function()
    with_writes({ create { status = 403 } }, function()
      assert.is_false(resumed.is_orphan(token "a"))
    end)
  end)

  it("is none in a run without a journal", function()
    local earlier = journal.earlier
    journal.earlier = function() error "asked" end
    assert.is_false(resumed.is_orphan(token "a"))
    journal.earlier = earlier
  end)
end)
