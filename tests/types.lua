--- Writes lua/types/mkio from the API's contract.  Run it in the top folder:
--- `build/debug/mkrun tests/types.lua`.

package.path = "./?.lua;" .. package.path

local sys = require "mkrun.sys"
local types = require "tests.support.types"

assert(os.execute("rm -rf " .. types.folder .. " && mkdir " .. types.folder))
for path, text in pairs(types.files()) do
  assert(sys.write(path, text, "644"))
end
