--- Says what a document leaves open about an operation.
-- SPDX-License-Identifier: MIT

local M = {}

local MEANT <const> = { list = true, get = true, create = true, put = true,
  patch = true, delete = true }

local function make_mark(row, verbs)
  if row.verb ~= "create" then return nil end
  if row.part ~= "collection" then
    return "what it makes has no path of its own: undo = KEY, or false"
  elseif not verbs.delete then
    return "may it be sent again (safe = true)? nothing here deletes what it "
      .. "makes"
  end
  return "may it be sent again (safe = true)?"
end

local function patch_mark(row)
  if row.verb == "patch" and not (row.body and row.body.is_patch_told) then
    return 'patch = "merge" or "json" in place of meaning = false'
  end
end

local function action_mark(row)
  if MEANT[row.verb] or row.operation.method == "GET" then return nil end
  if row.operation.method == "POST" then
    return "reads = true if it only asks; else undo = KEY or false, and safe"
  end
  return "what undoes it (undo = KEY or false)? may it be sent again (safe)?"
end

local function shown_mark(row, verbs)
  if row.verb == "put" and not verbs.get and not verbs.list then
    return "nothing here shows what it makes: shown_by = KEY, or undo = "
      .. "false, in place of meaning = false"
  end
  if (row.verb == "patch" or row.verb == "delete")
    and not verbs.get and not verbs.list then
    return "nothing here shows whether it happened: shown_by = KEY"
  end
end

local function delete_mark(row, verbs)
  if row.verb == "delete" and not verbs.put and not verbs.create then
    return "nothing here makes it again: undo = false, why = \"...\""
  end
end

local function secrets_mark(row)
  local names = row.body and row.body.guessed or {}
  if #names == 0 then return nil end
  return "secrets by name or writeOnly: "
    .. table.concat(names, ", ", 1, math.min(#names, 9))
end

local function list_mark(row)
  if row.verb ~= "list" then return nil end
  if not row.list then return "the document does not say how the list looks" end
  return row.list.is_guess and "the items could be another member" or nil
end

local function body_mark(row) return row.body and row.body.mark end

local function accepted_mark(row)
  for _, status in ipairs(row.statuses) do
    if status == 202 then return "202: it may be done later than answered" end
  end
end

local ALL <const> = { list_mark, make_mark, patch_mark, action_mark, shown_mark,
  delete_mark, secrets_mark, body_mark, accepted_mark }

--- Returns what a document leaves open about an operation.
---@param row mkrun.new.Row
---@param verbs table<string, mkrun.new.Row>   of its resource
---@return string[]
function M.of(row, verbs)
  local found = {}
  for _, mark in ipairs(ALL) do found[#found + 1] = mark(row, verbs) end
  return found
end

return M
