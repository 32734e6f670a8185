--- Lists as the API has them: small lookups in the store's arrays, and the
--- three shapes in which a list is answered.
-- SPDX-License-Identifier: MIT

local errors = require "mkio.model.errors"
local index = require "mkio.model.index"
local json = require "mkrun.json"
local odata = require "mkio.model.odata"
local operations = require "mkio.operations"

--- The largest page that `$top` may ask for; the default is the world's
--- `page_size`.  The API documents neither.
local max_top = 1000

local M = {}

--- The first item whose `field` is `value`, and its place.
M.find = index.find

--- The same, or a 404 that names the thing.
function M.get(items, field, value, what)
  return M.find(items, field, value) or errors.not_found(what, value)
end

function M.map(items, view)
  local out = json.array {}
  for i, item in ipairs(index.whole(items)) do out[i] = view(item) end
  return out
end

function M.filter(items, wanted)
  local out = json.array {}
  for _, item in ipairs(index.whole(items)) do
    if wanted(item) then out[#out + 1] = item end
  end
  return out
end

function M.contains(items, value)
  return index.find(items, index.itself, value) ~= nil
end

--- Take out, in place, every item that `unwanted` says yes to.
function M.remove(items, unwanted)
  index.keep(index.whole(items), function(item) return not unwanted(item) end)
end

--- Take out the first item whose `field` is `value`.
---@return any? item
function M.take(items, field, value)
  local item, place = index.find(items, field, value)
  if place then index.remove(items, place) end
  return item
end

-- Paging.

local function whole_number(query, name, low, high)
  local text = query[name]
  if not text then return nil end
  local value = text:find "^%d+$" and math.tointeger(tonumber(text))
  if not value or value < low or value > high then
    errors.bad_request("bad_query", "%s: a whole number from %d to %d "
      .. "expected, got '%s'", name, low, high, text)
  end
  return value
end

--- What tells one list from another, apart from the page.
local function name_of(context)
  local parts = {}
  for name, value in pairs(context.query) do
    if name ~= "$skiptoken" then parts[#parts + 1] = name .. "=" .. value end
  end
  table.sort(parts)
  return table.concat({ context.request.path, context.request.digest or "",
    context.world.writes, table.unpack(parts) }, "\n")
end

--- Filtered and sorted: all that the pages of a list have.  The first page
--- makes it; the next ones go on with it while nothing was written since.
local function chosen_of(context, items, fields)
  local world, name = context.world, name_of(context)
  local last = world.last_list
  if not (context.query["$skiptoken"] and last and last.name == name) then
    if type(items) == "function" then items = items(context) end
    last = { name = name,
      items = odata.select(index.whole(items), fields, context.query) }
    world.last_list = last
  end
  return last.items
end

--- What of `items` goes on this page.
local function cut(context, items, fields, default_top)
  local query = context.query
  local chosen = chosen_of(context, items, fields)
  local start = whole_number(query, "$skiptoken", 0, math.maxinteger) or 0
  local top = whole_number(query, "$top", 1, max_top) or default_top
  local page, before = json.array {}, math.min(start, #chosen)
  for i = before + 1, math.min(before + top, #chosen) do
    page[#page + 1] = chosen[i]
  end
  return page, start, top, #chosen
end

--- The URL of the page that begins at `offset`, with the rest of the query.
local function next_link(context, offset)
  local parts = { "$skiptoken=" .. offset }
  for name, value in pairs(context.query) do
    if name ~= "$skiptoken" then
      parts[#parts + 1] = name .. "=" .. operations.escape(value)
    end
  end
  table.sort(parts)
  local request = context.request
  return request.origin .. request.path .. "?" .. table.concat(parts, "&")
end

--- `value`, `supplemental.pagination` and, when the page is full, a link to
--- the next one, which may turn out to be empty.
---@param context mkio.sandbox.Context
---@param kind string           "ProjectList"
---@param items table[]|fun(context: mkio.sandbox.Context): table[]
---@param fields mkio.sandbox.Fields
---@param view fun(item: table): table
function M.pagination(context, kind, items, fields, view)
  local page, start, top, total =
    cut(context, items, fields, context.world.page_size)
  return {
    value = M.map(page, view),
    supplemental = {
      kind = kind, operation = "list", count = #page,
      pagination = {
        start = start, ["end"] = start + #page, records = #page,
        total = total,
      },
    },
    ["@odata.nextLink"] = #page == top and next_link(context, start + top)
      or nil,
  }
end

--- `kind` and `value`: always one full answer.
function M.kind(kind, items, view)
  return { kind = kind, value = M.map(items, view) }
end

--- A list that takes paging parameters but has no field to say that there is
--- more: without `$top` it is whole.
function M.paged(context, items, fields, view)
  return M.map(cut(context, items, fields, math.maxinteger // 2), view)
end

return M
