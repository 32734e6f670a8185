--- What `onboard` needs besides the API: its SPEC, and who goes where.
-- SPDX-License-Identifier: MIT

local script = require "mkrun.script"

local errors = require "mkio.error"
local permissions = require "mkio.permissions"
local spec = require "mkio.onboarding.spec"
local value = require "mkio.value"

local M = {
  webhook = spec.webhook,
  ensure_token = require "mkio.onboarding.token".ensure,
}

--- Read the SPEC; one that is wrong ends the run with exit code 2.
---@param file string
---@return table
function M.read(file)
  local document = script.read_json(file)
  local ok, pointer, expected = spec.check(document)
  if not ok then
    script.usage(("%s: at '%s': %s"):format(file, pointer, expected))
  end
  return document
end

--- The fields of SPEC's organization that the API knows.
local function organization_fields(wish)
  local fields = {}
  for name, field in pairs(wish) do
    if name ~= "create" then fields[name] = field end
  end
  return fields
end

--- Raise: the token is of `here`, and SPEC is for another organization.
local function raise_other(here, there, name)
  local hint = there
    and ("a token is tied to one organization: make one for %s, and run this "
      .. "again with it"):format(there.metadata.id)
    or "use a token of that organization, or add \"create\": true"
  errors.raise("organization", ("the token belongs to '%s', not to '%s'")
    :format(here.spec.name, name), hint)
end

--- Return when `here`, the token's organization, is the one of the SPEC.
--- Else make the other one, when the SPEC asks for that and it is not there,
--- and raise: a token acts in its own organization only.
---@param org mkio.Organization
---@param here table
---@param wish table           SPEC's organization
---@param out mkrun.Report
---@return table fields        what the SPEC says of it
function M.check_organization(org, here, wish, out)
  local fields = organization_fields(wish)
  if fields.name == here.spec.name then return fields end
  local there = org.me.organizations:find(fields.name)
  if not there and wish.create then
    there = org.me.organizations:ensure(fields)
    out:step("created", "organization", fields.name)
  end
  raise_other(here, there, fields.name)
end

--- The ids of all users by e-mail address in lower case.
---@return table<string, string>
function M.user_ids(org)
  local ids = {}
  for user in org.users:each() do
    local email = value.dig(user, "spec", "email")
    if email then ids[email:lower()] = user.metadata.id end
  end
  return ids
end

--- Of a team's wished members: those who are users, as the API takes them,
--- and the addresses of those who are not.
---@param members? {email: string, isTeamAdmin: boolean?}[]
---@param ids table<string, string>
---@return table<string, {isTeamAdmin: boolean?}> users
---@return string[] strangers
function M.split(members, ids)
  local users, strangers = {}, {}
  for _, member in ipairs(members or {}) do
    local id = ids[member.email:lower()]
    if id then
      users[id] = { isTeamAdmin = member.isTeamAdmin }
    else
      strangers[#strangers + 1] = member.email
    end
  end
  return users, strangers
end

--- Collects invites, so that a person gets one that names all teams.
local Guests = {}
Guests.__index = Guests

function Guests:add(email, team)
  local key = email:lower()
  local guest = self.by_email[key]
  if not guest then
    guest = { email = email, teams = {} }
    self.by_email[key], self[#self + 1] = guest, guest
  end
  guest.teams[#guest.teams + 1] = team
end

function M.guests() return setmetatable({ by_email = {} }, Guests) end

--- A token wish with the names of resources replaced by their ids.
---@param org mkio.Organization
---@param here table  the organization
function M.resolve_token(org, here, wish)
  local ids = {
    ["core.customer"] = { [here.spec.name] = here.metadata.id },
    ["core.project"] = {},
  }
  for project in org.projects:each() do
    ids["core.project"][project.metadata.name] = project.metadata.id
  end
  local resolved = { permissions = permissions.resolve(wish.permissions, ids) }
  return setmetatable(resolved, { __index = wish })
end

return M
