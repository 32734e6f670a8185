--- Compares the tokens of a SPEC with the caller's own tokens and their files.
--- `mkio.flow.drift` calls it.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local sys = require "mkrun.sys"

local errors = require "mkrun.rest.error"
local own_tokens = require "mkio.flow.common.own_tokens"
local permissions = require "mkio.permissions"
local spec_token = require "mkio.flow.common.spec_token"
local token_file = require "mkio.resource.token_file"
local value = require "mkrun.value"

local M = {}

--- Returns the ids of the organization and its projects, by type and name.
local function ids_of(search)
  local here, projects = search.here, {}
  for name, project in pairs(search:projects()) do
    projects[name] = project.metadata.id
  end
  return { ["core.customer"] = { [here.spec.name] = here.metadata.id },
           ["core.project"] = projects }
end

--- Returns the names of these resources, by type and id.
local function names_of(ids)
  local names = {}
  for type_, by_name in pairs(ids) do
    names[type_] = {}
    for name, id in pairs(by_name) do names[type_][id] = name end
  end
  return names
end

--- Returns why the file has no valid token.
local function no_token(wish, state)
  if not state.id then return ("no token in %s"):format(wish.file) end
  local token = token_file.read(wish.file)
  local expires = token and tonumber(token:claims().exp)
  if expires and expires <= clock.now() then
    return ("the token in %s expired at %s"):format(wish.file,
      sys.iso8601(math.floor(expires)))
  end
  return ("the token in %s is no valid token of this description")
    :format(wish.file)
end

local function others_of(state)
  local ids = {}
  for i, token in ipairs(state.tokens) do ids[i] = token.metadata.id end
  if not ids[1] then return nil end
  return "valid tokens of this description: " .. table.concat(ids, ", ")
end

--- Returns what the permissions of the token have too little or too much.
local function differences(search, wish, token)
  local have = permissions.resolve(
    value.dig(token, "spec", "permissions") or {}, names_of(search.ids))
  local want = permissions.resolve(
    permissions.resolve(wish.permissions, search.ids), names_of(search.ids))
  local details = {}
  for _, text in ipairs(permissions.missing(want, have)) do
    details[#details + 1] = "lacks " .. text
  end
  for _, text in ipairs(permissions.missing(have, want)) do
    details[#details + 1] = "has " .. text .. ", which SPEC does not have"
  end
  return details
end

local function compare(search, wish, state)
  local name = wish.description
  if not state.is_due then return end
  if not state.current then
    return search:missing("tokens", name,
      { no_token(wish, state), others_of(state) })
  elseif state.permits then
    return search:differs("tokens", name, { ("an earlier run was cut short, "
      .. "see %s.todo"):format(wish.file) })
  end
  search:differs("tokens", name, differences(search, wish, state.current))
end

local function compare_token(search, wish, own)
  local resolved = setmetatable({
    permissions = permissions.resolve(wish.permissions, search.ids),
  }, { __index = wish })
  local ok, state = pcall(spec_token.state, own, resolved,
    search.here.metadata.id)
  if ok then return compare(search, wish, state) end
  if not errors.is(state) or state.method then error(state, 0) end
  search:missing("tokens", wish.description, { tostring(state) })
end

--- Adds what differs in tokens.
---@param search mkio.DriftSearch
function M.compare(search)
  local wishes = search.spec.tokens or {}
  if not wishes[1] then return end
  search.ids = ids_of(search)
  local own = own_tokens.new(search.org.me.tokens, true,
    search.lists:items "my_tokens")
  for _, wish in ipairs(wishes) do compare_token(search, wish, own) end
end

return M
