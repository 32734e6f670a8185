--- Checks the arguments of a declared resource's methods by the declared
--- shapes, before a request is sent.
-- SPDX-License-Identifier: MIT

local ids = require "mkrun.rest.generic.ids"
local near = require "mkrun.rest.suggestion"
local shape = require "mkrun.rest.shape"
local value = require "mkrun.value"

local M = { id = ids.read, bad = ids.bad }

--- Checks a request body.
---@param n integer        position of the argument
---@param method string    name of the method
---@param wanted? mkrun.rest.Shape
---@param body any
---@param is_part? boolean   true: required members may be absent
---@return any body
function M.body(n, method, wanted, body, is_part)
  if not wanted then return nil end
  if type(body) ~= "table" and wanted.kind ~= "any" then
    ids.bad(n, method, "table expected, got %s",
      body == nil and "no value" or type(body))
  end
  local fault = shape.faults(wanted, shape.mark(wanted, body), is_part)[1]
  if fault then
    ids.bad(n, method, "%s%s", fault.pointer == "" and ""
      or shape.place(fault.pointer) .. ": ", fault.text)
  end
  return body
end

--- Splits the table of `list` and `each` into path parameters and query.
---@param method string
---@param operation mkrun.rest.DeclaredOperation
---@param given any
---@return table<string, string> at
---@return table<string, string> query
function M.list(method, operation, given)
  local names = operation.parameters
  if type(given) ~= "table" then
    if given == nil and #names == 0 then return {}, {} end
    return ids.read(1, method, names, given), {}
  end
  local at, query, known = {}, {}, value.set(names)
  for name, item in pairs(given) do
    local parameter = operation.query[name]
    if known[name] then
      at[name] = item
    elseif parameter then
      query[parameter] = tostring(item)
    else
      local all = table.move(names, 1, #names, 1, value.names(operation.query))
      local meant = near.find(tostring(name), all)[1]
      ids.bad(1, method, "%s does not take '%s'%s", operation.key,
        tostring(name), meant and (", did you mean '%s'?"):format(meant) or "")
    end
  end
  return ids.read(1, method, names, at), query
end

local OPTIONS <const> = { have = "table", before = "function",
  told = "function", limit = "number", missing_ok = "boolean",
  is_absent = "boolean" }

--- Checks a table of options.
---@param n integer
---@param method string
---@param options any
---@param known string[]   names of the options that the method takes
---@return table
function M.options(n, method, options, known)
  if options == nil then return {} end
  if type(options) ~= "table" then
    ids.bad(n, method, "table expected, got %s", type(options))
  end
  local set = value.set(known)
  for name, option in pairs(options) do
    if not set[name] then
      local meant = near.find(tostring(name), known)[1]
      ids.bad(n, method, "unknown option '%s'%s", tostring(name),
        meant and (", did you mean '%s'?"):format(meant) or "")
    elseif type(option) ~= OPTIONS[name] then
      ids.bad(n, method, "option '%s': %s expected, got %s", name,
        OPTIONS[name], type(option))
    end
  end
  return options
end

--- Raises if a method got more arguments than it takes.
---@param method string
---@param most integer
---@param ... any   the arguments
function M.count(method, most, ...)
  local count = select("#", ...)
  if count > most then
    ids.bad(most + 1, method, "%d argument%s expected, got %d", most,
      most == 1 and "" or "s", count)
  end
end

return M
