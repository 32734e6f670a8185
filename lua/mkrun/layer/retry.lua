--- Layer: sends again what may be sent again.
---
--- | what came back                  | is sent again                       |
--- |---------------------------------|-------------------------------------|
--- | 429, or nobody answered (connect, resolve) | always: nothing was done |
--- | 500, 502, 503, 504, or the connection was lost | when the request is |
--- |                                 | safe: by method, or `safe = true`   |
--- | anything else                   | never                               |
---
--- The wait doubles each time and is then drawn at random from zero to that
--- ("full jitter"); `Retry-After` is kept to, up to a limit.  A budget for the
--- whole run keeps a broken server from being hammered: a repeat takes one from
--- it, and a request that needs none gives half of one back.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local retry_after = require "mkrun.layer.retry_after"

local M = {}

---@class mkrun.RetryOptions
---@field attempts? integer  for one request, the first included (default 5)
---@field base? number       seconds, the first wait at most (default 0.25)
---@field cap? number        seconds, any wait of our own at most (default 20)
---@field patience? number   seconds, Retry-After at most (default 60)
---@field budget? integer    repeats that the run begins with (default 100)
---@field sleep? fun(seconds: number)
---@field random? fun(): number  from 0 to below 1
---@field now? fun(): number     seconds since 1970
---@field note? fun(text: string)  told about every wait

local SAFE_METHODS = { GET = true, HEAD = true, OPTIONS = true }
local REFUND <const> = 0.5
local SERVER_FAULTS = { [500] = true, [502] = true, [503] = true, [504] = true }

local function defaults(options)
  local filled = {
    attempts = 5, base = 0.25, cap = 20, patience = 60, budget = 100,
    random = math.random, now = clock.now, note = function() end,
    -- Not before it is needed: the scheduler is not free.
    sleep = function(seconds) require "mkrun.task".sleep(seconds) end,
  }
  for name, value in pairs(options or {}) do filled[name] = value end
  return filled
end

--- May the request be sent twice?
---@param request table
---@return boolean
function M.is_safe(request)
  if request.safe ~= nil then return request.safe end
  return SAFE_METHODS[(request.method or "GET"):upper()] or false
end

--- Was a request certainly not taken up?
local function was_left(response, code)
  if response then return response.status == 429 end
  return code == "connect" or code == "resolve"
end

--- Why the request may be sent again, or nil.
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

--- Seconds to wait before attempt number `attempt` + 1.
local function wait_for(o, response, attempt)
  local limit = math.min(o.cap, o.base * 2.0 ^ (attempt - 1))
  local own = o.random() * limit
  local asked = response and retry_after.seconds(response, o.now)
  if not asked then return own end
  asked = math.min(math.max(asked, 0), o.patience)
  return asked + o.random() * math.min(limit, o.base)
end

--- The outcome says how often the request was sent, and whether it may have
--- taken effect before the answer that came.
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
