--- Says which fields a row has beside its key, method and path.
-- SPDX-License-Identifier: MIT

local answers = require "mkrun.tool.new.provider.answers"
local defaults = require "mkrun.tool.new.provider.defaults"
local lua = require "mkrun.tool.new.provider.lua"
local verbs_of = require "mkrun.row.verbs"
local words = require "mkrun.tool.new.provider.words"

local M = {}

local MOST_QUERY <const> = 40

local function is_usual(statuses)
  return #statuses == 0 or #statuses == 1 and statuses[1] == 200
end

--- Names of parameters that the paging of a list uses.
local function used(row)
  local names = {}
  for _, member in ipairs(row.verb == "list" and answers.paging(row.operation)
    or {}) do
    names[member.value] = true
  end
  return names
end

--- Returns the parameters of the query: their names, or NAME = PARAMETER if a
--- parameter's name is none of Lua's.
local function query_of(row)
  local members, taken, skipped = {}, {}, used(row)
  for _, parameter in ipairs(row.operation.parameters) do
    local name = parameter["in"] == "query" and parameter.name
    if type(name) == "string" and #name <= 60 and not skipped[name]
      and not taken[name] and #members < MOST_QUERY then
      taken[name] = true
      local is_plain = name:find "^[%a_][%w_]*$"
      local own = not is_plain and words.identifier(name)
      if is_plain then
        members[#members + 1] = { value = name }
      elseif own and not taken[own] then
        taken[own] = true
        members[#members + 1] = { name = own, value = name }
      end
    end
  end
  return members
end

--- Returns true if the meaning of a row cannot be told from the document, so
--- that the row would be refused without a word about it.
---@param row mkrun.new.Row
---@param verbs table<string, mkrun.new.Row>   of its resource
---@return boolean
function M.has_no_meaning(row, verbs)
  if row.verb == "patch" then
    return not (row.body and row.body.is_patch_told)
  elseif row.verb == "put" then
    return not verbs.get and not verbs.list
  elseif row.verb == "create" then
    return row.part == "single" and not verbs.list
  end
  return row.operation.method ~= "GET"
    and verbs_of.meant(row.verb, row.operation.method) ~= nil
end

--- Returns the fields of a row in the order in which a person writes them.
---@param root table     the document
---@param row mkrun.new.Row
---@param verbs table<string, mkrun.new.Row>   of its resource
---@return mkrun.new.Member[]
function M.of(root, row, verbs)
  local fields = {}
  local function add(name, value)
    if value ~= nil then
      fields[#fields + 1] = { name = name, value = value }
    end
  end
  local body, query = row.body or {}, query_of(row)
  add("ok", not is_usual(row.statuses) and lua.list(row.statuses) or nil)
  add("auth", row.is_open and "none" or nil)
  add("list", row.own_list)
  add("query", #query > 0 and query or nil)
  add("content_type", body.media_type)
  add("patch", body.patch)
  if row.operation.method == "GET"
    and verbs_of.meant(row.verb, "GET") then
    add("reads", true)
  end
  if M.has_no_meaning(row, verbs) then add("meaning", false) end
  add("defaults", defaults.of(root, row))
  add("body", body.type)
  return fields
end

return M
