local token_file = require "mkio.resource.token_file"
local temp = require "tests.support.temp"

local TOKEN <const> = { metadata = { id = "new", JWT = "text" } }

--- A place that takes nothing, and may keep the bytes elsewhere.
local function full(kept)
  return { store = function()
    local message = "t.token: Quota exceeded"
    if kept then message = message .. "; the bytes are in " .. kept end
    return nil, message, "full", kept
  end }
end

--- The error, and the ids of the tokens that were revoked.
local function store(slot, problem)
  local revoked = {}
  local ok, result = pcall(token_file.store, slot, { revoke = function(_, id)
    if problem then error(problem, 0) end
    revoked[#revoked + 1] = id
  end }, TOKEN)
  return not ok and tostring(result), revoked
end

describe("mkio.resource.token_file.store", function()
  it("revokes a token that cannot be stored", function()
    local message, revoked = store(full())
    assert.same({ "new" }, revoked)
    assert.equal("t.token: Quota exceeded: the new token is revoked again",
      message)
  end)

  it("leaves no file with it either", function()
    local kept = temp.file "text"
    local message = store(full(kept))
    assert.equal("t.token: Quota exceeded: the new token is revoked again",
      message)
    assert.is_nil(temp.read(kept))
  end)

  it("keeps the file, and names the token, when it cannot be revoked",
    function()
      local kept = temp.file "text"
      local message = store(full(kept), "no answer")
      assert.matches("the bytes are in " .. kept, message, 1, true)
      assert.matches("revoke the new token: mkrun token revoke new", message,
        1, true)
      assert.equal("text", temp.read(kept))
    end)

  it("does nothing to one that is stored", function()
    local slot = { store = function(_, text) return text == "text" end }
    assert.same({ false, {} }, { store(slot) })
  end)
end)
