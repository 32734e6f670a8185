--- Protects what `onboard --prune` must not remove: the last administrator, the
--- user who runs it, what every organization needs, and the run's own token.
--- `mkio.flow.onboard.prune` calls this module before the first write.
-- SPDX-License-Identifier: MIT

local script = require "mkrun.script"

local address = require "mkrun.address"
local errors = require "mkrun.rest.error"
local last_days = require "mkio.flow.onboard.last_days"
local token_watch = require "mkio.flow.common.token_watch"
local value = require "mkrun.value"

local M = {}

--- The team that gives its members all rights, and its scope and role.
local ADMINISTRATORS <const> = "Administrators"
local ADMINISTRATOR <const> = "administrator"

--- The team that has all users.
local EVERYONE <const> = "Everyone"

--- Returns true if the teams have to be known for these kinds.
---@param kinds table<string, true>
---@return boolean
function M.needs_teams(kinds)
  return kinds.members or kinds.teams or kinds.scopes or false
end

-- The teams as they will be -----------------------------------------------

--- Returns the ranks of the members of a team, by user id: true for an
--- administrator of the team.
local function ranks_of(team)
  local ranks = {}
  for id, member in pairs(value.dig(team, "spec", "members") or {}) do
    ranks[id] = value.dig(member, "isTeamAdmin") or false
  end
  return ranks
end

--- Enters the ranks that the SPEC gives to users.
local function promote(look, ranks, wish)
  local ids = {}
  for _, user in ipairs(look.lists:items "users") do
    ids[address.key(value.dig(user, "spec", "email") or "")] =
      user.metadata.id
  end
  for _, member in ipairs(last_days.current(wish.members) or {}) do
    local id = ids[address.key(member.email)]
    if id then
      local rank = member.isTeamAdmin
      if rank == nil then rank = ranks[id] or false end
      ranks[id] = rank
    end
  end
end

--- Returns the teams by their names.
local function teams_by_name(look)
  local teams = {}
  for _, team in ipairs(look.lists:items "teams") do
    teams[value.dig(team, "metadata", "name") or ""] = team
  end
  return teams
end

local function any_true(ranks)
  for _, rank in pairs(ranks) do
    if rank then return true end
  end
  return false
end

--- Returns the ranks in `Administrators` after the writes and the removals, and
--- whether there was an administrator of it before the removals.
local function ranks_after(look, teams, things)
  local ranks = ranks_of(teams[ADMINISTRATORS])
  for _, wish in ipairs((look.part or look.spec).teams or {}) do
    if wish.name == ADMINISTRATORS then promote(look, ranks, wish) end
  end
  local is_led = any_true(ranks)
  for _, thing in ipairs(things) do
    if thing.kind == "members" and thing.team == ADMINISTRATORS then
      ranks[thing.id] = nil
    end
  end
  return ranks, is_led
end

local function check_last_administrator(things, ranks, is_led)
  if is_led and any_true(ranks) or not is_led and next(ranks) then return end
  for _, thing in ipairs(things) do
    if thing.kind == "members" and thing.team == ADMINISTRATORS then
      errors.refuse("protected", ("'%s' is the last administrator")
        :format(thing.name), "name them in the team 'Administrators' of SPEC, "
        .. "or let somebody else lead it first")
    end
  end
end

--- Returns true if all scopes of the team `Everyone` are to go.
local function empties_everyone(teams, things)
  local left = value.set(value.names(value.dig(teams[EVERYONE], "spec",
    "scopes")))
  for _, thing in ipairs(things) do
    if thing.team == EVERYONE and thing.kind == "scopes" then
      left[thing.name] = nil
    end
  end
  return not next(left)
end

--- Raises if a predefined team would lose what every organization needs.
local function check_scopes(teams, things)
  for _, thing in ipairs(things) do
    local roles = value.set(value.dig(thing.item, "roles"))
    local is_needed = thing.kind == "scopes"
      and (thing.team == ADMINISTRATORS and roles[ADMINISTRATOR]
        or thing.team == EVERYONE and empties_everyone(teams, things))
    if is_needed then
      errors.refuse("protected", ("the team '%s' needs the scope '%s'")
        :format(thing.team, thing.name), "name it in SPEC")
    end
  end
end

-- The user who runs this ----------------------------------------------------

--- Marks the removals that take rights from the user who runs this.  An
--- administrator of the organization has all rights without other teams.
local function mark_mine(look, teams, things, ranks)
  local me = look.lists:items "profile".metadata.id
  local stays = ranks[me] ~= nil
  for _, thing in ipairs(things) do
    if thing.kind == "members" then
      thing.is_mine = thing.id == me
    elseif thing.kind == "teams" or thing.kind == "scopes" then
      local team = teams[thing.team or thing.name]
      thing.is_mine = not stays
        and value.dig(team, "spec", "members", me) ~= nil
    end
  end
end

local function check_mine(thing, is_meant)
  if not thing.is_mine or is_meant then return end
  errors.refuse("protected", thing.kind == "members"
    and ("'%s' is you, in the team '%s'"):format(thing.name, thing.team)
    or ("you have rights by the team '%s'"):format(thing.team or thing.name),
    "--myself goes ahead")
end

-- The token of this run ------------------------------------------------------

--- Leaves out the token of this run.
local function without_own(look, things)
  local kept, own = {}, token_watch.own_id(look.org.session)
  for _, thing in ipairs(things) do
    local is_token = thing.kind == "tokens"
    if is_token and not own then
      errors.refuse("token", "the token of this run does not contain its id",
        "without it, --prune=tokens could revoke this very token")
    elseif is_token and thing.id == own then
      script.say(("mkrun: the token '%s' stays, because this run uses it")
        :format(thing.name))
    else
      kept[#kept + 1] = thing
    end
  end
  return kept
end

--- Raises if something must not be removed.  Sets `is_mine` of what takes
--- rights from the user who runs this.
---@param look mkio.PruneLook
---@param things mkio.Unnamed[]
---@param is_meant? boolean   true: the user may lose rights (--myself)
---@return mkio.Unnamed[]  the things without the token of this run
function M.check(look, things, is_meant)
  things = without_own(look, things)
  if not things[1] or not M.needs_teams(look.kinds) then return things end
  local teams = teams_by_name(look)
  local ranks, is_led = ranks_after(look, teams, things)
  check_last_administrator(things, ranks, is_led)
  mark_mine(look, teams, things, ranks)
  check_scopes(teams, things)
  for _, thing in ipairs(things) do check_mine(thing, is_meant) end
  return things
end

return M
