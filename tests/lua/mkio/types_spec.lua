local shell = require "tests.support.shell"
local temp = require "tests.support.temp"
local types = require "tests.support.types"

--- The lines that `command` prints.
local function lines(command)
  local list = {}
  for line in (shell.output(command) .. "\n"):gmatch "([^\n]+)\n" do
    list[#list + 1] = line
  end
  return list
end

describe("lua/types/mkio", function()
  local files = types.files()

  it("is what the contract says now: else run tests/types.lua", function()
    local count = 0
    for path, text in pairs(files) do
      count = count + 1
      assert.equal(text, temp.read(path), path)
    end
    assert.equal(count, #lines("ls " .. types.folder .. "/*.lua"))
  end)

  it("has every name that the library uses", function()
    local known, used = {}, 0
    for _, text in pairs(files) do
      for name in text:gmatch "---@%l+ (mkio%.api%.[%w_.]+)" do
        known[name] = true
      end
    end
    for _, name in ipairs(lines
      "grep -rhoE 'mkio\\.api\\.[A-Za-z0-9_.]+' lua | sort -u") do
      assert(known[name], name)
      used = used + 1
    end
    assert(used > 100)
  end)

  it("knows the fields of every answer", function()
    local teams = files["lua/types/mkio/teams.lua"]
    assert.matches("---@field scopes? table<string, mkio.api.TeamScopeSchema>",
      teams, 1, true)
    assert.matches("---@field roles string[]", teams, 1, true)
    assert.matches("---@field JWT? mkrun.Secret",
      files["lua/types/mkio/your_profile.lua"]
        .. files["lua/types/mkio/common.lua"], 1, true)
    assert.matches("---@return mkio.api.TeamGetSchema?\n"
      .. "function Teams:find(name) end",
      files["lua/types/mkio/resources.lua"], 1, true)
  end)
end)
