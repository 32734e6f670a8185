--- Declares what each operation may answer: the members, their types, and the
--- values of closed lists, as in the API's contract.
---
--- `mkio.likeness.fit` makes a recorded answer fit these shapes, and
--- `mkio.likeness.compare` compares a recorded answer with the model's.  What
--- is demanded here is what the contract demands or the model always gives.
-- SPDX-License-Identifier: MIT

local shape = require "mkrun.rest.shape"
local webhook_events = require "mkio.webhook_events"

local object, map, list = shape.object, shape.map, shape.list
local nullable, flag, any = shape.nullable, shape.flag(), shape.any()
local text, integer = shape.text(), shape.integer()
local number = { kind = "number" }

local function one_of(...) return shape.text { one_of = { ... } } end

local uuid = shape.text { format = "uuid" }
local date = shape.text { format = "date" }
local date_time = shape.text { format = "date-time" }

--- A text whose values nobody has listed, so that the model invents them, such
--- as `kind` or the code of an error.
local word = { kind = "string", is_word = true }

local texts = list(text)
local null_or_text = nullable(text)

--- Marks members that the model always gives.  `names` has them, with blanks in
--- between; "*" is all.
local function has(names, fields)
  local marked = {}
  for name, field in pairs(fields) do
    local is_demanded = names == "*"
      or (" " .. names .. " "):find(" " .. name .. " ", 1, true)
    marked[is_demanded and name .. "!" or name] = field
  end
  return marked
end

local function whole(fields) return object(has("*", fields)) end

local event = one_of(table.unpack(webhook_events))

--- Makes the shape of a resource without `kind`.
local function plain(metadata, spec)
  return whole { metadata = object(metadata), spec = object(spec) }
end

--- Makes the shape of a resource.
local function resource(metadata, spec)
  return whole {
    kind = word, metadata = object(metadata), spec = object(spec),
  }
end

-- Lists -----------------------------------------------------------------------

local function kind_list(item)
  return whole { kind = word, value = list(item) }
end

local function page(item)
  return object(has("value supplemental", {
    value = list(item),
    ["@odata.nextLink"] = shape.text { format = "url" },
    supplemental = object(has("kind count operation pagination", {
      kind = word, count = integer, operation = word,
      pagination = whole {
        start = integer, ["end"] = integer, records = integer, total = integer,
      },
      subscription = whole { id = text, name = text },
    })),
  }))
end

-- Resources -------------------------------------------------------------------

local identified = has("*", { id = uuid })

local old_profile = plain(identified, has("*", {
  avatar = text, company = null_or_text, contact_email = text, country = text,
  customer_id = text, customers = map(text), is_active = flag,
  is_admin = flag, jobrole = null_or_text, name = text, phonenumber = text,
  signup_problem = null_or_text,
}))

local profile = resource(identified, has("*", {
  activeOrganizationId = text, avatar = text, company = text,
  contactEmail = text, country = text, features = map(any), isActive = flag,
  jobRole = text, loginEmail = text, name = text, phoneNumber = text,
}))

local location = plain(
  has("*", { displayName = text, id = uuid, name = text }), has("cloud type", {
    cloud = whole {
      displayName = text, name = text,
      region = whole { displayName = text, name = text },
    },
    organization = object(has("name", { id = nullable(uuid), name = text })),
    type = one_of("SaaS", "Dedicated"),
  }))

local organization = resource(has("*", {
  created = date_time, createdBy = uuid, createdByEmail = text,
  createdById = uuid, createdByName = text, id = uuid, isActive = flag,
  name = text, updated = date_time,
}), has("*", {
  legalEntityAddress = null_or_text, legalEntityContactEmail = null_or_text,
  legalEntityName = null_or_text, legalEntityOfficer = null_or_text,
  name = text,
}))

local invite = resource(has("*", { created = date_time, id = uuid }), has("*", {
  comment = text, email = text, invitedByEmail = text, invitedByName = text,
  organizationName = text, teams = texts,
}))

--- Makes the shape of the spec of a payment method: the members of all types,
--- and those of one type.
local function payment_spec(fields)
  local all = {
    allowedOrganizations = nullable(list(uuid)),
    autoPurchaseBeamLicenses = flag, endDate = nullable(date), notes = text,
    productPublicationName = text, startDate = nullable(date),
    type = one_of("aws", "azure", "direct"),
  }
  for name, field in pairs(fields) do all[name] = field end
  return object(has("autoPurchaseBeamLicenses endDate productPublicationName "
    .. "startDate type", all))
end

--- The shape of a payment method's spec depends on its member `type`.
local payment_specs = { kind = "choice", by = "type", default = "direct", of = {
  aws = payment_spec {
    awsAccountId = text, awsCustomerId = null_or_text, awsOfferId = text,
    awsProductCode = text, awsStatus = null_or_text,
  },
  azure = payment_spec {
    azureOfferId = null_or_text, azurePlanName = null_or_text,
    azurePrivateOfferId = uuid,
    azureSaasSubscriptionAutoRenew = nullable(flag),
    azureSaasSubscriptionEnd = null_or_text,
    azureSaasSubscriptionId = null_or_text,
    azureSaasSubscriptionName = null_or_text,
    azureSaasSubscriptionStart = null_or_text,
    azureSaasSubscriptionStatus = null_or_text,
  },
  direct = payment_spec {
    redeemedBy = null_or_text, salesOrderNumber = text, status = text,
  },
} }

local payment_method = whole {
  metadata = object(has("created createdBy createdByEmail id organizationId", {
    created = date_time, createdBy = uuid, createdByEmail = text,
    displayName = text, id = uuid, organizationId = nullable(uuid),
  })),
  spec = payment_specs,
  status = whole { isActive = flag, termsAndConditionsAccepted = flag },
  related = whole { projects = texts },
}

local price = object(has("displayName name price sku unit", {
  displayName = null_or_text, name = text, price = number, sku = null_or_text,
  unit = null_or_text,
  locationPrices = list(whole {
    locationGroup = text, price = number, sku = null_or_text,
  }),
}))

local rate_card = resource(has("*", {
  isPrivateOffer = flag, paymentMethodId = uuid, productPublicationId = uuid,
  productPublicationName = text,
}), has("*", {
  currency = text,
  rateCard = list(whole {
    family = text, prices = list(price), solution = text,
  }),
}))

local report = whole {
  supplemental = whole {
    download = flag, ["end"] = date, start = date, format = text,
    granularity = text, groupBy = texts, records = integer,
    filters = whole {
      meterNames = texts, paymentMethodIds = list(uuid), projectNames = texts,
    },
  },
  value = list(whole {
    cost = text, currency = text, date = date_time,
    dateProcessed = nullable(date_time), entitlement = nullable(uuid),
    entitlementType = null_or_text, family = text, meterName = text,
    meterSku = null_or_text, paymentMethod = uuid,
    paymentMethodName = null_or_text, price = number, project = text,
    quantity = number, solution = text, unit = null_or_text,
  }),
}

local project_report = whole {
  supplemental = whole {
    ["end"] = text, start = text, project = text, records = integer,
  },
  value = list(whole {
    family = text, meterName = text, quantity = number, solution = text,
    unit = text,
  }),
}

local role = resource(
  has("*", { categories = texts, id = uuid, name = text }),
  has("*", {
    capabilities = list(whole { capability = text }), description = text,
  }))

local named = has("*", { id = uuid, name = text })

local scope = resource(named, has("*", {
  description = text, resources = list(whole { id = uuid, type = text }),
}))

local team = resource(named, has("members scopes", {
  description = text,
  members = map(whole { email = text, isTeamAdmin = flag, name = text }),
  scopes = map(whole { roles = texts }),
}))

local token = resource(has("id type", {
  JWT = text, id = uuid,
  type = one_of("login", "full-access", "restricted", "ephemeral"),
}), has("expires issued lastUsed organizationId revoked user", {
  description = text, expires = date_time, issued = date_time,
  lastUsed = nullable(date), organizationId = nullable(uuid),
  permissions = map(any), revoked = nullable(date_time), revokedBy = text,
  user = text,
}))

local user = resource(identified, has("*", {
  avatar = text, email = text, name = text,
}))

local project = resource(has("*", {
  cloud = whole { displayName = text, id = uuid, name = text },
  created = date_time, createdBy = uuid, createdByEmail = text,
  createdById = uuid, createdByName = text, displayName = text, id = uuid,
  name = text, updated = date_time,
}), has("*", {
  assignedPaymentMethodId = nullable(uuid), displayName = text,
  isActive = flag, locationDisplayName = text, locationId = uuid,
  locationName = text, name = text,
}))

local metrics = object(has("kind spec", {
  kind = word, spec = whole { enabled = flag },
  status = whole { password = text, url = text, username = text },
}))

local rule = plain(named, has(
  "enabled events url", {
  authentication = object { headers = map(text), queryParams = map(text) },
  enabled = flag, events = list(event), headers = map(text),
  queryParams = map(text), url = text,
}))

local delivery = whole {
  created = date_time, source = text, type = event,
  status = one_of("Pending", "Retrying", "Failed", "Sent"),
}

local membership = resource(named, {
  invite = whole {
    comment = text, invitedBy = null_or_text,
    state = one_of("accepted", "pending"),
  },
})

-- Operations ------------------------------------------------------------------

local M = {}

--- The shape of the answer to each operation that answers with JSON.
---@type table<string, mkrun.rest.Shape>
M.answers = {
  ["well_known.jwks"] = whole { keys = list(any) },
  ["well_known.revoked"] = whole { revokedTokens = texts },
  ["old_profile.get"] = old_profile, ["old_profile.put"] = old_profile,
  ["locations.list"] = kind_list(location), ["locations.get"] = location,
  ["organization.get"] = organization, ["organization.patch"] = organization,
  ["organization.create"] = organization,
  ["invites.list"] = kind_list(invite), ["invites.get"] = invite,
  ["invites.create"] = invite,
  ["payment_methods.list"] = page(payment_method),
  ["payment_methods.get"] = payment_method,
  ["payment_methods.patch"] = payment_method,
  ["payment_methods.rate_card"] = rate_card,
  ["project_payment_method.get"] = payment_method,
  ["reports.usage"] = report, ["project_usage.get"] = project_report,
  ["roles.list"] = kind_list(role), ["roles.get"] = role,
  ["scopes.list"] = kind_list(scope), ["scopes.get"] = scope,
  ["teams.list"] = kind_list(team), ["teams.get"] = team,
  ["teams.patch"] = team, ["teams.put"] = team,
  ["tokens.list"] = kind_list(token), ["my_tokens.list"] = kind_list(token),
  ["my_tokens.get"] = token, ["my_tokens.create"] = token,
  ["users.list"] = kind_list(user), ["users.get"] = user,
  ["projects.list"] = page(project), ["projects.get"] = project,
  ["projects.patch"] = project, ["projects.put"] = project,
  ["metrics.get"] = metrics, ["metrics.patch"] = metrics,
  ["webhooks.list"] = whole { value = list(rule) },
  ["webhooks.get"] = rule, ["webhooks.put"] = rule,
  ["webhooks.events"] = page(delivery),
  ["my_organizations.list"] = kind_list(membership),
  ["my_organizations.get"] = membership,
  ["my_organizations.patch"] = membership,
  ["profile.get"] = profile, ["profile.patch"] = profile,
  -- The contract describes no body of this answer; the guides have these two.
  ["rbac.get"] = whole { teams = map(any), rbac = map(map(map(texts))) },
}

--- The shape of the body of an error.  `extraDetail` may always be missing.
---@type mkrun.rest.Shape
M.error = whole {
  error = object(has("code detail", { code = word, detail = text,
    extraDetail = { kind = "map", value = any, is_rare = true } })),
  ref = text, status = integer,
}

return M
