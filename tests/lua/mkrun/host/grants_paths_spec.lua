--- The paths that a grant reaches.

local grants = require "mkrun.host.grants"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local function granted(kind, value)
  local self = grants.new {}
  self:add { kind = kind, value = value }
  return function(path) return self:allows(kind, path) end
end

describe("mkrun.host.grants: the grant of a file", function()
  it("reaches what a run keeps beside it", function()
    local folder = temp.folder()
    local allows = granted("write", folder .. "/token")
    for _, name in ipairs { "token", "token.lock", "token.todo",
      "token.lease" } do
      assert.is_true(allows(folder .. "/" .. name), name)
    end
    for _, name in ipairs { "other", "token2", ".token", "token.todo.x" } do
      assert.is_false(allows(folder .. "/" .. name), name)
    end
  end)

  it("reaches the same beside a link, and beside what it leads to", function()
    local folder, home = temp.folder(), temp.folder()
    temp.write(home .. "/real", "")
    shell.execute(("ln -s '%s/real' '%s/link'"):format(home, folder))
    for _, kind in ipairs { "read", "write" } do
      local allows = granted(kind, folder .. "/link")
      for _, path in ipairs { folder .. "/link", home .. "/real",
        folder .. "/link.todo", home .. "/real.lock" } do
        assert.is_true(allows(path), path)
      end
      assert.is_false(allows(folder .. "/other"))
      assert.is_false(allows(home .. "/other"))
    end
  end)

  it("is about a file when its name is -", function()
    for _, kind in ipairs { "read", "write" } do
      local allows = granted(kind, "-")
      assert.is_true(allows "-")
      assert.is_true(allows "./-")
      assert.is_false(allows "./other")
    end
  end)

  it("reaches a device, and no others", function()
    local allows = granted("write", "/dev/null")
    assert.is_true(allows "/dev/null")
    assert.is_true(allows "/dev/null.lock")
    assert.is_false(allows "/dev/zero")
    assert.is_false(granted("write", "/") "/dev/null")
  end)

  it("says what is wrong with it later on, and not of other files", function()
    local folder = temp.folder()
    local self = grants.new {}
    for _, kind in ipairs { "read", "write" } do
      self:add { kind = kind, value = folder .. "/token" }
    end
    shell.execute(("cd '%s' && for name in token token.lease other; do "
      .. "ln -s $name $name; done"):format(folder))
    local function refusal(call, ...)
      local ok, problem = pcall(call, self, ...)
      assert.is_false(ok)
      return tostring(problem)
    end
    for name, is_told in pairs { token = true, ["token.lease"] = true,
      other = false } do
      local path = folder .. "/" .. name
      local pattern = is_told and "symbolic link" or "not allowed"
      for _, kind in ipairs { "read", "write" } do
        assert.matches(pattern, refusal(self.check, kind, path):lower(), 1,
          true)
      end
      assert.matches(pattern, refusal(self.check_sight, path):lower(), 1, true)
      assert.matches(path, refusal(self.check_sight, path), 1, true)
    end
  end)
end)
