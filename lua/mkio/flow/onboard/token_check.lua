--- The part of the preflight that checks a token of a SPEC.  The permissions
--- must exist, the caller must have them, and the file must be writable.
--- `mkio.flow.onboard.preflight` calls it.
-- SPDX-License-Identifier: MIT

local near = require "mkrun.rest.suggestion"
local own_tokens = require "mkio.flow.common.own_tokens"
local permissions = require "mkio.permissions"
local tokens = require "mkio.flow.common.spec_token"
local token_file = require "mkio.resource.token_file"
local value = require "mkrun.value"

local M = {}

--- The word for a resource of each type, for messages.
local KINDS <const> =
  { ["core.customer"] = "organization", ["core.project"] = "project" }

--- Returns the capabilities of all roles and of the caller as a set.  Returns
--- nil if the roles cannot be read.
local function known_capabilities(preflight, rbac)
  local roles, seen = preflight:list "roles", {}
  if not roles then return nil end
  for _, role in ipairs(roles) do
    for _, entry in ipairs(value.dig(role, "spec", "capabilities") or {}) do
      seen[type(entry) == "table" and entry.capability or entry] = true
    end
  end
  permissions.walk(rbac, function(_, _, family, verbs)
    for _, verb in ipairs(verbs) do seen[family .. "." .. verb] = true end
  end)
  return seen
end

local function known_types(rbac)
  local types = {}
  for type_ in pairs(rbac) do types[type_] = true end
  for type_ in pairs(KINDS) do types[type_] = true end
  return value.names(types)
end

--- Returns the ids of the resources by type and name.  The id of a project that
--- the SPEC will create is `false`.
local function resource_ids(preflight)
  local here, projects = preflight.here, {}
  for _, wish in ipairs(preflight.spec.projects or {}) do
    if not wish.is_part then projects[wish.name] = false end
  end
  for name, project in pairs(preflight.projects) do
    projects[name] = project.metadata.id
  end
  return {
    ["core.customer"] = { [here.spec.name] = here.metadata.id },
    ["core.project"] = projects,
  }
end

--- Returns the ids in a map from names to ids, as a set.
local function set_of_ids(by_name)
  local set = {}
  for _, id in pairs(by_name) do set[id] = true end
  return set
end

--- Returns the facts that all tokens of one run share.  They are read once.
local function facts_of(preflight)
  local facts = preflight.token_facts
  if facts then return facts end
  facts = { rbac = preflight.lists:items "rbac",
    ids = resource_ids(preflight), is_id = {},
    own = own_tokens.new(preflight.org.me.tokens, true,
      preflight.lists:items "my_tokens") }
  for type_, by_name in pairs(facts.ids) do
    facts.is_id[type_] = set_of_ids(by_name)
  end
  facts.capabilities = known_capabilities(preflight, facts.rbac)
  facts.types = value.set(known_types(facts.rbac))
  preflight.token_facts = facts
  return facts
end

local function check_verb(preflight, facts, place, verb, at)
  local capability, known = place.family .. "." .. verb, facts.capabilities
  if known and not known[capability] then
    local hint = near.hint(capability, value.names(known))
    preflight:complain(("there is no permission '%s'%s"):format(capability,
      hint and ": " .. hint or ""), table.unpack(at))
  elseif place.id and not place.is_made and not value.set(value.dig(
    facts.rbac, place.type, place.id, place.family))[verb] then
    preflight:complain(("you do not have '%s' for it, and a token cannot have "
      .. "more rights than its maker"):format(capability), table.unpack(at))
  end
end

--- Returns true if the resource is known, and its id if it already exists.
local function check_resource(preflight, facts, type_, name, ...)
  local ids = facts.ids[type_] or {}
  if value.dig(facts.rbac, type_, name)
    or value.dig(facts.is_id, type_, name) then
    return true, name
  end
  local known =
    preflight:check_name(KINDS[type_] or "resource", name, ids, ...)
  return known, ids[name] or nil
end

local function check_families(preflight, facts, place, families, at)
  for _, family in ipairs(value.names(families)) do
    place.family = family
    for j, verb in ipairs(families[family]) do
      local where = { table.unpack(at) }
      table.move({ family, j - 1 }, 1, 2, #where + 1, where)
      check_verb(preflight, facts, place, verb, where)
    end
  end
end

local function is_in_place(preflight, facts, wish)
  local resolved = setmetatable({
    permissions = permissions.resolve(wish.permissions, facts.ids),
  }, { __index = wish })
  return tokens.is_in_place(facts.own, resolved, preflight.here.metadata.id)
end

--- A token that is made already needs no rights of its maker any more.
local function check_permissions(preflight, facts, i, wish)
  local found, is_made = pcall(is_in_place, preflight, facts, wish)
  local wanted = wish.permissions
  for _, type_ in ipairs(value.names(wanted)) do
    local known = preflight:check_name("resource type", type_, facts.types,
      "tokens", i, "permissions", type_)
    for _, name in ipairs(known and value.names(wanted[type_]) or {}) do
      local at = { "tokens", i, "permissions", type_, name }
      local there, id =
        check_resource(preflight, facts, type_, name, table.unpack(at))
      if there then
        check_families(preflight, facts, { type = type_, id = id,
          is_made = found and is_made }, wanted[type_][name], at)
      end
    end
  end
end

--- Raises unless the file may be replaced and can be written.  `ensure` makes
--- the same checks later.
local function check_file(preflight, wish)
  tokens.check_replaceable(preflight.org.me.tokens, wish,
    preflight.here.metadata.id, preflight.token_facts.own)
  token_file.reserve(wish.file):close()
end

--- Checks one token of the SPEC.  Adds the problems to `preflight`.
---@param preflight mkio.Preflight
---@param i integer   index in the list of tokens, from 0
---@param wish table  the token in the SPEC
function M.run(preflight, i, wish)
  local facts, before = facts_of(preflight), #preflight.problems
  check_permissions(preflight, facts, i, wish)
  if #preflight.problems > before then return end
  preflight:attempt(function()
    if is_in_place(preflight, facts, wish) then return end
    check_file(preflight, wish)
  end, "tokens", i, "file")
end

return M
