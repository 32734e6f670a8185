--- Runs the specs: `build/debug/mkrun tests/run.lua [options] [paths]`.
---
--- Start it in the top folder.  Options are busted's (`--filter=PATTERN`,
--- `--tags=...`); without a path every `*_spec.lua` below tests/ runs.

package.path = "./?.lua;" .. package.path .. ";lua/?.lua;lua/?/init.lua"

local afresh = require "tests.support.afresh"
if afresh.due() then afresh.run(arg) end

--- Loaded here, outside any spec, so that all spec files share these.
local process = require "tests.support.process"
local temp = require "tests.support.temp"
require "tests.support.torture"
require "mkrun.http" -- the host puts its layers under it, once in a process

local words = { [0] = arg[0], "--output=tests/support/report.lua",
                "--pattern=_spec%.lua$" }
local paths = 0
for _, word in ipairs(arg) do
  words[#words + 1] = word
  if word:sub(1, 1) ~= "-" then paths = paths + 1 end
end
if paths == 0 then words[#words + 1] = "tests" end
arg = words -- luacheck: globals arg

--- The report calls this last, with the outcome of all specs.
function process.finish(ok)
  process.stop_all()
  temp.remove_all()
  os.exit(ok, true)
end

--- Where a signal ends the run, the report has no say.
local _ <close> = setmetatable({}, { __close = function()
  process.kill_all()
  temp.remove_all()
end })

require "busted.runner" { standalone = false }
