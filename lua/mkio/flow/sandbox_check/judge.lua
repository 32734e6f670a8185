--- Judges one recorded answer: where would the model have answered otherwise?
--- `mkio.flow.sandbox_check` calls this module with each entry of a recording.
---
--- Some answers depend on what a recording does not show: the rights of a
--- token, the load of the service, a proxy.  Of these only the body is
--- compared, or nothing.
-- SPDX-License-Identifier: MIT

local compare = require "mkio.likeness.compare"
local contract = require "mkio.likeness.contract"
local fit = require "mkio.likeness.fit"
local permissions = require "mkio.permissions"

---@alias mkio.sandbox_check.Verdict "whole"|"body"|"nothing"

local M = {}

local function is_good(status) return status >= 200 and status < 300 end

-- Bodies ----------------------------------------------------------------------

local function kind_of(text, document)
  if text == "" then return "no body" end
  return document == nil and "text" or fit.type_of(document)
end

local function first_line(text) return text:match "^[^\r\n]*" end

--- Compares two bodies that are no JSON by their first lines, which name the
--- columns of a CSV.
local function compare_texts(note, real, model)
  local recorded, own = first_line(real), first_line(model)
  if recorded ~= own then note("value", "", "other columns", own) end
end

local function compare_bodies(note, shape, entry, answer)
  local recorded = kind_of(entry.text, entry.document)
  local own = kind_of(answer.text, answer.document)
  if recorded ~= own then
    note("body", "", recorded, own)
  elseif recorded == "text" then
    compare_texts(note, entry.text, answer.text)
  elseif shape and recorded ~= "no body" then
    compare.bodies(note, shape, entry.document, answer.document)
  end
end

--- Checks the status in the body of an error.
local function check_status(note, entry)
  local inner = entry.document.status
  if math.type(inner) == "integer" and inner ~= entry.status then
    note("value", "/status", tostring(inner), tostring(entry.status))
  end
end

--- Checks the body of an error.  The model's answer is not known.
local function check_error(note, entry)
  local kind = kind_of(entry.text, entry.document)
  if kind ~= "object" then return note("body", "", kind, "object") end
  check_status(note, entry)
  compare.bodies(note, contract.error, entry.document, nil)
end

local function compare_errors(note, entry, answer)
  compare_bodies(note, contract.error, entry, answer)
  if kind_of(entry.text, entry.document) == "object" then
    check_status(note, entry)
  end
end

-- Statuses --------------------------------------------------------------------

--- Lists that decide whether a write is refused.
local RESTS_ON <const> = {
  ["invites.create"] = { "invites.list", "users.list", "teams.list" },
  ["teams.put"] = { "teams.list", "users.list", "scopes.list", "roles.list" },
  ["teams.patch"] = { "teams.list", "users.list", "scopes.list",
    "roles.list" },
  ["projects.put"] = { "projects.list", "payment_methods.list",
    "locations.list" },
  ["project_payment_method.assign"] = { "payment_methods.list" },
  ["users.remove"] = { "users.list", "teams.list" },
  ["my_organizations.leave"] = { "teams.list" },
  ["my_tokens.create"] = { "my_organizations.list", "rbac.get" },
}

--- Returns true if the recording shows all that decides whether the service
--- refuses the request.
local function is_shown(player, operation)
  for _, key in ipairs(operation and RESTS_ON[operation.key] or {}) do
    if not player.seen[key] then return false end
  end
  return true
end

--- Returns true if the recorded rights of the token include a capability that
--- the operation needs.
local function holds(player, operation)
  for _, capability in ipairs(operation.can) do
    if permissions.anywhere(player.rights, capability) then return true end
  end
  return #operation.can == 0
end

--- Returns true if the recording shows that the token lacks the right.  A
--- project may give rights that the recorded rights do not have yet.
local function lacks(player, operation)
  local is_on_project = operation.path:find "{project_name}"
    or operation.key:find "^projects%."
  return player.rights ~= nil and not is_on_project
    and not holds(player, operation)
end

local function status_of(answer)
  if answer.fault then return "none: " .. answer.fault end
  return answer.code and ("%d %s"):format(answer.status, answer.code)
    or tostring(answer.status)
end

local function compare_answers(note, entry, answer)
  local shape = entry.operation and contract.answers[entry.operation.key]
  if entry.status ~= answer.status then
    note("status", "", tostring(entry.status), status_of(answer))
  end
  if not is_good(entry.status) then
    local act = is_good(answer.status) and check_error or compare_errors
    return act(note, entry, answer)
  elseif is_good(answer.status) then
    return compare_bodies(note, shape, entry, answer)
  elseif shape and entry.document ~= nil then
    compare.bodies(note, shape, entry.document, nil)
  end
end

-- Judging ---------------------------------------------------------------------

local METHODS <const> = { GET = true, POST = true, PUT = true, PATCH = true,
  DELETE = true }

--- Returns the reason why nothing can be compared, or nil.
local function reason(entry)
  if entry.other then return "of another server" end
  if not METHODS[entry.method] then return "no request to an API" end
  if entry.status == 0 then return "no answer came" end
  local is_known = entry.status == 500 or entry.status == 503
  if entry.status >= 500 and not is_known then return "a proxy answered" end
  if entry.status == 503 and entry.operation
    and entry.operation.key == "service.ready" then
    return "the service was not ready"
  end
end

--- Returns true if the status depends on what the recording does not show.
local function is_by_chance(player, entry)
  local status, operation = entry.status, entry.operation
  if status == 429 or status >= 500 then return true end
  if status == 401 then return entry.has_token end
  if status ~= 403 then return false end
  return not operation or not player.rights or #operation.can == 0
    or not holds(player, operation)
end

--- Compares a recorded answer with the model's.
---@param player mkio.likeness.Player
---@param entry mkio.likeness.Entry
---@param note mkio.likeness.Note   called with each difference
---@return mkio.sandbox_check.Verdict verdict   what was compared
---@return string? why   the reason, if not the whole answer was compared
function M.judge(player, entry, note)
  local why = reason(entry)
  if entry.status == 0 or entry.status >= 500 then player:doubt(entry) end
  if why then return "nothing", why end
  if is_by_chance(player, entry) then
    check_error(note, entry)
    return "body", "the status depends on what the recording does not show"
  end
  local is_lacking = entry.operation and is_good(entry.status)
    and lacks(player, entry.operation)
  local answer = player:play(entry)
  local is_refused = not is_good(entry.status) and is_good(answer.status)
  if is_refused and not is_shown(player, entry.operation) then
    check_error(note, entry)
    return "body", "the recording does not show why it was refused"
  end
  if is_lacking then
    note("status", "", tostring(entry.status), "403 forbidden")
  end
  local is_different = false
  compare_answers(function(...)
    is_different = true
    note(...)
  end, entry, answer)
  -- Nothing follows from rights that are not as the model has them.
  if is_different and entry.operation
    and entry.operation.key == "rbac.get" then
    player.rights = nil
  end
  return "whole"
end

return M
