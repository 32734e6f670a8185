--- Tells what the paths of a document are: the collection of a resource, one of
--- its items, an action on it, or a single thing.
-- SPDX-License-Identifier: MIT

local words = require "mkrun.tool.new.provider.words"

local M = {}

---@class mkrun.new.Path
---@field text string      as a row has it: each parameter is a name of Lua
---@field shape string     with "{}" for each parameter
---@field segments string[]  of `shape`
---@field tail integer     so many segments at the end are parameters
---@field parameters string[]  in the order of the path

local function parameter(name, taken)
  local own = name:find "^[%a_][%w_]*$" and name or words.identifier(name)
  return words.free(own or "id", taken)
end

--- Reads a path of the document.
---@param path string
---@return mkrun.new.Path
function M.read(path)
  local taken, parameters = {}, {}
  local text = path:gsub("{([^{}]*)}", function(name)
    local own = parameter(name, taken)
    parameters[#parameters + 1] = own
    return "{" .. own .. "}"
  end)
  local shape = path:gsub("{[^{}]*}", "{}")
  local segments = {}
  for segment in shape:gmatch "[^/]+" do segments[#segments + 1] = segment end
  local tail = 0
  while segments[#segments - tail] == "{}" do tail = tail + 1 end
  return { text = text, shape = shape, segments = segments, tail = tail,
    parameters = parameters }
end

--- Returns the first segments of a path as one text.
local function head(path, count)
  return table.concat(path.segments, "/", 1, count)
end

---@class mkrun.new.Tree
---@field methods table<string, table<string, true>>  of each path's segments
---@field collections table<string, string>   what has items below it -> the
---  path's text of an item
---@field inner table<string, true>   what has any path below it

--- Notes which path lies below which.
---@param rows mkrun.new.Row[]
---@return mkrun.new.Tree
function M.tree(rows)
  local tree = { methods = {}, collections = {}, inner = {} }
  for _, entry in ipairs(rows) do
    local path = entry.path
    local count = #path.segments
    local own = head(path, count)
    tree.methods[own] = tree.methods[own] or {}
    tree.methods[own][entry.operation.method] = true
    for k = math.max(count - path.tail, 0), count - 1 do
      local above = head(path, k)
      if k == count - 1 or not tree.collections[above] then
        tree.collections[above] = path.text
      end
    end
    for k = 0, count - 1 do tree.inner[head(path, k)] = true end
  end
  return tree
end

local function has_one_method(tree, path)
  local methods = tree.methods[head(path, #path.segments)]
  return next(methods, next(methods)) == nil
end

--- Words at the beginning of a path that name no resource.
local function is_prefix(segment)
  return segment:find "^v%d" ~= nil or segment == "api"
end

--- Returns true if a path that ends in a word is an action: it has one method,
--- nothing lies below it, and what it is below has items, or is one; or it is a
--- POST below a word that makes nothing.
local function is_action(tree, entry)
  local path, method = entry.path, entry.operation.method
  local count = #path.segments
  if count < 2 or tree.inner[head(path, count)]
    or not has_one_method(tree, path) then
    return false
  end
  local above = path.segments[count - 1]
  if path.segments[count]:find "{}" then return true end
  if above == "{}" then return method ~= "GET" and not entry.makes end
  if tree.collections[head(path, count - 1)] then return true end
  return method == "POST" and not entry.makes and not is_prefix(above)
end

---@alias mkrun.new.Part "collection"|"item"|"action"|"single"

--- Tells what a path is, and which segments name its resource.
---@param tree mkrun.new.Tree
---@param entry mkrun.new.Row
---@return mkrun.new.Part part
---@return integer count  the first so many segments are the resource's home
function M.part(tree, entry)
  local path = entry.path
  local count = #path.segments
  local home = count - path.tail
  if tree.collections[head(path, count)] then return "collection", home end
  if path.tail > 0 then return "item", home end
  if not is_action(tree, entry) then return "single", count end
  home = count - 1
  while path.segments[home] == "{}" do home = home - 1 end
  if home < 1 then return "single", count end
  return "action", home
end

--- Returns the words of a resource's home, the last one first.
---@param path mkrun.new.Path
---@param count integer
---@return string[] names
---@return string home   "orgs/{}/repos"
function M.home(path, count)
  local names = {}
  for i = count, 1, -1 do
    local name = words.snake((path.segments[i]:gsub("{}", "")))
    if name ~= "" and not name:find "^v%d+$" then names[#names + 1] = name end
  end
  return names, head(path, count)
end

return M
