--- Removes things that a SPEC does not name, side by side as far as their order
--- allows.  Looks at each thing again right before, and leaves alone what was
--- changed since it was shown.  `mkio.flow.onboard.prune` calls this module.
-- SPDX-License-Identifier: MIT

local progress = require "mkrun.progress"

local kinds = require "mkio.flow.onboard.prune.kinds"
local team_parts = require "mkio.flow.onboard.prune.team_parts"
local writes = require "mkio.flow.common.writes"

---@class mkio.PruneJob   one write
---@field kind string     for the report: "team"
---@field name string
---@field things mkio.Unnamed[]  what it removes; several parts of one team
---@field turn integer    jobs of an earlier turn come first
---@field is_mine? boolean  the job takes rights from the user who runs this

local M = {}

--- The turn of each kind.  A team goes after the invites to it.
local TURNS <const> = { webhooks = 1, invites = 1, tokens = 1, members = 1,
                        scopes = 1, teams = 2 }

--- The turn of what the user who runs this has, and of the team that gives all
--- rights.
local MINE <const>, LAST <const> = 3, 4

local function turn_of(thing)
  if not thing.is_mine then return TURNS[thing.kind] end
  return thing.team == "Administrators" and LAST or MINE
end

--- Groups the things into jobs: the parts of a team go in one PATCH, but those
--- of the user who runs this go alone.
---@param things mkio.Unnamed[]
---@return mkio.PruneJob[]   in the order of their turns
function M.jobs(things)
  local by_turn, of_team = { {}, {}, {}, {} }, {}
  for _, thing in ipairs(things) do
    local turn = turn_of(thing)
    local key = thing.team and turn .. thing.team
    local job = of_team[key or thing]
    if not job then
      job = { turn = turn, is_mine = thing.is_mine, things = {},
        kind = thing.team and "team" or kinds.word(thing),
        name = thing.team or kinds.label(thing) }
      of_team[key or thing] = job
      table.insert(by_turn[turn], job)
    end
    table.insert(job.things, thing)
  end
  local jobs = {}
  for _, list in ipairs(by_turn) do
    table.move(list, 1, #list, #jobs + 1, jobs)
  end
  return jobs
end

--- Returns the steps for the question.
---@param jobs mkio.PruneJob[]
---@return mkrun.Step[]
function M.steps(jobs)
  local steps = {}
  for i, job in ipairs(jobs) do
    local is_team = job.things[1].team ~= nil
    steps[i] = { action = is_team and "update" or "delete", kind = job.kind,
      name = job.name, details = is_team and team_parts.details(job)
        or kinds.details(job.things[1]) }
  end
  return steps
end

local CHANGED <const> = "was changed since it was looked at: run it again"

--- Tells what became of a thing.
local function tell(place, thing, fate)
  local word, label = kinds.word(thing), kinds.label(thing)
  if fate == "changed" then
    place:step("failed", word, label, { CHANGED })
  elseif fate == "gone" then
    place:step("unchanged", word, label, { "is gone" })
  else
    place:step(kinds.outcome(thing), word, label, kinds.told(thing))
  end
end

local function write_of(org, job, out)
  local place = out:place()
  return { place = place, kind = job.kind, name = job.name, work = function()
    local work = job.things[1].team and team_parts.remove or kinds.remove
    local fates = work(org, job)
    for i, thing in ipairs(job.things) do tell(place, thing, fates[i]) end
  end }
end

--- Runs the jobs, each turn after the one before.  What the user who runs this
--- has goes one by one.
---@param org mkio.Organization
---@param jobs mkio.PruneJob[]
---@param out mkrun.Report
function M.run(org, jobs, out)
  if not jobs[1] then return end
  local bar <close> = progress.new("removing", #jobs, { kind = "writes" })
  local turns = {}
  for _, job in ipairs(jobs) do
    local last = turns[#turns]
    if not last or last.turn ~= job.turn or job.is_mine then
      last = { turn = job.turn }
      turns[#turns + 1] = last
    end
    last[#last + 1] = write_of(org, job, out)
  end
  for _, turn in ipairs(turns) do writes.run(turn, { bar = bar }) end
end

return M
