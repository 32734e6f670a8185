--- Undoes the writes of a journal to providers other than MK.IO.
--- `mkio.flow.undo` calls this module.  The journal has all that is needed: the
--- requests that undo the writes, and what the writes have set.
-- SPDX-License-Identifier: MIT

local again = require "mkio.flow.undo.again"
local alike = require "mkrun.journal.alike"
local chains = require "mkio.flow.undo.chain"
local inside = require "mkio.flow.undo.inside"
local journal_file = require "mkrun.journal.file"
local json = require "mkrun.json"
local lookup = require "mkrun.journal.lookup"
local renaming = require "mkio.flow.undo.renames"
local value = require "mkrun.value"
local words = require "mkio.flow.undo.words"

local M = {}

local TAKEN <const> = "somebody else has changed it since"

--- Returns the members of a document with these names.  A member that is not
--- there is null.
local function only(document, names)
  local part = json.object {}
  for name in pairs(names) do
    local member = value.dig(document, name)
    part[name] = member == nil and json.null or member
  end
  return part
end

--- Returns the members of what a write has made that are known.
local function known(document, names)
  local part = json.object {}
  for name in pairs(names) do
    if value.dig(document, name) ~= nil then part[name] = document[name] end
  end
  return part
end

--- Reads a chain's thing.  Returns nil if it is not there.
local function read(api, link)
  local document = api:read(link.place)
  if not link.item then return document end
  return document
    and chains.item(document, link.write.means.items.inside, link.item)
end

--- Sends the inverses of a chain, the last one first.
local function send(api, chain)
  local needed = chains.needed(chain)
  for i = #needed, 1, -1 do
    local ok, problem = api:send(needed[i].inverse)
    if not ok then return nil, problem end
  end
  return true
end

-- What is done about a chain, by what was there before the first write and what
-- is there after the last: each returns true if there is something to do, false
-- if there is nothing to do, or nil and the reason to leave it.

--- The writes have made it: it is removed again.
local function due_removal(now, chain)
  local made, also = chains.made(chain)
  if now == nil then return false end
  local states = { made, table.unpack(also) }
  for _, state in ipairs(states) do
    if alike.has(now, known(state, chains.touched(chain))) then return true end
  end
  return nil, TAKEN
end

--- The writes have removed it: it is made again.
local function due_return(now, chain)
  if now == nil then return true end
  local before = only(chain.first.before, chains.touched(chain))
  if alike.has(now, before) then return false end
  return nil, TAKEN
end

--- Returns true if somebody else has set what the writes have removed.
local function is_filled(now, chain)
  for name in pairs(chains.emptied(chain)) do
    if alike.is_filled(value.dig(now, name),
      value.dig(chain.first.before, name)) then
      return true
    end
  end
  return false
end

--- The writes have changed it: it is changed back.
local function due_change(now, chain)
  local made, also = chains.made(chain)
  local names, before = chains.touched(chain), chain.first.before
  if now == nil then return nil, words.REMOVED end
  if alike.is_back(now, only(before, names), known(made, names)) then
    return false
  elseif is_filled(now, chain) then
    return nil, TAKEN
  end
  also[#also + 1] = made
  for _, state in ipairs(also) do
    if not alike.is_taken(now, known(state, names), before) then return true end
  end
  return nil, TAKEN
end

--- The writes have removed it, and the removal got no answer: what they made of
--- it before that may be there still.
local function due_return_or_change(now, chain)
  local is_doubtful = journal_file.is_doubtful(chain.last.write)
  local yes, problem = due_return(now, chain)
  if yes ~= nil or not is_doubtful or chain.first == chain.last then
    return yes, problem
  end
  return due_change(now, chains.without_last(chain))
end

--- Undoes the writes to one thing.  Returns true, false if there is nothing to
--- do, or nil and the reason why it is left.
local function take(api, chain, due, pass)
  local yes, problem = due(read(api, chain.first), chain)
  if not yes or pass.reads_only then return yes, problem end
  return send(api, chain)
end

-- Things with an id of the server's ------------------------------------------

--- Removes what a write without an answer may have made.
local function take_unknown(api, chain, pass)
  local write, found = chain.first.write, {}
  for _, item in ipairs(api:list(write.means.collection)) do
    local made = api:created(write, item)
    local path = made and lookup.path_of(write.means, made.id)
    local place = path and chain.provider .. " " .. path
    local known_since = pass.known[place] or math.huge
    if place and known_since >= chain.first.number and not pass.taken[place]
      and alike.has(item, write.body) then
      found[#found + 1] = { place = place, path = path }
    end
  end
  if #found > 1 then return nil, ("%d are like it"):format(#found) end
  if not found[1] then return false end
  pass.taken[found[1].place] = true
  if pass.reads_only then return true end
  return api:send { method = "DELETE", path = found[1].path }
end

-- Steps ----------------------------------------------------------------------

--- Returns the reason why a chain cannot be undone, or nil.
local function never(chain, api)
  for _, link in ipairs(chains.needed(chain)) do
    if link.inverse.never then return link.inverse.never end
  end
  if not api then return "the journal does not say how to reach it" end
  if not again.gets_id(chain) or chain.first.before == nil then return nil end
  local request, reason = again.request(api, chain)
  return not request and reason or nil
end

--- Returns a function that undoes a chain by `due`.
local function taking(due)
  return function(api, chain, _, pass) return take(api, chain, due, pass) end
end

local REMOVE <const>, CHANGE <const>, RETURN <const> =
  taking(due_removal), taking(due_change), taking(due_return_or_change)

local function take_first(api, chain, _, pass)
  return take_unknown(api, chain, pass)
end

--- Makes a removed thing again.  If no removal took place, it is changed back.
local function take_again(api, chain, name, pass)
  local done, problem, is_there = again.take(api, chain, name, pass)
  if is_there and chain.first ~= chain.last then
    return CHANGE(api, chains.without_last(chain), name, pass)
  end
  return done, problem
end

--- Returns what undoes a chain, its sign and the number of the write in whose
--- place it is done.
local function act_of(chain)
  local first, last = chain.first, chain.last
  if first.act == "make" and not first.place then
    return take_first, "-", first.number
  elseif first.before == nil then
    return REMOVE, "-", first.number
  elseif chains.made(chain) ~= nil then
    return CHANGE, "~", first.number
  elseif again.gets_id(chain) then
    return take_again, "+", last.number
  end
  return RETURN, "+", last.number
end

--- Returns true if a chain has left nothing: what it made, it removed.
local function is_without_trace(chain)
  return chain.first.before == nil and chains.made(chain) == nil
    and journal_file.is_done(chain.last.write)
end

--- Returns true if the step may disturb another: it writes the same document,
--- or looks for its thing in a list.
local function is_alone(chain)
  local first, last = chain.first, chain.last
  return first.item ~= nil or not first.place
    or last.act == "remove" and last.inverse.method == "POST"
end

---@class mkio.UndoWay   how a chain is undone
---@field chain mkio.UndoChain
---@field api? mkio.UndoApi
---@field name string
---@field act function
---@field sign string
---@field number integer
---@field problem? string   why it cannot be undone

local function way_of(chain, apis)
  local api = apis[chain.provider]
  local act, sign, number = act_of(chain)
  return { chain = chain, api = api, name = words.name(api, chain), act = act,
    sign = sign, number = number, problem = never(chain, api) }
end

local function step_of(way, passes, named)
  local chain, problem = way.chain, way.problem
  local means = chain.first.write.means or {}
  local step = {
    provider = chain.provider,
    sign = problem and "!" or way.sign, number = way.number,
    alone = is_alone(chain), kind = means.kind or chain.provider,
    name = way.name, problem = problem or words.warning(chain, named),
  }
  step.run = not problem and function(_, reads_only)
    local pass = passes[reads_only and "look" or "take"]
    return inside.take(step, reads_only, function()
      return way.act(way.api, pass.renames:chain(way.api, chain), way.name,
        pass)
    end)
  end or nil
  return step
end

--- Returns the ways, the last write first.
local function ways_of(writes, apis)
  local ways, places = {}, {}
  for _, chain in ipairs(chains.of(writes)) do
    if not is_without_trace(chain) then
      ways[#ways + 1] = way_of(chain, apis)
      places[ways[#ways]] = #ways
    end
  end
  table.sort(ways, function(a, b)
    if a.number ~= b.number then return a.number > b.number end
    return places[a] > places[b]
  end)
  return ways
end

--- Returns the number of the first write to each thing that the run has
--- written, by its provider and path.  It is 0 for what the run has made: no
--- other write has.
local function known_places(ways)
  local places = {}
  for _, way in ipairs(ways) do
    local first = way.chain.first
    if first.place then
      local key = way.chain.provider .. " " .. first.place
      local number = first.act == "make" and 0 or first.number
      places[key] = math.min(places[key] or number, number)
    end
  end
  return places
end

--- Stands for an id that the server has not given yet.
local SOON <const> = "\0"

--- Notes that a thing gets another id.
local function expect(way, renames)
  local rename = way.act == take_again and not way.problem
    and again.rename(way.api, way.chain, way.name)
  if not rename then return end
  rename.new = SOON
  renames:add(rename)
end

--- Returns the steps that undo the writes to providers.
---@param writes mkrun.JournalWrite[]
---@param apis table<string, mkio.UndoApi>   name of a provider -> its API
---@return mkio.UndoStep[]
function M.steps(writes, apis)
  local steps, ways = {}, ways_of(writes, apis)
  local places, renames = known_places(ways), renaming.new()
  local passes = { look = again.pass(places, true),
    take = again.pass(places, false) }
  for i, way in ipairs(ways) do
    local named = way.api and renames:named(way.api, way.chain) or {}
    steps[i] = step_of(way, passes, named)
    expect(way, renames)
  end
  inside.note(steps, ways)
  return steps
end

return M
