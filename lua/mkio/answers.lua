--- Declares the members that mkrun needs in each operation's answer.
--- `mkrun.rest.session` and the reads of a dry run check each answer once, when
--- the answer arrives.
---
--- Only members that flows and resources use are declared.  A member that is
--- only printed may have any type.  A member that is not declared may be
--- missing.  A text may have a value that mkrun does not know.
---
--- A member whose name ends in "!" is required, and may be null only with
--- `nullable`.  For example, `revoked` is required of a token, because mkrun
--- must know whether the token is valid.
---
--- A caller that needs only a part of an answer names the part: `{needs =
--- "names"}`.  Then only the members of that part are checked.
-- SPDX-License-Identifier: MIT

local decimal = require "mkrun.decimal"
local json = require "mkrun.json"

local shape = require "mkrun.rest.shape"

local some, map, list = shape.some, shape.map, shape.list
local text, flag = shape.text(), shape.flag()
local text_or_null = shape.nullable(text)

local texts = list(text)

--- The shape of an amount of usage or money: a decimal number as text, or a
--- number.
local amount = { kind = "any", check = function(value)
  if type(value) == "number" then return nil end
  if type(value) ~= "string" then return shape.mismatch("amount", value) end
  return not decimal.sum { value } and "amount expected, got string" or nil
end }

--- The shape of a role's capability: a text, or an object with the member
--- `capability`.
local capability = { kind = "any", check = function(value)
  if type(value) == "string" then return nil end
  local ok, pointer, expected =
    shape.check(some { ["capability!"] = text }, value)
  if not ok then return expected, pointer end
end }

--- The shape of a page of a list.
local function page(item)
  return some { ["value!"] = list(item), ["@odata.nextLink"] = text }
end

local named = some { ["name!"] = text }
local identified = some { ["id!"] = text }
local anything = some {}

local rights = map(map(map(texts)))

local organization = some {
  ["metadata!"] = some { ["id!"] = text, isActive = flag },
  ["spec!"] = some {
    ["name!"] = text, legalEntityAddress = text, legalEntityName = text,
    legalEntityContactEmail = text, legalEntityOfficer = text,
  },
}

local invite = some {
  ["metadata!"] = some { ["id!"] = text, created = text },
  ["spec!"] = some {
    ["email!"] = text, comment = text, teams = texts, invitedByEmail = text,
  },
}

--- The fields required of an invite that will be sent again.  The new invite
--- gets the comment of the old invite.
local whole_invite = some {
  ["metadata!"] = invite.fields.metadata,
  ["spec!"] = some {
    ["email!"] = text, ["comment!"] = text, teams = texts,
    invitedByEmail = text,
  },
}

local terms = some { ["termsAndConditionsAccepted!"] = flag }

local payment_method = some {
  ["metadata!"] = some { ["id!"] = text, displayName = text },
  ["status!"] = some {
    ["isActive!"] = flag, ["termsAndConditionsAccepted!"] = flag,
  },
}

local members = map(some { ["isTeamAdmin!"] = flag, email = text })

local team = some {
  description = text, members = members,
  scopes = map(some { ["roles!"] = texts }),
}

--- The fields required of a team that is only printed.
local shown_team = some {
  description = text, members = map(some {}),
  scopes = map(some { roles = texts }),
}

--- The shape of a token with an id, `spec.revoked`, and the given members of
--- `spec`.
local function token_with(spec)
  spec["revoked!"] = text_or_null
  return some { ["metadata!"] = identified, ["spec!"] = some(spec) }
end

local token = some {
  ["metadata!"] = some { ["id!"] = text, ["type!"] = text },
  ["spec!"] = some {
    description = text, organizationId = text, permissions = rights,
    ["revoked!"] = text_or_null, ["lastUsed!"] = text_or_null,
    ["expires!"] = text, ["issued!"] = text,
  },
}

local anybodys_token = some {
  ["metadata!"] = token.fields.metadata,
  ["spec!"] = some {
    description = text, permissions = rights, ["revoked!"] = text_or_null,
    ["lastUsed!"] = text_or_null, ["expires!"] = text, ["user!"] = text,
  },
}

local lasting_token = some {
  ["metadata!"] = token.fields.metadata,
  ["spec!"] = some {
    description = text, ["revoked!"] = text_or_null,
    ["lastUsed!"] = text_or_null, ["expires!"] = text,
  },
}

local project_spec = some {
  displayName = text, ["locationName!"] = text, ["isActive!"] = flag,
  ["assignedPaymentMethodId!"] = text_or_null,
}

local project = some {
  ["metadata!"] = some { ["id!"] = text, displayName = text },
  ["spec!"] = project_spec,
}

local listed_project = some {
  ["metadata!"] =
    some { ["id!"] = text, ["name!"] = text, displayName = text },
  ["spec!"] = project_spec,
}

local rule_spec = some {
  ["url!"] = text, ["enabled!"] = flag, ["events!"] = texts,
  headers = map(text), queryParams = map(text),
  authentication = some { headers = map(text), queryParams = map(text) },
}

local membership = some {
  ["metadata!"] = some { ["id!"] = text, ["name!"] = text },
  spec = some { invite = some { ["state!"] = text } },
}

local profile = some {
  ["metadata!"] = identified,
  ["spec!"] = some {
    contactEmail = text, name = text, company = text, country = text,
    jobRole = text, phoneNumber = text,
  },
}

--- Maps each operation to the shape of its answer.  The answer to an operation
--- that is not listed must be an object.
---@type table<string, mkrun.rest.Shape>
local needs = {
  ["well_known.jwks"] = some { ["keys!"] = list(shape.any()) },
  ["well_known.revoked"] = some { ["revokedTokens!"] = texts },
  ["locations.list"] = page(some { ["metadata!"] = named }),
  ["organization.get"] = organization,
  ["invites.list"] = page(invite),
  ["invites.get"] = some { ["spec!"] = invite.fields.spec },
  ["payment_methods.list"] = page(payment_method),
  ["payment_methods.get"] =
    some { metadata = some { displayName = text }, ["status!"] = terms },
  ["reports.usage"] = page(some {
    ["cost!"] = amount, ["quantity!"] = amount, ["currency!"] = text,
    date = text,
  }),
  ["roles.list"] = page(some {
    ["metadata!"] = named, spec = some { capabilities = list(capability) },
  }),
  ["scopes.list"] = page(some {
    ["metadata!"] = named, spec = some { resources =
      list(some { ["id!"] = text, ["type!"] = text }) },
  }),
  ["teams.list"] = page(some { ["metadata!"] = named, ["spec!"] = team }),
  ["teams.get"] = some { ["spec!"] = team },
  ["teams.patch"] = some { ["spec!"] = team },
  ["teams.put"] = some { spec = shown_team },
  ["tokens.list"] = page(anybodys_token),
  ["users.list"] = page(some {
    ["metadata!"] = identified, ["spec!"] = some { ["email!"] = text },
  }),
  ["projects.list"] = page(listed_project),
  ["projects.get"] = project,
  ["projects.put"] = project,
  ["metrics.get"] = some { ["spec!"] = some { ["enabled!"] = flag } },
  ["webhooks.list"] =
    page(some { ["metadata!"] = named, ["spec!"] = rule_spec }),
  ["webhooks.get"] = some { ["spec!"] = rule_spec },
  ["webhooks.events"] = page(some { ["status!"] = text, created = text }),
  ["my_organizations.list"] = page(membership),
  ["profile.get"] = profile,
  ["rbac.get"] = some { ["rbac!"] = rights },
  ["my_tokens.list"] = page(token),
  ["my_tokens.get"] = some { metadata = some { type = text },
    ["spec!"] = some {
      organizationId = text, description = text, ["revoked!"] = text_or_null,
    } },
  ["my_tokens.create"] =
    some { ["metadata!"] = some { ["id!"] = text, ["JWT!"] = text } },
}

local names = page(some { ["metadata!"] = named })
local ids_and_names =
  page(some { ["metadata!"] = some { ["id!"] = text, ["name!"] = text } })

local name_of_token = page(token_with { description = text,
  organizationId = text })

--- Maps each operation to its parts: each part's name and the shape of the
--- answer if the caller needs only this part.
---@type table<string, table<string, mkrun.rest.Shape>>
local parts = {
  ["organization.get"] = {
    id = some { ["metadata!"] = identified }, name = some {
      metadata = some { isActive = flag }, ["spec!"] = named },
  },
  ["invites.list"] = {
    people = page(some { ["metadata!"] = identified, ["spec!"] =
      some { ["email!"] = text, invitedByEmail = text } }),
    whole = page(whole_invite),
  },
  ["roles.list"] = { names = names },
  ["scopes.list"] = { names = names },
  ["teams.list"] = { names = names, members = page(some {
    ["metadata!"] = named, ["spec!"] = some { members = members } }) },
  ["projects.list"] = { names = ids_and_names },
  ["webhooks.list"] = { names = names },
  ["tokens.list"] = {
    names = name_of_token, lives = page(lasting_token),
    owners = page(token_with { description = text, ["user!"] = text }),
  },
  ["my_tokens.list"] = { names = name_of_token, lives = page(lasting_token) },
  ["my_tokens.get"] = { type = some { metadata = some { type = text } },
    home = some { ["spec!"] = some { organizationId = text } },
    life = some { ["spec!"] = some { ["revoked!"] = text_or_null } } },
}

local M = {}

local function need_of(operation, part)
  local need = needs[operation.key] or anything
  if not part then return need end
  local found = parts[operation.key] and parts[operation.key][part]
  return found or error(("no part '%s' of the answer to %s")
    :format(part, operation.key), 0)
end

--- Returns true if the body is an API error although the status means success.
local function is_error(answer)
  return type(answer) == "table" and type(answer.error) == "table"
    and answer.metadata == nil and answer.value == nil
end

--- Checks that an answer has the members that mkrun needs.
---@param operation mkrun.rest.Operation
---@param answer any   the decoded body; nil without a body
---@param part? string  name of the part that the caller needs (default: all)
---@return true? ok
---@return string? pointer   JSON Pointer of the first wrong member
---@return string? expected  a text such as "string expected, got number"
function M.check(operation, answer, part)
  local need = need_of(operation, part)
  if is_error(answer) and need == anything then
    return nil, "", "document expected, got an error"
  end
  return shape.check(need, answer)
end

--- Checks an answer like `check`, but returns the fault as one text.
---@param operation mkrun.rest.Operation
---@param answer any   the decoded body
---@return string? complaint  a text such as "at '/value/0': object expected,
---  got null"
function M.complaint(operation, answer)
  local ok, pointer, expected = M.check(operation, answer)
  if ok then return nil end
  return ("%s: %s"):format(shape.place(pointer), expected)
end

--- Removes the elements of a list that lack a needed member.  Does nothing if
--- the operation or the answer is not a list.
---@param operation mkrun.rest.Operation
---@param answer any   the decoded body, which is changed in place
function M.prune(operation, answer)
  local need = need_of(operation).fields.value
  local items = type(answer) == "table" and answer.value
  if not operation.list or not json.is_array(items) then return end
  for i = #items, 1, -1 do
    if not shape.check(need.item, items[i]) then table.remove(items, i) end
  end
end

return M
