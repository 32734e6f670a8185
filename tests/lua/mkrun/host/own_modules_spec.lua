local own_modules = require "mkrun.host.own_modules"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

--- Returns the modules of a script, without its folder.
local function found(files, source)
  local folder = temp.folder()
  for name, text in pairs(files) do
    shell.execute(("mkdir -p %s/%s"):format(folder, name:match "^(.*/)" or ""))
    temp.write(folder .. "/" .. name, text)
  end
  local list = own_modules.find(folder .. "/flow.lua", source)
  for i, path in ipairs(list) do list[i] = path:sub(#folder + 2) end
  return list, folder
end

describe("mkrun.host.own_modules", function()
  it("finds what is required by name, and what that requires", function()
    assert.same({ "a.lua", "lib/b.lua", "c/init.lua" }, (found({
      ["a.lua"] = "require 'lib.b' require 'a'",
      ["lib/b.lua"] = "require [[c]]", ["c/init.lua"] = "return 1",
      ["d.lua"] = "",
    }, "require 'mkio' local a = require('a') require(a)")))
  end)

  it("leaves alone what lies elsewhere, or is not there", function()
    assert.same({}, (found({ ["a.lua"] = "" },
      "require '../a' require '..a' require '/etc/a' require 'nope' "
        .. "require 'a/../a'")))
  end)

  it("leaves alone what others can write", function()
    local folder = temp.folder()
    temp.write(folder .. "/a.lua", "")
    shell.execute("chmod o+w " .. folder .. "/a.lua")
    assert.same({}, own_modules.find(folder .. "/flow.lua", "require 'a'"))
  end)
end)
