--- A rate that is kept to: so many requests in any stretch of so many seconds.
---
--- A request takes a ticket, and a ticket has a slot that the request `count`
--- tickets before it had as well: it may go a whole window after that one was
--- answered.  So the first `count` requests go at once, and no stretch of
--- `window` seconds on the server's clock, whether fixed or sliding, holds more
--- than `count`, however long the answers were under way.
---
--- When requests are spaced, those who came first go first.  An even rate
--- has no slots: a slow answer keeps nobody.
---
--- A server that refuses all the same knows more than we do: other clients, or
--- a lower limit.  Then nothing goes for a while.  When it refuses what comes
--- after that too, the rate is lower and even from then on, until it has proved
--- that it can rise again.
-- SPDX-License-Identifier: MIT

local M = {}

---@class mkrun.RateOptions
---@field count integer   requests ...
---@field window number   ... in so many seconds
---@field even? boolean   evenly spaced, not as fast as they come
---@field spent? number[]  what another process left of it, as `Rate:spent` says

---@class mkrun.Rate
---@field tickets integer        handed out so far
---@field turn table<integer, integer>    whose turn it is, by slot
---@field free_at table<integer, number>  since when, by slot
---@field gone table<integer, boolean>    tickets that were given back
---@field first integer          ticket that waits: all before it do not
---@field left table<integer, boolean>    those behind it that do not either
---@field gap number             seconds between two requests
---@field next_at number         not before this, because of `gap`
---@field closed_at number       when the server refused
---@field closed_until number    not before this, because of that
---@field refusals integer       without an answer in between
---@field share integer          of the rate that is used, in percent
local Rate = {}
Rate.__index = Rate
Rate.__name = "mkrun.Rate"

---@class mkrun.Ticket
---@field rate mkrun.Rate
---@field number integer
---@field slot integer
---@field now fun(): number
---@field sent_at? number
local Ticket = {}
Ticket.__index = Ticket
Ticket.__name = "mkrun.Ticket"

local FIRST_PAUSE <const>, PAUSE_FACTOR <const> = 0.5, 5
local SHORTEST_PAUSE <const>, LONGEST_PAUSE <const> = 0.1, 60
local ALL <const>, FALL <const>, RISE <const>, LEAST <const> = 100, 70, 10, 5
local LATE <const> = 0.05 -- seconds that a timer may be late
--- Seconds until it looks again who is before it: some may have given up.
local PATIENCE <const> = 5

---@param options mkrun.RateOptions
---@return mkrun.Rate
function M.new(options)
  local rate = setmetatable({
    count = options.count, window = options.window, even = options.even,
    tickets = 0, turn = {}, free_at = {}, gone = {}, first = 0, left = {},
    next_at = -math.huge,
    closed_at = -math.huge, closed_until = -math.huge, refusals = 0,
  }, Rate)
  rate:set_share(ALL)
  if options.spent then rate:resume(options.spent) end
  return rate
end

--- What has been used of the rate: when each slot is free again, the first one
--- first; of an even rate, when the next request may go.
---@return number[]
function Rate:spent()
  if self.even then return { self.next_at } end
  local list = {}
  for _, time in pairs(self.free_at) do list[#list + 1] = time end
  table.sort(list)
  return list
end

--- The requests before were the first ones of this rate.
function Rate:resume(spent)
  if self.even then
    self.next_at = spent[1] or self.next_at
    return
  end
  local used = math.min(#spent, self.count)
  for slot = 0, used - 1 do
    self.free_at[slot] = spent[#spent - used + 1 + slot]
    self.turn[slot] = slot + self.count
  end
  self.tickets, self.first = used, used
end

function Rate:set_share(share)
  self.share = share
  local is_free = share == ALL and not self.even
  self.gap = is_free and 0 or self.window / (self.count * share / ALL)
end

--- `local ticket <close>`: however the request ends, others come after it.
---@param now fun(): number  seconds
---@return mkrun.Ticket
function Rate:take(now)
  local number = self.tickets
  self.tickets = number + 1
  return setmetatable({ rate = self, number = number, now = now,
    slot = number % self.count }, Ticket)
end

--- While the slot is another's, that is a window from now at least.
function Ticket:free_at(now)
  local rate = self.rate
  if rate.even then return now end
  local turn = rate.turn[self.slot] or self.slot
  local free_at = math.max(rate.free_at[self.slot] or now, now)
  return turn < self.number and free_at + rate.window or free_at
end

--- Seconds that the request must still wait; ask again after them.  Those who
--- could go before it and do not, since their tasks stand still, keep it for as
--- long as they would take.
---@return number
function Ticket:wait()
  local rate, now = self.rate, self.now()
  local line = rate.gap * (self.number - rate.first)
  local open_at = math.max(rate.closed_until, rate.next_at)
    + math.min(line, PATIENCE)
  return math.max(self:free_at(now), open_at) - now
end

--- Does no other one wait before it?
function Ticket:is_first() return self.number == self.rate.first end

--- It waits no more.
function Ticket:leave()
  local rate = self.rate
  rate.left[self.number] = true
  while rate.left[rate.first] do
    rate.left[rate.first] = nil
    rate.first = rate.first + 1
  end
end

--- The request goes now.
function Ticket:go()
  local rate = self.rate
  self.sent_at = self.now()
  local from = self.sent_at - math.min(rate.gap, LATE)
  rate.next_at = math.max(rate.next_at, from) + rate.gap
  self:leave()
end

function Ticket:__close()
  local rate, slot = self.rate, self.slot
  if not self.sent_at then self:leave() end
  if rate.even then return end
  if self.sent_at then rate.free_at[slot] = self.now() + rate.window end
  rate.gone[self.number] = true
  local turn = rate.turn[slot] or slot
  while rate.gone[turn] do
    rate.gone[turn] = nil
    turn = turn + rate.count
  end
  rate.turn[slot] = turn
end

--- The server refused: too many.  Of the requests that were under way then,
--- only the first to come back counts.
---@param asked? number  seconds that the server wants to be left alone
function Ticket:refused(asked)
  local rate, now = self.rate, self.now()
  if self.sent_at <= rate.closed_at then return end
  if rate.refusals == 1 then
    rate:set_share(math.max(rate.share * FALL // ALL, LEAST))
  end
  local pause = asked or FIRST_PAUSE * PAUSE_FACTOR ^ rate.refusals
  pause = math.min(math.max(pause, SHORTEST_PAUSE), LONGEST_PAUSE)
  rate.refusals = rate.refusals + 1
  rate.closed_at, rate.closed_until = now, now + pause
end

--- The server answered: after a window without a refusal the rate rises.
function Ticket:accepted()
  local rate, now = self.rate, self.now()
  if self.sent_at <= rate.closed_at then return end
  rate.refusals = 0
  if rate.share == ALL or now - rate.closed_until < rate.window then return end
  rate.closed_until = now -- the next rise is a window away
  rate:set_share(math.min(rate.share + RISE, ALL))
end

return M
