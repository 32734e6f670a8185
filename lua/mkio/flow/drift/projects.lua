--- Compares the projects of a SPEC, and their webhook rules, with those that
--- are there.  `mkio.flow.drift` calls it.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local projects = require "mkio.resource.projects"
local spec_of = require "mkio.flow.onboard.spec"
local value = require "mkrun.value"
local webhooks = require "mkio.resource.webhooks"
local words = require "mkio.flow.drift.words"

local M = {}

local SECRET_MAPS <const> = { "headers", "queryParams" }

--- Returns the name of the payment method with this id.
local function method_name(search, id)
  for _, method in ipairs(search.lists:items "payment_methods") do
    if method.metadata.id == id then
      return search.org.payment_methods.label(method)
    end
  end
  return id
end

--- Returns a difference in words.  A payment method goes by its name.
local function words_of(search, difference)
  local field, have, want = difference.field, difference.have, difference.want
  if field == "paymentMethodId" then
    return words.differs("paymentMethod", have and method_name(search, have),
      method_name(search, want))
  end
  local text = words.differs(field, have, want)
  return field == "locationName" and text .. ", and it cannot be moved" or text
end

--- Returns the id of the payment method that a project shall have, or nil and
--- why there is none.
local function method_id(search, wish)
  local default = search.spec.paymentMethod
  local name = wish.paymentMethod or default and default.displayName
  if not name then return nil end
  local method, message = search:method(name)
  return method and method.metadata.id, message
end

local function compare_project(search, wish, have)
  if wish.is_part then return end
  if not have then return search:missing("projects", wish.name) end
  local id, why_none = method_id(search, wish)
  local details = {}
  for i, difference in ipairs(projects.differences(have, {
    displayName = wish.displayName, locationName = wish.locationName,
    isActive = wish.isActive, paymentMethodId = id })) do
    details[i] = words_of(search, difference)
  end
  details[#details + 1] = why_none
  search:differs("projects", wish.name, details)
end

local function secret_names(spec)
  local names = json.object {}
  for _, map in ipairs(SECRET_MAPS) do
    names[map] = json.array(value.names(value.dig(spec, "authentication", map)))
  end
  return names
end

--- How each field of a rule is shown.
local SHOWN <const> = { url = words.url, events = words.set,
  headers = words.map, queryParams = words.map }

local function rule_words(field, have, want)
  if field == "authentication" then
    return words.differs(field, secret_names(have), secret_names(want))
  end
  local show = SHOWN[field] or value.present
  return words.differs(field, show(value.present(have[field])),
    show(want[field]))
end

local function compare_rule(search, project, wish, have)
  if not have then return search:missing("webhooks", wish.name, {}, project) end
  local want, details = spec_of.webhook(wish), {}
  for i, field in ipairs(webhooks.differences(have.spec, want)) do
    details[i] = rule_words(field, have.spec, want)
  end
  if details[1] and not wish.authentication
    and webhooks.has_secrets(have.spec) then
    details[#details + 1] = "SPEC lacks its authentication, so onboard cannot "
      .. "replace it"
  end
  if webhooks.has_secrets(wish) then
    search.uncompared = search.uncompared + 1
  end
  search:differs("webhooks", wish.name, details, project)
end

local function compare_rules(search, project, have)
  if not (project.webhooks and project.webhooks[1]) then return end
  local rules = have
    and search.org:project(project.name).webhooks
      :index(search.lists:rules(project.name)) or {}
  for _, wish in ipairs(project.webhooks) do
    compare_rule(search, project.name, wish, rules[wish.name])
  end
end

--- Adds what differs in projects and their rules.
---@param search mkio.DriftSearch
function M.compare(search)
  local wishes = search.spec.projects or {}
  local have, names = search:projects(), {}
  for _, wish in ipairs(wishes) do
    local has_rules = wish.webhooks and wish.webhooks[1]
    if has_rules and have[wish.name] then names[#names + 1] = wish.name end
  end
  search.lists:begin_rules(names)
  for _, wish in ipairs(wishes) do
    compare_project(search, wish, have[wish.name])
    compare_rules(search, wish, have[wish.name])
  end
end

return M
