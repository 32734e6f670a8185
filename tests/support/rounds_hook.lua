--- Counts the rounds of a flow that a spec runs.  `tests.support.rounds` has
--- this file run before the flow.
---
--- All requests of a round are asked before one of them is answered.  A round
--- is answered when no task has asked anything more for many turns of the event
--- loop, so the count does not depend on the speed of the machine.

local http = require "mkrun.http"
local task = require "mkrun.task"

--- More turns than a task takes from an answer to its next request.
local TURNS <const> = 60

local round, count, total, most = 1, 0, 0, 0

--- Waits until nobody has asked for TURNS turns, and ends the round.
local function lead()
  local last, quiet = count, 0
  while quiet < TURNS do
    task.sleep(0)
    quiet = count == last and quiet + 1 or 0
    last = count
  end
  most = math.max(most, count)
  io.stderr:write(("rounds %d requests %d most %d\n"):format(round, total,
    most))
  round, count = round + 1, 0
end

local function wait_for_round()
  local mine = round
  count, total = count + 1, total + 1
  if count == 1 then return lead() end
  while round == mine do task.sleep(0) end
end

for _, name in ipairs { "request", "get" } do
  local send = http[name]
  http[name] = function(...)
    wait_for_round()
    return send(...)
  end
end
