--- Creates what must not be created twice.  The resources call it.
-- SPDX-License-Identifier: MIT

local await = require "mkrun.rest.await"
local errors = require "mkrun.rest.error"

local M = {}

--- Returns true if the answer "exists already" may come from an earlier attempt
--- of the same request.
local function is_own(problem)
  return problem.response ~= nil and problem.response.may_be_done == true
end

local CREATIONS <const> = 3

---@class mkrun.rest.Creation
---@field create fun(): any   raises if it fails
---@field find fun(): any     returns nil if there is none
---@field again? boolean      `create` may be repeated: the API refuses
---  duplicates
---@field seconds? number     how long to look before `create` is repeated
---  (default `await.SHORT`)
---@field what string         "the list of projects has no 'news' yet"
---@field has_other_reasons? boolean  a 409 may say something else than that
---  there is one already

--- Returns true if a list will show what the API says is there already.
local function is_shown(o, problem, is_taken)
  return is_taken and (not o.has_other_reasons or is_own(problem))
end

--- Returns the seconds to look for what exists, or perhaps exists.  The read
--- may be behind.
local function seconds_for(o, problem, is_taken)
  if is_shown(o, problem, is_taken) or not (o.again or is_taken) then
    return await.SECONDS
  end
  return o.seconds or await.SHORT
end

--- Raises the problem of the last attempt.  The message names the list that is
--- behind.
local function give_up(o, problem, is_taken)
  if is_shown(o, problem, is_taken) then
    problem.hint = ("%s, after %g s"):format(o.what, await.SECONDS)
  end
  error(problem, 0)
end

--- Creates a resource that must not be created twice.  Calls `create`.  If the
--- outcome is unknown, or if the API answers that the resource exists (409),
--- calls `find`, and waits for what it finds.  If that is nothing and `again`
--- is true, repeats `create`.
---@param o mkrun.rest.Creation
---@return any resource
---@return boolean found   true if somebody else had created it
function M.create_or_find(o)
  for i = 1, CREATIONS do
    local ok, result = pcall(o.create)
    if ok then return result, false end
    local taken = errors.is(result) and result.status == 409
    if not taken and not errors.may_have_arrived(result) then
      error(result, 0)
    end
    local resource =
      await.look(o.find, o.what, seconds_for(o, result, taken))
    if resource then return resource, taken and not is_own(result) end
    if taken or not o.again or i == CREATIONS then give_up(o, result, taken) end
  end
end

return M
