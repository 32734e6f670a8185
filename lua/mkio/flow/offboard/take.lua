--- How `offboard` takes away what a user has, the membership last.
-- SPDX-License-Identifier: MIT

local progress = require "mkrun.progress"
local task = require "mkrun.task"

local errors = require "mkrun.rest.error"
local token_watch = require "mkio.flow.common.token_watch"
local value = require "mkrun.value"

local M = {}

--- What is gone already is as good as taken.
local GONE <const> = { absent = true }

local TRIES <const> = 3

--- Out of one team.  A removal must not blindly be sent twice: where nobody
--- knows whether it arrived, the team is looked at.  False: it is left to the
--- end of the membership, as with whoever leads `Everyone`.
local function leave_team(org, team, id)
  for _ = 1, TRIES do
    local ok, problem =
      pcall(org.teams.remove_member, org.teams, team, id)
    if ok then return true end
    if not errors.is(problem) or errors.is_answer(problem) then
      error(problem, 0)
    end
    if team == "Everyone" and problem.code == "protected" then return false end
    local now = org.teams:find(team)
    if not value.dig(now, "spec", "members", id) then return true end
    if not errors.may_have_arrived(problem) then error(problem, 0) end
  end
  return false
end

--- Call `leave(team)` for several teams at a time.  After an error no more are
--- begun, but what is under way is seen through and told.
local function for_each_team(teams, leave)
  local failed, reason = false, nil
  task.map(teams, function(team)
    if failed then return end
    local ok, problem = pcall(leave, team)
    if not ok and not failed then failed, reason = true, problem end
  end)
  if failed then error(reason, 0) end
end

local function leave_teams(org, leaver, out)
  local bar <close> =
    progress.new("leaving teams", #leaver.teams, { kind = "writes" })
  for_each_team(leaver.teams, function(team)
    local left = leave_team(org, team, leaver.id)
    bar:close() -- the line makes room for one that stays
    if left then
      out:step("removed", "team member", team .. "/" .. leaver.label)
    end
    bar:step(team)
  end)
end

--- The id of the token that this run sends.  Without it nobody can tell which
--- token must be the last one to go.
local function own_token_id(org)
  return token_watch.own_id(org.session) or errors.raise("token",
    "the token of this run does not tell its id",
    "let another administrator do this")
end

local function revoke_tokens(org, leaver, keep, out)
  for _, token in ipairs(leaver.tokens) do
    if token.id ~= keep then
      org.tokens:call("tokens.revoke", { token_id = token.id }, nil, GONE)
      out:step("revoked", "token", token.title, { token.id })
    end
  end
end

local function cancel_invites(org, leaver, out)
  for _, invite in ipairs(leaver.invites) do
    org.invites:call("invites.cancel", { invite_id = invite.id }, nil, GONE)
    out:step("removed", "invite", leaver.label)
  end
end

local function remove_user(org, leaver, out)
  if not leaver.id then return end
  org.users:call("users.remove", { user_id = leaver.id }, nil, GONE)
  out:step("removed", "user", leaver.label)
end

--- Oneself: the rights that this takes are kept to the end, and the token of
--- this run goes last of all.  The teams go with the membership.
local function take_mine(org, leaver, out)
  local own = own_token_id(org)
  revoke_tokens(org, leaver, own, out)
  cancel_invites(org, leaver, out)
  remove_user(org, leaver, out)
  org.me.tokens:revoke(own)
  out:step("revoked", "token", "of this run", { own })
end

--- Take away all that a user has, the membership last.
---@param org mkio.Organization
---@param leaver mkio.Leaver
---@param out mkrun.Report
function M.take(org, leaver, out)
  if leaver.is_me then return take_mine(org, leaver, out) end
  leave_teams(org, leaver, out)
  revoke_tokens(org, leaver, nil, out)
  cancel_invites(org, leaver, out)
  remove_user(org, leaver, out)
end

return M
