--- A flow that is disturbed and run a second time: what both runs are, and what
--- must be so after them.

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
---@field options integer  which of `M.OPTIONS`
---@field told? string     what was done to it
---@field first? tests.Outcome
---@field audit? string    what was wrong with the audit of the first run

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

--- With a journal of its own, or none.
local function options_of(flow, case)
  local list = flow.plain and {} or M.OPTIONS[case.options]
  if not flow.alone or list[1] ~= "--journal" then return list end
  return table.move(list, 3, #list, 1, {})
end

function M.words_of(place, flow, case)
  return joined(place:base(), options_of(flow, case), flow.options or {},
    flow.words)
end

--- The exit code of a run of its own.
---@param case tests.TortureCase
---@return integer
function M.ends(case) return flows.flows[case.flow].ends or 0 end

--- What a flow begins in and comes to, and its system calls; made once for each
--- place and options.
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

--- A journal that has its first line can be resumed.
local function has_journal(folder, name)
  return (temp.read(folder .. "/" .. name) or ""):find "\n" ~= nil
end

--- Where no journal says what the audit lacks, another one is begun.
local function audit_options(place, folder, case)
  if not temp.read(folder .. "/a") then return { "--audit", "a" } end
  local verdict = place:run(folder, "audit-verify", "a")
  if verdict.code == 0 then return { "--audit", "a" } end
  case.audit = verdict.out .. verdict.err
  return { "--audit", "b" }
end

--- The second run: it resumes where it can.
function M.again(place, flow, case, folder)
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
    task.sleep(1.1) -- of the same second it may be another run's, still going
    second = place:run(folder, table.unpack(words))
  end
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

--- What is wrong after a run that was disturbed, or nil.
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

--- The first place where two texts differ.
local function difference(was, is)
  local at = 1
  while was:byte(at) and was:byte(at) == is:byte(at) do at = at + 1 end
  local from = math.max(1, at - 60)
  return ("'%s' and not '%s'"):format(is:sub(from, at + 60),
    was:sub(from, at + 60))
end

--- Without a journal nobody knows whose a token is that was made and not
--- stored, or that a command may have taken: then the second run names it.
local TOLD <const> = { "is called that too, and valid",
  "is also the description of the token", "does not hold the live token",
  "another run has made" }

local function is_told(case, second)
  if case.options < 3 then
    return case.flow == "token create --exec"
      and second.err:find(TOLD[1], 1, true)
  end
  -- between two requests there is no invite; nobody can tell of SIGKILL
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

--- What is wrong after the second run, or nil.
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

--- What the cases that run side by side have each.
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

--- The names of the flows, in their order.
---@return string[]
function M.flow_names()
  local names = {}
  for name in pairs(flows.flows) do names[#names + 1] = name end
  table.sort(names)
  return names
end

return M
