--- Selects a part of a SPEC, the file of `onboard`: what --only, --except and
--- the list "ignore" of the SPEC leave.  `mkio.flow.onboard` calls it.
---
--- The part is a SPEC, too.  A team of which only members or scopes are
--- selected has only these; `is_part` says that the team has to be there
--- already.  So has a project of which only webhook rules are selected.
-- SPDX-License-Identifier: MIT

local patch = require "mkrun.patch"

local selection = require "mkio.flow.common.selection"
local value = require "mkrun.value"

---@class mkio.Part
---@field whole table   the SPEC
---@field selection mkio.Selection
---@field origins table<string, table<integer, integer>>  for each list of the
---  part, by its pointer: index in the part -> index in the SPEC, from 0

local M = {}

--- What is known of each part.  The keys are weak.
local parts = setmetatable({}, { __mode = "k" })

--- Calls `visit(kind, name, owner)` for each thing that a SPEC names.
---@param spec table
---@param visit fun(kind: string, name: string, owner: string?)
function M.each(spec, visit)
  local function all(list, kind, field, owner)
    for _, item in ipairs(list or {}) do visit(kind, item[field], owner) end
  end
  if spec.organization then visit("organization", spec.organization.name) end
  all({ spec.paymentMethod }, "paymentMethods", "displayName")
  all(spec.paymentMethods, "paymentMethods", "displayName")
  for _, project in ipairs(spec.projects or {}) do
    visit("projects", project.name)
    all(project.webhooks, "webhooks", "name", project.name)
  end
  for _, team in ipairs(spec.teams or {}) do
    visit("teams", team.name)
    all(team.members, "members", "email", team.name)
    for _, scope in ipairs(value.names(team.scopes)) do
      visit("scopes", scope, team.name)
    end
  end
  all(spec.invites, "invites", "email")
  all(spec.tokens, "tokens", "description")
end

local function copy_of(item)
  local copy = {}
  for name, member in pairs(item) do copy[name] = member end
  return copy
end

--- Returns what `take` makes of the items, without those for which it returns
--- nil.  Returns nil if a list has no item left.  Notes where each item is
--- from.
local function filtered(self, list, at, take)
  if not list then return nil end
  local kept, origin = {}, {}
  for i, item in ipairs(list) do
    local taken = take(item, ("%s/%d"):format(at, #kept))
    if taken then
      origin[#kept] = i - 1
      kept[#kept + 1] = taken
    end
  end
  self.origins[at] = origin
  if not kept[1] and list[1] then return nil end
  return kept
end

--- Returns the items of a list that are selected by a field.
local function named(self, list, at, kind, field, owner)
  return filtered(self, list, at, function(item)
    return self.selection:has(kind, item[field], owner) and item or nil
  end)
end

local function take_scopes(self, team)
  local scopes = team.scopes and {}
  for name, scope in pairs(team.scopes or {}) do
    if self.selection:has("scopes", name, team.name) then
      scopes[name] = scope
    end
  end
  if not next(scopes or {}) and next(team.scopes or {}) then return nil end
  return scopes
end

local function take_team(self, team, at)
  local is_whole = self.selection:has("teams", team.name)
  local taken = is_whole and copy_of(team)
    or { name = team.name, is_part = true }
  taken.members = named(self, team.members, at .. "/members", "members",
    "email", team.name)
  taken.scopes = take_scopes(self, team)
  local has_more = next(taken.members or {}) or next(taken.scopes or {})
  return (is_whole or has_more) and taken or nil
end

--- The payment method of SPEC that is the default of projects may be left out,
--- so each project gets its name.
local function take_project(self, project, at)
  local is_whole = self.selection:has("projects", project.name)
  local taken = is_whole and copy_of(project)
    or { name = project.name, is_part = true }
  taken.webhooks = named(self, project.webhooks, at .. "/webhooks", "webhooks",
    "name", project.name)
  if not is_whole then return next(taken.webhooks or {}) and taken or nil end
  taken.paymentMethod = taken.paymentMethod
    or value.dig(self.whole, "paymentMethod", "displayName")
  return taken
end

--- The name of the organization says whose token this must be, so it stays.
local function take_organization(self, wish)
  if not wish or self.selection:has("organization", wish.name) then
    return wish
  end
  return { name = wish.name, is_part = true }
end

local function take_method(self, wish)
  local name = value.dig(wish, "displayName")
  return name and self.selection:has("paymentMethods", name) and wish or nil
end

local function select(self)
  local whole, part = self.whole, copy_of(self.whole)
  part.organization = take_organization(self, whole.organization)
  part.paymentMethod = take_method(self, whole.paymentMethod)
  part.paymentMethods = named(self, whole.paymentMethods, "/paymentMethods",
    "paymentMethods", "displayName")
  part.projects = filtered(self, whole.projects, "/projects",
    function(...) return take_project(self, ...) end)
  part.teams = filtered(self, whole.teams, "/teams",
    function(...) return take_team(self, ...) end)
  part.invites = named(self, whole.invites, "/invites", "invites", "email")
  part.tokens =
    named(self, whole.tokens, "/tokens", "tokens", "description")
  return part
end

--- Returns the part of a SPEC that is selected; the SPEC itself if all of it
--- is.
---@param spec table
---@param chosen mkio.Selection
---@return table part
function M.of(spec, chosen)
  if not chosen:is_part() then return spec end
  local self = { whole = spec, selection = chosen, origins = {} }
  local part = select(self)
  parts[part] = self
  return part
end

--- Returns the SPEC that a part is of, or the SPEC itself.
---@param spec table
---@return table
function M.whole(spec) return parts[spec] and parts[spec].whole or spec end

--- Returns true if a SPEC is a part.
---@param spec table
---@return boolean
function M.is_part(spec) return parts[spec] ~= nil end

--- Returns true if a thing is selected, whether SPEC names it or not.
---@param spec table     the part, or a SPEC
---@param kind string    as for `Selection:has`, like the next
---@param name string
---@param owner? string
---@return boolean
function M.has(spec, kind, name, owner)
  return parts[spec] == nil or parts[spec].selection:has(kind, name, owner)
end

--- Returns true if a pattern covers a thing.  A pattern of --only has to select
--- it, too: --except and "ignore" may leave it out.
---@param spec table      the part
---@param pattern mkio.Pattern
---@param ... string      kind, name, owner
---@return boolean
function M.uses(spec, pattern, ...)
  return selection.covers(pattern, ...)
    and (pattern.origin ~= "--only" or M.has(spec, ...))
end

--- Turns a pointer into a part into a pointer into its SPEC.
---@param spec table      the part, or a SPEC
---@param pointer string
---@return string
function M.pointer(spec, pointer)
  local self = parts[spec]
  if not self then return pointer end
  local at, segments = "", patch.parse(pointer)
  for i, segment in ipairs(segments) do
    local origin = self.origins[at]
    at = at .. "/" .. segment
    local index = origin and origin[math.tointeger(tonumber(segment))]
    segments[i] = index or segment
  end
  return patch.pointer(segments)
end

local function names(spec, kind, name, owner)
  local found = false
  M.each(spec, function(...)
    local other, its_name, its_owner = ...
    found = found
      or other == kind and its_name == name and its_owner == owner
  end)
  return found
end

--- Says what has to change so that something of SPEC is selected.
---@param spec table     the part
---@param kind string    as for `Selection:has`, like the next two
---@param name string
---@param owner? string
---@return string? advice  nil if SPEC does not name it, or if it is selected
function M.advice(spec, kind, name, owner)
  local self = parts[spec]
  if not self or not names(self.whole, kind, name, owner) then return nil end
  return self.selection:advice(kind, name, owner)
end

--- Returns the patterns of --only and --except, or those of "ignore", that fit
--- nothing in SPEC, and those of --only that select nothing there.
---@param spec table   the part
---@param is_ignore? boolean   true: those of "ignore"
---@return mkio.Pattern[]
function M.unused(spec, is_ignore)
  local self, unused = parts[spec], {}
  if not self then return unused end
  for _, list in ipairs { self.selection.only, self.selection.except } do
    for _, pattern in ipairs(list) do
      local is_used = (pattern.origin == "ignore") ~= (is_ignore or false)
      M.each(self.whole, function(...)
        is_used = is_used or M.uses(spec, pattern, ...)
      end)
      if not is_used then unused[#unused + 1] = pattern end
    end
  end
  return unused
end

return M
