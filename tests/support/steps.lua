--- Counts the instructions of the Lua machine that a function takes.  The count
--- is the same on every machine, even a busy one.  Work in C is not counted.

local M = {}

local EACH <const> = 100

---@param fn fun()  must not yield
---@return integer hundreds   of instructions
function M.of(fn)
  local hundreds = 0
  debug.sethook(function() hundreds = hundreds + 1 end, "", EACH)
  fn()
  debug.sethook()
  return hundreds
end

return M
