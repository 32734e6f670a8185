--- Implements a rate limit: at most `count` requests in any `window` seconds.
--- `mkrun.layer.rate_limit` makes a rate for each limit of the API.
---
--- Each request takes a ticket.  There are `count` slots, and tickets get slots
--- in turn.  A request may be sent one window after the answer to the previous
--- request of the same slot.  So the first `count` requests are sent at once,
--- and the server counts at most `count` requests in any window, even if
--- answers are slow.
---
--- An even rate leaves the same time between any two requests, in the order of
--- their tickets.  An even rate has no slots, so a slow answer delays no other
--- request.
---
--- The server may still refuse a request: other clients may share the limit, or
--- the limit may be lower.  After a refusal no request is sent for a while.  If
--- the server refuses again after that pause, the rate is lowered and made
--- even.  The rate rises again after each window without a refusal.  If the
--- server asks for a pause of more than a minute, nobody waits for that: the
--- rate is shut until then.
-- SPDX-License-Identifier: MIT

local M = {}

---@class mkrun.RateOptions
---@field count integer   most requests in one window
---@field window number   length of the window in seconds
---@field even? boolean   true: requests are evenly spaced
---@field spent? number[]  result of `Rate:spent` in an earlier process

---@class mkrun.Rate
---@field tickets integer        number of tickets so far
---@field turn table<integer, integer>    slot -> number of the ticket that may
---  use the slot next
---@field free_at table<integer, number>  slot -> time when the slot is free
---@field gone table<integer, boolean>    numbers of closed tickets whose turn
---  has not come
---@field first integer          number of the first ticket that still waits
---@field left table<integer, boolean>    numbers of tickets after `first` that
---  do not wait any more
---@field gap number             least seconds between two requests
---@field next_at number         no request is sent before this time, because
---  of `gap`
---@field closed_at number       time of the last refusal (429)
---@field closed_until number    after a refusal, no request is sent before this
---  time
---@field shut_until number      the same after a refusal whose Retry-After is
---  too long to wait
---@field refusals integer       number of refusals in a row
---@field share integer          percentage of the rate that is used at present
local Rate = {}
Rate.__index = Rate
Rate.__name = "mkrun.Rate"

---@class mkrun.Ticket
---@field rate mkrun.Rate
---@field number integer      number of tickets that were taken before
---@field slot integer
---@field now fun(): number   returns the time in seconds
---@field sent_at? number     time when the request was sent
local Ticket = {}
Ticket.__index = Ticket
Ticket.__name = "mkrun.Ticket"

local FIRST_PAUSE <const>, PAUSE_FACTOR <const> = 0.5, 5
local SHORTEST_PAUSE <const>, LONGEST_PAUSE <const> = 0.1, 60
local ALL <const>, FALL <const>, RISE <const>, LEAST <const> = 100, 70, 10, 5
local LATE <const> = 0.05 -- a timer may be late by this number of seconds
--- The longest time in seconds that a ticket waits before it checks its turn
--- again, because earlier tickets may have been closed in the meantime.
local PATIENCE <const> = 5

--- Makes a rate.
---@param options mkrun.RateOptions
---@return mkrun.Rate
function M.new(options)
  local rate = setmetatable({
    count = options.count, window = options.window, even = options.even,
    tickets = 0, turn = {}, free_at = {}, gone = {}, first = 0, left = {},
    next_at = -math.huge,
    closed_at = -math.huge, closed_until = -math.huge, refusals = 0,
    shut_until = -math.huge,
  }, Rate)
  rate:set_share(ALL)
  if options.spent then rate:resume(options.spent) end
  return rate
end

--- Returns the times of recent requests, for `options.spent` in another
--- process.
---@return number[]  the times when slots become free, sorted; for an even rate
---  only the time before which no next request may be sent
function Rate:spent()
  if self.even then return { self.next_at } end
  local list = {}
  for _, time in pairs(self.free_at) do list[#list + 1] = time end
  table.sort(list)
  return list
end

--- Continues the rate of an earlier process.
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

--- Takes a ticket.  Declare the ticket `<close>`, so that later tickets get
--- their turn even if the request fails.
---@param now fun(): number  the time in seconds
---@return mkrun.Ticket
function Rate:take(now)
  local number = self.tickets
  self.tickets = number + 1
  return setmetatable({ rate = self, number = number, now = now,
    slot = number % self.count }, Ticket)
end

--- Returns the time when the ticket's slot is free.  If an earlier ticket still
--- uses the slot, this time is at least one window from now.
function Ticket:free_at(now)
  local rate = self.rate
  if rate.even then return now end
  local turn = rate.turn[self.slot] or self.slot
  local free_at = math.max(rate.free_at[self.slot] or now, now)
  return turn < self.number and free_at + rate.window or free_at
end

--- Returns the seconds that the request has to wait.  The caller calls `wait`
--- again after this time.  Each earlier ticket that waits adds one `gap`.  All
--- gaps together add at most PATIENCE.
---@return number seconds   0 or less: the request may be sent
function Ticket:wait()
  local rate, now = self.rate, self.now()
  local line = rate.gap * (self.number - rate.first)
  local open_at = math.max(rate.closed_until, rate.next_at)
    + math.min(line, PATIENCE)
  return math.max(self:free_at(now), open_at) - now
end

--- Returns the seconds for which the rate is shut.
---@return number seconds   0 or less: the rate is open
function Ticket:shut_for() return self.rate.shut_until - self.now() end

--- Returns true if no earlier ticket waits.
---@return boolean
function Ticket:is_first() return self.number == self.rate.first end

--- Marks the ticket as no longer waiting.
function Ticket:leave()
  local rate = self.rate
  rate.left[self.number] = true
  while rate.left[rate.first] do
    rate.left[rate.first] = nil
    rate.first = rate.first + 1
  end
end

--- Notes that the ticket's request is sent now.
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

--- Notes that the server refused the ticket's request with 429.  The server may
--- also refuse other requests in flight.  Only the first of these refusals
--- counts.
---@param asked? number  seconds in the header field Retry-After
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
  if asked and asked > LONGEST_PAUSE then rate.shut_until = now + asked end
end

--- Notes an answer with any status except 429.  The rate rises after a window
--- without a refusal.
function Ticket:accepted()
  local rate, now = self.rate, self.now()
  if self.sent_at <= rate.closed_at then return end
  rate.refusals = 0
  if rate.share == ALL or now - rate.closed_until < rate.window then return end
  rate.closed_until = now -- so the next rise is a window away
  rate:set_share(math.min(rate.share + RISE, ALL))
end

return M
