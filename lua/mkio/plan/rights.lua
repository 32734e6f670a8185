--- Finds the smallest permissions of a restricted token that can send the
--- requests of a run.  `mkio.plan.overlay` passes this on to
--- `mkrun.plan.rights`.
---
--- The table of operations names the capabilities of each request.  Where one
--- of several is enough, the permissions have one.  Resources are named, and
--- have no ids.  What the permissions cannot express becomes a remark.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local operations = require "mkio.operations"
local permissions = require "mkio.permissions"
local places_of = require "mkio.plan.places"
local requests = require "mkrun.layer.request"
local value = require "mkrun.value"

local dig = value.dig

local ORGANIZATION <const>, PROJECT <const> = "core.customer", "core.project"

--- Types of tokens with permissions of their own.  A token of another type has
--- all rights of its user.
local CUT <const> = { restricted = true, ephemeral = true }

local FORBIDDEN <const> = 403

---@class mkio.plan.Need   what one request needs
---@field operation mkrun.rest.Operation
---@field project? string  name of the project in the path
---@field action? string   what a planned write does
---@field what string      the request, for messages
---@field reads? mkrun.OptionalReads   set if the run can do without
---@field names? table<string, true>   the items of a list that the run looks at

---@class mkio.plan.Rights
---@field granted table   type -> name or id -> capability -> true
---@field exact table     those of `granted` that the run gives to a new token
---@field places mkio.plan.Places
---@field remarks string[]
---@field said table<string, true>
local Rights = {}
Rights.__index = Rights

--- Adds a remark, once.  Returns nil.
function Rights:say(text, ...)
  local remark = text:format(...)
  if not self.said[remark] then table.insert(self.remarks, remark) end
  self.said[remark] = true
end

-- Granting --------------------------------------------------------------------

local function inner(map, key)
  map[key] = map[key] or {}
  return map[key]
end

local function is_granted(self, place, capability)
  return dig(self.granted, place.type, place.key, capability)
    or permissions.is_wide(capability) and dig(self.granted, ORGANIZATION,
      self.places.organization.key, capability)
end

local function all_granted(self, places, capability)
  for _, place in ipairs(places or {}) do
    if not is_granted(self, place, capability) then return false end
  end
  return places ~= nil and places[1] ~= nil
end

--- Returns the places of a need.  A list of projects is whole also with the
--- right on each of them.
local function places_for(self, need, capability)
  if need.operation.key == "projects.list" then
    local each = self.places:projects(capability, need.names)
    if each and need.names then return each end
    if all_granted(self, each, capability) then return each end
  end
  return self.places:of(need.operation, need.project, capability)
end

--- Returns the capabilities of the operation that the token of this run has, or
--- all of them.
local function possible(self, need)
  local can = {}
  for _, capability in ipairs(need.operation.can) do
    if self.places:holds_somewhere(capability) then
      can[#can + 1] = capability
    end
  end
  return can[1] and can or need.operation.can
end

--- Returns the capability to ask for: one that is granted anyway, or the one
--- that fits what the write does.
local function choose(self, need)
  local can, fitting = possible(self, need), nil
  for _, capability in ipairs(can) do
    if all_granted(self, places_for(self, need, capability), capability) then
      return capability
    end
    if need.action == "update" and capability:find "%.update$" then
      fitting = capability
    end
  end
  return fitting or can[1]
end

local function grant(self, need, place, capability)
  inner(inner(self.granted, place.type), place.key)[capability] = true
  if not self.places:holds(place.type, place.id, capability) then
    self:say("the token of this run lacks %s on %s, and cannot give it (%s)",
      capability, place.text, need.what)
  end
end

--- Says what becomes of a right on a project that does not exist yet.
local function tell_new(self, need, capability, is_expressible)
  if is_expressible then
    self:say("%s is asked for on the organization, because the project '%s' "
      .. "does not exist yet", capability, need.project)
  else
    self:say("not expressible: %s on the project '%s', which does not exist "
      .. "yet and so has no id (%s)", capability, need.project, need.what)
  end
end

local function is_new(self, need)
  return need.project and need.operation.key ~= "projects.put"
    and not self.places:exists(need.project)
end

local function grant_all(self, need)
  local capability = choose(self, need)
  local places = places_for(self, need, capability)
  if is_new(self, need) then
    tell_new(self, need, capability, places[1] ~= nil)
  end
  for _, place in ipairs(places) do grant(self, need, place, capability) end
end

--- Removes the rights on projects that are granted on the organization, too.
local function drop_double(self)
  local all = dig(self.granted, ORGANIZATION, self.places.organization.key)
  for key, capabilities in pairs(self.granted[PROJECT] or {}) do
    for capability in pairs(all or {}) do
      if permissions.is_wide(capability)
        and not dig(self.exact, PROJECT, key, capability) then
        capabilities[capability] = nil
      end
    end
  end
end

-- New tokens ------------------------------------------------------------------

--- Grants what a new restricted token shall have: nobody gives more than they
--- have.
local function grant_permissions(self, wanted, what)
  permissions.walk(wanted, function(type_, id, family, verbs)
    if self.places.made[id] then
      return self:say("not expressible: rights on what the run creates, which "
        .. "it gives to a new token (%s)", what)
    end
    local key = self.places.names[id] or id
    for _, verb in ipairs(verbs) do
      local capability = family .. "." .. verb
      inner(inner(self.granted, type_), key)[capability] = true
      inner(inner(self.exact, type_), key)[capability] = true
    end
  end)
end

--- A token with permissions of its own cannot make one with all rights.
local function grant_token(self, text, what)
  local body = json.decode(text or "")
  local type_ = dig(body, "type")
  if CUT[type_] then
    return grant_permissions(self, dig(body, "permissions") or {}, what)
  end
  self:say("not expressible: the run makes a token of the type '%s', which has "
    .. "all rights of its user, and no restricted token may do that (%s)",
    tostring(type_), what)
end

-- Requests --------------------------------------------------------------------

---@class mkio.plan.RightsRequest: mkrun.AskedRequest
---@field parsed? mkio.model.Request   nil for a request to another server
---@field what string   method and path, for messages

local function parse(api, list)
  for _, asked in ipairs(list) do
    local here, parsed = api:local_request(asked.request)
    asked.parsed = here and parsed
    asked.what = ("%s %s"):format(requests.method(asked.request),
      here and parsed.path or requests.url(asked.request))
  end
end

--- Returns the operation of a request, or nil after a remark.
local function operation_of(self, asked)
  local parsed = asked.parsed
  if not parsed then
    return self:say("%s goes to another server, and is not counted", asked.what)
  end
  local method = parsed.method == "HEAD" and "GET" or parsed.method
  local operation, at = operations.match(method, parsed.path)
  if operation then return operation, at end
  return self:say("%s is no operation that mkrun knows: nobody knows what it "
    .. "needs", asked.what)
end

--- Deals with what a request means beyond its capability.
local function look_into(self, operation, asked)
  if operation.key == "my_tokens.create" then
    grant_token(self, asked.parsed.text, asked.what)
  elseif operation.key == "rbac.get" then
    self:say("%s tells the run what its own token may do: with these rights it "
      .. "tells no more than these", asked.what)
  end
end

--- Returns what a request needs.  Returns nil if it needs no capability, or
--- after a remark.
local function need_of(self, asked)
  local operation, at = operation_of(self, asked)
  if not operation or operation.auth == "none" or not asked.parsed.digest then
    return nil
  elseif operation.auth == "capability" and asked.is_foreign then
    return self:say("%s is sent with another token than that of the run, and "
      .. "is not counted", asked.what)
  end
  if not asked.is_foreign then look_into(self, operation, asked) end
  if operation.auth ~= "capability" then return nil end
  if asked.status == FORBIDDEN then
    return self:say("the token of this run lacks %s, and the run went on "
      .. "without (%s)", table.concat(operation.can, " or "), asked.what)
  end
  local reads = asked.reads
  return { operation = operation, project = at.project_name,
    action = asked.action, what = asked.what, names = reads and reads.names,
    reads = reads and not reads.is_needed and reads or nil }
end

--- Says what the run does not do if an optional read is refused.
local function tell_optional(self, need)
  local capability = choose(self, need)
  local places = places_for(self, need, capability)
  if all_granted(self, places, capability) then return end
  for _, place in ipairs(places) do
    self:say("%s on %s is left out: without it, the run %s", capability,
      place.text, need.reads.why)
  end
end

--- Returns the step in which a need is dealt with.  What leaves a choice comes
--- later, when it is known what is granted anyway.
local function step_of(need)
  if need.reads then return 4 end
  if need.operation.key == "projects.list" then return 3 end
  return need.operation.can[2] and 2 or 1
end

local function grant_needs(self, needs)
  for step = 1, 3 do
    for _, need in ipairs(needs) do
      if step_of(need) == step then grant_all(self, need) end
    end
  end
  drop_double(self)
  for _, need in ipairs(needs) do
    if need.reads then tell_optional(self, need) end
  end
end

--- Notes the names of the projects that the run creates.
local function note_new(places, list)
  for _, asked in ipairs(list) do
    local path = asked.parsed and asked.parsed.path
    local operation, at = operations.match("PUT", path or "")
    if operation and operation.key == "projects.put"
      and asked.action == "create" then
      places.new[at.project_name] = true
    end
  end
end

local function document_of(granted)
  local document = json.object {}
  for type_, resources in pairs(granted) do
    for key, capabilities in pairs(resources) do
      for _, capability in ipairs(value.names(capabilities)) do
        permissions.add(document, type_, key, capability)
      end
    end
  end
  return document
end

local function first_of(list)
  for _, asked in ipairs(list) do
    if asked.parsed and asked.parsed.digest and not asked.is_foreign then
      return asked.request
    end
  end
end

local M = {}

--- Returns the smallest permissions that a run needs, with the names of
--- resources in the place of their ids.
---@param api mkio.plan.Overlay
---@param list mkrun.AskedRequest[]   the requests of the run, in any order
---@return table permissions   in the form of a restricted token's
---@return string[] remarks    what the permissions do not say
function M.of(api, list)
  parse(api, list)
  local self = setmetatable({ granted = {}, exact = {}, remarks = {}, said = {},
    places = places_of.read(api, first_of(list)) }, Rights)
  note_new(self.places, list)
  local needs = {}
  for _, asked in ipairs(list) do needs[#needs + 1] = need_of(self, asked) end
  grant_needs(self, needs)
  local document = document_of(self.granted)
  if not next(document) then
    self:say "no capability is needed: any valid token of the user will do"
  end
  return document, self.remarks
end

return M
