--- What each ratio should be at most, and why it may be more.

local M = {}

---@class bench.Goal
---@field [string] number|false  by peer; false: no target
---@field why? table<string, string>  by peer

--- Ahead of everybody.
M.default = {}

M.start = { ["lua5.4"] = 0.6 }

--- A fifth of Python's.
M.memory = { python3 = 0.2 }

M.cold = { curl = 0.35, ["C on libcurl"] = 1.15 }

--- h2load shows what the server can do: it checks nothing, keeps nothing.
M.http = { ["C on libcurl"] = 1.15, h2load = false, why = {
  ["C on libcurl"] = "each answer passes the layers and becomes a Lua table;"
    .. " the program in C keeps its bytes",
} }

--- The rest of it is in a row of its own.
M.http_memory = { ["C on libcurl"] = false, h2load = false }

--- How far from V8 is measured, not promised.
M.json = { ["node JSON"] = false, why = {
  ["lua-cjson as it was"] = "all of a text is checked before it is decoded",
} }

--- The same tables, in a program that can do more than JSON.
M.json_memory = { ["node JSON"] = false, ["lua-cjson as it was"] = 1.05 }

--- Who sends all side by side by mkrun's rules is the floor.  Who minds neither
--- how many are under way nor what is there since the list is not.
M.far = { ["python3, httpx"] = 1.2, ["node, undici"] = 1.2,
  ["undici, no bound"] = false }

---@return number?
function M.of(goal, peer)
  local target = goal[peer]
  if target == false then return nil end
  return target or 1
end

---@return string?
function M.why(goal, peer)
  return goal.why and goal.why[peer]
end

return M
