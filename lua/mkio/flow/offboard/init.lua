--- Finds the users who leave, and everything that they have in the
--- organization.  The script `offboard` and the flow `my_organizations` call
--- this module.
-- SPDX-License-Identifier: MIT

local address = require "mkrun.address"
local errors = require "mkrun.rest.error"
local lists_of = require "mkio.flow.common.lists"
local near = require "mkrun.rest.suggestion"
local resumed = require "mkio.flow.common.resumed"
local taking = require "mkio.flow.offboard.take"
local token_facts = require "mkio.token_facts"
local value = require "mkrun.value"

---@class mkio.Leaver   a user who leaves the organization
---@field id? string       nil if the user is not a member of the organization
---@field email? string
---@field label string     the e-mail address if known, or else the id
---@field name? string
---@field is_me boolean    true if this run sends a token of this user
---@field teams string[]   the names of the user's teams
---@field leads_all? boolean  true if the user is an administrator of
---  `Everyone`, a team that the user leaves only with the organization
---@field tokens mkio.LeaversThing[]   the user's tokens that are not revoked
---@field invites mkio.LeaversThing[]  open invites to this user
---@field sent mkio.LeaversThing[]     open invites by this user, which are kept
---@field was_here boolean   true if the user ever had a token
---@field meant string[]     similar addresses, if the name may be misspelt

---@class mkio.LeaversThing   a token or an invite
---@field id string
---@field title string  a text that names the token or invite for people

local M = { take = taking.take, take_all = taking.all }

local UUID <const> = "^%x+%-%x+%-%x+%-%x+%-%x+$"

--- Returns true if the text has the form of an e-mail address or an id.
---@param who string
---@return boolean
function M.is_user(who)
  return who:find "^[^%s@]+@[^%s@]+$" ~= nil
    or #who == 36 and who:find(UUID) ~= nil
end

-- Reading the users' data ----------------------------------------------------

--- Returns a key that is the same for ids and for addresses that are the same.
local function key_of(who)
  return type(who) == "string" and address.key(who) or nil
end

--- Adds a value to the map under each of the given names that is not yet a key.
local function enter(map, thing, ...)
  for i = 1, select("#", ...) do
    local key = key_of((select(i, ...)))
    if key then map[key] = map[key] or thing end
  end
end

local function users_by_name(users)
  local map = {}
  for _, user in ipairs(users) do
    enter(map, user, user.metadata.id, value.dig(user, "spec", "email"))
  end
  return map
end

--- Returns a map from ids and e-mail addresses to leavers.
local function by_name(leavers)
  local map = {}
  for _, leaver in ipairs(leavers) do
    enter(map, leaver, leaver.id, leaver.email)
  end
  return map
end

local function new_leaver(who, user)
  local email = value.dig(user, "spec", "email")
    or who:find("@", 1, true) and who or nil
  return {
    id = user and user.metadata.id, is_me = false,
    email = email, label = email or who,
    name = value.dig(user, "spec", "name"),
    teams = {}, tokens = {}, invites = {}, sent = {}, meant = {},
  }
end

--- Returns a leaver for each user, in the order of the command line.  A user
--- who is named twice has one leaver.
local function identify(users, names)
  local leavers, seen, known = {}, {}, users_by_name(users)
  for _, who in ipairs(names) do
    local user = known[key_of(who)]
    local key = user and user.metadata.id or address.key(who)
    if not seen[key] then
      leavers[#leavers + 1] = new_leaver(who, user)
      seen[key] = true
    end
  end
  return leavers
end

--- Adds each token or invite in `things` to the list `field` of its leaver.
--- `owner(thing)` returns the id or e-mail address of the leaver.
local function collect(leavers, field, things, owner, title)
  local names = by_name(leavers)
  for _, thing in ipairs(things) do
    local leaver = names[key_of(owner(thing)) or ""]
    if leaver then
      table.insert(leaver[field],
        { id = thing.metadata.id, title = title(thing) })
    end
  end
end

local function collect_teams(leavers, teams)
  local ids = {}
  for _, leaver in ipairs(leavers) do ids[leaver.id or ""] = leaver end
  for _, team in ipairs(teams) do
    for id, member in pairs(value.dig(team, "spec", "members") or {}) do
      local leaver = ids[id]
      if leaver and id ~= "" then
        table.insert(leaver.teams, team.metadata.name)
        leaver.leads_all = leaver.leads_all or team.metadata.name == "Everyone"
          and value.present(member.isTeamAdmin) == true
      end
    end
  end
end

--- Returns the owner of a token.  Returns nil if the token is revoked.
local function owner_of_token(token)
  return not token_facts.is_revoked(token) and value.dig(token, "spec", "user")
    or nil
end

local function title_of(token)
  local kind = token.metadata.type
  return token_facts.description(token)
    or type(kind) == "string" and kind or "token"
end

local function invited(invite) return value.dig(invite, "spec", "email") end

local function inviter(invite)
  return value.dig(invite, "spec", "invitedByEmail")
end

--- Returns a leaver if all administrators of the team leave, else nil.  If the
--- team has no administrators, every member counts as an administrator.
local function last_of(team, going)
  local members = value.dig(team, "spec", "members") or {}
  local led = false
  for _, member in pairs(members) do
    led = led or value.present(member.isTeamAdmin) == true
  end
  local last
  for id, member in pairs(members) do
    local counts = not led or value.present(member.isTeamAdmin)
    if counts and not going[id] then return nil end
    last = going[id] or last
  end
  return last
end

--- Raises an error if the organization would have no administrator after the
--- run.
---@param teams table[]
---@param leavers mkio.Leaver[]
function M.check_last_administrator(teams, leavers)
  local going = {}
  for _, leaver in ipairs(leavers) do going[leaver.id or ""] = leaver end
  for _, team in ipairs(teams) do
    local last = team.metadata.name == "Administrators"
      and last_of(team, going)
    if last then
      errors.refuse("protected", ("'%s' is the last administrator")
        :format(last.label), "let somebody else lead the team "
        .. "'Administrators' first")
    end
  end
end

--- Finds the user with the id `id`, whose token this run sends, and moves that
--- user to the end.  The user's rights are needed for the other users.
local function put_me_last(leavers, id)
  for i, leaver in ipairs(leavers) do
    leaver.is_me = id ~= nil and leaver.id == id
    if leaver.is_me then
      table.insert(leavers, table.remove(leavers, i))
      return
    end
  end
end

local function addresses(users, invites)
  local list = {}
  for _, items in ipairs { users, invites } do
    for _, item in ipairs(items) do
      list[#list + 1] = value.dig(item, "spec", "email")
    end
  end
  return list
end

--- Finds similar addresses for users who have nothing in the organization,
--- because such a name may be misspelt.  The API also lists revoked tokens, so
--- any token proves that the user existed.
local function look_for_slips(leavers, known, tokens)
  local names = by_name(leavers)
  for _, token in ipairs(tokens) do
    local leaver = names[key_of(value.dig(token, "spec", "user")) or ""]
    if leaver then leaver.was_here = true end
  end
  for _, leaver in ipairs(leavers) do
    if not leaver.was_here and not M.is_here(leaver) then
      leaver.meant = near.find(leaver.label, known)
    end
  end
end

--- Sorts what a leaver has, whatever order the API lists in.
local function sort_all(leaver)
  leaver.teams = value.sorted(leaver.teams)
  for _, field in ipairs { "tokens", "invites", "sent" } do
    leaver[field] = value.sorted(leaver[field],
      function(thing) return thing.title .. "\0" .. thing.id end)
  end
end

local PARTS <const> = { teams = "members", tokens = "owners",
                        invites = "people" }

--- Reads everything that the users have.  Raises if the last administrator is
--- among them.
---@param org mkio.Organization
---@param names string[]   e-mail addresses and ids
---@return mkio.Leaver[]  the leavers; the user who runs the script comes last
function M.look(org, names)
  local lists = lists_of.new(org, PARTS)
  lists:begin { "users", "teams", "tokens", "invites", "profile" }
  local users = lists:items "users"
  local leavers = identify(users, names)
  local teams = lists:items "teams"
  M.check_last_administrator(teams, leavers)
  collect_teams(leavers, teams)
  local tokens = lists:items "tokens"
  collect(leavers, "tokens", tokens, owner_of_token, title_of)
  local invites = lists:items "invites"
  collect(leavers, "invites", invites, invited, invited)
  collect(leavers, "sent", invites, inviter, invited)
  for _, leaver in ipairs(leavers) do sort_all(leaver) end
  look_for_slips(leavers, addresses(users, invites), tokens)
  put_me_last(leavers, lists:items "profile".metadata.id)
  return leavers
end

--- Raises an error if the leaver is the user who runs the script, unless
--- `meant` is true.
---@param leaver mkio.Leaver
---@param meant? boolean  true if the command line has the option --myself
function M.check_me(leaver, meant)
  if leaver.is_me and not meant then
    errors.refuse("protected", ("'%s' is you"):format(leaver.label),
      "--myself goes ahead")
  end
end

--- Raises an error if a person is no user, has no open invite, and never had a
--- token.  The user may have left already, or the name may be misspelt.
---@param leaver mkio.Leaver
---@param missing_ok? boolean  true: never raise, because the user may have left
function M.check_name(leaver, missing_ok)
  if missing_ok or leaver.was_here or M.is_here(leaver)
    or resumed.is_resumed() then
    return
  end
  errors.refuse("missing", ("there is no user, no open invite and no token "
    .. "of '%s'"):format(leaver.label),
    near.or_gone(leaver.label, leaver.meant, "they may be gone"))
end

--- Returns true if the leaver has a membership, a token or an open invite.
---@param leaver mkio.Leaver
---@return boolean
function M.is_here(leaver)
  return leaver.id ~= nil or #leaver.tokens > 0 or #leaver.invites > 0
end

-- Planning the removal -------------------------------------------------------

local function add(steps, action, kind, name, details)
  steps[#steps + 1] =
    { action = action, kind = kind, name = name, details = details }
end

--- Returns the details of the step that removes the user: the things that are
--- removed with the user, and the things that are kept.
local function details_of(leaver)
  local details = {}
  if leaver.name then details[1] = "name: " .. leaver.name end
  if leaver.is_me then
    table.insert(details, "that is you")
    table.insert(details, "leaves teams: " .. value.some_quoted(leaver.teams))
  end
  if leaver.sent[1] then
    local emails = {}
    for i, invite in ipairs(leaver.sent) do emails[i] = invite.title end
    table.insert(details, ("has invited: %s, who stay invited")
      :format(value.some_quoted(emails)))
  end
  return details
end

--- Adds to the plan the steps that `take` does, in the same order.
---@param leaver mkio.Leaver
---@param steps mkrun.Step[]  the plan, a list that gets the new steps
function M.plan(leaver, steps)
  for _, team in ipairs(leaver.is_me and {} or leaver.teams) do
    if not (leaver.leads_all and team == "Everyone") then
      add(steps, "update", "team", team, { "- member: " .. leaver.label })
    end
  end
  for _, token in ipairs(leaver.tokens) do
    add(steps, "delete", "token", token.title, { "id: " .. token.id })
  end
  for _ = 1, #leaver.invites do add(steps, "delete", "invite", leaver.label) end
  if leaver.id then
    add(steps, "delete", "user", leaver.label, details_of(leaver))
  end
end

return M
