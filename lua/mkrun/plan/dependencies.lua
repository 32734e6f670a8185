--- Tells what a saved plan depends on: which of the reads of a dry run are read
--- again before the plan is applied, and what of them must be as it was.
--- `mkrun.plan.saved` calls this module.
---
--- A plan rests on the things that its writes change or name, and on those that
--- the script compared and left as they are.  Which these are, the model of the
--- API says.  An answer that the model cannot take apart counts as a whole.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local order = require "mkrun.host.task_order"
local value = require "mkrun.value"

local M = {}

local function bare(url) return url:match "^[^?#]*" end

--- Returns the beginning of the URL of the list that an item belongs to.
local function start_of(url) return bare(url):match "^.*/" end

--- Returns the lists that are whole, by the beginning of the URLs of their
--- items.  `items` is false if the items cannot be told apart.
local function whole_lists(record)
  local lists = {}
  for _, read in ipairs(record.reads) do
    if read.start and not lists[read.start] then
      lists[read.start] = { read = read,
        items = record.overlay:items(read.request, read.response) or false }
    end
  end
  return lists
end

--- Tells whether a list that was read tells the same as the read of one thing.
--- A list may lag behind: it may lack what exists.
local function is_covered(read, lists)
  local list = lists[start_of(read.url) or ""]
  if not list or list.read == read then return false end
  local items = list.items
  return not items
    or (items[bare(read.url)] ~= nil) == (read.response.status == 200)
end

--- Returns those reads that no list covers, in the order of the script, and the
--- set of their URLs.
local function uncovered(record, lists)
  local reads, alone = {}, {}
  for _, read in ipairs(record.reads) do
    if not is_covered(read, lists) then
      reads[#reads + 1], alone[read.url] = read, true
    end
  end
  table.sort(reads, function(a, b) return order.is_before(a.place, b.place) end)
  return reads, alone
end

--- Returns the URLs of the things that the script compared, with the parts that
--- it compared, or true for all.
local function compared(record)
  local also = {}
  for url, pointers in pairs(record.basis) do
    also[url] = pointers == true or json.array(value.names(pointers))
  end
  return also
end

--- Adds those things that a write changes and a whole list does not have.
local function add_missing(record, picks, start)
  for i, write in ipairs(record.writes) do
    local url = write.target
    if url and start_of(url) == start and not picks[url] then
      picks[url] = { kind = write.change.kind, name = write.change.name,
        digest = false, by = { i } }
    end
  end
end

---@class mkrun.Dependency
---@field url string
---@field query? table
---@field digest? string   SHA-256 of the answer's essence
---@field items? table<string, table>   what the model picked, by URL
---@field all? boolean     true: nothing else may be in the list

--- Collects the dependencies of a plan.
local Collector = {}
Collector.__index = Collector

--- Returns the dependency that a read belongs to.  The pages of a list count
--- together, since a thing may move from one page to another.
function Collector:dependency(read, is_list)
  local url = bare(read.url)
  local overlay = self.record.overlay
  local numbered = overlay.numbered and overlay:numbered(read.request)
  local place = numbered or url
  local known = (numbered or read.url ~= url) and self.pages[place]
  if not known then
    known = { url = read.url, query = read.query, items = json.object {},
      all = is_list and self.also[url] and true or nil }
    self.is_kept[known] = known.all
      or overlay:watches(read.request, self.rests)
    self.pages[place], self[#self + 1] = known, known
  end
  return known
end

function Collector:add_picks(read, picks)
  local is_list = self.record.overlay:items(read.request, read.response) ~= nil
  for url in pairs(is_list and self.alone or {}) do picks[url] = nil end
  local list = is_list and read.start and self.lists[read.start]
  if list and list.read == read then
    add_missing(self.record, picks, read.start)
    for url in pairs(self.alone) do picks[url] = nil end
  end
  local known = self:dependency(read, is_list)
  for url, pick in pairs(picks) do known.items[url] = pick end
end

function Collector:add(read)
  local picks = self.record.overlay:picked(read.request, read.response,
    self.rests, self.also)
  if picks then return self:add_picks(read, picks) end
  self[#self + 1] = { url = read.url, query = read.query, digest = read.digest }
end

--- Returns what a saved plan depends on.
---@param record mkrun.PlanRecord
---@param writes table[]   the writes as they are saved
---@return mkrun.Dependency[]
function M.of(record, writes)
  if not record.overlay then return {} end
  local lists = whole_lists(record)
  local reads, alone = uncovered(record, lists)
  local self = setmetatable({ record = record, lists = lists, alone = alone,
    rests = record.overlay:rests(writes), also = compared(record),
    pages = {}, is_kept = {} }, Collector)
  for _, read in ipairs(reads) do self:add(read) end
  local all = {}
  for _, found in ipairs(self) do
    if found.digest or self.is_kept[found] or next(found.items) then
      all[#all + 1] = found
    end
  end
  return all
end

return M
