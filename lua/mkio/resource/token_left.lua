--- A token that was made and comes to nobody: it is revoked, and where that
--- fails, the error that ends the run says that it is there.
-- SPDX-License-Identifier: MIT

local errors = require "mkrun.rest.error"

local M = {}

--- The same problem, with something to do about it.
---@param problem any
---@param text string
---@return any problem
function M.told(problem, text)
  if errors.is(problem) then
    problem.hint = problem.hint and problem.hint .. "; " .. text or text
  elseif type(problem) == "string" then
    problem = ("%s: %s"):format(problem, text)
  end
  return problem
end

--- After an answer that is wrong nothing is written, not even to clear up.
local function revoke(tokens, ids, problem)
  local left = {}
  for _, id in ipairs(ids) do
    local is_gone = not errors.is_answer(problem)
      and pcall(tokens.revoke, tokens, id)
    if not is_gone then left[#left + 1] = id end
  end
  return left
end

--- Revoke new tokens that nobody has, and raise the problem.
---@param tokens mkio.MyTokens
---@param description string
---@param ids string[]
---@param problem any
---@param unseen? boolean  there may be one whose id is unknown
function M.give_up(tokens, description, ids, problem, unseen)
  for _, id in ipairs(revoke(tokens, ids, problem)) do
    problem = M.told(problem, ("nobody has the new token '%s', but it is "
      .. "valid: mkrun token revoke %s"):format(description, id))
  end
  if unseen then
    problem = M.told(problem, ("a token '%s' may have been made that nobody "
      .. "has: mkrun token lists it"):format(description))
  end
  error(problem, 0)
end

return M
