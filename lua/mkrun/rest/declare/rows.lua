--- Makes the operations of a declared provider from its rows.
-- SPDX-License-Identifier: MIT

local fault = require "mkrun.rest.declare.fault"
local operations = require "mkrun.rest.operations"
local reading = require "mkrun.rest.declare.row"
local shape = require "mkrun.rest.shape"

---@class mkrun.rest.DeclaredOperation: mkrun.rest.Operation
---@field resource string   "users"
---@field verb string       "put"
---@field act? "read"|"list"|"replace"|"make"|"merge"|"json-patch"|"item-put"|
---  "item-remove"|"remove"|"ask"   nil: its meaning is not declared
---@field shape? mkrun.rest.Shape   of the request body
---@field item? mkrun.rest.Shape    `inside`: of one item, without keys and mark
---@field pages table       how a list answers, see `mkrun.rest.pages`
---@field parameters string[]   names of the path's parameters, in their order
---@field id? string        "create": member of the answer with the new id
---@field inside? string    member of the document that lists the items
---@field mark? table<string, any>   members that each item of the body has
---@field undo? string|false   key of the operation that undoes this one
---@field why? string       reason for `undo = false`
---@field shown_by? string  key of the read that shows whether it happened
---@field defaults? table<string, any>   members that the server fills in
---@field only? table<integer, true>   statuses of success

local M = { LIST = reading.LIST }

local function check_keys(rows, where)
  local seen = {}
  for i, row in ipairs(rows) do
    local key = type(row) == "table" and row[1]
    if not key then
      fault.raise(where, "row %d: a row is { KEY, METHOD, PATH }", i)
    elseif seen[key] then
      fault.raise(where, "row '%s' is there twice", tostring(key))
    end
    seen[key] = true
  end
end

local function check_named(where, all, by_key)
  for _, operation in ipairs(all) do
    local own = ("%s, row '%s'"):format(where, operation.key)
    for _, field in ipairs { "undo", "shown_by" } do
      local key = operation[field]
      if key and not by_key[key] then
        fault.unknown(("%s, '%s'"):format(own, field), "row", key, by_key)
      end
    end
    local shown = by_key[operation.shown_by]
    if shown and shown.method ~= "GET" then
      fault.raise(own, "'shown_by': '%s' is no GET", shown.key)
    end
  end
end

--- Sorts operations so that a path with fewer parameters is matched first, and
--- a row with a mark before one without.
local function by_rank(all)
  local list, place = table.move(all, 1, #all, 1, {}), {}
  for i, operation in ipairs(all) do place[operation] = i end
  local function rank(operation)
    return #operation.parameters * 2 + (operation.mark and 0 or 1)
  end
  table.sort(list, function(a, b)
    if rank(a) ~= rank(b) then return rank(a) < rank(b) end
    return place[a] < place[b]
  end)
  return list
end

--- Makes the operations.
---@param where string   "provider 'rabbitmq'"
---@param rows table[]
---@return mkrun.rest.Operations   `ranked` is `all` in the order of matching
function M.operations(where, rows)
  check_keys(rows, where)
  local plain, more = {}, {}
  for i, row in ipairs(rows) do
    plain[i], more[i] =
      reading.read(("%s, row '%s'"):format(where, tostring(row[1])), row)
  end
  local made = operations.new { rows = plain, prefixes = {}, paging = {} }
  for i, operation in ipairs(made.all) do
    for name, field in pairs(more[i]) do operation[name] = field end
  end
  check_named(where, made.all, made.by_key)
  made.ranked = by_rank(made.all)
  return made
end

--- Completes the operation of an `inside` row: its body is a list of items.
---@param operation mkrun.rest.DeclaredOperation
---@param keys string[]   members that tell the items apart
function M.complete_inside(operation, keys)
  local item, fields = operation.shape, {}
  for _, key in ipairs(keys) do fields[key .. "!"] = shape.any() end
  for name in pairs(operation.mark or {}) do
    fields[name .. "!"] = shape.any()
  end
  local closed = item == nil or item.kind == "object"
  for _, name in ipairs(item and item.names or {}) do
    local bang = item.required[name] and "!" or ""
    fields[name .. bang] = item.fields[name]
  end
  operation.item = item
  local whole = shape.list(closed and shape.object(fields)
    or shape.map(shape.any()))
  operation.shape = shape.object { [operation.inside .. "!"] = whole }
  operation.body, operation.style = operation.shape, "spec"
  operation.content_type = operation.content_type or "application/json"
end

return M
