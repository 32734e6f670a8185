--- Gives each operation of a document its key, RESOURCE.VERB.
---
--- A resource has the last word of its path as its name, and as many words
--- before it as tell it from the others.  The verb says what the method does to
--- that path; an operation that is none of the verbs has its operationId.
-- SPDX-License-Identifier: MIT

local document = require "mkrun.tool.new.provider.document"
local paths = require "mkrun.tool.new.provider.paths"
local words = require "mkrun.tool.new.provider.words"

local M = {}

--- Verbs with a meaning, and names of methods that each resource has.
local RESERVED <const> = { list = true, get = true, create = true, put = true,
  patch = true, delete = true, ensure = true, ensure_all = true, find = true,
  each = true }

--- Names that a connected provider has already.
local TAKEN <const> = { call = true, client = true, session = true,
  provider = true, at = true, connect = true, close = true, name = true }

local ITEM_VERBS <const> = { GET = "get", PUT = "put", PATCH = "patch",
  DELETE = "delete" }
local COLLECTION_VERBS <const> = { GET = "list", POST = "create" }

local LONGEST_ID <const>, LONGEST_NAME <const> = 32, 60

---@class mkrun.new.Row
---@field operation mkrun.new.Operation
---@field path mkrun.new.Path
---@field part mkrun.new.Part
---@field home string       the path of the resource, "orgs/{}/repos"
---@field resource string
---@field verb string
---@field is_list? boolean  GET: the answer is a list; nil: nothing says so
---@field makes boolean     POST: something new comes of it

--- Returns the operationId as a verb, if it is one that a person gave.
local function own_name(row)
  local id = document.text(row.operation.node.operationId)
  id = id and #id <= 200 and id:find "^%a[%w_./-]*$" and id:match "[^./]*$"
  local name = id and words.snake(id)
  return name and #name <= LONGEST_ID and name:find "^%l" and name or nil
end

local function last_word(row)
  local segment = row.path.segments[#row.path.segments] or ""
  return words.identifier((segment:gsub("{}", "")))
end

--- Returns the name that an operation has by its method and path alone.
local function plain_name(row)
  local method = row.operation.method:lower()
  if row.part == "collection" then return method .. "_all" end
  local word = row.part == "action" and last_word(row)
  if not word then return RESERVED[method] and method .. "_it" or method end
  return RESERVED[word] and method .. "_" .. word or word
end

--- Returns the names that an operation could have as an action, best first.
local function action_names(row)
  local own, plain = own_name(row), plain_name(row)
  local names = { plain, row.operation.method:lower() .. "_" .. plain }
  if own and not RESERVED[own] then table.insert(names, 1, own) end
  return names
end

--- Returns the verb of an operation if it has one with a meaning.
local function meant_verb(row)
  local method = row.operation.method
  if row.part == "item" then return ITEM_VERBS[method] end
  if row.part == "collection" then
    if method == "GET" and row.is_list == false then return nil end
    return COLLECTION_VERBS[method]
  end
  if row.part == "action" then return nil end
  if row.is_list then return "list" end
  if method == "POST" then return row.makes and "create" or nil end
  return ITEM_VERBS[method]
end

--- Returns true if an item's path is that of the resource's other verbs, down
--- to the names of its parameters.
local function is_of_item(row, taken)
  if row.part ~= "item" then return true end
  taken[1] = taken[1] or row.path.text
  return taken[1] == row.path.text
end

--- Gives a verb that is free.  `taken` has the verbs of the resource, and as
--- its first element the path of an item.
local function give_verb(row, taken)
  local verb = meant_verb(row)
  if verb and not taken[verb] and is_of_item(row, taken) then
    taken[verb] = true
    return verb
  end
  for _, name in ipairs(action_names(row)) do
    if not taken[name] then
      taken[name] = true
      return name
    end
  end
  return words.free(action_names(row)[1], taken)
end

--- Longer paths first: the list of the items below a virtual host is `list`,
--- the one of all hosts is another.
local function is_before(a, b)
  local x, y = #a.path.segments, #b.path.segments
  if x ~= y then return x > y end
  return a.operation.path < b.operation.path
end

local function give_verbs(rows)
  local order, taken = table.move(rows, 1, #rows, 1, {}), {}
  table.sort(order, is_before)
  for _, row in ipairs(order) do
    taken[row.home] = taken[row.home] or {}
    row.verb = give_verb(row, taken[row.home])
  end
end

--- Returns the name of a resource of its last `count` words.
local function name_of(home, count)
  local names = {}
  for i = math.min(count, #home.names), 1, -1 do
    names[#names + 1] = home.names[i]
  end
  local name = words.identifier(table.concat(names, "_"):sub(1, LONGEST_NAME))
    or home.tag or "root"
  return TAKEN[name] and name .. "_resource" or name
end

--- Groups homes by the name that each has now.
local function groups(homes)
  local by_name = {}
  for _, home in ipairs(homes) do
    local name = name_of(home, home.count)
    by_name[name] = by_name[name] or {}
    table.insert(by_name[name], home)
  end
  return by_name
end

--- Takes a further word of the path for those that have one name.
local function lengthen(homes)
  local is_longer = false
  for _, group in pairs(groups(homes)) do
    for _, home in ipairs(#group > 1 and group or {}) do
      if home.count < math.min(#home.names, 6) then
        home.count, is_longer = home.count + 1, true
      end
    end
  end
  return is_longer
end

local function give_names(homes)
  repeat until not lengthen(homes)
  local taken, names = {}, {}
  for _, home in ipairs(homes) do
    names[home.home] = words.free(name_of(home, home.count), taken)
  end
  return names
end

local function note_home(homes, seen, row, count)
  local names, home = paths.home(row.path, count)
  row.home = home
  if seen[home] then return end
  local tag = document.array(row.operation.node.tags)[1]
  seen[home] = true
  homes[#homes + 1] = { home = home, names = names, count = 1,
    tag = type(tag) == "string" and words.identifier(tag) or nil }
end

--- Gives each row its resource and its verb.
---@param rows mkrun.new.Row[]   with `operation`, `path`, `is_list` and `makes`
function M.give(rows)
  local tree, homes, seen = paths.tree(rows), {}, {}
  for _, row in ipairs(rows) do
    local count
    row.part, count = paths.part(tree, row)
    note_home(homes, seen, row, count)
  end
  give_verbs(rows)
  local names = give_names(homes)
  for _, row in ipairs(rows) do row.resource = names[row.home] end
end

return M
