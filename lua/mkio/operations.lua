--- Lists every operation of the MK.IO Management API in a table.
---
--- The client sends requests and the sandbox answers requests according to this
--- table.  No other file contains the path or status of an operation.
--- `mkrun.rest.operations` explains the fields of a row.
-- SPDX-License-Identifier: MIT

local operations = require "mkrun.rest.operations"

local rows = {
  { "well_known.jwks", "GET", "/.well-known/jwks.json", auth = "none" },
  { "well_known.revoked", "GET", "/.well-known/revoked.json", auth = "none" },
  { "old_profile.get", "GET", "/api/profile/" },
  { "old_profile.put", "PUT", "/api/profile/", body = "ProfilePutSchema" },
  -- Status 503 is an expected answer of /api/ready, so the request is not
  -- retried.
  { "service.ready", "GET", "/api/ready", auth = "none", empty = true,
    safe = false },

  { "locations.list", "GET", "v1/locations",
    list = "kind", paged = true, can = "core.location.get" },
  { "locations.get", "GET", "v1/locations/{location_name}",
    can = "core.location.get" },

  { "organization.get", "GET", "org", can = "core.customer.get" },
  { "organization.patch", "PATCH", "org",
    body = "OrganizationPatchSchema", can = "core.customer.update" },
  { "organization.create", "POST", "org", ok = { 201 },
    body = "OrganizationCreateSchema", can = "core.customer.create" },

  { "invites.list", "GET", "org/invites",
    list = "kind", can = "core.invite.get" },
  { "invites.create", "POST", "org/invites", ok = { 201 },
    body = "InvitePostSchema", can = "core.invite.create" },
  { "invites.cancel", "DELETE", "org/invites/{invite_id}",
    empty = true, can = "core.invite.delete" },
  { "invites.get", "GET", "org/invites/{invite_id}", can = "core.invite.get" },

  { "payment_methods.list", "GET", "org/paymentMethods",
    list = "pagination", paged = true, can = "core.subscription.get" },
  { "payment_methods.get", "GET", "org/paymentMethods/{paymentmethod_id}",
    can = "core.subscription.get" },
  { "payment_methods.patch", "PATCH", "org/paymentMethods/{paymentmethod_id}",
    body = "[PaymentMethodPatchEntry]", style = "patch",
    content_type = "application/json-patch+json",
    safe = "entries", can = "core.subscription.update" },
  { "payment_methods.accept_terms", "POST",
    "org/paymentMethods/{paymentmethod_id}/acceptTermsAndConditions",
    empty = true, safe = true, can = "core.subscription.get" },
  { "payment_methods.rate_card", "GET",
    "org/paymentMethods/{paymentmethod_id}/rateCard",
    can = "core.subscription.get" },

  { "reports.usage", "POST", "org/reports/usage",
    body = "CustomerUsageQueryData", style = "flat",
    safe = true, can = "core.customer.get" },

  { "roles.list", "GET", "org/roles", list = "kind", can = "core.role.get" },
  { "roles.get", "GET", "org/roles/{role_name}", can = "core.role.get" },
  { "scopes.list", "GET", "org/scopes",
    list = "kind", can = "core.scope.get" },
  { "scopes.get", "GET", "org/scopes/{scope_name}", can = "core.scope.get" },

  { "teams.list", "GET", "org/teams", list = "kind", can = "core.team.get" },
  { "teams.delete", "DELETE", "org/teams/{team_name}", ok = { 204 },
    empty = true, can = "core.team.delete" },
  { "teams.get", "GET", "org/teams/{team_name}", can = "core.team.get" },
  { "teams.patch", "PATCH", "org/teams/{team_name}",
    body = "[JsonPatchEntry]", style = "patch",
    safe = "entries", can = "core.team.update" },
  { "teams.put", "PUT", "org/teams/{team_name}", ok = { 200, 201 },
    body = "TeamPutSchema", can = "core.team.create" },

  { "tokens.list", "GET", "org/tokens",
    list = "kind", can = "core.token.get" },
  { "tokens.revoke", "DELETE", "org/tokens/{token_id}", ok = { 204 },
    empty = true, can = "core.token.revoke" },

  { "users.list", "GET", "org/users", list = "kind", can = "core.user.get" },
  { "users.remove", "DELETE", "org/users/{user_id}",
    empty = true, can = "core.user.remove" },
  { "users.get", "GET", "org/users/{user_id}", can = "core.user.get" },

  { "projects.list", "GET", "v1/projects",
    list = "pagination", paged = true, query = { show_hidden = "show_hidden" },
    can = "core.project.get" },
  { "projects.get", "GET", "project", can = "core.project.get" },
  { "projects.patch", "PATCH", "project",
    body = "ProjectPatchSchema", can = "core.project.update" },
  { "projects.put", "PUT", "project", ok = { 201 },
    body = "ProjectCreateSchema", style = "flat",
    can = { "core.project.create", "core.project.assign" } },
  { "metrics.get", "GET", "project/metricsEndpoint",
    can = "mkio.metrics.get" },
  { "metrics.patch", "PATCH", "project/metricsEndpoint",
    body = "MetricsSchema", can = "mkio.metrics.update" },
  { "project_payment_method.get", "GET", "project/paymentMethod",
    can = "core.subscription.get" },
  { "project_payment_method.assign", "POST", "project/paymentMethod",
    body = "PaymentMethodAssignmentSchema", style = "flat",
    empty = true, safe = true, can = "core.subscription.create" },
  { "project_usage.get", "GET", "project/usage", can = "core.project.get" },

  { "webhooks.list", "GET", "project/webhook/rules",
    list = "value", paged = true, can = "webhooks.config.get" },
  { "webhooks.delete", "DELETE", "project/webhook/rules/{rule_name}",
    ok = { 200, 204 }, empty = true, can = "webhooks.config.delete" },
  { "webhooks.get", "GET", "project/webhook/rules/{rule_name}",
    can = "webhooks.config.get" },
  { "webhooks.put", "PUT", "project/webhook/rules/{rule_name}",
    ok = { 200, 201 }, body = "WebhookRuleCreateOrUpdateSchema",
    can = { "webhooks.config.create", "webhooks.config.update" } },
  { "webhooks.events", "GET", "project/webhook/rules/{rule_name}/events",
    list = "pagination", can = "webhooks.config.get" },

  { "my_organizations.list", "GET", "user/organizations", list = "kind" },
  { "my_organizations.leave", "DELETE",
    "user/organizations/{organization_id}", ok = { 204 }, empty = true },
  { "my_organizations.get", "GET", "user/organizations/{organization_id}" },
  { "my_organizations.patch", "PATCH",
    "user/organizations/{organization_id}",
    body = "UserOrganizationPatchSchema" },

  { "profile.get", "GET", "user/profile" },
  { "profile.patch", "PATCH", "user/profile",
    body = "ProfilePatchSchema_v1" },
  { "rbac.get", "GET", "user/rbac" },

  -- The request also revokes its own token, so a second request would be
  -- refused.
  { "my_tokens.revoke_all", "DELETE", "user/tokens",
    empty = true, safe = false },
  { "my_tokens.list", "GET", "user/tokens", list = "kind" },
  { "my_tokens.create", "POST", "user/tokens", ok = { 201 },
    body = "CreateTokenSchema", style = "flat" },
  { "my_tokens.revoke", "DELETE", "user/tokens/{token_id}", empty = true },
  { "my_tokens.get", "GET", "user/tokens/{token_id}" },
}

--- Maps the first word of a path in `rows` to the beginning of the full path.
local prefixes = {
  v1 = "/api/v1",
  org = "/api/v1/organization",
  user = "/api/v1/user",
  project = "/api/v1/projects/{project_name}",
}

local paging = {
  filter = "$filter", orderby = "$orderby", top = "$top",
  skiptoken = "$skiptoken",
}

return operations.new { rows = rows, prefixes = prefixes, paging = paging }
