--- Runs the examples of a Markdown page and compares their output.  The specs
--- of README.md and of the manual call it.
---
--- The examples of a page run in order, in a new folder, with mkrun on PATH:
---   ```lua NAME    and  ```json NAME    are written to the file NAME
---   ```console     each line after "$ " is run; the lines below are its output
---                  (stdout and stderr); "..." matches any lines
---   ```sh          contains calls of `make`, whose targets must exist
--- Any other block is ignored.  Digits before " ms", ids and the lines of a
--- built-in flow may differ.

local assert = require "luassert"
local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = {}

--- Returns the fenced blocks of a page.
---@param text string  Markdown
---@return { line: integer, info: string, text: string, lines: string[] }[]
function M.blocks(text)
  local list, block, number = {}, nil, 0
  for line in text:gmatch "([^\n]*)\n" do
    number = number + 1
    local info = line:match "^```(.*)$"
    if info and not block then
      block = { line = number, info = info, lines = {} }
    elseif info then
      block.text = table.concat(block.lines, "\n") .. "\n"
      list[#list + 1], block = block, nil
    elseif block then
      block.lines[#block.lines + 1] = line
    end
  end
  return list
end

--- Returns the commands of a console block, each with its expected output.
local function commands(block)
  local list = {}
  for _, line in ipairs(block.lines) do
    local command = line:match "^%$ (.*)$"
    if command then
      list[#list + 1] = { text = command, output = {} }
    else
      local output = list[#list].output
      output[#output + 1] = line
    end
  end
  return list
end

local LEASED = "kept until %d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%dZ"
local ID = "%x+%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x+"

--- Replaces the parts of an output that differ from run to run.
local function steady(text)
  return (text:gsub("%d+ ms", "N ms"):gsub(ID, "ID")
    :gsub(LEASED, "kept until then")
    :gsub("(scripts/[%w-]+%.lua):%d+", "%1:N"))
end

--- Returns a Lua pattern for the expected lines.
local function pattern(lines)
  local parts = {}
  for i, line in ipairs(lines) do
    if line == "..." then
      parts[i] = ".-"
    else
      parts[i] = steady(line):gsub("%p", "%%%0") .. "\n"
    end
  end
  return "^" .. table.concat(parts) .. "$"
end

local function run(folder, command)
  return process.run({ "sh", "-c", "exec 2>&1; " .. command }, { cwd = folder,
    env = { PATH = release.path:match "^(.*)/" .. ":" .. os.getenv "PATH" } })
end

local function check_console(folder, block)
  for _, command in ipairs(commands(block)) do
    local printed = steady(run(folder, command.text).out)
    if not printed:find(pattern(command.output)) then
      assert.equal(table.concat(command.output, "\n") .. "\n", printed,
        command.text)
    end
  end
end

local function check_targets(block)
  for _, line in ipairs(block.lines) do
    local target = line:match "^make%s+(%l[%w-]*)"
    if target then
      assert(shell.works(
        ("grep -q '^%s:' Makefile vendor/build.mk vendor/dist/dist.mk "
          .. "tests/bench/bench.mk"):format(target)), line)
    end
  end
end

local function check(folder, block)
  local kind, name = block.info:match "^(%w*)%s*(.-)$"
  if kind == "console" then
    check_console(folder, block)
  elseif kind == "sh" then
    check_targets(block)
  elseif name ~= "" then
    temp.write(folder .. "/" .. name, block.text)
  end
end

--- Iterates over the examples of a page, in order.  For each it returns a name
--- and a function that runs the example.
---@param path string  of the page
---@return fun(): string?, fun()?
function M.of(path)
  local list, folder, i = M.blocks(assert(temp.read(path))), nil, 0
  return function()
    i = i + 1
    local block = list[i]
    if not block then return nil end
    return ("line %d: %s"):format(block.line, block.info), function()
      folder = folder or temp.folder()
      check(folder, block)
    end
  end
end

return M
