--- Marks requests that a run can do without, for `--rights`.  If such a request
--- is refused, the run goes on and has the same result.  The flows tell;
--- `mkrun.plan.rights` asks.
-- SPDX-License-Identifier: MIT

local sys = require "mkrun.sys"

---@class mkrun.OptionalReads
---@field why string          what the run then does not do
---@field is_needed boolean   true if the run needs the answers after all
---@field names? table<string, true>   the items of a list that it needs; nil:
---  all
local Reads = {}
Reads.__index = Reads
Reads.__metatable = false -- confined scripts get these objects, too

--- Says that the run needs the answers.
---@param names? string[]   only these items of a list (default: the whole list)
function Reads:need(names)
  local is_part = names and (not self.is_needed or self.names)
  self.names = is_part and (self.names or {}) or nil
  for _, name in ipairs(is_part and names or {}) do self.names[name] = true end
  self.is_needed = true
end

local M = {}

local reads_of = setmetatable({}, { __mode = "k" }) -- coroutine -> reads

--- Makes the mark for requests that belong together.
---@param why string   the rest of "without it, the run ...": "checks no names"
---@return mkrun.OptionalReads
function M.new(why)
  return setmetatable({ why = why, is_needed = false }, Reads)
end

--- Calls `call` and marks the requests that it sends in this coroutine.
---@param reads mkrun.OptionalReads
---@param call function
---@param ... any   arguments of `call`
---@return any ...   the results of `call`
function M.mark(reads, call, ...)
  local here = coroutine.running()
  local before = reads_of[here]
  local _ <close> = sys.finally(function() reads_of[here] = before end)
  reads_of[here] = reads
  return call(...)
end

--- Returns the mark of the requests that this coroutine sends, or nil.
---@return mkrun.OptionalReads?
function M.current() return reads_of[coroutine.running()] end

return M
