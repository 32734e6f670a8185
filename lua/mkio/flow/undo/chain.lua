--- Puts the writes of a journal to one thing of a provider together.  Undoing
--- them is one step: what was there before the first of them comes back.
--- `mkio.flow.undo.provider` calls this module.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local journal_file = require "mkrun.journal.file"
local lookup = require "mkrun.journal.lookup"
local patch = require "mkrun.patch"
local scrub = require "mkrun.journal.scrub"
local value = require "mkrun.value"

local M = {}

---@class mkio.UndoLink   a write to one thing, or a part of such a write
---@field write mkrun.JournalWrite
---@field number integer   index of the write
---@field act string
---@field body any         what the write sets
---@field before any       document before the write; nil: there was none
---@field inverse table    as in the journal
---@field place? string    path that shows the thing; nil: its id is not known
---@field item? table      keys of an item inside the document

---@class mkio.UndoChain
---@field provider string
---@field first mkio.UndoLink
---@field last mkio.UndoLink
---@field links mkio.UndoLink[]   in the order of the writes

local UNDECLARED <const> = { never = "what undoes it is not known" }

local NO_ID <const> = { never = "no answer came, and no list shows it" }

local function picked(item, keys)
  local found = {}
  for _, key in ipairs(keys) do found[key] = item[key] end
  return found
end

--- Returns true if an item of a document has these keys.
local function has_keys(item, keys)
  for name, wanted in pairs(keys) do
    if not patch.equal(value.dig(item, name), wanted) then return false end
  end
  return true
end

--- Returns the item of a document that has these keys, or nil.
---@param document any
---@param inside string   member with the list
---@param keys table<string, any>
---@return table?
function M.item(document, inside, keys)
  local list = value.dig(document, inside)
  for _, item in ipairs(type(list) == "table" and list or {}) do
    if has_keys(item, keys) then return item end
  end
end

local function without(item, marks)
  local rest = json.object {}
  for name, member in pairs(item) do rest[name] = member end
  for _, name in ipairs(marks) do rest[name] = nil end
  return rest
end

--- Returns the inverse of one item of a write.
local function item_inverse(inverse, inside, i)
  if inverse.never then return inverse end
  local one = {}
  for name, member in pairs(inverse) do one[name] = member end
  local back = value.dig(inverse.body, inside, i)
  if not back then return UNDECLARED end
  one.body = { [inside] = json.array { back } }
  return one
end

--- Returns the links of a write to items inside a document.
local function item_links(write, number, inverse)
  local facts, links = write.means.items, {}
  local items = value.dig(write, "body", facts.inside)
  for i, item in ipairs(type(items) == "table" and items or {}) do
    if type(item) ~= "table" then break end
    local keys = picked(item, facts.keys)
    links[i] = {
      write = write, number = number, act = write.means.act,
      place = write.means.target or write.path,
      body = without(item, facts.marks), item = keys,
      before = M.item(write.before, facts.inside, keys),
      inverse = item_inverse(inverse, facts.inside, i),
    }
  end
  return links
end

local function place_of(write)
  local means = write.means
  if means.act == "make" then
    return lookup.path_of(means, value.dig(write, "created", "id"))
  end
  return means.target or write.path
end

--- Returns the inverse of a write.  What a write without an answer has made is
--- looked for in the list.
local function inverse_of(write)
  local means = write.means
  if write.inverse or not means or means.act ~= "make" then
    return write.inverse or UNDECLARED
  end
  return means.each and means.collection and {} or NO_ID
end

--- Returns the links of a write.
local function links_of(write, number)
  local means, inverse = write.means, inverse_of(write)
  if means and means.items then
    return item_links(write, number, inverse)
  end
  return { {
    write = write, number = number, act = means and means.act or "unknown",
    body = write.body, before = write.before, inverse = inverse,
    place = means and place_of(write),
  } }
end

--- Returns a text that is the same for links to the same thing.
local function key_of(link)
  if not link.place then return ("#%d"):format(link.number) end
  local item = link.item and json.encode(link.item, { sort = true }) or ""
  return ("%s %s %s"):format(link.write.provider, link.place, item)
end

local function counts(write)
  return write.provider ~= nil
    and (journal_file.is_done(write) or journal_file.is_doubtful(write))
end

--- Returns the chains of a journal's writes to providers.
---@param writes mkrun.JournalWrite[]
---@return mkio.UndoChain[]
function M.of(writes)
  local chains, by_key = {}, {}
  local function add(link)
    local key = key_of(link)
    local chain = by_key[key]
    if not chain then
      chain = { provider = link.write.provider, links = {}, first = link }
      by_key[key], chains[#chains + 1] = chain, chain
    end
    chain.links[#chain.links + 1], chain.last = link, link
  end
  for number, write in ipairs(writes) do
    for _, link in ipairs(counts(write) and links_of(write, number) or {}) do
      add(link)
    end
  end
  return chains
end

--- Computes what is there after a write.
local AFTER <const> = {
  remove = function() return nil end,
  ["item-remove"] = function() return nil end,
  merge = function(was, body)
    local ok, after = pcall(patch.merge, was or json.object {}, body)
    return ok and after or was
  end,
  ["json-patch"] = function(was, body)
    local ok, after = pcall(patch.apply, was, body)
    return ok and after or was
  end,
}

--- Returns what the chain's writes have made of what was there before; nil if
--- they have removed it.
---@param chain mkio.UndoChain
---@return any made
---@return any[] also   what may be there, too, as the last writes got no answer
function M.made(chain)
  local state, also = chain.first.before, {}
  for _, link in ipairs(chain.links) do
    if journal_file.is_doubtful(link.write) and state ~= nil then
      also[#also + 1] = state
    end
    local after = AFTER[link.act]
    if after then state = after(state, link.body) else state = link.body end
  end
  return state, also
end

--- Returns a chain without its last write.
---@param chain mkio.UndoChain
---@return mkio.UndoChain
function M.without_last(chain)
  local links = table.move(chain.links, 1, #chain.links - 1, 1, {})
  return { provider = chain.provider, links = links, first = links[1],
    last = links[#links] }
end

local WHOLE <const> = { replace = true, make = true, remove = true,
  ["item-put"] = true, ["item-remove"] = true }

--- Returns the links whose inverses bring back what was there before, in the
--- order in which they were sent.  An inverse that restores a whole thing needs
--- none of a later write.
---@param chain mkio.UndoChain
---@return mkio.UndoLink[]
function M.needed(chain)
  local needed = {}
  for i, link in ipairs(chain.links) do
    needed[i] = link
    if WHOLE[link.act] then return needed end
  end
  return needed
end

local function add_names(names, object)
  for name in pairs(type(object) == "table" and object or {}) do
    if type(name) == "string" then names[name] = true end
  end
end

--- Adds the names of the members that two documents have different.
local function add_differences(names, a, b)
  for name, member in pairs(type(a) == "table" and a or {}) do
    if not patch.equal(member, value.dig(b, name)) then names[name] = true end
  end
end

local function sent_back(link)
  local facts, body = link.write.means, link.inverse.body
  if not link.item or body == nil then return body end
  return without(value.dig(body, facts.items.inside, 1), facts.items.marks)
end

--- Returns the names of the members that the chain's writes may have changed,
--- and that their inverses set.
---@param chain mkio.UndoChain
---@return table<string, true>
function M.touched(chain)
  local names, made = {}, M.made(chain)
  for _, link in ipairs(chain.links) do
    if link.act == "json-patch" then
      add_differences(names, chain.first.before, made)
      add_differences(names, made, chain.first.before)
    else
      add_names(names, link.body)
      add_names(names, sent_back(link))
    end
  end
  for _, link in ipairs(chain.links) do
    local means = link.write.means
    for _, name in ipairs(means and means.ignore or {}) do names[name] = nil end
  end
  return names
end

--- Returns the names of the members that merge patches have removed.
---@param chain mkio.UndoChain
---@return table<string, true>
function M.emptied(chain)
  local names = {}
  for _, link in ipairs(chain.links) do
    for name, member in pairs(type(link.body) == "table" and link.body or {}) do
      local is_gone = link.act == "merge" and member == json.null
      names[name] = is_gone and true or nil
    end
  end
  return names
end

--- Returns true if undo cannot compare a part, because it is a secret.
---@param chain mkio.UndoChain
---@return boolean
function M.has_secret(chain)
  for _, link in ipairs(chain.links) do
    if scrub.hides(link.body) then return true end
  end
  return false
end

return M
