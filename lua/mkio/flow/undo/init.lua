--- What `undo` does: the writes of a journal, taken back, the last one first.
-- SPDX-License-Identifier: MIT

local patch = require "mkrun.patch"
local requests = require "mkrun.layer.request"
local scrub = require "mkrun.journal.scrub"
local timeless = require "mkrun.journal.timeless"

local answers = require "mkio.answers"
local errors = require "mkrun.rest.error"
local inverse = require "mkio.flow.undo.inverse"
local operations = require "mkio.operations"
local stories = require "mkio.flow.undo.story"
local subject = require "mkio.subject"
local dig = require "mkrun.value".dig

---@class mkio.UndoStep
---@field sign string      "+" comes back, "-" goes, "~" changes, "!" stays
---@field kind string      "team"
---@field name string      "night-desk"
---@field run? mkio.Inverse
---@field problem? string  why it stays as it is, or may

local M = {}

--- Asks, though it is a POST.
local QUESTIONS <const> = { ["reports.usage"] = true }

local function first_text(...)
  for i = 1, select("#", ...) do
    local text = select(i, ...)
    if type(text) == "string" and text ~= "" then return text end
  end
end

--- What people call it.
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

--- Of these it shows whether they took effect, when they are undone.
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
  if not entry then return nil, "there is no way back" end
  return entry(write, at, story)
end

local function step_of(write, story)
  local operation, at = operations.match(write.method, write.path)
  if operation and QUESTIONS[operation.key] then return nil end
  at = operation and at or {}
  local run, problem = invert(operation, write, at, story)
  if run and stories.is_doubtful(write) then
    problem = "no answer came: it is looked for"
  end
  return {
    sign = sign_of(write, run),
    kind = operation and subject.kind(operation) or write.method,
    name = name_of(write, at), run = run, problem = problem,
  }
end

--- Was the same sent again, and answered then?
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

--- Is it the organization in which the writes were made?  A token that may not
--- see that is believed.
---@param org mkio.Organization
---@param notes table<string, table<string, true>>  of the journal
---@return boolean
function M.is_home(org, notes)
  local ids = notes.organization
  if not ids then return true end
  local ok, here = pcall(org.get, org, { needs = "id" })
  if errors.is_answer(here) then error(here, 0) end
  return not ok or ids[here.metadata.id] == true
end

--- Has a document of a journal what is needed of it?  Where secrets were, it
--- has a word.
local function is_sound(operation, document)
  if scrub.hides(dig(document, "spec", "authentication")) then
    document = patch.apply(document,
      { { op = "remove", path = "/spec/authentication" } })
  end
  return answers.check(operation, document)
end

--- A write without those documents that a server told the journal and that
--- nobody can work by.
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

--- The steps that take the writes back.
---@param writes mkrun.JournalWrite[]
---@param notes? table<string, table<string, true>>  of the journal
---@return mkio.UndoStep[]
function M.steps(writes, notes)
  local all = writes
  writes = {}
  for i, write in ipairs(all) do writes[i] = sound(write) end
  local steps, story = {}, stories.of(writes, notes)
  local gone = stories.without_trace(writes)
  for i = #writes, 1, -1 do
    local write = writes[i]
    local counts = not gone[write] and (stories.is_done(write)
      or stories.is_doubtful(write) and not is_settled(writes, i))
    steps[#steps + 1] = counts and step_of(write, story) or nil
  end
  return steps
end

--- The API's own no, or this library's.
local function is_refusal(problem)
  if not errors.is(problem) then return false end
  local status = problem.status
  if errors.is_answer(problem) then return false end
  if status then return status >= 400 and status < 500 and status ~= 401 end
  return not problem.method or problem.code == "body"
end

--- How many of the steps can be taken.
---@param steps mkio.UndoStep[]
---@return integer
function M.count(steps)
  local count = 0
  for _, step in ipairs(steps) do count = count + (step.run and 1 or 0) end
  return count
end

local WRITE <const> = {}

--- The same organization, but writes raise WRITE.
local function read_only(org)
  local http = require "mkrun.http"
  local function request(options)
    if requests.is_read(options) then return http.request(options) end
    error(WRITE, 0)
  end
  return require "mkio".connect { token = org.session.token,
    http = { request = request } }
end

--- Is there nothing to do in any of the steps that can be taken?
---@param steps mkio.UndoStep[]
---@param org mkio.Organization
---@return boolean
function M.is_undone(steps, org)
  if M.count(steps) == 0 then return false end
  local reader = read_only(org)
  for _, step in ipairs(steps) do
    if step.run then
      local ok, done = pcall(step.run, reader)
      if errors.is_answer(done) then error(done, 0) end
      if not ok or done ~= false then return false end
    end
  end
  return true
end

--- Take a step.  What the API refuses stays as it is; when it cannot be asked
--- at all, that is raised.
---@param step mkio.UndoStep
---@param org mkio.Organization
---@return boolean? done    false: there was nothing to do; nil: it stays
---@return string? problem  why
function M.take(step, org)
  local ok, done, why = pcall(step.run, org)
  if ok then return done, why end
  if is_refusal(done) then return nil, tostring(done) end
  error(done, 0)
end

local ACTIONS <const> = { ["+"] = "create", ["-"] = "delete",
  ["~"] = "update", ["!"] = "keep" }

--- The steps as `script.approve` shows them.
---@param steps mkio.UndoStep[]
---@return mkrun.Step[]
function M.plan(steps)
  local plan = {}
  for i, step in ipairs(steps) do
    plan[i] = { action = ACTIONS[step.sign], kind = step.kind,
      name = step.name, details = { step.problem } }
  end
  return plan
end

--- A step that cannot be taken, as people read it.
---@param step mkio.UndoStep
---@return string
function M.describe(step)
  return ("%s %-15s %s: %s"):format(step.sign, step.kind, step.name,
    step.problem)
end

return M
