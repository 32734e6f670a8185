--- Counts the requests of a flow, and the rounds in which it sends them: how
--- many answers it waits for one after the other.
---
---   local counted = rounds.of(here, "export")
---   counted.rounds    -- 2
---   counted.requests  -- 7
---   counted.most      -- 6 requests at a time

local release = require "tests.support.release"
local shell = require "tests.support.shell"

local HOOK <const> = ("dofile %q"):format(shell.output "pwd"
  .. "/tests/support/rounds_hook.lua")

local M = {}

--- Runs a flow in the folder of `here` on its sandbox.
---@param here tests.Flow
---@param options string[]   of mkrun
---@param ... string         the flow and its arguments
---@return {rounds: integer, requests: integer, most: integer,
---  outcome: tests.Outcome}
function M.with(here, options, ...)
  local words = { "--sandbox=state.json", table.unpack(options) }
  table.move({ "-e", HOOK, ... }, 1, 2 + select("#", ...), #words + 1, words)
  local outcome = release.run(words, { cwd = here.folder, env = here.env })
  local counted = { rounds = 0, requests = 0, most = 0, outcome = outcome }
  outcome.err = outcome.err:gsub("rounds (%d+) requests (%d+) most (%d+)\n",
    function(rounds, requests, most)
      counted.rounds, counted.requests, counted.most =
        tonumber(rounds), tonumber(requests), tonumber(most)
      return ""
    end)
  return counted
end

--- The same without options of mkrun.
---@param here tests.Flow
---@param ... string
function M.of(here, ...) return M.with(here, {}, ...) end

return M
