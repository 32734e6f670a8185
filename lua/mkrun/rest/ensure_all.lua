--- Ensures many things of one kind side by side.  The resources call it for
--- their `ensure_all`.
-- SPDX-License-Identifier: MIT

local errors = require "mkrun.rest.error"
local task = require "mkrun.task"

---@class mkrun.rest.Ensured
---@field wish table          as given
---@field resource? table     the first result of `ensure`
---@field outcome? "unchanged"|"created"|"changed"
---@field details? string[]
---@field problem? mkrun.rest.Error   why this wish failed
---@field is_skipped? boolean  true if the wish was not tried, because `problem`
---  of another wish concerns all of them

---@class mkrun.rest.EnsureAllOptions
---@field told? fun(result: mkrun.rest.Ensured, index: integer)   gets each
---  result as soon as it is known
---@field limit? integer   at most so many wishes at a time (default: --jobs)

local M = {}

--- Statuses of a refusal that the other wishes would meet, too: the token may
--- not do this, or the server wants no more requests.
local OF_ALL <const> = { [401] = true, [403] = true, [429] = true }

--- Tells whether a failure concerns one wish only.  A missing answer, an
--- incomplete answer and a server error concern all wishes.
---@param problem any
---@return boolean
function M.is_of_one(problem)
  if not errors.is(problem) or errors.is_answer(problem) then return false end
  if not problem.method or problem.code == "body" then return true end
  local status = problem.status
  return status ~= nil and status < 500 and not OF_ALL[status]
end

--- Runs `ensure` for one wish.  Raises errors that are not of this library.
local function try(ensure, wish)
  local ok, resource, outcome, details = pcall(ensure, wish)
  if ok then
    return { wish = wish, resource = resource, outcome = outcome,
      details = details }
  end
  if not errors.is(resource) then error(resource, 0) end
  return { wish = wish, problem = resource }
end

local function first_problem(results)
  for _, result in ipairs(results) do
    if result.problem then return result.problem end
  end
end

--- Calls `work(item, i)` for each item, several at a time, as `task.map`, for
--- work that writes.  After an error it begins no more.  Those under way go on
--- to their ends, because nobody would know what became of a write that is
--- cancelled; then it raises the error.
---@param list any[]
---@param work fun(item: any, i: integer): any
---@param limit? integer   at most so many at a time (default: --jobs)
---@return any[] results   in the order of the list
function M.map(list, work, limit)
  local failed, reason = false, nil
  local results = task.map(list, function(item, i)
    if failed then return nil end
    local ok, result = pcall(work, item, i)
    if ok then return result end
    if not failed then failed, reason = true, result end
  end, { limit = limit })
  if failed then error(reason, 0) end
  return results
end

--- Calls `ensure(wish)` for each wish, several at a time.  After a failure that
--- concerns all wishes it tries no more; those under way go on.
---@param wishes table[]
---@param ensure fun(wish: table): table, string, string[]   raises on failure
---@param options? mkrun.rest.EnsureAllOptions
---@return mkrun.rest.Ensured[] results   in the order of `wishes`; the field
---  `problem` is a failure that concerns all wishes, or else the first failure
function M.run(wishes, ensure, options)
  options = options or {}
  local told, stop = options.told, nil
  local results = M.map(wishes, function(wish, i)
    local result = stop and { wish = wish, problem = stop, is_skipped = true }
      or try(ensure, wish)
    local problem = result.problem
    if problem and problem == stop then result.is_skipped = true end
    if problem and not M.is_of_one(problem) then stop = stop or problem end
    if told then told(result, i) end
    return result
  end, options.limit)
  results.problem = stop or first_problem(results)
  return results
end

--- Raises if two wishes are for the same thing, because they would be written
--- side by side.
---@param wishes table[]
---@param name_of fun(wish: table): string
function M.check_names(wishes, name_of)
  local seen = {}
  for i, wish in ipairs(wishes) do
    local name = name_of(wish)
    if name == nil or name == "" then
      error(("bad argument #1 to 'ensure_all' (wish %d has no name)"):format(i),
        3)
    elseif seen[name] then
      error(("bad argument #1 to 'ensure_all' (two wishes for '%s')")
        :format(name), 3)
    end
    seen[name] = true
  end
end

--- Makes a `told` that is called in the order of the wishes: a result waits
--- for those before it.
---@param told fun(result: mkrun.rest.Ensured, index: integer)
---@return fun(result: mkrun.rest.Ensured, index: integer)
function M.in_order(told)
  local known, next_one = {}, 1
  return function(result, index)
    known[index] = result
    while known[next_one] do
      local i = next_one
      next_one = i + 1
      told(known[i], i)
    end
  end
end

return M
