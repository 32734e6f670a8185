--- Reads an organization and returns it as a SPEC, the file that `onboard`
--- reads.  The script `export` calls this module.
---
--- The SPEC contains no hidden projects, no tokens and no values of webhook
--- secrets.  The API does not show tokens and secrets.  The SPEC contains
--- {"env": NAME, "keep": true} in the place of a secret.  If the organization
--- has the secret, `onboard` keeps it.  In another organization, `onboard`
--- reads the secret from the environment variable NAME.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local address = require "mkrun.address"
local invites_class = require "mkio.resource.invites"
local lists_of = require "mkio.flow.common.lists"
local value = require "mkrun.value"

local M = {}

--- Returns the text, or nil for the empty text.
local function said(text) return text ~= "" and text or nil end

local function array(list)
  return list[1] ~= nil and json.array(list) or nil
end

--- Returns the items in the order of a field, so that two exports of the same
--- organization are the same, whatever order the API lists in.
local function by(field, list)
  return value.sorted(list, function(item) return item[field] end)
end

local function by_name(list)
  return value.sorted(list, function(item) return item.metadata.name end)
end

--- Returns the items of `list` without repetitions: of the items with the same
--- address in the field `key`, only the first.
local function once(list, key)
  local seen, kept = {}, {}
  for _, item in ipairs(list) do
    local name = address.key(item[key])
    if not seen[name] then kept[#kept + 1] = item end
    seen[name] = true
  end
  return kept
end

-- The organization and its payment methods -----------------------------------

local legal_fields = {
  "legalEntityName", "legalEntityAddress", "legalEntityOfficer",
  "legalEntityContactEmail",
}

local function organization(have)
  local spec = { name = have.spec.name }
  for _, field in ipairs(legal_fields) do
    spec[field] = value.dig(have, "spec", field)
  end
  return spec
end

--- Returns a map from the id of each payment method to its label.  The label is
--- the display name if no other method has the same name, or else the id.
local function labels_of(methods)
  local count, labels = {}, {}
  for _, method in ipairs(methods) do
    local name = value.dig(method, "metadata", "displayName") or ""
    count[name] = (count[name] or 0) + 1
  end
  for _, method in ipairs(methods) do
    local name, id = value.dig(method, "metadata", "displayName") or "",
      method.metadata.id
    labels[id] = name ~= "" and count[name] == 1 and name or id
  end
  return labels
end

--- Returns the active payment methods.  Inactive methods are left out, because
--- a project cannot use them.
local function payment_methods(methods, labels)
  local list = {}
  for _, method in ipairs(methods) do
    if value.dig(method, "status", "isActive") then
      list[#list + 1] = {
        displayName = labels[method.metadata.id],
        acceptTerms =
          value.dig(method, "status", "termsAndConditionsAccepted") or nil,
      }
    else
      labels[method.metadata.id] = nil
    end
  end
  return array(by("displayName", list))
end

-- Projects and their webhook rules -------------------------------------------

--- Makes the name of an environment variable, such as
--- "WEBHOOK_EVENING_NEWS_JOB_DONE_X_KEY".  The name is not yet in `taken` and
--- is added to `taken`.
local function variable(taken, ...)
  local words = table.concat({ "webhook", ... }, "_")
  local name = words:upper():gsub("[^A-Z0-9]+", "_")
  local unique, i = name, 1
  while taken[unique] do
    i = i + 1
    unique = ("%s_%d"):format(name, i)
  end
  taken[unique] = true
  taken[#taken + 1] = unique
  return unique
end

--- Returns a map from the name of each secret to the environment variable for
--- the secret.
local function placeholders(secrets, taken, project, rule)
  local places = json.object {}
  for _, name in ipairs(value.names(secrets)) do
    places[name] = { env = variable(taken, project, rule, name), keep = true }
  end
  return next(places) and places or nil
end

local function plain(map)
  return map and next(map) and json.object(map) or nil
end

local function webhook(have, taken, project)
  local name, spec = have.metadata.name, have.spec
  local secrets = value.dig(spec, "authentication")
  local authentication = {
    headers = placeholders(value.dig(secrets, "headers"), taken, project,
      name),
    queryParams = placeholders(value.dig(secrets, "queryParams"), taken,
      project, name),
  }
  return {
    name = name, url = spec.url, enabled = spec.enabled,
    events = json.array(value.sorted(spec.events)),
    headers = plain(value.present(spec.headers)),
    queryParams = plain(value.present(spec.queryParams)),
    authentication = next(authentication) and authentication or nil,
  }
end

local function project(have, rules, labels, taken)
  local name, list = have.metadata.name, {}
  for i, rule in ipairs(by_name(rules)) do
    list[i] = webhook(rule, taken, name)
  end
  return {
    name = name, locationName = have.spec.locationName,
    displayName = value.dig(have, "metadata", "displayName")
      or have.spec.displayName,
    isActive = value.present(have.spec.isActive),
    paymentMethod = labels[value.dig(have, "spec", "assignedPaymentMethodId")],
    webhooks = array(list),
  }
end

--- Begins to read the webhook rules of each project.
local function begin_rules(lists)
  local names = {}
  for i, have in ipairs(lists:items "shown_projects") do
    names[i] = have.metadata.name
  end
  lists:begin_rules(names)
end

local function projects(lists, labels, taken)
  local list = {}
  for i, have in ipairs(by_name(lists:items "shown_projects")) do
    list[i] = project(have, lists:rules(have.metadata.name), labels, taken)
  end
  return array(list)
end

-- Teams and invites ----------------------------------------------------------

local function members(have, emails)
  local list = {}
  for _, id in ipairs(value.names(value.dig(have, "spec", "members"))) do
    if emails[id] then
      list[#list + 1] = { email = emails[id],
        isTeamAdmin = value.dig(have, "spec", "members", id, "isTeamAdmin") }
    end
  end
  return array(by("email", once(list, "email")))
end

local function scopes(have)
  local map = json.object {}
  for name, scope in pairs(value.dig(have, "spec", "scopes") or {}) do
    map[name] = { roles = json.array(value.sorted(value.present(scope.roles))) }
  end
  return next(map) and map or nil
end

--- Returns a team for the SPEC.  The members of the team "Everyone" are left
--- out, because every user is a member.
local function team(have, emails)
  local name = have.metadata.name
  return {
    name = name, scopes = scopes(have),
    description = said(value.dig(have, "spec", "description")),
    members = name ~= "Everyone" and members(have, emails) or nil,
  }
end

local function teams(lists)
  local emails, list = {}, {}
  for _, user in ipairs(lists:items "users") do
    emails[user.metadata.id] = said(value.dig(user, "spec", "email"))
  end
  for i, have in ipairs(by_name(lists:items "teams")) do
    list[i] = team(have, emails)
  end
  return array(list)
end

--- Returns an invite for the SPEC.  Teams that were deleted after the invite
--- was sent are left out, because `onboard` would refuse a SPEC that names
--- them.
local function invite(have, is_team)
  local named = {}
  for _, name in ipairs(value.dig(have, "spec", "teams") or {}) do
    if is_team[name] then named[#named + 1] = name end
  end
  return {
    email = have.spec.email,
    comment = said(value.dig(have, "spec", "comment")),
    teams = array(value.sorted(named)),
  }
end

--- Leaves out expired invites that the API still lists, because `onboard` would
--- send them again.
local function invites(all, there)
  local list, is_team = {}, {}
  for _, known in ipairs(there or {}) do is_team[known.name] = true end
  for _, have in ipairs(all) do
    if not invites_class.is_expired(have) then
      list[#list + 1] = invite(have, is_team)
    end
  end
  return array(by("email", once(list, "email")))
end

local LISTS <const> = { "payment_methods", "users", "teams", "organization",
                        "shown_projects", "invites" }

--- Reads the organization and returns it as a SPEC.
---@param org mkio.Organization
---@return table spec          the SPEC for `onboard`
---@return string[] variables  the environment variables for webhook secrets
function M.read(org)
  local lists, taken = lists_of.new(org), {}
  lists:begin(LISTS)
  begin_rules(lists)
  local methods = lists:items "payment_methods"
  local labels = labels_of(methods)
  local there = teams(lists)
  local spec = {
    exported = true,
    organization = organization(lists:items "organization"),
    paymentMethods = payment_methods(methods, labels),
    projects = projects(lists, labels, taken), teams = there,
    invites = invites(lists:items "invites", there),
  }
  return spec, { table.unpack(taken) }
end

return M
