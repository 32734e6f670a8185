--- Formats a plan as text, as JSON or as lines of JSON.  `mkrun.plan`,
--- `mkrun.plan.markdown` and `mkrun.script` call this module.
---
---     + project "evening-news"
---         displayName: "Evening News"
---         id: (known after apply)
---         PUT /api/v1/projects/evening-news, by scripts/onboard.lua:70
---
---     Plan: 1 to create, 0 to change, 0 to delete.
-- SPDX-License-Identifier: MIT

local fields = require "mkrun.plan.fields"
local harmless = require "mkrun.printable".line
local json = require "mkrun.json"
local made_id = require "mkrun.plan.made_id"
local sources = require "mkrun.host.sources"
local unseen = require "mkrun.unseen"

local M = {}

local LATER <const> = "(known after apply)"
local HIDDEN <const> = "(secret)"

local signs = { create = "+", update = "~", delete = "-", keep = "!" }
local colors = { create = "32", update = "33", delete = "31", keep = "31" }

--- Replaces each id that the plan made up by "(known after apply)", because
--- only the server can choose the id.
local function without_ids(text, made)
  return made_id.replace(text, function(id)
    if made[id] then return LATER end
  end)
end

--- Returns the value of a field as text.
---@param value any
---@return string
function M.value_text(value)
  if value == HIDDEN then return value end
  return assert(json.encode(value, { sort = true }))
end

local value_text = M.value_text

local function field_text(field)
  local before, after, label = field.before, field.after, fields.label(field)
  local owner = fields.owner_text(field)
  if before ~= nil and after ~= nil then
    return ("%s: %s -> %s%s"):format(label, value_text(before),
      value_text(after), owner)
  end
  local value = before
  if before == nil then value = after end
  return ("%s: %s%s"):format(label, value_text(value), owner)
end

local function field_sign(action, field)
  if action ~= "update" then return "" end
  if field.before == nil then return "+ " end
  return field.after == nil and "- " or "~ "
end

--- Returns the path of a write's URL, without host and query.
local function path_of(write)
  return (write.url:gsub("^%a[%w+.-]*://[^/?#]+", ""):gsub("[?#].*", ""))
end

local function request_text(write)
  local text = write.method .. " " .. path_of(write)
  return write.line and text .. ", by " .. write.line or text
end

local function sign_text(action, color)
  local sign = signs[action]
  return color and ("\27[%sm%s\27[0m"):format(colors[action], sign) or sign
end

--- Returns the text for one resource: the sign, kind and name, and `lines`.
local function block(action, kind, name, lines, color)
  local parts = { ("  %s %s %s"):format(sign_text(action, color),
    harmless(kind), json.encode(harmless(name))) }
  for i, line in ipairs(lines) do
    parts[i + 1] = "      " .. harmless(line)
  end
  return table.concat(parts, "\n")
end

--- Returns the kind of what is changed, after the name of the provider unless
--- it is of the run's API: "rabbitmq queue".
---@param provider? string
---@param kind string
---@return string
function M.kind(provider, kind)
  return provider and provider .. " " .. kind or kind
end

--- Says what a delete loses that no `undo` brings back.
---@param change {lost: string?}
---@return string?
function M.lost_text(change)
  return change.lost and "cannot be brought back: " .. change.lost or nil
end

local function write_block(write, made, owners, color)
  local change, lines = write.change, {}
  local function add(text)
    lines[#lines + 1] = without_ids(text, made)
      :gsub('"%(known after apply%)"', LATER)
  end
  for _, field in ipairs(fields.of(change, owners)) do
    add(field_sign(change.action, field) .. field_text(field))
  end
  for _, entry in ipairs(change.is_patch and change.body or {}) do
    add("patch " .. value_text(fields.shown(entry)))
  end
  if change.lost then add(M.lost_text(change)) end
  add(request_text(write))
  return block(change.action, M.kind(write.provider, change.kind),
    without_ids(change.name, made), lines, color)
end

local function counts_of(actions)
  local counts = { create = 0, update = 0, delete = 0, keep = 0 }
  for _, action in ipairs(actions) do counts[action] = counts[action] + 1 end
  return counts
end

local function summary_of(counts)
  local function more(count, what)
    return count > 0 and (", %d %s"):format(count, what) or ""
  end
  return ("Plan: %d to create, %d to change, %d to delete%s%s."):format(
    counts.create, counts.update, counts.delete, more(counts.keep, "to leave"),
    more(counts.unknown or 0, "unknown"))
end

--- Counts the changes of a plan.
---@param record mkrun.PlanRecord
---@return {create: integer, update: integer, delete: integer,
---  unknown: integer}
function M.count(record)
  local actions = {}
  for i, write in ipairs(record.writes) do actions[i] = write.change.action end
  local counts = counts_of(actions)
  counts.unknown = #record.unknown
  return counts
end

--- Returns the summary: "Plan: 2 to create, 1 to change, 0 to delete."
---@param record mkrun.PlanRecord
---@param problem? string   why the plan is incomplete
---@return string
function M.summary(record, problem)
  local summary = summary_of(M.count(record))
  if not problem then return summary end
  return ("Incomplete, as %s.  Until then: %s"):format(problem,
    (summary:gsub("^Plan: ", "")))
end

---@class mkrun.Step
---@field action "create"|"update"|"delete"|"keep"
---@field kind string       kind of resource: "invite"
---@field name string       name of the resource: "kari@partner.example"
---@field details? string[]  lines to print below the step

--- Formats the next steps of a script like a plan.
---@param steps mkrun.Step[]
---@param color? boolean   true: the text contains terminal colours
---@return string
function M.steps(steps, color)
  local lines, actions = {}, {}
  for i, step in ipairs(steps) do
    actions[i] = step.action
    lines[i] = block(step.action, step.kind, step.name, step.details or {},
      color)
  end
  lines[#lines + 1] = "\n" .. summary_of(counts_of(actions))
  return table.concat(lines, "\n") .. "\n"
end

--- Returns a plan that contains only the deletions of another plan.
---@param record mkrun.PlanRecord
---@return mkrun.PlanRecord
function M.deletes(record)
  local deletes = { writes = {}, unknown = {}, made = record.made }
  for _, write in ipairs(record.writes) do
    if write.change.action == "delete" then
      table.insert(deletes.writes, write)
    end
  end
  return deletes
end

--- Returns a name in quotes.  The name of a file may be any bytes.
local function quoted(name) return unseen.json(harmless(name)) end

local function file_lines(files)
  local lines = {}
  for _, file in ipairs(files.written) do
    lines[#lines + 1] = ("  > file %s%s"):format(quoted(file.path),
      file.secret and ": " .. HIDDEN or "")
  end
  for _, command in ipairs(files.commands) do
    lines[#lines + 1] = ("  > command %s: %s on its standard input")
      :format(quoted(command), HIDDEN)
  end
  return lines
end

--- Lists the files and environment variables that a SPEC names and the run
--- reads.
local function source_lines()
  local lines = {}
  for i, source in ipairs(sources.list()) do
    lines[i] = ("  < %s %s, for %s"):format(source.kind, quoted(source.name),
      harmless(source.at))
  end
  return lines
end

--- Returns true if a plan has nothing to do.
---@param record mkrun.PlanRecord
---@param files mkrun.PlannedFiles
---@return boolean
function M.is_empty(record, files)
  return #record.writes + #record.unknown + #files.written
    + #files.commands == 0
end

local function unknown_block(write, color)
  local line = write.line and ", by " .. write.line or ""
  return ("  %s %s %s\n      %s"):format(sign_text("keep", color),
    harmless(write.method), harmless(write.url), harmless(write.why .. line))
end

--- Returns the plan as text, with a line end.
---@param record mkrun.PlanRecord
---@param files mkrun.PlannedFiles
---@param color? boolean    true: the text contains terminal colours
---@param problem? string   why the plan is incomplete
---@return string
function M.text(record, files, color, problem)
  local parts, owners = {}, fields.owners(record.writes)
  for _, write in ipairs(record.writes) do
    parts[#parts + 1] = write_block(write, record.made, owners, color)
  end
  for _, write in ipairs(record.unknown) do
    parts[#parts + 1] = unknown_block(write, color)
  end
  local more = file_lines(files)
  if #more > 0 then parts[#parts + 1] = table.concat(more, "\n") end
  if #parts == 0 then parts[1] = "Nothing to do." end
  local read = source_lines()
  if #read > 0 then parts[#parts + 1] = table.concat(read, "\n") end
  parts[#parts + 1] = M.summary(record, problem)
  return table.concat(parts, "\n\n") .. "\n"
end

local function change_data(write, owners)
  local change = write.change
  local list, body = json.array {}, fields.shown(change.body)
  for i, field in ipairs(fields.of(change, owners)) do list[i] = field end
  return {
    action = change.action, kind = change.kind, name = change.name,
    method = write.method, path = path_of(write), line = write.line,
    provider = write.provider, lost = change.lost,
    fields = list, body = body, patch = change.is_patch and body or nil,
  }
end

--- Returns the plan as data.  Each id that the plan made up is replaced by
--- "(known after apply)".
---@param record mkrun.PlanRecord
---@param files mkrun.PlannedFiles
---@param problem? string   why the plan is incomplete
---@return table
function M.document(record, files, problem)
  local changes, counts = json.array {}, M.count(record)
  local owners = fields.owners(record.writes)
  for i, write in ipairs(record.writes) do
    changes[i] = change_data(write, owners)
  end
  local text = unseen.json {
    changes = changes, files = json.array(files.written),
    commands = json.array(files.commands), reads = json.array(sources.list()),
    complete = not problem and #record.unknown == 0,
    unknown = json.array(record.unknown),
    summary = { create = counts.create, change = counts.update,
      delete = counts.delete },
  }
  return assert(json.decode(without_ids(text, record.made)))
end

--- Returns the plan as JSON, with a line end.
---@param document table   result of `document`
---@return string
function M.json(document)
  return assert(json.encode(document, { indent = 2, sort = true })) .. "\n"
end

--- Returns the plan as lines of JSON.  The member `type` says what a line is
--- about; the last line is the summary.
---@param document table   result of `document`
---@return string
function M.lines(document)
  local lines = {}
  local function add(kind, data)
    data.type = kind
    lines[#lines + 1] = assert(json.encode(data, { sort = true })) .. "\n"
  end
  for _, change in ipairs(document.changes) do add("change", change) end
  for _, write in ipairs(document.unknown) do add("unknown", write) end
  for _, file in ipairs(document.files) do add("file", file) end
  for _, command in ipairs(document.commands) do
    add("command", { command = command })
  end
  for _, read in ipairs(document.reads) do add("read", read) end
  local summary = document.summary
  summary.complete, summary.unknown = document.complete, #document.unknown
  add("summary", summary)
  return table.concat(lines)
end

return M
