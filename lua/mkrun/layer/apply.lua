--- Layer for `--apply`: sends the writes of a saved plan, each once, and no
--- others.
---
--- Before the first request it reads again everything that the plan depends on.
--- If an answer has changed, the run ends.  A write is sent as it was planned
--- (see `mkrun.plan.pending`).
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local pending = require "mkrun.plan.pending"
local requests = require "mkrun.layer.request"
local stale = require "mkrun.plan.stale"
local sys = require "mkrun.sys"
local task = require "mkrun.task"
local value = require "mkrun.value"

local M = {}

--- An error that a script cannot ignore: each later request raises the same
--- error again.
local Refusal = {}
Refusal.__name = "mkrun.PlanRefusal"
Refusal.__tostring = function(self) return self.message end

local function refusal(message, ...)
  return setmetatable({ message = "--apply: " .. message:format(...) },
    Refusal)
end

--- Names a request in a message.
local function place(method, url)
  return method .. " " .. url:gsub("^%a[%w+.-]*://[^/?#]+", "")
end

--- The exit code for "make a new plan": something has changed since the plan.
local STALE <const> = 2

--- The part of the run that reads again what the plan depends on.
local Check = {}
Check.__index = Check

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
--- a message if there is no answer.
function Check:picks(read, request)
  local also, all = {}, {}
  if read.all then also[read.url:match "^[^?#]*"] = true end
  for url, pick in pairs(read.items) do
    also[url] = pick.extent or true
  end
  local seen = {}
  while request and not seen[request.url] do
    seen[request.url] = true
    local response, message = self:ask(request)
    if not response then return nil, message end
    local picks = self.overlay:picked(request, response, self.rests, also)
    if not picks then return nil end
    for url, pick in pairs(picks) do all[url] = pick end
    request = self.overlay:next_page(request, response)
  end
  return all
end

local function changed_text(read)
  return place("GET", read.url)
    .. ": the answer has changed since the plan was made"
end

--- Returns sentences that say what of a list or a thing is different.
function Check:compare(read, now)
  local all, sentences = {}, {}
  for url in pairs(read.items) do all[url] = true end
  for url in pairs(now) do all[url] = true end
  for _, url in ipairs(value.names(all)) do
    sentences[#sentences + 1] =
      stale.sentence(read.items[url], now[url], self.plan.writes)
  end
  return sentences
end

--- Reads one thing or list again.  Returns sentences, or nil and a message.
function Check:read(read)
  local request = { method = "GET", url = read.url, query = read.query,
    token = self.token, headers = { Accept = "application/json" } }
  if read.items then
    local now, message = self:picks(read, request)
    if now then return self:compare(read, now) end
    return not message and { changed_text(read) } or nil, message
  end
  local response, message = self:ask(request)
  if not response then return nil, message end
  local essence = self.overlay:essence(request, response)
  local is_same = essence and sys.sha256(essence) == read.digest
  return is_same and {} or { changed_text(read) }
end

--- Reads again what the plan depends on.  Returns nil, or a message and, if
--- something has changed, the exit code.
function Check:run()
  local plan = self.plan
  local found = task.map(plan.reads, function(read)
    return { self:read(read) }
  end)
  local planned, now = plan.organization, self.overlay:whose(self.token)
  local sentences = {}
  for i = 1, #plan.reads do
    local list, message = table.unpack(found[i], 1, 2)
    if not list then return message end
    table.move(list, 1, #list, #sentences + 1, sentences)
  end
  if planned and planned ~= now then
    return ("the plan is for the organization %s, and the token %s"):format(
      planned, now and "for " .. now or "cannot read one (is it still valid?)"),
      STALE
  end
  if sentences[1] then
    return stale.join(sentences), STALE, ": make a new plan"
  end
end

--- Reads again what the plan depends on, and puts the answers into `kept`.
--- Returns nil, or a message and, if something has changed, the exit code and
--- what to do.
local function moved(options, transport, token, kept)
  local overlay = options.model.new {
    base_url = options.base_url, read = transport,
  }
  return setmetatable({ plan = options.plan, transport = transport,
    token = token, kept = kept, overlay = overlay,
    rests = overlay:rests(options.plan.writes) }, Check):run()
end

--- Says that a write is not in the plan.
---@param request table
---@param is_begun boolean  true if other writes were sent
---@param near? table   the planned write to the same place
---@param body any      the body of the request, without secrets
local function unplanned_text(request, is_begun, near, body)
  local how = near and " like this: " .. stale.changes(near.body, body)
    or ", or not like this"
  return ("%s is not in the plan%s; it was not sent%s"):format(
    place(request.method, requests.url(request)), how,
    is_begun and "" or "; nothing was written: make a new plan")
end

local function with_body(request, body)
  local copy = {}
  for name, given in pairs(request) do copy[name] = given end
  if body then
    copy.json = body
    copy.body = assert(json.encode(body, { sort = true }))
  end
  return copy
end

---@class mkrun.ApplyOptions
---@field plan table       as `mkrun.plan.saved` reads it
---@field model table      as for `mkrun.layer.plan`
---@field base_url string

--- The state of a run that applies a plan.
---@class mkrun.Applying
---@field options mkrun.ApplyOptions
---@field writes mkrun.PendingWrites
---@field checks table      answers of `mkrun.task.once`
---@field stopped? table    the error that each later request raises
---@field kept table<string, table>  answers that were checked, by request
---@field owner? mkrun.Secret  the token with which they were read
---@field is_begun boolean  true if a write was sent
local Applying = {}
Applying.__index = Applying

function Applying:stop(message, ...)
  self.stopped = refusal(message, ...)
  self.stopped.exit_code = not self.is_begun and STALE or nil
  error(self.stopped, 0)
end

--- Checks what the plan depends on, once.  Returns nil without a token.
function Applying:is_checked(transport, token)
  return self.checks:get("reads", token and not self.stopped and function()
    self.owner = token
    local what, code, hint = moved(self.options, transport, token, self.kept)
    if what then
      self.stopped = refusal("%s; nothing was written%s", what, hint or "")
      self.stopped.exit_code = code
    end
    return true
  end)
end

function Applying:write(transport, request)
  local planned, body = self.writes:find(request)
  if not planned then
    self:stop("%s", unplanned_text(request, self.is_begun,
      self.writes:near(request)))
  end
  planned.is_sent, self.kept, self.is_begun = true, {}, true
  local response, message, code = transport(with_body(request, body))
  if response then self.writes:learn(planned, response) end
  return response, message, code
end

--- Sends a read.  The first of its kind gets the answer that was checked,
--- unless a write was sent since.
function Applying:read(transport, request)
  local key = requests.key(request)
  local response = request.token == self.owner and self.kept[key]
  if not response then return transport(request) end
  self.kept[key] = nil
  return response
end

function Applying:send(transport, request)
  local is_checked = self:is_checked(transport, request.token)
  if self.stopped then error(self.stopped, 0) end
  local method = request.method or "GET"
  if method == "GET" then return self:read(transport, request) end
  if method == "HEAD" then return transport(request) end
  if not is_checked then
    self:stop("%s: a write without a token is in no plan",
      place(method, request.url:gsub("[?#].*", "")))
  end
  return self:write(transport, request)
end

--- Makes the layer.  `mkrun.host.stack` calls this.
---@param options mkrun.ApplyOptions
---@return fun(transport: function): function layer
function M.new(options)
  local self = setmetatable({ options = options, kept = {}, is_begun = false,
    writes = pending.new(options.plan.writes), checks = task.once() }, Applying)
  return function(transport)
    return function(request) return self:send(transport, request) end
  end
end

return M
