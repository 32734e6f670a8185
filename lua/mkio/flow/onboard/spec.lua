--- Checks the SPEC of `onboard` before the first request, and replaces
--- references to secrets by the secrets.  The SPEC is the JSON file that
--- describes the wanted organization.  `mkio.flow.onboard` and its preflight
--- call this module.
-- SPDX-License-Identifier: MIT

local patch = require "mkrun.patch"
local sys = require "mkrun.sys"

local address = require "mkrun.address"
local field_names = require "mkio.flow.onboard.field_names"
local newer = require "mkrun.rest.newer"
local permissions = require "mkio.permissions"
local schema = require "mkio.schema"
local secrets = require "mkio.flow.onboard.secrets"
local selection = require "mkio.flow.common.selection"
local shape = require "mkrun.rest.shape"
local value = require "mkrun.value"

local object, map, set, keyed = shape.object, shape.map, shape.set, shape.keyed
local text, flag = shape.text(), shape.flag()

local function within(min, max) return shape.text { min = min, max = max } end

--- The shape of a name that becomes a segment of a path.  "." and ".." are
--- refused, because they would change the path.
local name = shape.text { min = 1, check = function(text_)
  if text_:find "^%.%.?$" then return "name expected, got '" .. text_ .. "'" end
end }

local email = shape.email()

local url = shape.text { check = function(text_)
  if not text_:find "^https?://[^%s%c/][^%s%c]*$" then
    return "http or https URL expected"
  end
end }

local function is_reference(source)
  if type(source) ~= "table" then return false end
  for key, part in pairs(source) do
    local expected = key == "keep" and "boolean" or "string"
    if key ~= "env" and key ~= "file" and key ~= "keep"
      or type(part) ~= expected then
      return false
    end
  end
  return (source.env == nil) ~= (source.file == nil)
    and (source.keep == nil or source.env ~= nil)
end

--- Returns what is wrong with the text of a secret, or nil.
local function secret_fault(text_)
  if text_ == "" then return "secret expected, got an empty text" end
  return text_:find "^%*+$" and "secret expected, got asterisks" or nil
end

--- Returns what is wrong with the form of a secret, or nil.
local function form_fault(source)
  if type(source) == "string" then return secret_fault(source) end
  return not is_reference(source)
    and "string, {\"env\": NAME} or {\"file\": PATH} expected" or nil
end

local IN_A_LINE <const> =
  "secret in one line expected, as it goes into a header"

--- The shape of a secret in a SPEC: the text itself, {"env": NAME} or {"file":
--- PATH}.  With {"env": NAME, "keep": true} the variable may be unset if the
--- API already has the secret.  `secrets_of` reads what a reference names.
local secret_text = { kind = "any", is_secret = true, check = form_fault }

--- The shape of a secret in a header field.  The secret must not contain a
--- control character, which could end the field or the header.
local header_secret = { kind = "any", is_secret = true,
  check = function(source)
    local fault = form_fault(source)
    if fault or type(source) ~= "string" then return fault end
    return source:find "%c" and IN_A_LINE or nil
  end }

local header_text = shape.text { check = function(text_)
  return text_:find "%c" and "text in one line expected" or nil
end }

local webhook = object {
  ["name!"] = name, ["url!"] = url, enabled = flag,
  ["events!"] = set(shape.text { known = schema.events }),
  headers = map(header_text, { check = field_names.headers }),
  queryParams = map(text, { check = field_names.parameters }),
  authentication = object {
    headers = map(header_secret, { check = field_names.headers }),
    queryParams = map(secret_text, { check = field_names.parameters }),
  },
}

local payment_method = object {
  ["displayName!"] = within(1), acceptTerms = flag,
}

--- Addresses that differ in case or in how an accent is typed are one person's.
local BY_PERSON <const> = { email = address.key }

local pattern = shape.text { min = 1, check = selection.fault }

local wished_team = schema.team(keyed(object {
  ["email!"] = email, isTeamAdmin = flag,
  ["until"] = shape.text { format = "date" },
}, "email", BY_PERSON), set(within(1)))
wished_team["name!"] = name

--- Returns the absolute path of a file, so that "x" and "./x" are equal.  The
--- file need not exist.
local function file_of(path)
  local folder, base = path:match "^(.*/)([^/]*)$"
  return sys.real_path(path)
    or (sys.real_path(folder or ".") or folder or ".") .. "/" .. (base or path)
end

--- Returns a copy of a shape that says how `mkio.flow.onboard.merge` merges it.
local function merged(how, wanted)
  return setmetatable({ merge = how }, { __index = wanted })
end

local webhooks = keyed(webhook, "name")

local spec = object {
  ["$schema"] = merged("first", text), ignore = merged("union", set(pattern)),
  ownTokens = within(1),
  organization = object(schema.with_legal(shape.nullable(text), {
    ["name!"] = shape.text { min = 1, max = 512,
      why = "it says whose token this must be" }, create = flag,
  })),
  paymentMethod = payment_method,
  paymentMethods = keyed(payment_method, "displayName"),
  projects = keyed(object {
    ["name!"] = name, ["displayName!"] = within(0, 255),
    ["locationName!"] = within(1), paymentMethod = within(1), isActive = flag,
    webhooks = webhooks,
  }, "name"),
  teams = keyed(object(wished_team), "name"),
  inviteComment = within(1),
  invites = keyed(object {
    ["email!"] = email, teams = set(within(1)), comment = within(0),
  }, "email", BY_PERSON),
  tokens = keyed(object {
    ["description!"] = within(1, 128), ["file!"] = within(1),
    ["permissions!"] = merged("whole", permissions.shape),
    days = shape.integer { min = 1, max = 365 },
  }, "description", { file = file_of }),
}

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
    each_secret(inner, part[key], deeper, visit)
  end
end

--- Reads the secrets of a value that fits its shape.  Returns what is wrong
--- with them.
local function secret_faults(wanted, document)
  local faults = {}
  each_secret(wanted, document, {}, function(source, secret, at)
    local told, message = secrets.reveal(source)
    message = message or told ~= "" and secret_fault(told)
      or secret == header_secret and told:find "%c" and IN_A_LINE
    if message then
      faults[#faults + 1] = { pointer = patch.pointer(at), text = message }
    end
  end)
  return faults
end

local M = {}

--- The shape of a SPEC, and of the list of the webhook rules of a project.
M.shape, M.rules_shape = spec, webhooks

--- Returns all that is wrong with the form of a SPEC.  Reads no secrets.
---@param document any
---@param is_part? boolean  true: it is one of several files, so a project may
---  lack its location
---@return mkrun.rest.Fault[]
function M.faults(document, is_part)
  return shape.faults(spec, document, is_part)
end

--- Reads the secrets of a SPEC whose form is right, and returns all that is
--- wrong with them.
---@param document table
---@return mkrun.rest.Fault[]
function M.secret_faults(document) return secret_faults(spec, document) end

--- The same as `faults` and `secret_faults`, for a list of webhook rules.
---@param rules any
---@return mkrun.rest.Fault[]
function M.rule_faults(rules) return shape.faults(webhooks, rules) end

---@param rules table[]
---@return mkrun.rest.Fault[]
function M.rule_secret_faults(rules) return secret_faults(webhooks, rules) end

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
function M.check(document) return check(spec, document) end

--- Lists the values of a valid SPEC that are in no list of known values.
---@param document table
---@return mkrun.rest.Newer[]
function M.newer(document) return newer.list(spec, document) end

--- Lists the values of valid webhook rules that are in no list of known values.
---@param rules table[]
---@return mkrun.rest.Newer[]
function M.newer_webhooks(rules) return newer.list(webhooks, rules) end

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
function M.check_webhooks(rules) return check(webhooks, rules) end

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
