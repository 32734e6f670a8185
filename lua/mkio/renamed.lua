--- Lists the modules of this library that had another name.
--- `mkrun.host.renamed` calls this module through `mkrun.config`.
-- SPDX-License-Identifier: MIT

local NEW_NAMES <const> = {
  ["mkio.access"] = "mkio.flow.common.access",
  ["mkio.access_report"] = "mkio.flow.access_report",
  ["mkio.access_tables"] = "mkio.flow.access_report.tables",
  ["mkio.command"] = "mkio.flow.common.command",
  ["mkio.deliveries"] = "mkio.flow.webhooks",
  ["mkio.diagnosis"] = "mkio.flow.doctor",
  ["mkio.diagnosis.identity"] = "mkio.flow.doctor.identity",
  ["mkio.diagnosis.network"] = "mkio.flow.doctor.network",
  ["mkio.error"] = "mkrun.rest.error",
  ["mkio.export"] = "mkio.flow.export",
  ["mkio.guests"] = "mkio.flow.invite",
  ["mkio.invites"] = "mkio.resource.invites",
  ["mkio.invites_lost"] = "mkio.resource.lost_invites",
  ["mkio.inviting"] = "mkio.flow.common.inviting",
  ["mkio.list"] = "mkrun.rest.list",
  ["mkio.locations"] = "mkio.resource.locations",
  ["mkio.me"] = "mkio.resource.me",
  ["mkio.memberships"] = "mkio.flow.my_organizations",
  ["mkio.my_organizations"] = "mkio.resource.my_organizations",
  ["mkio.my_tokens"] = "mkio.resource.my_tokens",
  ["mkio.near"] = "mkrun.rest.suggestion",
  ["mkio.offboarding"] = "mkio.flow.offboard",
  ["mkio.offboarding.take"] = "mkio.flow.offboard.take",
  ["mkio.onboarding"] = "mkio.flow.onboard",
  ["mkio.onboarding.preflight"] = "mkio.flow.onboard.preflight",
  ["mkio.onboarding.secrets"] = "mkio.flow.onboard.secrets",
  ["mkio.onboarding.sources"] = "mkio.flow.onboard.sources",
  ["mkio.onboarding.spec"] = "mkio.flow.onboard.spec",
  ["mkio.onboarding.token"] = "mkio.flow.common.spec_token",
  ["mkio.onboarding.token_check"] = "mkio.flow.onboard.token_check",
  ["mkio.operation_name"] = "mkio.flow.common.operation_name",
  ["mkio.organization"] = "mkio.resource.organization",
  ["mkio.payment_methods"] = "mkio.resource.payment_methods",
  ["mkio.project"] = "mkio.resource.project",
  ["mkio.projects"] = "mkio.resource.projects",
  ["mkio.pruning"] = "mkio.flow.prune_invites",
  ["mkio.resource"] = "mkrun.rest.resource",
  ["mkio.resumed"] = "mkio.flow.common.resumed",
  ["mkio.rights"] = "mkio.flow.token.rights",
  ["mkio.roles"] = "mkio.resource.roles",
  ["mkio.rotation"] = "mkio.flow.rotate_tokens",
  ["mkio.scopes"] = "mkio.resource.scopes",
  ["mkio.service"] = "mkio.resource.service",
  ["mkio.session"] = "mkrun.rest.session",
  ["mkio.shape"] = "mkrun.rest.shape",
  ["mkio.signature"] = "mkrun.rest.signature",
  ["mkio.team_absence"] = "mkio.flow.team.absence",
  ["mkio.team_edit"] = "mkio.flow.team",
  ["mkio.teams"] = "mkio.resource.teams",
  ["mkio.token_cut"] = "mkio.flow.token",
  ["mkio.token_file"] = "mkio.resource.token_file",
  ["mkio.token_rivals"] = "mkio.flow.common.token_rivals",
  ["mkio.token_watch"] = "mkio.flow.common.token_watch",
  ["mkio.tokens"] = "mkio.resource.tokens",
  ["mkio.undoing"] = "mkio.flow.undo",
  ["mkio.undoing.inverse"] = "mkio.flow.undo.inverse",
  ["mkio.undoing.story"] = "mkio.flow.undo.story",
  ["mkio.undoing.team"] = "mkio.flow.undo.team",
  ["mkio.usage"] = "mkio.flow.usage",
  ["mkio.users"] = "mkio.resource.users",
  ["mkio.value"] = "mkrun.value",
  ["mkio.webhooks"] = "mkio.resource.webhooks",
  ["mkio.why"] = "mkio.flow.why_403",
}

--- New folder -> names of the modules that were in `mkio.sandbox`.
local SANDBOX <const> = {
  ["mkio.plan"] = "change hydrate merge overlay unread",
  ["mkio.model"] = "departure dialect errors invitations jwt limits list odata "
    .. "rbac redo request roles router seed tokens world",
  ["mkio.model.handlers"] = "directory invites memberships metrics "
    .. "organization payment_methods profile projects public reports teams "
    .. "tokens users webhooks",
}

local M = {}

--- Returns the new name of a module.
---@param name string  old name of a module
---@return string?  nil if no module had this name
function M.new_name(name)
  if NEW_NAMES[name] then return NEW_NAMES[name] end
  local folder, last = name:match "^mkio%.sandbox(.*)%.([%w_]+)$"
  for new, names in pairs(SANDBOX) do
    local is_there = (" " .. names .. " "):find(" " .. (last or "/") .. " ", 1,
      true)
    if is_there and (new:match "%.handlers$" or "") == folder then
      return new .. "." .. last
    end
  end
end

return M
