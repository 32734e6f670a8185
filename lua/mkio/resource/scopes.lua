--- Scopes: sets of resources that the roles of a team apply to.  `org.scopes`
--- is the only instance of this class.
---
--- The service makes the scopes.  It makes `<project>Scope` for each project,
--- some time after the project.
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

local function first_missing(names, seen)
  for _, name in ipairs(names) do
    if not seen[name] then return name end
  end
end

--- Returns the names of scopes that an earlier call saw.  Nobody can delete a
--- scope, so these names need no second look.
local function known_to(self)
  self.known = self.known or {}
  return self.known
end

--- Waits until all of the scopes exist.  Raises if one is still missing.
---@param names string[]
---@param seconds number   the longest wait; 0 if no project is new
function Scopes:await(names, seconds)
  local known = known_to(self)
  if not first_missing(names, known) then return end
  local present, missing
  for i = 1, seconds > 0 and TRIES or 1 do
    if i > 1 then task.sleep(seconds / TRIES) end
    present = value.names_of(self:list { needs = "names" })
    for _, name in ipairs(present) do known[name] = true end
    missing = first_missing(names, known)
    if not missing then return end
  end
  errors.raise("missing", ("there is no scope '%s'"):format(missing),
    "there is " .. value.quoted(present))
end

return Scopes
