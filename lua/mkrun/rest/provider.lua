--- What this library has to be told of an API: one table for each provider.
-- SPDX-License-Identifier: MIT

---@class mkrun.rest.Provider
---@field name string      "mkio": before the names of its classes
---@field operations mkrun.rest.Operations
---@field schema {check: function, mark: function}   of request bodies: see
---                        `mkio.schema`
---@field answers {check: function}   what is needed of an answer: see
---                        `mkio.answers`
---@field repeatable fun(body: any): boolean   may this body be sent again? For
---                        operations whose `safe` is "entries"
---@field secrets string[][]   places of secrets in an item: {"spec", "key"}
---@field hint fun(session: mkrun.rest.Session, call: mkrun.rest.SentCall,
---  problem: mkrun.rest.Error): string?   what to try next
---@field arguments table<string, table<string, mkrun.rest.Shape[]>>   of the
---                        methods of each class, from the first after `self`

local M = {}

local FIELDS <const> = { "name", "operations", "schema", "answers",
  "repeatable", "secrets", "hint", "arguments" }

--- A provider; raises when something is missing.
---@param fields mkrun.rest.Provider
---@return mkrun.rest.Provider
function M.new(fields)
  for _, name in ipairs(FIELDS) do
    if fields[name] == nil then
      error(("bad argument #1 to 'new' (no '%s')"):format(name), 2)
    end
  end
  return fields
end

return M
