--- Webhook rules of one project.
---
--- A rule cannot be edited, only replaced as a whole, and what is under its
--- `authentication` reads back as asterisks.  So asterisks are never sent,
--- and secrets are compared by name only: two rules that differ in nothing
--- but a secret's value look the same.  `ensure` with `rotate = true` sends
--- them again.
-- SPDX-License-Identifier: MIT

local secret = require "mkrun.secret"

local class = require "mkio.resource.class"
local errors = require "mkrun.rest.error"
local list = require "mkrun.rest.list"
local value = require "mkrun.value"

---@class mkio.Webhooks: mkrun.rest.Resource
local Webhooks = class {
  name = "Webhooks", list = "webhooks.list",
  get = "webhooks.get", parameter = "rule_name",
}

---@class mkio.WebhookWish
---@field enabled? boolean   needed to create
---@field url? string        needed to create
---@field events? string[]   needed to create; a set
---@field headers? table<string, string>
---@field queryParams? table<string, string>
---@field authentication? {headers: table?, queryParams: table?}

local SECRET_MAPS <const> = { "headers", "queryParams" }

--- Does any secret of this rule consist of asterisks?
local function masked(spec)
  for _, map in ipairs(SECRET_MAPS) do
    local secrets = value.dig(spec, "authentication", map) or {}
    for _, name in ipairs(value.names(secrets)) do
      if tostring(secrets[name]):find "^%*+$" then return name end
    end
  end
end

--- From now on they do not come out of this process as text, whatever the
--- server says.
local function keep_secrets(spec)
  for _, map in ipairs(SECRET_MAPS) do
    local secrets = value.dig(spec, "authentication", map) or {}
    for _, text in pairs(secrets) do
      secret.new(tostring(text), "webhook secret")
    end
  end
end

--- Create or replace a rule.
---@param name string
---@param spec mkio.WebhookWish
function Webhooks:put(name, spec)
  local secret_name = masked(spec)
  if secret_name then
    errors.raise("masked", ("rule '%s': the secret '%s' is asterisks")
      :format(name, secret_name), "send the secret itself")
  end
  keep_secrets(spec)
  return self:call("webhooks.put", { rule_name = name }, { spec = spec })
end

--- Delete a rule and its history; returns whether it was there.
function Webhooks:delete(name)
  local _, status = self:call("webhooks.delete", { rule_name = name })
  return status ~= 204
end

--- Iterate over what was delivered, newest as the API sorts it.
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

--- How each field is compared.
local same = {
  enabled = same_plain, url = same_plain, events = value.same_set,
  headers = value.same_map, queryParams = value.same_map,
  authentication = same_secret_names,
}

local function changed_fields(have, want)
  local names = {}
  for _, name in ipairs(value.names(want)) do
    local compare = same[name] or same_plain
    if not compare(value.present(have[name]), want[name]) then
      names[#names + 1] = name
    end
  end
  return names
end

local function has_secrets(spec)
  for _, map in ipairs(SECRET_MAPS) do
    if next(value.dig(spec, "authentication", map) or {}) then return true end
  end
  return false
end

local function check_secrets_kept(name, have, want)
  if not want.authentication and has_secrets(have) then
    errors.raise("masked", ("rule '%s' has secrets that would be lost")
      :format(name), "declare its authentication too: rules are replaced "
      .. "as a whole and secrets cannot be read")
  end
end

--- The whole rule to send: what is declared, and what is there for the rest.
local function merged(have, want)
  local spec = { authentication = want.authentication }
  for _, field in ipairs { "enabled", "url", "events", "headers",
    "queryParams" } do
    spec[field] = want[field]
    if spec[field] == nil then spec[field] = value.present(have[field]) end
  end
  return spec
end

--- Compare the rule with what is declared of it, and send nothing.  Raises
--- when it cannot be made so without the loss of its secrets.
---@param name string
---@param want mkio.WebhookWish
---@return table? rule        nil: there is none yet
---@return string[] details   the names of the fields that differ
function Webhooks:compare(name, want)
  local rule = self:find(name)
  if not rule then return nil, {} end
  local details = changed_fields(rule.spec, want)
  if #details > 0 then check_secrets_kept(name, rule.spec, want) end
  return rule, details
end

--- Create the rule, or make what is declared of it so.
---@param name string
---@param want mkio.WebhookWish
---@param options? {rotate: boolean?}  send the secrets again in any case
---@return table rule
---@return "unchanged"|"created"|"changed" outcome
---@return string[] details   the names of the fields that differed
function Webhooks:ensure(name, want, options)
  local rule, details = self:compare(name, want)
  if not rule then return self:put(name, want), "created", {} end
  if #details == 0 and options and options.rotate and has_secrets(want) then
    details = { "secrets sent again" }
  end
  if #details == 0 then return rule, "unchanged", details end
  return self:put(name, merged(rule.spec, want)), "changed", details
end

return Webhooks
