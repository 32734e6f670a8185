--- Packs an access report for a page: each name once, and numbers instead of
--- rows, since 10,000 users in 500 teams have 100,000 rows.  The script
--- `access_report/model.js` unpacks it.  Numbers count from 0, as in that
--- script.
---
--- A team gives each of its grants to each of its members, so the grants and
--- the members of a team say all of its rows.
-- SPDX-License-Identifier: MIT

local access = require "mkio.flow.common.access"
local json = require "mkrun.json"
local operation_name = require "mkio.flow.common.operation_name"

local M = {}

--- Numbers keys in the order in which they come.
local function numbering()
  local list, of = json.array(), {}
  return list, function(key, item)
    if not of[key] then
      list[#list + 1] = item
      of[key] = #list - 1
    end
    return of[key]
  end
end

--- Returns one list for each column.
local function columns_of(rows, names)
  local columns = {}
  for _, name in ipairs(names) do
    local column = json.array()
    for i, row in ipairs(rows) do
      column[i] = row[name] == nil and json.null or row[name]
    end
    columns[name] = column
  end
  return columns
end

--- Numbers the people: the users first, then those that only teams name.
local function people_of(report)
  local list, number = numbering()
  local function person(row)
    return number(row.userId .. "\0" .. tostring(row.user), row)
  end
  for _, row in ipairs(report.users) do person(row) end
  return list, person
end

--- Numbers names: the rows' own first, then those that only grants name.
local function names_of(rows, column)
  local list, number = numbering()
  for _, row in ipairs(rows) do number(row[column], row[column]) end
  return list, function(name) return name and number(name, name) end
end

--- Adds a row of access to its team.
local function add_row(team, row, numbers)
  if row.scope then
    team.grant(row.scope .. "\0" .. row.role, json.array {
      numbers.scope(row.scope), numbers.role(row.role) })
  end
  if not row.userId then return end
  local before = #team.members
  local who = numbers.person(row)
  team.member(who, who)
  if #team.members > before and row.isTeamAdmin then
    table.insert(team.admins, who)
  end
end

local function new_team(name)
  local grants, grant = numbering()
  local members, member = numbering()
  return { name = name, grants = grants, grant = grant, members = members,
    member = member, admins = json.array() }
end

--- Returns the team of that name; makes it if it is new.
local function team_of(teams, by_name, name)
  if not by_name[name] then
    by_name[name] = new_team(name)
    teams[#teams + 1] = by_name[name]
  end
  return by_name[name]
end

--- Returns the teams, and the people with a row that names no team.
local function teams_of(report, numbers)
  local teams, by_name, loose = json.array(), {}, json.array()
  for _, row in ipairs(report.access) do
    if row.team then
      add_row(team_of(teams, by_name, row.team), row, numbers)
    else
      loose[#loose + 1] = numbers.person(row)
    end
  end
  for _, team in ipairs(teams) do team.grant, team.member = nil, nil end
  table.sort(teams, function(a, b) return a.name < b.name end)
  return teams, loose
end

--- Returns the roles' capabilities as numbers, and the capabilities.
local function capabilities_of(roles)
  local list, number = numbering()
  local rows = json.array()
  for i, role in ipairs(roles) do
    rows[i] = json.array()
    for k, name in ipairs(role.capabilities) do
      rows[i][k] = number(name, name)
    end
  end
  return rows, list
end

--- Returns for each capability the types of the resources that it is valid on.
--- An empty list is any type.  A role can give a capability under a scope where
--- it means nothing, such as one about teams on a project.
local function types_of(capabilities)
  local lists = json.array()
  for i, name in ipairs(capabilities) do
    local operation = operation_name.find(name)
    local place = operation and access.place(operation) or {}
    lists[i] = json.array { place.type }
    if place.type == "core.project" and place.wide then
      table.insert(lists[i], "core.customer")
    end
  end
  return lists
end

local function resources_of(scopes)
  local rows = json.array()
  for i, scope in ipairs(scopes) do rows[i] = scope.resources end
  return rows
end

--- Returns the findings; an item that is a row of a list is its number.
local function findings_of(report)
  local at, list = {}, json.array()
  for name, key in pairs { users = "userId", tokens = "tokenId",
    invites = "inviteId" } do
    for i, row in ipairs(report[name] or {}) do at[row[key]] = i - 1 end
  end
  for i, finding in ipairs(report.findings or {}) do
    local items = json.array()
    for k, item in ipairs(finding.items) do
      items[k] = at[item.tokenId or item.inviteId or item.userId] or item
    end
    list[i] = { finding = finding.finding, items = items }
  end
  return list
end

--- Returns the report in the form that model.js reads.
---@param report mkio.AccessReport
---@return table
function M.pack(report)
  local people, person = people_of(report)
  local scopes, scope = names_of(report.scopes, "scope")
  local roles, role = names_of(report.roles, "role")
  local teams, loose = teams_of(report, { person = person, scope = scope,
    role = role })
  local of_roles, capabilities = capabilities_of(report.roles)
  return {
    organization = report.organization, teams = teams, loose = loose,
    users = #report.users, findings = findings_of(report),
    people = columns_of(people, { "user", "userId", "name" }),
    scopes = { names = scopes, resources = resources_of(report.scopes) },
    roles = { names = roles, capabilities = of_roles },
    capabilities = { names = capabilities, on = types_of(capabilities) },
    tokens = columns_of(report.tokens, { "user", "tokenId", "description",
      "type", "expires", "lastUsed", "permissions" }),
    invites = report.invites and columns_of(report.invites, { "user",
      "inviteId", "teams", "invitedBy", "created", "expires" }) or json.null,
  }
end

return M
