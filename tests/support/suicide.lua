--- Lua text for `-e` with which a run kills itself at a chosen moment.  A
--- confined flow can start no process, so the shell that kills it is started
--- before.

local M = {}

--- Defines a function `die`, which ends the run by SIGKILL.
M.die = [[
    local killer = io.popen("read -r go && kill -KILL "
      .. require "mkrun.sys".getpid(), "w")
    local function die()
      killer:write "now\n"
      killer:flush()
      while true do end
    end
]]

return M
