--- Makes an access report: users, grants, tokens, scopes and roles.  The script
--- `access-report` calls this module.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local access = require "mkio.flow.common.access"
local errors = require "mkrun.rest.error"
local findings = require "mkio.flow.access_report.findings"
local near = require "mkrun.rest.suggestion"
local operation_name = require "mkio.flow.common.operation_name"
local optional = require "mkrun.plan.optional"
local rows_of = require "mkio.flow.access_report.rows"
local value = require "mkrun.value"

local M = {}

---@class mkio.AccessFilter   an empty filter excludes nothing from the report
---@field user? string   show this user only: e-mail address or id
---@field team? string   show this team only
---@field can? string[]  show only access with one of these capabilities
---@field place? mkio.Place  show only access to this resource
---@field project? string     show only access to this project: name or id

---@class mkio.AccessReport   the rows of each table of the report
---@field organization {id: string, name: string}
---@field users table[]
---@field access table[]   a row for each grant of a user: team, scope and role
---@field tokens table[]
---@field scopes table[]
---@field roles table[]
---@field invites? table[]   open invites; nil if they were not read
---@field findings? mkio.AccessFinding[]   nil if the report is filtered

--- The formats of the report.
M.FORMATS = { "text", "json", "jsonl", "csv", "markdown", "html" }

local REFUSED <const> = { [403] = true }

--- Reads all data of the report.  Projects are read for their names only.  If
--- the token may not read projects, the report shows their ids instead.
---@param org mkio.Organization
---@param names mkrun.OptionalReads   marks the projects
---@param invites? mkrun.OptionalReads  marks the invites; nil: not read
local function read(org, names, invites)
  return access.ask {
    invites = invites and function()
      return errors.unless(REFUSED, optional.mark, invites, org.invites.list,
        org.invites)
    end,
    organization = function() return org:get { needs = "id" } end,
    users = function() return org.users:list() end,
    teams = function() return org.teams:list() end,
    scopes = function() return org.scopes:list() end,
    roles = function() return org.roles:list() end,
    projects = function()
      return errors.unless(REFUSED, optional.mark, names, org.projects.list,
        org.projects, { show_hidden = true, needs = "names" }) or {}
    end,
    tokens = function() return org.tokens:list() end,
  }
end

local function is_user(row, who)
  return row.userId == who or value.same_email(row.user, who)
end

-- Rows of access -------------------------------------------------------------

local function access_row(grant, id, member)
  return {
    team = grant.team, scope = grant.scope, role = grant.role,
    userId = id, user = member and value.present(member.email),
    isTeamAdmin = member and (value.present(member.isTeamAdmin) or false),
  }
end

--- Returns a row for each grant and member of the team.  A grant of a team
--- without members has one row without a user.  A user without a team has one
--- row without a grant.
local function all_access(data)
  local rows, placed = {}, {}
  for _, grant in ipairs(access.grants(data.teams)) do
    for id, member in pairs(grant.members) do
      placed[id], rows[#rows + 1] = true, access_row(grant, id, member)
    end
    if not next(grant.members) then rows[#rows + 1] = access_row(grant) end
  end
  for _, user in ipairs(data.users) do
    local id = user.metadata.id
    if not placed[id] then
      rows[#rows + 1] = { userId = id, user = value.dig(user, "spec", "email") }
    end
  end
  return rows_of.sort(rows, "user", "userId", "team", "scope", "role")
end

--- Returns true if the row's role has at least one of the wanted capabilities
--- and the row's scope covers the wanted resource.
local function gives(data, filter, row)
  return (not filter.can or access.role_has(data.role[row.role], filter.can))
    and (not filter.place
      or access.covers(data.scope[row.scope], filter.place))
end

local function access_rows(data, filter)
  local rows = json.array()
  for _, row in ipairs(all_access(data)) do
    if (not filter.user or is_user(row, filter.user))
      and (not filter.team or row.team == filter.team)
      and gives(data, filter, row) then
      rows[#rows + 1] = row
    end
  end
  return rows
end

-- Making the report ----------------------------------------------------------

--- Raises an error if the filter contains an unknown capability, team or user,
--- because the name is probably misspelt.
local function check_filter(data, filter)
  operation_name.check_capability(filter.can or {}, data.roles)
  local teams = value.names(access.by_name(data.teams))
  if filter.team and not value.set(teams)[filter.team] then
    errors.refuse("missing", ("there is no team '%s'"):format(filter.team),
      near.hint(filter.team, teams) or "there is " .. value.quoted(teams))
  end
  local emails = {}
  for _, row in ipairs(filter.user and rows_of.users(data) or {}) do
    if is_user(row, filter.user) then return end
    emails[#emails + 1] = value.present(row.user)
  end
  if filter.user then
    errors.refuse("missing", ("there is no user '%s'"):format(filter.user),
      near.hint(filter.user, emails))
  end
end

--- Returns a filter whose `place` is the project that the given filter names.
--- Raises an error if there is no such project.
local function place_filter(data, filter)
  if not filter.project then return filter end
  local names = {}
  for i, project in ipairs(data.projects) do
    local id, name = project.metadata.id, project.metadata.name
    if filter.project == name or filter.project == id then
      local place = filter.place or { wide = true }
      if place.type == "core.customer" then return filter end
      return setmetatable({ place = { type = "core.project", id = id,
        wide = place.wide } }, { __index = filter })
    end
    names[i] = name
  end
  errors.refuse("missing", ("there is no project '%s', or the token does not "
    .. "see it"):format(filter.project), near.hint(filter.project, names))
end

--- Returns the rows whose value in `column` occurs in a row of `shown`.
local function named(rows, column, shown)
  local names, kept = {}, json.array()
  for _, row in ipairs(shown) do
    if row[column] then names[row[column]] = true end
  end
  for _, row in ipairs(rows) do
    if names[row[column]] then kept[#kept + 1] = row end
  end
  return kept
end

--- Returns the names by id.  Notes that the report rests on the list of
--- projects once it asks for the name of a project.
local function noting(names, home, of_projects)
  return setmetatable({}, { __index = function(_, id)
    if id ~= home then of_projects:need() end
    return names[id]
  end })
end

--- Returns a function that tells whether a row of access lets its user change
--- teams.
local function administering(data)
  local does, reaches = {}, {}
  for name, role in pairs(data.role) do
    does[name] = access.role_has(role, findings.ADMINISTRATION)
  end
  for name, scope in pairs(data.scope) do
    reaches[name] = access.covers(scope, findings.ORGANIZATION)
  end
  return function(row)
    return row.role ~= nil and does[row.role] and reaches[row.scope]
  end
end

--- Reads the organization and makes the report.  With a filter, the report
--- contains only the users, scopes and roles that occur in its access rows, no
--- invites and no findings.
---@param org mkio.Organization
---@param filter mkio.AccessFilter  an empty table for the whole report
---@param with_invites? boolean     true: reads the open invites, too
---@return mkio.AccessReport
function M.make(org, filter, with_invites)
  local of_projects = optional.new "knows no names of projects"
  local narrow = next(filter) ~= nil
  local of_invites = with_invites and not narrow
    and optional.new "shows no invites" or nil
  if of_invites then of_invites:need() end
  local data = read(org, of_projects, of_invites)
  check_filter(data, filter)
  if filter.project then of_projects:need() end
  filter = place_filter(data, filter)
  data.names = noting(access.resource_names(data.organization, data.projects),
    data.organization.metadata.id, of_projects)
  data.role = access.by_name(data.roles)
  data.scope = access.by_name(data.scopes)
  local rows = access_rows(data, filter)
  local function relevant(all, column)
    return narrow and named(all, column, rows) or all
  end
  local report = {
    organization = { id = data.organization.metadata.id,
      name = value.dig(data.organization, "spec", "name") },
    users = relevant(rows_of.users(data), "userId"), access = rows,
    tokens = rows_of.tokens(data, filter, rows),
    invites = rows_of.invites(data),
    scopes = rows_of.with_resources(relevant(rows_of.scopes(data), "scope"),
      data),
    roles = relevant(rows_of.roles(data), "role"),
  }
  report.findings = not narrow and findings.of(report, administering(data))
    or nil
  return report
end

return M
