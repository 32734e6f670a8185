--- Refuses what `ensure` is to make of a thing if it names another thing: each
--- run would make that one again.
-- SPDX-License-Identifier: MIT

local ids = require "mkrun.rest.generic.ids"
local meaning = require "mkrun.rest.meaning"

local M = {}

local function text_of(member)
  return tostring(math.type(member) and math.tointeger(member) or member)
end

--- Returns what of a document names the thing: the member, and the name in the
--- id.
local function named_members(facts, id)
  local found = {}
  for _, name in ipairs(facts.identify or {}) do found[name] = name end
  for key, member in pairs(facts.members) do
    if id[key] ~= nil then found[member] = key end
  end
  return found
end

--- Raises if the members of a wish contradict its id.
---@param n integer       position of the argument
---@param method string   "ensure"
---@param facts mkrun.rest.DeclaredResource
---@param id table<string, string>
---@param want table
function M.check(n, method, facts, id, want)
  for member, name in pairs(named_members(facts, id)) do
    local said = meaning.member(want, member)
    if id[name] ~= nil and said ~= nil and text_of(said) ~= id[name] then
      ids.bad(n, method, "'%s' is '%s', and the id says '%s'", member,
        text_of(said), id[name])
    end
  end
end

return M
