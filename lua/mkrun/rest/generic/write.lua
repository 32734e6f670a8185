--- Writes what `ensure` found to differ, and looks whether the server then has
--- it.  `mkrun.rest.generic.ensure` calls it.
-- SPDX-License-Identifier: MIT

local await = require "mkrun.rest.await"
local base = require "mkrun.rest.generic.base"
local bodies = require "mkrun.rest.declare.body"
local compare = require "mkrun.rest.generic.compare"
local errors = require "mkrun.rest.error"
local json = require "mkrun.json"
local patch = require "mkrun.patch"

---@class mkrun.rest.Aim
---@field resource mkrun.rest.GenericResource
---@field at table<string, string>   what tells the thing apart
---@field want table
---@field title string               "queue 'news/jobs'"
---@field read fun(): table?         reads the thing

local M = {}

--- Lists where a document differs from what is declared.
---@param aim mkrun.rest.Aim
---@param have table
---@return string[][]
function M.due(aim, have)
  local facts = aim.resource.facts
  return compare.differences(aim.want, have, aim.resource.shape, facts.ignore)
end

--- Raises if a change has a member that the operation does not take.
local function check_takes(aim, operation, places)
  local shape = operation.item or operation.shape
  for _, place in ipairs(shape.kind == "object" and places or {}) do
    if not shape.fields[place[1]] then
      errors.refuse("body", ("%s: '%s' differs, and %s does not take it")
        :format(aim.title, table.concat(place, "."), operation.key),
        "delete it and make it again, or leave the member out")
    end
  end
end

local function is_object(item)
  return type(item) == "table" and not json.is_array(item) and item[1] == nil
end

--- Applies a merge patch (RFC 7396).  `patch.merge` refuses secrets.
local function merged(have, want)
  local copy = json.object {}
  for name, member in pairs(have) do copy[name] = member end
  for name, member in pairs(want) do
    if is_object(member) then
      copy[name] = merged(is_object(have[name]) and have[name] or {}, member)
    elseif member == json.null then
      copy[name] = nil
    else
      copy[name] = member
    end
  end
  return copy
end

--- Returns the body that replaces a document: what is there, with what is
--- declared, reduced to what the body takes.  The secrets that the server has
--- shown, and those that are declared, go along.
local function replacement(aim, operation, have)
  local shape = operation.item or operation.shape
  if have == nil then return aim.want end
  return bodies.reduce(shape, merged(have, aim.want))
end

--- Copies a document without its secrets, which JSON cannot have.
---@param document any
---@return any
function M.plain(document)
  if type(document) ~= "table" then return document end
  local copy = json.is_array(document) and json.array {} or json.object {}
  for name, member in pairs(document) do
    if type(member) ~= "userdata" or member == json.null then
      copy[name] = M.plain(member)
    end
  end
  return copy
end

local bodies_of = {}

function bodies_of.replace(aim, operation, have)
  return replacement(aim, operation, have)
end

bodies_of["item-put"] = bodies_of.replace

function bodies_of.merge(aim, _, _, places)
  return compare.part(aim.want, places)
end

bodies_of["json-patch"] = function(aim, _, have, places)
  local plain = M.plain(have)
  return json.array(patch.diff(plain,
    patch.merge(plain, compare.part(aim.want, places))))
end

--- Returns the operation that changes a thing: a patch sends less than a
--- replacement, so it comes first.
local function changing(aim)
  local verbs = aim.resource.facts.verbs
  for _, verb in ipairs { "patch", "put" } do
    if verbs[verb] and verbs[verb].act then return verbs[verb] end
  end
  errors.refuse("body", ("%s differs, and nothing declared changes it")
    :format(aim.title))
end

--- Sends the change.  A write without an answer may have taken effect, and may
--- not be safe to repeat: then it reads the thing, and sends what is still due.
local function send(aim, operation, have, places)
  local function once(now, left)
    local body = bodies_of[operation.act](aim, operation, now, left)
    return base.write(aim.resource, operation, aim.at, body)
  end
  local ok, result = pcall(once, have, places)
  if ok then return result end
  if not errors.may_have_arrived(result) then error(result, 0) end
  local read, now = pcall(aim.read)
  if not read then error(result, 0) end
  local left = now and M.due(aim, now) or places
  if #left == 0 then return now end
  return once(now, left)
end

--- Raises if a thing is not as it was asked to be.
local function check_result(aim, now)
  local left = now and M.due(aim, now)
  if left and #left == 0 then return now end
  errors.raise("mismatch", now
    and ("%s is not as it was asked to be: '%s' differs"):format(aim.title,
      table.concat(compare.texts(left), "', '"))
    or ("%s is not there after it was written"):format(aim.title),
    "somebody may have changed it at the same time: run it again")
end

--- Returns the thing after a write: the answer, if that shows all that is
--- declared, or else what a read shows.  Waits, because a read may be behind.
---@param aim mkrun.rest.Aim
---@param answer any   of the write
---@return table
function M.settled(aim, answer)
  if type(answer) == "table" and not json.is_array(answer)
    and #M.due(aim, answer) == 0 and not aim.resource.facts.inside then
    return answer
  end
  local now
  await.look(function()
    now = aim.read()
    return now ~= nil and #M.due(aim, now) == 0
  end, ("%s does not show its last change yet"):format(aim.title))
  return check_result(aim, now)
end

--- Changes a thing to what is declared.
---@param aim mkrun.rest.Aim
---@param have table
---@param places string[][]   where it differs
---@return table
function M.change(aim, have, places)
  local operation = changing(aim)
  check_takes(aim, operation, places)
  return M.settled(aim, send(aim, operation, have, places))
end

--- Makes a thing by a replacement.
---@param aim mkrun.rest.Aim
---@return table
function M.put(aim)
  local operation = aim.resource.facts.verbs.put
  if not operation or not operation.act then
    errors.refuse("absent", ("%s is not there, and nothing declared makes it")
      :format(aim.title))
  end
  return M.settled(aim, send(aim, operation, nil, {}))
end

return M
