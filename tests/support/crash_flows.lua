--- Lists the flows of the crash matrix, `crash_spec.lua`.

local json = require "mkrun.json"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = { FILE = "evening-news.token" }

local EXAMPLE <const> = shell.output "pwd" .. "/scripts/examples/onboard.json"
local FILE <const> = M.FILE
local NILS <const> = "nils@northlight.example"

---@class tests.CrashFlow
---@field words string[]     arguments
---@field first? string[]    arguments of a run before
---@field before? string[]   arguments of another run before
---@field due? boolean       what that run has leased is due
---@field files? boolean     it is also killed after each file that it replaces
---@field login? string      e-mail address of a user who logs in before

local LEASING <const> = { "rotate-tokens", "--file", FILE, "--keep-old",
  "24h", "evening-news automation" }

---@type table<string, tests.CrashFlow>
M.all = {
  onboard = { words = { "onboard", EXAMPLE } },
  ["onboard, where much differs"] = { before = { "onboard", EXAMPLE },
    words = { "onboard", "changed.json" } },
  ["onboard --prune"] = { before = { "onboard", EXAMPLE },
    words = { "onboard", "--prune", "members,teams,scopes,rules,invites",
      "--yes", "less.json" } },
  ["token create --exec"] = { words = { "token", "create", "new", "--allow",
    "core.project.get", "--exec", "cat >" .. FILE } },
  ["rotate-tokens --exec"] = { before = { "onboard", EXAMPLE },
    words = { "rotate-tokens", "--exec", "cat >" .. FILE,
      "evening-news automation" } },
  ["rotate-tokens"] = { before = { "onboard", EXAMPLE },
    words = { "rotate-tokens", "--file", FILE, "evening-news automation" } },
  ["rotate-tokens --keep-old"] = { before = { "onboard", EXAMPLE },
    words = LEASING },
  ["rotate-tokens, leased"] = { first = { "onboard", EXAMPLE },
    before = LEASING, words = LEASING },
  ["rotate-tokens, due"] = { first = { "onboard", EXAMPLE },
    before = LEASING, due = true, words = { "rotate-tokens", "--within", "14",
      "--file", FILE, "evening-news automation" } },
  ["rotate-tokens --keep-old, due"] = { first = { "onboard", EXAMPLE },
    before = LEASING, due = true, files = true, words = LEASING },
  ["rotate-tokens --exec --keep-old"] = { before = { "onboard", EXAMPLE },
    words = { "rotate-tokens", "--exec", "cat >" .. FILE, "--lease", "lease",
      "--keep-old", "24h", "evening-news automation" }, files = true },
  offboard = { before = { "-e", [[
      local org = require "mkio".connect()
      local nils = org.users:find "nils@northlight.example"
      org.teams:ensure("desk", { description = "day", members = {
        [nils.metadata.id] = { isTeamAdmin = true },
        [org.users:find "ola@northlight.example".metadata.id] = {} } })
      org.invites:ensure("guest@partner.example", { comment = "hello" })
    ]] }, login = NILS,
    words = { "offboard", "--yes", NILS, "guest@partner.example" } },
  invite = { words = { "invite", "guests.csv" } },
  webhooks = { before = { "onboard", EXAMPLE }, words = { "webhooks",
    "--prune", "--yes", "evening-news", "rules.json" } },
  undo = { before = { "--journal", "before", "-e", [[
      local org = require "mkio".connect()
      org.teams:ensure("desk", { description = "day" })
      org.invites:ensure("guest@partner.example", { comment = "hello" })
      org:patch { legalEntityContactEmail = "law@northlight.example" }
      org.me:patch_profile { jobRole = "Editor" }
    ]] }, words = { "undo", "--yes", "before" } },
}

--- Instead of the one rule of the example.
local RULES <const> = [=[ [
  { "name": "a", "url": "https://hooks.test/a", "enabled": true,
    "events": ["MediaKind.JobFinished"],
    "authentication": { "headers": { "X-Key": "some-secret" } } },
  { "name": "b", "url": "https://hooks.test/b", "enabled": false,
    "events": ["MediaKind.JobStarted"] } ] ]=]

--- The example SPEC with something else in each part of it.
local function changed()
  local text = temp.read(EXAMPLE)
  for was, is in pairs {
    ['"night" }'] = '"day" }', ["Evening News"] = "Late News",
    ['["user"]'] = '["reader"]', ["May look"] = "Can look",
    ['["get"]'] = '["get", "update"]', ["legal@"] = "law@",
    ['{ "email": "nils@northlight.example" },\n        { "email": "free'] =
      '{ "email": "free',
  } do
    local before, after = text:find(was, 1, true)
    text = text:sub(1, before - 1) .. is .. text:sub(after + 1)
  end
  return text
end

--- The example SPEC with something less in each part of it.
local function less()
  local spec = json.decode(temp.read(EXAMPLE))
  local team = spec.teams[1]
  team.members = { team.members[1], { email = "ola@northlight.example" } }
  spec.teams, team.scopes = { team }, json.object {}
  spec.projects[1].webhooks, spec.invites = json.array {}, json.array {}
  spec.tokens, spec.ownTokens = json.array {}, "evening-news *"
  return json.encode(spec)
end

--- Writes the files that the arguments name.
---@param folder string
function M.write_files(folder)
  temp.write(folder .. "/guests.csv", "email\na@partner.example\n"
    .. "b@partner.example\nc@partner.example\n")
  temp.write(folder .. "/changed.json", changed())
  temp.write(folder .. "/less.json", less())
  temp.write(folder .. "/rules.json", RULES)
end

--- Makes the leased token in a folder due.
---@param folder string
function M.make_due(folder)
  local path = folder .. "/" .. FILE .. ".lease"
  local text, n = temp.read(path):gsub('"due":"20%d%d', '"due":"2001')
  assert(n == 1, text)
  temp.write(path, text)
  shell.execute("chmod 600 " .. path)
end

return M
