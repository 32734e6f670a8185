--- Prints the results of curl and mkrun for each case in tls_cases.lua.
---
--- @usage  build/debug/mkrun tests/support/tls_table.lua [PART]
--- @arg    PART  only cases with this text in their names (default: all)
--- @output the case, the result of mkrun, the result of curl
--- @exit   0 all results are as expected, 1 some differ
--- @tags   read

package.path = "./?.lua;" .. package.path

local cases = require "tests.support.tls_cases"
local process = require "tests.support.process"
local together = require "tests.support.together"
local world = require "tests.support.tls_world"

local function chosen(part)
  local list = {}
  for _, case in ipairs(cases.cases) do
    if not part or case[1]:find(part, 1, true) then list[#list + 1] = case end
  end
  return list
end

local function print_case(case, seen)
  print(("%s\n    mkrun  %s\n    curl   %s"):format(case[1], seen.mkrun,
    seen.curl))
  if case.stricter then print("    why    " .. case.stricter) end
  local problem = world.problem(case, seen)
  if problem then print("    WRONG  " .. problem) end
  return problem
end

local list, answers, wrong, stricter = chosen(...), {}, 0, 0
together.each(list, function(case) answers[case] = world.ask(case) end)
process.stop_all()
for _, case in ipairs(list) do
  if print_case(case, answers[case]) then wrong = wrong + 1 end
  if case.stricter then stricter = stricter + 1 end
end
print(("%d cases, %d that mkrun alone refuses, %d not as they should be")
  :format(#list, stricter, wrong))
os.exit(wrong == 0)
