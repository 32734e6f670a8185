--- Flows with more writes than a minute allows, by the sandbox's clock: what
--- the API's limits allow, and how much later mkrun is through.

local json = require "mkrun.json"

local measure = require "measure"
local programs = require "programs"
local report = require "report"

local M = {}

local MINUTE <const> = 60
local WRITES <const> = 1000 -- a minute

local function write(name, text)
  local path = programs.work .. "/" .. name
  local file <close> = assert(io.open(path, "w"))
  assert(file:write(text))
  return path
end

local function guests(count)
  local lines = { "email,teams" }
  for i = 1, count do
    lines[i + 1] = ("guest%d@partner.example,Everyone"):format(i)
  end
  return write("rate-guests.csv", table.concat(lines, "\n") .. "\n")
end

local function teams(count)
  local list = json.array {}
  for i = 1, count do
    list[i] = { name = "team-" .. i, description = "T",
      scopes = { allProjectsScope = { roles = { "reader" } } } }
  end
  return write("rate-teams.json", json.encode { teams = list })
end

local function row(what, count, ...)
  local found = measure.run(programs.spawn, programs.work, {
    { name = what, programs.mkrun, "--sandbox", "tests/support/at_rate.lua",
      ... } }, 1, 1)[what]
  if not found then return report.wrong(what, "the limits", "it failed") end
  report.row { what = what, unit = "wall", ours = found.printed,
    peer = "what limits allow", theirs = (count - 1) // WRITES * MINUTE,
    target = 1.02 }
end

--- Prints the rows.
function M.run()
  row("10,000 invites", 10000, "invite", guests(10000))
  row("5,000 teams", 5000, "onboard", teams(5000))
end

return M
