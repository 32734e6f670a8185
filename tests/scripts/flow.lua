--- Runs flows on a sandbox that is kept in a file, and looks into that file.

local json = require "mkrun.json"
local process = require "tests.support.process"
local release = require "tests.support.release"
local secret = require "mkrun.secret"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"
local unconfined = require "tests.support.unconfined"

local TOP = shell.output "pwd"

---@class tests.Flow
---@field folder string
local Flow = {}
Flow.__index = Flow

--- Run `mkrun --sandbox=state.json ...` in the flow's folder.
---@param ... string
---@return tests.Outcome
function Flow:run(...)
  return release.run({ "--sandbox=state.json", ... },
    { cwd = self.folder, env = self.env })
end

--- The same with `--trace`; also returns how many requests wrote something.
---@return tests.Outcome outcome
---@return integer writes
function Flow:counted(...)
  local outcome = self:run("--trace", ...)
  local writes = 0
  for method in ("\n" .. outcome.err):gmatch "\n(%u+) /api/" do
    if method ~= "GET" then writes = writes + 1 end
  end
  return outcome, writes
end

--- Onboard a SPEC, a Lua value.
function Flow:onboard(spec)
  temp.write(self.folder .. "/spec.json", json.encode(spec))
  return self:counted("onboard", "spec.json")
end

--- The sandbox as it is now.
function Flow:state()
  return json.decode(temp.read(self.folder .. "/state.json"))
end

--- The ids of the tokens with this description that are not revoked.
function Flow:live(description)
  local ids = {}
  for _, token in ipairs(self:state().tokens) do
    if token.description == description and token.revoked == json.null then
      ids[#ids + 1] = token.id
    end
  end
  return ids
end

--- The id of the token in a file, or nil.
function Flow:stored(name)
  local token = secret.read(self.folder .. "/" .. name, name)
  return token and token:claims().jti
end

--- Writes a copy of a flow that is not confined, for runs whose -e changes
--- modules.  Returns its name.
function Flow:unconfined(name) return unconfined.copy(self.folder, name) end

function Flow:remove(name) process.run { "rm", self.folder .. "/" .. name } end

function Flow:write(name, text) temp.write(self.folder .. "/" .. name, text) end

local M = { example = TOP .. "/scripts/examples/onboard.json" }

--- A flow's folder with a fresh sandbox.
---@param env? table<string, string>
---@return tests.Flow
function M.new(env)
  return setmetatable({ folder = temp.folder(), env = env }, Flow)
end

--- The example SPEC, to be changed.
function M.spec() return json.decode(temp.read(M.example)) end

return M
