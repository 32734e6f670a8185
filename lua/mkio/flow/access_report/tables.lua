--- How an access report looks: tables for people, a document and one flat
--- table for programs.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local M = {}

local MOST <const> = 6

--- Scopes with no more resources than fit a line.
---@param report mkio.AccessReport
---@return table[]
function M.short_scopes(report)
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

--- The tables that people read, one after the other, and their columns.
M.tables = {
  { "access", { "user", "team", "isTeamAdmin", "scope", "role" } },
  { "tokens", { "user", "description", "type", "expires", "lastUsed",
    "tokenId" } },
  { "short_scopes", { "scope", "resources" } },
  { "families", { "role", "on", "may" } },
}

--- The columns of the one table that a CSV file is.
M.csv_columns = { "kind", "user", "userId", "team", "isTeamAdmin", "scope",
  "resources", "role", "capabilities", "tokenId", "description", "type",
  "expires", "lastUsed", "permissions" }

--- What the roles may: a row for each role and family of capabilities.
---@param report mkio.AccessReport
---@return table[]
function M.families(report)
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

local kinds = {
  { "access", "access", { "user", "userId", "team", "isTeamAdmin", "scope",
    "role" } },
  { "tokens", "token", { "user", "tokenId", "description", "type", "expires",
    "lastUsed", "permissions" } },
  { "scopes", "scope", { "scope", "resources" } },
  { "roles", "role", { "role", "capabilities" } },
  { "users", nil, { "user", "userId", "name" } },
}

--- The report for programs: what is not known is null.
---@param report mkio.AccessReport
function M.document(report)
  for _, kind in ipairs(kinds) do
    for _, row in ipairs(report[kind[1]]) do
      for _, column in ipairs(kind[3]) do
        if row[column] == nil then row[column] = json.null end
      end
    end
  end
  return report
end

--- All tables as one, each row with its kind.
---@param report mkio.AccessReport
---@return table[]
function M.flat(report)
  local rows = {}
  for _, kind in ipairs(kinds) do
    for _, row in ipairs(kind[2] and report[kind[1]] or {}) do
      row.kind = kind[2]
      rows[#rows + 1] = row
    end
  end
  return rows
end

return M
