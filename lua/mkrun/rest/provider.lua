--- Makes a provider whose library has all its parts itself: the table that
--- describes one API to this library.  `mkrun.rest.declare` makes these parts
--- of a declaration.  `mkrun.rest` calls this module.
-- SPDX-License-Identifier: MIT

---@class mkrun.rest.Provider
---@field name string      name of the API: prefix of the names of its classes
---@field operations mkrun.rest.Operations
---@field schema {check: function, mark: function, newer: function}   checks
---  request bodies, marks their arrays, and lists their unknown values
---@field answers {check: function}   checks the members of answers
---@field repeatable fun(body: any): boolean   returns true if a body may be
---  sent again; for operations whose `safe` is "entries"
---@field seal fun(operation: mkrun.rest.Operation, document: any)   replaces
---  the secrets of an answer by `mkrun.Secret` objects
---@field item {id: string[], name: string[]}   places in an item of a list, as
---  lists of members: {"about", "id"}
---@field hint fun(session: mkrun.rest.Session, call: mkrun.rest.SentCall,
---  problem: mkrun.rest.Error): string?   returns a hint for the user
---@field arguments table<string, table<string, mkrun.rest.Shape[]>>   name of a
---  class -> name of a method -> shapes of the arguments after `self`

local M = {}

local FIELDS <const> = { "name", "operations", "schema", "answers",
  "repeatable", "seal", "item", "hint", "arguments" }

--- Returns true if a table has the parts of a provider, and not what they
--- could be made of: its operations are those of `mkrun.rest.operations`.
---@param declared any
---@return boolean
function M.are_in(declared)
  local operations = type(declared) == "table" and declared.operations
  return type(operations) == "table" and operations.by_key ~= nil
end

--- Makes a provider.  Raises if a field is missing.
---@param fields mkrun.rest.Provider
---@return mkrun.rest.Provider
function M.new(fields)
  for _, name in ipairs(FIELDS) do
    if fields[name] == nil then
      error(("bad argument #1 to 'provider' (no '%s')"):format(name), 3)
    end
  end
  return fields
end

return M
