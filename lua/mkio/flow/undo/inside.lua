--- Keeps what holds a thing that `undo` leaves: whoever removes a container may
--- remove what is in it.  `mkio.flow.undo.provider` and `mkio.flow.undo.look`
--- call this module.
-- SPDX-License-Identifier: MIT

local chains = require "mkio.flow.undo.chain"
local documents = require "mkrun.rest.overlay.documents"
local words = require "mkio.flow.undo.words"

local M = {}

local STAYS <const> = "what is in it stays: "

--- The number of things that a reason names.
local NAMED <const> = 3

--- Returns the place of a chain's thing as `documents.goes_with` takes it, or
--- nil if it is not known.
local function thing_of(way)
  local link = way.chain.first
  local write, api = link.write, way.api
  if not link.place or not write.means or not api then return nil end
  local meaning = api.subject.meaning(write.method, write.path, write.body)
  if not meaning then return nil end
  local at, keys = {}, meaning.resource.keys
  for name, text in pairs(meaning.at) do at[name] = text end
  if link.act == "make" and keys[1] then
    at[keys[#keys]] = write.created and write.created.id
  end
  return { path = link.place, resource = meaning.resource, at = at,
    item = link.item, provider = way.chain.provider }
end

--- Returns true if a thing is in another one.
local function is_in(thing, container)
  if thing.provider ~= container.provider or container.item then
    return false
  end
  return thing.item ~= nil and thing.path == container.path
    or documents.goes_with(thing, container)
end

local function add(lists, key, i)
  lists[key] = lists[key] or {}
  table.insert(lists[key], i)
end

--- Returns the containers among things, by their paths and by their last keys.
local function indexed(things, ways)
  local index = { paths = {}, keys = {} }
  for i, thing in ipairs(things) do
    if thing and ways[i].sign == "-" and not thing.item then
      local keys = thing.resource.keys
      add(index.paths, thing.path, i)
      add(index.keys, thing.at[keys[#keys]] or "", i)
    end
  end
  return index
end

--- Returns the numbers of the containers in which a thing may be.
local function candidates(index, thing)
  local found = {}
  local function take(list)
    for _, i in ipairs(list or {}) do found[i] = true end
  end
  take(thing.item and index.paths[thing.path])
  for at in thing.path:gmatch "()/" do
    take(index.paths[thing.path:sub(1, at - 1)])
  end
  for _, key in pairs(thing.at) do take(index.keys[key]) end
  return found
end

--- Notes in each step that removes a thing the steps for what is in that.
---@param steps mkio.UndoStep[]
---@param ways mkio.UndoWay[]   of the steps
function M.note(steps, ways)
  local things = {}
  for i, way in ipairs(ways) do
    things[i] = thing_of(way) or false
    steps[i].is_there = chains.made(way.chain) ~= nil
  end
  local index = indexed(things, ways)
  for i, thing in ipairs(things) do
    for j in pairs(thing and candidates(index, thing) or {}) do
      if i ~= j and is_in(thing, things[j]) then
        steps[j].inner = steps[j].inner or {}
        table.insert(steps[j].inner, steps[i])
      end
    end
  end
end

--- Returns true if a step leaves a thing that is there.
local function is_left(step)
  if not step.run then return step.is_there end
  if step.state == "left" then return step.reason ~= words.REMOVED end
  return step.is_left == true
end

--- Returns why a step that removes a thing must not do so, or nil.
---@param step mkio.UndoStep
---@return string?
function M.reason(step)
  local names = {}
  for _, inner in ipairs(step.inner or {}) do
    if is_left(inner) then
      names[#names + 1] = ("%s '%s'"):format(inner.kind, inner.name)
    end
  end
  if not names[1] then return nil end
  local more = #names - NAMED
  local text = STAYS .. table.concat(names, ", ", 1, math.min(#names, NAMED))
  return more > 0 and ("%s and %d more"):format(text, more) or text
end

--- Runs a step unless it would remove what holds a thing that stays.
---@param step mkio.UndoStep
---@param reads_only? boolean
---@param act fun(): boolean?, string?   undoes the write
---@return boolean? done
---@return string? problem
function M.take(step, reads_only, act)
  if reads_only then return act() end
  local reason = M.reason(step)
  step.is_left = true -- also if `act` raises
  if reason then return nil, reason end
  local done, problem = act()
  step.is_left = done == nil and problem ~= words.REMOVED
  return done, problem
end

--- Leaves the steps that would remove what holds a thing that stays.
---@param steps mkio.UndoStep[]   judged, the last write first
function M.correct(steps)
  for _, step in ipairs(steps) do
    local reason = step.state == "due" and M.reason(step)
    if reason then step.state, step.reason = "left", reason end
  end
end

return M
