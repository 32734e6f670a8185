--- Checks the SPEC of `onboard` before the first request, and replaces
--- references to secrets by the secrets.  The SPEC is the JSON file that
--- describes the wanted organization.  `mkio.flow.onboard` and its preflight
--- call this module.
-- SPDX-License-Identifier: MIT

local patch = require "mkrun.patch"

local newer = require "mkrun.rest.newer"
local secrets = require "mkio.flow.onboard.secrets"
local shape = require "mkrun.rest.shape"
local shapes = require "mkio.flow.onboard.shapes"
local value = require "mkrun.value"

--- Calls `visit(source, shape, at)` for each secret of a value that fits its
--- shape.  `at` is the path of the secret.
local function each_secret(wanted, part, at, visit)
  if wanted.is_secret then return visit(part, wanted, at) end
  if type(part) ~= "table" then return end
  for _, key in ipairs(value.names(part)) do
    local deeper = table.move(at, 1, #at, 1, {})
    deeper[#deeper + 1] = math.type(key) == "integer" and key - 1 or key
    local inner = wanted.fields and wanted.fields[key] or wanted.value
      or wanted.item
    if inner then each_secret(inner, part[key], deeper, visit) end
  end
end

--- Reads the secrets of a value that fits its shape.  Returns what is wrong
--- with them.
local function secret_faults(wanted, document)
  local faults = {}
  each_secret(wanted, document, {}, function(source, secret, at)
    local told, message = secrets.reveal(source)
    message = message or told ~= "" and secret.fault(told)
    if message then
      faults[#faults + 1] = { pointer = patch.pointer(at), text = message }
    end
  end)
  return faults
end

local M = {}

--- The shape of a SPEC.
M.shape = shapes.spec

--- Returns all that is wrong with the form of a SPEC.  Reads no secrets.
---@param document any
---@param is_part? boolean  true: it is one of several files, so a project may
---  lack its location
---@return mkrun.rest.Fault[]
function M.faults(document, is_part)
  return shape.faults(shapes.spec, document, is_part)
end

--- Reads the secrets of a SPEC whose form is right, and returns all that is
--- wrong with them.
---@param document table
---@return mkrun.rest.Fault[]
function M.secret_faults(document)
  return secret_faults(shapes.spec, document)
end

--- The same as `faults` and `secret_faults`, for a list of webhook rules.
---@param rules any
---@return mkrun.rest.Fault[]
function M.rule_faults(rules) return shape.faults(shapes.rules, rules) end

---@param rules table[]
---@return mkrun.rest.Fault[]
function M.rule_secret_faults(rules)
  return secret_faults(shapes.rules, rules)
end

local function check(wanted, document)
  local fault = shape.faults(wanted, document)[1]
    or secret_faults(wanted, document)[1]
  if fault then return nil, fault.pointer, fault.text end
  return true
end

--- Checks that `document` is a valid SPEC.
---@param document any
---@return true? ok
---@return string? pointer   JSON Pointer of the fault
---@return string? expected  the value that was expected there
function M.check(document) return check(shapes.spec, document) end

--- Lists the values of a valid SPEC that are in no list of known values.
---@param document table
---@return mkrun.rest.Newer[]
function M.newer(document) return newer.list(shapes.spec, document) end

--- Lists the values of valid webhook rules that are in no list of known values.
---@param rules table[]
---@return mkrun.rest.Newer[]
function M.newer_webhooks(rules) return newer.list(shapes.rules, rules) end

--- Returns all payment methods of the SPEC.  If the SPEC has a `paymentMethod`,
--- that method is the first element, and the default of projects that name no
--- payment method.
---@param document table  the SPEC
---@return table[] wishes
---@return (string|integer)[][] places  the path of each method in the SPEC
function M.methods(document)
  local wishes, places = { document.paymentMethod }, {}
  if wishes[1] then places[1] = { "paymentMethod", "displayName" } end
  for i, wish in ipairs(document.paymentMethods or {}) do
    wishes[#wishes + 1] = wish
    places[#wishes] = { "paymentMethods", i - 1, "displayName" }
  end
  return wishes, places
end

--- Checks the webhook rules of one project.
---@param rules any
---@return true? ok
---@return string? pointer   JSON Pointer of the fault
---@return string? expected  the value that was expected there
function M.check_webhooks(rules) return check(shapes.rules, rules) end

--- The text that replaces a secret whose variable is not set.  The text is
--- never sent.
local UNKNOWN <const> = "********"

local function revealed_all(sources, unset)
  if not sources then return nil end
  local plain = {}
  for _, key in ipairs(value.names(sources)) do
    local told, message = secrets.reveal(sources[key])
    if not told then error(message, 0) end
    if told == "" then unset[#unset + 1] = sources[key].env end
    plain[key] = told ~= "" and told or UNKNOWN
  end
  return plain
end

--- Returns a webhook rule of the SPEC in the form that `webhooks:ensure` takes.
--- References to secrets are replaced by the secrets.
---@param wish table  the rule in the SPEC
---@return mkio.WebhookWish
---@return string[] unset   environment variables that are not set
function M.webhook(wish)
  local hidden, unset = wish.authentication, {}
  return {
    enabled = wish.enabled ~= false, url = wish.url, events = wish.events,
    headers = wish.headers, queryParams = wish.queryParams,
    authentication = hidden and {
      headers = revealed_all(hidden.headers, unset),
      queryParams = revealed_all(hidden.queryParams, unset),
    },
  }, unset
end

--- Returns the projects that a SPEC is about, by their names or ids.
---@param document table  the SPEC
---@return string[]
function M.projects(document)
  local names = {}
  for _, wish in ipairs(document.projects or {}) do names[wish.name] = true end
  for _, wish in ipairs(document.tokens or {}) do
    for project in pairs(wish.permissions["core.project"] or {}) do
      names[project] = true
    end
  end
  return value.names(names)
end

return M
