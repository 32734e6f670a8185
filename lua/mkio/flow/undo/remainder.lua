--- Finds what a thing lacks that `undo` has made again: what the run's writes
--- changed and the request that makes the thing does not take.
--- `mkio.flow.undo.again` calls this module.
-- SPDX-License-Identifier: MIT

local chains = require "mkio.flow.undo.chain"
local json = require "mkrun.json"
local patch = require "mkrun.patch"
local value = require "mkrun.value"

local M = {}

local function is_object(item)
  return type(item) == "table" and not json.is_array(item)
end

--- Returns the members of an object that another one lacks.  What is null needs
--- nothing: a new thing does not have it.
local function lacking(wanted, sent)
  local rest = json.object {}
  for name, member in pairs(wanted) do
    local there = sent[name]
    if is_object(member) and is_object(there) then
      local inner = lacking(member, there)
      rest[name] = next(inner) ~= nil and inner or nil
    elseif there == nil and member ~= json.null then
      rest[name] = member
    end
  end
  return rest
end

--- Returns what a link's write changed, as it was before the chain.
local function wanted_of(chain, link)
  if link.act ~= "json-patch" then
    return is_object(link.inverse.body) and link.inverse.body or {}
  end
  local wanted = {}
  for name in pairs(chains.touched(chains.without_last(chain))) do
    wanted[name] = value.dig(chain.first.before, name)
  end
  return wanted
end

--- Returns the body that adds `rest`, in the form of a link's write.
local function body_of(link, sent, rest)
  if link.act ~= "json-patch" then return rest end
  return json.array(patch.diff(sent, patch.merge(sent, rest)))
end

--- Calls `visit` with each link that has something to add, and with that.  JSON
--- Patches add it all at once.
local function each(chain, sent, visit)
  local needed, is_patched = chains.needed(chain), false
  for i = #needed, 1, -1 do
    local link = needed[i]
    local is_patch = link.act == "json-patch"
    local counts = link.act ~= "remove" and not (is_patch and is_patched)
    local rest = counts and lacking(wanted_of(chain, link), sent)
    if rest and next(rest) ~= nil then visit(link, rest) end
    is_patched = is_patched or is_patch
  end
end

--- Returns the requests that add what is missing, in the order in which they
--- are sent.  Their paths have the old id.
---@param chain mkio.UndoChain
---@param sent table   body of the request that made the thing again
---@return {method: string, path: string, body: any}[]
function M.requests(chain, sent)
  local requests = {}
  each(chain, sent, function(link, rest)
    requests[#requests + 1] = { method = link.inverse.method,
      path = link.inverse.path, body = body_of(link, sent, rest) }
  end)
  return requests
end

--- Returns the members that the requests add.
---@param chain mkio.UndoChain
---@param sent table
---@return table
function M.of(chain, sent)
  local all = json.object {}
  each(chain, sent, function(_, rest) all = patch.merge(all, rest) end)
  return all
end

return M
