--- Runs flows with one place of one answer changed, and classifies how they
--- end.  `answers_spec.lua` calls it.

local contract = require "tests.support.contract"
local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local operations = require "mkio.operations"
local patch = require "mkrun.patch"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"
local together = require "tests.support.together"
local world = require "tests.scripts.world"

local changed = dofile "tests/support/changed_answer.lua"

local HOOK <const> = shell.output "pwd" .. "/tests/support/changed_answer.lua"
local KINDS <const> = { "string", "number", "true", "null", "missing", "array",
  "object", "extra" }

local M = {}

-- The world that the flows run in --------------------------------------------

local function age(api)
  local here = api.model.world.state.organizations[1]
  world.age_invite(api, "old@x.example", 10)
  for _, status in ipairs { "Failed", "Sent" } do
    api.model:record_event("evening-news", "job-done",
      { type = "MediaKind.JobFinished", status = status, source = "jobs/1" })
  end
  local kari = api:user "kari@northlight.example"
  kari:post("/user/tokens", { type = "full-access", description = "kari's",
    organizationId = here.id })
end

local FILES <const> = {
  ["guests.csv"] = "email,teams,comment\nnew@x.example,night-desk,\n"
    .. "kari@northlight.example,auditors,\n",
  ["old.csv"] = "email,teams,comment\nold@x.example,night-desk,"
    .. "covers the winter\n",
  ["rules.json"] = json.encode { { name = "other", events = {
    "MediaKind.JobFinished" }, url = "https://hooks.northlight.example/x" } },
}

local NAME <const>, TOKEN <const> =
  "evening-news automation", "evening-news.token"

--- The flows whose answers are changed.
M.flows = {
  { "export" }, { "access-report" }, { "doctor" }, { "token" }, { "usage" },
  { "usage", "--by", "payment-method", "--meters" },
  { "access-report", "--can", "teams.patch", "--output", "json" },
  { "access-report", "--project", "evening-news", "--output", "csv" },
  { "why-403", "teams.patch" }, { "why-403", "webhooks.put", "evening-news" },
  { "token", "--everybody", "--output", "json" }, { "token", "rights" },
  { "token", "create", "reader", "--allow", "*.get", "--file", "r.token" },
  { "token", "create", "reader", "--allow", "*.get", "--exec", "cat >k" },
  { "token", "revoke", NAME, "--yes" },
  { "rotate-tokens", "--file", TOKEN, NAME },
  { "rotate-tokens", "--exec", "cat >kept", "--lease", "lease", "--keep-old",
    "24h", NAME },
  { "onboard", flow.example }, { "onboard", "other.json", fresh = true },
  { "onboard", flow.example, fresh = true },
  { "onboard", "--yes", "--prune", "members,teams,scopes,rules,invites,tokens",
    "less.json" },
  { "invite", "guests.csv" },
  { "team", "night-desk" }, { "team", "night-desk", "--output", "json" },
  { "team", "night-desk", "--add", "ola@northlight.example", "--demote",
    "kari@northlight.example", "--promote", "nils@northlight.example" },
  { "team", "night-desk", "--grant", "reader", "--scope",
    "evening-newsScope", "--remove", "nils@northlight.example" },
  { "team", "new-desk", "--create", "--add", "kari@northlight.example",
    "--output", "json" },
  { "offboard", "--yes", "kari@northlight.example" },
  { "my-organizations" }, { "my-organizations", "accept", "Southlight" },
  { "my-organizations", "--yes", "leave", "Northlight Broadcasting" },
  { "prune-invites" }, { "prune-invites", "--cancel", "--yes" },
  { "prune-invites", "--reinvite", "--yes" },
  { "webhooks", "evening-news", "rules.json", "--prune", "--yes" },
  { "webhooks", "evening-news", "--events" },
  { "undo", "--yes", "journal" },
  { "drift", flow.example }, { "drift", "other.json", "--output", "json" },
  { "--dry-run", "onboard", "other.json" },
  { "--dry-run", "offboard", "kari@northlight.example" },
  { "--dry-run", "team", "night-desk", "--add", "ola@northlight.example" },
  { "--journal", "new", "--audit", "audit", "onboard", "other.json" },
}

local function other_spec()
  local spec = flow.spec()
  spec.projects[1].isActive = false
  spec.projects[1].displayName = "Evening"
  spec.teams[1].description = "another one"
  spec.tokens[1].permissions = { ["core.project"] = { ["evening-news"] =
    { ["core.project"] = json.array { "get" } } } }
  return json.encode(spec)
end

local function less_spec()
  local spec = flow.spec()
  local team = spec.teams[1]
  team.members = { team.members[1], { email = "ola@northlight.example" } }
  spec.teams, team.scopes = { team }, json.object {}
  spec.projects[1].webhooks, spec.invites = json.array {}, json.array {}
  spec.tokens, spec.ownTokens = json.array {}, "evening-news *"
  return json.encode(spec)
end

--- Makes a folder with a sandbox, a token and a journal.  Returns its files as
--- texts by name.
local function make_world(env)
  local here = flow.new(env)
  FILES["other.json"], FILES["less.json"] = other_spec(), less_spec()
  for name, text in pairs(FILES) do here:write(name, text) end
  here:run("my-organizations")
  world.change(here, world.invite_elsewhere)
  local first = here:run("--journal", "journal", "onboard", flow.example)
  assert(first.code == 0, first.err)
  here:run("invite", "old.csv")
  world.change(here, age)
  local files = {}
  for _, name in ipairs { "state.json", TOKEN, "journal" } do
    files[name] = temp.read(here.folder .. "/" .. name)
  end
  for name, text in pairs(FILES) do files[name] = text end
  return files
end

--- Makes the files of a folder in which `M.flows` can run: a sandbox, a token,
--- a journal and lists.
---@return table<string, string>  texts by name
function M.files() return make_world() end

-- One run ---------------------------------------------------------------------

---@param change? table
---@return tests.Outcome outcome  its `log` has the requests
local function run(self, words, change)
  local here = flow.new { ANSWER_CHANGE = json.encode { log = "log",
    bodies = change == nil, change = change }, MKRUN_LUA = self.lua }
  for name, text in pairs(self.files) do
    local old = words.fresh and (name == "state.json" or name == TOKEN)
    if not old then here:write(name, text) end
  end
  shell.execute(("chmod 600 %s/*"):format(here.folder))
  local outcome = here:run("-e", ("dofile %q"):format(HOOK),
    table.unpack(words))
  outcome.log = {}
  for line in (temp.read(here.folder .. "/log") or ""):gmatch "[^\n]+" do
    table.insert(outcome.log, json.decode(line))
  end
  shell.execute("rm -rf " .. shell.quote(here.folder))
  return outcome
end

local function is_write(request)
  return request.method ~= "GET" and not request.url:find "/reports/usage"
end

--- Lists the writes after request `n`, without what differs from run to run.
local function writes_after(log, n)
  local list = {}
  for _, request in ipairs(log) do
    if is_write(request) and request.n > n then
      list[#list + 1] = request.method .. " " .. request.url
        :gsub("%x+%-%x+%-4%x+%-%x+%-%x+", "#")
    end
  end
  return list
end

-- Changes ---------------------------------------------------------------------

local function kind_of(value)
  if value == json.null then return "null" end
  if value == true then return "true" end
  if type(value) ~= "table" then return type(value) end
  return json.is_array(value) and "array" or "object"
end

local function visit(value, pointer, add)
  local kind = kind_of(value)
  for _, other in ipairs(KINDS) do
    local fits = other ~= kind
      and (other ~= "extra" or type(value) == "table")
      and (other ~= "missing" or pointer ~= "")
    if fits and (other ~= "true" or kind ~= "boolean") then
      add(pointer, other)
    end
  end
  for key, member in pairs(type(value) == "table" and value or {}) do
    local name = kind == "array" and tostring(key - 1) or patch.escape(key)
    visit(member, pointer .. "/" .. name, add)
  end
end

--- Lists all changes to the answers of a run, in a fixed order.
local function changes_of(case)
  local list = {}
  for _, request in ipairs(case.plain.log) do
    local body = request.body and json.decode(request.body)
    if request.status < 300 and type(body) == "table" then
      visit(body, "", function(pointer, kind)
        list[#list + 1] = { answer = request.n, pointer = pointer,
          kind = kind, case = case, request = request }
      end)
      for _, whole in ipairs { { 204, "" }, { 202, "{}" }, { 200,
        '{"error":{"code":"x","detail":"y"},"status":500,"ref":"f00d-1"}' } }
      do
        list[#list + 1] = { answer = request.n, pointer = "", kind = "whole "
          .. whole[1], status = whole[1], body = whole[2], case = case,
          request = request }
      end
    end
  end
  table.sort(list, function(a, b)
    local x = ("%05d %s %s"):format(a.answer, a.pointer, a.kind)
    return x < ("%05d %s %s"):format(b.answer, b.pointer, b.kind)
  end)
  return list
end

-- Verdicts --------------------------------------------------------------------

local function operation_of(request)
  local path = request.url:match "^%a+://[^/]+([^?]*)"
  return operations.match(request.method, path)
end

--- Tells whether the contract allows the changed answer.  The format of a text
--- does not matter, and a closed list of texts may grow.
local function fits(request, pointer, kind)
  local body = changed.apply(request.body, { pointer = pointer, kind = kind })
  local complaint = contract.complaint(operation_of(request), request.status,
    json.decode(body))
  return not complaint or complaint:find "^%S+ is no [%w-]+$" ~= nil
    or complaint:find "^%S+ is none of the allowed values$" ~= nil
end

--- Tells whether the contract allows the changed answer.  Null counts as
--- absent.  A free member name or a list element may come or go, because these
--- are data.
local function is_allowed(change)
  if change.body then return false end
  if operation_of(change.request).key == "rbac.get" then
    return change.kind == "missing" or change.kind == "extra"
  end
  for _, kind in ipairs { change.kind, change.kind == "null" and "missing"
    or nil } do
    local ok, valid = pcall(fits, change.request, change.pointer, kind)
    if ok and valid then return true end
  end
  return false
end

local INTERNAL <const> = { "attempt to ", "bad call of", "bad argument",
  "stack traceback", "index is nil", "%.lua:%d+:", "expected near" }

local function is_internal(outcome)
  for _, pattern in ipairs(INTERNAL) do
    if (outcome.err .. outcome.out):find(pattern) then return true end
  end
  return false
end

local function is_within(pointer, place)
  return pointer == place or pointer:sub(1, #place + 1) == place .. "/"
end

--- Returns the place in the answer that the message names, or nil.
local function named_place(outcome)
  local text = outcome.err .. outcome.out
  if text:find("at the top: ", 1, true) then return "" end
  return text:match "answer to [%w_.]+, at '([^']*)': "
end

--- Tells whether the named place is the changed one or above it.
local function is_right_place(change, place)
  return is_within(place, change.pointer)
end

local function is_same_end(change, outcome)
  local plain = change.case.plain
  return outcome.code == plain.code
    and table.concat(writes_after(outcome.log, 0), "\n")
      == table.concat(writes_after(plain.log, 0), "\n")
end

---@return "internal"|"refused"|"passed"|"data"|"wrong place"|"wrote"|"other"
local function verdict(change, outcome)
  if is_internal(outcome) then return "internal" end
  local place = named_place(outcome)
  if place and outcome.code ~= 0 then
    if not is_right_place(change, place) then return "wrong place" end
    return writes_after(outcome.log, change.answer)[1] and "wrote" or "refused"
  end
  if is_same_end(change, outcome) then return "passed" end
  return is_allowed(change) and "data" or "other"
end

-- All of them -----------------------------------------------------------------

---@class tests.AnswerCases
---@field all table[]  every possible change
local Cases = {}
Cases.__index = Cases

--- Makes a generator of numbers that is the same on every machine.
local function generator(start)
  local state = start
  return function(n)
    state = (state * 6364136223846793005 + 1442695040888963407)
    return (state >> 33) % n + 1
  end
end

--- Picks changes at random, from each flow in turn.
---@param count integer
---@param start integer   the seed
---@return table[]
function Cases:sample(count, start)
  local random, picked, i = generator(start), {}, 0
  local left = {}
  for k, case in ipairs(self.cases) do
    left[k] = { table.unpack(case.changes) }
  end
  local rest = #self.all
  while #picked < count and rest > 0 do
    local list = left[i % #left + 1]
    if list[1] then
      local k = random(#list)
      picked[#picked + 1], list[k] = list[k], list[#list]
      list[#list], rest = nil, rest - 1
    end
    i = i + 1
  end
  return picked
end

--- Tries the changes.
---@param changes table[]
---@return table<string, integer> counts   verdict -> how often
---@return string[] problems   one text for each wrong verdict
function Cases:try(changes)
  local counts, problems = {}, {}
  together.each(changes, function(change)
    local outcome = run(self, change.case.words, { answer = change.answer,
      pointer = change.pointer, kind = change.kind, body = change.body,
      status = change.status })
    local word = verdict(change, outcome)
    counts[word] = (counts[word] or 0) + 1
    if word ~= "refused" and word ~= "passed" and word ~= "data" then
      problems[#problems + 1] = ("%s: mkrun %s: answer %d, %s %s, '%s' %s, "
        .. "exit %d:\n%s"):format(word, table.concat(change.case.words, " "),
        change.answer, change.request.method, change.request.url,
        change.pointer, change.kind, outcome.code, outcome.err)
    end
  end)
  table.sort(problems)
  return counts, problems
end

--- Records the answers of all flows.
---@param options? {lua: string?}  a folder with other modules of mkrun
---@return tests.AnswerCases
function M.new(options)
  local lua = options and options.lua
  local self = setmetatable({ lua = lua, cases = {}, all = {},
    files = make_world { MKRUN_LUA = lua } }, Cases)
  together.each(M.flows, function(words)
    local plain = run(self, words)
    self.cases[#self.cases + 1] = { words = words, plain = plain }
  end)
  table.sort(self.cases, function(a, b)
    return table.concat(a.words, " ") < table.concat(b.words, " ")
  end)
  for _, case in ipairs(self.cases) do
    case.changes = changes_of(case)
    table.move(case.changes, 1, #case.changes, #self.all + 1, self.all)
  end
  return self
end

return M
