--- Compares the answers of a recording with the answers that the model of the
--- sandbox would have given.  The script `sandbox-check` calls this module.
-- SPDX-License-Identifier: MIT

local entries_of = require "mkio.likeness.entries"
local json = require "mkrun.json"
local judge = require "mkio.flow.sandbox_check.judge"
local operations = require "mkio.operations"
local player = require "mkio.likeness.player"

---@class mkio.sandbox_check.Row
---@field operation string   "teams.patch", or method and path
---@field what string        what differs
---@field place string       JSON Pointer in the answer; "*" is any item or name
---@field recorded string
---@field model string
---@field entries integer[]  the places of the answers in the recording

---@class mkio.sandbox_check.Result
---@field differences mkio.sandbox_check.Row[]
---@field entries integer    the number of entries
---@field compared integer   answers that were compared
---@field bodies {entry: integer, why: string}[]   of these, those of which only
---  the body was compared
---@field skipped {entry: integer, why: string}[]  entries that were left out
---@field untried string[]   operations that the recording never exercised

local M = {}

--- What differs, in words.
local WORDS <const> = { missing = "missing field", unknown = "unknown field" }

--- Members of a list that make its shape.
local SHAPE <const> = { ["/value"] = true, ["/kind"] = true,
  ["/supplemental"] = true }

--- Returns the words for a difference.  Two parts of a list have words of their
--- own.
local function word_for(operation, what, place)
  if operation and operation.list then
    if place == "/@odata.nextLink"
      or place:find "^/supplemental/pagination" then
      return "paging"
    elseif SHAPE[place] and what ~= "value" then
      return "list shape"
    end
  end
  return WORDS[what] or what
end

local function name_of(entry)
  return entry.operation and entry.operation.key
    or entry.method .. " " .. entry.path
end

--- Adds a row, or an entry to the row that says the same.
local function add(self, entry, what, place, recorded, model)
  local name = name_of(entry)
  local word = word_for(entry.operation, what, place)
  local key = table.concat({ name, word, place, recorded, model }, "\0")
  local row = self.by_key[key]
  if not row then
    row = { operation = name, what = word, place = place, recorded = recorded,
      model = model, entries = json.array {} }
    self.by_key[key] = row
    table.insert(self.differences, row)
  end
  if row.entries[#row.entries] ~= entry.number then
    table.insert(row.entries, entry.number)
  end
end

local function untried(tried)
  local found = json.array {}
  for _, operation in ipairs(operations.all) do
    if not tried[operation.key] then found[#found + 1] = operation.key end
  end
  return found
end

--- Compares the entries of a recording.
---@param raw table[]   entries of a HAR file, as `mkrun.journal.har` reads them
---@return mkio.sandbox_check.Result
function M.check(raw)
  local entries = entries_of.read(raw)
  local model, tried = player.new(entries), {}
  local self = { differences = json.array {}, by_key = {},
    bodies = json.array {}, skipped = json.array {} }
  for _, entry in ipairs(entries) do
    local verdict, why = judge.judge(model, entry, function(...)
      add(self, entry, ...)
    end)
    local list = verdict == "body" and self.bodies
      or verdict == "nothing" and self.skipped
    if list then table.insert(list, { entry = entry.number, why = why }) end
    if verdict ~= "nothing" and entry.operation then
      tried[entry.operation.key] = true
    end
  end
  return {
    differences = self.differences, entries = #entries,
    compared = #entries - #self.skipped, bodies = self.bodies,
    skipped = self.skipped, untried = untried(tried),
  }
end

return M
