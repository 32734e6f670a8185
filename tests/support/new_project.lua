--- Runs the commands for CI of a project that `mkrun new` has made.  In place
--- of mkrun's download it gets a script that runs the release binary on a
--- sandbox.

local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = {}

local FILES <const> = { github = ".github/workflows/organization.yml",
  gitlab = ".gitlab-ci.yml" }

--- Returns the indented lines below line `i`, in which a list of YAML or a text
--- after "|" goes on.
local function below(lines, i)
  local indent, found = #lines[i]:match "^ *", {}
  for k = i + 1, #lines do
    if #lines[k]:match "^ *" <= indent then break end
    found[#found + 1] = lines[k]
  end
  return found
end

local readers = {}

--- The commands of a step: "run: COMMAND", or lines below "run: |".
function readers.github(lines, add)
  for i, line in ipairs(lines) do
    local command = line:match "^%s+run: (.*)$"
    if command == "|" then
      add(table.concat(below(lines, i), "\n"))
    elseif command then
      add(command)
    end
  end
end

--- The commands of a job: items below "script:"; an item may go on in lines
--- that are indented deeper.
function readers.gitlab(lines, add)
  for i, line in ipairs(lines) do
    if line:find "^%s+%l*_?script:$" then
      local command
      for _, item in ipairs(below(lines, i)) do
        local text = item:match "^%s+%- (.*)$"
        if text and command then add(command) end
        if not item:find "^%s*#" then
          command = text or command .. " " .. item:match "^%s*(.*)$"
        end
      end
      add(command)
    end
  end
end

--- Returns the commands of the file for CI, in order.
---@param folder string   the project
---@param platform "github"|"gitlab"
---@return string[]
function M.commands(folder, platform)
  local lines, commands = {}, {}
  for line in temp.read(folder .. "/" .. FILES[platform]):gmatch "[^\n]+" do
    lines[#lines + 1] = line
  end
  readers[platform](lines, function(command)
    commands[#commands + 1] = command
  end)
  return commands
end

--- What is installed as mkrun.
local STAND_IN <const> = [[
#!/bin/sh
test "$1" = test && ! %s help test >/dev/null 2>&1 && exit
test "$1" = test && exec %s test
exec %s --sandbox=%s "$@"
]]

--- Runs commands, one after the other, as CI does: in bash, until one fails.
---@param folder string
---@param commands string[]
---@return tests.Outcome
function M.run(folder, commands)
  local place = temp.folder()
  local mkrun = shell.quote(release.path)
  local stand_in = STAND_IN:format(mkrun, mkrun, mkrun, place .. "/state")
  temp.write(place .. "/download", stand_in)
  temp.write(place .. "/curl", ("#!/bin/sh\ncp %s/download \"$2\"\n")
    :format(place))
  shell.execute("chmod 755 " .. place .. "/curl")
  local sum = shell.output("sha256sum " .. place .. "/download"):match "^%x+"
  release.run { "--sandbox=" .. place .. "/state", "doctor" }
  local script = "set -e\n" .. table.concat(commands, "\n") .. "\n"
  return process.run({ "bash", "-c", script }, { cwd = folder, env = {
    HOME = place, PATH = ("%s:%s/bin:%s"):format(place, place,
      os.getenv "PATH"),
    MKRUN_URL = "https://download.invalid/mkrun", MKRUN_SHA256 = sum,
    GITHUB_PATH = place .. "/path", GITHUB_STEP_SUMMARY = place .. "/summary",
    MKRUN_LUA = false } })
end

return M
