--- Formats an access report: several tables for people, and a JSON document or
--- one flat table for programs.  The script `access-report` calls this module.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local output = require "mkrun.output"
local value = require "mkrun.value"

local M = {}

--- The largest number of resources that is printed for a scope.
local MOST <const> = 6

--- Returns the rows of the scopes.  Each row has at most MOST resources, so
--- that the row fits on a line.
local function short_scopes(report)
  local rows = {}
  for i, row in ipairs(report.scopes) do
    local list = table.move(row.resources, 1, MOST, 1, {})
    if #row.resources > MOST then
      list[#list + 1] = ("and %d more"):format(#row.resources - MOST)
    end
    rows[i] = { scope = row.scope, resources = list }
  end
  return rows
end

--- The tables for people, in the order of printing: each table's name, columns
--- and title.
local TABLES <const> = {
  { "access", { "user", "team", "isTeamAdmin", "scope", "role" }, "Roles" },
  { "tokens", { "user", "description", "type", "expires", "lastUsed",
    "tokenId" }, "Tokens" },
  { "short_scopes", { "scope", "resources" }, "Scopes" },
  { "families", { "role", "on", "may" }, "What a role may do" },
}

--- The columns of the flat table that is written as a CSV file.
M.csv_columns = { "kind", "user", "userId", "team", "isTeamAdmin", "scope",
  "resources", "role", "capabilities", "tokenId", "description", "type",
  "expires", "lastUsed", "permissions", "inviteId", "teams", "invitedBy",
  "created", "finding", "members" }

--- Returns the capabilities of the roles as rows: one for each role and family.
local function families(report)
  local rows = {}
  for _, role in ipairs(report.roles) do
    local last
    for _, capability in ipairs(role.capabilities) do
      local family, verb = capability:match "^(.*)%.([^.]+)$"
      if not last or last.on ~= family then
        last = { role = role.role, on = family, may = {} }
        rows[#rows + 1] = last
      end
      table.insert(last.may, verb)
    end
  end
  return rows
end

--- Writes the tables for people to stdout.
---@param format "text"|"markdown"
---@param report mkio.AccessReport
---@param with_roles? boolean   true: also what each role may do
function M.print(format, report, with_roles)
  local rows = { access = report.access, tokens = report.tokens,
    short_scopes = short_scopes(report),
    families = with_roles and families(report) or {} }
  local is_first = true
  for _, part in ipairs(TABLES) do
    if #rows[part[1]] > 0 then
      if not is_first then io.write "\n" end
      if format == "markdown" then output.paragraph("**" .. part[3] .. "**") end
      output.write(format, part[2], rows[part[1]])
      is_first = false
    end
  end
end

local kinds = {
  { "access", "access", { "user", "userId", "team", "isTeamAdmin", "scope",
    "role" } },
  { "tokens", "token", { "user", "tokenId", "description", "type", "expires",
    "lastUsed", "permissions" } },
  { "scopes", "scope", { "scope", "resources" } },
  { "roles", "role", { "role", "capabilities" } },
  { "users", nil, { "user", "userId", "name" } },
  { "invites", "invite", { "user", "inviteId", "teams", "invitedBy", "created",
    "expires" } },
}

--- The columns of a row for each item of a finding.
local FINDING <const> = { "kind", "finding", "user", "userId", "tokenId",
  "inviteId", "description", "expires", "team", "scope", "role", "members" }

--- Returns the report as a document for programs, in which unknown values are
--- null.
---@param report mkio.AccessReport
---@return mkio.AccessReport
function M.document(report)
  report.invites = report.invites or json.null
  report.findings = report.findings or json.null
  for _, kind in ipairs(kinds) do
    for _, row in ipairs(value.present(report[kind[1]]) or {}) do
      for _, column in ipairs(kind[3]) do
        if row[column] == nil then row[column] = json.null end
      end
    end
  end
  return report
end

--- Returns a row for each item of the findings.
local function finding_rows(report)
  local rows = {}
  for _, finding in ipairs(report.findings or {}) do
    for _, item in ipairs(finding.items) do
      local row = { kind = "finding", finding = finding.finding }
      for name, field in pairs(item) do row[name] = field end
      rows[#rows + 1] = row
    end
  end
  return rows
end

--- Returns the tables one by one.  The column `kind` names the table.
---@param report mkio.AccessReport
---@return {columns: string[], rows: table[]}[]
function M.parts(report)
  local parts = {}
  for _, kind in ipairs(kinds) do
    local rows = kind[2] and report[kind[1]]
    if rows then
      for _, row in ipairs(rows) do row.kind = kind[2] end
      parts[#parts + 1] = { columns = { "kind", table.unpack(kind[3]) },
        rows = rows }
    end
  end
  parts[#parts + 1] = { columns = FINDING, rows = finding_rows(report) }
  return parts
end

--- Returns all tables as one table.
---@param report mkio.AccessReport
---@return table[]
function M.flat(report)
  local rows = {}
  for _, part in ipairs(M.parts(report)) do
    table.move(part.rows, 1, #part.rows, #rows + 1, rows)
  end
  return rows
end

return M
