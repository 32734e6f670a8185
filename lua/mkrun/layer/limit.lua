--- Layer: keeps to the API's published rates, so that it never says 429.
---
--- | requests            | a minute                                       |
--- |---------------------|------------------------------------------------|
--- | GET, HEAD, OPTIONS  | 2,000 for an organization, and for a project   |
--- | all others          | 1,000 likewise                                 |
---
--- Paths below a project count for the project and for nothing else.  A request
--- that has to wait lets other tasks go on.  Each attempt of the layer above
--- counts.  `mkrun.layer.rate` says what happens when there is a 429 all the
--- same.
---
--- `max_rate` goes for all requests of the run together, to whatever server,
--- evenly spaced; it can only lower the rates.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local rates = require "mkrun.layer.rate"
local retry_after = require "mkrun.layer.retry_after"
local secret = require "mkrun.secret"
local sys = require "mkrun.sys"

local M = {}

---@class mkrun.LimitOptions
---@field base_url? string     requests to other places are not limited
---@field reads? integer       a minute (default 2000)
---@field writes? integer      a minute (default 1000)
---@field max_rate? integer    requests a minute, of all kinds
---@field now? fun(): number   seconds
---@field sleep? fun(seconds: number)
---@field note? fun(text: string)  told about long waits
---@field spent? table<string, number[]>  by a process before, as `spent` says

--- The half second is for clocks that count in steps.
local WINDOW <const> = 60.5

--- What the API publishes, a minute.
local PUBLISHED <const> = { reads = 2000, writes = 1000 }

local READS = { GET = true, HEAD = true, OPTIONS = true }

local function defaults(options)
  local filled = {
    reads = PUBLISHED.reads, writes = PUBLISHED.writes, now = sys.monotonic,
    note = function() end,
    sleep = function(seconds) require "mkrun.task".sleep(seconds) end,
  }
  for name, value in pairs(options) do filled[name] = value end
  return filled
end

local Limit = {}
Limit.__index = Limit

--- The organization that a token is good for, where it says so; tokens that do
--- not share their rates.
function Limit:organization_of(token)
  if not secret.is(token) then return "" end
  if not self.organizations[token] then
    local claims = token:claims() or {}
    self.organizations[token] = type(claims.org) == "string" and claims.org
      or ""
  end
  return self.organizations[token]
end

--- The rate that a request counts for; nil when it goes elsewhere.
function Limit:rate_for(request)
  local url, base = request.url or "", self.o.base_url
  if not base or url:sub(1, #base) ~= base then return nil end
  local path = url:match("^/api/[^?#]*", #base + 1)
  if not path then return nil end
  local kind = READS[(request.method or "GET"):upper()] and "reads" or "writes"
  local project = path:match "^/api/v1/projects/([^/]+)/" or ""
  local name = ("%s %s/%s"):format(kind,
    self:organization_of(request.token), project)
  if not self.rates[name] then
    self.rates[name] = rates.new { count = self.o[kind], window = WINDOW,
      spent = self.o.spent and self.o.spent[name] }
  end
  return self.rates[name]
end

--- Wait until it is the ticket's turn.
function Limit:wait_for(ticket)
  local o = self.o
  while true do
    local seconds = ticket and ticket:wait() or 0
    if seconds <= 0 then return end
    if seconds >= 1 and ticket:is_first() and o.now() >= self.quiet_until then
      self.quiet_until = o.now() + seconds
      o.note(("rate limit: the next request goes in %.1f s"):format(seconds))
    end
    o.sleep(seconds)
  end
end

--- Wait until both rates let the request go.  It stands in line for the one of
--- all requests only when nothing else keeps it, so that it keeps no other.
function Limit:admit(ticket)
  local ready
  repeat
    self:wait_for(ticket)
    local turn <close> = self.all and self.all:take(self.o.now)
    self:wait_for(turn)
    ready = not ticket or ticket:wait() <= 0
    if ready and turn then turn:go() end
  until ready
  if ticket then ticket:go() end
end

local function learn(ticket, response)
  if response.status == 429 then
    ticket:refused(retry_after.seconds(response, clock.now))
  else
    ticket:accepted()
  end
end

--- How long the rates make this many requests take, at least.
---@param count integer
---@param kind "reads"|"writes"
---@param max_rate? integer
---@return number seconds
function M.least_seconds(count, kind, max_rate)
  local whole = (count - 1) // PUBLISHED[kind] * WINDOW
  return math.max(whole, max_rate and (count - 1) * WINDOW / max_rate or 0)
end

local ALL <const> = "all" -- no other name is one word

local current

--- What this run has used of its rates, by `sys.monotonic`, for a process after
--- it.  What passes on another clock, such as a sandbox's, is nothing to it.
---@return table<string, number[]>
function M.spent()
  local spent = {}
  if not current or current.o.now ~= sys.monotonic then return spent end
  for name, rate in pairs(current.rates) do spent[name] = rate:spent() end
  spent[ALL] = current.all and current.all:spent()
  return spent
end

---@param options mkrun.LimitOptions
---@return fun(transport: function): function layer
function M.new(options)
  local o = defaults(options)
  local limit = setmetatable({ o = o, rates = {}, quiet_until = -math.huge,
    organizations = setmetatable({}, { __mode = "k" }),
    all = o.max_rate and rates.new {
      count = o.max_rate, window = WINDOW, even = true,
      spent = o.spent and o.spent[ALL],
    } }, Limit)
  current = limit
  return function(transport)
    return function(request)
      local rate = limit:rate_for(request)
      if not rate and not limit.all then return transport(request) end
      local ticket <close> = rate and rate:take(o.now)
      limit:admit(ticket)
      local response, message, code = transport(request)
      if ticket and response then learn(ticket, response) end
      return response, message, code
    end
  end
end

return M
