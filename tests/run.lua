--- Runs the specs: `build/debug/mkrun tests/run.lua [options] [paths]`.
---
--- Start it in the top folder.  The options are those of busted, such as
--- `--filter=PATTERN`.  Without a path it runs every `*_spec.lua` below tests/.

package.path = "./?.lua;" .. package.path .. ";lua/?.lua;lua/?/init.lua"

local afresh = require "tests.support.afresh"
if afresh.due() then afresh.run(arg) end

--- Loads these modules outside of any spec, so that all spec files share them.
local process = require "tests.support.process"
local temp = require "tests.support.temp"
require "tests.support.torture"
require "mkrun.http" -- the host installs its layers once in a process

local words = { [0] = arg[0], "--output=tests/support/report.lua",
                "--pattern=_spec%.lua$" }
local paths = 0
for _, word in ipairs(arg) do
  words[#words + 1] = word
  if word:sub(1, 1) ~= "-" then paths = paths + 1 end
end
if paths == 0 then words[#words + 1] = "tests" end
arg = words -- luacheck: globals arg

--- Ends the process.  The report calls it last, with the outcome of all specs.
function process.finish(ok)
  process.stop_all()
  temp.remove_all()
  os.exit(ok, true)
end

--- Cleans up if a signal ends the run, because the report does not run then.
local _ <close> = setmetatable({}, { __close = function()
  process.kill_all()
  temp.remove_all()
end })

require "busted.runner" { standalone = false }
