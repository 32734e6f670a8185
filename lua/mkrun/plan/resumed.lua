--- Holds a resumed run to the plan that the run before has applied in part.
--- `mkrun.layer.apply` calls this module.
---
--- What the run before has written is no change that somebody else has made,
--- and what only its writes rest on does not matter any more.  A write that it
--- has sent is sent again only if that changes nothing.
-- SPDX-License-Identifier: MIT

local alike = require "mkrun.journal.alike"
local befores = require "mkrun.journal.before"
local file = require "mkrun.journal.file"
local json = require "mkrun.json"
local lookup = require "mkrun.journal.lookup"
local scrub = require "mkrun.journal.scrub"

---@class mkrun.plan.Resumed
---@field pending mkrun.PendingWrites
---@field plan table
---@field touched table<string, true>   URLs of what the run before has written
---@field lists string[]   beginnings of the URLs of what it may have made
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

--- Notes what a write of the run before has changed.
function Resumed:touch(journal, write, subject)
  local base, means = base_of(journal, write), write.means or {}
  local known = not write.provider and subject or {}
  local id = write.created and write.created.id
  local paths = { write.path, means.target or false,
    lookup.path_of(means, id) or false,
    known.changes and known.changes(write.method, write.path) or false,
    known.shown_by and known.shown_by(write.method, write.path) or false,
    id and not write.provider and write.path .. "/" .. id or false }
  for _, path in ipairs(paths) do
    if path then self.touched[base .. path] = true end
  end
  if write.method == "POST" and not id then
    self.lists[#self.lists + 1] = base .. (means.collection or write.path) .. "/"
  end
end

--- Finds the planned write that a write of the run before was.
function Resumed:match(journal, write)
  local body = write.body ~= nil and json.encode(write.body, { sort = true })
  return self.pending:find_any { method = write.method,
    url = base_of(journal, write) .. write.path, body = body or nil }
end

--- Notes that a planned write was sent, and the id that the server gave.
function Resumed:settle(journal, write)
  local planned = self:match(journal, write)
  if not planned then return end
  planned.is_sent, planned.earlier = true, write
  if file.is_done(write) and write.created and planned.id then
    planned.id_given = self.pending:give(planned, write.created.id,
      write.provider ~= nil)
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

--- Returns true if a thing need not be as the plan says.
---@param url string
---@param before? table   pick of the plan; nil: it has none
---@return boolean
function Resumed:explains(url, before)
  if self.touched[url] then return true end
  for above in pairs(self.touched) do
    if is_below(url, above) then return true end
  end
  if before then return self:is_settled(before) end
  for _, list in ipairs(self.lists) do
    if url:sub(1, #list) == list then return true end
  end
  return false
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

--- Returns true if the API shows what a write has set.
local function shows(response, body)
  if response.status ~= 200 then return false end
  local now = scrub.body(response.body)
  return type(now) == "table" and alike.has(now, body)
end

--- Returns true if a write that the run before has sent may be sent again:
--- nothing is there that somebody else has changed since.
---@param transport function
---@param request table
---@param planned table
---@return boolean
function Resumed:may_repeat(transport, request, planned)
  local earlier = planned.earlier
  if not earlier or not file.is_done(earlier) then return true end
  -- The journal's layer answers with what the run before has made.
  if request.method == "POST" then return earlier.means ~= nil end
  local response = transport(befores.read_of(request, request.url))
  if not response then return false end
  if request.method == "DELETE" then
    return response.status == 404 or response.status == 410
  end
  local body = self.pending:body_of(planned)
  return not json.is_array(body) and shows(response, body)
end

--- Makes what a resumed run knows of the run before.
---@param journal mkrun.Journal
---@param plan table
---@param pending mkrun.PendingWrites
---@param subject? table   of the API of the run
---@return mkrun.plan.Resumed
function M.new(journal, plan, pending, subject)
  local self = setmetatable({ pending = pending, plan = plan, touched = {},
    lists = {} }, Resumed)
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
