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
--- the layer waits for that time, up to a limit.  A budget for the whole run
--- limits the repeats to a server that keeps failing.  Each repeat takes 1 from
--- the budget, and each request without a repeat adds 0.5.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
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
---@field sleep? fun(seconds: number)
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
    -- loads the scheduler only when needed, because loading takes time
    sleep = function(seconds) require "mkrun.task".sleep(seconds) end,
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

--- Returns the seconds to wait before attempt number `attempt` + 1.
local function wait_for(o, response, attempt)
  local limit = math.min(o.cap, o.base * 2.0 ^ (attempt - 1))
  local own = o.random() * limit
  local asked = response and retry_after.seconds(response, o.now)
  if not asked then return own end
  asked = math.min(math.max(asked, 0), o.patience)
  return asked + o.random() * math.min(limit, o.base)
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

--- Makes the layer.
---@param options? mkrun.RetryOptions
---@return fun(transport: function): function layer
function M.new(options)
  local o = defaults(options)
  local budget = o.budget
  return function(transport)
    return function(request)
      local is_doubtful = false
      for attempt = 1, o.attempts do
        local response, message, code = transport(request)
        local why = reason(request, response, code)
        if not why and budget < o.budget then
          budget = math.min(o.budget, budget + REFUND)
        end
        if not why or attempt == o.attempts or budget < 1 then
          return counted(attempt, is_doubtful, response, message, code)
        end
        budget = budget - 1
        is_doubtful = is_doubtful or not was_left(response, code)
        local seconds = wait_for(o, response, attempt)
        o.note(("%s, attempt %d in %.1f s"):format(why, attempt + 1, seconds))
        o.sleep(seconds)
      end
    end
  end
end

return M
