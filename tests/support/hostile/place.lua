--- Makes the folder in which the hostile scripts try, and runs them there.

local process = require "tests.support.process"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = {}

--- The token: nothing may show its last part.
M.TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.CANARYCANARYCANARY"

local NOBODY <const> = "65534"

local LAYOUT <const> = [[
  cd %s && mkdir folder other run granted && cd folder && mkdir other && cd ..
  for name in secret folder/secret run/secret; do
    echo "SECRET OF ANOTHER" >$name; done
  echo 'return { text = "SECRET OF ANOTHER" }' >module.lua
  cp module.lua data.lua; echo '{"secret":1}' >json; echo seven >run/7
  ln -s secret link; ln -s secret link2; ln -s nothing dangling
  touch a victim; cd granted
  ln -s ../secret out; ln -s out out2; ln -s ../secret out3
  ln -s ../folder folder
  ln -s ../nothing2 dangling; ln -s ../nothing3 dangling2
  for name in journal audit har world; do
    ln -s $name to-$name; echo >mine-$name; done
  echo >target; echo >mine2; cd ..
  for i in "" 2 3; do ln -s granted/target into$i; done
]]

--- Makes the folder with a script in its folder "run".
---@param text string
---@return string folder
function M.make(text)
  local folder = temp.folder()
  shell.execute(LAYOUT:format(folder))
  temp.write(folder .. "/run/x.lua", text)
  return folder
end

--- Returns the text of a list of attempts.
---@param name string
---@param needs? string   for `@needs`
---@return string
function M.text(name, needs)
  local read = function(part)
    return assert(temp.read(("tests/support/hostile/%s.lua"):format(part)))
  end
  local head = needs and ("--- Tries.\n---\n--- @needs %s\n\n"):format(needs)
    or ""
  return head .. read "prelude" .. read(name)
end

--- Gives the folder to another user, and returns the words that run a program
--- as that user.
local function as_other(folder)
  shell.execute(("chmod a+x %s/.. && chown -R %s:%s %s"):format(folder, NOBODY,
    NOBODY, folder))
  return { "setpriv", "--reuid=" .. NOBODY, "--regid=" .. NOBODY,
    "--clear-groups" }
end

---@class tests.HostileWay
---@field variant "release"|"debug"
---@field other? boolean   as another user
---@field env? table<string, string>

--- Runs the script of the folder.
---@param folder string
---@param way tests.HostileWay
---@param words string[]   mkrun's options
---@param port? integer    of another server
---@return tests.Outcome
function M.run(folder, way, words, port)
  -- Another user may not reach the folder of the program.
  shell.execute(("cp build/%s/mkrun %s/mkrun"):format(way.variant, folder))
  local command = way.other and as_other(folder) or {}
  table.insert(command, folder .. "/mkrun")
  table.move(words, 1, #words, #command + 1, command)
  table.move({ "x.lua", folder, port or 1 }, 1, 3, #command + 1, command)
  local env = { MKIO_TOKEN = M.TOKEN, MKRUN_LUA = false, LUA_PATH = false,
    LUA_PATH_5_4 = false, HOME = "/" }
  for name, value in pairs(way.env or {}) do env[name] = value end
  return process.run(command, { cwd = folder .. "/run", env = env })
end

return M
