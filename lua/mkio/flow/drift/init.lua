--- Compares an organization with a SPEC, the file of `onboard`, both ways.  It
--- writes nothing.  `scripts/drift.lua` calls it.
---
--- What it calls missing or different is what `onboard` would write: the
--- resources compare for both.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local address = require "mkrun.address"
local errors = require "mkrun.rest.error"
local invites = require "mkio.resource.invites"
local last_day = require "mkio.flow.common.last_day"
local lists_of = require "mkio.flow.common.lists"
local onboard = require "mkio.flow.onboard"
local part = require "mkio.flow.onboard.part"
local people_notes = require "mkio.flow.common.people_notes"
local projects = require "mkio.flow.drift.projects"
local selection = require "mkio.flow.common.selection"
local teams = require "mkio.flow.drift.teams"
local tokens = require "mkio.flow.drift.tokens"
local unnamed = require "mkio.flow.common.unnamed"
local value = require "mkrun.value"
local words = require "mkio.flow.drift.words"

local M = {}

---@class mkio.Drift   something that is not as SPEC says
---@field change "missing"|"differs"|"extra"
---@field kind string      a kind of `mkio.flow.common.selection`
---@field name string      as in a pattern: "night-desk/kari@northlight.example"
---@field details string[] for people
---@field by? string       who made it, of what is extra
---@field at? string       when it was made, of what is extra

---@class mkio.DriftSearch
---@field org mkio.Organization
---@field spec table        the part that is selected
---@field whole table       the whole SPEC
---@field selection mkio.Selection
---@field lists mkio.Lists
---@field here table        the organization
---@field rows mkio.Drift[]
---@field uncompared integer   webhook rules with secrets
---@field ids? table        ids of resources, for the permissions of tokens
local Search = {}
Search.__index = Search

local function add(self, change, kind, name, details, owner)
  local row = { change = change, kind = kind,
    name = selection.full_name(name, owner), details = json.array(details) }
  table.insert(self.rows, row)
  return row
end

--- Adds a row for what SPEC names and is not there.
---@param kind string
---@param name string
---@param details? string[]
---@param owner? string  the team or project that it is in
function Search:missing(kind, name, details, owner)
  add(self, "missing", kind, name, details or {}, owner)
end

--- Adds a row for what is there and differs, unless there are no details.
---@param kind string
---@param name string
---@param details string[]
---@param owner? string
function Search:differs(kind, name, details, owner)
  if details[1] then add(self, "differs", kind, name, details, owner) end
end

--- Returns the projects that are there, by name.
---@return table<string, table>
function Search:projects()
  if not (self.spec.projects or self.spec.tokens) then return {} end
  return self.org.projects:index(self.lists:items "projects")
end

--- Returns the ids of all users, by `address.key`.
---@return table<string, string>
function Search:user_ids()
  self.users = self.users
    or onboard.user_ids(self.org, self.lists:items "users")
  return self.users
end

--- Returns the open invites, by `address.key`.
---@return table<string, table>
function Search:invites()
  self.open_invites = self.open_invites
    or self.org.invites:by_email(self.lists:items "invites")
  return self.open_invites
end

--- Returns the payment method with this name.  Returns nil and a message if
--- there is no active one.
---@param name string
---@return table? method
---@return string? message
function Search:method(name)
  local ok, result = pcall(self.org.payment_methods.choose,
    self.org.payment_methods, name, self.lists:items "payment_methods")
  if ok then return result end
  if not errors.is(result) or result.method or result.code == "ambiguous" then
    error(result, 0)
  end
  return nil, tostring(result)
end

--- Says what an invite to these teams lacks, or returns nil.
---@param invite? table
---@param named string[]   names of teams
---@return string?
---@return boolean? is_open   true if there is an open invite
function Search.invite_fault(invite, named)
  if not invite then return "no open invite" end
  local is_expired, missing = invites.differences(invite, { teams = named })
  if is_expired then return "the invite has expired" end
  if not missing[1] then return nil end
  return "the invite lacks the team " .. value.quoted(missing), true
end

local function compare_organization(self)
  local wish = self.spec.organization
  if not wish or wish.is_part then return end
  local have, details = self.here.spec, {}
  local fields = onboard.organization_fields(wish)
  for i, name in ipairs(select(2, value.difference(have, fields))) do
    details[i] = words.differs(name, have[name], wish[name])
  end
  self:differs("organization", wish.name, details)
end

local function compare_methods(self)
  for _, wish in ipairs((onboard.methods(self.spec))) do
    local name = wish.displayName
    local method, message = self:method(name)
    if not method then
      self:missing("paymentMethods", name, { message })
    elseif wish.acceptTerms and not self.org.payment_methods.accepted(method)
    then
      self:differs("paymentMethods", name,
        { "the terms are not accepted, SPEC accepts them" })
    end
  end
end

local function compare_invites(self)
  for _, wish in ipairs(self.spec.invites or {}) do
    local key = address.key(wish.email)
    local invite = self:invites()[key]
    local why, is_open
    if not self:user_ids()[key] then
      why, is_open = self.invite_fault(invite, wish.teams or {})
    end
    if is_open then
      self:differs("invites", wish.email, { why })
    elseif why then
      self:missing("invites", wish.email, { "no user, and " .. why })
    end
  end
end

--- Adds what is there and what SPEC does not name.
local function add_extra(self)
  for _, thing in ipairs(unnamed.find { org = self.org, lists = self.lists,
    spec = self.whole, selection = self.selection, kinds = self.kinds }) do
    local row = add(self, "extra", thing.kind, thing.name, thing.details,
      thing.team or thing.project)
    row.by, row.at = thing.by, thing.at
  end
end

--- Returns the kinds that a selection may have something of.
local function kinds_of(chosen)
  local kinds = {}
  for _, pattern in ipairs(chosen.only) do kinds[pattern.kind] = true end
  for _, kind in ipairs(unnamed.KINDS) do
    kinds[kind] = not chosen.only[1] or kinds[kind]
      or kinds[selection.WHOLE[kind]]
  end
  kinds.invites = kinds.invites or kinds.members -- those who will be some
  return kinds
end

local function has_members(spec)
  for _, team in ipairs(spec.teams or {}) do
    if team.members and team.members[1] then return true end
  end
  return false
end

--- Begins to read the lists that a comparison needs, side by side.
---@param org mkio.Organization
---@param spec table   the part of SPEC that is selected
---@param chosen mkio.Selection
---@return mkio.Lists
function M.begin(org, spec, chosen)
  local lists = lists_of.new(org, { rules = "all" })
  lists:begin { "organization" }
  if spec.paymentMethod or spec.paymentMethods or spec.projects then
    lists:begin { "payment_methods" }
  end
  if spec.projects or spec.tokens then lists:begin { "projects" } end
  if spec.teams then lists:begin { "teams" } end
  if spec.invites or has_members(spec) then
    lists:begin { "users", "invites" }
  end
  if spec.tokens then lists:begin { "my_tokens" } end
  unnamed.begin(lists, part.whole(spec), kinds_of(chosen))
  return lists
end

--- Puts rows into the order of the kinds of SPEC.  Rows of a kind keep theirs.
local function sort(rows)
  local place, rank = {}, {}
  for i, row in ipairs(rows) do place[row] = i end
  for i, kind in ipairs(selection.KINDS) do rank[kind] = i end
  table.sort(rows, function(a, b)
    if rank[a.kind] ~= rank[b.kind] then return rank[a.kind] < rank[b.kind] end
    return place[a] < place[b]
  end)
end

local function rules_note(count)
  return ("the secrets of %d webhook rule%s are not compared, since the API "
    .. "does not show them"):format(count, count == 1 and "" or "s")
end

--- Adds notes on members who may be mistyped, or whose last day is over.
local function add_people(self, notes)
  if not has_members(self.spec) then return notes end
  local users = self.lists:items "users"
  for _, find in ipairs { people_notes.mistyped, people_notes.leavers } do
    local more = find(self.whole, self.spec, users)
    table.move(more, 1, #more, #notes + 1, notes)
  end
  return notes
end

--- Returns notes on what is as SPEC says and will not stay so, or may not be.
local function notes_of(self)
  local notes = {}
  if self.uncompared > 0 then notes[1] = rules_note(self.uncompared) end
  for _, team in ipairs(self.spec.teams or {}) do
    for _, member in ipairs(team.members or {}) do
      local day = member["until"]
      if day and not last_day.is_past(day) then
        notes[#notes + 1] = ("members/%s/%s: until %s, %s")
          :format(team.name, member.email, day, last_day.distance(day))
      end
    end
  end
  return add_people(self, notes)
end

--- Compares an organization with a SPEC.
---@param org mkio.Organization
---@param here table    the document of the organization
---@param spec table    the part of SPEC that is selected
---@param chosen mkio.Selection
---@param lists mkio.Lists   of `begin`
---@return mkio.Drift[] rows
---@return string[] notes
function M.find(org, here, spec, chosen, lists)
  local self = setmetatable({ org = org, here = here, spec = spec,
    whole = part.whole(spec), selection = chosen, lists = lists,
    kinds = kinds_of(chosen), rows = {}, uncompared = 0 }, Search)
  compare_organization(self)
  compare_methods(self)
  projects.compare(self)
  teams.compare(self)
  compare_invites(self)
  tokens.compare(self)
  add_extra(self)
  sort(self.rows)
  return self.rows, notes_of(self)
end

--- Counts what is missing or different: what `onboard` would write.
---@param ... any   as for `find`
---@return integer
function M.count_changes(...)
  local count = 0
  for _, row in ipairs((M.find(...))) do
    if row.change ~= "extra" then count = count + 1 end
  end
  return count
end

return M
