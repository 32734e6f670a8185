--- Packs a part of a provider's declaration into JSON, and unpacks it.  A
--- journal keeps the resources that its run has written, so that `undo` needs
--- no file of the provider.
-- SPDX-License-Identifier: MIT

local M = {}

--- Member that has the list of a table with a list and names: { "string",
--- set = true }.
local LIST <const> = "#"

--- Copies a declaration.  JSON has no table with a list and names.
local function pack(value)
  if type(value) ~= "table" then return value end
  local result, list = {}, {}
  for i, item in ipairs(value) do list[i] = pack(item) end
  for name, member in pairs(value) do
    if type(name) == "string" then result[name] = pack(member) end
  end
  if next(result) == nil then return list end
  result[LIST] = list[1] ~= nil and list or nil
  return result
end

local function unpack(value)
  if type(value) ~= "table" then return value end
  local result = {}
  for name, member in pairs(value) do
    if name ~= LIST then result[name] = unpack(member) end
  end
  for i, item in ipairs(value[LIST] or {}) do result[i] = unpack(item) end
  return result
end

--- Copies hints, whose names may be statuses.  JSON has no such names.
local function pack_hints(hints)
  local packed = {}
  for key, hint in pairs(hints or {}) do packed[tostring(key)] = hint end
  return packed
end

--- Returns hints by status and by code: nobody knows which of them a name with
--- digits was.
local function unpack_hints(packed)
  local hints = {}
  for key, hint in pairs(packed or {}) do
    hints[key] = hint
    hints[math.tointeger(tonumber(key)) or key] = hint
  end
  return hints
end

local function resource_of(key) return key:match "^[^.]+" end

local add_rows

--- Adds the rows that a row needs: those that it names, and for items inside a
--- document the one that reads the document.
local function add_needed(found, rows, row)
  for _, field in ipairs { "undo", "shown_by" } do
    if row[field] then add_rows(found, rows, resource_of(row[field])) end
  end
  for _, other in ipairs(row.inside and rows or {}) do
    if other[2] == "GET" and other[3] == row[3] then
      add_rows(found, rows, resource_of(other[1]))
    end
  end
end

--- Adds the rows of a resource.
function add_rows(found, rows, resource)
  for _, row in ipairs(rows) do
    if resource_of(row[1]) == resource and not found[row[1]] then
      found[row[1]] = pack(row)
      add_needed(found, rows, row)
    end
  end
end

--- Returns the facts of a provider for a journal.
---@param provider mkrun.rest.DeclaredProvider
---@param resource? string   name of the resource whose rows are wanted, too
---@return {auth: string, list: table?, error: table?, hints: table,
---  operations: table<string, table>, resources: table<string, table>}
function M.of(provider, resource)
  local declared = provider.declared
  local operations, resources = {}, {}
  if resource then add_rows(operations, declared.operations, resource) end
  for key in pairs(operations) do
    local name = resource_of(key)
    resources[name] = pack((declared.resources or {})[name] or {})
  end
  return { auth = provider.auth, list = pack(declared.list),
    error = pack(declared.error), hints = pack_hints(declared.hints),
    operations = operations, resources = resources }
end

--- Returns the declaration, for `rest.provider`, from the facts in a journal.
---@param name string
---@param facts mkrun.JournalProvider
---@return mkrun.rest.Declaration
function M.declaration(name, facts)
  local rows, resources = {}, {}
  for _, row in pairs(facts.operations) do rows[#rows + 1] = unpack(row) end
  for resource, fields in pairs(facts.resources) do
    resources[resource] = unpack(fields)
  end
  table.sort(rows, function(a, b) return a[1] < b[1] end)
  return { name = name, base_url = facts.base_url, auth = facts.auth,
    list = unpack(facts.list), error = unpack(facts.error),
    hints = unpack_hints(facts.hints), operations = rows,
    resources = resources }
end

return M
