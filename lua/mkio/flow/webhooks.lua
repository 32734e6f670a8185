--- Sets, deletes and watches the webhook rules of a project.  The script
--- `webhooks` calls it.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local script = require "mkrun.script"
local sys = require "mkrun.sys"
local task = require "mkrun.task"

local alike = require "mkio.flow.common.alike"
local basis = require "mkrun.rest.basis"
local errors = require "mkrun.rest.error"
local onboarding = require "mkio.flow.onboard"
local value = require "mkrun.value"
local writes = require "mkio.flow.common.writes"

local M = { columns = { "rule", "created", "status", "type", "source" } }

-- The rules ----------------------------------------------------------------

--- Returns a write for each element, with a place in the report.
local function each(list, out, make)
  local all = {}
  for i, item in ipairs(list) do
    local name, work = make(item)
    all[i] = { place = out:place(), kind = "webhook rule", name = name,
      work = work }
  end
  return all
end

--- Creates or updates the rules of a file, side by side.
---@param rules mkio.Webhooks
---@param wishes table[]   the rules in the file
---@param items table[]    the rules that are there, just read
---@param write_secrets? boolean
---@param out mkrun.Report
function M.ensure(rules, wishes, items, write_secrets, out)
  local have = rules:index(items)
  writes.run(each(wishes, out, function(wish)
    return wish.name, function()
      return onboarding.webhook(rules, wish, write_secrets,
        { have = have[wish.name] })
    end
  end))
end

--- Returns the names of the rules that a file does not have.
---@param items table[]    the rules that are there
---@param wishes table[]   the rules in the file
---@return string[]
function M.surplus(items, wishes)
  local wanted, names = {}, {}
  for _, wish in ipairs(wishes) do wanted[wish.name] = true end
  for _, rule in ipairs(items) do
    local name = rule.metadata.name
    if not wanted[name] then names[#names + 1] = name end
  end
  return names
end

--- Ends the run if a rule to delete was probably meant to stay: the file has a
--- name like it that is not there.
---@param items table[]    the rules that are there
---@param wishes table[]   the rules in the file
---@param names string[]   the rules to delete
---@param file string      the path of the file
function M.check_alike(items, wishes, names, file)
  local there, like, lines = {}, {}, {}
  for _, rule in ipairs(items) do there[rule.metadata.name] = true end
  for _, wish in ipairs(wishes) do
    if not there[wish.name] then like[alike.key(wish.name)] = wish.name end
  end
  for _, name in ipairs(names) do
    local other = like[alike.key(name)]
    lines[#lines + 1] = other
      and alike.text("webhook rule", name, other, file)
  end
  if lines[1] then script.refuse(table.unpack(lines)) end
end

--- Returns the steps for the question before rules are deleted.
---@param project string
---@param names string[]
---@return mkrun.Step[]
function M.steps(project, names)
  local steps = {}
  for i, name in ipairs(names) do
    steps[i] = { action = "delete", kind = "webhook rule",
      name = project .. "/" .. name, details = { "its history goes too" } }
  end
  return steps
end

--- Deletes rules, side by side.  A plan then rests on there being no others,
--- which would be deleted, too.
---@param rules mkio.Webhooks
---@param names string[]
---@param out mkrun.Report
function M.delete(rules, names, out)
  basis.note_list(rules, "webhooks.list")
  writes.run(each(names, out, function(name)
    return name, function()
      rules:delete(name)
      return "removed"
    end
  end))
end

-- The deliveries -----------------------------------------------------------

--- The states of a delivery that has not arrived, or not yet.
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
  local rows = {}
  local all = errors.named(rules.list, rules, { needs = "names" })
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
