--- Makes a thing of a declared provider what is declared: reads it, compares
--- what is declared, writes the difference, and looks at the result.
-- SPDX-License-Identifier: MIT

local await = require "mkrun.rest.await"
local base = require "mkrun.rest.generic.base"
local basis = require "mkrun.plan.basis"
local compare = require "mkrun.rest.generic.compare"
local creation = require "mkrun.rest.creation"
local errors = require "mkrun.rest.error"
local meaning = require "mkrun.rest.meaning"
local patch = require "mkrun.patch"
local value = require "mkrun.value"
local write = require "mkrun.rest.generic.write"

local M = {}

local function title_of(resource, at, names)
  local words = {}
  for _, name in ipairs(names) do words[#words + 1] = at[name] end
  if #words == 0 then return resource.facts.kind end
  return ("%s '%s'"):format(resource.facts.kind, table.concat(words, "/"))
end

local function joined(a, b)
  return table.move(b, 1, #b, #a + 1, table.move(a, 1, #a, 1, {}))
end

--- Returns the names that tell a thing apart for `ensure`: path parameters, or
--- of a thing with an id of the server's, what identifies it.
---@param resource mkrun.rest.GenericResource
---@return string[]
function M.names(resource)
  local facts = resource.facts
  if M.has_server_id(resource) then
    return joined(facts.verbs.create.parameters, facts.identify)
  end
  return facts.inside and joined(facts.parameters, facts.keys) or facts.keys
end

--- Returns true if the server chooses the ids of a resource.
function M.has_server_id(resource)
  local verbs = resource.facts.verbs
  return verbs.create ~= nil and verbs.create.act ~= nil and not verbs.put
end

--- Tells a dry run what was compared without a read of its own.
local function note_basis(resource, at, want)
  local path = meaning.path(resource.facts.verbs.get, at)
  if not path then return end
  local pointers = {}
  for i, name in ipairs(value.names(want)) do
    pointers[i] = patch.pointer { name }
  end
  basis.note(resource.session.base .. path, table.unpack(pointers))
end

-- Things whose names are in their paths ---------------------------------------

local function ensure_named(resource, at, want, options)
  local aim = { resource = resource, at = at, want = want,
    title = title_of(resource, at, M.names(resource)),
    read = function() return base.look(resource, at) end }
  local have = options.have
  if have then note_basis(resource, at, want) end
  have = have or aim.read()
  if have and #write.due(aim, have) == 0 then return have, "unchanged", {} end
  if options.before then options.before() end
  if options.have then have = aim.read() end
  if not have then return write.put(aim), "created", {} end
  local places = write.due(aim, have)
  if #places == 0 then return have, "unchanged", {} end
  return write.change(aim, have, places), "changed", compare.texts(places)
end

-- Things whose ids the server chooses -----------------------------------------

local function is_identified(facts, item, id)
  for _, name in ipairs(facts.identify) do
    local member = meaning.member(item, name)
    if member == nil or meaning.text(member) ~= id[name] then return false end
  end
  return true
end

--- Returns the items of the list that have the members of `id`.
local function find_all(resource, id)
  local found = {}
  for item in base.each_at(resource, id) do
    if is_identified(resource.facts, item, id) then
      found[#found + 1] = item
    end
  end
  return found
end

--- Returns the item of the list that is meant, or nil.  Raises if there are
--- several, because one of them would be changed by chance.
local function find_one(resource, id, title)
  local found = find_all(resource, id)
  if #found > 1 then
    errors.refuse("several",
      ("there are %d of %s"):format(#found, title),
      "delete the others first")
  end
  return found[1]
end

--- Returns the whole thing: a list may show only a part of it.
local function whole(resource, item, id)
  local at = meaning.at_of(resource.facts, item, id)
  if not at then return item, nil end
  local verbs = resource.facts.verbs
  return verbs.get and base.look(resource, at) or item, at
end

--- Returns a text as the body of an operation takes it: an id is a text, and
--- the member may be a number.
local function as_declared(operation, name, text)
  local fields = operation.shape and operation.shape.fields or {}
  local kind = fields[name] and fields[name].kind
  local is_number = kind == "integer" or kind == "number"
  return is_number and tonumber(text) or text
end

local function with_identity(resource, id, want)
  local body, create = {}, resource.facts.verbs.create
  for name, member in pairs(want) do body[name] = member end
  for _, name in ipairs(resource.facts.identify) do
    if body[name] == nil then
      body[name] = as_declared(create, name, id[name])
    end
  end
  return body
end

local function create(resource, id, aim)
  local operation = resource.facts.verbs.create
  local made, found = creation.create_or_find {
    create = function()
      return base.write(resource, operation, id,
        with_identity(resource, id, aim.want)) or true
    end,
    find = function() return find_one(resource, id, aim.title) end,
    again = true, seconds = await.SECONDS,
    what = ("the list of %s has no %s yet"):format(resource.facts.name,
      aim.title),
  }
  return type(made) == "table" and made or nil, found
end

--- Reads what is identified, after a write.
local function reader(resource, id, title)
  return function()
    local item = find_one(resource, id, title)
    return item and (whole(resource, item, id))
  end
end

local function ensure_identified(resource, id, want, options)
  local title = title_of(resource, id, M.names(resource))
  local aim = { resource = resource, at = id, want = want, title = title,
    read = reader(resource, id, title) }
  local item = options.have
    or not options.is_absent and find_one(resource, id, title) or nil
  if not item then
    if options.before then options.before() end
    local made, found = create(resource, id, aim)
    if not found then
      local has_id = made and meaning.at_of(resource.facts, made, id)
      return write.settled(aim, has_id and made), "created", {}
    end
    item = made
  end
  if options.have and #write.due(aim, item) == 0 then
    note_basis(resource, meaning.at_of(resource.facts, item, id), want)
    return item, "unchanged", {}
  end
  local have, at = whole(resource, item, id)
  local places = write.due(aim, have)
  if #places == 0 then return have, "unchanged", {} end
  if not at then
    errors.raise("answer", ("%s has no '%s' that a path can name")
      :format(title, resource.facts.id))
  end
  if options.before then options.before() end
  aim.at = at
  aim.read = function() return base.look(resource, at) end
  return write.change(aim, have, places), "changed", compare.texts(places)
end

--- Makes a thing what is declared.
---@param resource mkrun.rest.GenericResource
---@param id table<string, string>   see `names`
---@param want table
---@param options mkrun.rest.EnsureOptions
---@return table thing
---@return "unchanged"|"created"|"changed" outcome
---@return string[] details   names of the members that differed
function M.ensure(resource, id, want, options)
  if M.has_server_id(resource) then
    return ensure_identified(resource, id, want, options)
  end
  return ensure_named(resource, id, want, options)
end

--- Splits a wish of `ensure_all`: `{ ID, WANT }`, or one table with both.
---@param resource mkrun.rest.GenericResource
---@param wish table
---@return any id
---@return table want
function M.split(resource, wish)
  if wish[1] ~= nil then return wish[1], wish[2] or {} end
  local id, want, fields = {}, {}, resource.shape.fields or {}
  local names = value.set(M.names(resource))
  for name, member in pairs(wish) do
    if names[name] then id[name] = member end
    if not names[name] or fields[name] then want[name] = member end
  end
  return id, want
end

local function is_meant(resource, item, id)
  if M.has_server_id(resource) then
    return is_identified(resource.facts, item, id)
  end
  local at = meaning.at_of(resource.facts, item, id)
  return at ~= nil and value.same_map(at, id)
end

--- Returns the item of a list that a wish is about, or nil.
---@param resource mkrun.rest.GenericResource
---@param items table[]
---@param id table<string, string>
---@return table? item     nil if there are several, too
---@return integer count   of the items that a wish is about
function M.pick(resource, items, id)
  local found, count = nil, 0
  for _, item in ipairs(items) do
    if is_meant(resource, item, id) then found, count = item, count + 1 end
  end
  return count == 1 and found or nil, count
end

return M
