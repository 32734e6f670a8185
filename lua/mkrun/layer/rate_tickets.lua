--- Implements a rate limit: at most `count` requests in any `window` seconds.
--- `mkrun.layer.rate_limit` makes a rate for each limit of the API.
---
--- A request takes a ticket.  There are `count` slots, and tickets get slots in
--- turn.  A request may be sent one window after the answer to the previous
--- request of its slot.  So the first `count` requests are sent at once.  The
--- server counts at most `count` requests in any window, even if answers are
--- slow.
---
--- An even rate spaces requests in the order of their tickets.  It has no
--- slots, so a slow answer delays no other request.
---
--- The server may still refuse a request: other clients may share the limit, or
--- the limit may be lower.  After a refusal no request is sent for a while.  If
--- the server refuses again after that pause, the rate is lowered and made
--- even.  The rate rises again after each window without a refusal.
-- SPDX-License-Identifier: MIT

local M = {}

---@class mkrun.RateOptions
---@field count integer   requests in one window
---@field window number   seconds
---@field even? boolean   true: requests are evenly spaced
---@field spent? number[]  requests of an earlier process, from `Rate:spent`

---@class mkrun.Rate
---@field tickets integer        number of tickets so far
---@field turn table<integer, integer>    slot -> ticket that may use it next
---@field free_at table<integer, number>  slot -> time at which it is free
---@field gone table<integer, boolean>    closed tickets
---@field first integer          the first ticket that still waits
---@field left table<integer, boolean>    tickets behind `first` that do not
---  wait
---@field gap number             seconds between two requests
---@field next_at number         earliest time of the next request, by `gap`
---@field closed_at number       time of the last refusal
---@field closed_until number    earliest time of the next request, by refusals
---@field refusals integer       refusals in a row
---@field share integer          percentage of the rate in use
local Rate = {}
Rate.__index = Rate
Rate.__name = "mkrun.Rate"

---@class mkrun.Ticket
---@field rate mkrun.Rate
---@field number integer
---@field slot integer
---@field now fun(): number   seconds
---@field sent_at? number
local Ticket = {}
Ticket.__index = Ticket
Ticket.__name = "mkrun.Ticket"

local FIRST_PAUSE <const>, PAUSE_FACTOR <const> = 0.5, 5
local SHORTEST_PAUSE <const>, LONGEST_PAUSE <const> = 0.1, 60
local ALL <const>, FALL <const>, RISE <const>, LEAST <const> = 100, 70, 10, 5
local LATE <const> = 0.05 -- seconds that a timer may be late
--- Longest seconds that a ticket waits before it checks its turn again: tickets
--- before it may have been closed.
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
  }, Rate)
  rate:set_share(ALL)
  if options.spent then rate:resume(options.spent) end
  return rate
end

--- Returns the used part of the rate, for another process.
---@return number[]  the times at which slots become free, sorted; for an even
---  rate only the time of the next request
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

--- Returns the time at which the slot is free.  If an earlier ticket still uses
--- the slot, this time is at least one window from now.
function Ticket:free_at(now)
  local rate = self.rate
  if rate.even then return now end
  local turn = rate.turn[self.slot] or self.slot
  local free_at = math.max(rate.free_at[self.slot] or now, now)
  return turn < self.number and free_at + rate.window or free_at
end

--- Returns the seconds that the request has to wait.  Call `wait` again after
--- this time.  Each earlier ticket that waits adds one gap, up to PATIENCE.
---@return number seconds   0 or less: the request may be sent
function Ticket:wait()
  local rate, now = self.rate, self.now()
  local line = rate.gap * (self.number - rate.first)
  local open_at = math.max(rate.closed_until, rate.next_at)
    + math.min(line, PATIENCE)
  return math.max(self:free_at(now), open_at) - now
end

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

--- Notes that the request is sent now.
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

--- Notes that the server answered 429.  Other requests in flight may be refused
--- too; only the first of these refusals counts.
---@param asked? number  seconds of Retry-After
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

--- Notes any other answer than 429.  The rate rises after a window without a
--- refusal.
function Ticket:accepted()
  local rate, now = self.rate, self.now()
  if self.sent_at <= rate.closed_at then return end
  rate.refusals = 0
  if rate.share == ALL or now - rate.closed_until < rate.window then return end
  rate.closed_until = now -- so the next rise is a window away
  rate:set_share(math.min(rate.share + RISE, ALL))
end

return M
