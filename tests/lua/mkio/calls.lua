--- The method of mkio that stands for each operation, and a call of it.
---
--- In an order in which each can succeed, on a fresh sandbox: a row is the
--- operation, the method as a script writes it, and what gives its arguments.
--- `keep` remembers something of the answer; `invited` rows are for somebody
--- with an open invite, and `before` does something to the sandbox.

local json = require "mkrun.json"

local rule = {
  enabled = true, url = "https://hooks.example/", events = {
    "MediaKind.JobFinished" }, headers = { ["X-Desk"] = "night" },
  authentication = { headers = { ["X-Key"] = "s3cret" } },
}

local function method(ids) return ids.method end
local function news() return "news" end
local function night() return "night desk" end
local function done() return "job/done" end
local function invite(ids) return ids.invite end
local function own(ids) return ids.organization end
local function token(ids) return ids.token end

return {
  { "service.ready", "org.service:ready" },
  { "well_known.jwks", "org.service:keys" },
  { "well_known.revoked", "org.service:revoked_tokens" },

  { "old_profile.get", "org.me:old_profile" },
  { "old_profile.put", "org.me:put_old_profile", function()
    return { name = "Ola Berg", country = "Norway", phonenumber = "1",
      company = json.null, jobrole = json.null }
  end },
  { "profile.get", "org.me:profile" },
  { "profile.patch", "org.me:patch_profile",
    function() return { country = "Norway" } end },
  { "rbac.get", "org.me:rbac" },

  { "organization.get", "org:get" },
  { "organization.patch", "org:patch",
    function() return { legalEntityName = json.null } end },
  { "organization.create", "org:create",
    function() return { name = "Southlight" } end },

  { "locations.list", "org.locations:list",
    function() return { top = 1, orderby = "name desc" } end },
  { "locations.get", "org.locations:get",
    function() return "westeurope" end },
  { "roles.list", "org.roles:list" },
  { "roles.get", "org.roles:get", function() return "reader" end },
  { "scopes.list", "org.scopes:list" },
  { "scopes.get", "org.scopes:get",
    function() return "allProjectsScope" end },

  { "payment_methods.list", "org.payment_methods:each",
    function() return { filter = "displayName ne ''" } end },
  { "payment_methods.get", "org.payment_methods:get", method },
  { "payment_methods.patch", "org.payment_methods:rename",
    function(ids) return ids.method, "" end },
  { "payment_methods.accept_terms", "org.payment_methods:accept_terms",
    method },
  { "payment_methods.rate_card", "org.payment_methods:rate_card", method },

  { "projects.put", "org.projects:create", function(ids)
    return "news", { displayName = "News", locationName = "westeurope",
      paymentMethodId = ids.method }
  end },
  { "projects.list", "org.projects:list",
    function() return { top = 2, show_hidden = true } end },
  { "projects.get", "org.projects:get", news },
  { "projects.patch", "org.projects:patch", function()
    return "news", { metadata = { displayName = "Late News" },
      spec = { isActive = true, isHidden = false } }
  end },
  { "project_payment_method.get", "project:payment_method" },
  { "project_payment_method.assign", "project:assign_payment_method",
    method },
  { "metrics.get", "project:metrics" },
  { "metrics.patch", "project:set_metrics", function() return true end },
  { "project_usage.get", "project:usage" },
  { "reports.usage", "org:usage", function()
    return { startDate = "2026-02-01", endDate = "2026-02-03",
      projectNames = { "news" }, groupBy = { "meter" } }
  end },

  { "webhooks.put", "project.webhooks:put",
    function() return "job/done", rule end },
  { "webhooks.list", "project.webhooks:list",
    function() return { top = 5 } end },
  { "webhooks.get", "project.webhooks:get", done },
  { "webhooks.events", "project.webhooks:events", done,
    before = function(api)
      api.model:record_event("news", "job/done",
        { type = "MediaKind.JobFinished", status = "Sent", source = "job" })
    end },
  { "webhooks.delete", "project.webhooks:delete", done },

  { "users.list", "org.users:list" },
  { "users.get", "org.users:get", function(ids) return ids.kari end },
  { "teams.put", "org.teams:put", function()
    return "night desk", { scopes = { newsScope = { roles = { "user" } } } }
  end },
  { "teams.list", "org.teams:list" },
  { "teams.get", "org.teams:get", night },
  { "teams.patch", "org.teams:patch", function(ids)
    return "night desk", {
      { op = "add", path = "/spec/members/" .. ids.kari,
        value = { isTeamAdmin = true } },
      { op = "remove", path = "/spec/scopes/newsScope/roles/user" },
    }
  end },
  { "teams.delete", "org.teams:delete", night },

  { "invites.create", "org.invites:create", function()
    return "eva@partner.example", { comment = "hello", teams = {} }
  end, keep = function(ids, made) ids.invite = made.metadata.id end },
  { "invites.list", "org.invites:list" },
  { "invites.get", "org.invites:get", invite },
  { "invites.cancel", "org.invites:cancel", invite },
  { "my_organizations.list", "org.me.organizations:list", invited = true },
  { "my_organizations.get", "org.me.organizations:get", own, invited = true },
  { "my_organizations.patch", "org.me.organizations:accept", own,
    invited = true },
  { "my_organizations.leave", "org.me.organizations:leave", own,
    invited = true },

  { "my_tokens.create", "org.me.tokens:create", function(ids)
    return { type = "restricted", organizationId = ids.organization,
      description = "nightly", permissions = {},
      expireDate = "2026-03-01T00:00:00Z" }
  end, keep = function(ids, made) ids.token = made.metadata.id end },
  { "my_tokens.list", "org.me.tokens:list" },
  { "my_tokens.get", "org.me.tokens:get", token },
  { "my_tokens.revoke", "org.me.tokens:revoke", token },
  { "tokens.list", "org.tokens:list" },
  { "tokens.revoke", "org.tokens:revoke",
    function(ids) return ids.kari_token end },
  { "users.remove", "org.users:remove", function(ids) return ids.kari end },
  { "my_tokens.revoke_all", "org.me.tokens:revoke_all" },
}
