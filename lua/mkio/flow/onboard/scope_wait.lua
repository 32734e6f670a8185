--- Waits for the scopes that teams of a SPEC name and that come with new
--- projects.  `mkio.flow.onboard.phases` calls it.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local task = require "mkrun.task"

local value = require "mkrun.value"

--- Seconds that the scope of a new project may take.
local PATIENCE <const> = 10

local M = {}

--- Begins to wait for the scopes of all teams, which come with new projects.
---@param self mkio.OnboardPhases
---@return fun() wait   waits for them
function M.begin(self)
  local names = {}
  for _, wish in ipairs(self.spec.teams) do
    for name in pairs(wish.scopes or {}) do names[#names + 1] = name end
  end
  table.sort(names)
  if not next(self.made) then return function() end end
  local function await()
    pcall(self.org.scopes.await, self.org.scopes, names, PATIENCE)
  end
  local waiting = config.jobs ~= 1 and task.spawn(await) or nil
  return function()
    waiting = waiting or task.spawn(await) -- once, however many teams wait
    waiting:wait()
  end
end

--- Waits until the scopes of a team are there.
---@param self mkio.OnboardPhases
---@param wish table   the team in the SPEC
---@param wait fun()   waits for the scopes of all teams
function M.await(self, wish, wait)
  local scopes, names = self.org.scopes, value.names(wish.scopes)
  if names[1] then self.lists:need "scopes" end
  if not scopes:knows(names) then wait() end
  scopes:await(names, 0)
end

return M
