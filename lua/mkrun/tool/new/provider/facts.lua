--- Gathers what holds for many operations: how lists and errors look.
-- SPDX-License-Identifier: MIT

local answers = require "mkrun.tool.new.provider.answers"

local M = {}

local function as_text(members)
  local parts = {}
  for i, member in ipairs(members) do
    parts[i] = member.name .. "=" .. member.value
  end
  return table.concat(parts, "\n")
end

--- Returns the value that most rows have, and how many have another.
local function most_common(rows, value_of)
  local count, best, others = {}, nil, 0
  for _, row in ipairs(rows) do
    local value = value_of(row)
    if value then
      count[value] = (count[value] or 0) + 1
      if not best or count[value] > count[best] then best = value end
    else
      others = others + 1
    end
  end
  return best, others
end

--- Returns the value that all rows have, or nil.
local function shared(rows, value_of)
  local first = rows[1] and value_of(rows[1])
  for _, row in ipairs(rows) do
    if value_of(row) ~= first then return nil end
  end
  return first
end

local function items_of(row) return row.list.items end
local function next_of(row) return row.list.next end

--- The parameters for pages count where no member links to the next one.
local function paging_of(row)
  return row.list.next and {} or answers.paging(row.operation)
end

local function paging_text(row) return as_text(paging_of(row)) end

--- Puts together what all lists share.  A row can replace a field of it and
--- add one, but not take one back.
local function common(rows)
  local items, bare = most_common(rows, items_of)
  local link = most_common(rows, next_of)
  local list = {}
  if items and bare == 0 then
    list = { { name = "items", value = items },
      link and { name = "next", value = link } or nil }
  end
  if not (bare == 0 and link) and shared(rows, paging_text) then
    table.move(paging_of(rows[1]), 1, 3, #list + 1, list)
  end
  return list
end

--- Notes in a row what its list has beside what all share.
local function note_own(row, list)
  local known, own = {}, {}
  for _, member in ipairs(list) do known[member.name] = member.value end
  local function add(name, value)
    if value and known[name] ~= value then
      own[#own + 1] = { name = name, value = value }
    end
  end
  add("items", row.list.items)
  add("next", row.list.next)
  for _, member in ipairs(paging_of(row)) do add(member.name, member.value) end
  row.own_list = #own > 0 and own or nil
end

--- Says how lists look; what a row has beside that is noted in it.
---@param rows mkrun.new.Row[]
---@return mkrun.new.Member[]? list   nil: they share nothing
function M.list(rows)
  local lists = {}
  for _, row in ipairs(rows) do
    if row.verb == "list" and row.list then lists[#lists + 1] = row end
  end
  local list = common(lists)
  for _, row in ipairs(lists) do note_own(row, list) end
  return #list > 0 and list or nil
end

--- Says how errors look: what most operations say.
---@param root table
---@param rows mkrun.new.Row[]
---@return mkrun.new.Member[]?
function M.error(root, rows)
  local count, best, most = {}, nil, 0
  for _, row in ipairs(rows) do
    local code, detail = answers.error(root, row.operation)
    local members = {}
    if code then members[1] = { name = "code", value = code } end
    if detail then
      members[#members + 1] = { name = "detail", value = detail }
      local text = as_text(members)
      count[text] = (count[text] or 0) + 1
      if count[text] > most then best, most = members, count[text] end
    end
  end
  return best
end

return M
