--- Finds the invites that an interrupted run cancelled and did not send again.
--- A run with `--resume` reads these invites from the journal.
--- `mkio.resource.invites` and the flows `team` and `prune_invites` call this
--- module.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"

local address = require "mkrun.address"
local operations = require "mkio.operations"
local value = require "mkrun.value"

local M = {}

local function read(writes)
  local journal_file = require "mkrun.journal.file"
  local lost = {}
  for _, write in ipairs(writes) do
    local operation = operations.match(write.method, write.path)
    local key = operation and operation.key
    local old = value.dig(write, "before", "spec", "email")
    local new = value.dig(write, "body", "spec", "email")
    if key == "invites.cancel" and old
      and (journal_file.is_done(write) or journal_file.is_doubtful(write)) then
      lost[address.key(old)] = write.before
    elseif key == "invites.create" and new and journal_file.is_done(write) then
      lost[address.key(new)] = nil
    end
  end
  return lost
end

--- Caches the result for each journal.  A cached result stays correct, because
--- the journals of earlier runs do not change.
local found = setmetatable({}, { __mode = "k" })

--- Returns a map from the keys of addresses (`mkrun.address`) to the cancelled
--- invites.
---@return table<string, mkio.api.InviteGetSchema> invites
function M.all()
  -- Only a run with a journal loads the module of the journal.
  local has_journal = config.journal or config.resume
  local current = has_journal and require "mkrun.journal".current()
  if not current then return {} end
  found[current] = found[current] or read(current.writes)
  return found[current]
end

--- Finds the cancelled invite to an e-mail address.
---@param email string
---@return mkio.api.InviteGetSchema?  nil if there is no such invite
function M.find(email) return M.all()[address.key(email)] end

return M
