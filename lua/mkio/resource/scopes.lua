--- Scopes: sets of resources that the roles of a team apply to.  `org.scopes`
--- is the only instance of this class.
---
--- The service makes the scopes.  It makes `<project>Scope` for each project,
--- some time after the project.
-- SPDX-License-Identifier: MIT

local await = require "mkrun.rest.await"
local task = require "mkrun.task"

local class = require "mkio.resource.class"
local errors = require "mkrun.rest.error"
local value = require "mkrun.value"

---@class mkio.Scopes: mkrun.rest.Resource
local Scopes = class {
  name = "Scopes", list = "scopes.list",
  get = "scopes.get", parameter = "scope_name",
}

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

--- Notes the scopes of a list that the caller has read.
---@param items table[]
function Scopes:note(items)
  local known = known_to(self)
  for _, name in ipairs(value.names_of(items)) do known[name] = true end
end

--- Tells whether all of the scopes have been seen.
---@param names string[]
---@return boolean
function Scopes:knows(names) return not first_missing(names, known_to(self)) end

--- Reads the list and notes its names.  Tasks that ask meanwhile share the
--- list; the next call reads it anew.
local function look(self)
  self.looks = self.looks or task.once()
  return self.looks:get("list", function()
    local items = self:list { needs = "names" }
    self:note(items)
    self.looks:forget "list"
    return value.names_of(items)
  end)
end

--- Raises: a scope is missing.  After a wait the list is probably behind.
local function raise_missing(self, name, present)
  local hint = "there is " .. value.quoted(present)
  if not self.waited then
    errors.raise("missing", ("there is no scope '%s'"):format(name), hint)
  end
  errors.raise("behind", ("the list of scopes has no '%s' yet, after %g s")
    :format(name, self.waited), hint)
end

--- Waits until all of the scopes exist.  Raises if one is still missing.
---@param names string[]
---@param seconds number   the longest wait; 0 if no project is new
function Scopes:await(names, seconds)
  local known, present = known_to(self), nil
  if not first_missing(names, known) then return end
  local function find()
    present = look(self)
    return not first_missing(names, known)
  end
  if await.look(find, "the list of scopes lacks those of new projects",
    seconds) then
    return
  end
  if seconds > 0 then self.waited = seconds end
  raise_missing(self, first_missing(names, known), present)
end

return Scopes
