--- Changes what the sandbox of a flow holds, as other people would.
---
---   world.change(here, function(api)
---     api:user "kari@northlight.example":post("/user/tokens", {...})
---   end)

local sandbox = require "tests.support.sandbox"
local sys = require "mkrun.sys"
local temp = require "tests.support.temp"

local M = {}

--- Call `act` with the sandbox of the flow, and keep what it did.
---@param here tests.Flow
---@param act fun(api: tests.Sandbox)
function M.change(here, act)
  local api = sandbox.new {
    state = temp.read(here.folder .. "/state.json"), token = false,
    now = sys.now, id = sys.uuid, random = sys.random,
  }
  act(api)
  here:write("state.json", api.model:save())
end

return M
