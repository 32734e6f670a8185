--- Handlers of the webhook rules of a project.  The API never shows a secret
--- again after the rule was written.  The state keeps only digests of secrets,
--- so that a test can check which secret was sent.
---
--- The sandbox delivers no webhook.  A rule's list of deliveries is empty
--- unless a test fills it.
-- SPDX-License-Identifier: MIT

local errors = require "mkio.model.errors"
local json = require "mkrun.json"
local list = require "mkio.model.list"
local secret = require "mkrun.secret"

local mask = "********"

local M = {}

local function project_of(context)
  return list.get(context.organization.projects, "name",
    context.params.project_name, "project")
end

local function find(context)
  local rules = project_of(context).webhooks
  return rules, list.find(rules, "name", context.params.rule_name)
end

local function get(context)
  local _, rule = find(context)
  return rule or errors.not_found("webhook rule", context.params.rule_name)
end

--- Copies a rule's spec.  In the copy, `change(secret)` replaces each secret.
local function with_secrets(spec, change)
  local out = {}
  for name, value in pairs(spec) do out[name] = value end
  if not spec.authentication then return out end
  out.authentication = json.object {}
  for kind, secrets in pairs(spec.authentication) do
    local changed = json.object {}
    for name, value in pairs(secrets) do changed[name] = change(value) end
    out.authentication[kind] = changed
  end
  return out
end

local function sealed(context)
  local spec = context.body.spec
  if not context.redone then
    spec = with_secrets(spec, function(value)
      return secret.new(value, "webhook secret"):digest()
    end)
    context.kept = { spec = spec }
  end
  return spec
end

local function view(rule)
  return {
    metadata = { id = rule.id, name = rule.name },
    spec = with_secrets(rule.spec, function() return mask end),
  }
end

local fields = {
  id = function(rule) return rule.id end,
  name = function(rule) return rule.name end,
}

M["webhooks.list"] = function(context)
  local rules = project_of(context).webhooks
  return 200, { value = list.paged(context, rules, fields, view) }
end

M["webhooks.get"] = function(context) return 200, view(get(context)) end

--- Creates a rule or replaces its whole spec, secrets included.  If the request
--- contains a masked secret, the mask is stored as the secret, as in the real
--- service.
M["webhooks.put"] = function(context)
  local rules, rule = find(context)
  if rule then
    rule.spec = sealed(context)
    return 200, view(rule)
  end
  rule = {
    id = context.world:id(), name = context.params.rule_name,
    spec = sealed(context), events = json.array {},
  }
  rules[#rules + 1] = rule
  return 201, view(rule)
end

--- Deletes a rule.  Answers with status 204 if the rule does not exist.
M["webhooks.delete"] = function(context)
  local rules, rule = find(context)
  if not rule then return 204 end
  list.take(rules, "name", rule.name)
  return 200
end

M["webhooks.events"] = function(context)
  return 200, list.pagination(context, "WebhookEventList",
    get(context).events, {}, function(event) return event end)
end

return M
