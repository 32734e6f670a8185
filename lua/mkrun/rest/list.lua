--- One iterator for the three shapes that lists come in.
---
--- `@odata.nextLink` is followed until there is none.  It is not followed to
--- another origin, where the token does not belong, nor to a page that was
--- seen before.  Two lists take `$top` and have no field for a link: there the
--- page after a full one is asked for by its offset.
-- SPDX-License-Identifier: MIT

local errors = require "mkrun.rest.error"
local value = require "mkrun.value"

local M = {}

--- More pages than this are a server that does not end.
local MOST_PAGES = 10000

--- "https://host:port" in lower case with its port, and the rest of the URL.
local function split(url)
  local scheme, authority, rest = url:match "^(%a[%w+.-]*)://([^/?#]*)(.*)$"
  if not scheme then return nil end
  scheme, authority = scheme:lower(), authority:lower()
  if not authority:find ":%d+$" then
    authority = authority .. (scheme == "http" and ":80" or ":443")
  end
  return scheme .. "://" .. authority, rest
end

local function refuse(link, why)
  errors.raise("origin", ("next page %s: %s"):format(
    link:gsub("%?.*", "?..."), why))
end

--- A link without a host, as a path from the root of the API.
local function local_path(path, link)
  if link:sub(1, 1) == "/" then return link end
  if link:sub(1, 1) == "?" then return path:gsub("%?.*", "") .. link end
  return path:gsub("%?.*", ""):gsub("[^/]*$", "") .. link
end

--- The path below `base` that a next link on `path` means.
---@param base string   "https://app.mk.io"
---@param path string   the path that was asked
---@param link string   absolute, from the root, or relative
---@return string
function M.resolve(base, path, link)
  if link:sub(1, 2) == "//" then link = base:match "^%a+:" .. link end
  local origin, rest = split(link)
  if not origin then return local_path(path, link) end
  local home, prefix = split(base)
  if origin ~= home then refuse(link, "leads to another server") end
  if prefix ~= "" and rest:sub(1, #prefix) == prefix then
    rest = rest:sub(#prefix + 1)
  end
  return rest
end

--- The query for `options`, of which `path` and `needs` are none.  Whoever
--- called `fname` is to blame for another one.
local function query_of(operation, options, fname)
  local query = {}
  for name, given in pairs(options) do
    local parameter = name == "path" or name == "needs"
      or operation.query[name]
    if not parameter then
      error(("bad argument #1 to '%s' (%s does not take '%s')")
        :format(fname, operation.key, name), 4)
    end
    if parameter ~= true then query[parameter] = tostring(given) end
  end
  return next(query) and query or nil
end

--- Fetches page after page: `page.items`, then `page:turn()` while it is true.
local Pages = {}
Pages.__index = Pages

function Pages:fetch(path, query)
  local offset = query and query["$skiptoken"] or ""
  local place = path .. " " .. offset
  if self.seen[place] or self.count >= MOST_PAGES then
    refuse(path, "was read before, the pages do not end")
  end
  self.seen[place], self.count, self.path = true, self.count + 1, path
  local document = self.session:send(self.operation, path,
    { query = query, needs = self.needs })
  self.items = document.value
  self.link = value.dig(document, "@odata.nextLink")
end

local function first_id(items)
  return value.dig(items[1], "metadata", "id")
end

--- The page after a full one that cannot say whether there is more.  A server
--- that does not heed the offset gives the same page again.
function Pages:skip()
  local top = tonumber(self.query and self.query["$top"])
  if self.operation.list == "pagination" or #self.items ~= top then
    return false
  end
  local query, before = {}, self.items
  for name, given in pairs(self.query) do query[name] = given end
  query["$skiptoken"] =
    ("%d"):format((tonumber(query["$skiptoken"]) or 0) + #before)
  self.query = query
  self:fetch(self.path, query)
  if #self.items > 0 and first_id(self.items) == first_id(before) then
    refuse(self.path, "is the page before it, the pages do not end")
  end
  return true
end

function Pages:turn()
  if not self.link or self.link == "" then return self:skip() end
  self:fetch(M.resolve(self.session.base, self.path, self.link))
  return true
end

---@class mkrun.rest.ListOptions
---@field path? table<string, string>
---@field filter? string      "displayName eq 'News'"
---@field orderby? string     "created desc"
---@field top? integer        items in a page; all pages are read all the same
---@field skiptoken? string   where to begin
---@field show_hidden? boolean
---@field needs? string       the part of the items that is worked with

local function iterate(session, key, options, fname)
  options = options or {}
  local operations = session.provider.operations
  local operation = operations.by_key[key]
  local query = query_of(operation, options, fname)
  local path = operations.expand(operation.path, options.path)
  local pages = setmetatable({ session = session, operation = operation,
    query = query, needs = options.needs, seen = {}, count = 0 }, Pages)
  local i = 0
  return function()
    if not pages.items then pages:fetch(path, query) end
    i = i + 1
    while pages.items[i] == nil do
      if not pages:turn() then return nil end
      i = 1
    end
    return pages.items[i]
  end
end

--- Iterate over a list, page after page.
---@param session mkrun.rest.Session
---@param key string  "projects.list"
---@param options? mkrun.rest.ListOptions
---@return fun(): table?
function M.each(session, key, options)
  return (iterate(session, key, options, "each"))
end

--- The whole list at once.
---@param session mkrun.rest.Session
---@param key string
---@param options? mkrun.rest.ListOptions
---@return table[]
function M.all(session, key, options)
  local items = {}
  for item in iterate(session, key, options, "list") do
    items[#items + 1] = item
  end
  return items
end

return M
