--- Runs a case with a fault plan, and then again without faults to repair the
--- state.  Returns the faults in the final state.  `plans_spec.lua` calls it.

local cases = require "tests.support.plans.cases"
local ending = require "tests.support.ending"
local json = require "mkrun.json"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local HOOK <const> = shell.output "pwd" .. "/tests/support/plans/hook.lua"

local M = {}

local function init(here, hook)
  here.env = { LUA_INIT = ("dofile %q"):format(HOOK),
    PLAN_HOOK = json.encode(hook) }
end

-- How it is afterwards -------------------------------------------------------

local function is_lasting(token)
  return token.revoked == json.null and token.type ~= "login"
end

local function live_tokens(state)
  local live = {}
  for _, token in ipairs(state.tokens) do
    if is_lasting(token) then live[token.id] = token end
  end
  return live
end

--- Returns a token's permissions without ids.
local function permissions_of(token, state)
  local text = json.encode(token.permissions, { sort = true }) or "null"
  for _, organization in ipairs(state.organizations) do
    text = text:gsub(organization.id:gsub("%-", "%%-"), organization.name or
      "here")
    for _, project in ipairs(organization.projects) do
      text = text:gsub(project.id:gsub("%-", "%%-"), project.name)
    end
  end
  return text
end

--- Leaves out the invites and tokens that a run reported as needing a person.
local function without_told(state, told)
  for _, organization in ipairs(state.organizations) do
    local kept = json.array {}
    for _, invite in ipairs(organization.invites) do
      if not told:find(("the invite to '%s'"):format(invite.email), 1, true)
      then
        kept[#kept + 1] = invite
      end
    end
    organization.invites = kept
  end
  for _, token in ipairs(state.tokens) do
    local unseen = ("a token '%s' may have been made"):format(
      token.description or "")
    if told:find(token.id .. " has this description too", 1, true)
      or told:find(unseen, 1, true)
        and (token.lastUsed or json.null) == json.null then
      token.revoked = "told"
    end
  end
end

--- Returns the ids of the tokens that leases keep.
local function leased_in(here)
  local ids = {}
  for _, name in ipairs(cases.secret_files) do
    local text = temp.read(("%s/%s.lease"):format(here.folder, name))
    for _, token in ipairs(text and json.decode(text).tokens or {}) do
      ids[token.id] = true
    end
  end
  return ids
end

--- Leaves out the tokens that a lease keeps: each run without a journal may add
--- one.
local function without_leased(state, ids)
  for _, token in ipairs(state.tokens) do
    if ids[token.id] then token.revoked = "leased" end
  end
end

--- Records a folder: the text of the state, and the tokens in files.
local function picture_of(here)
  local picture = { stored = {}, leased = leased_in(here),
    state = temp.read(here.folder .. "/state.json") }
  for _, name in ipairs(cases.secret_files) do
    picture.stored[name] = here:stored(name)
  end
  return picture
end

--- Summarizes a picture.  Two folders in the same state have equal summaries.
---@param picture table
---@param told? string  the output of the runs
local function look(picture, told)
  local state = json.decode(picture.state)
  without_told(state, told or "")
  without_leased(state, picture.leased)
  local found, rights, live = ending.of(state), {}, live_tokens(state)
  for _, token in pairs(live) do
    rights[#rights + 1] = token.description .. permissions_of(token, state)
  end
  table.sort(rights)
  found.rights, found.files = rights, {}
  for name, id in pairs(picture.stored) do
    found.files[name] = live[id] and live[id].description or "dead"
  end
  return found
end

local function text_of(found)
  return assert(json.encode(found, { sort = true }))
end

--- Shows the first difference, for people.
local function difference(expected, actual)
  local a, b = text_of(expected), text_of(actual)
  local i = 1
  while a:byte(i) == b:byte(i) do i = i + 1 end
  local from = math.max(1, i - 60)
  return ("expected ...%s\n  but is   ...%s"):format(a:sub(from, i + 140),
    b:sub(from, i + 140))
end

-- Verdicts --------------------------------------------------------------------

local INTERNAL <const> = { "attempt to ", "bad call of", "bad argument",
  "stack traceback", "index is nil", "%.lua:%d+:", "expected near" }

local function check_words(outcome, complain)
  local said = outcome.err .. outcome.out
  for _, pattern in ipairs(INTERNAL) do
    if said:find(pattern) then complain("internal error: " .. said) end
  end
  if outcome.code > 2 then complain("exit code " .. outcome.code) end
end

--- Checks that each live token existed before, is stored, or was named in the
--- output.
local function check_tokens(here, before, outcome, complain)
  local said, stored = outcome.err .. outcome.out, {}
  for _, name in ipairs(cases.secret_files) do
    stored[here:stored(name) or ""] = true
  end
  for id, token in pairs(live_tokens(here:state())) do
    local told = said:find(id, 1, true)
      or said:find("a token '" .. token.description, 1, true)
    if not (before[id] or stored[id] or told) then
      complain(("nobody knows of token %s '%s'"):format(id,
        token.description))
    end
  end
end

local function repair(case, here)
  local again = case.again or { case }
  if case.resume and temp.read(here.folder .. "/" .. case.resume) then
    again = { { "--resume", case.resume } }
  end
  local outcome
  for i, words in ipairs(again) do
    outcome = here:run(table.unpack(words))
    if outcome.code ~= 0 and i < #again and outcome.code ~= 3 then break end
  end
  return outcome
end

--- Runs a case without faults, and keeps its `picture` and its `requests`.
---@param case tests.PlanCase
---@param files table<string, string>
function M.record(case, files)
  local here = cases.folder(case, files)
  init(here, { rules = json.array {} })
  if case.before then here:run(table.unpack(case.before)) end
  init(here, { log = "log", rules = json.array {} })
  local outcome = here:run(table.unpack(case))
  assert(outcome.code == 0, table.concat(case, " ") .. ": " .. outcome.err)
  case.picture, case.requests = picture_of(here), {}
  for line in temp.read(here.folder .. "/log"):gmatch "[^\n]+" do
    table.insert(case.requests, json.decode(line))
  end
end

local function disturb(case, here, plan)
  here:write("faults", json.encode { rules = plan.rules })
  init(here, { rules = plan.changes })
  return here:run("--faults", "faults", "--timeout", "50",
    table.unpack(case))
end

--- Runs a case with a plan, and repairs it.
---@param case tests.PlanCase
---@param files table<string, string>
---@param plan table
---@return string[] complaints
---@return boolean failed   true if the run with faults failed
function M.run(case, files, plan)
  local here, complaints = cases.folder(case, files), {}
  init(here, { rules = json.array {} })
  if case.before then here:run(table.unpack(case.before)) end
  local begins = temp.read(here.folder .. "/state.json")
  local before = begins and live_tokens(json.decode(begins)) or {}
  local first = disturb(case, here, plan)
  local function complain(text)
    complaints[#complaints + 1] = text
  end
  check_words(first, complain)
  check_tokens(here, before, first, complain)
  local function compare(what, told)
    local want, have = look(case.picture, told), look(picture_of(here), told)
    if text_of(want) ~= text_of(have) then
      complain(what .. ": " .. difference(want, have))
    end
  end
  if first.code == 0 then compare("ended well, but", first.err) end
  init(here, { rules = json.array {} })
  local second = repair(case, here)
  check_words(second, complain)
  if second.code ~= 0 then complain("not repaired: exit " .. second.code) end
  compare("not repaired", (case.resume and "" or first.err) .. second.err)
  if complaints[1] then
    complain(("first run, exit %d:\n%s%s"):format(first.code, first.out,
      first.err))
    complain(("second run, exit %d:\n%s%s"):format(second.code, second.out,
      second.err))
  end
  shell.execute("rm -rf " .. shell.quote(here.folder))
  return complaints, first.code ~= 0
end

return M
