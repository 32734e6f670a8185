--- Lists the files that mkrun writes and reads again.  For each file it makes a
--- small folder, and a function that judges a run with a damaged file.
--- `torture_damage_spec.lua` calls it.

local json = require "mkrun.json"
local secret = require "mkrun.secret"
local sys = require "mkrun.sys"

local ending = require "tests.support.ending"
local release = require "tests.support.release"
local temp = require "tests.support.temp"

local M = {}

local WHO <const> = "kari@northlight.example"
local TEAM <const> = { "team", "desk", "--create", "--add", WHO, "--scope",
  "allProjectsScope", "--grant", "reader" }
local TOKEN <const> = "t.token"

local GUESTS <const> = '"email",teams,comment\r\na@partner.example,Everyone,'
  .. '"two words, and ""more"""\r\nb@partner.example,,\r\n'

local SPEC <const> = [[{
  "organization": {"name": "Northlight Broadcasting",
    "legalEntityName": "Northlight AS"},
  "paymentMethod": {"displayName": "2026 contract", "acceptTerms": true},
  "projects": [{"name": "evening-news", "displayName": "Evening",
    "locationName": "westeurope", "webhooks": [{"name": "done",
      "url": "https://hooks.test/a", "events": ["MediaKind.JobFinished"],
      "headers": {"X-Desk": "night"},
      "authentication": {"headers": {"X-Key": "change-me"}}}]}],
  "teams": [{"name": "desk", "description": "day",
    "scopes": {"evening-newsScope": {"roles": ["user"]}},
    "members": [{"email": "kari@northlight.example", "isTeamAdmin": true}]}],
  "tokens": [{"description": "t", "file": "t.token", "days": 90,
    "permissions": {"core.customer": {"Northlight Broadcasting":
      {"core.team": ["get"]}}}}]
}
]]

local FAULTS <const> = [[{"clock": "sandbox", "rules": [
  {"method": "PUT", "path": "/api/v1/organization/*", "nth": 1,
   "faults": [{"cut": "after"}]},
  {"every": 3, "times": 2, "faults": [{"status": 429, "retryAfter": 1},
    {"status": 503, "effect": true}, {"truncate": 20}]}]}
]]

local SHORT <const> = [[
  local org = require "mkio".connect()
  print(org:get().spec.name)
  org.teams:ensure("desk", { description = "day" })]]

local function run(folder, ...)
  local outcome = release.run({ ... }, { cwd = folder })
  assert(outcome.code == 0, outcome.err)
  return outcome
end

local function state_of(folder)
  local text = temp.read(folder .. "/s")
  return text and json.decode(text)
end

--- Returns the state after a run for comparison, or nil if it cannot be read.
local function ending_in(folder)
  local state = state_of(folder)
  return state and json.encode(ending.of(state), { sort = true })
end

--- Returns a judge: a run that exits with 0 must leave the right state.
local function same_or_refused(expected)
  return function(outcome)
    if outcome.code ~= 0 then return nil end
    if ending_in(outcome.folder) ~= expected then
      return "ended well in another state: " .. outcome.out
    end
  end
end

local function any() return nil end

--- Judges only a file that was cut.  Other damage looks like an intended
--- change.
local function when_cut(judge)
  return function(outcome, damage)
    return damage == "cut" and judge(outcome) or nil
  end
end

local function refused(outcome)
  if outcome.code == 0 then return "was taken: " .. outcome.out end
end

--- Judges a recording without its end: mkrun uses the complete entries and says
--- so.
local function told(outcome)
  if outcome.code == 0 and not outcome.err:find "its end was cut off" then
    return "was taken: " .. outcome.out
  end
end

---@class tests.Damage
---@field file string            name of the file to damage
---@field folder string          a template of the folder
---@field runs string[][]        arguments of each run
---@field step? integer           only each n-th length is tried
---@field judge fun(outcome: table, damage: "cut"|"flip"): string?
---@field secrets? string[]       texts that no output may contain

---@return tests.Damage
local function journal(words)
  return function()
    local folder = temp.folder()
    run(folder, "--sandbox=s", "--journal", "j", table.unpack(TEAM))
    return { file = "j", folder = folder, runs = { words },
      judge = when_cut(same_or_refused(ending_in(folder))) }
  end
end

local kinds = {}

kinds["journal, --resume"] = journal { "--resume", "j" }

kinds["journal, undo"] = function()
  local damage = journal { "--sandbox=s", "undo", "--yes", "j" }()
  damage.judge, damage.step = any, 4
  return damage
end

kinds["plan, --apply"] = function()
  local folder = temp.folder()
  run(folder, "--sandbox=s", "team", "before", "--create")
  local other = temp.folder()
  os.execute(("cp -a %s/. %s"):format(folder, other))
  run(other, "--sandbox=s", table.unpack(TEAM))
  release.run({ "--sandbox=s", "--plan-out", "p", table.unpack(TEAM) },
    { cwd = folder })
  return { file = "p", folder = folder,
    runs = { { "--sandbox=s", "--apply", "p" } },
    judge = same_or_refused(ending_in(other)) }
end

local function audited()
  local folder = temp.folder()
  run(folder, "--sandbox=s", "--audit", "a", table.unpack(TEAM))
  run(folder, "--sandbox=s", "--audit", "a", "team", "more", "--create")
  return folder
end

kinds["audit, audit-verify --last"] = function()
  local folder = audited()
  local last = temp.read(folder .. "/a"):match "([^\n]*)\n$"
  return { file = "a", folder = folder, judge = refused, runs = {
    { "audit-verify", "--last", sys.sha256(last), "a" } } }
end

kinds["audit, --audit"] = function()
  return { file = "a", folder = audited(), judge = any, step = 4,
    runs = { { "--sandbox=s", "--audit", "a", "team", "third", "--create" } } }
end

kinds["recording, --replay"] = function()
  local folder = temp.folder()
  run(folder, "--sandbox=s", "--record", "h", "-e", SHORT)
  return { file = "h", folder = folder, judge = when_cut(told),
    runs = { { "--replay", "h", "-e", SHORT } } }
end

--- Makes a state smaller: removes blanks and unused roles.  The hash in a log
--- of this state is updated.
local function slim(folder)
  local text = temp.read(folder .. "/s")
  local state, roles = json.decode(text), json.array {}
  for _, role in ipairs(state.roles) do
    if role.name:lower():find "reader" or role.name == "administrator" then
      local capabilities = json.array {}
      for _, capability in ipairs(role.capabilities) do
        if capability:find "^core" then
          capabilities[#capabilities + 1] = capability
        end
      end
      role.capabilities = capabilities
      roles[#roles + 1] = role
    end
  end
  state.roles = roles
  local short = json.encode(state, { sort = true }) .. "\n"
  temp.write(folder .. "/s", short)
  local log = temp.read(folder .. "/s.log")
  if log then
    temp.write(folder .. "/s.log", (log:gsub(sys.sha256(text),
      sys.sha256(short))))
  end
  return folder
end

kinds["state"] = function()
  local folder = temp.folder()
  run(folder, "--sandbox=s", table.unpack(TEAM))
  slim(folder)
  return { file = "s", folder = folder, judge = when_cut(refused),
    runs = { { "--sandbox=s", "export" } } }
end

--- Makes a state with the log that a killed run leaves.
local function logged()
  local folder = temp.folder()
  run(folder, "--sandbox=s", "-e", "require 'mkio'.connect():get()")
  release.run({ "--sandbox=s", "-e", [[
    local org = require "mkio".connect()
    org.teams:ensure("desk", { description = "day" })
    org.invites:ensure("guest@partner.example", { comment = "hello" })
    org.teams:ensure("night", { description = "night" })
    os.execute("kill -KILL " .. require "mkrun.sys".getpid())]] },
    { cwd = folder })
  assert(temp.read(folder .. "/s.log"), "a log of the state")
  return folder
end

kinds["state's log"] = function()
  return { file = "s.log", folder = slim(logged()), judge = any,
    runs = { { "--sandbox=s", "export" } } }
end

kinds["state with a log"] = function()
  return { file = "s", folder = slim(logged()), judge = when_cut(refused),
    step = 4,
    runs = { { "--sandbox=s", "export" } } }
end

local function stored()
  local folder = temp.folder()
  run(folder, "--sandbox=s", "token", "create", "t", "--allow",
    "Northlight Broadcasting:core.team.get", "--file", TOKEN)
  return folder, { temp.read(folder .. "/" .. TOKEN):match "%.([^.]+)%." }
end

kinds["token file, rotate-tokens"] = function()
  local folder, secrets = stored()
  return { file = TOKEN, folder = folder, judge = any, secrets = secrets,
    runs = { { "--sandbox=s", "rotate-tokens", "--file", TOKEN, "t" } } }
end

--- A lease never leads to a stored token that is dead.
local function fault_of_stored(folder)
  local id = secret.read(folder .. "/" .. TOKEN, TOKEN):claims().jti
  for _, token in ipairs(state_of(folder).tokens) do
    if token.id == id and token.revoked ~= json.null then
      return "the stored token is dead"
    end
  end
end

kinds["lease, rotate-tokens"] = function()
  local folder, secrets = stored()
  run(folder, "--sandbox=s", "rotate-tokens", "--file", TOKEN, "--keep-old",
    "24h", "t")
  return { file = TOKEN .. ".lease", folder = folder, secrets = secrets,
    judge = function(outcome, damage)
      return fault_of_stored(outcome.folder)
        or damage == "cut" and refused(outcome) or nil
    end, runs = { { "--sandbox=s", "rotate-tokens", "--file", TOKEN, "--within",
      "14", "t" } } }
end

kinds["token file, --token-file"] = function()
  local folder, secrets = stored()
  return { file = TOKEN, folder = folder, judge = any, secrets = secrets,
    runs = { { "--sandbox=s", "--token-file", TOKEN, "export" } } }
end

local function one_file(name, text, judge, ...)
  local words = { ... }
  return function()
    local folder = temp.folder()
    temp.write(folder .. "/" .. name, text)
    return { file = name, folder = folder, judge = judge, runs = { words } }
  end
end

kinds["SPEC"] = one_file("spec.json", SPEC, when_cut(refused), "--sandbox=s",
  "onboard", "spec.json")
kinds["list of guests"] = one_file("guests.csv", GUESTS, any, "--sandbox=s",
  "invite", "guests.csv")
kinds["faults plan"] = one_file("f.json", FAULTS, when_cut(refused),
  "--sandbox=s", "--faults", "f.json", table.unpack(TEAM))

M.kinds = kinds

--- Returns the text without its end, or with one bit changed.
---@param text string
---@param how "cut"|"flip"
---@param at integer   the new length, or the number of the byte
---@param bit integer  0 to 7
---@return string
function M.damaged(text, how, at, bit)
  if how == "cut" then return text:sub(1, at) end
  return text:sub(1, at - 1) .. string.char(text:byte(at) ~ (1 << bit))
    .. text:sub(at + 1)
end

return M
