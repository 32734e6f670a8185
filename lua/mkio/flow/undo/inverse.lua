--- Defines the inverse of each write that can be undone.  `mkio.flow.undo`
--- calls the functions of this table.
---
--- A function takes a write of a journal, the parameters in the write's path,
--- and the facts that `mkio.flow.undo.story` collected.  It returns a function
--- that undoes the write, or nil and the reason why the write cannot be undone.
--- The returned function takes the organization.  It returns true if it changed
--- something, false if there was nothing to do, or nil and the reason why it
--- changed nothing.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local patch = require "mkrun.patch"

local address = require "mkrun.address"
local dialect = require "mkio.dialect"
local reads = require "mkrun.rest.reads"
local scrub = require "mkrun.journal.scrub"
local stories = require "mkio.flow.undo.story"
local team_change = require "mkio.flow.undo.team"
local token_facts = require "mkio.token_facts"
local value = require "mkrun.value"

---@alias mkio.Inverse fun(org: mkio.Organization): boolean?, string?

local UNKNOWN <const> = "what was there before is not known"

-- A journal contains "(secret)" instead of every secret, and instead of every
-- text that may contain a secret, such as the query of a URL.
local HIDDEN <const> = "it had a secret"

local TAKEN <const> = "somebody else has changed it since"

local function never(reason)
  return function() return nil, reason end
end

--- Returns an inverse that calls `call` if `find` finds an object.
local function where_found(find, call)
  return function(org)
    if not find(org) then return false end
    call(org)
    return true
  end
end

--- Returns the invite that a write without an answer may have made, or nil.
local function find_invite(org, write)
  local invite = org.invites:find(value.dig(write, "body", "spec", "email"))
  local made = value.dig(invite, "metadata", "created")
  local same = scrub.value(value.dig(invite, "spec", "comment"))
    == value.dig(write, "body", "spec", "comment")
  return same and stories.is_since(write, made) and invite or nil
end

local function uncreated_invite(write)
  local id = value.dig(write, "created", "id")
  if not id and not stories.is_doubtful(write) then
    return nil, "its id is not known"
  end
  return function(org)
    local invite
    if id then
      invite = org.invites:call("invites.get", { invite_id = id }, nil,
        { absent = true, unread = true })
    else
      invite = find_invite(org, write)
    end
    if not invite then return false end
    org.invites:cancel(id or invite.metadata.id)
    return true
  end
end

--- Returns `object[name]`, which may be false, or nil if `object` is no table.
local function member(object, name)
  if type(object) == "table" then return object[name] end
end

--- Returns the members that `body` sets, with their old values from `before`.
local function mirrored(body, before)
  local result = json.object {}
  for name, item in pairs(body) do
    local was = member(before, name)
    if type(item) == "table" and not json.is_array(item) then
      result[name] = mirrored(item, was)
    elseif was == nil then
      result[name] = json.null
    else
      result[name] = was
    end
  end
  return result
end

--- Returns true if two values are equal.  The API treats "" and null as equal.
local function is_same_text(a, b)
  return (value.present(a) or "") == (value.present(b) or "")
    or patch.equal(a, b)
end

--- Returns true if somebody else has changed a value: `now` differs from the
--- value `made` by the write and from the value `was` before the write.
local function is_taken(now, made, was)
  if type(made) ~= "table" or json.is_array(made) or type(now) ~= "table" then
    return not is_same_text(now, made) and not is_same_text(now, was)
  end
  for name, item in pairs(made) do
    if is_taken(now[name], item, member(was, name)) then return true end
  end
  return false
end

--- Calls `put` to write the old value, unless somebody else has changed the
--- value since the write.
---@param now any    the value now
---@param made any   the value after the write, without secrets
---@param was any    the value before the write
---@param put fun()  writes the old value
local function restore(now, made, was, put)
  if patch.equal(now, was) then return false end
  if is_taken(scrub.value(now), made, was) then return nil, TAKEN end
  put()
  return true
end

--- Returns the inverse for an operation whose request body sets fields of the
--- object to new values.
local function set_back(key)
  return function(write, at)
    if not write.before then return nil, UNKNOWN end
    local body = mirrored(write.body, write.before)
    if scrub.hides(body) then return nil, HIDDEN end
    return function(org)
      local now = org:call(key:gsub("%.%l+$", ".get"), at)
      return restore(mirrored(body, now), write.body, body,
        function() org:call(key, at, body) end)
    end
  end
end

local function uncreated_token(write, _, story)
  local id = value.dig(write, "created", "id")
  if not id then return nil, "its id is not known" end
  if stories.is_successor(story, write) then
    return nil, "it is in the place of the one that it replaced"
  end
  return where_found(function(org)
    local token =
      org.me.tokens:call("my_tokens.get", { token_id = id }, nil,
        { absent = true, needs = "life" })
    return token and not token_facts.is_revoked(token)
  end, function(org) org.me.tokens:revoke(id) end)
end

-- Deleting objects that a PUT created -----------------------------------------

--- Returns true if the write created the object, or may have created it.
local function is_new(write)
  return write.status == 201
    or stories.is_doubtful(write) and not write.before
end

--- Returns true if `item` is the object that the write created, and not a later
--- object of the same name.
local function is_of(write, item)
  local id, now =
    value.dig(write, "created", "id"), value.dig(item, "metadata", "id")
  if id and type(now) == "string" then return id == now end
  local made = value.dig(item, "metadata", "created")
  return type(made) ~= "string" or stories.is_since(write, made)
end

--- Returns an inverse that deletes the object that a write created, unless
--- somebody else has changed the object.
local function unmake(write, find, is_same, remove)
  return function(org)
    local item = find(org)
    if not item or not is_of(write, item) then return false end
    if not is_same(scrub.value(item), write.after or write.body) then
      return nil, TAKEN
    end
    remove(org)
    return true
  end
end

-- Undoing writes to teams ----------------------------------------------------

local function change_back(write, after, name, story)
  if scrub.hides(write.body) then return nil, HIDDEN end
  local aim, problem = team_change.back(write.before, after, story.gone)
  if not aim then return nil, problem end
  return function(org)
    local have = org.teams:find(name)
    if not have then return false end
    local _, outcome = org.teams:become(name, have, aim)
    if team_change.is_taken(have, write.before, after) then
      return nil, TAKEN
    end
    return outcome == "changed"
  end
end

local function unput_team(write, at, story)
  if is_new(write) then
    return unmake(write,
      function(org) return org.teams:find(at.team_name) end, team_change.equal,
      function(org) org.teams:delete(at.team_name) end)
  elseif not write.before then
    return nil, UNKNOWN
  end
  return change_back(write, write.body, at.team_name, story)
end

local function unpatch_team(write, at, story)
  if not write.before then return nil, UNKNOWN end
  local ok, after = pcall(dialect.apply, write.before, write.body)
  if not ok then return nil, UNKNOWN end
  return change_back(write, after, at.team_name, story)
end

local function undelete_team(write, at, story)
  if not write.before then return nil, UNKNOWN end
  local spec = team_change.spec(write.before, story.gone)
  if scrub.hides(spec) then return nil, HIDDEN end
  return function(org)
    if org.teams:find(at.team_name) then return false end
    org.teams:put(at.team_name, spec)
    return true
  end
end

-- Undoing writes to webhook rules --------------------------------------------

local FIELDS <const> =
  { "enabled", "url", "events", "headers", "queryParams" }

local function field_of(rule, name)
  local field = value.dig(rule, "spec", name)
  if name == "events" then return value.names(value.set(field)) end
  return field == nil and json.object {} or field
end

--- Returns true if two webhook rules are equal except for their secrets.
---@param only? table  if given, only fields in this table are compared
local function is_same_rule(a, b, only)
  for _, name in ipairs(FIELDS) do
    local counts = not only or only[name] ~= nil
    if counts and not patch.equal(field_of(a, name), field_of(b, name)) then
      return false
    end
  end
  return true
end

--- Returns the inverse of a change or deletion of a webhook rule.
local function rule_as_it_was(write, at)
  local was = write.before and value.present(write.before.spec)
  if not was then return nil, UNKNOWN end
  if value.dig(was, "authentication") ~= nil or scrub.hides(was) then
    return nil, "the secrets of the rule cannot be read"
  end
  local spec = {}
  for _, name in ipairs(FIELDS) do spec[name] = value.present(was[name]) end
  return function(org)
    local rules = org:project(at.project_name).webhooks
    local rule = scrub.value(rules:find(at.rule_name))
    local is_back = rule ~= nil
      and (write.method == "DELETE" or is_same_rule(rule, write.before))
    if is_back then return false end
    local given = value.dig(write, "body", "spec")
    if rule and not is_same_rule(rule, write.body, given) then
      return nil, TAKEN
    end
    rules:ensure(at.rule_name, spec)
    return true
  end
end

local function unput_rule(write, at)
  if not is_new(write) then return rule_as_it_was(write, at) end
  local function rules(org) return org:project(at.project_name).webhooks end
  return unmake(write,
    function(org) return rules(org):find(at.rule_name) end, is_same_rule,
    function(org) rules(org):delete(at.rule_name) end)
end

-- Undoing other writes -------------------------------------------------------

--- The read of the open invites by address, for each organization.  They are
--- listed once, because a journal may have cancelled many.
local open_invites = setmetatable({}, { __mode = "k" })

--- Returns the open invites.  Reads the invite to `email` again, because the
--- list may be old.
local function invites_with(org, email)
  open_invites[org] = open_invites[org] or reads.new()
  local have = open_invites[org]:get("invites",
    function() return org.invites:by_email() end)
  local key = address.key(email)
  if have[key] then
    have[key] = org.invites:call("invites.get",
      { invite_id = have[key].metadata.id }, nil, { absent = true })
  end
  return have
end

local function uncancel_invite(write)
  local spec = write.before and value.present(write.before.spec)
  if not spec or not spec.email then return nil, UNKNOWN end
  if scrub.hides(spec) then return nil, HIDDEN end
  return function(org)
    local _, outcome = org.invites:ensure(spec.email, {
      comment = value.present(spec.comment) or "",
      teams = value.present(spec.teams),
    }, invites_with(org, spec.email))
    return outcome ~= "unchanged"
  end
end

local function rename_back(write, at)
  if not write.before then return nil, UNKNOWN end
  local was = value.dig(write.before, "metadata", "displayName") or ""
  if scrub.hides(was) then return nil, HIDDEN end
  local id = at.paymentmethod_id
  return function(org)
    local now = value.dig(org.payment_methods:get(id), "metadata",
      "displayName")
    return restore(now or "", value.dig(write.body, 1, "value"), was,
      function() org.payment_methods:rename(id, was) end)
  end
end

--- Returns the inverse of an assignment of a payment method.  Assigning a
--- payment method also activates the project, so the old `isActive` is written
--- as well.
local function reassign(write, at)
  if not write.before then return nil, UNKNOWN end
  local id = value.dig(write.before, "spec", "assignedPaymentMethodId")
  if not id then return nil, "it had none, and cannot be without again" end
  local was = { paymentMethodId = id,
    isActive = value.dig(write.before, "spec", "isActive") }
  return function(org)
    local now = value.dig(org:project(at.project_name):get(), "spec",
      "assignedPaymentMethodId")
    if now ~= id and now ~= value.dig(write.body, "paymentMethodId") then
      return nil, TAKEN
    end
    local _, outcome = org.projects:ensure(at.project_name, was)
    return outcome ~= "unchanged"
  end
end

local function unput_project(write)
  if write.status == 201 then return nil, "a project cannot be deleted" end
  return nil, UNKNOWN
end

local REVOKED <const> = "a token that is revoked stays revoked"

---@type table<string, fun(write: table, at: table, story: mkio.UndoStory):
---  mkio.Inverse?, string?>
return {
  ["invites.create"] = uncreated_invite,
  ["invites.cancel"] = uncancel_invite,
  ["metrics.patch"] = set_back "metrics.patch",
  ["my_organizations.leave"] =
    never "only a new invite makes you a member again",
  ["my_organizations.patch"] =
    never "to leave it again does not bring the invite back",
  ["my_tokens.create"] = uncreated_token,
  ["my_tokens.revoke"] = never(REVOKED),
  ["my_tokens.revoke_all"] = never(REVOKED),
  ["old_profile.put"] = set_back "old_profile.put",
  ["organization.create"] = never "an organization cannot be deleted",
  ["organization.patch"] = set_back "organization.patch",
  ["payment_methods.accept_terms"] = never "accepted terms stay accepted",
  ["payment_methods.patch"] = rename_back,
  ["profile.patch"] = set_back "profile.patch",
  ["project_payment_method.assign"] = reassign,
  ["projects.patch"] = set_back "projects.patch",
  ["projects.put"] = unput_project,
  ["teams.delete"] = undelete_team,
  ["teams.patch"] = unpatch_team,
  ["teams.put"] = unput_team,
  ["tokens.revoke"] = never(REVOKED),
  ["users.remove"] = never "only an accepted invite makes them a member again",
  ["webhooks.delete"] = rule_as_it_was,
  ["webhooks.put"] = unput_rule,
}
