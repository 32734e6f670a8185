--- What a slot keeps when it cannot be stored has a name that nobody could
--- grant before.

local grants = require "mkrun.host.grants"
local modules = require "mkrun.host.world.modules"
local temp = require "tests.support.temp"

describe("mkrun.sys.reserve of a confined script", function()
  it("lets it delete what was kept, and nothing else there", function()
    local folder = temp.folder()
    local own = grants.new {}
    own:add { kind = "write", value = folder .. "/token" }
    local slot <close> = assert(modules.sys(own).reserve(folder .. "/token"))
    temp.write(folder .. "/token", "somebody else's")
    local _, _, code, kept = slot:store "text"
    assert.equal("exists", code)
    assert.is_true(own:allows("write", kept))
    assert.is_false(own:allows("write", folder .. "/.token.000000"))
  end)
end)
