--- Formats a plan as a page for a browser: a table of the changes with their
--- fields folded, and what the run reads and writes besides.  `mkrun.plan`
--- calls this module.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local fields = require "mkrun.plan.fields"
local page = require "mkrun.page"
local show = require "mkrun.plan.show"

local M = {}

local words = { create = "create", update = "change", delete = "delete" }
local tones = { create = "add", update = "change", delete = "remove" }

--- Returns the text of a field: "spec.a: 1 -> 2".
local function field_text(field)
  local before, after, label = field.before, field.after, fields.label(field)
  local owner = fields.owner_text(field)
  if before ~= nil and after ~= nil then
    return ("%s: %s \u{2192} %s%s"):format(label, show.value_text(before),
      show.value_text(after), owner)
  end
  local sign = before ~= nil and "\u{2212} " or "+ "
  if before == nil then before = after end
  return sign .. label .. ": " .. show.value_text(before) .. owner
end

--- Returns the line of the script that sends a write.
local function by(write) return write.line and ", by " .. write.line or "" end

local function change_row(change)
  local texts = {}
  for i, field in ipairs(change.fields) do texts[i] = field_text(field) end
  texts[#texts + 1] = show.lost_text(change)
  return { tone = tones[change.action], action = words[change.action],
    kind = show.kind(change.provider, change.kind), name = change.name,
    fields = texts,
    request = change.method .. " " .. change.path .. by(change) }
end

local function changes(document)
  local rows = {}
  for i, change in ipairs(document.changes) do rows[i] = change_row(change) end
  return { title = "Changes", rows = rows, empty = "Nothing to do.", columns = {
    { key = "action", title = "Action", filter = true },
    { key = "kind", title = "Kind", filter = true },
    { key = "name", title = "Name" },
    { key = "fields", title = "Fields", fold = true, code = true },
    { key = "request", title = "Request", code = true },
  } }
end

local function unknown(document)
  local rows = {}
  for i, write in ipairs(document.unknown) do
    rows[i] = { tone = "warn", why = write.why,
      request = write.method .. " " .. write.url .. by(write) }
  end
  return { title = "Not planned", rows = rows, columns = {
    { key = "request", title = "Request", code = true },
    { key = "why", title = "Why" },
  } }
end

local function outputs(document)
  local rows = {}
  for _, file in ipairs(document.files) do
    rows[#rows + 1] = { what = "file", name = file.path,
      gets = file.secret and "(secret)" or nil }
  end
  for _, command in ipairs(document.commands) do
    rows[#rows + 1] = { what = "command", name = command,
      gets = "(secret) on its standard input" }
  end
  return { title = "Files and commands", rows = rows, columns = {
    { key = "what", title = "What" },
    { key = "name", title = "Name", code = true },
    { key = "gets", title = "Gets" },
  } }
end

local function reads(document)
  return { title = "Files and variables that it reads", rows = document.reads,
    columns = { { key = "kind", title = "What" },
      { key = "name", title = "Name", code = true },
      { key = "at", title = "For" } } }
end

--- Returns a plan as a page.
---@param document table   result of `mkrun.plan.show.document`
---@param summary string   "Plan: 1 to create, 0 to change, 0 to delete."
---@return string
function M.of(document, summary)
  local sections = { changes(document) }
  for _, section in ipairs { unknown(document), outputs(document),
    reads(document) } do
    if #section.rows > 0 then sections[#sections + 1] = section end
  end
  local name = (config.script or {}).name
  return page.render { title = name and "Plan of " .. name or "Plan",
    subtitle = { summary }, sections = sections }
end

return M
