--- Makes things again that a run has deleted and whose ids the server chooses.
--- `mkio.flow.undo.provider` calls this module.
---
--- What is there already counts once for each that was deleted: two things that
--- are alike are two.  What the journal's run has known by its id is not one of
--- them.
-- SPDX-License-Identifier: MIT

local alike = require "mkrun.journal.alike"
local json = require "mkrun.json"
local meanings = require "mkrun.rest.meaning"
local remainder = require "mkio.flow.undo.remainder"
local renaming = require "mkio.flow.undo.renames"

local M = {}

---@class mkio.UndoPass   what one pass over the steps has found so far
---@field reads_only boolean
---@field renames mkio.UndoRenames
---@field known table<string, integer>  provider and path of what the run has
---  written -> number of its first write
---@field taken table<string, true>    ... of what was found for a deleted thing
---@field coming string[]    provider and path of what will be made again
---@field lists table<string, table[]>

--- Returns the member of a provider's thing that undo makes again which holds
--- the id, or nil if the server does not choose one.
---@param chain mkio.UndoChain
---@return boolean
function M.gets_id(chain)
  local last = chain.last
  return last.act == "remove" and last.inverse.method == "POST"
    and last.write.means.id ~= nil
end

--- Returns a body without the id that the server gives.
local function without(body, id)
  local rest = json.object {}
  for name, member in pairs(body) do
    if name ~= id then rest[name] = member end
  end
  return rest
end

--- Returns the meaning of the write that deleted a chain's thing, and the name
--- of the parameter that is the id.
local function deletion(api, chain)
  local write = chain.last.write
  local meaning = api.subject.meaning(write.method, write.path, write.body)
  local keys = meaning and meaning.resource.keys or {}
  return meaning, keys[#keys]
end

--- Returns what is known of the new id of a chain's thing: `new` is missing.
---@param api mkio.UndoApi
---@param chain mkio.UndoChain
---@param name string   of the thing, for people
---@return mkio.UndoRename?
function M.rename(api, chain, name)
  local meaning, key = deletion(api, chain)
  local old = meaning and meaning.at[key]
  if not old then return nil end
  return { api = api, resource = meaning.resource.name,
    kind = meaning.resource.kind, old = old, name = name,
    collection = chain.last.inverse.path }
end

--- Returns the provider and the path of the thing with an id.
local function place_of(api, chain, id)
  local meaning, key = deletion(api, chain)
  local at = {}
  for name, text in pairs(meaning and meaning.at or {}) do at[name] = text end
  if key then at[key] = id end
  local path = meaning and meanings.path(meaning.operation, at)
  return chain.provider .. " " .. tostring(path or id)
end

--- Reads a list, once for a pass.
local function list_of(api, provider, path, pass)
  local key = provider .. " " .. path
  pass.lists[key] = pass.lists[key] or api:list(path)
  return pass.lists[key]
end

--- Returns true if a path is below what this pass would make again.
local function is_coming(pass, provider, path)
  local place = provider .. " " .. path .. "/"
  for _, above in ipairs(pass.coming) do
    if place:sub(1, #above) == above then return true end
  end
  return false
end

--- Returns the id of what is there in the place of a deleted thing, or nil.
local function find(api, chain, request, body, old, pass)
  local items = list_of(api, chain.provider, request.path, pass)
  local found
  for _, item in ipairs(items) do
    local made = api:created(request, item)
    local id = made and made.id
    if id and id == old then return id end
    local place = id and place_of(api, chain, id)
    if place and not found and not pass.taken[place]
      and not pass.known[place] and alike.has(item, body) then
      found = id
    end
  end
  return found
end

--- Notes the id that a thing has now.
local function settle(api, chain, rename, id, pass)
  if not id then return end
  pass.taken[place_of(api, chain, id)] = true
  if not rename then return end
  rename.new = id
  pass.renames:add(rename)
end

--- Returns the request that makes a thing again as it was before the first
--- write of its chain, or nil and the reason why there is none.
---@param api mkio.UndoApi
---@param chain mkio.UndoChain
---@return {method: string, path: string, body: table}?
---@return string?
function M.request(api, chain)
  local first, last = chain.first, chain.last
  local inverse, reason = last.inverse, nil
  if first ~= last then
    inverse, reason = api.subject.inverse { method = last.write.method,
      path = last.write.path, before = first.before }
  end
  if not inverse then return nil, reason end
  return { method = last.inverse.method, path = last.inverse.path,
    body = without(inverse.body, last.write.means.id) }
end

--- Sends what the request that made a thing again does not take.
local function complete(api, chain, request, rename, pass)
  if not rename or not rename.new then return true end
  for _, rest in ipairs(remainder.requests(chain, request.body)) do
    local ok, problem = api:send(pass.renames:request(api, rest))
    if not ok then return nil, problem end
  end
  return true
end

--- Returns true if a thing that is there lacks what the request that makes it
--- again does not take.
local function is_short(api, chain, request, id)
  local rest = remainder.of(chain, request.body)
  if next(rest) == nil then return false end
  local place = place_of(api, chain, id):sub(#chain.provider + 2)
  return not alike.has(api:read(place), rest)
end

--- Settles what is there in the place of a removed thing.
local function resume(api, chain, request, rename, id, pass)
  settle(api, chain, rename, id, pass)
  if not is_short(api, chain, request, id) then return false end
  if pass.reads_only then return true end
  return complete(api, chain, request, rename, pass)
end

--- Makes a removed thing again.  Returns true, false if there is nothing to do,
--- or nil and the reason why it is left.
---@param api mkio.UndoApi
---@param chain mkio.UndoChain   with new ids
---@param name string
---@param pass mkio.UndoPass
---@return boolean? done
---@return string? problem
---@return boolean? is_there   the thing itself was not removed
function M.take(api, chain, name, pass)
  local request, reason = M.request(api, chain)
  if not request then return nil, reason end
  local rename = M.rename(api, chain, name)
  local old = rename and rename.old
  if is_coming(pass, chain.provider, request.path) then return true end
  local id = find(api, chain, request, request.body, old, pass)
  if id and id == old then
    settle(api, chain, rename, id, pass)
    return false, nil, true
  elseif id then
    return resume(api, chain, request, rename, id, pass)
  elseif pass.reads_only then
    if old then table.insert(pass.coming, place_of(api, chain, old) .. "/") end
    return true
  end
  local done, problem, document = api:send(request)
  local made = done and api:created(request, document)
  settle(api, chain, rename, made and made.id, pass)
  if not done then return nil, problem end
  return complete(api, chain, request, rename, pass)
end

--- Begins a pass.
---@param known table<string, true>
---@param reads_only boolean
---@return mkio.UndoPass
function M.pass(known, reads_only)
  return { known = known, reads_only = reads_only, taken = {}, coming = {},
    lists = {}, renames = renaming.new() }
end

return M
