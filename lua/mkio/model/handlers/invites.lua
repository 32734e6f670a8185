--- Handlers of the requests with which an administrator sends, lists and
--- cancels invites.
---
--- The API's documents leave some cases open.  These handlers refuse a second
--- open invite for an address with status 409, an invite for a member with 409,
--- and an unknown team with 400.
-- SPDX-License-Identifier: MIT

local errors = require "mkio.model.errors"
local invitations = require "mkio.model.invitations"
local json = require "mkrun.json"
local list = require "mkio.model.list"

local M = {}

local function get(context)
  local id = context.params.invite_id
  local invite = list.get(context.organization.invites, "id", id, "invite")
  if invitations.is_open(context.world, invite) then return invite end
  return errors.not_found("invite", id)
end

local function view(context, invite)
  local inviter = context.world:user(invite.invitedById)
  return {
    kind = "Invite",
    metadata = { id = invite.id, created = invite.created },
    spec = {
      email = invite.email, comment = invite.comment, teams = invite.teams,
      organizationName = context.organization.spec.name,
      invitedByName = inviter.name, invitedByEmail = inviter.email,
    },
  }
end

local function check_teams(context, names)
  for i, name in ipairs(names) do
    if not list.find(context.organization.teams, "name", name) then
      errors.bad_request("unknown_team", "/spec/teams/%d: no team '%s'",
        i - 1, name)
    end
  end
end

local function check_free(context, email)
  local user = context.world:user_by_email(email)
  if user and list.contains(context.organization.members, user.id) then
    errors.refuse(409, "already_member",
      ("%s is a member already"):format(email))
  end
  local invite =
    invitations.find(context.world, context.organization, email)
  if invite then
    errors.refuse(409, "already_invited",
      ("there is an open invite for %s"):format(email),
      { inviteId = invite.id })
  end
end

M["invites.list"] = function(context)
  local open = invitations.open(context.world, context.organization)
  return 200, list.kind("InviteList", open,
    function(invite) return view(context, invite) end)
end

M["invites.get"] = function(context)
  return 200, view(context, get(context))
end

M["invites.create"] = function(context)
  local world, organization = context.world, context.organization
  local spec = context.body.spec
  if not spec.email:find "^[^@%s]+@[^@%s]+$" then
    errors.bad_request("bad_email", "/spec/email: '%s' is no e-mail address",
      spec.email)
  end
  check_teams(context, spec.teams or {})
  check_free(context, spec.email)
  invitations.forget_expired(world, organization)
  local invite = {
    id = world:id(), created = world:iso(), email = spec.email,
    comment = spec.comment, teams = spec.teams or json.array {},
    invitedById = context.user.id,
  }
  table.insert(organization.invites, invite)
  return 201, view(context, invite)
end

M["invites.cancel"] = function(context)
  invitations.remove(context.organization, get(context))
  return 200
end

return M
