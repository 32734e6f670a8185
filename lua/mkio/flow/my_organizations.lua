--- Decides the result of an action of `my-organizations`: accept, decline or
--- leave.  The script `my-organizations` calls this module.
---
--- The API has one request for leaving an organization and for declining an
--- invite.  The effect depends on the user's state before the request.
-- SPDX-License-Identifier: MIT

local errors = require "mkrun.rest.error"
local lists_of = require "mkio.flow.common.lists"
local near = require "mkrun.rest.suggestion"
local offboarding = require "mkio.flow.offboard"
local resumed = require "mkio.flow.common.resumed"
local value = require "mkrun.value"

local M = {}

---@alias mkio.MembershipAction "accept"|"decline"|"leave"

--- Returns the user's state in the organization.
---@param organization? table
---@return "member"|"invited"|"stranger"
local function state_of(organization)
  if not organization then return "stranger" end
  local invite = value.dig(organization, "spec", "invite")
  return invite and value.dig(invite, "state") ~= "accepted" and "invited"
    or "member"
end

local function refuse(detail, hint)
  return function(name)
    errors.refuse("state", detail:format(name), hint)
  end
end

local function nothing(note)
  return function() return nil, note end
end

local function go(outcome, note)
  return function() return outcome, note end
end

--- Maps each action and each state of the user to a function, which returns the
--- outcome and a note or raises an error.
---@type table<mkio.MembershipAction, table<string, fun(name: string):
---  mkrun.Outcome?, string>>
M.actions = {
  accept = {
    invited = go("created", "joined"),
    member = nothing "a member already",
    stranger = refuse("there is no open invite from '%s'",
      "an invite ends after 14 days: ask for another one"),
  },
  decline = {
    invited = go("removed", "invite declined"),
    member = refuse("you are a member of '%s'", "use leave to end that"),
    stranger = nothing "no open invite",
  },
  leave = {
    member = go("removed", "left"),
    invited = refuse("you are no member of '%s' yet",
      "use decline for its invite"),
    stranger = nothing "no member",
  },
}

--- Returns the outcome of an action.  Raises an error if the action is not
--- possible in the user's state.
---@param action mkio.MembershipAction
---@param organization? table
---@param name string   the name of the organization on the command line
---@return "created"|"removed"|nil outcome  nil: there is nothing to do
---@return string note
function M.check(action, organization, name)
  return M.actions[action][state_of(organization)](name)
end

--- Returns a message if the arguments of the command line do not fit together.
---@param action? string
---@param name? string
---@param options {yes: boolean?, missing_ok: boolean?}
---@return string? fault
function M.fault(action, name, options)
  if not action then
    return (options.yes or options.missing_ok)
      and "--yes and --missing-ok go with an ACTION" or nil
  elseif not M.actions[action] then
    local meant = near.find(action, value.names(M.actions))[1]
    return ("'accept', 'decline' or 'leave' expected, got '%s'%s"):format(
      action, meant and (", did you mean '%s'?"):format(meant) or "")
  elseif not name then
    return "argument ORGANIZATION is missing"
  elseif action == "accept" and options.missing_ok then
    return "--missing-ok goes with decline or leave"
  end
end

--- Begins to read what an action needs, side by side.
---@param org mkio.Organization
---@param action mkio.MembershipAction
---@return mkio.Lists
function M.begin(org, action)
  local lists = lists_of.new(org, { organization = "id", teams = "members" })
  lists:begin { "my_organizations" }
  if action == "leave" then lists:begin { "organization" } end
  return lists
end

local UNSEEN <const> = { [403] = true, [404] = true }

--- Raises if the user is the last administrator of the organization.  Only the
--- token's own organization can be checked.
---@param org mkio.Organization   the token's own
---@param organization table      the one to leave
---@param lists? mkio.Lists       from `begin`
function M.check_leaving(org, organization, lists)
  lists = lists or M.begin(org, "leave")
  local function seen(name)
    return errors.unless(UNSEEN, lists.checkable, lists, name,
      "does not check that an administrator stays")
  end
  if value.dig(seen "organization", "metadata", "id")
    ~= organization.metadata.id then
    return
  end
  lists:begin { "teams", "profile" }
  local teams, me = seen "teams" or {}, lists:items "profile"
  offboarding.check_last_administrator(teams, { {
    id = me.metadata.id,
    label = value.dig(me, "spec", "contactEmail") or me.metadata.id,
  } })
end

--- Raises an error if the user belongs to no organization of this name.  Either
--- the user has left the organization, or the name is misspelt.
---@param organizations mkio.MyOrganizations
---@param action mkio.MembershipAction
---@param name string
---@param missing_ok? boolean  true if the user may have left it
---@param items? table[]  the list, if the caller has just read it
function M.check_name(organizations, action, name, missing_ok, items)
  local accepts = action == "accept"
  if not accepts and (missing_ok or resumed.is_resumed()) then return end
  local names = {}
  for _, organization in ipairs(items or organizations:list()) do
    names[#names + 1] = organization.metadata.name
  end
  local meant = near.find(name, names)[1]
  if accepts and meant then
    errors.refuse("missing", ("there is no open invite from '%s'"):format(name),
      ("did you mean '%s'?"):format(meant))
  elseif accepts then
    return -- `check` reports that there is no open invite
  end
  errors.refuse("missing", ("'%s' is no organization of yours"):format(name),
    near.or_gone(name, names, "you may have left it"))
end

M.columns = { "name", "state", "invitedBy", "comment", "id" }

--- Returns a membership or an invite as a row for `mkrun.output`.
---@param organization table
---@return table<string, any>
function M.row(organization)
  local invite = value.dig(organization, "spec", "invite") or {}
  return {
    name = value.dig(organization, "metadata", "name"),
    id = value.dig(organization, "metadata", "id"),
    state = state_of(organization),
    invitedBy = value.present(invite.invitedBy),
    comment = value.present(invite.comment),
  }
end

return M
