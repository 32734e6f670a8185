--- Formats a plan as Markdown for a comment on a pull request: a summary line,
--- a table, and a folded part for each change with its fields.  `mkrun.plan`
--- calls this module.
---
---     **Plan: 0 to create, 1 to change, 0 to delete.**
---
---     | Action | Kind | Name | Fields |
---     | --- | --- | --- | --- |
---     | change | team | `night-desk` | `spec.description` |
---
---     <details><summary>change team <code>night&#45;desk</code></summary>
---
---     ```diff
---     - spec.description: "a"
---     + spec.description: "b"
---       PATCH /api/v1/organization/teams/night-desk, by scripts/onboard.lua:77
---     ```
---     </details>
-- SPDX-License-Identifier: MIT

local fields = require "mkrun.plan.fields"
local markdown = require "mkrun.markdown"
local show = require "mkrun.plan.show"

local M = {}

local words = { create = "create", update = "change", delete = "delete" }

--- The most fields of a change that the table names.
local MOST <const> = 4

--- Returns the cell that tells which fields a change is about.
local function fields_cell(change)
  local paths = {}
  for i, field in ipairs(change.fields) do paths[i] = fields.label(field) end
  if change.action == "delete" or #paths == 0 then return "-" end
  if change.action == "create" then
    return #paths == 1 and "1 field" or ("%d fields"):format(#paths)
  end
  local more = #paths - MOST
  local cells = {}
  for i = 1, math.min(#paths, MOST) do cells[i] = markdown.code(paths[i]) end
  return table.concat(cells, ", ")
    .. (more > 0 and (" and %d more"):format(more) or "")
end

local function rows_of(document)
  local rows = {}
  local function add(...) rows[#rows + 1] = { ... } end
  for _, change in ipairs(document.changes) do
    add(words[change.action],
      markdown.text(show.kind(change.provider, change.kind)),
      markdown.code(change.name), fields_cell(change))
  end
  for _, write in ipairs(document.unknown) do
    add("unknown", markdown.text(write.method), markdown.code(write.url),
      markdown.code(write.why))
  end
  for _, file in ipairs(document.files) do
    add("write", "file", markdown.code(file.path),
      file.secret and "(secret)" or "-")
  end
  for _, command in ipairs(document.commands) do
    add("run", "command", markdown.code(command),
      "(secret) on its standard input")
  end
  return rows
end

--- Adds the lines of a field.  Each begins with a sign, so none can be the end
--- of the code block.
local function add_field(lines, field)
  local function add(sign, value)
    if value == nil then return end
    lines[#lines + 1] = markdown.line(("%s %s: %s%s"):format(sign,
      fields.label(field), show.value_text(value), fields.owner_text(field)))
  end
  add("-", field.before)
  add("+", field.after)
end

--- Returns the kind of a change as HTML: words as they are.
local function kind_of(change)
  local kind = show.kind(change.provider, change.kind)
  return markdown.text(kind) == kind and kind or markdown.html(kind)
end

--- Returns the folded part of a change.
local function part_of(change)
  local lines = {}
  for _, field in ipairs(change.fields) do add_field(lines, field) end
  if change.lost then
    lines[#lines + 1] = markdown.line("  " .. show.lost_text(change))
  end
  local line = change.line and ", by " .. change.line or ""
  lines[#lines + 1] = "  " .. markdown.line(change.method .. " " .. change.path
    .. line)
  return ("\n<details><summary>%s %s %s</summary>\n\n```diff\n%s\n```\n"
    .. "</details>\n"):format(words[change.action],
    kind_of(change), markdown.html(change.name),
    table.concat(lines, "\n"))
end

--- Returns the folded part with the files and variables that the run reads.
local function reads_part(reads)
  local lines = {}
  for i, read in ipairs(reads) do
    lines[i] = ("- %s %s, for %s\n"):format(markdown.text(read.kind),
      markdown.code(read.name), markdown.code(read.at))
  end
  return ("\n<details><summary>files and variables that it reads</summary>\n\n"
    .. "%s\n</details>\n"):format(table.concat(lines))
end

--- Bytes for the lines that say what is left out.
local NOTES_ROOM <const> = 256

--- Returns a plan as Markdown that fits into one comment.
---@param document table   result of `mkrun.plan.show.document`
---@param summary string   "Plan: 1 to create, 0 to change, 0 to delete."
---@return string
function M.of(document, summary)
  local rows = rows_of(document)
  local head = ("**%s**\n\n"):format(summary)
  local room = markdown.ROOM - #head - NOTES_ROOM
  local body = #rows == 0 and "Nothing to do.\n"
    or markdown.table({ "Action", "Kind", "Name", "Fields" }, rows, nil, room)
  local parts = {}
  for i, change in ipairs(document.changes) do parts[i] = part_of(change) end
  if #document.reads > 0 then
    parts[#parts + 1] = reads_part(document.reads)
  end
  return head .. body
    .. markdown.cut(parts, room - #body, "folded parts")
end

return M
