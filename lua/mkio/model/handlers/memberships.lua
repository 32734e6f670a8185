--- Handlers of the user's own organizations: memberships, and open invites to
--- accept or decline.
---
--- A request that accepts an already accepted invite also gets status 200.
-- SPDX-License-Identifier: MIT

local departure = require "mkio.model.departure"
local errors = require "mkio.model.errors"
local invitations = require "mkio.model.invitations"
local json = require "mkrun.json"
local list = require "mkio.model.list"

local M = {}

--- Returns "member" if the user belongs to the organization.  If the user has
--- an open invite, returns "invited" and the invite.  Otherwise returns
--- nothing.
local function relation(context, organization)
  if list.contains(organization.members, context.user.id) then
    return "member"
  end
  local invite =
    invitations.find(context.world, organization, context.user.email)
  if invite then return "invited", invite end
end

local function get(context)
  local id = context.params.organization_id
  local organization = context.world:organization(id)
  local how, invite
  if organization then how, invite = relation(context, organization) end
  if not how then errors.not_found("organization", id) end
  return organization, invite
end

--- Makes the answer that describes an organization.  `invite` is the user's
--- open invite, or nil if the user is a member.
local function view(context, organization, invite)
  local inviter = invite and context.world:user(invite.invitedById)
  return {
    kind = "UserOrganization",
    metadata = { id = organization.id, name = organization.spec.name },
    spec = json.object {
      invite = invite and {
        invitedBy = inviter.email, comment = invite.comment,
        state = "pending",
      },
    },
  }
end

M["my_organizations.list"] = function(context)
  local value = json.array {}
  for _, organization in ipairs(context.world.state.organizations) do
    local how, invite = relation(context, organization)
    if how then value[#value + 1] = view(context, organization, invite) end
  end
  return 200, { kind = "UserOrganizationList", value = value }
end

M["my_organizations.get"] = function(context)
  return 200, view(context, get(context))
end

M["my_organizations.patch"] = function(context)
  local organization, invite = get(context)
  local spec = context.body.spec
  local state = spec and spec.invite and spec.invite.state
  if invite and state == "accepted" then
    invitations.accept(organization, invite, context.user)
    invite = nil
  end
  return 200, view(context, organization, invite)
end

--- Declines the open invite, or leaves the organization.
M["my_organizations.leave"] = function(context)
  local organization, invite = get(context)
  if invite then
    invitations.remove(organization, invite)
  else
    departure.remove(organization, context.user.id)
  end
  return 204
end

return M
