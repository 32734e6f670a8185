--- Tells what a saved plan depends on: which of the reads of a dry run are read
--- again before the plan is applied, and what of them must be as it was.
--- `mkrun.plan.saved` calls this module.
-- SPDX-License-Identifier: MIT

local order = require "mkrun.host.task_order"
local sys = require "mkrun.sys"

local M = {}

local function bare(url) return url:match "^[^?#]*" end

--- Returns the beginning of the URL of the list that an item belongs to.
local function start_of(url) return bare(url):match "^.*/" end

--- Returns the URLs of the things that the writes change or that the script
--- compared, by the beginning of the URL of their list.  Also returns the set
--- of URLs of what changes as a whole, such as a list to which a POST adds an
--- item.
local function targets_of(record)
  local targets, lists = {}, {}
  local function add(url)
    local start = start_of(url) or ""
    targets[start] = targets[start] or {}
    table.insert(targets[start], url)
  end
  for _, write in ipairs(record.writes) do
    lists[write.target or bare(write.url)] = true
    if write.target then add(write.target) end
  end
  for url in pairs(record.basis) do add(url) end
  return targets, lists
end

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

--- Returns the digests of those items of a list that the plan rests on; false
--- for an item that does not exist.  Things that were read alone are left out.
local function digests_of(items, targets, alone)
  local digests = {}
  for _, url in ipairs(targets or {}) do
    if not alone[url] then
      digests[url] = items[url] and sys.sha256(items[url]) or false
    end
  end
  return next(digests) and digests
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

--- Returns what a saved plan depends on.  Of a list whose items can be told
--- apart these are the items that the plan writes to, and those that the script
--- compared.  Of a page of such a list it is nothing, because then each thing
--- that the plan writes to was read alone.
---@param record mkrun.PlanRecord
---@return {url: string, query: table?, digest: string?,
---  items: table<string, string|false>?}[]
function M.of(record)
  local targets, changed = targets_of(record)
  local lists, all = whole_lists(record), {}
  local reads, alone = uncovered(record, lists)
  for _, read in ipairs(reads) do
    local list = read.start and lists[read.start]
    local items = list and list.items
    if not list then
      items = record.overlay:items(read.request, read.response)
    end
    if not items or changed[bare(read.url)] then
      all[#all + 1] = { url = read.url, query = read.query,
        digest = read.digest }
    else
      local digests = list
        and digests_of(items, targets[read.start], alone)
      all[#all + 1] = digests
        and { url = read.url, query = read.query, items = digests } or nil
    end
  end
  return all
end

return M
