--- This layer delays requests to stay within an API's published rate limits,
--- so that no request gets 429.  `mkrun.host.stack` puts this layer below the
--- layer `retry`, so that each attempt counts.
---
--- Each provider has a limit for reads, which are GET, HEAD and OPTIONS, and
--- one for all other requests: see `mkrun.Rates`.  While a request waits, other
--- tasks run.  The head of `mkrun.layer.rate_tickets` describes the reaction to
--- a 429.
---
--- The option `max_rate` limits all requests of the run, to any server, and
--- spaces these requests evenly.  The option cannot raise the API's limits.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local config = require "mkrun.config"
local long_wait = require "mkrun.host.long_wait"
local providers = require "mkrun.providers"
local rates = require "mkrun.layer.rate_tickets"
local retry_after = require "mkrun.layer.retry_after"
local secret = require "mkrun.secret"
local sys = require "mkrun.sys"

local M = {}

---@class mkrun.Rates
---@field reads? integer   most reads a minute; nil: no limit
---@field writes? integer  most writes a minute; nil: no limit
---@field below? string    pattern of the paths that are limited (default: all)
---@field apart? string    pattern of the paths with limits of their own: those
---  for which it captures the same text share them

---@class mkrun.LimitOptions
---@field base_url? string     URL of the run's own provider
---@field reads? integer       most reads a minute (default: as published)
---@field writes? integer      most writes a minute (default: as published)
---@field max_rate? integer    most requests a minute, of all kinds
---@field now? fun(): number   returns seconds, of a clock that never goes back
---@field sleep? fun(seconds: number, what: string?, is_once: boolean?)  `what`
---  says for what the layer waits; `is_once`: the user is told only once
---@field note? fun(text: string)  called before a long wait
---@field spent? table<string, number[]>  requests of an earlier process: the
---  result of `spent` in that process

--- The length of the window in which the limits count requests, in seconds.
--- The window is half a second longer than a minute, because some clocks move
--- in steps.
local WINDOW <const> = 60.5

local READS = { GET = true, HEAD = true, OPTIONS = true }

--- Returns the run's own provider, as an entry of `mkrun.providers`.
local function own_entry(o)
  local facts = config.provider()
  local published = facts.rates
  return {
    name = facts.name, base_url = o.base_url, claims = facts.claims,
    rates = { reads = o.reads or published.reads,
      writes = o.writes or published.writes, below = published.below,
      apart = published.apart },
  }
end

local function defaults(options)
  local filled = {
    now = sys.monotonic, note = function() end, sleep = long_wait.sleep,
  }
  for name, value in pairs(options) do filled[name] = value end
  return filled
end

local Limit = {}
Limit.__index = Limit

--- Returns the owner of the limits by a token's claims, or "".  Each owner has
--- separate limits.
function Limit:owner_of(token, member)
  if not member or not secret.is(token) then return "" end
  if not self.owners[token] then
    local owner = (token:claims() or {})[member]
    self.owners[token] = type(owner) == "string" and owner or ""
  end
  return self.owners[token]
end

--- Returns the provider that a URL lies below: that with the longest base URL.
function Limit:provider_of(url)
  local own, other = self.own, providers.of_url(url)
  local base = own.base_url
  local is_own = base and url:sub(1, #base) == base
    and not (other and #other.base_url > #base)
  return is_own and own or other
end

--- Returns the name of the limit that counts a request, and the most requests a
--- minute.  Returns nil if none does.
function Limit:limit_for(request)
  local url = request.url or ""
  local entry = self:provider_of(url)
  local published = entry and entry.rates
  if not published then return nil end
  local path = url:match("^[^?#]*", #entry.base_url + 1)
  if not path:find(published.below or "") then return nil end
  local kind = READS[(request.method or "GET"):upper()] and "reads" or "writes"
  local apart = published.apart and path:match(published.apart) or ""
  return ("%s %s %s/%s"):format(kind, entry.name, self:owner_of(request.token,
    entry.claims and entry.claims.owner), apart), published[kind]
end

--- Returns the `mkrun.Rate` that counts a request, or nil for a request to
--- another server.
function Limit:rate_for(request)
  local name, most = self:limit_for(request)
  if not most then return nil end
  if not self.rates[name] then
    self.rates[name] = rates.new { count = most, window = WINDOW,
      spent = self.o.spent and self.o.spent[name] }
  end
  return self.rates[name]
end

local function is_shut(ticket) return ticket and ticket:shut_for() > 0 end

--- Says for what the request of a ticket waits.  The user chose --max-rate, and
--- is told of that once.
---@return string what
---@return boolean is_once
local function reason(self, ticket)
  if ticket.rate == self.all then
    return ("--max-rate %d allows the next request then")
      :format(self.o.max_rate), true
  end
  return "the API's rate limit allows the next request then", false
end

--- Waits until the request of a ticket may be sent, or until its rate is shut.
function Limit:wait_for(ticket)
  local o = self.o
  while not is_shut(ticket) do
    local seconds = ticket and ticket:wait() or 0
    if seconds <= 0 then return end
    if seconds >= 1 and ticket:is_first() and o.now() >= self.quiet_until then
      self.quiet_until = o.now() + seconds
      o.note(("rate limit: the next request is sent in %.1f s")
        :format(seconds))
    end
    o.sleep(seconds, reason(self, ticket))
  end
end

--- Waits until both rates allow the request.  The ticket of the overall rate is
--- taken last, so that a waiting request does not block others.  Returns false
--- if the request's own rate is shut.
function Limit:admit(ticket)
  local ready
  repeat
    self:wait_for(ticket)
    if is_shut(ticket) then return false end
    local turn <close> = self.all and self.all:take(self.o.now)
    self:wait_for(turn)
    ready = not ticket or ticket:wait() <= 0
    if ready and turn then turn:go() end
  until ready
  if ticket then ticket:go() end
  return true
end

--- Returns the last refusal once more, for a request that is not sent because
--- the server would refuse it too.
local function refusal_of(ticket)
  local answer = {}
  for name, value in pairs(ticket.rate.refusal) do answer[name] = value end
  answer.refused_for = ticket:shut_for()
  return answer
end

local function learn(ticket, response)
  if response.status == 429 then
    ticket.rate.refusal = response
    ticket:refused(retry_after.seconds(response, clock.now))
  else
    ticket:accepted()
  end
end

--- Returns the least time in seconds that the limits of the run's own provider
--- allow for `count` requests.
---@param count integer  number of requests
---@param kind "reads"|"writes"
---@param max_rate? integer
---@return number seconds
function M.least_seconds(count, kind, max_rate)
  local whole = (count - 1) // config.provider().rates[kind] * WINDOW
  return math.max(whole, max_rate and (count - 1) * WINDOW / max_rate or 0)
end

local ALL <const> = "all" -- key of `max_rate`; all other keys contain a space

local current

--- Returns the times of this run's requests, for the limits of the next
--- process.  The times are by `sys.monotonic`.  In a run with another clock,
--- such as a sandbox's, the table is empty.
---@return table<string, number[]>
function M.spent()
  local spent = {}
  if not current or current.o.now ~= sys.monotonic then return spent end
  for name, rate in pairs(current.rates) do spent[name] = rate:spent() end
  spent[ALL] = current.all and current.all:spent()
  return spent
end

--- Makes the layer.
---@param options mkrun.LimitOptions
---@return fun(transport: function): function layer
function M.new(options)
  local o = defaults(options)
  local limit = setmetatable({ o = o, own = own_entry(o), rates = {},
    quiet_until = -math.huge,
    owners = setmetatable({}, { __mode = "k" }),
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
      if not limit:admit(ticket) then return refusal_of(ticket) end
      local response, message, code = transport(request)
      if ticket and response then learn(ticket, response) end
      return response, message, code
    end
  end
end

return M
