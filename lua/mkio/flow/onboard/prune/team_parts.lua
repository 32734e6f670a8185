--- Removes members and scopes of one team by one PATCH, for `onboard --prune`.
--- `mkio.flow.onboard.prune.take` calls this module.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local kinds = require "mkio.flow.onboard.prune.kinds"
local value = require "mkrun.value"

local M = {}

local SIGNS <const> = { members = "member", scopes = "scope" }

--- Returns the lines below the team in the question.
---@param job mkio.PruneJob
---@return string[]
function M.details(job)
  local lines = {}
  for i, thing in ipairs(job.things) do
    local more = table.concat(kinds.details(thing), "; ")
    lines[i] = ("- %s: %s%s"):format(SIGNS[thing.kind], thing.name,
      more ~= "" and " (" .. more .. ")" or "")
  end
  if job.is_mine then lines[#lines + 1] = "that is you" end
  return lines
end

--- Returns the key of a part in the map of the team.
local function key_of(thing)
  return thing.kind == "members" and thing.id or thing.name
end

--- Says what there is to do about a part.
---@return mkio.PruneFate
local function fate_of(team, thing)
  local now = value.dig(team, "spec", thing.kind, key_of(thing))
  if not now then return "gone" end
  local is_same
  if thing.kind == "members" then
    is_same = (value.dig(now, "isTeamAdmin") or false)
      == (value.dig(thing.item, "isTeamAdmin") or false)
  else
    is_same = value.same_set(value.dig(now, "roles"),
      value.dig(thing.item, "roles"))
  end
  return is_same and "removed" or "changed"
end

local function without(map, keys)
  local rest = json.object {}
  for key, item in pairs(value.present(map) or {}) do
    if not keys[key] then rest[key] = item end
  end
  return rest
end

--- Removes the parts of the team that are as they were shown.
---@param org mkio.Organization
---@param job mkio.PruneJob
---@return mkio.PruneFate[]  one for each thing
function M.remove(org, job)
  local name, fates, due = job.name, {}, { members = {}, scopes = {} }
  local have = org.teams:find(name)
  for i, thing in ipairs(job.things) do
    fates[i] = fate_of(have, thing)
    if fates[i] == "removed" then due[thing.kind][key_of(thing)] = true end
  end
  if not next(due.members) and not next(due.scopes) then return fates end
  org.teams:become(name, have, function(team)
    local spec = value.dig(team, "spec")
    return { spec = { description = spec.description,
      members = without(spec.members, due.members),
      scopes = without(spec.scopes, due.scopes) } }
  end)
  return fates
end

return M
