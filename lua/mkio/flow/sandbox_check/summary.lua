--- Prints what `sandbox-check` compared, what it left out, and which operations
--- the recording does not exercise.
-- SPDX-License-Identifier: MIT

local output = require "mkrun.output"

local M = {}

local WIDTH <const> = 80

local function count(n, one)
  return ("%d %s%s"):format(n, one, n == 1 and "" or "s")
end

--- Returns the first line: how much was compared, and how much differs.
local function headline(found)
  return ("%d of %s compared, %s."):format(found.compared,
    count(found.entries, "answer"), count(#found.differences, "difference"))
end

--- Returns a line for each reason, with the entries that it is true of.
local function reasons(items, beginning)
  local lines, by_reason = {}, {}
  for _, item in ipairs(items) do
    local numbers = by_reason[item.why]
    if not numbers then
      numbers = {}
      by_reason[item.why] = numbers
      lines[#lines + 1] = { item.why, numbers }
    end
    numbers[#numbers + 1] = tostring(item.entry)
  end
  for i, line in ipairs(lines) do
    lines[i] = ("%s %s: %s"):format(#line[2] == 1 and "Entry" or "Entries",
      table.concat(line[2], ", "), beginning .. line[1] .. ".")
  end
  return lines
end

--- Returns a line on the operations that the recording does not exercise.  It
--- names them if `with_names` is true, as there may be many.
local function untried(found, with_names)
  if #found.untried == 0 then return nil end
  return ("Not exercised: %s%s."):format(count(#found.untried, "operation"),
    with_names and ": " .. table.concat(found.untried, ", ")
      or " (--untried names them)")
end

local function lines_of(found, with_names)
  local lines = { headline(found) }
  for _, line in ipairs(reasons(found.skipped, "not compared, ")) do
    lines[#lines + 1] = line
  end
  for _, line in ipairs(reasons(found.bodies, "only the body compared, ")) do
    lines[#lines + 1] = line
  end
  lines[#lines + 1] = untried(found, with_names)
  return lines
end

--- Breaks a line between words.
local function wrapped(line)
  local out, at = {}, 0
  for word in line:gmatch "%S+" do
    if at > 0 and at + 1 + #word > WIDTH then
      out[#out + 1], at = "\n  ", 1
    elseif at > 0 then
      out[#out + 1], at = " ", at + 1
    end
    out[#out + 1], at = word, at + #word
  end
  return table.concat(out)
end

--- Prints the lines after the table.
---@param found mkio.sandbox_check.Result
---@param with_names? boolean  true: names the operations without an entry
function M.text(found, with_names)
  if found.differences[1] then print() end
  for _, line in ipairs(lines_of(found, with_names)) do
    print(wrapped(line))
  end
end

--- Prints the lines before a table in Markdown.
---@param found mkio.sandbox_check.Result
---@param with_names? boolean  true: names the operations without an entry
function M.markdown(found, with_names)
  for _, line in ipairs(lines_of(found, with_names)) do
    output.paragraph(line)
  end
end

return M
