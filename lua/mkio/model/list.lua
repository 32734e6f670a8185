--- Finds items in the state's arrays, and makes the API's three shapes of a
--- list answer.  The handlers and most other files of the model call this
--- module.
-- SPDX-License-Identifier: MIT

local errors = require "mkio.model.errors"
local index = require "mkio.model.index"
local json = require "mkrun.json"
local odata = require "mkio.model.odata"
local operations = require "mkio.operations"

--- The largest page that `$top` may ask for.  The API's documents name neither
--- this limit nor the default page size, which is the world's `page_size`.
local max_top = 1000

local M = {}

--- Finds the first item whose `field` is `value`.  Returns the item and its
--- place in the array.
M.find = index.find

--- Returns the first item whose `field` is `value`.  Refuses with status 404 if
--- there is no such item.
---@param items table[]
---@param field mkio.model.Key
---@param value any
---@param what string   the kind of the item, for the message, such as "team"
---@return table item
---@return integer place
function M.get(items, field, value, what)
  return M.find(items, field, value) or errors.not_found(what, value)
end

--- Returns a JSON array of `view(item)` for each item.
---@param items any[]
---@param view fun(item: any): any
---@return any[]
function M.map(items, view)
  local out = json.array {}
  for i, item in ipairs(index.whole(items)) do out[i] = view(item) end
  return out
end

--- Returns a JSON array of the items for which `wanted(item)` is true.
---@param items any[]
---@param wanted fun(item: any): boolean?
---@return any[]
function M.filter(items, wanted)
  local out = json.array {}
  for _, item in ipairs(index.whole(items)) do
    if wanted(item) then out[#out + 1] = item end
  end
  return out
end

--- Returns true if an array of plain values contains the value.
---@param items any[]
---@param value any
---@return boolean
function M.contains(items, value)
  return index.find(items, index.itself, value) ~= nil
end

--- Removes from the array each item for which `unwanted(item)` is true.
---@param items any[]
---@param unwanted fun(item: any): boolean?
function M.remove(items, unwanted)
  index.keep(index.whole(items), function(item) return not unwanted(item) end)
end

--- Removes the first item whose `field` is `value`.
---@param items any[]
---@param field mkio.model.Key
---@param value any
---@return any? item   the removed item; nil if there was none
function M.take(items, field, value)
  local item, place = index.find(items, field, value)
  if place then index.remove(items, place) end
  return item
end

-- Dividing a list into pages.

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

--- Returns a text that identifies a list: the text is the same for all pages of
--- the list.
local function name_of(context)
  local parts = {}
  for name, value in pairs(context.query) do
    if name ~= "$skiptoken" then parts[#parts + 1] = name .. "=" .. value end
  end
  table.sort(parts)
  return table.concat({ context.request.path, context.request.digest or "",
    context.world.writes, table.unpack(parts) }, "\n")
end

--- Returns the filtered and sorted items of all pages.  The request for the
--- first page computes the items.  Requests for later pages reuse them, unless
--- a write or a request for another list came between.
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

--- Returns the items of the requested page, the offset of the page, the page
--- size, and the number of items on all pages.
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

--- Returns the URL of the page that begins at `offset`.  The URL also has all
--- other parameters of the request.
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

--- Makes a list answer with `value` and `supplemental.pagination`.  A full page
--- has a link to the next page, even if the next page is empty.
---@param context mkio.model.Context
---@param kind string   the kind that the answer names, such as "ProjectList"
---@param items table[]|fun(context: mkio.model.Context): table[]
---@param fields mkio.model.Fields
---@param view fun(item: table): table   makes the answer's part about one item
---@return table document
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

--- Makes a list answer with `kind` and `value`.  All items are on one page.
---@param kind string
---@param items any[]
---@param view fun(item: any): any
---@return table document
function M.kind(kind, items, view)
  return { kind = kind, value = M.map(items, view) }
end

--- Makes a list answer that is only an array.  The request may have paging
--- parameters, but the answer has no field for a link to the next page.  So
--- without `$top` the answer contains all items.
---@param context mkio.model.Context
---@param items table[]|fun(context: mkio.model.Context): table[]
---@param fields mkio.model.Fields
---@param view fun(item: table): table
---@return table[]
function M.paged(context, items, fields, view)
  return M.map(cut(context, items, fields, math.maxinteger // 2), view)
end

return M
