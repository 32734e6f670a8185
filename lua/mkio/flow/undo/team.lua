--- Undoes a change of a team.  Fields that somebody else has changed since then
--- keep their values.  `mkio.flow.undo.inverse` calls this module.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local patch = require "mkrun.patch"
local scrub = require "mkrun.journal.scrub"

local dialect = require "mkio.dialect"
local value = require "mkrun.value"

local M = {}

local function is_object(item)
  return type(item) == "table" and not json.is_array(item)
end

--- Returns the merge patch (RFC 7396) that changes `from` into `to`.
local function difference(from, to)
  local result = json.object {}
  for name in pairs(from) do
    if to[name] == nil then result[name] = json.null end
  end
  for name, item in pairs(to) do
    if is_object(item) and is_object(from[name]) then
      local inner = difference(from[name], item)
      if next(inner) then result[name] = inner end
    elseif not patch.equal(from[name], item) then
      result[name] = item
    end
  end
  return result
end

--- Returns a team from the form that `dialect.comparable` returns.  A scope in
--- `passing` is left out if no role is under it.
local function team_of(comparable, passing)
  local spec, scopes = comparable.spec, json.object {}
  for name, scope in pairs(spec.scopes or {}) do
    if not passing[name] or next(scope.roles) then
      scopes[name] = { roles = json.array(value.names(scope.roles)) }
    end
  end
  return { spec = { description = spec.description,
    members = spec.members or json.object {}, scopes = scopes } }
end

--- Adds to `before` the scopes that only `after` has, without roles.  Then the
--- undo removes only the roles of the change, and keeps the roles that other
--- people added.
local function open_new_scopes(before, after)
  local new = {}
  for name in pairs(after.spec.scopes) do
    if not before.spec.scopes[name] then
      new[name] = true
      before.spec.scopes[name] = json.object { roles = json.object {} }
    end
  end
  return new
end

--- Removes from the merge patch `undo` the users that no longer exist.  Returns
--- true if the patch contained nothing else.
local function drop_removed_members(undo, gone)
  local members = undo.spec and undo.spec.members or {}
  local forgotten = false
  for id, member in pairs(members) do
    if gone[id] and member ~= json.null then
      members[id], forgotten = nil, true
    end
  end
  return forgotten and next(members) == nil and next(undo.spec) == "members"
    and next(undo.spec, "members") == nil
end

--- Returns true if the write set a value and somebody else has set another
--- value since then.  `was` is the value before the write, and `made` is the
--- value after the write.
local function is_other(was, made, now)
  return not patch.equal(was, made) and not patch.equal(now, made)
    and not patch.equal(now, was)
end

--- Returns the ids of the members that the write changed and that somebody else
--- has changed again since then.
local function taken_members(was, made, now)
  local taken, ids = {}, {}
  for id in pairs(was) do ids[id] = true end
  for id in pairs(made) do ids[id] = true end
  for id in pairs(ids) do
    if is_other(was[id], made[id], now[id]) then taken[id] = true end
  end
  return taken
end

--- Returns true if the write changed the description or a member, and somebody
--- else has changed the same description or member again since then.
---@param team table    the current team
---@param before table  the team before the change
---@param after table   the team after the change
---@return boolean
function M.is_taken(team, before, after)
  local was, made, now = dialect.comparable(before).spec,
    dialect.comparable(after).spec, dialect.comparable(scrub.value(team)).spec
  return is_other(was.description, made.description, now.description)
    or next(taken_members(was.members, made.members, now.members)) ~= nil
end

--- Returns a function that undoes the change of a team from `before` to
--- `after`.  The function has the form that `Teams:become` takes.  Returns nil
--- and the reason if the undo would only add users that no longer exist, or
--- would need a secret.
---@param before table   the team before the change
---@param after table    the team after the change
---@param gone? table<string, true>  ids of removed users
---@return (fun(team: table): table)?
---@return string? problem
function M.back(before, after, gone)
  local was, is = dialect.comparable(before), dialect.comparable(after)
  local new = open_new_scopes(was, is)
  local undo = difference(is, was)
  if drop_removed_members(undo, gone or {}) then
    return nil, "a user that was removed cannot be a member"
  elseif scrub.hides(undo) then
    return nil, "it had a secret"
  end
  return function(team)
    local now = dialect.comparable(team)
    local back = patch.merge(now, undo)
    if is_other(was.spec.description, is.spec.description,
        scrub.value(now).spec.description) then
      back.spec.description = now.spec.description
    end
    for id in pairs(taken_members(was.spec.members, is.spec.members,
        now.spec.members)) do
      back.spec.members[id] = now.spec.members[id]
    end
    return team_of(back, new)
  end
end

--- Returns the spec with which a deleted team is created again.  Removed users
--- are left out.
---@param team table
---@param gone table<string, true>  ids of removed users
---@return table spec
function M.spec(team, gone)
  local spec = team_of(dialect.comparable(team), {}).spec
  for id in pairs(gone) do spec.members[id] = nil end
  return spec
end

--- Returns true if two teams are equal in all fields that a request can set.
---@param a table
---@param b table
---@return boolean
function M.equal(a, b)
  return patch.equal(dialect.comparable(a), dialect.comparable(b))
end

return M
