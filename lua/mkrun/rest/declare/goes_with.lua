--- Refuses fields of a row that its verb does not use, and fields of a list
--- that contradict each other: they would be ignored.  `mkrun.rest.declare.row`
--- calls it.
-- SPDX-License-Identifier: MIT

local fault = require "mkrun.rest.declare.fault"

local M = {}

--- The verbs that use a field.
local VERBS <const> = {
  list = { "list" }, id = { "create" }, patch = { "patch" },
  defaults = { "put", "create" },
}

--- Methods that each resource has, and its own fields.
local TAKEN <const> = { ensure = true, ensure_all = true, find = true,
  each = true, session = true, facts = true, shape = true }

local MEANT <const> = { get = true, list = true, put = true, create = true,
  patch = true, delete = true }

local function check_verbs(where, row, verb)
  for _, field in ipairs { "list", "id", "patch", "defaults" } do
    local is_used = row[field] == nil
    for _, known in ipairs(VERBS[field]) do
      is_used = is_used or verb == known
    end
    if not is_used then
      fault.raise(where, "'%s' goes with '%s', not with '%s'", field,
        table.concat(VERBS[field], "' and '"), verb)
    end
  end
end

--- Checks that the verb of a row uses the row's fields.
---@param where string   "provider 'rabbitmq', row 'users.put'"
---@param row table
---@param verb string
function M.check(where, row, verb)
  if TAKEN[verb] then
    fault.raise(where, "a verb cannot be named '%s': each resource has that",
      verb)
  end
  check_verbs(where, row, verb)
  if row.reads and MEANT[verb] and row.meaning ~= false then
    fault.raise(where, "'reads' goes with a verb of your own, not with '%s'",
      verb)
  elseif row.auth ~= nil and row.auth ~= "none" then
    fault.raise(where, "'auth': only \"none\" can stand in a row")
  elseif type(row.ok) == "table" and row.ok[1] == nil then
    fault.raise(where, "'ok': statuses of 200 to 299 expected, got none")
  end
end

local WAYS <const> = { "next", "page", "offset" }

local PAGING <const> = { next = true, page = true, page_size = true,
  offset = true, limit = true, first = true }

local function ways_of(list)
  local ways = {}
  for _, name in ipairs(WAYS) do
    if list[name] then ways[#ways + 1] = name end
  end
  return ways
end

--- Puts the fields of a row's list over those of the provider.  A row that says
--- how its pages go on says all of it.
---@param general? table   `list` of the provider
---@param own? table       `list` of the row
---@return table
function M.lists(general, own)
  local list, is_own = {}, own and ways_of(own)[1] ~= nil
  for name, field in pairs(general or {}) do
    if not (is_own and PAGING[name]) then list[name] = field end
  end
  for name, field in pairs(own or {}) do list[name] = field end
  return list
end

--- Fields of `list` that need another.
local NEEDS <const> = { { "page_size", "page" }, { "limit", "offset" },
  { "first", "page" }, { "next", "items" }, { "total", "items" } }

--- Checks how a list goes on.
---@param where string
---@param list table   the fields of the row over those of the provider
function M.check_list(where, list)
  for _, pair in ipairs(NEEDS) do
    if list[pair[1]] and not list[pair[2]] then
      fault.raise(where, "'list': '%s' needs '%s'", pair[1], pair[2])
    end
  end
  local ways = ways_of(list)
  if ways[2] then
    fault.raise(where, "'list': one of '%s' expected",
      table.concat(ways, "', '"))
  elseif list.size and list.size < 1 then
    fault.raise(where, "'list': 'size' is less than 1")
  end
end

return M
