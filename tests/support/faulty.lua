--- Lists all faults that a fault plan can cause, and makes plans of them.

local json = require "mkrun.json"

local M = {}

--- The faults by name.  Delays and Retry-After are short to keep the tests
--- short.
M.ways = {
  ["429 without Retry-After"] = { status = 429 },
  ["429 with Retry-After"] = { status = 429, retryAfter = 0 },
  ["429 with a Retry-After that nobody should believe"] =
    { status = 429, retryAfter = "yesterday" },
  ["500"] = { status = 500 },
  ["502"] = { status = 502 },
  ["503"] = { status = 503, retryAfter = 0 },
  ["504 after the effect"] = { status = 504, effect = true },
  ["a cut before the effect"] = { cut = "before" },
  ["a cut after the effect"] = { cut = "after" },
  ["a truncated body"] = { truncate = 20 },
  ["a delay"] = { delay = 0.01 },
}

--- Returns all faults in a fixed order.
---@return mkio.sandbox.Fault[]
function M.all()
  local names, faults = {}, json.array {}
  for name in pairs(M.ways) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do faults[i] = M.ways[name] end
  return faults
end

--- Makes a plan in which every third request to the API fails.
---@param faults mkio.sandbox.Fault[]
---@return mkio.sandbox.FaultPlan
function M.every_third(faults)
  return { rules = json.array {
    { path = "/api/*", every = 3, faults = json.array(faults) },
  } }
end

--- Makes a guest list for `invite`.
---@param count integer
---@return string csv
function M.guests(count)
  local lines = { "email,teams,comment" }
  for i = 1, count do
    lines[i + 1] = ("guest%03d@partner.example,Everyone,row %d"):format(i, i)
  end
  return table.concat(lines, "\r\n") .. "\r\n"
end

--- Makes a plan without faults.
function M.none() return { rules = json.array {} } end

return M
