--- Finds names of roles and locations in a SPEC that are probably mistyped: the
--- model of the API has a similar name.  Only the service knows all names, so
--- this is no more than a doubt.  `mkio.sandbox.like` and `mkio.flow.check`
--- call this module.
-- SPDX-License-Identifier: MIT

local choice = require "mkrun.rest.choice"
local patch = require "mkrun.patch"
local value = require "mkrun.value"
local worlds = require "mkio.model.world"

local M = {}

local function names_of(items)
  local names = {}
  for i, item in ipairs(items) do names[i] = item.name end
  return names
end

--- Returns a member that is a table, or an empty one: null means absent.
local function inside(part, name)
  local member = part[name]
  return type(member) == "table" and member or {}
end

--- Calls `visit(kind, name, path)` for each role and location of a SPEC.
local function each(document, visit)
  for i, project in ipairs(inside(document, "projects")) do
    visit("location", project.locationName,
      { "projects", i - 1, "locationName" })
  end
  for i, team in ipairs(inside(document, "teams")) do
    local scopes = inside(team, "scopes")
    for _, scope in ipairs(value.names(scopes)) do
      for j, role in ipairs(inside(inside(scopes, scope), "roles")) do
        visit("role", role, { "teams", i - 1, "scopes", scope, "roles", j - 1 })
      end
    end
  end
end

---@class mkio.likeness.Doubt
---@field pointer string   JSON Pointer of the name
---@field text string      "the model of the API has no role 'raeder': ..."

--- Returns the names that are similar to one of the model's, each once.
---@param document table   a SPEC whose form is right
---@return mkio.likeness.Doubt[]
function M.find(document)
  local state = worlds.new {}.state
  local known = { role = names_of(state.roles),
    location = names_of(state.locations) }
  local doubts, told = {}, {}
  each(document, function(kind, name, path)
    local key = ("%s %s"):format(kind, name)
    if type(name) ~= "string" or told[key] or choice.has(known[kind], name) then
      return
    end
    told[key] = true
    local meant = choice.nearest(known[kind], name)
    if not meant then return end
    doubts[#doubts + 1] = { pointer = patch.pointer(path),
      text = ("the model of the API has no %s '%s': did you mean '%s'?")
        :format(kind, name, meant) }
  end)
  return doubts
end

return M
