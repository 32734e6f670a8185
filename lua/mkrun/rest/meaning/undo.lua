--- Makes the request that undoes a write of a declared provider, or tells why
--- there is none.  `mkrun.rest.meaning` calls it.
-- SPDX-License-Identifier: MIT

local bodies = require "mkrun.rest.declare.body"
local holds = require "mkrun.rest.meaning.holds"
local json = require "mkrun.json"
local meaning = require "mkrun.rest.meaning.request"
local patch = require "mkrun.patch"
local scrub = require "mkrun.journal.scrub"
local value = require "mkrun.value"

local M = {}

local UNKNOWN <const> = "what was there before is not known"

local function member_at(document, names)
  return value.dig(document, table.unpack(names))
end

--- Says of a secret at a place that a document cannot be sent again.
local function not_kept(place)
  return ("%s is a secret, which is not kept"):format(
    place == "*" and "it" or "its " .. place)
end

--- Returns why a document cannot be sent again: it had a secret.
local function secret_in(shape, secrets, before)
  for _, found in ipairs(bodies.secrets(shape)) do
    local name = table.concat(found.names, ".")
    if found.is_required or member_at(before, found.names) ~= nil then
      return not_kept(name)
    end
  end
  for _, name in ipairs(secrets) do
    if meaning.member(before, name) ~= nil then
      return not_kept(name)
    end
  end
end

--- Returns the body that makes what was there before, or nil and a reason.
local function body_of(operation, resource, before)
  local shape = operation.item or operation.shape
  local reason = secret_in(shape, resource.secrets, before)
  if reason then return nil, reason end
  local body = shape and bodies.reduce(shape, before) or before
  if scrub.hides(body) then return nil, "it had a secret" end
  return body
end

local function titled(m) return ("%s '%s'"):format(m.resource.kind, m.name) end

local function removal(m, at)
  local delete = m.resource.verbs.delete
  local path = delete and delete.act == "remove" and meaning.path(delete, at)
  if not path then
    return nil,
      ("no declared operation deletes this %s"):format(m.resource.kind)
  end
  return { method = delete.method, path = path,
    what = "delete " .. titled(m), lost = m.resource.lost }
end

--- Returns true if a status says that a replacement was there, while the
--- operation tells a creation by 201.
local function has_replaced(m, write)
  local only = m.operation.only
  return only and only[201] and write.status and write.status ~= 201
end

local function restoring(m, operation, path, before, word)
  local body, reason = body_of(operation, m.resource, before)
  if body == nil then return nil, reason end
  return { method = operation.method, path = path, body = body,
    what = ("%s %s"):format(word, titled(m)) }
end

local undoers = {}

function undoers.replace(m, write)
  if write.before == nil then
    if has_replaced(m, write) then return nil, UNKNOWN end
    return removal(m, m.at)
  end
  return restoring(m, m.operation, write.path, write.before, "put back")
end

function undoers.make(m, write)
  local id = write.created and write.created.id
  if not id then return nil, "its id is not known" end
  local at, keys = {}, m.resource.keys
  for name, text in pairs(m.at) do at[name] = text end
  at[keys[#keys] or ""] = id
  return removal(m, at)
end

function undoers.remove(m, write)
  if write.before == nil then return nil, UNKNOWN end
  local verbs, lost = m.resource.verbs, m.resource.lost
  local maker = verbs.put and verbs.put.act and verbs.put
    or verbs.create and verbs.create.act and verbs.create
  local path = meaning.path(maker, m.at)
  if not path then
    return nil, ("no declared operation makes this %s"):format(m.resource.kind)
  end
  local undone, reason = restoring(m, maker, path, write.before, "make again")
  if undone then undone.lost = lost end
  return undone, reason
end

local ANY <const> = { kind = "any" }

local function is_object(item)
  return type(item) == "table" and not json.is_array(item)
end

local function inner_shape(shape, name)
  return shape and (shape.value or shape.fields and shape.fields[name])
end

--- Returns the members that `body` sets, with their values from `before`,
--- reduced to what the shape takes.
local function mirrored(body, before, shape)
  local result = json.object {}
  for name, item in pairs(body) do
    local was, inner = before[name], inner_shape(shape, name)
    if is_object(item) and is_object(was) then
      result[name] = mirrored(item, was, inner)
    elseif was == nil then
      result[name] = json.null
    else
      result[name] = bodies.reduce(inner or ANY, was)
    end
  end
  return result
end

--- Returns why a change cannot be mirrored: it touched a secret.
local function touched_secret(m, body)
  for _, name in ipairs(m.resource.secrets) do
    if meaning.member(body, name) ~= nil then
      return not_kept(name)
    end
  end
  return scrub.hides(body) and "it set a secret" or nil
end

function undoers.merge(m, write)
  if not is_object(write.before) or not is_object(write.body) then
    return nil, UNKNOWN
  end
  local reason = touched_secret(m, write.body)
  if reason then return nil, reason end
  local body = mirrored(write.body, write.before, m.operation.shape)
  if scrub.hides(body) then return nil, "it had a secret" end
  return { method = write.method, path = write.path, body = body,
    what = "change back " .. titled(m) }
end

undoers["json-patch"] = function(m, write)
  if write.before == nil then return nil, UNKNOWN end
  local after, why = patch.apply(write.before, write.body)
  if after == nil then return nil, why end
  local body = json.array(patch.diff(after, write.before))
  if scrub.hides(body) then return nil, "it had a secret" end
  return { method = write.method, path = write.path, body = body,
    what = "change back " .. titled(m) }
end

local function marked(operation, keys, item, rest)
  local whole = json.object {}
  for name, member in pairs(rest or {}) do whole[name] = member end
  for _, key in ipairs(keys) do whole[key] = item[key] end
  for name, member in pairs(operation.mark or {}) do whole[name] = member end
  return whole
end

--- Returns the operation with this act that writes the same list, or nil.
local function sister(m, verb)
  local other = m.resource.verbs[verb]
  local is_sister = other and other.act and other.path == m.operation.path
    and other.method == m.operation.method
    and other.inside == m.operation.inside
  return is_sister and other or nil
end

--- Returns the item of a body that brings back what was there before.
local function item_back(m, item, before)
  local was = meaning.item(m.resource, before, item)
  local operation = sister(m, was and "put" or "delete")
  if not operation then
    return nil, ("no declared operation %s this %s"):format(
      was and "puts" or "deletes", m.resource.kind)
  elseif not was then
    return marked(operation, m.resource.keys, item)
  end
  local rest, reason = body_of(operation, m.resource, was)
  if rest == nil then return nil, reason end
  return marked(operation, m.resource.keys, item, rest)
end

local function items_back(m, write)
  if type(write.before) ~= "table" then return nil, UNKNOWN end
  local list = {}
  for i, item in ipairs(m.items) do
    local back, reason = item_back(m, item, write.before)
    if not back then return nil, reason end
    list[i] = back
  end
  return { method = write.method, path = write.path,
    body = { [m.operation.inside] = json.array(list) },
    what = "put back " .. titled(m) }
end

undoers["item-put"], undoers["item-remove"] = items_back, items_back

--- Returns the request of the operation that a row names as its `undo`.
local function by_row(provider, m, write)
  local operation = provider.operations.by_key[m.operation.undo]
  local at, keys = {}, m.resource.keys
  for name, text in pairs(m.at) do at[name] = text end
  local id = write.created and write.created.id
  if id and keys[1] then at[keys[#keys]] = id end
  local path = meaning.path(operation, at)
  if not path then return nil, "its id is not known" end
  local undone = { method = operation.method, path = path,
    what = ("undo by %s: %s"):format(operation.key, titled(m)) }
  if not operation.shape then return undone end
  if write.before == nil then return nil, UNKNOWN end
  local reason
  undone.body, reason = body_of(operation, m.resource, write.before)
  if undone.body == nil then return nil, reason end
  return undone
end

--- Returns what undoes a write, see `mkrun.rest.meaning`.
---@param provider mkrun.rest.DeclaredProvider
---@param write table
---@return table? undone
---@return string? reason
function M.of(provider, write)
  local m = meaning.of(provider, write.method, write.path, write.body)
  if not m then return nil, "what it means is not declared" end
  if m.operation.undo == false then
    return nil, m.operation.why or "its declaration says that nothing undoes it"
  elseif m.operation.undo then
    return by_row(provider, m, write)
  end
  local undo = undoers[m.act]
  if not undo then return nil, "it changes nothing" end
  local undone, reason = undo(m, write)
  if undone and m.act == "remove" then
    undone.lost = undone.lost or holds.lost(provider, m.resource)
  end
  return undone, reason
end

return M
