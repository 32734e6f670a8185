--- Undoes the writes of a journal, the last write first.  The script `undo`
--- calls this module.
-- SPDX-License-Identifier: MIT

local patch = require "mkrun.patch"
local scrub = require "mkrun.journal.scrub"
local optional = require "mkrun.plan.optional"
local timeless = require "mkrun.journal.timeless"

local answers = require "mkio.answers"
local errors = require "mkrun.rest.error"
local inverse = require "mkio.flow.undo.inverse"
local operations = require "mkio.operations"
local providers = require "mkio.flow.undo.provider"
local stories = require "mkio.flow.undo.story"
local subject = require "mkio.subject"
local dig = require "mkrun.value".dig
local side_by_side = require "mkio.flow.common.writes"

---@class mkio.UndoStep   what `undo` does about one write
---@field sign string      "+" creates, "-" deletes, "~" changes, "!" skips
---@field kind string      the kind of the object, such as "team"
---@field name string      the name of the object, such as "night-desk"
---@field run? fun(org: mkio.Organization?, reads_only: boolean?): boolean?,
---  string?   undoes the write; nil if undoing is not possible.  A step of a
---  provider sends no write if `reads_only`
---@field problem? string  why the write cannot be undone, or a warning
---@field number integer   number of the write
---@field state? "due"|"done"|"left"   what `mkio.flow.undo.look` has found
---@field reason? string    why it is left
---@field provider? string   name of the provider; nil: MK.IO
---@field inner? mkio.UndoStep[]   the steps for what is in a thing to remove
---@field is_there? boolean   the writes have left a thing
---@field is_left? boolean    the step has left it as it is
---@field alone? boolean   true: it runs beside no other step

local M = {}

--- The operations that send POST but change nothing.
local QUESTIONS <const> = { ["reports.usage"] = true }

local function first_text(...)
  for i = 1, select("#", ...) do
    local text = select(i, ...)
    if type(text) == "string" and text ~= "" then return text end
  end
end

--- Returns a name for the object that a write changed.
local function name_of(write, at)
  local rule = at.rule_name and at.project_name .. "/" .. at.rule_name
  return first_text(rule, at.team_name, at.project_name,
    dig(write, "body", "spec", "email"), dig(write, "before", "spec", "email"),
    dig(write, "body", "description"),
    dig(write, "before", "metadata", "displayName"),
    dig(write, "before", "metadata", "name"), dig(write, "created", "name"),
    at.paymentmethod_id, write.path:match "([^/]+)/*$", write.path)
end

local function sign_of(write, run)
  if not run then return "!" end
  if write.method == "DELETE" then return "+" end
  local made = write.status == 201
    or stories.is_doubtful(write) and not write.before
  return made and "-" or "~"
end

--- The operations whose inverse finds out whether the write took effect.
local SHOWS <const> = {
  ["invites.create"] = true, ["invites.cancel"] = true, ["teams.put"] = true,
  ["teams.delete"] = true, ["webhooks.put"] = true, ["webhooks.delete"] = true,
}

local function invert(operation, write, at, story)
  local shows = operation
    and (SHOWS[operation.key] or write.method == "PATCH" and write.before)
  if stories.is_doubtful(write) and not shows then
    return nil, "no answer came, so nobody knows whether it happened"
  end
  local entry = operation and inverse[operation.key]
  if not entry then return nil, "the API has no inverse for it" end
  return entry(write, at, story)
end

local function step_of(write, story)
  local operation, at = operations.match(write.method, write.path)
  if operation and QUESTIONS[operation.key] then return nil end
  at = operation and at or {}
  local run, problem = invert(operation, write, at, story)
  if run and stories.is_doubtful(write) then
    problem = "no answer came: undo checks whether it happened"
  end
  return {
    sign = sign_of(write, run),
    kind = operation and subject.kind(operation) or write.method,
    name = name_of(write, at), run = run, problem = problem,
  }
end

--- Returns true if a later write sent the same request and got an answer.
local function is_settled(writes, i)
  for j = i + 1, #writes do
    local a, b = writes[i], writes[j]
    if stories.is_done(b) and a.method == b.method and a.path == b.path
      and timeless.equal(a.body, b.body) then
      return true
    end
  end
  return false
end

--- Returns true if the journal's writes were made in the organization of the
--- token.  Also returns true if the token may not read its organization.
---@param org mkio.Organization
---@param notes table<string, table<string, true>>  the notes of the journal
---@return boolean
function M.is_home(org, notes)
  local ids = notes.organization
  if not ids then return true end
  local reads = optional.new(
    "does not check that the journal is of this organization")
  local ok, here = pcall(optional.mark, reads, org.get, org, { needs = "id" })
  if errors.is_answer(here) then error(here, 0) end
  return not ok or ids[here.metadata.id] == true
end

--- Returns true if a document of a journal is complete.  A journal contains a
--- mask instead of each secret, so a masked `authentication` is not checked.
local function is_sound(operation, document)
  if scrub.hides(dig(document, "spec", "authentication")) then
    document = patch.apply(document,
      { { op = "remove", path = "/spec/authentication" } })
  end
  return answers.check(operation, document)
end

--- Returns a copy of a write without its incomplete documents, because an
--- inverse needs complete documents.
local function sound(write)
  local path = subject.changes(write.method, write.path) or write.path
  local operation = operations.match("GET", path)
  local copy = {}
  for name, member in pairs(write) do copy[name] = member end
  for _, name in ipairs { "before", "after" } do
    local document = operation and copy[name]
    if document and not is_sound(operation, document) then
      copy[name] = nil
    end
  end
  return copy
end

--- Returns the writes to MK.IO, and the number of each in the journal.
local function own_writes(all)
  local own, numbers = {}, {}
  for number, write in ipairs(all) do
    if not write.provider then
      own[#own + 1], numbers[#own + 1] = sound(write), number
    end
  end
  return own, numbers
end

local function own_steps(all, notes)
  local writes, numbers = own_writes(all)
  local steps, story = {}, stories.of(writes, notes)
  local gone = stories.without_trace(writes)
  for i, write in ipairs(writes) do
    local counts = not gone[write] and (stories.is_done(write)
      or stories.is_doubtful(write) and not is_settled(writes, i))
    local step = counts and step_of(write, story)
    if step then
      step.number = numbers[i]
      steps[#steps + 1] = step
    end
  end
  return steps
end

--- Returns the steps that undo the writes, the last write first.
---@param writes mkrun.JournalWrite[]
---@param notes? table<string, table<string, true>>  the notes of the journal
---@param apis? table<string, mkio.UndoApi>   APIs of other providers
---@return mkio.UndoStep[]
function M.steps(writes, notes, apis)
  local steps = own_steps(writes, notes)
  for i, step in ipairs(steps) do step.place = -i end
  for i, step in ipairs(providers.steps(writes, apis or {})) do
    step.place = i
    steps[#steps + 1] = step
  end
  table.sort(steps, function(a, b)
    if a.number ~= b.number then return a.number > b.number end
    return a.place < b.place
  end)
  return steps
end

--- Returns true if the API or this library refused to do the request.
---@param problem any
---@return boolean
function M.is_refusal(problem)
  if not errors.is(problem) then return false end
  local status = problem.status
  if errors.is_answer(problem) then return false end
  if status then return status >= 400 and status < 500 and status ~= 401 end
  return not problem.method or problem.code == "body"
end

--- Returns the steps that can be undone.
---@param steps mkio.UndoStep[]
---@return mkio.UndoStep[]
function M.due_of(steps)
  local due = {}
  for _, step in ipairs(steps) do
    if step.run then due[#due + 1] = step end
  end
  return due
end

--- Returns true if undoing needs MK.IO.
---@param steps mkio.UndoStep[]
---@return boolean
function M.is_own(steps)
  for _, step in ipairs(M.due_of(steps)) do
    if not step.provider then return true end
  end
  return false
end

--- Runs a step.  If the API refuses a request of the step, returns nil and the
--- reason.  Raises an error if the API cannot be reached.
---@param step mkio.UndoStep
---@param org mkio.Organization
---@return boolean? done    false: nothing to do; nil: the write is not undone
---@return string? problem  why the write is not undone
function M.take(step, org)
  local ok, done, why = pcall(step.run, org)
  if ok then return done, why end
  if M.is_refusal(done) then return nil, tostring(done) end
  error(done, 0)
end

--- Returns true if the names of a run have this name, or one above or below it:
--- a thing inside another goes first, and comes back last.
---@param names table<string, "name"|"above">
---@param name string
---@return boolean
function M.is_tangled(names, name)
  if names[name] then return true end
  for at in name:gmatch "()/" do
    if names[name:sub(1, at - 1)] == "name" then return true end
  end
  return false
end

--- Adds a name to those of a run.
---@param names table<string, "name"|"above">
---@param name string
function M.add_name(names, name)
  for at in name:gmatch "()/" do
    local above = name:sub(1, at - 1)
    names[above] = names[above] or "above"
  end
  names[name] = "name"
end

--- Splits the steps that can be undone into runs of neighbours of one kind with
--- different names.  The steps of a run do not depend on each other.
---@param steps mkio.UndoStep[]
---@return mkio.UndoStep[][]
function M.runs(steps)
  local runs, names, kind = {}, {}, nil
  for _, step in ipairs(M.due_of(steps)) do
    if step.kind ~= kind or step.alone or M.is_tangled(names, step.name) then
      runs[#runs + 1], names, kind = {}, {}, step.kind
    end
    table.insert(runs[#runs], step)
    M.add_name(names, step.name)
    if step.alone then kind = nil end
  end
  return runs
end

local OUTCOMES <const> = { ["+"] = "created", ["-"] = "removed",
  ["~"] = "changed" }

--- Takes a step, and returns what the report tells of it.  What the user was
--- not asked about is not done.
local function outcome_of(step, org)
  if step.state == "done" then return "unchanged" end
  if step.state == "left" then return "failed", { step.reason } end
  local done, problem = M.take(step, org)
  if problem then return "failed", { problem } end
  return done and OUTCOMES[step.sign] or "unchanged"
end

--- Runs the steps, the last write first.  Neighbours that do not depend on each
--- other run side by side.
---@param steps mkio.UndoStep[]
---@param org? mkio.Organization
---@param out mkrun.Report
function M.take_all(steps, org, out)
  for _, run in ipairs(M.runs(steps)) do
    local all = {}
    for i, step in ipairs(run) do
      all[i] = { place = out:place(), kind = step.kind, name = step.name,
        work = function() return outcome_of(step, org) end }
    end
    side_by_side.run(all)
  end
end

local ACTIONS <const> = { ["+"] = "create", ["-"] = "delete",
  ["~"] = "update", ["!"] = "keep" }

--- Returns the steps in the form that `script.approve` takes, without those
--- that are done already.
---@param steps mkio.UndoStep[]
---@return mkrun.Step[]
function M.plan(steps)
  local plan = {}
  for _, step in ipairs(steps) do
    if step.state ~= "done" then
      local sign = step.state == "left" and "!" or step.sign
      plan[#plan + 1] = { action = ACTIONS[sign], kind = step.kind,
        name = step.name, details = { step.reason or step.problem } }
    end
  end
  return plan
end

--- Returns the line to print for a step that is left, or about which there is
--- something to say; nil: there is nothing.
---@param step mkio.UndoStep
---@return string?
function M.describe(step)
  local text = step.reason or step.problem
  if step.state == "done" or not text then return nil end
  return ("%s %-15s %s: %s"):format(step.state == "left" and "!" or step.sign,
    step.kind, step.name, text)
end

return M
