--- Makes the rows of `operations` from the operations of a document.
-- SPDX-License-Identifier: MIT

local answers = require "mkrun.tool.new.provider.answers"
local bodies = require "mkrun.tool.new.provider.bodies"
local keys = require "mkrun.tool.new.provider.keys"
local paths = require "mkrun.tool.new.provider.paths"
local service = require "mkrun.tool.new.provider.service"

local M = {}

--- Verbs in the order in which a person lists them; others come last.
local ORDER <const> = { list = 1, get = 2, create = 4, put = 5, patch = 6,
  delete = 7 }
local OTHER_READ <const>, OTHER_WRITE <const> = 3, 8

local function last_name(path)
  local segments = path.segments
  return (segments[#segments - path.tail] or ""):gsub("{}", "")
end

--- Returns true if a POST makes something new: its status says so.
local function makes(operation, statuses)
  if operation.method ~= "POST" then return false end
  for _, status in ipairs(statuses) do
    if status == 201 then return true end
  end
  return false
end

local function note_list(root, row)
  if row.operation.method ~= "GET" then return end
  row.list, row.is_list = answers.list(root, row.answer, last_name(row.path))
end

local function row_of(root, operation)
  local row = { operation = operation, path = paths.read(operation.path),
    statuses = answers.statuses(operation),
    answer = answers.success(root, operation),
    body = bodies.of(root, operation) }
  row.makes = makes(operation, row.statuses)
  note_list(root, row)
  return row
end

--- Returns one row for each method and path; the names of a path's parameters
--- make no other path.
local function distinct(root, operations)
  local rows, seen, twice = {}, {}, 0
  for _, operation in ipairs(operations) do
    local row = row_of(root, operation)
    local what = operation.method .. " " .. row.path.shape
    if seen[what] then
      twice = twice + 1
    else
      rows[#rows + 1], seen[what] = row, true
    end
  end
  return rows, twice
end

--- An answer of a path without items may hold a list and be something else.
local function check_lists(root, tree, rows)
  for _, row in ipairs(rows) do
    local part = paths.part(tree, row)
    if row.is_list and part ~= "collection"
      and not answers.is_mere_list(root, row.answer, row.list) then
      row.is_list, row.list = false, nil
    end
  end
end

local function rank(row)
  return ORDER[row.verb] or row.operation.method == "GET" and OTHER_READ
    or OTHER_WRITE
end

--- Resources by their paths, in one the verbs in their order.
local function is_before(a, b)
  if a.home ~= b.home then return a.home < b.home end
  local x, y = rank(a), rank(b)
  if x ~= y then return x < y end
  if a.path.text ~= b.path.text then return a.path.text < b.path.text end
  return a.operation.method < b.operation.method
end

local function note_openness(rows)
  for _, row in ipairs(rows) do
    row.is_open = service.is_open(row.operation)
  end
end

--- Makes the rows.
---@param root table
---@param operations mkrun.new.Operation[]
---@return mkrun.new.Row[]   sorted
---@return integer twice     so many operations were there twice
function M.of(root, operations)
  local rows, twice = distinct(root, operations)
  check_lists(root, paths.tree(rows), rows)
  keys.give(rows)
  note_openness(rows)
  table.sort(rows, is_before)
  return rows, twice
end

--- Groups sorted rows by their resources.
---@param rows mkrun.new.Row[]
---@return {name: string, rows: mkrun.new.Row[], verbs: table<string, table>}[]
function M.resources(rows)
  local found, last = {}, nil
  for _, row in ipairs(rows) do
    if not last or last.name ~= row.resource then
      last = { name = row.resource, rows = {}, verbs = {} }
      found[#found + 1] = last
    end
    last.rows[#last.rows + 1], last.verbs[row.verb] = row, row
  end
  return found
end

return M
