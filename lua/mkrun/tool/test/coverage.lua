--- Which lines of the user's files have run: a table for people, and a file in
--- the format of lcov.
-- SPDX-License-Identifier: MIT

local find = require "mkrun.tool.test.find"
local sys = require "mkrun.sys"
local trial = require "mkrun.trial"

local M = {}

local hits = {} -- path -> line -> count

--- Takes a message of a run: "LINE:COUNT,LINE:COUNT,... PATH".
---@param text string
function M.add(text)
  local counts, path = text:match "^(%S*) (.*)$"
  path = path and (sys.real_path(path) or path)
  if not path then return end
  hits[path] = hits[path] or {}
  for line, count in counts:gmatch "(%d+):(%d+)" do
    line = tonumber(line)
    hits[path][line] = (hits[path][line] or 0) + tonumber(count)
  end
end

--- Returns a path below the current folder without that folder, or nil.
local function below(path, top)
  if path:sub(1, #top + 1) == top .. "/" then return path:sub(#top + 2) end
end

--- Returns the files to report: those that were asked for, else all that have
--- run below the current folder.  Test files never count.
local function chosen(wanted, tests)
  local top, files, skipped = sys.real_path ".", {}, {}
  for _, path in ipairs(tests) do
    skipped[sys.real_path(path) or path] = true
  end
  local function take(path)
    local real = sys.real_path(path)
    if not real or skipped[real] then return end
    files[real] = below(real, top) or real
  end
  for _, word in ipairs(wanted or {}) do
    if trial.look(word) == "folder" then find.walk(word, take)
    else take(word) end
  end
  for path in pairs(wanted and {} or hits) do
    if below(path, top) then take(path) end
  end
  return files
end

--- Returns the lines that could run and how often they have, in order.
local function lines_of(path)
  local counts, lines = hits[path] or {}, {}
  local main = loadfile(path, "t")
  if not main then return nil end
  for line in pairs(trial.lines(main)) do
    lines[#lines + 1] = { line = line, count = counts[line] or 0 }
  end
  table.sort(lines, function(a, b) return a.line < b.line end)
  return lines
end

--- Shows the lines that have not run: "12, 20-22".
local function missing(lines)
  local ranges = {}
  local first, last
  for _, line in ipairs(lines) do
    if line.count == 0 then
      first, last = first or line.line, line.line
    elseif first then
      ranges[#ranges + 1] = first == last and first or first .. "-" .. last
      first = nil
    end
  end
  if first then
    ranges[#ranges + 1] = first == last and first or first .. "-" .. last
  end
  return table.concat(ranges, ", ")
end

local function count(lines)
  local run = 0
  for _, line in ipairs(lines) do
    if line.count > 0 then run = run + 1 end
  end
  return run
end

local function row(name, run, all, rest)
  local share = all > 0 and run / all * 100 or 100
  io.stderr:write(("%5.1f %%  %4d of %-4d  %s%s\n"):format(share, run, all,
    name, rest ~= "" and "  not run: " .. rest or ""))
end

local function lcov(name, lines)
  local text = { "TN:", "SF:" .. name }
  for _, line in ipairs(lines) do
    text[#text + 1] = ("DA:%d,%d"):format(line.line, line.count)
  end
  text[#text + 1] = "LF:" .. #lines
  text[#text + 1] = "LH:" .. count(lines)
  text[#text + 1] = "end_of_record\n"
  return table.concat(text, "\n")
end

--- Prints the table on standard error, and writes the file.
---@param wanted? string[]  files and folders to report
---@param tests string[]    the test files
---@param path? string      the file to write
---@return boolean? ok
---@return string? message
function M.report(wanted, tests, path)
  local names, by_name, texts, run, all = {}, {}, {}, 0, 0
  for real, name in pairs(chosen(wanted, tests)) do
    names[#names + 1], by_name[name] = name, real
  end
  table.sort(names)
  io.stdout:flush()
  io.stderr:write "\nLines that have run:\n"
  for _, name in ipairs(names) do
    local lines = lines_of(by_name[name])
    if lines then
      row(name, count(lines), #lines, missing(lines))
      run, all = run + count(lines), all + #lines
      texts[#texts + 1] = lcov(name, lines)
    end
  end
  row("all", run, all, "")
  if not path then return true end
  return sys.write(path, table.concat(texts))
end

--- Forgets what has run.
function M.reset() hits = {} end

return M
