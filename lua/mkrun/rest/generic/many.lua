--- Ensures many things of a declared resource, by one list.
-- SPDX-License-Identifier: MIT

local agreement = require "mkrun.rest.generic.agreement"
local arguments = require "mkrun.rest.generic.arguments"
local base = require "mkrun.rest.generic.base"
local ensured = require "mkrun.rest.generic.ensure"
local ensures = require "mkrun.rest.ensure_all"
local json = require "mkrun.json"
local meaning = require "mkrun.rest.meaning"
local pages = require "mkrun.rest.generic.pages"
local task = require "mkrun.task"

local M = {}

--- Reads the wishes of `ensure_all`.
---@param self mkrun.rest.GenericResource
---@param wishes any
---@return {wish: table, id: table<string, string>, want: table}[]
function M.read(self, wishes)
  if type(wishes) ~= "table" then
    arguments.bad(1, "ensure_all", "table expected, got %s", type(wishes))
  end
  local read, seen = {}, {}
  for i, wish in ipairs(wishes) do
    if type(wish) ~= "table" then
      arguments.bad(1, "ensure_all", "wish %d: table expected, got %s", i,
        type(wish))
    end
    local id, want = ensured.split(self, wish)
    id = arguments.id(1, "ensure_all", ensured.names(self), id)
    arguments.body(1, "ensure_all", self.shape, want, true)
    agreement.check(1, "ensure_all", self.facts, id, want)
    local key = json.encode(id, { sort = true })
    if seen[key] then
      arguments.bad(1, "ensure_all", "two wishes for %s", key)
    end
    read[i], seen[key] = { wish = wish, id = id, want = want }, true
  end
  return read
end

--- Returns the path of what shows many things at once, or nil.
local function path_of_many(self, id)
  if self.facts.inside then
    local operation = base.document_operation(self)
    return operation, meaning.path(operation, id)
  end
  local list = self.facts.verbs.list
  return list, meaning.path(list, id)
end

local function read_many(self, operation, path)
  if not self.facts.inside then
    return pages.all(self.session, operation, path)
  end
  local document = self.session:send(operation, path, {})
  return meaning.member(document, self.facts.inside) or {}
end

--- Reads each list that shows some of the things, once.
---@return table<string, table[]>   path -> items
local function read_lists(self, wishes)
  local paths, known, operation = {}, {}, nil
  for _, wish in ipairs(wishes) do
    operation, wish.path = path_of_many(self, wish.id)
    if wish.path and not known[wish.path] then
      paths[#paths + 1], known[wish.path] = wish.path, true
    end
  end
  local lists = task.map(paths, function(path)
    return read_many(self, operation, path)
  end)
  local by_path = {}
  for i, path in ipairs(paths) do by_path[path] = lists[i] end
  return by_path
end

--- Ensures the things of the wishes side by side.
---@param self mkrun.rest.GenericResource
---@param wishes table[]   see `read`
---@param options mkrun.rest.EnsureAllOptions
---@return mkrun.rest.Ensured[]
function M.ensure(self, wishes, options)
  local lists = read_lists(self, wishes)
  local plain, by_wish = {}, {}
  for i, wish in ipairs(wishes) do
    plain[i], by_wish[wish.wish] = wish.wish, wish
  end
  return ensures.run(plain, function(given)
    local wish = by_wish[given]
    local items = lists[wish.path]
    local have, count = ensured.pick(self, items or {}, wish.id)
    return ensured.ensure(self, wish.id, wish.want, { have = have,
      before = options.before, is_absent = items ~= nil and count == 0 })
  end, options)
end

return M
