--- Tries the rights that `mkrun --dry-run --rights` prints: with a token that
--- has them, with one that has one capability less, and with all rights.
---
---   local world = rights.world()
---   local trial = world:trial { "team", "night-desk", "--add", KARI }
---   trial.full, trial.cut      how the run ended with all rights, with these
---   trial.less                 one entry for each capability

local ending = require "tests.support.ending"
local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local permissions = require "mkio.permissions"
local plans = require "tests.support.plans.cases"
local release = require "tests.support.release"
local served = require "tests.support.served"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"
local world = require "tests.scripts.world"

local TOKEN <const> = "token-of-ola"
local CUT <const> = "least rights"

--- Rights of a token whose permissions are then removed, as `token create`
--- makes none without any.
local SOMETHING <const> = json.encode {
  ["core.customer"] = { ["Northlight Broadcasting"] = {
    ["core.location"] = json.array { "get" } } } }

local M = {}

---@class tests.RightsWorld
---@field server tests.Served
---@field state table      the example organization
---@field fresh table      a new organization
---@field files table<string, string>
local World = {}
World.__index = World
World.__close = function(self) self.server:stop() end

---@class tests.RightsEnd
---@field outcome tests.Outcome
---@field ending table    the state after the run

local function folder_with(files)
  local here = temp.folder()
  for name, text in pairs(files) do temp.write(here .. "/" .. name, text) end
  shell.execute(("chmod 600 %s/*"):format(shell.quote(here)))
  return here
end

--- Runs mkrun in `folder` on the server, with a token.
function World:run(folder, words, token)
  return release.run({ "--base-url", self.server.url, table.unpack(words) },
    { cwd = folder, env = { MKIO_TOKEN = token } })
end

local function permissions_in(state)
  local list = {}
  for _, token in ipairs(state.tokens) do
    if token.description ~= CUT and token.type ~= "login"
      and token.revoked == json.null then
      list[#list + 1] = assert(json.encode({ token.description,
        token.permissions }, { sort = true }))
    end
  end
  table.sort(list)
  return list
end

--- Runs the words on a state, and tells how that ended.
---@return tests.RightsEnd
local function try(self, case, state, files, token)
  self.server:begin(state)
  self.server:faults(case.faults)
  local folder = folder_with(files)
  local outcome = self:run(folder, case, token)
  self.server:faults()
  local now = self.server:state()
  shell.execute("rm -rf " .. shell.quote(folder))
  local found = ending.of(now)
  found.permissions = permissions_in(now)
  return { outcome = outcome, ending = found }
end

--- Returns the state and the files that a case starts with.
local function start_of(self, case)
  local state, files = case.start == "fresh" and self.fresh or self.state, {}
  state = assert(json.decode(assert(json.encode(state))))
  if case.change then case.change(state) end
  for name, text in pairs(self.files) do
    local is_old = case.start == "fresh" and name == "evening-news.token"
    files[name] = not is_old and text or nil
  end
  return state, files
end

local function cut_token(state)
  for _, token in ipairs(state.tokens) do
    if token.description == CUT then return token end
  end
end

--- Removes one capability of a resource from permissions.
local function without(wanted, type_, id, family, verb)
  local copy = assert(json.decode(assert(json.encode(wanted))))
  local verbs = copy[type_][id][family]
  for i = #verbs, 1, -1 do
    if verbs[i] == verb then table.remove(verbs, i) end
  end
  return copy
end

--- Starts the server for a case, and returns a token with all rights of its
--- caller.
local function begin(self, case, state)
  self.server:begin(state)
  return case.caller and self.server:login(case.caller) or TOKEN
end

--- Makes the token that a document describes.  Returns the state with it, the
--- files, that token, and the one with all rights.
local function make_token(self, case, document)
  local state, files = start_of(self, case)
  local all = begin(self, case, state)
  local is_empty = not next(json.decode(document))
  if is_empty then document = SOMETHING end
  local folder = folder_with(files)
  temp.write(folder .. "/rights.json", document)
  local made = self:run(folder, { "token", "create", CUT, "--permissions",
    "rights.json", "--file", "least.token" }, all)
  assert(made.code == 0, made.err .. document)
  local least = temp.read(folder .. "/least.token"):gsub("%s", "")
  state = self.server:state()
  if is_empty then cut_token(state).permissions = json.object {} end
  return state, files, least, all
end

--- Prints the rights of a run.
---@param case tests.RightsCase
---@return tests.Outcome
function World:rights(case)
  local state, files = start_of(self, case)
  local token, folder = begin(self, case, state), folder_with(files)
  local outcome =
    self:run(folder, { "--dry-run", "--rights", table.unpack(case) }, token)
  shell.execute("rm -rf " .. shell.quote(folder))
  assert(outcome.code == 0, outcome.err)
  return outcome
end

--- Tries a run with all rights, with the printed ones, and with each one less.
---@param case tests.RightsCase
---@return {printed: tests.Outcome, full: tests.RightsEnd,
---  cut: tests.RightsEnd, less: {name: string, capability: string,
---  run: tests.RightsEnd}[]}
function World:trial(case)
  local printed = self:rights(case)
  local state, files, least, full = make_token(self, case, printed.out)
  local trial = { printed = printed, less = {} }
  trial.full = try(self, case, state, files, full)
  trial.cut = try(self, case, state, files, least)
  local own = cut_token(state)
  local all = own.permissions
  permissions.walk(all, function(type_, id, family, verbs)
    for _, verb in ipairs(verbs) do
      own.permissions = without(all, type_, id, family, verb)
      table.insert(trial.less, {
        name = ("%s/%s: %s.%s"):format(type_, id, family, verb),
        capability = family .. "." .. verb,
        run = try(self, case, state, files, least) })
    end
  end)
  return trial
end

--- Tries a run under a plan of faults, with all rights and with those that are
--- printed.
---@param case tests.RightsCase
---@param plan mkio.sandbox.FaultPlan
---@return tests.RightsEnd full
---@return tests.RightsEnd cut
function World:with_faults(case, plan)
  local state, files, least, full =
    make_token(self, case, self:rights(case).out)
  local faulty = setmetatable({ faults = plan }, { __index = case })
  for i, word in ipairs(case) do faulty[i] = word end
  return try(self, faulty, state, files, full),
    try(self, faulty, state, files, least)
end

--- A project that does not exist, without and with rules and more.
local function late_spec(with_rules)
  local project = { name = "late-news", displayName = "Late News",
    locationName = "westeurope" }
  if with_rules then
    project.webhooks = json.array { { name = "x", url = "https://h.example/x",
      events = json.array { "MediaKind.JobFinished" } } }
  end
  return json.encode { projects = json.array { project } }
end

--- Files beside those of the flows that write.
local function more_files(files)
  local plain = json.decode(files["full.json"])
  plain.tokens, plain.projects[1].webhooks = nil, nil
  files["plain.json"] = json.encode(plain)
  files["late.json"] = late_spec(false)
  files["hooks.json"] = late_spec(true)
  files["asset.json"] = json.encode { ["core.project"] = { ["evening-news"] = {
    ["ams.asset"] = json.array { "get" } } } }
  return files
end

--- Makes a token with all rights of its user, in a file.
local ALL <const> = [[
  local org = require "mkio".connect()
  local token = org.me.tokens:create { type = "full-access",
    description = "all", organizationId = org:get().metadata.id }
  assert(token.metadata.JWT:write "all.token")]]

--- Starts a server with the example organization, and what its flows need.
---@return tests.RightsWorld
function M.world()
  local server = served.start { token = TOKEN }
  local self = setmetatable({ server = server,
    files = more_files(plans.files()), fresh = server:state() }, World)
  local here = flow.new()
  for name, text in pairs(self.files) do here:write(name, text) end
  local function run(...)
    local outcome = self:run(here.folder, { ... }, TOKEN)
    assert(outcome.code == 0, outcome.err)
  end
  run("onboard", "full.json")
  run("--journal", "journal", "--audit", "audit", "invite", "old.csv")
  run("-e", ALL)
  here:write("state.json", json.encode(server:state()))
  world.change(here, world.invite_elsewhere)
  world.change(here, plans.age)
  self.state = here:state()
  for _, name in ipairs { "evening-news.token", "journal", "all.token",
    "audit" } do
    self.files[name] = temp.read(here.folder .. "/" .. name)
  end
  return self
end

return M
