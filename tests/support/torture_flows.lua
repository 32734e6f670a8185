--- Lists the flows that write, for tests that disturb them.  Each entry has the
--- state before, the arguments, and the arguments of a second run without a
--- journal.

local json = require "mkrun.json"
local secret = require "mkrun.secret"

local ending = require "tests.support.ending"
local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local suicide = require "tests.support.suicide"
local temp = require "tests.support.temp"

local M = {}

M.TOKEN = "canary-51b7e02d"
M.KEY = "some-secret-6d20"
M.FILE = "evening-news.token"

local EXAMPLE <const> = temp.read "scripts/examples/onboard.json"
  :gsub("change%-me", M.KEY)

local RULES <const> = [=[ [
  { "name": "a", "url": "https://hooks.test/a", "enabled": true,
    "events": ["MediaKind.JobFinished"],
    "authentication": { "headers": { "X-Key": "KEY" } } },
  { "name": "b", "url": "https://hooks.test/b", "enabled": false,
    "events": ["MediaKind.JobStarted"] } ] ]=]

--- The example with something less in each part of it.
local function less()
  local spec = json.decode(EXAMPLE)
  local team = spec.teams[1]
  team.members = { team.members[1], { email = "ola@northlight.example" } }
  spec.teams, team.scopes = { team }, json.object {}
  spec.projects[1].webhooks, spec.invites = json.array {}, json.array {}
  spec.tokens, spec.ownTokens = json.array {}, "evening-news *"
  return json.encode(spec)
end

local FILES <const> = {
  ["less.json"] = less(),
  ["spec.json"] = EXAMPLE,
  ["changed.json"] = EXAMPLE:gsub('"night" }', '"day" }')
    :gsub("Evening News", "Late News"):gsub("May look", "Can look")
    :gsub("legal@", "law@"):gsub('%["get"%]', '["get", "update"]'),
  ["rules.json"] = RULES:gsub("KEY", M.KEY),
  ["guests.csv"] = "email\na@partner.example\nb@partner.example\n"
    .. "c@partner.example\n",
}

local ONBOARD <const> = { "onboard", "spec.json" }
local CAT <const> = "cat >" .. M.FILE
local NEWS <const> = "evening-news automation"

local LEASING <const> = { "rotate-tokens", "--file", M.FILE, "--keep-old",
  "24h", NEWS }

local PEOPLE <const> = { "-e", [[
  local org = require "mkio".connect()
  local nils = org.users:find "nils@northlight.example"
  org.teams:ensure("desk", { description = "day", members = {
    [nils.metadata.id] = { isTeamAdmin = true },
    [org.users:find "ola@northlight.example".metadata.id] = {} } })
  org.teams:ensure("night", { members = { [nils.metadata.id] = {} } })
  org.invites:ensure("guest@partner.example", { comment = "hello",
    teams = { "desk", "night" } })
  org.invites:ensure("late@partner.example", { comment = "hello" })]] }

local CHANGE <const> = { "--journal", "before", "-e", [[
  local org = require "mkio".connect()
  org.teams:ensure("desk", { description = "day" })
  org.invites:ensure("guest@partner.example", { comment = "hello" })
  org:patch { legalEntityContactEmail = "law@northlight.example" }
  org.me:patch_profile { jobRole = "Editor" }]] }

local KILLED <const> = { "--journal", "earlier", "-e", suicide.die .. [[
  local journal = require "mkrun.journal".Journal
  local outcome, n = journal.outcome, 4
  function journal.outcome(...)
    n = n - 1
    if n == 0 then die() end
    return outcome(...)
  end]], "onboard", "spec.json" }

---@class tests.Flow
---@field words string[]    arguments
---@field first? string[]   arguments of a run before
---@field before? string[]  arguments of another run before
---@field code? integer     exit code of `before`
---@field again? string[]   instead of `words` in a second run without a journal
---@field options? string[] options of mkrun that belong to the flow
---@field ends? integer     exit code, if not 0
---@field plain? boolean    runs without --journal, --audit and --record
---@field alone? boolean    runs without --journal, which it does not allow

---@type table<string, tests.Flow>
M.flows = {
  onboard = { words = ONBOARD },
  ["onboard, changed"] = { before = ONBOARD,
    words = { "onboard", "changed.json" } },
  ["onboard --prune"] = { before = ONBOARD, words = { "onboard", "--prune",
    "members,teams,scopes,rules,invites", "--yes", "less.json" } },
  invite = { words = { "invite", "guests.csv" } },
  offboard = { before = PEOPLE, words = { "offboard", "--yes",
      "nils@northlight.example", "guest@partner.example" },
    again = { "offboard", "--yes", "--missing-ok",
      "nils@northlight.example", "guest@partner.example" } },
  team = { before = PEOPLE, words = { "team", "desk", "--add",
    "kari@northlight.example", "--grant", "reader", "--scope",
    "allProjectsScope", "--remove", "guest@partner.example" },
    again = { "team", "desk", "--add", "kari@northlight.example", "--grant",
      "reader", "--scope", "allProjectsScope", "--missing-ok", "--remove",
      "guest@partner.example" } },
  ["rotate-tokens"] = { before = ONBOARD,
    words = { "rotate-tokens", "--file", M.FILE, NEWS } },
  ["rotate-tokens --exec"] = { before = ONBOARD,
    words = { "rotate-tokens", "--exec", CAT, NEWS } },
  ["rotate-tokens --keep-old"] = { before = ONBOARD, words = LEASING },
  ["rotate-tokens, leased"] = { first = ONBOARD, before = LEASING,
    words = LEASING },
  ["rotate-tokens --exec --keep-old"] = { before = ONBOARD,
    words = { "rotate-tokens", "--exec", CAT, "--lease", "lease", "--keep-old",
      "24h", NEWS } },
  ["token create"] = { words = { "token", "create", "new", "--allow",
    "core.project.get", "--file", M.FILE } },
  ["token create --exec"] = { words = { "token", "create", "new", "--allow",
    "core.project.get", "--exec", CAT }, again = { "token", "create", "new",
    "--allow", "core.project.get", "--exec", CAT, "--again" } },
  ["token revoke"] = { before = ONBOARD,
    words = { "token", "revoke", "--yes", NEWS } },
  ["prune-invites"] = { before = PEOPLE, words = { "prune-invites", "--cancel",
      "--yes", "guest@partner.example", "late@partner.example" },
    again = { "prune-invites", "--cancel", "--yes", "--missing-ok",
      "guest@partner.example", "late@partner.example" } },
  webhooks = { before = ONBOARD, words = { "webhooks", "--prune", "--yes",
    "evening-news", "rules.json" } },
  undo = { before = CHANGE, words = { "undo", "--yes", "before" } },
  ["--apply"] = { first = { "doctor" }, code = 3,
    before = { "--plan-out", "p", "onboard", "spec.json" },
    options = { "--apply", "p" }, words = {}, again = ONBOARD },
  ["--plan-out"] = { first = { "doctor" }, ends = 3, plain = true,
    options = { "--plan-out", "p" }, words = ONBOARD },
  ["--resume"] = { before = KILLED, code = 137,
    options = { "--resume", "earlier", "-e", "" }, words = ONBOARD,
    alone = true },
}

--- A place where a flow can run: with a state file, or over HTTP.
local Place = {}
Place.__index = Place

--- Returns the options before the arguments of a run.
function Place:base()
  if self.api then return { "--base-url", self.api.url } end
  return { "--sandbox=s" }
end

function Place:options(folder)
  return { cwd = folder,
    env = self.api and { MKIO_TOKEN = M.TOKEN } or nil }
end

---@param folder string
---@param ... string  arguments
---@return tests.Outcome
function Place:run(folder, ...)
  local words = self:base()
  table.move({ ... }, 1, select("#", ...), #words + 1, words)
  return release.run(words, self:options(folder))
end

--- Returns the state of the API.
function Place:state(folder)
  if self.api then return self.api:state() end
  return json.decode(temp.read(folder .. "/s") or "")
end

--- Returns the id of the token in a folder's file, or nil.
local function stored(folder)
  local path = folder .. "/" .. M.FILE
  local token = temp.read(path) and secret.read(path, M.FILE)
  return token and token:claims() and token:claims().jti
end

--- Tells whether the token in the file is live.
local function fate_of(id, state)
  for _, known in ipairs(state.tokens) do
    if known.id == id then return known.revoked == json.null end
  end
  return id and "unknown" or "none"
end

--- Makes mkrun put the log of a state file into the file.
function Place:settle(folder)
  if self.api then return end
  self:run(folder, "-e", "require 'mkio'.connect():get()")
end

--- Leaves out the tokens that a lease keeps: a second run without a journal may
--- keep one more.
local function without_leased(state, folder)
  local text = temp.read(folder .. "/" .. M.FILE .. ".lease")
    or temp.read(folder .. "/lease")
  local is_leased, others = {}, json.array {}
  for _, entry in ipairs(text and json.decode(text).tokens or {}) do
    is_leased[entry.id] = true
  end
  for _, token in ipairs(state.tokens) do
    if not is_leased[token.id] then others[#others + 1] = token end
  end
  state.tokens = others
  return state
end

--- Returns the values that a test compares with those of an undisturbed run.
function Place:outcome(folder)
  local state = without_leased(assert(self:state(folder), "a state"), folder)
  return json.encode({ ending.of(state), fate_of(stored(folder), state) },
    { sort = true })
end

--- Tells whether a token is live.
function Place:lives(folder, id)
  return fate_of(id, self:state(folder)) == true
end

---@param from string
---@return string folder  a copy
function M.copy(from)
  local folder = temp.folder()
  shell.execute(("cp -a %s/. %s"):format(from, folder))
  return folder
end

--- Makes the folder that a flow starts in, and sets the API's state.
function Place:prepare(flow)
  local folder = temp.folder()
  for name, text in pairs(FILES) do temp.write(folder .. "/" .. name, text) end
  if self.api then self.api:begin(self.blank) end
  if flow.first then self:run(folder, table.unpack(flow.first)) end
  if flow.before then
    local outcome = self:run(folder, table.unpack(flow.before))
    assert(outcome.code == (flow.code or 0), outcome.err)
  end
  return folder, self.api and self.api:state()
end

--- Copies the folder that a flow starts in, and sets the API's state.
function Place:begin(prepared)
  if self.api then self.api:begin(prepared.state) end
  return M.copy(prepared.folder)
end

---@param api? tests.Served  a server of its own; nil: a state file
function M.place(api)
  return setmetatable({ api = api, blank = api and api:state() }, Place)
end

-- Files in a folder -----------------------------------------------------------

--- Tells whether a file was there before.  Such a file keeps its permissions.
local function is_given(name) return FILES[name] ~= nil end

local function jwt_of(text)
  return text:match "eyJ[%w_-]+%.[%w_-]+%.[%w_-]*"
end

local function names_token(name) return name:find(M.FILE, 1, true) end

local function fault_of_file(name, mode, text)
  if is_given(name) then return nil end
  if text:find(M.TOKEN, 1, true) then return name .. " has the run's token" end
  if text:find(M.KEY, 1, true) then return name .. " has a secret" end
  if jwt_of(text) and not names_token(name) then return name .. " has a JWT" end
  if mode ~= "600" then return name .. " has the mode " .. mode end
end

--- Iterates over the files of a folder: name, mode, text.
local function files_of(folder)
  local list = process.run({ "find", ".", "-mindepth", 1, "-printf",
    "%m %P\\n" }, { cwd = folder }).out
  local function next_file(_, at)
    local mode, name, after = list:match("^(%d+) ([^\n]*)\n()", at)
    if mode then
      return after, name, mode, temp.read(folder .. "/" .. name) or ""
    end
  end
  return next_file, nil, 1
end

--- Returns what is wrong with the files of a folder, or nil.
---@param folder string
---@param by_command? boolean  true: a command of the user writes the token file
---@return string?
function M.fault_in(folder, by_command)
  for _, name, mode, text in files_of(folder) do
    if not (by_command and name == M.FILE) then
      local fault = fault_of_file(name, mode, text)
      if fault then return fault end
    end
  end
end

--- Lists the temporary files in a folder, with the ids of their tokens.
---@return {name: string, id: string?}[]
function M.left_over(folder)
  local found = {}
  for _, name, _, text in files_of(folder) do
    if name:find "^%..*%.%w%w%w%w%w%w$" then
      local token = jwt_of(text)
      found[#found + 1] = { name = name,
        id = token and secret.new(token, "left over"):claims().jti }
    end
  end
  return found
end

return M
