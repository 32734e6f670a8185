--- The leases of `rotations.lua`: files in memory.  Each write is a step.

local json = require "mkrun.json"
local sys = require "mkrun.sys"

local token_lease = require "mkio.flow.common.token_lease"

local M = {}

--- Returns the path of a run's lease, or nil.  No run sees the lock of a lease
--- that is shared.
---@param world tests.Rotations
---@param number integer  of the run
---@return string?
function M.path(world, number)
  if not world.lease then return nil end
  return world.lease == "shared" and "lease" or "lease " .. number
end

---@param path? string
---@return mkio.TokenLease?
function M.read(path) return path and token_lease.read(path) end

--- Adds a token that an earlier run has leased for half a day.
---@param world tests.Rotations
---@param begin integer  the time of the begin, in seconds since 1970
function M.add(world, begin)
  world:add("kept", 7200, true)
  world.stored.kept = true
  for i = 1, #world.runs do
    world.leases[M.path(world, i)] = json.encode { lease = 1,
      description = "d", organizationId = "o",
      written = sys.iso8601(begin - 3600), tokens = json.array { {
        id = "kept", due = sys.iso8601(begin + 43200) } } }
  end
end

--- Returns a function that writes or, without a text, removes a lease.
local function writer(world)
  return function(path, text)
    coroutine.yield(0)
    world.leases[path] = text
    world:note("lease")
    coroutine.yield(0)
    return true
  end
end

--- Puts simulated files into the modules.
---@param world tests.Rotations
---@return fun() undo
function M.simulate(world)
  local write, real, remove = writer(world), {}, os.remove
  local files = { is_special = function() return false end }
  function files.read_trusted(path)
    local text = world.leases[path]
    return text, text or path, not text and "missing" or nil
  end
  function files.reserve(path)
    return { close = function() end,
      store = function(_, text) return write(path, text) end }
  end
  for name, call in pairs(files) do real[name], sys[name] = sys[name], call end
  os.remove = write -- luacheck: ignore
  return function()
    for name, call in pairs(real) do sys[name] = call end
    os.remove = remove -- luacheck: ignore
  end
end

return M
