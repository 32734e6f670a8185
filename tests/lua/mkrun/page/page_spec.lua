local html = require "mkrun.page.html"
local json = require "mkrun.json"
local page = require "mkrun.page"

local NASTY <const> = "</script>\u{202E}|`@all\"'&\0"

local COLUMNS <const> = {
  { key = "what", title = "What", filter = true },
  { key = "name", title = "Name" },
  { key = "details", title = "Details", fold = true, code = true },
}

local function rendered(rows, more)
  local section = { title = NASTY, columns = COLUMNS, rows = rows }
  for key, value in pairs(more or {}) do section[key] = value end
  return page.render { title = NASTY, subtitle = { NASTY },
    sections = { section } }
end

--- The rows of the tables, each with the texts of its cells, without tags.
local function cells(text)
  local rows = {}
  for row in text:match "<tbody>(.*)</tbody>":gmatch "<tr.-</tr>" do
    local list = {}
    for cell in row:gmatch "<t[hd][^>]*>(.-)</t[hd]>" do
      list[#list + 1] = cell:gsub("</li>", ";"):gsub("<[^>]*>", "")
    end
    rows[#rows + 1] = list
  end
  return rows
end

describe("a page of tables", function()
  it("has each row, and a list folded", function()
    local text = rendered { { what = "missing", name = "x", details = { "a",
      "b" } }, { what = "differs", name = true, details = { "a" } } }
    assert.same({ { "missing", "x", "a and 1 moreb;" },
      { "differs", "yes", "a" } }, cells(text))
    assert.matches('<details><summary><code>a</code><span class="rest"> and 1 '
      .. 'more</span></summary>', text, 1, true)
  end)

  it("has a dash for what is not there", function()
    local none = "\u{2013}"
    assert.same({ { none, none, none } },
      cells(rendered { { what = json.null, name = "", details = {} } }))
    assert.matches("<p class=\"none\">All is well.</p>",
      rendered({}, { empty = "All is well." }), 1, true)
    assert.matches("<p class=\"none\">None.</p>", rendered {}, 1, true)
  end)

  it("escapes every text, in cells, headings and attributes", function()
    local text = rendered({ { what = NASTY, name = NASTY, tone = "add",
      details = { NASTY, NASTY } } }, { note = NASTY })
    local shown = html.escape(NASTY)
    assert.same({ { shown, shown, shown .. " and 1 more" .. shown .. ";" } },
      cells(text))
    local _, count = text:gsub(shown:gsub("%p", "%%%0"), "")
    -- the title twice, the subtitle, the heading, the note, the first column
    -- as a cell and for its menu, the second, two lines of the third
    assert.equal(10, count)
    assert.is_nil(text:find("\u{202E}", 1, true))
    assert.is_nil(text:find("\0", 1, true))
  end)

  it("is whole without its script", function()
    local text = rendered { { what = "x", name = "y" } }
    assert.matches("<form hidden id=\"tools\"", text, 1, true)
    assert.is_nil(text:find("application/json", 1, true))
  end)
end)
