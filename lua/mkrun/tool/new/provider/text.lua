--- Writes the file of a provider: its head, and a table that reads as if a
--- person had written it.
-- SPDX-License-Identifier: MIT

local lua = require "mkrun.tool.new.provider.lua"

local M = {}

--- How a comment about something that the document does not say begins.
M.MARK = "-- ? "

---@class mkrun.new.Page
---@field lines string[]
---@field marks integer   so many marks are in `lines`

---@return mkrun.new.Page
function M.page() return { lines = {}, marks = 0 } end

local function add_lines(page, lines)
  table.move(lines, 1, #lines, #page.lines + 1, page.lines)
end

--- Adds a mark, a comment above what it is about.
---@param page mkrun.new.Page
---@param indent string
---@param text string
function M.mark(page, indent, text)
  page.marks = page.marks + 1
  add_lines(page, lua.comment(text, indent, M.MARK, "--   "))
end

--- Adds a member of the table, with the marks above it.
---@param page mkrun.new.Page
---@param member mkrun.new.Member
---@param indent string
---@param ... string?   marks
function M.member(page, member, indent, ...)
  for i = 1, select("#", ...) do
    local mark = select(i, ...)
    if mark then M.mark(page, indent, mark) end
  end
  add_lines(page, { indent .. lua.member(member, indent) .. "," })
end

--- Returns a path as a string, of several pieces if it has no room in a line.
local function path_text(path, indent)
  local most, pieces = lua.WIDTH - #indent - 8, {}
  while #path > most do
    local cut = path:sub(1, most):match "^.+()/" or most
    pieces[#pieces + 1] = lua.quote(path:sub(1, cut - 1))
    path = path:sub(cut)
  end
  pieces[#pieces + 1] = lua.quote(path)
  return table.concat(pieces, "\n" .. indent .. "  .. ")
end

--- Longer keys do not widen the column of the others.
local WIDEST_KEY <const> = 30

---@class mkrun.new.Widths
---@field key integer
---@field method integer

--- Returns the widths of the columns of some rows.
---@param rows mkrun.new.Row[]
---@return mkrun.new.Widths
function M.widths(rows)
  local key, method = 0, 0
  for _, row in ipairs(rows) do
    local own = #row.resource + 1 + #row.verb
    if own <= WIDEST_KEY then key = math.max(key, own) end
    method = math.max(method, #row.operation.method)
  end
  return { key = key, method = method }
end

local function padded(text, width)
  return lua.quote(text) .. "," .. (" "):rep(math.max(width - #text, 0) + 1)
end

--- Adds a row of `operations`.
---@param page mkrun.new.Page
---@param row mkrun.new.Row
---@param widths mkrun.new.Widths
---@param fields mkrun.new.Member[]
function M.row(page, row, widths, fields)
  local inner = "      "
  local head = "    { " .. padded(row.resource .. "." .. row.verb, widths.key)
    .. padded(row.operation.method, widths.method)
  local whole = head .. lua.quote(row.path.text)
  for _, field in ipairs(fields) do
    whole = whole .. ", " .. lua.member(field, "")
  end
  if #whole + 3 <= lua.WIDTH and not whole:find "\n" then
    return add_lines(page, { whole .. " }," })
  end
  if #head > lua.WIDTH then
    head = head:gsub('^( *{ "[^"]*",) +', "%1\n" .. inner)
  end
  local first = head .. lua.quote(row.path.text)
  if #first + 3 > lua.WIDTH then
    first = head:gsub(" +$", "") .. "\n" .. inner
      .. path_text(row.path.text, inner)
  end
  local lines = lua.packed(fields, inner, lua.WIDTH - 2)
  for i, line in ipairs(lines) do lines[i] = inner .. line end
  table.insert(lines, 1, first .. ",")
  lines[#lines] = lines[#lines]:sub(1, -2) .. " },"
  add_lines(page, lines)
end

--- Adds lines as they are.
---@param page mkrun.new.Page
---@param ... string
function M.plain(page, ...) add_lines(page, { ... }) end

return M
