--- How much work a function in Lua is, in steps of the Lua machine: the same
--- on every machine, however busy it is.  What C does counts nothing.

local M = {}

local EACH <const> = 100

---@param fn fun()  does not leave its coroutine
---@return integer hundreds
function M.of(fn)
  local hundreds = 0
  debug.sethook(function() hundreds = hundreds + 1 end, "", EACH)
  fn()
  debug.sethook()
  return hundreds
end

return M
