--- Tells the journal, the audit and recordings what they have to know of a
--- declared provider's requests.  `mkrun.rest.entry` makes it for each provider
--- of a run.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local meaning = require "mkrun.rest.meaning"
local packed = require "mkrun.rest.packed"

---@class mkrun.rest.Subject
---@field meaning fun(method: string, path: string, body: any):
---  mkrun.rest.Meaning?
---@field means fun(m: mkrun.rest.Meaning): table   the part of a meaning that a
---  journal keeps
---@field kind fun(method: string, path: string): string?
---@field changes fun(method: string, path: string): string?
---@field shown_by fun(method: string, path: string): string?
---@field inverse fun(write: table): table?, string?
---@field created fun(write: table, document: any, response: table?):
---  {id: string}?
---@field plain fun(): table<string, true>   names that are no secrets
---@field secrets fun(method: string, path: string): table<string, true>
---@field all fun(collection: string, get: mkrun.rest.Getter): table[]?,
---  string?   reads a list, page by page
---@field listed fun(path: string, get: mkrun.rest.Getter): boolean, table?,
---  string?   reads what only a list shows; false: GET shows it
---@field declared fun(resource: string?): table

---@alias mkrun.rest.Getter fun(path: string, query: table?): table?, string?
---  sends GET; returns the answer, or nil and the reason why there is none

local M = {}

--- Stands for the server's id in `means.each`.  No path has these signs.
local ID <const> = "{}"

local function last_name(place) return place:match "[^.]+$" end

local function add_secrets(set, resource)
  for _, place in ipairs(resource.secrets) do
    set[last_name(place)] = true
    set[place] = true -- a name may itself have a dot
  end
end

--- Returns the names of secret members in requests and answers of a resource,
--- and of the resources inside its documents.
local function secrets_of(provider, resource)
  local set = {}
  for _, other in pairs(provider.resources) do
    if not resource or other == resource or other.inside then
      add_secrets(set, other)
    end
  end
  return set
end

local function add_shown(set, wanted)
  for name, inner in pairs(wanted and wanted.fields or {}) do
    if inner.kind ~= "secret" then set[name] = true end
    add_shown(set, inner)
  end
end

--- Returns the names of members that are no secrets: what is in paths, what
--- identifies, and what a body declares as something else.
local function plain_names(provider)
  local set = {}
  for _, resource in pairs(provider.resources) do
    for key, member in pairs(resource.members) do
      set[key], set[last_name(member)] = true, true
    end
    for _, name in ipairs(resource.identify or {}) do set[name] = true end
    for _, operation in pairs(resource.verbs) do
      add_shown(set, operation.item or operation.shape)
    end
  end
  return set
end

--- Returns the path of what a POST makes, with `ID` in place of the id.
local function each_of(m)
  local resource, at = m.resource, {}
  local last = resource.keys[#resource.keys]
  local verb = resource.verbs.delete or resource.verbs.get
  if m.act ~= "make" or not last or not verb then return nil end
  for name, text in pairs(m.at) do at[name] = text end
  at[last] = ID
  local path = meaning.path(verb, at)
  return path and path:gsub("%%7B%%7D", ID) or nil
end

--- Returns the members by which the items of a body are told apart.
local function item_facts(m)
  if not m.items then return nil end
  local marks = {}
  for name in pairs(m.operation.mark or {}) do marks[#marks + 1] = name end
  return { inside = m.operation.inside, keys = m.resource.keys, marks = marks }
end

--- Returns the member with the id that the server chooses for what is made
--- again, or nil.
local function own_id(m)
  local create = m.act == "remove" and m.resource.verbs.create
  local id = create and m.resource.id
  local fields = create and create.shape and create.shape.fields or {}
  return id and not fields[id] and id or nil
end

--- Returns the part of a meaning that a journal keeps.
local function means_of(m)
  return { act = m.act, resource = m.resource.name, kind = m.resource.kind,
    name = m.name, target = m.target, collection = m.collection,
    shown = m.shown ~= m.target and m.shown ~= m.collection and m.shown or nil,
    each = each_of(m), items = item_facts(m),
    id = own_id(m),
    secrets = m.resource.secrets[1] and m.resource.secrets or nil,
    ignore = m.resource.ignore[1] and m.resource.ignore or nil }
end

--- Makes what `mkrun.rest.generic.pages` reads pages by.
local function reader(provider, base_url, get)
  return { provider = provider, base = base_url,
    send = function(_, operation, path, options)
      local response, problem = get(path, options.query)
      if not response then error(problem, 0) end
      local document = response.status == 200 and json.decode(response.body)
      if document and meaning.items(provider, operation, document) then
        return document, response.status, response
      end
      error(("GET %s: no list in its answer, status %d"):format(path,
        response.status), 0)
    end }
end

--- Reads a list, page by page.
---@return table[]? items
---@return string? problem
local function all(provider, collection, get)
  local m = meaning.of(provider, "GET", collection)
  if not m or m.act ~= "list" then return nil, "its list is not declared" end
  local entry = require "mkrun.providers".by_name(provider.name)
  local base_url = entry and entry.base_url or provider.base_url
  local ok, items = pcall(require "mkrun.rest.generic.pages".all,
    reader(provider, base_url, get), m.operation, collection)
  if ok then return items end
  return nil, tostring(items)
end

local WRITES <const> = { "DELETE", "PUT", "PATCH", "POST" }

--- Returns the meaning of a write to a path if only a list shows what is there.
local function listed_at(provider, path)
  for _, method in ipairs(WRITES) do
    local m = meaning.of(provider, method, path)
    if m and m.act ~= "make" and m.act ~= "ask" and not m.target
      and m.collection then
      return m
    end
  end
end

--- Finds what is at a path in the list that alone shows it.
---@return boolean is_listed   false: GET of the path shows it
---@return table? item
---@return string? problem
local function listed(provider, path, get)
  local m = listed_at(provider, path)
  if not m then return false end
  local items, problem = all(provider, m.collection, get)
  for _, item in ipairs(items or {}) do
    local at = meaning.at_of(m.resource, item, m.at)
    if at and meaning.path(m.operation, at) == path then return true, item end
  end
  return true, nil, problem
end

--- Makes the subject of a provider.
---@param provider mkrun.rest.DeclaredProvider
---@return mkrun.rest.Subject
function M.new(provider)
  local function of(method, path, body)
    return meaning.of(provider, method, path, body)
  end
  local function field(name, member)
    return function(method, path)
      local m = of(method, path)
      if not m then return nil end
      return member and m[name][member] or not member and m[name] or nil
    end
  end
  local plain
  return {
    plain = function()
      plain = plain or plain_names(provider)
      return plain
    end,
    meaning = of, means = means_of, kind = field("resource", "kind"),
    changes = field "target", shown_by = field "shown",
    inverse = function(write) return meaning.undo(provider, write) end,
    created = function(write, document, response)
      local m = of(write.method, write.path, write.body)
      return m and meaning.created(m, document, response)
    end,
    secrets = function(method, path)
      local m = of(method, path)
      return secrets_of(provider, m and m.resource)
    end,
    all = function(collection, get) return all(provider, collection, get) end,
    listed = function(path, get) return listed(provider, path, get) end,
    declared = function(resource) return packed.of(provider, resource) end,
  }
end

return M
