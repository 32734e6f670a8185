--- Finds out, before anything is sent, which steps of `undo` have something to
--- do.  The script `undo` calls this module.
---
--- A step that changes the same thing as a later write's step cannot be judged
--- before that one is done.  It counts as due.
-- SPDX-License-Identifier: MIT

local inside = require "mkio.flow.undo.inside"
local requests = require "mkrun.layer.request"
local task = require "mkrun.task"
local undoing = require "mkio.flow.undo"

local M = {}

local WRITE <const> = {}

--- Returns a new connection to the same organization, on which every write
--- raises the error WRITE.
local function read_only(org)
  if not org then return nil end
  local http = require "mkrun.http"
  local function request(options)
    if requests.is_read(options) then return http.request(options) end
    error(WRITE, 0)
  end
  return require "mkio".connect { token = org.session.token,
    http = { request = request } }
end

--- Sets whether a step has something to do: `state` is "due", "done" or "left",
--- and `reason` says why it is left.
local function judge(step, reader)
  local ok, done, why = pcall(step.run, reader, true)
  if ok and done == nil then
    step.state, step.reason = "left", why or "nothing can be done"
  elseif ok then
    step.state = done and "due" or "done"
  elseif done == WRITE then
    step.state = "due"
  elseif undoing.is_refusal(done) then
    step.state, step.reason = "left", tostring(done)
  else
    error(done, 0)
  end
end

--- Returns the steps that can be undone and for which `counts` returns true.
local function picked(steps, counts)
  local found = {}
  for _, step in ipairs(undoing.due_of(steps)) do
    if counts(step) then found[#found + 1] = step end
  end
  return found
end

--- Counts a step as due where one before it writes the same thing.
local function correct(steps)
  local names = {}
  for _, step in ipairs(steps) do
    if undoing.is_tangled(names, step.name) then
      step.state, step.reason = "due", nil
    end
    if step.state == "due" then undoing.add_name(names, step.name) end
  end
end

--- Sets `state` of each step that can be undone.
---@param steps mkio.UndoStep[]
---@param org? mkio.Organization   nil: no step is of MK.IO
---@param also fun()   is called beside the first steps
function M.look(steps, org, also)
  local reader = read_only(org)
  local own = picked(steps, function(step) return not step.provider end)
  local alone = picked(steps, function(step)
    return step.provider and step.alone
  end)
  local others = picked(steps, function(step)
    return step.provider and not step.alone
  end)
  task.map({ also, table.unpack(own) }, function(step)
    if step == also then also() else judge(step, reader) end
  end)
  correct(own)
  -- What these find decides what the others are about.
  for _, step in ipairs(alone) do judge(step) end
  task.map(others, function(step) judge(step) end)
  inside.correct(steps)
end

--- Returns true if nothing is to be done, and something has been done already.
---@param steps mkio.UndoStep[]
---@return boolean
function M.is_undone(steps)
  local due = undoing.due_of(steps)
  for _, step in ipairs(due) do
    if step.state ~= "done" then return false end
  end
  return due[1] ~= nil
end

--- Returns how many steps have something to do.
---@param steps mkio.UndoStep[]
---@return integer
function M.count(steps)
  return #picked(steps, function(step) return step.state == "due" end)
end

return M
