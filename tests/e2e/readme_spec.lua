--- What README.md shows is what happens.
---
--- In order, in one folder that starts empty and with mkrun on the PATH:
---   ```lua NAME    and  ```json NAME    are written to the file NAME
---   ```console     each line after "$ " is run; the lines below it are what
---                  it prints (stderr too); "..." stands for any lines
---   ```sh          lines of `make`, whose targets must exist
--- A block of another kind is text.  Digits before " ms" and ids may differ.

local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

--- The fenced blocks: { line =, info =, text = }.
local function blocks(text)
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

--- The commands of a console block with what each shall print.
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

local ID = "%x+%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x+"

--- One form for all runs.
local function steady(text)
  return (text:gsub("%d+ ms", "N ms"):gsub(ID, "ID"))
end

--- A Lua pattern for the shown lines.
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

--- Prints the names of README's API that do not exist; reads one name a line.
local CHECK_NAMES = [[
local org = require "mkio".connect {}
local values = {
  org = org, project = org:project "x", mkio = require "mkio",
  client = require "mkrun.client".new { base = "http://localhost" },
  response = require "mkrun.http".get "https://app.mk.io/",
  s = require "mkrun.secret".new("x", "x"),
  slot = require "mkrun.sys".reserve "slot",
  lock = require "mkrun.sys".lock "lock",
  out = require "mkrun.report".new(),
  task = require "mkrun.task".spawn(function() end),
}
local function find(value, path)
  for name in path:gmatch "[%w_]+" do
    if value == nil then return nil end
    value = value[name]
  end
  return value
end
for line in io.lines() do
  local owner, path = line:match "^(%l+)%.(.*)$"
  local known, module = pcall(require, "mkrun." .. owner)
  if find(values[owner], path) == nil
    and find(known and module or nil, path) == nil then
    print(line)
  end
end]]

--- "http.get", "org.teams.find", ... of the blocks without a kind.
local function api_names(list)
  local names = {}
  local function add(...) names[#names + 1] = table.concat({ ... }, ".") end
  for _, block in ipairs(list) do
    for _, line in ipairs(block.info == "" and block.lines or {}) do
      for owner, name in line:gmatch "(%l+)[.:]([%a_0-9]+)[({]" do
        add(owner, name)
      end
      local resource, methods = line:match "^([%a._]+)  +([%l_ ]+)$"
      for name in (methods or ""):gmatch "[%l_]+" do add(resource, name) end
    end
  end
  return names
end

describe("README.md", function()
  local folder, env
  setup(function()
    folder = temp.folder()
    env = { PATH = release.path:match "^(.*)/" .. ":" .. os.getenv "PATH" }
  end)

  local function run(command)
    return process.run({ "sh", "-c", "exec 2>&1; " .. command },
      { cwd = folder, env = env })
  end

  local function check_console(block)
    for _, command in ipairs(commands(block)) do
      local printed = steady(run(command.text).out)
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
          ("grep -q '^%s:' Makefile vendor/build.mk tests/bench/bench.mk")
            :format(target)), line)
      end
    end
  end

  local all = blocks(assert(temp.read "README.md"))

  it("names nothing in the Lua API that is not there", function()
    local names = api_names(all)
    assert(#names > 100)
    local outcome = release.run({ "--sandbox", "-e", CHECK_NAMES },
      { stdin = table.concat(names, "\n") .. "\n", cwd = folder })
    assert.same({ code = 0, out = "", err = "" }, outcome)
  end)

  for _, block in ipairs(all) do
    local kind, name = block.info:match "^(%w*)%s*(.-)$"
    it(("line %d: %s"):format(block.line, block.info), function()
      if kind == "console" then
        check_console(block)
      elseif kind == "sh" then
        check_targets(block)
      elseif name ~= "" then
        temp.write(folder .. "/" .. name, block.text)
      end
    end)
  end
end)
