--- Finds the next page of a list.  The parts of `mkrun.rest.overlay` call this
--- module.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local lists = require "mkrun.rest.list"
local meaning = require "mkrun.rest.meaning"
local more_pages = require "mkrun.rest.generic.more_pages"

local M = {}

local function copy_of(request, url, query)
  local copy = {}
  for name, value in pairs(request) do copy[name] = value end
  copy.url, copy.query = url, query
  return copy
end

--- Returns the value of a parameter of a request's query, or nil.
local function parameter(request, name)
  for key, value in pairs(request.query or {}) do
    if math.type(key) == "integer" then key, value = value[1], value[2] end
    if key == name then return math.tointeger(tonumber(value)) end
  end
  return math.tointeger(tonumber((request.url:match("[?&]"
    .. name:gsub("%p", "%%%0") .. "=(%d+)"))))
end

local function with_parameter(request, name, value)
  local query = {}
  for key, other in pairs(request.query or {}) do query[key] = other end
  query[name] = ("%d"):format(value)
  return copy_of(request, request.url, query)
end

--- Returns the request for a link of an answer, or nil if a script would not
--- follow it, either.
local function of_link(overlay, request, link)
  local here = request.url:sub(#overlay.base + 1)
  local ok, path = pcall(lists.resolve, overlay.base, here, link)
  return ok and copy_of(request, overlay.base .. path) or nil
end

--- Items on a page, see `mkrun.rest.generic.pages`.
local SIZE <const> = 100

--- Tells whether the pages of a list are asked for by a number or an offset.
---@param rule table   `pages` of the operation
---@return boolean
function M.is_numbered(rule)
  return not rule.next and (rule.page or rule.offset) ~= nil
end

--- Returns the number of items on a page, or nil if the request does not say.
---@param request table
---@param rule table
---@return integer?
function M.size(request, rule)
  local name = rule.page and rule.page_size or not rule.page and rule.limit
  if not name then return nil end
  return parameter(request, name) or rule.size or SIZE
end

--- Returns how many items are on the pages before the one that is asked for.
--- Without a known size, the first page has all items.
---@param request table
---@param rule table
---@return integer
function M.start(request, rule)
  if not rule.page then return parameter(request, rule.offset) or 0 end
  local first = rule.first or 1
  local number = (parameter(request, rule.page) or first) - first
  return number * (M.size(request, rule) or math.maxinteger // 2)
end

--- Returns the request for the first page of a numbered list.
---@param request table
---@param rule table
---@return table
function M.first(request, rule)
  local size = M.size(request, rule)
  if size then
    request = with_parameter(request, rule.page and rule.page_size
      or rule.limit, size)
  end
  if not rule.page then return with_parameter(request, rule.offset, 0) end
  return with_parameter(request, rule.page, rule.first or 1)
end

--- Returns the request for the page after an answer's, or nil if it was the
--- last.
---@param overlay mkrun.rest.Overlay
---@param request table
---@param response table
---@return table?
function M.next(overlay, request, response)
  local m = overlay:reading(overlay:path(request))
  local rule = m and m.act == "list" and m.operation.pages
  local document = rule and response.status == 200
    and json.decode(response.body)
  if not document then return nil end
  local link = rule.next and meaning.member(document, rule.next)
  if rule.next then
    return type(link) == "string" and link ~= ""
      and of_link(overlay, request, link) or nil
  end
  local items = meaning.items(overlay.provider, m.operation, document) or {}
  if not M.is_numbered(rule) or not items[1]
    or #items < (M.size(request, rule) or 1)
    and not more_pages.sign(document, items, response) then
    return nil
  end
  if rule.page then
    return with_parameter(request, rule.page,
      (parameter(request, rule.page) or rule.first or 1) + 1)
  end
  return with_parameter(request, rule.offset,
    (parameter(request, rule.offset) or 0) + #items)
end

return M
