--- Reads again what a saved plan depends on, and says what has changed since.
--- `mkrun.layer.apply` calls this module before the first request of a script.
-- SPDX-License-Identifier: MIT

local requests = require "mkrun.layer.request"
local stale = require "mkrun.plan.stale"
local sys = require "mkrun.sys"
local task = require "mkrun.task"
local value = require "mkrun.value"

local M = {}

--- The exit code for "make a new plan": something has changed since the plan.
M.STALE = 2

---@class mkrun.plan.Check
---@field plan table       as `mkrun.plan.saved` reads it
---@field transport fun(request: table): table?, string?, string?
---@field overlay mkrun.plan.Worlds
---@field kept table<string, table>   answers, by request
---@field alone table<string, true>   URLs of things read by themselves
---@field rests any        what the writes rest on, for the model
---@field resumed? mkrun.plan.Resumed
local Check = {}
Check.__index = Check

--- Names a request in a message.
---@param method string
---@param url string
---@return string
function M.place(method, url)
  return method .. " " .. url:gsub("^%a[%w+.-]*://[^/?#]+", "")
end

--- Sends a read.  Returns nil and a message if there is no answer.
function Check:ask(request)
  local response, message = self.transport(request)
  if not response then return nil, message end
  self.kept[requests.key(request)] = response
  self.overlay:saw(request, response)
  return response
end

--- Returns the things that an answer has now, and, of a list, those of its
--- further pages.  Returns nil if the answer cannot be taken apart, and nil and
--- a message if there is no answer, or one that shows nothing.
function Check:picks(read, request)
  local also, all = {}, {}
  if read.all then also[read.url:match "^[^?#]*"] = true end
  for url, pick in pairs(read.items) do
    also[url] = pick.extent or true
  end
  local seen = {}
  while request and not seen[requests.key(request)] do
    seen[requests.key(request)] = true
    local response, message = self:ask(request)
    if not response then return nil, message end
    local picks = self.overlay:picked(request, response, self.rests, also)
    if not picks then return nil, self.overlay:refusal(request, response) end
    for url, pick in pairs(picks) do all[url] = pick end
    request = self.overlay:next_page(request, response)
  end
  return all
end

--- Returns a GET request to an API, with the token of its provider.
---@param all mkrun.plan.Worlds
---@param read {url: string, query: table?}
---@return table
function M.read_of(all, read)
  local world = all:at(read.url)
  return { method = "GET", url = read.url, query = read.query,
    token = all:token_of(world),
    token_as = world.entry and world.entry.token_as,
    headers = { Accept = "application/json" } }
end

local function changed_text(read)
  return M.place("GET", read.url)
    .. ": the answer has changed since the plan was made"
end

--- Returns the URLs of the things that the plan read by themselves.
local function read_alone(plan)
  local alone = {}
  for _, read in ipairs(plan.reads) do
    if read.items and read.items[read.url] then alone[read.url] = true end
  end
  return alone
end

--- Returns sentences that say what of a list or a thing is different.  What was
--- read by itself does not count again in a list.
function Check:compare(read, now)
  local all, sentences = {}, {}
  for url in pairs(read.items) do all[url] = true end
  for url in pairs(now) do
    if not self.alone[url] then all[url] = true end
  end
  for _, url in ipairs(value.names(all)) do
    local before = read.items[url]
    local is_explained = self.resumed
      and self.resumed:explains(url, before, now[url], read.all)
    if not is_explained then
      sentences[#sentences + 1] =
        stale.sentence(before, now[url], self.plan.writes)
    end
  end
  return sentences
end

--- Reads one thing or list again.  Returns sentences, or nil and a message.
function Check:read(read)
  local request = M.read_of(self.overlay, read)
  if read.items then
    local now, message = self:picks(read, request)
    if now then return self:compare(read, now) end
    return not message and { changed_text(read) } or nil, message
  end
  local response, message = self:ask(request)
  if not response then return nil, message end
  local essence = self.overlay:essence(request, response)
  local is_same = essence and sys.sha256(essence) == read.digest
    or self.resumed and self.resumed:explains_whole(read.url)
  if is_same then return {} end
  local said = self.overlay:refusal(request, response)
  return not said and { changed_text(read) } or nil, said
end

--- Reads again what the plan depends on.  Returns nil, or a message and, if
--- something has changed, the exit code.
function Check:run()
  local plan = self.plan
  local found = task.map(plan.reads, function(read)
    return { self:read(read) }
  end)
  local planned = plan.organization
  local now = planned and self.overlay:whose()
  local sentences = {}
  for i = 1, #plan.reads do
    local list, message = table.unpack(found[i], 1, 2)
    if not list then return message end
    table.move(list, 1, #list, #sentences + 1, sentences)
  end
  if planned and planned ~= now then
    return ("the plan is for the organization %s, and the token %s"):format(
      planned, now and "for " .. now or "cannot read one (is it still valid?)"),
      M.STALE
  end
  if sentences[1] then
    return stale.join(sentences), M.STALE, ": make a new plan"
  end
end

--- Reads again what the plan depends on.
---@param o {plan: table, transport: function, overlay: mkrun.plan.Worlds,
---  kept: table<string, table>, resumed: mkrun.plan.Resumed?}   the answers are
---  put into `kept`
---@return string? message    nil: nothing has changed
---@return integer? exit_code if something has changed
---@return string? hint       what to do
function M.run(o)
  return setmetatable({ plan = o.plan, resumed = o.resumed,
    transport = o.transport, kept = o.kept, overlay = o.overlay,
    alone = read_alone(o.plan), rests = o.overlay:rests(o.plan.writes) },
    Check):run()
end

return M
