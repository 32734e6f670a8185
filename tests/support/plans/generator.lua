--- Makes random fault plans for a run whose requests are known.  The same seed
--- gives the same plans on every machine.

local json = require "mkrun.json"

local M = {}

--- Makes a generator of numbers from 1 to n (64-bit linear congruential).
---@param seed integer
---@return fun(n: integer): integer
function M.random(seed)
  local state = seed * 2654435761 + 97
  return function(n)
    state = state * 6364136223846793005 + 1442695040888963407
    return (state >> 33) % n + 1
  end
end

local REFUSALS <const> = { 400, 401, 403, 404, 409, 410, 422 }
local FAILURES <const> = { 500, 501, 502, 503, 504 }
local RETRY_AFTER <const> = { 0, 1, 30, "yesterday", false }
local TIMES <const> = { 1, 1, 1, 1, 2, 3, 5, 6, 1000 }
local BODIES <const> = { "", "{", "[]", "null", "<html>come back later</html>",
  '{"value":[{}]}', '{"error":{"code":"x","detail":"y"},"status":500}' }

local function one_of(random, list) return list[random(#list)] end

--- Functions that each make a fault for `mkrun --faults`.
local faults = {
  function(random) return { status = one_of(random, REFUSALS) } end,
  function(random)
    return { status = one_of(random, FAILURES), effect = random(2) == 1 }
  end,
  function(random)
    return { status = one_of(random, FAILURES), effect = random(2) == 1 }
  end,
  function(random)
    return { status = 429, retryAfter = one_of(random, RETRY_AFTER) or nil }
  end,
  function() return { cut = "before" } end,
  function() return { cut = "after" } end,
  function() return { cut = "after" } end,
  function() return { cut = "before", delay = 60 } end, -- longer than --timeout
  function() return { cut = "after", delay = 60 } end,
  function(random) return { truncate = random(200) - 1 } end,
}

--- Functions that each make a rule for `hook.lua`.
local changes = {
  function(random) return { kind = "type", pick = random(1000) } end,
  function(random) return { kind = "body", body = one_of(random, BODIES) } end,
  function() return { kind = "body", body = "", status = 204 } end,
}

--- Replaces ids by "*", because they differ in the next run.
local function pattern_of(path)
  return (path:gsub("%x%x%x%x%x%x%x%x%-[%x-]+", "*"))
end

--- Picks writes as often as reads, although there are many more reads.
local function pick_request(random, requests)
  local wanted = random(2) == 1
  for _ = 1, 20 do
    local request = one_of(random, requests)
    if (request.method == "GET") ~= wanted then return request end
  end
  return one_of(random, requests)
end

--- Counts the requests of the run with this method and path.
local function count_of(requests, method, path)
  local count = 0
  for _, request in ipairs(requests) do
    if request.method == method and pattern_of(request.path) == path then
      count = count + 1
    end
  end
  return count
end

--- Makes a plan with one to four faults.
---@param random fun(n: integer): integer
---@param requests {method: string, path: string}[]  of a run without faults
---@return {rules: table[], changes: table[]}  for --faults, and for hook.lua
function M.plan(random, requests)
  local plan = { rules = json.array {}, changes = json.array {} }
  for _ = 1, random(4) do
    local request = pick_request(random, requests)
    local method, path = request.method, pattern_of(request.path)
    local nth = random(count_of(requests, method, path) + 1)
    local times = one_of(random, TIMES)
    local way = random(12)
    if way <= 10 then
      local fault = one_of(random, faults)(random)
      -- No run could notice a 404 for something that exists.
      local is_blind = method == "GET" or method == "DELETE"
      if is_blind and fault.status == 404 then fault.status = 400 end
      for i = nth, nth + math.min(times, 12) - 1 do
        table.insert(plan.rules, { method = method, path = path, nth = i,
          faults = json.array { fault } })
      end
    else
      local rule = way == 11 and method == "GET" and { kind = "lag" }
        or one_of(random, changes)(random)
      rule.method, rule.path, rule.nth, rule.times = method, path, nth, times
      table.insert(plan.changes, rule)
    end
  end
  return plan
end

return M
