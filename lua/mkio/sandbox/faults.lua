--- A layer that makes requests fail according to a plan, so that flows can be
--- tested.  `mkio.sandbox` puts this layer above the model.
---
---   {"rules": [{"method": "POST", "path": "/api/v1/organization/*",
---               "every": 3, "times": 10,
---               "faults": [{"cut": "after"}, {"status": 503}]}]}
---
--- A rule applies to requests by `method` and `path`; "*" matches any text, and
--- a rule without `method` or `path` applies to all.  Of these requests, the
--- rule makes the `nth` fail, or each `every`-th, or all, but at most `times`
--- requests.  The faults of a rule are used in turn.  If two rules want the
--- same request to fail, the first rule is used.  A retry of the retry layer is
--- a request, too.  Nothing is random: the same requests in the same order get
--- the same faults.
---
--- | fault                  | what the client sees                          |
--- |------------------------|-----------------------------------------------|
--- | status                 | an error answer, with `retryAfter` if given;  |
--- |                        | the request takes effect only with `effect`   |
--- | cut "before", "after"  | no answer: the connection ends before or      |
--- |                        | after the request takes effect                |
--- | truncate               | this many bytes of the body, never the whole; |
--- |                        | the request takes effect                      |
--- | delay                  | the fault or the answer comes after this many |
--- |                        | seconds                                       |
-- SPDX-License-Identifier: MIT

local errors = require "mkio.model.errors"
local fault_plan = require "mkio.sandbox.fault_plan"
local json = require "mkrun.json"
local shape = require "mkrun.rest.shape"

---@class mkio.sandbox.Faults
---@field count integer  number of faults so far
local Faults = {}
Faults.__index = Faults
Faults.__name = "mkio.sandbox.Faults"

local M = {}

-- Choosing the fault of a request --------------------------------------------

local function pattern_of(path)
  local quoted = path:gsub("%p", "%%%0"):gsub("%%%*", ".*")
  return "^" .. quoted .. "$"
end

local function is_for(rule, method, path)
  return (not rule.method or rule.method == method)
    and (not rule.pattern or path:find(rule.pattern) ~= nil)
end

local function acts(rule)
  if rule.acted >= rule.times then return false end
  if rule.nth then return rule.seen == rule.nth end
  return rule.seen % rule.every == 0
end

--- Counts a request.  Returns the fault of this request, or nil.
---@param method string
---@param path string  the path as sent, without a query
---@return mkio.sandbox.Fault? fault
function Faults:next(method, path)
  local met
  for _, rule in ipairs(self.rules) do
    if is_for(rule, method, path) then
      rule.seen = rule.seen + 1
      if not met and acts(rule) then
        met = rule.faults[rule.acted % #rule.faults + 1]
        rule.acted = rule.acted + 1
      end
    end
  end
  if met then self.count = self.count + 1 end
  return met
end

local function error_answer(fault, number)
  local document = errors.document({
    status = fault.status, code = "planned_fault",
    detail = "the fault plan has it fail",
  }, ("fault-%d"):format(number))
  return {
    status = fault.status, body = assert(json.encode(document,
      { sort = true })),
    headers = { ["content-type"] = "application/json",
      ["retry-after"] = fault.retryAfter and tostring(fault.retryAfter) },
  }
end

--- Returns what the client receives for a request.
---@param fault? mkio.sandbox.Fault  the fault of the request, or nil
---@param ask fun(): table?, string?, string?  lets the request take effect
---@return table? response   nil if the connection ended before the answer
---@return integer|string|nil kept  the number of bytes of the body that arrive,
---  or nil for all bytes; the message if `ask` returned no response
---@return string? code
function Faults:outcome(fault, ask)
  if not fault then return ask() end
  local number = self.count
  if fault.cut == "before" then return nil end
  if fault.status and not fault.effect then
    return error_answer(fault, number)
  end
  local response, message, code = ask()
  if not response then return nil, message, code end
  if fault.status then return error_answer(fault, number) end
  if fault.cut or fault.truncate and response.body == "" then return nil end
  return response, fault.truncate
    and math.min(fault.truncate, #response.body - 1)
end

--- Makes the counters of a plan.  Raises an error if the plan is malformed.
---@param plan mkio.sandbox.FaultPlan
---@return mkio.sandbox.Faults
function M.new(plan)
  local ok, pointer, expected = fault_plan.check(plan)
  if not ok then
    error(("fault plan: %s: %s"):format(shape.place(pointer), expected), 2)
  end
  local rules = {}
  for i, rule in ipairs(plan.rules) do
    rules[i] = {
      method = rule.method, pattern = rule.path and pattern_of(rule.path),
      nth = rule.nth, every = rule.every or 1, faults = rule.faults,
      times = rule.times or math.huge, seen = 0, acted = 0,
    }
  end
  return setmetatable({ rules = rules, count = 0 }, Faults)
end

-- Applying the fault to the request ------------------------------------------

local function split(url)
  local origin, path = url:match "^(%a[%w+.-]*://[^/?#]*)([^?#]*)"
  return (origin or ""):gsub("//.*@", "//"), path or ""
end

--- Returns nil and the message of a real transport that lost its connection.
local function failed(what, response, kept)
  local why = "connection closed before an answer came"
  if response then
    why = ("transfer closed with %d bytes remaining to read")
      :format(#response.body - kept)
  end
  return nil, what .. ": " .. why, "closed"
end

--- Waits for the delay of the fault, at most until the client's timeout.
--- Returns true if the answer came in time, else false and the client's
--- message.
local function wait(fault, limit, sleep, what)
  local delay = fault and fault.delay or 0
  if delay > 0 then sleep(math.min(delay, limit)) end
  if delay < limit then return true end
  return false, ("%s: no answer within %.14g second%s")
    :format(what, limit, limit == 1 and "" or "s")
end

---@class mkio.sandbox.FaultsOptions
---@field timeout? number  the time limit of a request in seconds (default 30)
---@field sleep? fun(seconds: number)   waits (default: `mkrun.task.sleep`)

--- Makes the layer that applies the faults to the requests of a transport.
---@param faults mkio.sandbox.Faults
---@param options? mkio.sandbox.FaultsOptions
---@return fun(transport: function): function layer
function M.layer(faults, options)
  options = options or {}
  local sleep = options.sleep
    or function(seconds) require "mkrun.task".sleep(seconds) end
  return function(transport)
    return function(request)
      local origin, path = split(request.url)
      local method = request.method or "GET"
      local what = ("%s %s%s"):format(method, origin, path)
      local fault = faults:next(method, path)
      local response, kept, code =
        faults:outcome(fault, function() return transport(request) end)
      local in_time, message =
        wait(fault, request.timeout or options.timeout or 30, sleep, what)
      if not in_time then return nil, message, "timeout" end
      if code or response and not kept then return response, kept, code end
      return failed(what, response, kept)
    end
  end
end

return M
