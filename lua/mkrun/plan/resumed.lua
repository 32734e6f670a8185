--- Holds a resumed run to the plan that the run before has applied in part.
--- `mkrun.layer.apply` calls this module.
---
--- What the run before has written is no change that somebody else has made,
--- and what only its writes rest on does not matter any more.  A write that it
--- has sent is sent again only if nobody else has changed anything there.  What
--- it has made itself may be removed: a token that nobody can know any more.
-- SPDX-License-Identifier: MIT

local alike = require "mkrun.journal.alike"
local befores = require "mkrun.journal.before"
local file = require "mkrun.journal.file"
local inverses = require "mkrun.journal.inverse"
local json = require "mkrun.json"
local lookup = require "mkrun.journal.lookup"
local scrub = require "mkrun.journal.scrub"

---@class mkrun.plan.Resumed
---@field pending mkrun.PendingWrites
---@field plan table
---@field touched table<string, true>   URLs of what the run before has written
---@field named table<string, true>     kinds and names of what it has written
---@field removed table<string, true>   URLs of what it has removed
---@field made table<string, true>      URLs of what it has made
---@field lists string[]   beginnings of the URLs of what it may have made
---@field read table<string, true>      URLs of what was there before the plan
local Resumed = {}
Resumed.__index = Resumed

local M = {}

--- Returns the URL below which the paths of a journal's write are.
local function base_of(journal, write)
  local known = journal.providers[write.provider]
  return write.provider and known and known.base_url or journal.head.base_url
end

local function happened(write)
  return file.is_done(write) or file.is_doubtful(write)
end

--- Returns the paths of what a write has changed.  That of a POST is a list, or
--- no thing at all.
local function paths_of(write, subject)
  local known = not write.provider and subject or {}
  local means, id = write.means or {}, write.created and write.created.id
  local is_post = write.method == "POST"
  return {
    is_post and "" or write.path, means.target or "",
    known.changes and known.changes(write.method, write.path) or "",
    known.shown_by and known.shown_by(write.method, write.path)
      or means.shown or "",
    lookup.path_of(means, id)
      or is_post and id and not write.provider and write.path .. "/" .. id
      or "",
  }
end

--- Notes what a write of the run before has changed.
function Resumed:touch(journal, write, subject)
  local base, means = base_of(journal, write), write.means or {}
  local id = write.created and write.created.id
  local paths = paths_of(write, subject)
  for _, path in ipairs(paths) do
    if path ~= "" then self.touched[base .. path] = true end
  end
  if write.method == "DELETE" then self.removed[base .. write.path] = true end
  if write.method == "POST" and id and paths[5] ~= "" then
    self.made[base .. paths[5]] = true
  end
  if write.method == "POST" and not id then
    local list = means.collection or write.path
    self.lists[#self.lists + 1] = base .. list .. "/"
  end
end

--- Notes that a planned write was sent, and the id that the server gave.
function Resumed:settle(journal, write)
  local planned = self.pending:find_sent(write.method,
    base_of(journal, write) .. write.path, write.body)
  if not planned then return end
  planned.is_sent, planned.earlier = true, write
  if not write.provider then -- an action on a thing has another path
    self.named[planned.kind .. " " .. planned.name] = true
  end
  if file.is_done(write) and write.created and planned.id then
    planned.id_given = self.pending:give(planned, write.created.id,
      write.provider ~= nil)
  end
end

--- Finds the ids that the server gave to what the run before may have made: no
--- answer came.  A POST is looked for by the journal's layer.
---@param get fun(url: string): table?   sends GET; returns the answer
---@param learn fun(planned: table, response: table)
function Resumed:look(get, learn)
  for _, planned in ipairs(self.plan.writes) do
    local earlier = planned.earlier
    if earlier and planned.id and planned.method == "PUT"
      and not (earlier.created and earlier.created.id) then
      local response = get(planned.url)
      if response and response.status == 200 then learn(planned, response) end
    end
  end
end

local function is_below(url, above)
  return url:sub(1, #above + 1) == above .. "/"
end

--- Returns true if all planned writes that rest on a thing were sent.
function Resumed:is_settled(pick)
  for _, i in ipairs(pick.by or {}) do
    local write = self.plan.writes[i]
    local earlier = write and write.earlier
    if not earlier or not file.is_done(earlier) then return false end
  end
  return pick.by ~= nil and pick.by[1] ~= nil
end

--- Returns true if a URL is that of something that the run before may have made
--- without getting an answer.
function Resumed:may_be_made(url)
  for _, list in ipairs(self.lists) do
    if url:sub(1, #list) == list then return true end
  end
  return false
end

--- Returns true if a request removes what the run before has made itself.
---@param request table
---@return boolean
function Resumed:is_own_removal(request)
  local url = request.url:match "^[^?#]*"
  return request.method == "DELETE" and not self.read[url]
    and (self.made[url] or self:may_be_made(url))
end

--- Returns true if a thing went with another.
function Resumed:is_inside(url)
  for at in url:gmatch "()/" do
    if self.removed[url:sub(1, at - 1)] then return true end
  end
  return false
end

--- Returns true if a new thing is what a write that is still to be sent makes.
function Resumed:is_wanted(pick)
  for _, i in ipairs(pick.by or {}) do
    local write = self.plan.writes[i]
    if write and not write.earlier and write.kind == pick.kind
      and write.name == pick.name then
      return true
    end
  end
  return false
end

--- Returns true if a thing need not be as the plan says.
---@param url string
---@param before? table   pick of the plan; nil: it has none
---@param now? table      pick of today's answer; nil: it is not there
---@param is_whole? boolean   true: the plan rests on nothing else being there
---@return boolean
function Resumed:explains(url, before, now, is_whole)
  if self.touched[url] or self:is_inside(url) then return true end
  if before then
    return self.named[("%s %s"):format(before.kind, before.name)] == true
      or self:is_settled(before)
  end
  -- What the plan did not see and its writes name came with what it has made.
  return self:may_be_made(url)
    or now ~= nil and not is_whole and not self:is_wanted(now)
end

--- Returns true if an answer that counts as a whole may be another one, because
--- the run before has written something there.
---@param url string
---@return boolean
function Resumed:explains_whole(url)
  url = url:match "^[^?#]*"
  for touched in pairs(self.touched) do
    if touched == url or is_below(url, touched) or is_below(touched, url) then
      return true
    end
  end
  return false
end

--- Returns what a write of items inside a document sets: those items, without
--- the marks of the write.
local function items_set(means, body)
  local facts, list = means.items, json.array {}
  if means.act == "item-remove" then return { [facts.inside] = list } end
  for i, item in ipairs(body[facts.inside]) do
    local rest = {}
    for name, member in pairs(item) do rest[name] = member end
    for _, name in ipairs(facts.marks) do rest[name] = nil end
    list[i] = rest
  end
  return { [facts.inside] = list }
end

--- Returns true if what is there is what a write has set, or, for a write
--- without an answer, what was there before.
local function is_untouched(response, body, earlier)
  local is_open = not file.is_done(earlier)
  if response.status ~= 200 then
    local is_gone = response.status == 404 or response.status == 410
    return is_gone and (earlier.method == "DELETE"
      or is_open and earlier.before == nil)
  end
  local now = scrub.body(response.body)
  if type(now) ~= "table" then return false end
  local means = earlier.means or {}
  if means.items then
    now = inverses.only_named(now, means.items, body)
    body = items_set(means, body)
  end
  if is_open and earlier.before and alike.has(now, earlier.before) then
    return true
  end
  return type(body) == "table" and not json.is_array(body)
    and alike.has(now, body)
end

--- Returns true if a POST may be sent again.  The journal's layer answers with
--- what the run before has made at a provider, and looks for what it may have
--- made.  Otherwise the script has looked; what was removed since stays so.
local function may_post_again(transport, request, earlier)
  local id = earlier.created and earlier.created.id
  if not file.is_done(earlier) or earlier.means or not id then return true end
  local response = transport(befores.read_of(request, request.url .. "/" .. id))
  return response ~= nil and response.status == 200
end

--- Returns true if a write that the run before has sent may be sent again:
--- nothing is there that somebody else has changed since.
---@param transport function
---@param request table
---@param planned table
---@return boolean
function Resumed:may_repeat(transport, request, planned)
  local earlier = planned.earlier
  if not earlier then return true end
  local act = earlier.means and earlier.means.act
  if act == "json-patch" and not file.is_done(earlier) then
    return true -- the journal's layer finds out whether it was applied
  elseif request.method == "POST" then
    return may_post_again(transport, request, earlier)
  end
  local response = transport(befores.read_of(request, request.url))
  return response ~= nil
    and is_untouched(response, self.pending:body_of(planned), earlier)
end

--- Makes what a resumed run knows of the run before.
---@param journal mkrun.Journal
---@param plan table
---@param pending mkrun.PendingWrites
---@param subject? table   of the API of the run
---@return mkrun.plan.Resumed
function M.new(journal, plan, pending, subject)
  local self = setmetatable({ pending = pending, plan = plan, touched = {},
    named = {}, removed = {}, made = {}, lists = {}, read = {} }, Resumed)
  for _, read in ipairs(plan.reads) do
    for url in pairs(read.items or {}) do self.read[url] = true end
  end
  for _, write in ipairs(journal.writes) do
    if happened(write) and write.path:sub(1, 1) == "/" then
      self:touch(journal, write, subject)
      self:settle(journal, write)
    end
  end
  pending:rewind()
  return self
end

return M
