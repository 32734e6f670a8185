--- Finds in an access report what a reviewer looks at first.  The module
--- `mkio.flow.access_report` calls this module.
-- SPDX-License-Identifier: MIT

local address = require "mkrun.address"
local clock = require "mkrun.clock"
local json = require "mkrun.json"
local sys = require "mkrun.sys"

local M = {}

---@class mkio.AccessFinding
---@field finding string  its name: "administrators"
---@field items table[]   what was found; `userId`, `tokenId` or `inviteId` say
---  in which row of the report, `team`, `scope` and `role` in which grant

--- Users who may change teams can give every role to everybody.
M.ADMINISTRATION = { "core.team.update" }

--- Where an administrator may do that.
---@type mkio.Place
M.ORGANIZATION = { type = "core.customer", wide = true }

--- The predefined names of the team of all users and of the scope of all
--- projects, later ones too.
local EVERYONE <const>, ALL_PROJECTS <const> = "Everyone", "allProjectsScope"

--- A token or an invite that ends within so many days is a finding.
local TOKEN_DAYS <const>, INVITE_DAYS <const> = 30, 7

--- Tokens of these types are made for some hours.
local SHORT <const> = { login = true, ephemeral = true }

local function user_item(row)
  return { user = row.user or json.null, userId = row.userId }
end

--- Returns one item for each user who has a row that passes `test`.
local function users_of(rows, test)
  local items, seen = json.array(), {}
  for _, row in ipairs(rows) do
    if row.userId and not seen[row.userId] and test(row) then
      seen[row.userId] = true
      items[#items + 1] = user_item(row)
    end
  end
  return items
end

--- Returns the users who are in no team but `Everyone`.
local function loose(report)
  local placed = {}
  for _, row in ipairs(report.access) do
    if row.userId and row.team and row.team ~= EVERYONE then
      placed[row.userId] = true
    end
  end
  return users_of(report.users, function(row) return not placed[row.userId] end)
end

--- Returns the users who have no valid token that was ever used.
local function unseen(report)
  local used = {}
  for _, token in ipairs(report.tokens) do
    if token.user and token.lastUsed then
      used[address.key(token.user)] = true
    end
  end
  return users_of(report.users, function(row)
    return not used[address.key(row.user or "")]
  end)
end

local function within(text, days)
  local ends = text and sys.parse_time(text)
  return ends ~= nil and ends <= clock.now() + days * clock.DAY
end

--- Returns an item with these columns for each row that passes `test`.
local function picked(rows, columns, test)
  local items = json.array()
  for _, row in ipairs(rows) do
    if test(row) then
      local item = {}
      for _, column in ipairs(columns) do
        item[column] = row[column] == nil and json.null or row[column]
      end
      items[#items + 1] = item
    end
  end
  return items
end

--- Sorts items by the time when they end, the next one first.
local function by_expiry(items)
  local at = {}
  for i, item in ipairs(items) do at[item] = i end
  table.sort(items, function(a, b)
    local x, y = a.expires, b.expires
    return x == y and at[a] < at[b] or x ~= y and x < y
  end)
  return items
end

local TOKEN <const> = { "tokenId", "user", "description", "expires" }
local INVITE <const> = { "inviteId", "user", "expires" }

--- Returns the grants on all projects, each with the number of its members.
local function wide(report)
  local items, of = json.array(), {}
  for _, row in ipairs(report.access) do
    if row.scope == ALL_PROJECTS then
      local key = row.team .. "\0" .. row.role
      if not of[key] then
        of[key] = { team = row.team, scope = row.scope, role = row.role,
          members = 0 }
        items[#items + 1] = of[key]
      end
      if row.userId then of[key].members = of[key].members + 1 end
    end
  end
  table.sort(items, function(a, b)
    return a.team .. "\0" .. a.role < b.team .. "\0" .. b.role
  end)
  return items
end

--- Returns the findings in the order in which people look at them.  A finding
--- without items says that the report was looked through for it.
---@param report mkio.AccessReport
---@param administers fun(row: table): boolean   tells whether a row of access
---  lets its user change teams
---@return mkio.AccessFinding[]
function M.of(report, administers)
  local list = json.array()
  local function add(name, items)
    list[#list + 1] = { finding = name, items = items }
  end
  add("administrators", users_of(report.access, administers))
  add("allProjects", wide(report))
  add("noTeam", loose(report))
  add("neverSeen", unseen(report))
  add("tokensWithoutExpiry", picked(report.tokens, TOKEN, function(row)
    return row.expires == nil
  end))
  add("tokensExpiring", by_expiry(picked(report.tokens, TOKEN, function(row)
    return not SHORT[row.type] and within(row.expires, TOKEN_DAYS)
  end)))
  if report.invites then
    add("invitesLapsing", by_expiry(picked(report.invites, INVITE, function(row)
      return within(row.expires, INVITE_DAYS)
    end)))
  end
  return list
end

return M
