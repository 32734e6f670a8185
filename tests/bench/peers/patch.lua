-- patch.lua apply|diff FROM WITH COUNT: prints the seconds of one.
-- WITH is the patch, or the document to reach.

local json = require "mkrun.json"
local patch = require "mkrun.patch"

local function read(name)
  local file <close> = assert(io.open(name))
  return assert(json.decode(file:read "a"))
end

local operation, from, with, count = ...
from, with = read(from), read(with)
local work = patch[operation]
collectgarbage()
local start = os.clock()
for _ = 1, count do assert(work(from, with)) end
print((os.clock() - start) / count)
