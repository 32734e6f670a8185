--- Lists the spec files of a run, in the order in which they start.
---
--- A line in the comment at the head of a spec file can say more:
---
---     --- @seconds 40     about so long it takes: the longest start first
---     --- @alone REASON   runs when no other spec file runs

local cases = require "tests.support.cases"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = {}

---@class tests.SpecFile
---@field path string
---@field seconds number  as its head says, or 0
---@field size integer    bytes
---@field alone? string   the reason

local function spec_file(path)
  local text, marks = temp.read(path) or "", {}
  for line in text:gmatch "[^\n]*" do
    if line:sub(1, 3) ~= "---" then break end
    local name, value = line:match "^%-%-%- @(%a+) +(.*)$"
    if name then marks[name] = value end
  end
  return { path = path, size = #text, alone = marks.alone,
           seconds = tonumber(marks.seconds) or 0 }
end

local function longest_first(one, other)
  if one.seconds ~= other.seconds then return one.seconds > other.seconds end
  if one.size ~= other.size then return one.size > other.size end
  return one.path < other.path
end

local function shuffle(list, seed)
  local pick = cases.generator(seed).pick
  for i = 1, #list do
    local other = i + pick(#list - i + 1) - 1
    list[i], list[other] = list[other], list[i]
  end
end

--- Returns the spec files below the paths, or nil if a path does not exist.
---@param paths string[]  files and folders
---@param seed? integer   starts them in a random order; default: longest first
---@return tests.SpecFile[]?
function M.list(paths, seed)
  if not shell.works("ls -d -- " .. shell.join(paths)) then return nil end
  local list = {}
  for path in shell.output(("find %s -type f -name '*_spec.lua'")
      :format(shell.join(paths))):gmatch "[^\n]+" do
    list[#list + 1] = spec_file(path)
  end
  table.sort(list, longest_first)
  if seed then shuffle(list, seed) end
  return list
end

return M
