--- Reads the commands out of the files of CI systems in the manual.  It knows
--- only as much of YAML as those files need.

local examples = require "tests.support.examples"
local temp = require "tests.support.temp"

local M = {}

local function indent(line) return #line:match "^ *" end

--- Returns the lines below `first` that are deeper than `depth`, without their
--- common indentation, and the number of the line after them.
local function block(lines, first, depth)
  local list, at = {}, first
  while lines[at] and (lines[at] == "" or indent(lines[at]) > depth) do
    list[#list + 1] = lines[at]
    at = at + 1
  end
  local cut = list[1] and indent(list[1]) or 0
  for i, line in ipairs(list) do list[i] = line:sub(cut + 1) end
  return list, at
end

--- Returns the lines of a file that the manual shows.
---@param page string  path
---@param name string  that of the block, such as "github.yml"
---@return string[]
function M.lines(page, name)
  for _, example in ipairs(examples.blocks(assert(temp.read(page)))) do
    if example.info == "yaml " .. name then return example.lines end
  end
  error(page .. ": no block " .. name)
end

--- Returns the value of a key below line `at`: on its line, or the block below.
local function value(lines, at, key)
  local depth = indent(lines[at])
  for i = at + 1, #lines do
    if lines[i] ~= "" and indent(lines[i]) <= depth then break end
    local rest = lines[i]:match("^ *" .. key .. ": *(.*)$")
    if rest == "|" then
      return table.concat(block(lines, i + 1, indent(lines[i])), "\n") .. "\n"
    elseif rest then
      return rest .. "\n"
    end
  end
end

--- Returns the commands of a step of GitHub Actions.
---@param lines string[]
---@param name string  of the step
---@return string
function M.github(lines, name)
  for at, line in ipairs(lines) do
    if line:match "^ *%- name: (.*)$" == name then
      return assert(value(lines, at, "run"), name .. ": no run")
    end
  end
  error("no step " .. name)
end

--- Returns the commands of a job of GitLab CI.
---@param lines string[]
---@param name string  of the job
---@return string
function M.gitlab(lines, name)
  local commands, inside, at = {}, false, 1
  while lines[at] do
    local line = lines[at]
    if line:find "^%S" then inside = line == name .. ":" end
    at = at + 1
    if inside and line == "  script:" then
      local list = block(lines, at, 2)
      local i = 1
      while list[i] do
        local command = list[i]:match "^%- (.*)$"
        i = i + 1
        if command == "|" then
          local more, after = block(list, i, 0)
          command, i = table.concat(more, "\n"), after
        end
        commands[#commands + 1] = command
      end
    end
  end
  assert(commands[1], "no job " .. name)
  return table.concat(commands, "\n") .. "\n"
end

return M
