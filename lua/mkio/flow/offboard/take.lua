--- Removes users' teams, tokens and invites, and the membership of each last.
--- `mkio.flow.offboard` exports it to the script `offboard`.
-- SPDX-License-Identifier: MIT

local progress = require "mkrun.progress"

local errors = require "mkrun.rest.error"
local token_watch = require "mkio.flow.common.token_watch"
local value = require "mkrun.value"
local writes = require "mkio.flow.common.writes"

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

---@class mkio.Taking
---@field org mkio.Organization
---@field out mkrun.Report
---@field in_turn fun(team: string, work: fun(): any): any  so that two users
---  leave a team one after the other
---@field limit integer       parts of one user at a time
---@field bar mkrun.Progress

--- Returns the writes that take away what the user has, but the membership.
---@param taking mkio.Taking
---@param leaver mkio.Leaver
---@param keep? string   id of a token that stays
---@return mkio.Write[]
local function parts_of(taking, leaver, keep)
  local org, parts = taking.org, {}
  local function add(kind, name, work)
    parts[#parts + 1] = { place = taking.out:place(), kind = kind, name = name,
      work = work }
  end
  for _, team in ipairs(leaver.is_me and {} or leaver.teams) do
    add("team member", team .. "/" .. leaver.label, function()
      local left = taking.in_turn(team,
        function() return leave_team(org, team, leaver.id) end)
      return left and "removed" or nil
    end)
  end
  for _, token in ipairs(leaver.tokens) do
    if token.id ~= keep then
      add("token", token.title, function()
        org.tokens:call("tokens.revoke", { token_id = token.id }, nil, GONE)
        return "revoked", { token.id }
      end)
    end
  end
  for _, invite in ipairs(leaver.invites) do
    add("invite", leaver.label, function()
      org.invites:call("invites.cancel", { invite_id = invite.id }, nil, GONE)
      return "removed"
    end)
  end
  return parts
end

--- Takes away what the user has, side by side, and then the membership.
local function take(taking, leaver, parts)
  writes.run(parts, { limit = taking.limit, bar = taking.bar })
  if not leaver.id then return nil end
  taking.org.users:call("users.remove", { user_id = leaver.id }, nil, GONE)
  return "removed"
end

--- Returns the write that takes away everything that the user has.
local function whole(taking, leaver, keep)
  local parts = parts_of(taking, leaver, keep)
  return { place = taking.out:place(), kind = "user", name = leaver.label,
    work = function() return take(taking, leaver, parts) end }
end

--- Returns the id of the token that this run sends.  Raises an error if the
--- token does not contain its id, because a token of unknown id cannot be
--- revoked last.
local function own_token_id(org)
  return token_watch.own_id(org.session) or errors.raise("token",
    "the token of this run does not contain its id",
    "let another administrator do this")
end

--- Does the same for the user who runs this.  The user's rights end with the
--- membership, so the membership ends late.  The token of this run goes last.
--- The memberships of teams end with the membership of the organization.
local function take_mine(taking, leaver)
  local own = own_token_id(taking.org)
  writes.run({ whole(taking, leaver, own) }, { bar = taking.bar })
  taking.org.me.tokens:revoke(own)
  taking.out:step("revoked", "token", "of this run", { own })
end

local function count(leavers)
  local parts = 0
  for _, leaver in ipairs(leavers) do
    parts = parts + #leaver.teams + #leaver.tokens + #leaver.invites + 1
  end
  return parts
end

--- Takes away everything that the users have, side by side.  The membership of
--- each is last.  The user who runs this comes after all others.
---@param org mkio.Organization
---@param leavers mkio.Leaver[]
---@param out mkrun.Report
function M.all(org, leavers, out)
  local bar <close> =
    progress.new("leaving", count(leavers), { kind = "writes" })
  local taking = { org = org, out = out, in_turn = writes.in_turn(),
    limit = writes.share(#leavers), bar = bar }
  local others, me = {}, nil
  for _, leaver in ipairs(leavers) do
    if leaver.is_me then
      me = leaver
    else
      others[#others + 1] = whole(taking, leaver)
    end
  end
  writes.run(others, { bar = bar })
  if me then take_mine(taking, me) end
end

--- Takes away everything that one user has.
---@param org mkio.Organization
---@param leaver mkio.Leaver
---@param out mkrun.Report
function M.take(org, leaver, out) M.all(org, { leaver }, out) end

return M
