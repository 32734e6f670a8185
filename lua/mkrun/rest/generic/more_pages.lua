--- Finds the signs of further pages in an answer to a list: a link to the next
--- page, a header field with one, or a member that says that there is more.  No
--- last page has one of them; links to the first page or to the page itself are
--- none.  `mkrun.rest.generic.pages` and the overlay call this module.
-- SPDX-License-Identifier: MIT

local one_letter = require "mkrun.row.one_letter"
local value = require "mkrun.value"

local M = {}

---@class mkrun.rest.MoreSign
---@field place? string   member with a link to the next page: "paging.next"
---@field text string     for people: "a link in 'paging.next'"

--- Names of members with a link to the next page, in lower case and without
--- signs; within an object of one of these names, `INNER` have it.
local LINKS <const> = value.set { "next", "nextlink", "nexturl", "nexturi",
  "nexthref", "nextpage", "nextpagelink", "nextpageurl", "nextpageuri",
  "odatanextlink" }
local INNER <const> = value.set { "href", "url", "uri", "link" }

--- Names of members that are true if there is more.
local MORE <const> = value.set { "hasmore", "hasnext", "hasnextpage", "more",
  "moreavailable" }

local DEEP <const> = 3

local function bare(name) return (name:lower():gsub("[^%w]", "")) end

local function is_link(text)
  return type(text) == "string"
    and (text:find "^https?://" or text:find "^[/?]") ~= nil
end

local function is_object(item)
  return type(item) == "table" and item[1] == nil
end

local function link_in(member, place)
  if is_link(member) then return place end
  for _, name in ipairs(is_object(member) and value.names(member) or {}) do
    if INNER[bare(name)] and is_link(member[name]) then
      return place .. "." .. name
    end
  end
end

local function link_sign(place)
  return { place = place, text = ("a link in '%s'"):format(place) }
end

--- Returns the sign that a member is, or nil.
local function sign_of(name, member, place)
  local link = LINKS[bare(name)] and link_in(member, place)
  if link then
    return link_sign(link)
  elseif member == true and MORE[bare(name)] then
    return { text = ("'%s' is true"):format(place) }
  end
end

--- Looks at the members around the items.
local function walk(object, above, items, depth)
  local found
  for _, name in ipairs(value.names(object)) do
    local member = object[name]
    if member ~= items then
      found = sign_of(name, member, above .. name)
        or depth < DEEP and is_object(member)
        and walk(member, above .. name .. ".", items, depth + 1)
    end
    if found then return found end
  end
end

--- Returns true if a header field Link has a link to the next page (RFC 8288).
local function has_next(response)
  local field = ((response or {}).headers or {}).link
  if type(field) ~= "string" then return false end
  for parameters in field:gmatch "<[^>]*>([^<]*)" do
    local relation = parameters:lower():match ';%s*rel%s*=%s*"([^"]*)"'
      or parameters:lower():match ";%s*rel%s*=%s*([^%s;,]+)"
    if (" " .. (relation or "") .. " "):find(" next ", 1, true) then
      return true
    end
  end
  return false
end

--- Returns the sign that there are more pages, or nil.
---@param document any    the answer to a list
---@param items any       its items
---@param response? table
---@return mkrun.rest.MoreSign?
function M.sign(document, items, response)
  local found = is_object(document) and document ~= items
    and walk(document, "", items, 1)
  if found then return found end
  if has_next(response) then
    return { text = 'a header field Link with rel="next"' }
  end
end

--- Returns the member beside a declared one whose name is like it, if it has a
--- link: the declared name is misspelt.
---@param document any
---@param place string   "paging.nxt"
---@return mkrun.rest.MoreSign?
function M.beside(document, place)
  local above, leaf = place:match "^(.*%.)([^.]+)$"
  above, leaf = above or "", leaf or place
  for name in above:gmatch "[^.]+" do document = value.dig(document, name) end
  for _, name in ipairs(is_object(document) and value.names(document) or {}) do
    local link = one_letter.apart(name, leaf)
      and link_in(document[name], above .. name)
    if link then return link_sign(link) end
  end
end

return M
