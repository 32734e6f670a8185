--- Who is believed: mkrun beside curl, case by case.  What they say is printed
--- by `build/debug/mkrun tests/support/tls_table.lua`.
---
--- @seconds 20

local cases = require "tests.support.tls_cases"
local together = require "tests.support.together"
local world = require "tests.support.tls_world"

local each = together.new()

describe("a server with", function()
  for _, case in ipairs(cases.cases) do
    it(case[1] .. (case.wrong and " is refused" or " is believed"),
      each(function()
        local problem = world.problem(case, world.ask(case))
        if problem then error(problem, 0) end
      end))
  end
end)
