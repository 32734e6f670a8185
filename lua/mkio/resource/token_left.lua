--- Revokes a new token that could not be stored or given to anybody.  If the
--- revoking fails, the error that ends the run says that the token exists.
--- `mkio.resource.my_tokens`, `token_file` and the flows `rotate_tokens`,
--- `token` and `onboard` call this module.
-- SPDX-License-Identifier: MIT

local errors = require "mkrun.rest.error"
local script = require "mkrun.script"

local M = {}

--- Adds a hint to a problem.  A problem that cannot have a hint, such as a
--- refusal of --apply, is not changed, and the hint is printed on standard
--- error.
---@param problem any   an error of `mkrun.rest.error` or any other value
---@param text string
---@return any problem  the problem with the hint
function M.told(problem, text)
  if errors.is(problem) then
    problem.hint = problem.hint and problem.hint .. "; " .. text or text
  elseif type(problem) == "string" then
    problem = ("%s: %s"):format(problem, text)
  else
    script.say("mkrun: " .. text)
  end
  return problem
end

--- Revokes a new token that could not be stored.
---@param tokens mkio.MyTokens
---@return string hint     a text that says whether the token is revoked
---@return boolean is_gone  true if the token is revoked
---@return boolean is_gone
function M.take_back(tokens, id)
  local is_gone = pcall(tokens.revoke, tokens, id)
  return is_gone and "the new token is revoked again"
    or ("revoke the new token: mkrun token revoke %s"):format(id), is_gone
end

--- Revokes the tokens, and adds to `left` the ids of tokens that could not be
--- revoked.  After a malformed answer, no write is sent, not even to clean up.
local function revoke(tokens, ids, problem, left)
  for _, id in ipairs(ids) do
    local is_gone = not errors.is_answer(problem)
      and pcall(tokens.revoke, tokens, id)
    if not is_gone then left[#left + 1] = id end
  end
  return left
end

--- Returns a message about a token that may exist although no list of tokens
--- contains the token.
local function unseen_text(description)
  return ("a token '%s' may have been made that nobody has: mkrun token lists "
    .. "it"):format(description)
end

--- Prints that an answer was lost and that the token of the answer may exist.
---@param description string
function M.tell_unseen(description)
  script.say("mkrun: an answer got lost: " .. unseen_text(description))
end

--- Revokes new tokens that could not be stored, and raises the problem.
---@param tokens mkio.MyTokens
---@param description string
---@param ids string[]
---@param problem any
---@param unseen? boolean  true if a token may exist whose id is unknown
---@param left? string[]   ids of more tokens that could not be revoked
function M.give_up(tokens, description, ids, problem, unseen, left)
  for _, id in ipairs(revoke(tokens, ids, problem, left or {})) do
    problem = M.told(problem, ("nobody has the new token '%s', but it is "
      .. "valid: mkrun token revoke %s"):format(description, id))
  end
  if unseen then problem = M.told(problem, unseen_text(description)) end
  error(problem, 0)
end

return M
