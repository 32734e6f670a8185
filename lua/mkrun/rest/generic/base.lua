--- Sends the requests of a declared resource.  The arguments are checked.
-- SPDX-License-Identifier: MIT

local errors = require "mkrun.rest.error"
local json = require "mkrun.json"
local meaning = require "mkrun.rest.meaning"
local pages = require "mkrun.rest.generic.pages"
local value = require "mkrun.value"

---@class mkrun.rest.GenericResource
---@field session mkrun.rest.Session
---@field facts mkrun.rest.DeclaredResource
---@field shape mkrun.rest.Shape   of what `ensure` takes
local M = {}

--- Iterates over a list whose path's parameters are among `at`.
---@param self mkrun.rest.GenericResource
---@param at table<string, string>
---@param query? table<string, string>
---@return fun(): table?
function M.each_at(self, at, query)
  local list = self.facts.verbs.list
  if not list then
    errors.refuse("list", ("provider '%s' declares no '%s.list'")
      :format(self.session.provider.name, self.facts.name))
  end
  return pages.each(self.session, list, meaning.path(list, at), query)
end

--- Returns the operation that reads the document of items.
---@param self mkrun.rest.GenericResource
---@return mkrun.rest.DeclaredOperation
function M.document_operation(self)
  for _, operation in ipairs(self.session.provider.operations.all) do
    if operation.method == "GET" and operation.path == self.facts.path then
      return operation
    end
  end
end

--- Reads a thing.  Returns nil if it does not exist.
---@param self mkrun.rest.GenericResource
---@param at table<string, string>
---@return table?
function M.look(self, at)
  local facts = self.facts
  if facts.inside then
    local operation = M.document_operation(self)
    local document = self.session:send(operation,
      meaning.path(operation, at), {})
    return meaning.item(facts, document, at)
  elseif facts.verbs.get then
    local get = facts.verbs.get
    return (self.session:send(get, meaning.path(get, at), { absent = true }))
  end
  for item in M.each_at(self, at) do
    local found = meaning.at_of(facts, item, at)
    if found and value.same_map(found, at) then return item end
  end
end

local function marked(self, operation, at, body)
  local item = json.object {}
  for name, member in pairs(body or {}) do item[name] = member end
  for _, key in ipairs(self.facts.keys) do item[key] = at[key] end
  for name, member in pairs(operation.mark or {}) do item[name] = member end
  return { [operation.inside] = json.array { item } }
end

--- Sends a write.
---@param self mkrun.rest.GenericResource
---@param operation mkrun.rest.DeclaredOperation
---@param at table<string, string>
---@param body any
---@return any answer
function M.write(self, operation, at, body)
  pages.before(self.session, operation)
  if operation.inside then body = marked(self, operation, at, body) end
  return (self.session:send(operation, meaning.path(operation, at),
    { body = body }))
end

return M
