--- Checks the SPEC of `onboard` before the first request, and replaces
--- references to secrets by the secrets.  The SPEC is the JSON file that
--- describes the wanted organization.  `mkio.flow.onboard` and its preflight
--- call this module.
-- SPDX-License-Identifier: MIT

local sys = require "mkrun.sys"

local address = require "mkrun.address"
local field_names = require "mkio.flow.onboard.field_names"
local permissions = require "mkio.permissions"
local schema = require "mkio.schema"
local secrets = require "mkio.flow.onboard.secrets"
local selection = require "mkio.flow.common.selection"
local shape = require "mkrun.rest.shape"
local value = require "mkrun.value"

local object, map, list, set = shape.object, shape.map, shape.list, shape.set
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

--- The shape of a secret in a SPEC: the text itself, {"env": NAME} or {"file":
--- PATH}.  With {"env": NAME, "keep": true} the variable may be unset if the
--- API already has the secret.
local secret_text = { kind = "any", check = function(source)
  if type(source) ~= "string" and not is_reference(source) then
    return "string, {\"env\": NAME} or {\"file\": PATH} expected"
  end
  local told, message = secrets.reveal(source)
  if not told then return message end
  return told:find "^%*+$" and "secret expected, got asterisks" or nil
end }

--- The shape of a secret in a header field.  The secret must not contain a
--- control character, which could end the field or the header.
local header_secret = { kind = "any", check = function(source)
  local fault = secret_text.check(source)
  if fault then return fault end
  return secrets.reveal(source):find "%c"
    and "secret in one line expected, as it goes into a header" or nil
end }

local header_text = shape.text { check = function(text_)
  return text_:find "%c" and "text in one line expected" or nil
end }

local webhook = object {
  ["name!"] = name, ["url!"] = url, enabled = flag,
  ["events!"] = set(shape.text { one_of = schema.events }),
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

local pattern = shape.text { min = 1, check = selection.fault }

local wished_team = schema.team(list(object {
  ["email!"] = email, isTeamAdmin = flag,
  ["until"] = shape.text { format = "date" },
}), set(within(1)))
wished_team["name!"] = name

local spec = object {
  ["$schema"] = text, ignore = set(pattern), ownTokens = within(1),
  organization = object(schema.with_legal(shape.nullable(text), {
    ["name!"] = shape.text { min = 1, max = 512,
      why = "it says whose token this must be" }, create = flag,
  })),
  paymentMethod = payment_method, paymentMethods = list(payment_method),
  projects = list(object {
    ["name!"] = name, ["displayName!"] = within(0, 255),
    ["locationName!"] = within(1), paymentMethod = within(1), isActive = flag,
    webhooks = list(webhook),
  }),
  teams = list(object(wished_team)),
  inviteComment = within(1),
  invites = list(object {
    ["email!"] = email, teams = set(within(1)), comment = within(0),
  }),
  tokens = list(object {
    ["description!"] = within(1, 128), ["file!"] = within(1),
    ["permissions!"] = permissions.shape,
    days = shape.integer { min = 1, max = 365 },
  }),
}

--- Returns the absolute path of a file, so that "x" and "./x" are equal.  The
--- file need not exist.
local function file_of(path)
  local folder, base = path:match "^(.*/)([^/]*)$"
  return sys.real_path(path)
    or (sys.real_path(folder or ".") or folder or ".") .. "/" .. (base or path)
end

local KEYS <const> = { email = address.key, file = file_of }

--- Returns a JSON Pointer and a message for the first element whose `field` has
--- the same value as in an earlier element.
local function twice(elements, at, field)
  local seen = {}
  for i, element in ipairs(elements or {}) do
    local key = element[field]
    key = KEYS[field] and KEYS[field](key) or key
    if seen[key] then
      return ("%s/%d/%s"):format(at, i - 1, field),
        ("'%s' is there twice"):format(element[field])
    end
    seen[key] = true
  end
end

--- Calls `visit(list, pointer, field)` for each list of the SPEC.  The value of
--- `field` must differ in all elements of the list.
local function each_list(document, visit)
  visit(document.paymentMethods, "/paymentMethods", "displayName")
  visit(document.projects, "/projects", "name")
  visit(document.teams, "/teams", "name")
  visit(document.invites, "/invites", "email")
  visit(document.tokens, "/tokens", "description")
  visit(document.tokens, "/tokens", "file")
  for i, project in ipairs(document.projects or {}) do
    visit(project.webhooks, ("/projects/%d/webhooks"):format(i - 1), "name")
  end
  for i, team in ipairs(document.teams or {}) do
    visit(team.members, ("/teams/%d/members"):format(i - 1), "email")
  end
end

local M = {}

--- Checks that `document` is a valid SPEC.
---@param document any
---@return true? ok
---@return string? pointer   JSON Pointer of the fault
---@return string? expected  the value that was expected there
function M.check(document)
  local ok, pointer, expected = shape.check(spec, document)
  if not ok then return nil, pointer, expected end
  each_list(document, function(elements, at, field)
    if pointer then return end
    pointer, expected = twice(elements, at, field)
  end)
  if pointer then return nil, pointer, expected end
  return true
end

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
function M.check_webhooks(rules)
  local ok, pointer, expected = shape.check(list(webhook), rules)
  if ok then pointer, expected = twice(rules, "", "name") end
  if pointer then return nil, pointer, expected end
  return true
end

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
