--- Makes a page of tables, such as a plan or a drift: headings, tables whose
--- long cells are folded, a search and filters.  The tables are plain HTML, so
--- they can be read without the script, too, which only filters them.
---
---     io.write(page.render { title = "Drift", subtitle = { "acme.json" },
---       sections = { { title = "Differences",
---         columns = { { key = "kind", title = "Kind", filter = true },
---                     { key = "name", title = "Name" },
---                     { key = "details", title = "Details", fold = true } },
---         rows = { { tone = "change", kind = "team", name = "editors",
---                    details = { "description is Cut, not Cuts" } } } } } })
-- SPDX-License-Identifier: MIT

local document = require "mkrun.page.document"
local html = require "mkrun.page.html"
local json = require "mkrun.json"

local M = {}

---@class mkrun.PageColumn
---@field key string       name of the field in a row
---@field title string
---@field filter? boolean  true: a menu chooses among the column's values
---@field fold? boolean    true: a list of texts; all but the first are folded
---@field code? boolean    true: the texts are code

---@class mkrun.PageSection
---@field title string
---@field note? string     a sentence below the heading
---@field columns mkrun.PageColumn[]
---@field rows table[]     a field may be a text, a number, a boolean, a list of
---  texts, or null.  `tone` colours a row: "add", "change", "remove", "warn"
---@field empty? string    the sentence for a table without rows

---@class mkrun.PageOfTables
---@field title string
---@field subtitle? string[]  facts below the title, one after the other
---@field sections mkrun.PageSection[]

local tag <const>, raw <const> = html.tag, html.raw

local function is_absent(value)
  return value == nil or value == json.null or value == ""
    or type(value) == "table" and #value == 0
end

local function words_of(value)
  if type(value) == "boolean" then return { value and "yes" or "no" } end
  if type(value) == "table" then return value end
  return { value }
end

--- Returns the lines after the first one.
local function rest(words, is_code)
  local parts = {}
  for i = 2, #words do
    parts[i - 1] = tag("li", {}, tag(is_code and "code" or "bdi", {}, words[i]))
  end
  return tag("ul", { class = "lines" }, html.join(parts))
end

local function folded(words, column)
  local first = tag(column.code and "code" or "bdi", {}, words[1])
  if #words == 1 then return first end
  local more = tag("span", { class = "rest" },
    (" and %d more"):format(#words - 1))
  return tag("details", {}, tag("summary", {}, first, more),
    rest(words, column.code))
end

local function content(value, column)
  if is_absent(value) then
    return tag("span", { class = "none" }, "\u{2013}")
  end
  local words = words_of(value)
  if column.fold then return folded(words, column) end
  local texts = {}
  for i, word in ipairs(words) do texts[i] = tostring(word) end
  return tag(column.code and "code" or "bdi", {}, table.concat(texts, ", "))
end

--- Returns the text by which a menu chooses a row.
local function choice_of(value)
  if is_absent(value) then return "" end
  return table.concat(words_of(value), ", ")
end

local function table_row(row, columns)
  local cells = {}
  for i, column in ipairs(columns) do
    local value = row[column.key]
    cells[i] = tag(i == 1 and "th" or "td", { scope = i == 1 and "row",
      ["data-title"] = column.title,
      ["data-value"] = column.filter and choice_of(value) },
      content(value, column))
  end
  return tag("tr", { class = row.tone or false }, html.join(cells))
end

local function table_head(columns)
  local cells = {}
  for i, column in ipairs(columns) do
    cells[i] = tag("th", { scope = "col", ["data-filter"] = column.filter },
      column.title)
  end
  return tag("thead", {}, tag("tr", {}, html.join(cells)))
end

local function rows_table(section, id)
  if #section.rows == 0 then
    return tag("p", { class = "none" }, section.empty or "None.")
  end
  local rows = {}
  for i, row in ipairs(section.rows) do
    rows[i] = table_row(row, section.columns)
  end
  return tag("table", { class = "rows", ["aria-labelledby"] = id },
    table_head(section.columns), tag("tbody", {}, html.join(rows)))
end

local function section_part(section, i)
  local id = "section-" .. i
  return tag("section", { ["aria-labelledby"] = id },
    tag("h2", { id = id }, section.title, " ",
      tag("span", { class = "count" }, #section.rows)),
    section.note and tag("p", { class = "note" }, section.note) or raw "",
    rows_table(section, id))
end

--- Returns the header of a page: its title and some facts.
---@param title string
---@param facts? string[]
---@return mkrun.Html
function M.header(title, facts)
  local parts = {}
  for i, fact in ipairs(facts or {}) do
    parts[i] = tag("li", {}, tag("bdi", {}, fact))
  end
  return tag("header", { class = "top" }, tag("h1", {}, tag("bdi", {}, title)),
    #parts > 0 and tag("ul", { class = "facts" }, html.join(parts)) or raw "")
end

--- Returns a page of tables.
---@param spec mkrun.PageOfTables
---@return string
function M.render(spec)
  local parts = {}
  for i, section in ipairs(spec.sections) do
    parts[i] = section_part(section, i)
  end
  return document.render {
    title = spec.title,
    body = html.join { M.header(spec.title, spec.subtitle),
      tag("main", {}, tag("form", { id = "tools", role = "search",
        hidden = true }), html.join(parts)) },
    scripts = { "mkrun/page/tables.js" },
  }
end

return M
