--- Iterates over the items of a list of the API, page by page.  The resources
--- call this module.
---
--- The iteration follows `@odata.nextLink` to the end.  It refuses a link to
--- another origin, because the token must not be sent to another origin.  It
--- refuses a link to a page that was read before.  Two lists take `$top` but
--- have no field for a link.  In these lists, the iteration requests the page
--- after a full page by its offset.
-- SPDX-License-Identifier: MIT

local errors = require "mkrun.rest.error"
local value = require "mkrun.value"

local M = {}

--- The greatest number of pages to read.  A list with more pages probably never
--- ends.
local MOST_PAGES = 10000

--- Splits a URL into its origin, such as "https://host:443" in lower case, and
--- the rest.
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

--- Converts a relative link to a path.  `path` is the path of the page with the
--- link.
local function local_path(path, link)
  if link:sub(1, 1) == "?" then return path:gsub("%?.*", "") .. link end
  return path:gsub("%?.*", ""):gsub("[^/]*$", "") .. link
end

--- Returns the part of a path below the path of the base URL.
local function below(link, prefix, path)
  if prefix == "" or path:sub(1, 1) ~= "/" then return path end
  local rest = path:sub(#prefix + 1)
  if path:sub(1, #prefix) ~= prefix or not rest:find "^[/?]" then
    refuse(link, "leads out of the API")
  end
  return rest
end

--- Converts the link to the next page to a path below `base`.  Raises if the
--- link leads to another server, or out of the API.
---@param base string   URL of the API: "https://api.example.com"
---@param path string   the path of the page with the link
---@param link string   absolute, from the root, or relative
---@return string
function M.resolve(base, path, link)
  if link:sub(1, 2) == "//" then link = base:match "^%a+:" .. link end
  local origin, rest = split(link)
  local home, prefix = split(base)
  if origin and origin ~= home then refuse(link, "leads to another server") end
  if origin then return below(link, prefix, rest) end
  if link:sub(1, 1) ~= "/" then return local_path(path, link) end
  return below(link, prefix, link)
end

--- Makes the query from `options`.  Raises for an unknown option.  The error
--- names the line that called the function `fname`.
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

--- Reads a list page by page.  The caller reads `pages.items` and then calls
--- `pages:turn()`, until `turn` returns false.
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

local function first_id(pages, items)
  return value.dig(items[1], table.unpack(pages.session.provider.item.id))
end

--- Fetches the page after a full page of a list without links.  Raises if the
--- server ignores the offset and returns the same page again.
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
  if #self.items > 0
    and first_id(self, self.items) == first_id(self, before) then
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
---@field path? table<string, string>   name of a path parameter -> value
---@field filter? string      value of $filter: "displayName eq 'News'"
---@field orderby? string     value of $orderby: "created desc"
---@field top? integer        items on each page; all pages are read in any case
---@field skiptoken? string   value of $skiptoken: the page to begin with
---@field show_hidden? boolean
---@field needs? string       name of the only part of the items to check

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

--- Iterates over the items of a list.  Each page is read when its first item is
--- needed.
---@param session mkrun.rest.Session
---@param key string  key of the operation: "projects.list"
---@param options? mkrun.rest.ListOptions
---@return fun(): table?
function M.each(session, key, options)
  return (iterate(session, key, options, "each"))
end

--- Returns the whole list.
---@param session mkrun.rest.Session
---@param key string  key of the operation: "projects.list"
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
