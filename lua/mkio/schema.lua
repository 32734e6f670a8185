--- Declares the request bodies of the Management API, as in the API's contract.
---
--- The client calls `check` before sending a body, and the sandbox calls
--- `check` before answering.  `check` refuses a member that only the server
--- writes, because the API would ignore such a member.
-- SPDX-License-Identifier: MIT

local choice = require "mkrun.rest.choice"
local newer = require "mkrun.rest.newer"
local shape = require "mkrun.rest.shape"
local webhook_events = require "mkio.webhook_events"

local object, map, list = shape.object, shape.map, shape.list
local readonly, nullable = shape.readonly, shape.nullable
local text, flag, any = shape.text(), shape.flag(), shape.any()

local function up_to(max) return shape.text { max = max } end
local function within(min, max) return shape.text { min = min, max = max } end
local function known(...) return shape.text { known = { ... } } end

local uuid = shape.text { format = "uuid" }
local date = shape.text { format = "date" }
local date_time = shape.text { format = "date-time" }

--- Returns the shape of a body with the member `spec`, which has the given
--- fields.
local function spec(fields) return object { ["spec!"] = object(fields) } end

--- An operation is not passed on unless mkrun knows it: a plan could not say
--- what it does.
local patch_entry = object {
  ["op!"] = shape.text { one_of = { "add", "remove", "replace",
    "stringReplace", "numberReplace" } },
  ["path!"] = text, search = text, value = any,
}

local legal_fields = {
  "legalEntityAddress", "legalEntityContactEmail", "legalEntityName",
  "legalEntityOfficer",
}

--- Adds every legal field of an organization to `fields`.
local function with_legal(field, fields)
  for _, name in ipairs(legal_fields) do fields[name] = field end
  return fields
end

--- Returns the fields of a team.  `members` is the shape of the members, which
--- differs between the API's request and the method of the resource.
local function team(members, roles)
  return { description = up_to(256), members = members,
    scopes = map(object { ["roles!"] = roles or list(text) }) }
end

local credentials = object { headers = map(text), queryParams = map(text) }

local events = known(table.unpack(webhook_events))

local schemas = {
  JsonPatchEntry = patch_entry,
  PaymentMethodPatchEntry = patch_entry,

  OrganizationCreateSchema =
    spec(with_legal(text, { ["name!"] = up_to(512) })),
  OrganizationPatchSchema = spec(with_legal(nullable(text), { name = text })),

  InvitePostSchema = spec {
    ["email!"] = text, ["comment!"] = text, teams = list(text),
    invitedByEmail = readonly(text), invitedByName = readonly(text),
    organizationName = readonly(text),
  },

  TeamPutSchema = spec(team(map(object { ["isTeamAdmin!"] = flag }))),

  ProjectCreateSchema = object {
    ["displayName!"] = text, ["locationName!"] = text,
    ["paymentMethodId!"] = uuid,
  },
  ProjectPatchSchema = object {
    metadata = object { displayName = within(1, 255) },
    spec = object { isActive = flag, isHidden = flag },
  },
  PaymentMethodAssignmentSchema = object { ["paymentMethodId!"] = uuid },
  MetricsSchema = object {
    kind = text, ["spec!"] = object { ["enabled!"] = flag },
    status = readonly(any),
  },

  WebhookRuleCreateOrUpdateSchema = spec {
    ["enabled!"] = flag, ["url!"] = text, ["events!"] = list(events),
    headers = map(text), queryParams = map(text),
    authentication = credentials,
  },

  CreateTokenSchema = object {
    ["type!"] = known("login", "full-access", "restricted", "ephemeral"),
    ["organizationId!"] = uuid, description = up_to(128),
    expireDate = date_time, permissions = map(any),
  },

  UserOrganizationPatchSchema = object {
    spec = object {
      invite = object {
        ["state!"] = known("accepted", "pending"),
        comment = readonly(text), invitedBy = readonly(text),
      },
    },
  },

  ProfilePatchSchema_v1 = spec {
    name = within(1, 1024), company = up_to(1024), country = up_to(1024),
    jobRole = up_to(1024), phoneNumber = up_to(1024),
    activeOrganizationId = readonly(text), avatar = readonly(text),
    contactEmail = readonly(text), features = readonly(any),
    isActive = readonly(flag), loginEmail = readonly(text),
  },
  ProfilePutSchema = spec {
    ["name!"] = within(1, 1024), ["country!"] = up_to(1024),
    ["company!"] = nullable(up_to(1024)),
    ["jobrole!"] = nullable(up_to(1024)), ["phonenumber!"] = up_to(1024),
    avatar = readonly(text), contact_email = readonly(text),
    customer_id = readonly(text), customers = readonly(any),
    is_active = readonly(flag), is_admin = readonly(flag),
    signup_problem = readonly(text),
  },

  CustomerUsageQueryData = object {
    ["startDate!"] = date, ["endDate!"] = date,
    download = flag, filterOnReportedDate = flag,
    format = known("json", "csv"),
    granularity = known("year", "month", "week", "day", "hour"),
    groupBy = list(text), meterNames = list(text),
    paymentMethodIds = list(uuid), projectNames = list(text),
  },
}

local M = {
  ---@type table<string, mkrun.rest.Shape>
  schemas = schemas,
  ---@type string[] the events that a webhook rule may name, as far as known
  events = events.known,
  ---@type fun(members: mkrun.rest.Shape, roles?: mkrun.rest.Shape): table
  team = team,
  ---@type fun(field: mkrun.rest.Shape, fields: table): table
  with_legal = with_legal,
}

local lists = {}

--- Returns the shape of a schema by its name.  The name "[X]" is an array of X.
local function find(name)
  local inner = name:match "^%[(.+)%]$"
  local found = schemas[inner or name]
  if not found then error(("no schema '%s'"):format(name), 3) end
  if not inner then return found end
  lists[name] = lists[name] or list(found)
  return lists[name]
end

--- Checks a body by the schema `name`.  Raises an error if there is no such
--- schema.
---@param name string  such as "TeamPutSchema"; "[X]" is an array of X
---@param value any    the body
---@return true? ok
---@return string? pointer   JSON Pointer of the fault; "" is the whole body
---@return string? expected  a text such as "string expected, got number"
function M.check(name, value)
  return shape.check(find(name), value)
end

--- Lists the values of a body that are in no list of known values.
---@param name string  such as "TeamPutSchema"; "[X]" is an array of X
---@param value any    a body that `check` accepts
---@return mkrun.rest.Newer[]
function M.newer(name, value) return newer.list(find(name), value) end

--- Checks a body like `check`, and refuses values that are in no list of known
--- values.  The sandbox calls this function, because it knows only these.
---@param name string
---@param value any
---@return true? ok
---@return string? pointer
---@return string? expected
function M.check_known(name, value)
  local ok, pointer, expected = M.check(name, value)
  if not ok then return nil, pointer, expected end
  local first = M.newer(name, value)[1]
  if not first then return true end
  return nil, first.pointer, choice.complaint(first.known, first.text)
end

--- Returns a copy of `value` in which arrays are marked as arrays.  The encoder
--- then writes an empty array as `[]` and not as `{}`.
---@param name string  such as "TeamPutSchema"; "[X]" is an array of X
---@param value any    the body
---@return any
function M.mark(name, value)
  return shape.mark(find(name), value)
end

return M
