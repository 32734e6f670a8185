--- Invites that a run which was cut short withdrew, to send others in their
--- place, and did not send again: who resumes it knows them from the journal.
-- SPDX-License-Identifier: MIT

local journal = require "mkrun.journal"
local journal_file = require "mkrun.journal.file"

local operations = require "mkio.operations"
local value = require "mkrun.value"

local M = {}

local function read(writes)
  local lost = {}
  for _, write in ipairs(writes) do
    local operation = operations.match(write.method, write.path)
    local key = operation and operation.key
    local old = value.dig(write, "before", "spec", "email")
    local new = value.dig(write, "body", "spec", "email")
    if key == "invites.cancel" and old
      and (journal_file.is_done(write) or journal_file.is_doubtful(write)) then
      lost[old:lower()] = write.before
    elseif key == "invites.create" and new and journal_file.is_done(write) then
      lost[new:lower()] = nil
    end
  end
  return lost
end

--- What is read of each journal: earlier runs add nothing to it any more.
local found = setmetatable({}, { __mode = "k" })

--- Those that are withdrawn, by address in small letters.
---@return table<string, mkio.api.InviteGetSchema> invites  as they were
function M.all()
  local current = journal.current()
  if not current then return {} end
  found[current] = found[current] or read(current.writes)
  return found[current]
end

--- The one to this address, or nil.
---@param email string
---@return mkio.api.InviteGetSchema?
function M.find(email) return M.all()[email:lower()] end

return M
