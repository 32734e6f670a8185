--- Makes the state of a sandbox from a recording: the organization as it is at
--- the end, as far as the recording shows it.  `mkio.sandbox.like` calls this
--- module.
---
--- A recording has no secrets.  The state has "(secret)" in the place of a
--- webhook secret, and tokens that nobody can use.
-- SPDX-License-Identifier: MIT

local entries_of = require "mkio.likeness.entries"
local finish = require "mkio.likeness.finish"
local list = require "mkio.model.list"
local players = require "mkio.likeness.player"
local unknown_user = require "mkio.likeness.unknown_user"

local M = {}

local function is_good(entry)
  return not entry.other and entry.operation ~= nil
    and entry.status >= 200 and entry.status < 300
end

--- Returns the lists that the recording shows whole.
local function known_of(player)
  return { roles = player.seen["roles.list"],
    scopes = player.seen["scopes.list"],
    locations = player.seen["locations.list"] }
end

--- Makes a state.
---@param raw table[]   entries of a HAR file
---@return table? state   nil if the recording has no answer of the API
---@return string? message
function M.state(raw)
  local entries, count = entries_of.read(raw), 0
  local player = players.new(entries)
  for _, entry in ipairs(entries) do
    if is_good(entry) then
      player:play(entry)
      count = count + 1
    end
  end
  if count == 0 then return nil, "it has no answer of the API" end
  local state, digest = player.world.state, player.digest
  list.remove(state.tokens, function(token) return token.digest == digest end)
  for _, token in ipairs(state.tokens) do token.digest = nil end
  local user = player.learner.me
  if player.seen["users.list"] then
    state, user = unknown_user.replace(state, user)
  end
  return finish.state(state, user, known_of(player))
end

return M
