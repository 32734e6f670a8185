--- Finds the next page of a list.  The parts of `mkrun.rest.overlay` call this
--- module.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local meaning = require "mkrun.rest.meaning"

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
    if key == name then return tonumber(value) end
  end
  return tonumber(request.url:match("[?&]" .. name:gsub("%p", "%%%0")
    .. "=(%d+)"))
end

local function with_parameter(request, name, value)
  local query = {}
  for key, other in pairs(request.query or {}) do query[key] = other end
  query[name] = value
  return copy_of(request, request.url, query)
end

--- Returns the request for a link of an answer: a URL below the base URL, a
--- path, or a query.
local function of_link(overlay, request, link)
  if link:find "^%?" then
    return copy_of(request, request.url:match "^[^?#]*" .. link)
  end
  local origin = overlay.base:match "^%a[%w+.-]*://[^/?#]+"
  local url = link:find "^/" and origin .. link or link
  if url:sub(1, #overlay.base) ~= overlay.base then return nil end
  return copy_of(request, url)
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
  local size = rule.page_size and parameter(request, rule.page_size)
    or rule.limit and parameter(request, rule.limit) or rule.size
  if not size or #items < size then return nil end
  if rule.page then
    local first = rule.first or 1
    return with_parameter(request, rule.page,
      (parameter(request, rule.page) or first) + 1)
  elseif rule.offset then
    return with_parameter(request, rule.offset,
      (parameter(request, rule.offset) or rule.first or 0) + #items)
  end
end

return M
