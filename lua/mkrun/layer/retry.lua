--- This layer sends a failed request again if a repeat is safe.
--- `mkrun.host.stack` makes the layer.
---
--- | answer                          | the request is sent again           |
--- |---------------------------------|-------------------------------------|
--- | 429; codes connect and resolve  | always: nothing was done            |
--- | 500, 502, 503, 504; code closed | if the request is safe: by its      |
--- |                                 | method, or by `safe = true`         |
--- | anything else                   | never                               |
---
--- Each wait is random between zero and a maximum, which doubles with each
--- attempt ("full jitter").  If the answer has the header field `Retry-After`,
--- the layer waits for that time.  If that is longer than the patience, the
--- layer does not wait at all, because a repeat before that time would fail.
--- The field `refused_for` of the answer then has the seconds that the server
--- asks for.
---
--- A budget for the whole run limits the repeats to a server that keeps
--- failing.  Each repeat takes 1 from the budget, and each request without a
--- repeat adds 0.5.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local long_wait = require "mkrun.host.long_wait"
local retry_after = require "mkrun.layer.retry_after"

local M = {}

---@class mkrun.RetryOptions
---@field attempts? integer  most attempts for one request (default 5)
---@field base? number       longest first wait in seconds (default 0.25)
---@field cap? number        longest wait without Retry-After, in seconds
---                          (default 20)
---@field patience? number   longest wait for Retry-After, in seconds (default
---                          60)
---@field budget? integer    budget of repeats at the start (default 100)
---@field sleep? fun(seconds: number, what: string?)  `what` says for what the
---  layer waits
---@field random? fun(): number  returns a number from 0 to less than 1
---@field now? fun(): number     returns seconds since 1970
---@field note? fun(text: string)  called before each wait

local SAFE_METHODS = { GET = true, HEAD = true, OPTIONS = true }
local REFUND <const> = 0.5
local SERVER_FAULTS = { [500] = true, [502] = true, [503] = true, [504] = true }

local function defaults(options)
  local filled = {
    attempts = 5, base = 0.25, cap = 20, patience = 60, budget = 100,
    random = math.random, now = clock.now, note = function() end,
    sleep = long_wait.sleep,
  }
  for name, value in pairs(options or {}) do filled[name] = value end
  return filled
end

--- Returns true if the request may be sent twice.
---@param request table
---@return boolean
function M.is_safe(request)
  if request.safe ~= nil then return request.safe end
  return SAFE_METHODS[(request.method or "GET"):upper()] or false
end

--- Returns true if the server certainly did not perform the request.
local function was_left(response, code)
  if response then return response.status == 429 end
  return code == "connect" or code == "resolve"
end

--- Returns the reason to send the request again, or nil.
local function reason(request, response, code)
  if not response then
    if code == "connect" or code == "resolve" then return "no connection" end
    return code == "closed" and M.is_safe(request) and "connection lost" or nil
  end
  local status = response.status
  if status == 429 or SERVER_FAULTS[status] and M.is_safe(request) then
    return tostring(status)
  end
end

--- Returns the seconds that the server asks to wait, or nil.
local function asked_by(o, response)
  if not response then return nil end
  return response.refused_for or retry_after.seconds(response, o.now)
end

--- Returns the seconds to wait before attempt number `attempt` + 1.
local function wait_for(o, asked, attempt)
  local limit = math.min(o.cap, o.base * 2.0 ^ (attempt - 1))
  if not asked then return o.random() * limit end
  return math.max(asked, 0) + o.random() * math.min(limit, o.base)
end

--- Adds the number of attempts to the outcome of a request.  If `is_doubtful`,
--- an attempt before the last may have taken effect, and the response says so.
local function counted(attempt, is_doubtful, response, message, code)
  if response then
    response.attempts = attempt
    response.may_be_done = is_doubtful or nil
    return response
  end
  if attempt > 1 then
    message = ("%s (%d attempts)"):format(message, attempt)
  end
  return nil, message, code, attempt
end

--- Tells whether the request is sent again after this outcome.  A repeat that
--- is certain to fail is not waited for.
local function goes_on(self, why, attempt, asked)
  return why and attempt < self.o.attempts and self.budget >= 1
    and (asked or 0) <= self.o.patience
end

--- Waits before the next attempt.
local function pause(self, why, attempt, asked)
  local seconds = wait_for(self.o, asked, attempt)
  self.budget = self.budget - 1
  self.o.note(("%s, attempt %d in %.1f s"):format(why, attempt + 1, seconds))
  self.o.sleep(seconds, asked and ("the server asks for that with Retry-After "
    .. "(%s)"):format(why) or ("the next attempt after '%s'"):format(why))
end

local function refund(self)
  self.budget = math.min(self.o.budget, self.budget + REFUND)
end

--- Sends a request until it need not be sent again.
local function send(self, transport, request)
  local o, is_doubtful = self.o, false
  for attempt = 1, o.attempts do
    local response, message, code = transport(request)
    local why = reason(request, response, code)
    local asked = why and asked_by(o, response)
    if not why then refund(self) end
    if not goes_on(self, why, attempt, asked) then
      if asked and asked > o.patience then response.refused_for = asked end
      return counted(attempt, is_doubtful, response, message, code)
    end
    is_doubtful = is_doubtful or not was_left(response, code)
    pause(self, why, attempt, asked)
  end
end

--- Makes the layer.
---@param options? mkrun.RetryOptions
---@return fun(transport: function): function layer
function M.new(options)
  local o = defaults(options)
  local self = { o = o, budget = o.budget }
  return function(transport)
    return function(request) return send(self, transport, request) end
  end
end

return M
