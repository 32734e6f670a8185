--- Finds out whether a write of an earlier run took effect, so that a resumed
--- run does not send the write twice.  The layer `journal` calls this module
--- for writes to providers that declare what each write means.
---
--- A run may make something with an id of the server's and end before it has
--- used the id.  The resumed run, which makes the same again, gets the same
--- thing.
-- SPDX-License-Identifier: MIT

local alike = require "mkrun.journal.alike"
local befores = require "mkrun.journal.before"
local file = require "mkrun.journal.file"
local inverses = require "mkrun.journal.inverse"
local json = require "mkrun.json"
local patch = require "mkrun.patch"
local places = require "mkrun.journal.place"
local scrub = require "mkrun.journal.scrub"
local timeless = require "mkrun.journal.timeless"

---@class mkrun.Lookup
---@field journal mkrun.Journal
---@field taken table<table, true>   earlier writes whose outcome this run has
---  used
local Lookup = {}
Lookup.__index = Lookup

local M = {}

--- Returns true if two writes are the same.  If the journal could not store the
--- body of `a`, the bodies count as equal.
---@param a mkrun.JournalWrite
---@param b mkrun.JournalWrite
---@return boolean
function M.is_same(a, b)
  return a.method == b.method and a.path == b.path and a.provider == b.provider
    and (a.body == scrub.word or timeless.equal(a.body, b.body))
end

--- Returns true if an earlier run sent the same removal, and it took effect or
--- may have.
---@param journal mkrun.Journal
---@param write mkrun.JournalWrite
---@return boolean
function M.was_removed(journal, write)
  local act = write.means and write.means.act
  for _, earlier in ipairs(act == "remove" and journal.writes or {}) do
    if M.is_same(earlier, write)
      and (file.is_done(earlier) or file.is_doubtful(earlier)) then
      return true
    end
  end
  return false
end

---@class mkrun.LookupCase
---@field transport function
---@field request table           the write of this run
---@field write mkrun.JournalWrite
---@field place mkrun.Place
---@field has_looked boolean      the run itself has read the API

--- Reads a path.  Returns the answer, or nil and the reason if the path could
--- not be read.
local function get(case, path, query)
  local read = befores.read_of(case.request, case.place.base_url .. path)
  read.query = query
  local response, message = case.transport(read)
  local problem = befores.failure(response, message)
  if problem then return nil, ("GET %s: %s"):format(path, problem) end
  return response
end

--- Returns an answer to the write of this run, made of an answer to a read.
local function as_answer(response, status)
  local answer = {}
  for name, member in pairs(response) do answer[name] = member end
  answer.status = status
  return answer
end

--- Returns an answer to a POST, made of an item of a list.
local function answer_of(item)
  return { status = 201, body = json.encode(item),
    headers = { ["content-type"] = "application/json" } }
end

--- Adds the outcome of an earlier write to the journal.
local function settle(self, case, earlier, status, document)
  self.taken[earlier] = true
  local outcome = inverses.outcome(case.place.subject, earlier,
    { status = status, body = document and json.encode(document) })
  earlier.error = nil
  for name, member in pairs(outcome) do earlier[name] = member end
  return self.journal:outcome(earlier, outcome)
end

--- Returns the ids of what the earlier runs have made.
local function ids_of(journal)
  local ids = {}
  for _, write in ipairs(journal.writes) do
    local id = type(write.created) == "table" and write.created.id
    if id and write.means then
      ids[tostring(write.means.collection) .. "\0" .. tostring(id)] = true
    end
  end
  return ids
end

--- Returns the path of what a write has made.
---@param means? table   `means` of a journal's write
---@param id? any
---@return string?
function M.path_of(means, id)
  if id == nil or not means or not means.each then return nil end
  return (means.each:gsub("{}", function() return alike.escape(id) end))
end

--- Finds what an earlier write has made, whose answer is known.
local function find_made(self, case, earlier)
  self.taken[earlier] = true
  local path = M.path_of(earlier.means, earlier.created and earlier.created.id)
  if not path then return nil end
  local is_listed, item, fault = case.place.subject.listed(path,
    function(page, query) return get(case, page, query) end)
  if is_listed then return item and answer_of(item), fault end
  local response, problem = get(case, path)
  if not response then return nil, problem end
  if response.status ~= 200 then return nil end -- it was removed since
  return as_answer(response, earlier.status)
end

--- Finds what an earlier write may have made in the list that would have it.
local function find_in_list(self, case, earlier)
  local subject, means = case.place.subject, earlier.means
  if not means.collection then return nil, "the API has no list of it" end
  local items, problem = subject.all(means.collection,
    function(path, query) return get(case, path, query) end)
  if not items then return nil, problem end
  local known, found = ids_of(self.journal), {}
  for _, item in ipairs(items) do
    local made = subject.created(earlier, item)
    local key = made and made.id and means.collection .. "\0" .. made.id
    if key and not known[key] and alike.has(item, earlier.body) then
      found[#found + 1] = item
    end
  end
  if #found > 1 then
    return nil, ("%d in %s are like it"):format(#found, means.collection)
  end
  if not found[1] then
    self.taken[earlier] = true
    return nil
  end
  local done, why = settle(self, case, earlier, 201, found[1])
  if not done then return nil, why end
  return answer_of(found[1])
end

--- Finds out whether a JSON Patch was applied.
local function find_patched(self, case, earlier)
  local response, problem = get(case, earlier.means.target or earlier.path)
  if not response then return nil, problem end
  local now = response.status == 200
    and places.hide(case.place, case.request, scrub.body, response.body)
  local ok, after = pcall(patch.apply, earlier.before, earlier.body)
  local is_done = ok and now and alike.is_back(now, after, earlier.before)
  if is_done then
    local done, why = settle(self, case, earlier, 200)
    if not done then return nil, why end
    return as_answer(response, 200)
  elseif now and earlier.before and alike.has(now, earlier.before) then
    self.taken[earlier] = true
    return nil
  end
  return nil, "what is there now is neither what was there before nor what it "
    .. "makes"
end

--- Returns what an earlier write may be for this write: "made" if its outcome
--- is known and its id must be found again, "doubtful" if its outcome, or the
--- id of what it made, is not known and it must not be sent twice.
local function state_of(self, earlier, write)
  if self.taken[earlier] or not M.is_same(earlier, write) then return nil end
  local act = earlier.means and earlier.means.act
  if act == "make" and file.is_done(earlier) then
    return earlier.created and "made" or "doubtful"
  end
  local known = act == "make" or act == "json-patch"
  return known and not earlier.safe and file.is_doubtful(earlier)
    and "doubtful" or nil
end

--- Returns the answer to the same write of an earlier run, if that took effect.
--- Returns nil if the write must be sent, and nil and the reason if it must
--- not.
---@param case mkrun.LookupCase
---@return table? response
---@return string? problem
function Lookup:find(case)
  for _, earlier in ipairs(self.journal.writes) do
    local state = state_of(self, earlier, case.write)
    local look = state == "made" and find_made
      or state and earlier.means.act == "make" and find_in_list
      or state and find_patched
    if state == "doubtful" and case.has_looked then
      self.taken[earlier], look = true, nil
    end
    if look then
      local response, problem = look(self, case, earlier)
      if response or problem then return response, problem end
    end
  end
end

--- Makes the lookup of a resumed run.
---@param journal mkrun.Journal
---@return mkrun.Lookup
function M.new(journal)
  return setmetatable({ journal = journal, taken = {} }, Lookup)
end

return M
