--- Lists the failed deliveries of webhook rules.  The script `webhooks` calls
--- this module.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local sys = require "mkrun.sys"
local task = require "mkrun.task"

local value = require "mkrun.value"

local M = { columns = { "rule", "created", "status", "type", "source" } }

--- The states of a delivery that failed for good or is still being retried.
local FAILING <const> = { Failed = true, Retrying = true }

--- Returns the time of an event in seconds since 1970.  If the event has no
--- valid time, returns infinity, so that the event counts as recent.
local function time_of(event)
  local created = value.dig(event, "created")
  return type(created) == "string" and sys.parse_time(created) or math.huge
end

local function failures_of(rules, name, since)
  local rows = {}
  for event in rules:events(name) do
    if FAILING[event.status] and time_of(event) >= since then
      rows[#rows + 1] = { rule = name, created = value.present(event.created),
        status = event.status, type = value.present(event.type),
        source = value.present(event.source) }
    end
  end
  return rows
end

--- Returns the failed deliveries of all rules in the last `days` days, the
--- newest delivery first.
---@param rules mkio.Webhooks
---@param days number
---@return table[] rows  with the columns that `M.columns` names
function M.failures(rules, days)
  local rows, all = {}, rules:list { needs = "names" }
  -- The answer to the list request has set `clock` to the server's time.
  local since = clock.now() - days * clock.DAY
  local lists = task.map(all, function(rule)
    return failures_of(rules, rule.metadata.name, since)
  end)
  for _, list in ipairs(lists) do
    table.move(list, 1, #list, #rows + 1, rows)
  end
  table.sort(rows, function(a, b)
    local x, y = time_of(a), time_of(b)
    return x > y or x == y and a.rule < b.rule
  end)
  return rows
end

return M
