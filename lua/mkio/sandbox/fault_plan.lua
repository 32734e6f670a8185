--- Reads and checks a fault plan, which lists the requests that fail in a
--- sandbox.  `mkio.sandbox` calls this module for `--faults`, and
--- `mkio.sandbox.faults` makes the requests fail.
---
--- A plan is JSON, or a Lua file that returns the same data.
-- SPDX-License-Identifier: MIT

local duplicates = require "mkrun.host.duplicates"
local json_text = require "mkrun.host.json_text"
local shape = require "mkrun.rest.shape"
local sys = require "mkrun.sys"

---@class mkio.sandbox.FaultPlan
---@field rules mkio.sandbox.FaultRule[]
---@field clock? "real"  waiting for the API's rate limits takes real time

---@class mkio.sandbox.FaultRule
---@field method? string   the method of the requests (default: any)
---@field path? string     the path without a query; "*" matches any text
---@field nth? integer     only the n-th matching request fails (n: this value)
---@field every? integer   every n-th matching request fails (n: this value)
---@field times? integer   at most this many requests fail
---@field faults mkio.sandbox.Fault[]  the faults, used in turn

---@class mkio.sandbox.Fault
---@field status? integer  the HTTP status of an error answer
---@field effect? boolean  true if the request takes effect in spite of `status`
---@field retryAfter? integer|string  header field Retry-After of that answer
---@field cut? "before"|"after"  the connection ends before or after the effect
---@field truncate? integer  only this many bytes of the body arrive
---@field delay? number    the number of seconds until the answer or the fault

local M = {}

local KINDS <const> = { "status", "cut", "truncate" }
local METHODS <const> = { "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD" }
local LONGEST <const> = 3600

local function seconds(value)
  if type(value) ~= "number" or not (value >= 0 and value <= LONGEST) then
    return ("seconds from 0 to %d expected"):format(LONGEST)
  end
end

--- Checks `retryAfter`.  Any text is allowed, so that a test can send a value
--- that a client must ignore.
local function retry_after(value)
  if type(value) == "string" and not value:find "%c" then return nil end
  if math.type(value) ~= "integer" then
    return "whole seconds or a text expected"
  end
end

local function check_fault(fault)
  local found = 0
  for _, kind in ipairs(KINDS) do
    if fault[kind] ~= nil then found = found + 1 end
  end
  if found > 1 or found == 0 and fault.delay == nil then
    return "one of 'status', 'cut' and 'truncate', or 'delay', expected"
  elseif not fault.status and (fault.effect ~= nil or fault.retryAfter) then
    return "'effect' and 'retryAfter' go with 'status' only"
  end
end

local function check_rule(rule)
  if rule.nth and rule.every then
    return "either 'nth' or 'every' expected, got both"
  end
end

local function checked(object, check)
  object.check = check
  return object
end

local number = shape.integer { min = 1 }

local fault = checked(shape.object {
  status = shape.integer { min = 400, max = 599 }, effect = shape.flag(),
  retryAfter = { kind = "any", check = retry_after },
  cut = shape.text { one_of = { "before", "after" } },
  truncate = shape.integer { min = 0 },
  delay = { kind = "any", check = seconds },
}, check_fault)

local plan = shape.object {
  clock = shape.text { one_of = { "real" } },
  ["rules!"] = shape.list(checked(shape.object {
    method = shape.text { one_of = METHODS }, path = shape.text { min = 1 },
    nth = number, every = number, times = number,
    ["faults!"] = shape.list(fault, { min = 1 }),
  }, check_rule)),
}

--- Checks a plan.
---@param document any
---@return true? ok
---@return string? pointer   JSON Pointer to the fault
---@return string? expected  the value that was expected there
function M.check(document) return shape.check(plan, document) end

--- Runs a Lua plan without any globals, because a plan is data.
local function run(text, path)
  local chunk, message = load(text, "@" .. path, "t", {})
  if not chunk then return nil, message end
  local ok, value = pcall(chunk)
  if not ok then return nil, tostring(value) end
  return shape.mark(plan, value)
end

local function decode(text, path)
  if path:find "%.lua$" then return run(text, path) end
  local value, message = json_text.decode(text)
  if value == nil then return nil, ("%s: %s"):format(path, message) end
  local pointer, twice = duplicates.find(text)
  if pointer then
    return nil, ("%s: at '%s': %s"):format(path, pointer, twice)
  end
  return value
end

--- Reads a plan: Lua if the name ends in ".lua", else JSON.
---@param path string   a file that only the user may write
---@return mkio.sandbox.FaultPlan? plan
---@return string? message
function M.read(path)
  local text, message = sys.read_trusted(path)
  if not text then return nil, message end
  local document
  document, message = decode(text, path)
  if message then return nil, message end
  local ok, pointer, expected = M.check(document)
  if ok then return document end
  return nil, ("%s: %s: %s"):format(path, shape.place(pointer), expected)
end

return M
