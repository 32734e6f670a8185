local saved = require "mkrun.plan.saved"
local temp = require "tests.support.temp"

describe("the file of a plan", function()
  it("is refused in another version, and the message says which", function()
    local path = temp.folder() .. "/plan"
    local none = ("%s: not a plan of version %d"):format(path, saved.version)
    for text, message in pairs {
      ['{"version": 2}'] = ("%s: is a plan of version 2, and this mkrun reads "
        .. "version %d: make a new plan"):format(path, saved.version),
      ['{"version": "2"}'] = none, ["{}"] = none, ["[1]"] = none, ["7"] = none,
      ["null"] = none,
    } do
      temp.write(path, text)
      assert.same({ nil, message }, { saved.read(path) })
    end
  end)

  it("is not written if JSON cannot hold it", function()
    local path = temp.folder() .. "/plan"
    assert.same({ nil, path .. ": not written: /arguments/0: invalid UTF-8 at "
      .. "byte 1" }, { saved.write(path, { arguments = { "\xFF" } }) })
    assert.is_nil(temp.read(path))
  end)
end)
