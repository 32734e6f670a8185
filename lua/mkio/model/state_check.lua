--- Checks a sandbox state from a file, because somebody may have edited or
--- damaged the file.  Each member that a handler reads must exist.  Each id or
--- name must refer to an existing object.  `mkio.model.world` calls this
--- module.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local shape = require "mkrun.rest.shape"

local some, map, list = shape.some, shape.map, shape.list
local text, flag = shape.text(), shape.flag()
local texts, date_time = list(text), shape.text { format = "date-time" }

local M = {}

local user = some { ["id!"] = text, ["name!"] = text, ["email!"] = text }

local role = some { ["id!"] = text, ["name!"] = text,
  ["capabilities!"] = texts }

local location = some { ["id!"] = text, ["name!"] = text,
  ["cloud!"] = some { ["region!"] = some { ["name!"] = text } } }

local token = some {
  ["id!"] = text, ["userId!"] = text, ["type!"] = text, digest = text,
  ["expires!"] = date_time, issued = date_time, description = text,
  ["revoked!"] = shape.nullable(text), organizationId = shape.nullable(text),
  permissions = shape.nullable(map(map(map(texts)))),
}

local rule = some {
  ["id!"] = text, ["name!"] = text, ["events!"] = list(some {}),
  ["spec!"] = some { authentication = map(map(text)) },
}

local project = some {
  ["id!"] = text, ["name!"] = text, ["locationId!"] = text,
  paymentMethodId = text, ["webhooks!"] = list(rule), metrics = some {},
  ["createdById!"] = text,
}

local team = some {
  ["id!"] = text, ["name!"] = text, description = text,
  ["members!"] = map(some { ["isTeamAdmin!"] = flag }),
  ["scopes!"] = map(some { ["roles!"] = texts }),
}

local scope = some {
  ["id!"] = text, ["name!"] = text, allProjects = flag,
  resources = list(some { ["id!"] = text, ["type!"] = text }),
}

local invite = some { ["id!"] = text, ["email!"] = text, comment = text,
  ["invitedById!"] = text, ["created!"] = date_time, ["teams!"] = texts }

local payment_method = some { ["id!"] = text, ["createdById!"] = text,
  ["spec!"] = some {} }

local organization = some {
  ["id!"] = text, ["createdById!"] = text,
  ["spec!"] = some { ["name!"] = text },
  ["members!"] = texts, ["teams!"] = list(team), ["scopes!"] = list(scope),
  ["invites!"] = list(invite), ["projects!"] = list(project),
  ["paymentMethods!"] = list(payment_method),
}

local state = some {
  caller = text,
  ["users!"] = shape.list(user, { min = 1 }), ["roles!"] = list(role),
  ["locations!"] = list(location), ["tokens!"] = list(token),
  ["organizations!"] = shape.list(organization, { min = 1 }),
  providers = map(map(shape.any())),
  recorded = list(some { ["url!"] = text }),
}

-- Checking references between objects ----------------------------------------

local function by(items, member)
  local found = {}
  for _, item in ipairs(items) do found[item[member]] = true end
  return found
end

--- Checks references.  The object keeps the first reference to a missing
--- object, and the JSON pointer of that reference.
local Names = {}
Names.__index = Names

function Names:expect(known, what, name, at)
  if name == nil or name == json.null or known[name] or self.fault then
    return
  end
  self.fault, self.at = ("%s expected, got '%s'"):format(what, name), at
end

local function each(items, at, look)
  for i, item in ipairs(items) do look(item, ("%s/%d"):format(at, i - 1)) end
end

function Names:team(item, scopes, at)
  for id in pairs(item.members) do
    self:expect(self.users, "id of a user", id, at .. "/members")
  end
  for name, granted in pairs(item.scopes) do
    self:expect(scopes, "name of a scope", name, at .. "/scopes")
    for _, given in ipairs(granted.roles) do
      self:expect(self.roles, "name of a role", given,
        ("%s/scopes/%s/roles"):format(at, name))
    end
  end
end

function Names:creators(items, at)
  each(items, at, function(item, place)
    self:expect(self.users, "id of a user", item.createdById,
      place .. "/createdById")
  end)
end

function Names:project(item, methods, at)
  self:expect(self.locations, "id of a location", item.locationId,
    at .. "/locationId")
  self:expect(methods, "id of a payment method", item.paymentMethodId,
    at .. "/paymentMethodId")
end

function Names:organization(item, at)
  local scopes, methods = by(item.scopes, "name"), by(item.paymentMethods, "id")
  each(item.members, at .. "/members", function(id, place)
    self:expect(self.users, "id of a user", id, place)
  end)
  each(item.invites, at .. "/invites", function(one, place)
    self:expect(self.users, "id of a user", one.invitedById,
      place .. "/invitedById")
  end)
  self:creators(item.projects, at .. "/projects")
  self:creators(item.paymentMethods, at .. "/paymentMethods")
  each(item.teams, at .. "/teams", function(one, place)
    self:team(one, scopes, place)
  end)
  each(item.projects, at .. "/projects", function(one, place)
    self:project(one, methods, place)
  end)
end

function Names:tokens(items)
  each(items, "/tokens", function(one, place)
    self:expect(self.users, "id of a user", one.userId, place .. "/userId")
  end)
end

--- Reports a scope that neither covers all projects nor lists its resources.
function Names:scopes(item, at)
  each(item.scopes, at .. "/scopes", function(one, place)
    if not one.allProjects and not one.resources and not self.fault then
      self.fault, self.at = "array expected, got nothing", place .. "/resources"
    end
  end)
end

local function check_names(value)
  local names = setmetatable({ users = by(value.users, "id"),
    roles = by(value.roles, "name"), locations = by(value.locations, "id") },
    Names)
  names:creators(value.organizations, "/organizations")
  each(value.organizations, "/organizations", function(one, at)
    names:organization(one, at)
    names:scopes(one, at)
  end)
  names:tokens(value.tokens)
  names:expect(by(value.users, "email"), "address of a user", value.caller,
    "/caller")
  return names.at, names.fault
end

--- Finds the first fault of a state.
---@param value any
---@return string? pointer   JSON pointer to the fault; nil if there is none
---@return string? fault     a description of the fault
function M.fault(value)
  local ok, pointer, fault = shape.check(state, value)
  if ok then return check_names(value) end
  return pointer, fault
end

return M
