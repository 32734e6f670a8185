--- The lists of an organization that a flow works with, each read once and all
--- side by side.  The flows call it.
---
---     local lists <const> = require "mkio.flow.common.lists".new(org)
---     lists:begin { "teams", "users", "projects" }
---     for _, user in ipairs(lists:items "users") do ... end
-- SPDX-License-Identifier: MIT

local errors = require "mkrun.rest.error"
local optional = require "mkrun.plan.optional"
local reads = require "mkrun.rest.reads"

---@class mkio.Lists
---@field org mkio.Organization
---@field reads mkrun.rest.Reads
---@field parts table<string, string>   which part of a list must be complete
---@field marks table<string, mkrun.OptionalReads>   whether a list is needed
local Lists = {}
Lists.__index = Lists

--- Reads that are no `list` of a resource with this name.
local other = {}

function other.organization(org, part) return org:get { needs = part } end
function other.rbac(org) return org.me:rbac() end
function other.my_organizations(org) return org.me.organizations:list() end
function other.my_tokens(org) return org.me.tokens:list() end
function other.profile(org) return org.me:profile() end

--- A project that the user hid is there, too.
function other.projects(org, part)
  return org.projects:list { show_hidden = true, needs = part }
end

function other.shown_projects(org, part)
  return org.projects:list { needs = part }
end

local function read(self, name)
  local part = self.parts[name]
  if other[name] then return other[name](self.org, part) end
  return self.org[name]:list { needs = part }
end

local function mark(self, name)
  self.marks[name] = self.marks[name] or optional.new "has the same result"
  return self.marks[name]
end

local function work(self, name)
  return function() return optional.mark(mark(self, name), read, self, name) end
end

--- Begins to read lists, unless they have been read.
---@param names string[]  "teams", "users", "organization", "my_tokens",
---  "profile", ...; "projects" has the hidden ones, too, "shown_projects" not
function Lists:begin(names)
  for _, name in ipairs(names) do self.reads:begin(name, work(self, name)) end
end

--- Returns a list, after waiting for it.  Raises if it could not be read.
---@param name string
---@return table[]
function Lists:items(name)
  self:need(name)
  return self.reads:get(name, work(self, name))
end

--- Says that the result of the run rests on a list.
---@param name string
function Lists:need(name) mark(self, name):need() end

--- As `items`, for a run that looks at some items only.  If no other call needs
--- the list, `--rights` has the rights to these items only.
---@param name string
---@param names string[]   names or ids of the items
---@return table[]   the whole list
function Lists:named(name, names)
  mark(self, name):need(names)
  return self.reads:get(name, work(self, name))
end

local DENIED <const> = { [403] = true }

--- As `items`, but returns nil if the token may not read the list.
---@param name string
---@return table[]?
function Lists:readable(name)
  return errors.unless(DENIED, self.items, self, name)
end

--- As `readable`, for a list without which the run has the same result.  If no
--- other call needs the list, `--rights` leaves its right out.
---@param name string
---@param why? string   the rest of "without it, the run ..."
---@return table[]?
function Lists:checkable(name, why)
  local own = mark(self, name)
  own.why = why or own.why
  return errors.unless(DENIED, self.reads.get, self.reads, name,
    work(self, name))
end

--- An incomplete rule must not stop a run that is not about it; `index` leaves
--- it out.  With `parts.rules` all of each rule is needed.
local function work_of_rules(self, project)
  return function()
    return self.org:project(project).webhooks:list {
      needs = not self.parts.rules and "names" or nil }
  end
end

--- Begins to read the webhook rules of projects.
---@param projects string[]  names
function Lists:begin_rules(projects)
  for _, name in ipairs(projects) do
    self.reads:begin("rules of " .. name, work_of_rules(self, name))
  end
end

--- Returns the webhook rules of a project.
---@param project string
---@return table[]
function Lists:rules(project)
  return self.reads:get("rules of " .. project, work_of_rules(self, project))
end

--- Reads a list anew the next time it is asked for.
---@param name string
function Lists:forget(name) self.reads:forget(name) end

local M = {}

---@param org mkio.Organization
---@param parts? table<string, string>  resource -> the part of its list that
---  must be complete, see `mkio.answers`
---@return mkio.Lists
function M.new(org, parts)
  return setmetatable({ org = org, reads = reads.new(), parts = parts or {},
    marks = {} }, Lists)
end

return M
