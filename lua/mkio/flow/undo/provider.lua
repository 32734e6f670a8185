--- Undoes the writes of a journal to providers other than MK.IO.
--- `mkio.flow.undo` calls this module.  The journal has all that is needed: the
--- requests that undo the writes, and what the writes have set.
-- SPDX-License-Identifier: MIT

local alike = require "mkrun.journal.alike"
local chains = require "mkio.flow.undo.chain"
local journal_file = require "mkrun.journal.file"
local json = require "mkrun.json"
local lookup = require "mkrun.journal.lookup"
local value = require "mkrun.value"

local M = {}

local TAKEN <const> = "somebody else has changed it since"
local REMOVED <const> = "somebody else has removed it since"
local BLIND <const> = "undo cannot compare its secret"
local LOST <const> = "%s, if it had that, is a secret and is not brought back"
local DOUBTFUL <const> = "no answer came: undo checks whether it happened"
local NEW_ID <const> = "it gets another id"

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

--- The writes have changed it: it is changed back.
local function due_change(now, chain)
  local made, also = chains.made(chain)
  local names, before = chains.touched(chain), chain.first.before
  if now == nil then return nil, REMOVED end
  if alike.has(now, only(before, names)) then return false end
  also[#also + 1] = made
  for _, state in ipairs(also) do
    if not alike.is_taken(now, known(state, names), before) then return true end
  end
  return nil, TAKEN
end

--- Undoes the writes to one thing.  Returns true, false if there is nothing to
--- do, or nil and the reason why it is left.
local function take(api, chain, due, reads_only)
  local yes, problem = due(read(api, chain.first), chain)
  if not yes or reads_only then return yes, problem end
  return send(api, chain)
end

-- Things with an id of the server's ------------------------------------------

local function id_in(api, write, item)
  local made = api:created(write, item)
  return made and made.id
end

--- Returns the ids of what the journal's other writes have made.
local function ids_of(writes)
  local ids = {}
  for _, write in ipairs(writes) do
    local id = write.provider and value.dig(write, "created", "id")
    if id then ids[write.provider .. " " .. id] = true end
  end
  return ids
end

--- Removes what a write without an answer may have made.
local function take_unknown(api, chain, ids, reads_only)
  local write, found = chain.first.write, {}
  for _, item in ipairs(api:list(write.means.collection)) do
    local id = id_in(api, write, item)
    if id and not ids[write.provider .. " " .. id]
      and alike.has(item, write.body) then
      found[#found + 1] = id
    end
  end
  if #found > 1 then return nil, ("%d are like it"):format(#found) end
  if not found[1] then return false end
  if reads_only then return true end
  return api:send { method = "DELETE",
    path = lookup.path_of(write.means, found[1]) }
end

--- Returns a body without the id that the server gives.
local function without(body, id)
  local rest = json.object {}
  for name, member in pairs(body) do
    if name ~= id then rest[name] = member end
  end
  return rest
end

--- Makes a removed thing again, which gets another id.
local function take_return(api, chain, reads_only)
  local link = chains.needed(chain)
  link = link[#link]
  local method, path = link.inverse.method, link.inverse.path
  local body = without(link.inverse.body, link.write.means.id)
  for _, item in ipairs(api:list(path)) do
    if alike.has(item, body) then return false end
  end
  if reads_only then return true end
  return api:send { method = method, path = path, body = body }
end

-- Steps ----------------------------------------------------------------------

--- Returns the reason why a chain cannot be undone, or nil.
local function never(chain, api)
  for _, link in ipairs(chains.needed(chain)) do
    if link.inverse.never then return link.inverse.never end
  end
  return not api and "the journal does not say how to reach it" or nil
end

local function is_doubtful(chain)
  for _, link in ipairs(chain.links) do
    if not journal_file.is_done(link.write) then return true end
  end
  return false
end

--- Returns true if the server chooses the id of what is made again.
local function gets_id(chain)
  local last = chain.last
  return last.act == "remove" and last.inverse.method == "POST"
    and last.write.means.id ~= nil
end

--- Returns what the user is told about a step that can be undone.
local function warning(chain)
  local words, needed = {}, chains.needed(chain)
  local inverse = needed[#needed].inverse
  if is_doubtful(chain) then words[#words + 1] = DOUBTFUL end
  if chains.has_secret(chain) then words[#words + 1] = BLIND end
  local secrets = value.dig(chain.last.write, "means", "secrets")
  if chains.made(chain) == nil and secrets then
    words[#words + 1] = LOST:format(table.concat(secrets, ", "))
  end
  if inverse.lost then
    words[#words + 1] = inverse.lost .. " cannot be brought back"
  end
  if gets_id(chain) then
    words[#words + 1] = NEW_ID
  end
  return words[1] and table.concat(words, "; ") or nil
end

--- Returns what undoes a chain, its sign and the number of the write in whose
--- place it is done.
local function act_of(chain, ids)
  local made = chains.made(chain)
  local was, last = chain.first.before, chain.last
  if chain.first.act == "make" and not chain.first.place then
    return function(api, ...) return take_unknown(api, chain, ids, ...) end,
      "-", chain.first.number
  elseif was == nil then
    return function(api, ...) return take(api, chain, due_removal, ...) end,
      "-", chain.first.number
  elseif made ~= nil then
    return function(api, ...) return take(api, chain, due_change, ...) end,
      "~", chain.first.number
  elseif gets_id(chain) then
    return function(api, ...) return take_return(api, chain, ...) end,
      "+", last.number
  end
  return function(api, ...) return take(api, chain, due_return, ...) end,
    "+", last.number
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

local function step_of(chain, ids, apis)
  local write = chain.first.write
  local means = write.means or {}
  local run, sign, number = act_of(chain, ids)
  local problem = never(chain, apis[chain.provider])
  return {
    sign = problem and "!" or sign, number = number, alone = is_alone(chain),
    kind = means.kind or write.provider,
    name = means.name or write.method .. " " .. write.path,
    problem = problem or warning(chain),
    run = not problem and function(_, reads_only)
      return run(apis[chain.provider], reads_only)
    end or nil,
  }
end

--- Returns the steps that undo the writes to providers.
---@param writes mkrun.JournalWrite[]
---@param apis table<string, mkio.UndoApi>   name of a provider -> its API
---@return mkio.UndoStep[]
function M.steps(writes, apis)
  local steps, ids = {}, ids_of(writes)
  for _, chain in ipairs(chains.of(writes)) do
    if not is_without_trace(chain) then
      steps[#steps + 1] = step_of(chain, ids, apis)
    end
  end
  return steps
end

return M
