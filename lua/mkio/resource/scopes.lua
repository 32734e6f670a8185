--- Scopes: sets of resources that a team's roles hold for.
---
--- The service makes them, `<project>Scope` for each project among them, some
--- time after the project.
-- SPDX-License-Identifier: MIT

local task = require "mkrun.task"

local class = require "mkio.resource.class"
local errors = require "mkrun.rest.error"
local value = require "mkrun.value"

---@class mkio.Scopes: mkrun.rest.Resource
local Scopes = class {
  name = "Scopes", list = "scopes.list",
  get = "scopes.get", parameter = "scope_name",
}

local TRIES <const> = 10

local function names_of(scopes)
  local names = {}
  for i, scope in ipairs(scopes) do
    names[i] = value.dig(scope, "metadata", "name")
  end
  return names
end

local function first_missing(names, seen)
  for _, name in ipairs(names) do
    if not seen[name] then return name end
  end
end

--- The names of scopes that were there when this was asked before.  Nobody
--- can delete a scope, so these need no other look.
local function known_to(self)
  self.known = self.known or {}
  return self.known
end

--- See to it that all of the scopes are there; raises when one is not.
---@param names string[]
---@param seconds number   how long to wait for one: 0 when no project is new
function Scopes:await(names, seconds)
  local known = known_to(self)
  if not first_missing(names, known) then return end
  local present, missing
  for i = 1, seconds > 0 and TRIES or 1 do
    if i > 1 then task.sleep(seconds / TRIES) end
    present = names_of(self:list { needs = "names" })
    for _, name in ipairs(present) do known[name] = true end
    missing = first_missing(names, known)
    if not missing then return end
  end
  errors.raise("missing", ("there is no scope '%s'"):format(missing),
    "there is " .. value.quoted(present))
end

return Scopes
