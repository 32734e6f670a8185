--- The user of the token: profile, organizations, tokens and rights.  `org.me`
--- is the only instance of this class.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local class = require "mkio.resource.class"
local my_organizations = require "mkio.resource.my_organizations"
local my_tokens = require "mkio.resource.my_tokens"
local value = require "mkrun.value"

---@class mkio.Me: mkrun.rest.Resource
---@field organizations mkio.MyOrganizations
---@field tokens mkio.MyTokens
local Me = class { name = "Me" }

--- Reads the rights of the token: {resource type = {resource id = {family =
--- verbs}}}.
---@return table<string, table<string, table<string, string[]>>> rbac
function Me:rbac()
  return value.dig(self:call "rbac.get", "rbac") or json.object {}
end

--- Reads the profile in its current shape.
---@return mkio.api.ProfileGetSchema_v1
function Me:profile() return self:call "profile.get" end

--- Changes the fields of the profile that are in `spec`.
---@param spec mkio.ProfileWish
---@return mkio.api.ProfileGetSchema_v1
function Me:patch_profile(spec)
  return self:call("profile.patch", nil, { spec = spec })
end

---@class mkio.ProfileWish
---@field name? string
---@field company? string
---@field country? string
---@field jobRole? string
---@field phoneNumber? string

--- Changes the fields of the profile that differ from the wanted values.
---@param want mkio.ProfileWish
---@return mkio.api.ProfileGetSchema_v1 profile
---@return "unchanged"|"changed" outcome
---@return string[] details   the names of the fields that were changed
function Me:ensure_profile(want)
  local have = self:profile()
  local changes, names = value.difference(have.spec, want)
  if #names == 0 then return have, "unchanged", names end
  return self:patch_profile(changes), "changed", names
end

--- Reads the profile in the shape that MK.IO deprecated, with fields such as
--- contact_email and is_admin.
---@return mkio.api.ProfileGetSchema
function Me:old_profile() return self:call "old_profile.get" end

--- Replaces the profile in its deprecated shape.  The API needs all five
--- fields.
---@param spec {name: string, country: string, company: string?,
---  jobrole: string?, phonenumber: string}   null clears company or job role
---@return mkio.api.ProfileGetSchema
function Me:put_old_profile(spec)
  return self:call("old_profile.put", nil, { spec = spec })
end

local M = {}

--- Makes the resource of the session's user.  `mkio.resource.organization`
--- calls this function.
---@param session mkrun.rest.Session
---@return mkio.Me
function M.new(session)
  local me = Me.new(session)
  me.organizations = my_organizations.new(session)
  me.tokens = my_tokens.new(session)
  return me
end

return M
