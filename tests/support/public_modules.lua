--- The modules that a script may require.

local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = {}

local INTERNAL <const> = { ["mkrun.apart"] = true, ["mkrun.backend"] = true,
  ["mkrun.cage"] = true, ["mkrun.config"] = true,
  ["mkrun.providers"] = true, ["mkrun.trial"] = true }

--- Returns those at the top of lua/mkrun and those in C, as the source tree has
--- them, without the internal ones.
---@param besides? table<string, true>  more that are left out
---@return string[]
function M.list(besides)
  local names = {}
  local function add(name)
    if not INTERNAL[name] and not (besides or {})[name] then
      names[#names + 1] = name
    end
  end
  for name in shell.output("ls lua/mkrun"):gmatch "([%w_]+)%.lua" do
    add("mkrun." .. name)
  end
  local bindings = temp.read "src/host/searcher.c"
  for name in bindings:gmatch '{"(mkrun%.[%l%d_]+)", ' do add(name) end
  return names
end

return M
