--- Removes a user from an organization: teams, tokens, invites, and last the
--- membership.  `mkio.flow.offboard` exports this function to the script
--- `offboard`.
-- SPDX-License-Identifier: MIT

local progress = require "mkrun.progress"
local task = require "mkrun.task"

local errors = require "mkrun.rest.error"
local token_watch = require "mkio.flow.common.token_watch"
local value = require "mkrun.value"

local M = {}

--- The call options of a DELETE that succeeds if the object does not exist.
local GONE <const> = { absent = true }

local TRIES <const> = 3

--- Removes the user from one team and returns true.  If the answer is lost,
--- reads the team before the next try.  Returns false if the user can leave the
--- team only together with the organization, for example as the administrator
--- of `Everyone`.
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

--- Calls `leave(team)` for several teams at the same time.  After an error, no
--- new call begins, and the error is raised when the running calls have ended.
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
    bar:close() -- clears the line on which the step is printed
    if left then
      out:step("removed", "team member", team .. "/" .. leaver.label)
    end
    bar:step(team)
  end)
end

--- Returns the id of the token that this run sends.  Raises an error if the
--- token does not contain its id, because a token of unknown id cannot be
--- revoked last.
local function own_token_id(org)
  return token_watch.own_id(org.session) or errors.raise("token",
    "the token of this run does not contain its id",
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

--- Removes the user who runs the script.  The membership is removed late,
--- because the user's rights end with the membership.  The token of this run is
--- revoked last.  The user leaves the teams together with the organization.
local function take_mine(org, leaver, out)
  local own = own_token_id(org)
  revoke_tokens(org, leaver, own, out)
  cancel_invites(org, leaver, out)
  remove_user(org, leaver, out)
  org.me.tokens:revoke(own)
  out:step("revoked", "token", "of this run", { own })
end

--- Removes everything that a user has in the organization, and last the
--- membership.
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
