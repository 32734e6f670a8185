--- What the options of mkrun write over, and what they leave.

local flow = require "tests.scripts.flow"
local temp = require "tests.support.temp"

local LIST <const> = "email\na@b.example\n"

--- A folder with a list of guests, and a sandbox.
local function with_list()
  local here = flow.new()
  here:write("list.csv", LIST)
  assert.equal(0, here:run("team", "desk", "--create").code)
  return here
end

local function read(here, name) return temp.read(here.folder .. "/" .. name) end

describe("An option that begins a file", function()
  for option, what in pairs { ["--record"] = "no recording",
    ["--plan-out"] = "no plan" } do
    it("writes over none that is another: " .. option, function()
      local here = with_list()
      local before = here:state()
      local outcome = here:run(option, "list.csv", "invite", "list.csv")
      assert.same({ 2, "" }, { outcome.code, outcome.out })
      assert.equal(("mkrun: %s: list.csv: holds something that is %s: move it "
        .. "away, it would be overwritten\n"):format(option, what), outcome.err)
      assert.equal(LIST, read(here, "list.csv"))
      assert.same(before, here:state())
    end)

    it("writes over one that is empty, or its own: " .. option, function()
      local here = with_list()
      here:write("file", "")
      local code = option == "--record" and 0 or 3
      for _, name in ipairs { "first", "second" } do
        assert.equal(code, here:run(option, "file", "team", name,
          "--create").code)
        assert.matches(name, read(here, "file"), 1, true)
      end
    end)
  end
end)

describe("The files of a run", function()
  local function refused(message, ...)
    local here = with_list()
    local outcome = here:counted(...)
    assert.same({ 2, "" }, { outcome.code, outcome.out })
    assert.matches("mkrun: " .. message, outcome.err, 1, true)
    assert.not_matches("/api/", outcome.err, 1, true)
    return here
  end

  it("are different ones", function()
    refused("--audit and --journal: two files expected, got 'x' twice",
      "--audit", "x", "--journal", "x", "invite", "list.csv")
    refused("--audit and --record: two files expected, got 'x' twice",
      "--audit", "x", "--record", "x", "invite", "list.csv")
    refused("--sandbox and --plan-out: two files expected, got 'state.json' "
      .. "twice", "--plan-out", "state.json", "invite", "list.csv")
  end)

  for _, option in ipairs { "--sandbox=", "--audit=", "--journal=",
    "--record=", "--plan-out=" } do
    it("are none of the name -: " .. option, function()
      local here = refused(("option '%s': file expected, got '-'"):format(
        option:sub(1, -2)), option .. "-", "invite", "list.csv")
      assert.is_nil(read(here, "-"))
    end)
  end
end)
