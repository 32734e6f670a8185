local json = require "mkrun.json"
local page = require "mkrun.plan.page"
local show = require "mkrun.plan.show"

local NASTY <const> = "</script>|`@all\u{202E}"
local SHOWN <const> = "&lt;/script&gt;|`@all[U+202E]"

local function write(name, change)
  for key, text in pairs(change) do
    if key ~= "action" then change[key] = json.decode(text) end
  end
  change.kind, change.name = "team", name
  return { method = "PUT", url = "https://api.test/teams/x?q=1",
    line = "x.lua:3", change = change }
end

local function of(record, files, problem)
  record.unknown, record.made = record.unknown or {}, {}
  return page.of(show.document(record, files or { written = {},
    commands = {} }, problem), show.summary(record, problem))
end

--- The texts of the cells, row by row, of all tables.
local function cells(text)
  local rows = {}
  for body in text:gmatch "<tbody>(.-)</tbody>" do
    for row in body:gmatch "<tr.-</tr>" do
      local list = {}
      for cell in row:gmatch "<t[hd][^>]*>(.-)</t[hd]>" do
        list[#list + 1] = cell:gsub("</li>", ";"):gsub("<[^>]*>", "")
      end
      rows[#rows + 1] = table.concat(list, " | ")
    end
  end
  return rows
end

describe("a plan as a page", function()
  it("has each change with its fields and request", function()
    local text = of { writes = {
      write("new", { action = "create", after = '{"spec":{"a":1}}',
        body = '{"spec":{"a":1}}' }),
      write("old", { action = "update", before = '{"spec":{"a":1,"b":2}}',
        after = '{"spec":{"a":3,"c":4}}', body = "{}" }),
      write("gone", { action = "delete", before = '{"spec":{"a":1}}' }),
    } }
    assert.same({
      "create | team | new | + a: 1 | PUT /teams/x, by x.lua:3",
      "change | team | old | spec.a: 1 \u{2192} 3 and 2 more\u{2212} spec.b: 2;"
        .. "+ spec.c: 4; | PUT /teams/x, by x.lua:3",
      "delete | team | gone | \u{2212} a: 1 | PUT /teams/x, by x.lua:3",
    }, cells(text))
    assert.matches("Plan: 1 to create, 1 to change, 1 to delete.", text, 1,
      true)
  end)

  it("says whose field changes, whatever the address is", function()
    local function member(rank)
      return json.encode { m = { x = { email = NASTY, lead = rank } } }
    end
    local row = cells(of { writes = { write("a", { action = "update",
      before = member(false), after = member(true), body = "{}" }) } })[1]
    assert.matches("m.x.lead (" .. SHOWN .. "): false", row, 1, true)
  end)

  it("says what is not planned, what it writes and runs", function()
    assert.same({ "PURGE https://x/y, by x.lua:1 | no", "file | a | (secret)",
      "command | cat | (secret) on its standard input" }, cells(of({
      writes = {}, unknown = { { method = "PURGE", url = "https://x/y",
        why = "no", line = "x.lua:1" } } },
      { written = { { path = "a", secret = true } }, commands = { "cat" } })))
  end)

  it("says that there is nothing to do, and why it is incomplete", function()
    local text = of({ writes = {} }, nil, "x " .. NASTY)
    assert.matches("Nothing to do.", text, 1, true)
    assert.matches("Incomplete, as x " .. SHOWN, text, 1, true)
  end)

  it("shows names as they are", function()
    local text = of { writes = { write(NASTY, { action = "create",
      after = json.encode { spec = { a = NASTY } }, body = "{}" }) } }
    assert.matches(">" .. SHOWN .. "<", text, 1, true)
    assert.is_nil(text:find(NASTY, 1, true))
  end)
end)
