--- Runs the specs: `build/debug/mkrun tests/run.lua [options] [paths]`.
---
--- Start it in the top folder.  The options are those of busted, such as
--- `--filter=PATTERN`.  Without a path it runs every `*_spec.lua` below tests/.
---
--- Several files run side by side, each in a process of its own, JOBS at once
--- (default: two for each processor).  JOBS=1 runs all in this process, and so
--- does an option of busted other than `--filter` and `--filter-out`.  ORDER=7
--- starts the files in another order.

package.path = "./?.lua;" .. package.path .. ";lua/?.lua;lua/?/init.lua"

local afresh = require "tests.support.afresh"
if afresh.due() then afresh.run(arg) end

local command = require "tests.support.run.command"

--- Loads these modules outside of any spec, so that all spec files share them.
local process = require "tests.support.process"
local temp = require "tests.support.temp"
require "tests.support.torture"
require "mkrun.http" -- the host installs its layers once in a process

--- Cleans up if a signal ends the run, because the report does not run then.
local _ <close> = setmetatable({}, { __close = function()
  process.kill_all()
  temp.remove_all()
end })

local run = command.read(arg)
if run.files then command.side_by_side(run) end

arg = run.words -- luacheck: globals arg
require "busted.runner" { standalone = false }
