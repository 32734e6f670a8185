--- Finds, in the answers of reads, what a plan rests on.  These are methods of
--- `mkio.plan.overlay`.
-- SPDX-License-Identifier: MIT

local extents = require "mkio.plan.extent"
local json = require "mkrun.json"
local lists = require "mkrun.rest.list"
local operations = require "mkio.operations"
local rests = require "mkio.plan.rests"
local things = require "mkio.plan.things"
local dig = require "mkrun.value".dig

local M = {}

--- Takes the answer to a read apart; nil if it counts as a whole.
local function things_in(self, request, response)
  local here, parsed = self:local_request(request)
  if not here then return nil end
  local operation, at = operations.match("GET", parsed.path)
  local found = operation
    and things.of(operation, at, parsed.path, response) or nil
  return found, operation
end

--- Returns the URLs of the items of a list, as a set.  Returns nil for another
--- answer.
---@param self mkio.plan.Overlay
---@param request table
---@param response table
---@return table<string, true>?
function M.items(self, request, response)
  local found, operation = things_in(self, request, response)
  if not found or not operation.list then return nil end
  local urls = {}
  for _, thing in ipairs(found) do urls[self.base .. thing.path] = true end
  return urls
end

--- Collects what planned writes rest on.
---@param self mkio.plan.Overlay
---@param writes table[]   see `mkio.plan.rests`
---@return mkio.plan.Rests
function M.rests(self, writes) return rests.new(writes, self.base) end

--- Returns those things in the answer to a read that a plan rests on, by their
--- URL.  Returns nil if the answer counts as a whole.
---@param self mkio.plan.Overlay
---@param request table
---@param response table
---@param rest mkio.plan.Rests
---@param also table<string, mkio.plan.Extent>   URLs of things that count, too,
---  and of lists of which each thing does
---@return table<string, mkio.plan.Pick>?
function M.picked(self, request, response, rest, also)
  local found, operation = things_in(self, request, response)
  if not found then return nil end
  local picks = {}
  local of_list = operation.list and also[request.url:match "^[^?#]*"]
  for _, thing in ipairs(found) do
    local url = self.base .. thing.path
    local by, extent = rest:on(thing)
    extent = extents.join(extent, also[url])
    if of_list and not thing.is_login then
      extent = extent or json.array {}
    end
    if extent or not operation.list and not thing.is_own then
      picks[url] = things.pick(thing, extent or true)
      picks[url].by = by
    end
  end
  return picks
end

--- Tells whether a plan rests on a list even where it rests on nothing that is
--- in it: something may come.
---@param self mkio.plan.Overlay
---@param request table
---@param rest mkio.plan.Rests
---@return boolean
function M.watches(self, request, rest)
  local here, parsed = self:local_request(request)
  local operation = here and operations.match("GET", parsed.path)
  return operation ~= nil and operation.list ~= nil
    and rest:watch(parsed.path, things.kinds(operation))
end

--- Returns the request for the next page of a list, or nil.
---@param self mkio.plan.Overlay
---@param request table
---@param response table
---@return table?
function M.next_page(self, request, response)
  local document = response.status == 200 and json.decode(response.body)
  local link = dig(document, "@odata.nextLink")
  if type(link) ~= "string" or link == "" then return nil end
  local ok, path = pcall(lists.resolve, self.base,
    request.url:sub(#self.base + 1), link)
  if not ok then return nil end
  local copy = {}
  for name, value in pairs(request) do copy[name] = value end
  copy.url, copy.query = self.base .. path, nil
  return copy
end

return M
