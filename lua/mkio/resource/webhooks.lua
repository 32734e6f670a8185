--- The webhook rules of one project.  `project.webhooks` is an instance.
---
--- The API cannot edit a rule, only replace it.  It masks the secrets under
--- `authentication` with asterisks.  So this class never sends asterisks, and
--- it compares secrets by name only: it cannot see that only a secret's value
--- differs.  `ensure` with `rotate = true` sends the secrets again.
-- SPDX-License-Identifier: MIT

local secret = require "mkrun.secret"

local await = require "mkrun.rest.await"
local basis = require "mkrun.rest.basis"
local class = require "mkio.resource.class"
local errors = require "mkrun.rest.error"
local list = require "mkrun.rest.list"
local value = require "mkrun.value"

---@class mkio.Webhooks: mkrun.rest.Resource
local Webhooks = class {
  name = "Webhooks", list = "webhooks.list",
  get = "webhooks.get", parameter = "rule_name", many = true,
}

---@class mkio.WebhookWish
---@field enabled? boolean   required to create
---@field url? string        required to create
---@field events? string[]   required to create; a set
---@field headers? table<string, string>
---@field queryParams? table<string, string>
---@field authentication? {headers: table?, queryParams: table?}

local SECRET_MAPS <const> = { "headers", "queryParams" }

--- Returns the name of a secret that consists of asterisks, or nil.
local function masked(spec)
  for _, map in ipairs(SECRET_MAPS) do
    local secrets = value.dig(spec, "authentication", map) or {}
    for _, name in ipairs(value.names(secrets)) do
      if tostring(secrets[name]):find "^%*+$" then return name end
    end
  end
end

--- Registers the rule's secrets, so that this process masks them in all output
--- even if the server repeats them.
local function keep_secrets(spec)
  for _, map in ipairs(SECRET_MAPS) do
    local secrets = value.dig(spec, "authentication", map) or {}
    for _, text in pairs(secrets) do
      secret.new(tostring(text), "webhook secret")
    end
  end
end

--- Creates or replaces a rule.  Raises "masked" if a secret consists of
--- asterisks.
---@param name string
---@param spec mkio.WebhookWish
function Webhooks:put(name, spec)
  local secret_name = masked(spec)
  if secret_name then
    errors.raise("masked", ("rule '%s': the secret '%s' is asterisks")
      :format(name, secret_name), "send the secret itself")
  end
  keep_secrets(spec)
  return await.naming(self.session, "project", { self.at.project_name },
    function()
      return self:call("webhooks.put", { rule_name = name }, { spec = spec })
    end)
end

--- Deletes a rule and its history.
---@param name string
---@return boolean existed
function Webhooks:delete(name)
  local _, status = self:call("webhooks.delete", { rule_name = name })
  return status ~= 204
end

--- Iterates over the deliveries of a rule, in the API's order.
---@param name string
---@return fun(): table?
function Webhooks:events(name)
  return list.each(self.session, "webhooks.events",
    { path = { project_name = self.at.project_name, rule_name = name } })
end

local function same_secret_names(have, want)
  for _, map in ipairs(SECRET_MAPS) do
    local seen = value.names(value.dig(have, map))
    if not value.same_set(seen, value.names(want[map])) then return false end
  end
  return true
end

local function same_plain(have, want) return have == want end

--- The comparison for each field.
local same = {
  enabled = same_plain, url = same_plain, events = value.same_set,
  headers = value.same_map, queryParams = value.same_map,
  authentication = same_secret_names,
}

--- Compares a rule with what is declared.  It knows secrets by name only.
---@param have table   `spec` of the rule
---@param want mkio.WebhookWish
---@return string[] fields   the names of those that differ
function Webhooks.differences(have, want)
  local names = {}
  for _, name in ipairs(value.names(want)) do
    local compare = same[name] or same_plain
    if not compare(value.present(have[name]), want[name]) then
      names[#names + 1] = name
    end
  end
  return names
end

--- Returns true if a rule has secrets.
---@param spec table  the rule as the API shows it, or as a SPEC has it
---@return boolean
function Webhooks.has_secrets(spec)
  for _, map in ipairs(SECRET_MAPS) do
    if next(value.dig(spec, "authentication", map) or {}) then return true end
  end
  return false
end

local function check_secrets_kept(name, have, want)
  if not want.authentication and Webhooks.has_secrets(have) then
    errors.raise("masked", ("rule '%s' has secrets that would be lost")
      :format(name), "declare its authentication too: rules are replaced "
      .. "as a whole and secrets cannot be read")
  end
end

--- Returns the whole rule to send: the declared fields, and the present ones
--- for the rest.
local function merged(have, want)
  local spec = { authentication = want.authentication }
  for _, field in ipairs { "enabled", "url", "events", "headers",
    "queryParams" } do
    spec[field] = want[field]
    if spec[field] == nil then spec[field] = value.present(have[field]) end
  end
  return spec
end

--- Compares a rule with what is declared, and sends nothing.  Raises if the
--- change would lose the rule's secrets.
---@param name string
---@param want mkio.WebhookWish
---@param have? table         the rule, if the caller has just read it
---@return table? rule        nil if there is no such rule
---@return string[] details   the names of the fields that differ
function Webhooks:compare(name, want, have)
  local rule = have or self:find(name)
  if not rule then return nil, {} end
  local details = Webhooks.differences(rule.spec, want)
  if #details > 0 then check_secrets_kept(name, rule.spec, want) end
  return rule, details
end

---@class mkio.EnsureRuleOptions: mkrun.rest.EnsureOptions
---@field rotate? boolean   send the secrets in any case
---@field is_new? boolean   the project is new, so it has no rules

--- Compares like `compare`, and counts secrets that have to be sent.
local function compare(self, name, want, options, have)
  local rule, details = self:compare(name, want, have)
  if rule and #details == 0 and options.rotate
    and Webhooks.has_secrets(want) then
    details = { "secrets sent again" }
  end
  return rule, details
end

--- Creates the rule, or changes it to what is declared.  It reads the rule
--- right before it replaces it, even if `options.have` is given.
---@param name string
---@param want mkio.WebhookWish
---@param options? mkio.EnsureRuleOptions
---@return table rule
---@return "unchanged"|"created"|"changed" outcome
---@return string[] details   the names of the fields that differed
function Webhooks:ensure(name, want, options)
  options = options or {}
  if options.have then basis.note(self, "webhooks.get", "rule_name", name) end
  local rule, details
  if not options.is_new then
    rule, details = compare(self, name, want, options, options.have)
    if options.have and #details > 0 then
      rule, details = compare(self, name, want, options)
    end
  end
  if rule and #details == 0 then return rule, "unchanged", details end
  if options.before then options.before() end
  if not rule then return self:put(name, want), "created", {} end
  return self:put(name, merged(rule.spec, want)), "changed", details
end

return Webhooks
