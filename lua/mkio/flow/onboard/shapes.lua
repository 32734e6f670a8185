--- The shapes of a SPEC, the file of `onboard`, with the descriptions that
--- editors show.  `mkio.flow.onboard.spec` checks by them, `merge` merges by
--- them, and `onboard --schema` prints them as JSON Schema.
-- SPDX-License-Identifier: MIT

local sys = require "mkrun.sys"

local address = require "mkrun.address"
local field_names = require "mkio.flow.onboard.field_names"
local permissions = require "mkio.permissions"
local schema = require "mkio.schema"
local selection = require "mkio.flow.common.selection"
local shape = require "mkrun.rest.shape"

local object, map, set, keyed = shape.object, shape.map, shape.set, shape.keyed
local text, flag = shape.text(), shape.flag()

local M = {}

--- Returns a copy of a shape with a description.
local function about(words, wanted)
  return shape.with(wanted, { about = words })
end

local function within(min, max) return shape.text { min = min, max = max } end

--- Texts without control characters, for JSON Schema.  Like the patterns below
--- they are regular expressions of ECMAScript, and say what `check` checks.
local ONE_LINE <const> = "^[^\\u0000-\\u001f\\u007f]*$"
local VISIBLE <const> = "[^ \\u0000-\\u001f\\u007f%s]"

--- The shape of a name that becomes a segment of a path.  "." and ".." are
--- refused, because they would change the path.
local name = shape.text { min = 1, pattern = "^(?!\\.\\.?$)",
  check = function(text_)
    if text_:find "^%.%.?$" then
      return "name expected, got '" .. text_ .. "'"
    end
  end }

local email = shape.email()

local url = shape.text {
  pattern = "^https?://" .. VISIBLE:format "/" .. VISIBLE:format "" .. "*$",
  check = function(text_)
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

--- What is wrong with a secret that has a control character, which could end
--- the field of a header or the header.
local IN_A_LINE <const> =
  "secret in one line expected, as it goes into a header"

--- Returns what is wrong with the text of a secret in a header, or nil.
local function header_fault(text_)
  return secret_fault(text_) or text_:find "%c" and IN_A_LINE or nil
end

--- What a secret is in JSON Schema; `pattern` is that of its text.
local function secret_schema(pattern)
  local variable = { type = "string",
    description = "name of an environment variable" }
  local file = { type = "string", description = "path of a file" }
  return { anyOf = {
    { type = "string", minLength = 1, pattern = pattern },
    { type = "object", additionalProperties = false, required = { "env" },
      properties = { env = variable, keep = { type = "boolean",
        description = "true: the variable may be unset until the rule must "
          .. "be sent" } } },
    { type = "object", additionalProperties = false, required = { "file" },
      properties = { file = file } },
  } }
end

--- The shape of a secret in a SPEC: the text itself, {"env": NAME} or {"file":
--- PATH}.  With {"env": NAME, "keep": true} the variable may be unset if the
--- API already has the secret.  `fault` says what is wrong with its text.
local secret_text = { kind = "any", is_secret = true, check = form_fault,
  fault = secret_fault, schema = secret_schema "^(?!\\*+$)" }

local header_secret = { kind = "any", is_secret = true, fault = header_fault,
  schema = secret_schema("^(?!\\*+$)" .. ONE_LINE:sub(2)),
  check = function(source)
    local fault = form_fault(source)
    if fault or type(source) ~= "string" then return fault end
    return header_fault(source)
  end }

local header_text = shape.text { pattern = ONE_LINE, check = function(text_)
  return text_:find "%c" and "text in one line expected" or nil
end }

local function headers(of)
  return map(of, { check = field_names.headers,
    names = "^" .. VISIBLE:format ":" .. "+$" })
end

local function parameters(of)
  return map(of, { check = field_names.parameters, names = "^[\\s\\S]" })
end

local webhook = object {
  ["name!"] = about("name of the rule", name),
  ["url!"] = about("where the events are sent", url),
  enabled = about("false: sends nothing (default true)", flag),
  ["events!"] = about("the rule has exactly these", set(shape.text {
    known = schema.events })),
  headers = about("fields of the header of each event",
    headers(header_text)),
  queryParams = about("parameters in the URL of each event",
    parameters(text)),
  authentication = about("secrets, which the API does not show", object {
    headers = about("secret fields of the header", headers(header_secret)),
    queryParams = about("secret parameters in the URL",
      parameters(secret_text)),
  }),
}

local payment_method = object {
  ["displayName!"] = about("its name, or its id", within(1)),
  acceptTerms = about("true: accepts its terms", flag),
}

--- Addresses that differ in case or in how an accent is typed are one person's.
local BY_PERSON <const> = { email = address.key }

local team = schema.team(
  about("the team has these; others stay unless --prune=members", keyed(object {
    ["email!"] = about("a person who is no user yet gets an invite", email),
    isTeamAdmin = about("true: may change the team", flag),
    ["until"] = about("last day, in UTC: --prune=members removes the member "
      .. "after it", shape.text { format = "date" }),
  }, "email", BY_PERSON)), about("the scope has exactly these", set(within(1))))
team["name!"] = about("name of the team", name)
team.description = about("what the team is for", team.description)
team.scopes = about("scopes of the team by name; a project P brings the scope "
  .. "PScope", team.scopes)

--- Returns the absolute path of a file, so that "x" and "./x" are equal.  The
--- file need not exist.
local function file_of(path)
  local folder, base = path:match "^(.*/)([^/]*)$"
  return sys.real_path(path)
    or (sys.real_path(folder or ".") or folder or ".") .. "/" .. (base or path)
end

local legal = about("legal field; null removes it", shape.nullable(text))

local organization = object(schema.with_legal(legal, {
  ["name!"] = about("name; refused if it is not the token's organization",
    shape.text { min = 1, max = 512,
      why = "it says whose token this must be" }),
  create = about("true: makes the organization and ends the run", flag),
}))

local project = object {
  ["name!"] = about("name of the project, for ever", name),
  ["displayName!"] = about("its name for people", within(0, 255)),
  ["locationName!"] = about("where it runs, for ever", within(1)),
  paymentMethod = about("displayName or id of its payment method (default: "
    .. "paymentMethod of SPEC)", within(1)),
  isActive = about("false: nothing of it runs", flag),
  webhooks = about("webhook rules; others stay unless --prune=rules",
    keyed(webhook, "name")),
}

local invite = object {
  ["email!"] = about("who is invited; a user gets no invite", email),
  teams = about("names of the teams that they join", set(within(1))),
  comment = about("text of this invite (default: inviteComment)", within(0)),
}

local token = object {
  ["description!"] = about("what the token is for", within(1, 128)),
  ["file!"] = about("file in which it is stored", within(1)),
  ["permissions!"] = about("resource type -> name or id -> family -> verbs",
    shape.with(permissions.shape, { merge = "whole" })),
  days = about("days that it is valid (default 90)",
    shape.integer { min = 1, max = 365 }),
}

local pattern = shape.text { min = 1, check = selection.fault,
  pattern = "^(" .. table.concat(selection.KINDS, "|") .. ")/[\\s\\S]" }

--- The shape of a SPEC.
M.spec = about("What an organization on MK.IO is to have.  Every part is "
  .. "optional.", object {
  ["$schema"] = about("where an editor finds this schema",
    shape.with(text, { merge = "first" })),
  ignore = about("what drift and --prune leave alone: KIND/NAME with *",
    shape.with(set(pattern), { merge = "union" })),
  ownTokens = about("--prune=tokens revokes own tokens whose description fits; "
    .. "* stands for any text", within(1)),
  organization = about("the organization of the token", organization),
  paymentMethod = about("payment method of projects that name none",
    payment_method),
  paymentMethods = about("further payment methods",
    keyed(payment_method, "displayName")),
  projects = about("projects, which are never removed",
    keyed(project, "name")),
  teams = about("teams; others stay unless --prune=teams",
    keyed(object(team), "name")),
  inviteComment = about("text of the invites", within(1)),
  exported = about("true: export wrote this, so --like takes all of it", flag),
  invites = about("people who are invited",
    keyed(invite, "email", BY_PERSON)),
  tokens = about("restricted tokens, each in a file",
    keyed(token, "description", { file = file_of })),
})

--- The shape of the list of the webhook rules of one project.
M.rules = keyed(webhook, "name")

return M
