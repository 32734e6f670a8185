--- Reads a list of a declared provider, page by page.
---
--- The declaration says how a list answers and goes on:
--- * `items`: member with the array; without it the answer is the array;
--- * `next`: member with the link to the next page, on the same origin;
--- * `page` (and `page_size`): query parameters with the number of a page and
---   its size.  `first` is the number of the first page (default 1);
--- * `offset` and `limit`: query parameters;
--- * `size`: items on a page (default 100).  A page with fewer items is the
---   last, so it must not be more than the server allows;
--- * `total`: member with the number of all items, which is then checked; when
---   so many have come, 404 is the end.
---
--- Without `next`, `page` and `offset` a list is one page.  An answer that says
--- itself that there are more pages is then refused, because a list that is cut
--- off would be taken for the whole: `ensure` would make things again.
-- SPDX-License-Identifier: MIT

local errors = require "mkrun.rest.error"
local lists = require "mkrun.rest.list"
local meaning = require "mkrun.rest.meaning"
local more_pages = require "mkrun.rest.generic.more_pages"
local patch = require "mkrun.patch"
local task = require "mkrun.task"

local M = {}

local SIZE <const> = 100
local MOST_PAGES <const> = 10000

---@class mkrun.rest.DeclaredPages
local Pages = {}
Pages.__index = Pages

local function never_ends(self, why)
  errors.raise("answer", ("list %s: %s, the pages do not end")
    :format(self.path:gsub("%?.*", ""), why))
end

--- Returns the query of the page with this number, from 0.
local function query_of(self, number)
  local how, query = self.operation.pages, {}
  for name, given in pairs(self.query) do query[name] = given end
  local size = how.size or SIZE
  if how.page then
    query[how.page] = ("%d"):format((how.first or 1) + number)
    if how.page_size then query[how.page_size] = ("%d"):format(size) end
  elseif how.offset then
    query[how.offset] = ("%d"):format(self.count)
    if how.limit then query[how.limit] = ("%d"):format(size) end
  end
  return next(query) and query or nil
end

--- Returns the number of all items, if the answer tells it.
function Pages:total()
  local place = self.operation.pages.total
  return place and math.tointeger(meaning.member(self.document, place))
end

--- Fetches a page.  Returns false if there is none: some servers answer 404
--- after the last item.
function Pages:fetch(path, query)
  if self.number >= MOST_PAGES then never_ends(self, "too many pages") end
  local total = self:total()
  local document, _, response = self.session:send(self.operation, path,
    { query = query, absent = total ~= nil and self.count >= total })
  if document == nil then return false end
  local before = self.items
  self.document, self.response = document, response
  self.items = meaning.items(self.session.provider, self.operation, document)
  self.number, self.count = self.number + 1, self.count + #self.items
  if before and before[1] ~= nil and patch.equal(before, self.items) then
    never_ends(self, "a page is the page before it")
  end
  return true
end

--- Returns what of the last answer says that there are more pages.
function Pages:sign()
  if self.items[1] == nil then return nil end
  return more_pages.sign(self.document, self.items, self.response)
end

--- Raises if the answer to a list whose pages were not followed has a sign of
--- further ones.
function Pages:check_last()
  local place = self.operation.pages.next
  if self.was_linked or self.items[1] == nil then return end
  local sign = self:sign()
    or place and more_pages.beside(self.document, place)
  if not sign then return end
  errors.raise("answer", ("list %s: there are more pages, and its answer has "
    .. "%s%s"):format(self.path, place and ("no '%s', but "):format(place)
    or "", sign.text), sign.place and ("next = '%s'?"):format(sign.place)
    or "say in the provider how its pages go on")
end

--- Raises if the list told of more items than came, or of none.
function Pages:check_total()
  local place = self.operation.pages.total
  if not place then return end
  local total = self:total()
  if not total and self.count > 0 then
    errors.raise("answer", ("list %s: its answer has no number in '%s'")
      :format(self.path, place), "is 'total' right?")
  elseif total and self.count < total then
    errors.raise("answer", ("list %s: %d of %d items came"):format(self.path,
      self.count, total), "is its 'size' more than the server allows?")
  end
end

--- Ends the list, or raises if it cannot be the whole.
---@return false
function Pages:finish()
  self:check_total()
  local how = self.operation.pages
  if how.next or not how.page and not how.offset then self:check_last() end
  return false
end

--- Follows the link to the next page.
function Pages:follow()
  local link = meaning.member(self.document, self.operation.pages.next)
  if type(link) ~= "string" or link == "" then return self:finish() end
  local path = lists.resolve(self.session.base, self.link_path, link)
  if self.seen[path] then never_ends(self, "a link leads back") end
  self.seen[path], self.link_path, self.was_linked = true, path, true
  return self:fetch(path)
end

--- Fetches the next page.  Returns false if there is none.
function Pages:turn()
  local how = self.operation.pages
  if how.next then return self:follow() end
  if not how.page and not how.offset then return self:finish() end
  local is_sized = how.page and how.page_size or how.limit
  local least = is_sized and (how.size or SIZE) or 1
  if #self.items < least and not self:sign() then return self:finish() end
  return self:fetch(self.path, query_of(self, self.number))
end

--- Lists that a loop is going through.
local open = setmetatable({}, { __mode = "k" })

--- Goes to the next item, and returns it, or nil.
function Pages:advance()
  self.place = self.place + 1
  while not self.is_whole and self.items[self.place] == nil do
    self.is_turning = true
    local has_more = self:turn()
    self.is_turning = false
    if not has_more then break end
    self.place = 1
  end
  local item = self.items[self.place]
  if item == nil then open[self] = nil end
  return item
end

--- Returns the next item, or nil.  Waits while a delete has the rest read.
function Pages:step()
  if self.rest then self.rest:get "rest" end
  return self:advance()
end

--- Reads all that is left of a list, once.
local function read_rest(self)
  self.rest = self.rest or task.once()
  self.rest:get("rest", function()
    local rest = {}
    for item in self.advance, self do rest[#rest + 1] = item end
    self.items, self.place, self.is_whole = rest, 0, true
    return true
  end)
end

--- Reads the rest of each list of a resource that a loop is going through.  A
--- delete in the loop would move the items that are left to earlier pages, and
--- the loop would miss them.
---@param session mkrun.rest.Session
---@param operation mkrun.rest.DeclaredOperation   what is to be sent
function M.before(session, operation)
  if operation.method ~= "DELETE" and operation.act ~= "remove" then return end
  local begun = {}
  for pages in pairs(open) do
    if pages.session == session and pages.items and not pages.is_whole
      and pages.operation.resource == operation.resource
      and (pages.rest or not pages.is_turning) then
      begun[#begun + 1] = pages
    end
  end
  for _, pages in ipairs(begun) do read_rest(pages) end
end

--- Iterates over the items of a list.  Each page is read when its first item is
--- needed, or before a delete in the loop.
---@param session mkrun.rest.Session
---@param operation mkrun.rest.DeclaredOperation
---@param path string     its parameters are filled in
---@param query? table<string, string>
---@return fun(): table? next
---@return nil
---@return nil
---@return table closing   ends the list when a loop is left
function M.each(session, operation, path, query)
  local pages = setmetatable({ session = session, operation = operation,
    path = path, link_path = path, query = query or {}, number = 0, count = 0,
    seen = { [path] = true }, place = 0 }, Pages)
  open[pages] = true
  return function()
    if not pages.items then pages:fetch(path, query_of(pages, 0)) end
    return pages:step()
  end, nil, nil, setmetatable({}, { __close = function()
    open[pages] = nil
  end })
end

--- Returns the whole list.
---@param session mkrun.rest.Session
---@param operation mkrun.rest.DeclaredOperation
---@param path string
---@param query? table<string, string>
---@return table[]
function M.all(session, operation, path, query)
  local items = {}
  for item in M.each(session, operation, path, query) do
    items[#items + 1] = item
  end
  return items
end

return M
