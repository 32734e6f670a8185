--- Turns an error of a read deep inside a model into results.  The models of a
--- plan call this module.
-- SPDX-License-Identifier: MIT

--- Calls `act(...)`.  Returns its results, or nil, message and code if it
--- raised {message, code}.  Raises any other error.
---@param act fun(...): ...
---@param ... any
---@return any ...
return function(act, ...)
  local result = table.pack(pcall(act, ...))
  if result[1] then return table.unpack(result, 2, result.n) end
  local problem = result[2]
  if type(problem) == "table" and problem[1] then
    return nil, problem[1], problem[2]
  end
  error(problem, 0)
end
