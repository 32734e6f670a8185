--- Runs a flow that is disturbed, and then a second time, and checks both.  The
--- specs `torture_errors` and `torture_kill` call it.

local har = require "mkrun.journal.har"
local json = require "mkrun.json"
local task = require "mkrun.task"

local flows = require "tests.support.torture_flows"
local internal = require "tests.support.internal"
local points = require "tests.support.strace_points"
local served = require "tests.support.served"
local temp = require "tests.support.temp"

local M = {}

---@class tests.TortureCase
---@field name string
---@field flow string      name of a flow
---@field place string     "sandbox" or "http"
---@field options integer  index in `M.OPTIONS`
---@field told? string     what disturbed it, for messages
---@field first? tests.Outcome
---@field audit? string    what was wrong with the audit after the first run

M.OPTIONS = {
  { "--journal", "j", "--audit", "a", "--record", "h" },
  { "--journal", "j" },
  { "--audit", "a", "--record", "h" },
  {},
}

M.SECRETS = { flows.TOKEN, flows.KEY, "eyJ" }

local function joined(...)
  local words = {}
  for _, list in ipairs { ... } do
    table.move(list, 1, #list, #words + 1, words)
  end
  return words
end

--- Returns the options of a case.  A flow that does not allow --journal gets
--- none.
local function options_of(flow, case)
  local list = flow.plain and {} or M.OPTIONS[case.options]
  if not flow.alone or list[1] ~= "--journal" then return list end
  return table.move(list, 3, #list, 1, {})
end

function M.words_of(place, flow, case)
  return joined(place:base(), options_of(flow, case), flow.options or {},
    flow.words)
end

--- Returns the exit code of an undisturbed run.
---@param case tests.TortureCase
---@return integer
function M.ends(case) return flows.flows[case.flow].ends or 0 end

--- Returns what a flow starts with, how it ends, and its system calls.  It is
--- made once for each place and options.
function M.prepared_for(worker, case)
  local place = worker[case.place]
  local key = ("%s %s %d"):format(case.place, case.flow, case.options)
  local found = worker.prepared[key]
  if found then return found, place end
  local flow = flows.flows[case.flow]
  found = {}
  found.folder, found.state = place:prepare(flow)
  local folder = place:begin(found)
  local list, outcome = points.of(M.words_of(place, flow, case),
    place:options(folder))
  assert(outcome.code == M.ends(case), case.flow .. ": " .. outcome.err)
  found.traced = folder
  found.points, found.busy = list, points.busy(list)
  found.outcome = place:outcome(folder)
  worker.prepared[key] = found
  return found, place
end

--- Tells whether a journal can be resumed: its first line is complete.
local function has_journal(folder, name)
  return (temp.read(folder .. "/" .. name) or ""):find "\n" ~= nil
end

--- Chooses the audit of the second run.  If the first one is damaged and no
--- journal can mend it, a new one is started.
local function audit_options(place, folder, case)
  if not temp.read(folder .. "/a") then return { "--audit", "a" } end
  local verdict = place:run(folder, "audit-verify", "a")
  if verdict.code == 0 then return { "--audit", "a" } end
  case.audit = verdict.out .. verdict.err
  return { "--audit", "b" }
end

local function again(place, flow, case, folder)
  local options = options_of(flow, case)
  if flow.alone or flow.plain then
    return place:run(folder, table.unpack(joined(flow.options, flow.words)))
  end
  if options[1] == "--journal" and has_journal(folder, "j") then
    return place:run(folder, "--resume", "j")
  end
  local kept = options[1] == "--journal" and { "--journal", "second" }
    or options[1] == "--audit" and audit_options(place, folder, case) or {}
  local words = joined(kept, flow.again or flow.words)
  local second = place:run(folder, table.unpack(words))
  if second.err:find("at the same time, which stays", 1, true) then
    task.sleep(1.1) -- else it looks like a token of a run in progress
    second = place:run(folder, table.unpack(words))
  end
  return second
end

--- Seconds after which a token that a killed run made counts as nobody's: else
--- a rotation waits so long, in case another run is about to store it.
local OLD <const> = 61

--- Runs the second time, over HTTP a minute later.  It resumes if there is a
--- journal.
function M.again(place, flow, case, folder)
  if not place.api or not case.flow:find "^rotate" then
    return again(place, flow, case, folder)
  end
  place.api:advance(OLD)
  local second = again(place, flow, case, folder)
  place.api:advance(-OLD)
  return second
end

local function fault_of_records(place, case, folder)
  local plan = case.flow == "--plan-out" and temp.read(folder .. "/p")
  if plan and not json.decode(plan) then return "the plan is torn" end
  if temp.read(folder .. "/a") and not case.audit then
    local verdict = place:run(folder, "audit-verify", "a")
    if verdict.code ~= 0 then return "the audit: " .. verdict.out end
  elseif case.audit and not case.audit:find("is cut off", 1, true) then
    return "the audit: " .. case.audit
  end
  if (temp.read(folder .. "/h") or "") ~= "" then
    local entries, message = har.read(folder .. "/h")
    if not entries then return "the recording: " .. message end
  end
end

local function fault_of_left_over(place, folder)
  for _, file in ipairs(flows.left_over(folder)) do
    if file.id and place:lives(folder, file.id) then
      return file.name .. " has a live token"
    end
  end
end

--- Returns what is wrong after the disturbed run, or nil.
---@param case tests.TortureCase
---@param first tests.Outcome
---@param folder string
---@return string?
function M.fault_of_first(case, first, folder)
  case.first = first
  local by_command = case.flow:find "exec" ~= nil
  local fault = internal.fault(first, M.SECRETS)
    or flows.fault_in(folder, by_command)
  return fault and "first run: " .. fault
end

--- Shows the first difference of two texts.
local function difference(was, is)
  local at = 1
  while was:byte(at) and was:byte(at) == is:byte(at) do at = at + 1 end
  local from = math.max(1, at - 60)
  return ("'%s' and not '%s'"):format(is:sub(from, at + 60),
    was:sub(from, at + 60))
end

--- Messages of a second run that names a token.  Without a journal, nobody
--- knows who owns a token that was created but not stored, or that a command
--- may have taken.
local TOLD <const> = { "has this description too, and is valid",
  "is also the description of the token", "does not hold the live token",
  "another run has made" }

local function is_told(case, second)
  if case.options < 3 then
    return case.flow == "token create --exec"
      and second.err:find(TOLD[1], 1, true)
  end
  -- A killed run cannot say that it withdrew an invite.
  local first = case.first
  if case.flow == "team" and (first.code == 128 + 9
    or first.err:find("withdrawn and not sent again", 1, true)) then
    return true
  end
  for _, words in ipairs(TOLD) do
    if second.err:find(words, 1, true) then return true end
  end
  return false
end

--- Returns what is wrong after the second run, or nil.
---@return string?
function M.fault_of_second(place, case, prepared, second, folder)
  local by_command = case.flow:find "exec" ~= nil
  local fault = internal.fault(second, M.SECRETS)
    or flows.fault_in(folder, by_command)
  if fault then return "second run: " .. fault end
  if is_told(case, second) then return nil end
  if second.code ~= M.ends(case) then return "second run: " .. second.err end
  local outcome = place:outcome(folder)
  if outcome ~= prepared.outcome then
    return ("ended as %s\nsecond run: %s%s"):format(
      difference(prepared.outcome, outcome), second.out, second.err)
  end
  return fault_of_records(place, case, folder)
    or fault_of_left_over(place, folder)
end

--- Makes one worker for each case that runs at once.
---@return table[]
function M.workers()
  local workers = {}
  for i = 1, 2 do
    local api = served.start { token = flows.TOKEN }
    workers[i] = { api = api, sandbox = flows.place(), prepared = {},
      http = flows.place(api) }
  end
  return workers
end

function M.stop(workers)
  for _, worker in ipairs(workers) do worker.api:stop() end
end

--- Returns the names of the flows, sorted.
---@return string[]
function M.flow_names()
  local names = {}
  for name in pairs(flows.flows) do names[#names + 1] = name end
  table.sort(names)
  return names
end

return M
