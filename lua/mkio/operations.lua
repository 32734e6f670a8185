--- Every operation of the MK.IO Management API, as data.
---
--- The client sends by this table, the sandbox answers by it, and the tests
--- count it: there is no second place that knows a path or a status.
--- Nothing is sent here.
-- SPDX-License-Identifier: MIT

---@class mkio.Operation
---@field key string       "teams.patch": the name that the code calls it by
---@field method string
---@field path string      template: "/api/v1/organization/teams/{team_name}"
---@field ok integer[]     the statuses that mean success
---@field body? string     request schema ("[X]" is an array of X)
---@field style "flat"|"spec"|"patch"|"none"   how the body is laid out
---@field content_type? string   of the request body, where there is one
---@field empty boolean    success has no body
---@field list? "pagination"|"kind"|"value"    shape of a list answer
---@field paged boolean    takes $top, $skiptoken, $orderby and $filter
---@field query table<string, string>   what may be asked, and its name there
---@field can string[]     capabilities, any of which is enough
---@field auth "none"|"token"|"capability"
---@field safe boolean|"entries"  may be sent again when no answer came;
---                        "entries": as far as the patch entries are

-- A row is {key, method, path} and what differs from this: ok {200}, an answer
-- with a body, any valid token.  A body is of style "spec" unless said
-- otherwise.  Without `safe`, everything but a POST may be sent again.
local rows = {
  { "well_known.jwks", "GET", "/.well-known/jwks.json", auth = "none" },
  { "well_known.revoked", "GET", "/.well-known/revoked.json", auth = "none" },
  { "old_profile.get", "GET", "/api/profile/" },
  { "old_profile.put", "PUT", "/api/profile/", body = "ProfilePutSchema" },
  -- Its 503 is an answer, so it is asked once.
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
    list = "pagination", paged = true, hidden = true,
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

  -- Sent again, it can only be refused: it revokes the token that sends it.
  { "my_tokens.revoke_all", "DELETE", "user/tokens",
    empty = true, safe = false },
  { "my_tokens.list", "GET", "user/tokens", list = "kind" },
  { "my_tokens.create", "POST", "user/tokens", ok = { 201 },
    body = "CreateTokenSchema", style = "flat" },
  { "my_tokens.revoke", "DELETE", "user/tokens/{token_id}", empty = true },
  { "my_tokens.get", "GET", "user/tokens/{token_id}" },
}

--- The first word of a short path, and what it stands for.
local prefixes = {
  v1 = "/api/v1",
  org = "/api/v1/organization",
  user = "/api/v1/user",
  project = "/api/v1/projects/{project_name}",
}

local function full_path(short)
  if short:sub(1, 1) == "/" then return short end
  return (short:gsub("^%a%w*", prefixes, 1))
end

local function capabilities(can)
  return type(can) == "string" and { can } or can or {}
end

local paging = {
  filter = "$filter", orderby = "$orderby", top = "$top",
  skiptoken = "$skiptoken",
}

local function query_of(row)
  local query = {}
  for name, parameter in pairs(row.paged and paging or {}) do
    query[name] = parameter
  end
  query.show_hidden = row.hidden and "show_hidden"
  return query
end

local function is_safe(row)
  if row.safe ~= nil then return row.safe end
  return row[2] ~= "POST"
end

---@return mkio.Operation
local function operation(row)
  local can = capabilities(row.can)
  return {
    key = row[1], method = row[2], path = full_path(row[3]),
    ok = row.ok or { 200 }, empty = row.empty or false,
    body = row.body, style = row.style or (row.body and "spec" or "none"),
    content_type = row.content_type or (row.body and "application/json"),
    list = row.list, paged = row.paged or false, query = query_of(row),
    can = can, auth = row.auth or (can[1] and "capability" or "token"),
    safe = is_safe(row),
  }
end

local M = {
  ---@type mkio.Operation[] all of them, in a fixed order
  all = {},
  ---@type table<string, mkio.Operation> the same by key
  by_key = {},
}

for i, row in ipairs(rows) do
  M.all[i] = operation(row)
  M.by_key[row[1]] = M.all[i]
end

--- Percent-encode everything in `text` that is not unreserved (RFC 3986).
---@param text string
---@return string
function M.escape(text)
  return (text:gsub("[^%w%-._~]", function(byte)
    return ("%%%02X"):format(byte:byte())
  end))
end

--- The opposite of `escape`; a stray percent sign stays as it is.
---@param text string
---@return string
function M.unescape(text)
  return (text:gsub("%%(%x%x)", function(hex)
    return string.char(tonumber(hex, 16))
  end))
end

--- A name as one path segment.  "." and ".." would be eaten on the way, even
--- percent-encoded, and an empty one would name the whole collection.
local function segment(name, value)
  if type(value) ~= "string" or value == "" or value:find "^%.%.?$" then
    error(("bad parameter '%s' (a name expected, got %s)")
      :format(name, type(value) == "string" and "'" .. value .. "'"
        or type(value)), 0)
  end
  return M.escape(value)
end

--- Fill a path template: `{team_name}` becomes the encoded `team_name` of
--- `parameters`.  Raises on a parameter that is missing or cannot be one.
---@param path string
---@param parameters? table<string, string>
---@return string
function M.expand(path, parameters)
  return (path:gsub("{([%w_]+)}", function(name)
    return segment(name, parameters and parameters[name])
  end))
end

local function pattern_of(path)
  local names = {}
  local pattern = path:gsub("[%-.]", "%%%0"):gsub("{([%w_]+)}", function(name)
    names[#names + 1] = name
    return "([^/]+)"
  end)
  return "^" .. pattern .. "$", names
end

local function parameters_of(operation_, path)
  local pattern, names = pattern_of(operation_.path)
  local found = { path:match(pattern) }
  if not found[1] then return nil end
  local parameters = {}
  for i, name in ipairs(names) do parameters[name] = M.unescape(found[i]) end
  return parameters
end

--- The operation that answers `method` on `path` (no query), and the decoded
--- path parameters; `nil, true` when the path exists with other methods only.
---@param method string
---@param path string
---@return mkio.Operation? operation
---@return table<string, string>|boolean parameters_or_exists
function M.match(method, path)
  local exists = false
  for _, candidate in ipairs(M.all) do
    local parameters = parameters_of(candidate, path)
    if parameters and candidate.method == method then
      return candidate, parameters
    end
    exists = exists or parameters ~= nil
  end
  return nil, exists
end

--- Is `status` one of the operation's successes?
---@param status integer
---@return boolean
function M.is_ok(operation_, status)
  for _, ok in ipairs(operation_.ok) do
    if ok == status then return true end
  end
  return false
end

return M
