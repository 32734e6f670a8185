--- at_rate.lua FLOW ARGUMENTS...: runs a flow on a sandbox whose clock stands
--- still but for the flow's waits, by `mkrun --sandbox`.
---
--- So nothing but the API's rate takes time.  After what the flow prints come
--- two lines: `N reads, N writes, N refused`, and the seconds by that clock.

local config = require "mkrun.config"
local sandbox = require "mkio.sandbox"

local START <const> = 1770112827 -- not at the beginning of a minute

local model
local refused = 0

-- Before anything requires mkrun.http, which opens the sandbox.
local new = sandbox.new
function sandbox.new(options)
  options.now = function() return START end
  model = new(options)
  local transport = model.transport
  model.transport = function(request)
    local response, message, code = transport(request)
    if response and response.status == 429 then refused = refused + 1 end
    return response, message, code
  end
  return model
end

local name = ...
local path = ("scripts/%s.lua"):format(name)
local file <close> = assert(io.open(path))
local source = file:read "a"
config.script = { name = name, source = source }
assert(load((source:gsub("^#", "--")), "@" .. path))(select(2, ...))

local counts = model:counts()
print(("%d reads, %d writes, %d refused"):format(counts.reads, counts.writes,
  refused))
print(model.world:now() - START)
