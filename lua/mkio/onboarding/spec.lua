--- The SPEC of `onboard`: what may be in it, checked before anything is sent.
-- SPDX-License-Identifier: MIT

local schema = require "mkio.schema"
local secret = require "mkrun.secret"
local shape = require "mkio.shape"
local value = require "mkio.value"

local object, map, list = shape.object, shape.map, shape.list
local text, flag = shape.text(), shape.flag()
local legal = shape.nullable(text)

local function within(min, max) return shape.text { min = min, max = max } end

--- A name that goes into a path.
local name = shape.text { min = 1, check = function(text_)
  if text_:find "^%.%.?$" then return "name expected, got '" .. text_ .. "'" end
end }

local email = shape.text { min = 3, max = 1024, check = function(text_)
  if not text_:find "^[^%s@]+@[^%s@]+$" then
    return ("e-mail address expected, got '%s'"):format(text_)
  end
end }

local url = shape.text { check = function(text_)
  if not text_:find "^https?://[^%s/]" then
    return "http or https URL expected"
  end
end }

local function is_reference(source)
  return type(source) == "table"
    and (type(source.env) == "string") ~= (type(source.file) == "string")
    and next(source, next(source)) == nil
end

--- A secret in a SPEC: the text, or where it is: {"env": NAME} or
--- {"file": PATH}.
local secret_text = { kind = "any", check = function(source)
  if type(source) == "string" then
    return source:find "^%*+$" and "secret expected, got asterisks" or nil
  elseif not is_reference(source) then
    return "string, {\"env\": NAME} or {\"file\": PATH} expected"
  elseif source.env and not os.getenv(source.env) then
    return ("environment variable %s is not set"):format(source.env)
  elseif source.file then
    local found, message = secret.read(source.file, "webhook secret")
    return not found and message or nil
  end
end }

local webhook = object {
  ["name!"] = name, ["url!"] = url, enabled = flag,
  ["events!"] = list(shape.text { one_of = schema.events }, { min = 1 }),
  headers = map(text), queryParams = map(text),
  authentication = object {
    headers = map(secret_text), queryParams = map(secret_text),
  },
}

local spec = object {
  organization = object {
    ["name!"] = shape.text { min = 1, max = 512,
      why = "it says whose token this must be" }, create = flag,
    legalEntityName = legal, legalEntityAddress = legal,
    legalEntityOfficer = legal, legalEntityContactEmail = legal,
  },
  paymentMethod = object {
    ["displayName!"] = within(1), acceptTerms = flag,
  },
  projects = list(object {
    ["name!"] = name, ["displayName!"] = within(1, 255),
    ["locationName!"] = within(1), paymentMethod = within(1),
    webhooks = list(webhook),
  }),
  teams = list(object {
    ["name!"] = name, description = within(0, 256),
    scopes = map(object { ["roles!"] = list(within(1)) }),
    members = list(object { ["email!"] = email, isTeamAdmin = flag }),
  }),
  inviteComment = within(1),
  tokens = list(object {
    ["description!"] = within(1, 128), ["file!"] = within(1),
    ["permissions!"] = map(map(map(list(within(1), { min = 1 })))),
    days = shape.integer { min = 1, max = 365 },
  }),
}

--- The pointer of the first element whose `field` an earlier one has too.
local function twice(elements, at, field)
  local seen = {}
  for i, element in ipairs(elements or {}) do
    local key = element[field]:lower()
    if seen[key] then
      return ("%s/%d/%s"):format(at, i - 1, field),
        ("'%s' is there twice"):format(element[field])
    end
    seen[key] = true
  end
end

--- Each list, where it is, and the field that tells its elements apart.
local function each_list(document, visit)
  visit(document.projects, "/projects", "name")
  visit(document.teams, "/teams", "name")
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

--- Is `document` a SPEC that onboard can work with?
---@param document any
---@return true? ok
---@return string? pointer   JSON Pointer of what is wrong
---@return string? expected  what was expected there
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

local function revealed(source)
  if type(source) == "string" then return source end
  if source.env then return os.getenv(source.env) end
  local file <close> = assert(io.open(source.file, "rb"))
  return (assert(file:read "a"):gsub("\r?\n$", ""))
end

local function revealed_all(secrets)
  if not secrets then return nil end
  local plain = {}
  for _, key in ipairs(value.names(secrets)) do
    plain[key] = revealed(secrets[key])
  end
  return plain
end

--- A webhook of the SPEC as `webhooks:ensure` takes it, secrets filled in.
---@param wish table
---@return mkio.WebhookWish
function M.webhook(wish)
  local secrets = wish.authentication
  return {
    enabled = wish.enabled ~= false, url = wish.url, events = wish.events,
    headers = wish.headers, queryParams = wish.queryParams,
    authentication = secrets and {
      headers = revealed_all(secrets.headers),
      queryParams = revealed_all(secrets.queryParams),
    },
  }
end

return M
