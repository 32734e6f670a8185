local near = require "mkrun.closest_name"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local NAMES <const> = { "dry-run", "onboard", "plan-out", "rotate-tokens",
  "team", "token", "token-file", "trace" }

local check --- closest_name.c with a main, watched by the sanitizers

local function nearest(wanted, names)
  return shell.output(shell.join { check, wanted,
    table.unpack(names or NAMES) })
end

describe("mk_closest_name_try", function()
  lazy_setup(function()
    check = temp.folder() .. "/check"
    shell.execute(("gcc -std=c11 -D_GNU_SOURCE -Wall -Werror -Isrc -g "
      .. "-fsanitize=address,undefined -o %s src/base/closest_name.c "
      .. "tests/src/base/closest_name_check.c"):format(check))
  end)

  for wanted, name in pairs {
    onbord = "onboard", ["onboard"] = "onboard", ONBOARD = "onboard",
    onbaord = "onboard", noboard = "onboard", ["onboard-"] = "onboard",
    dryrun = "dry-run", ["dyr-run"] = "dry-run", rtace = "trace",
    ["token-flie"] = "token-file", tokens = "token", tem = "team",
    rotate = "rotate-tokens", plan = "plan-out",
    ["plan-out.json"] = "plan-out", ["our-onboard"] = "onboard",
    x = "none", te = "none", [""] = "none", ["no-such"] = "none",
    [("x"):rep(1000)] = "none",
  } do
    it(("finds %s for %q"):format(name, wanted:sub(1, 20)), function()
      assert.equal(name, nearest(wanted))
    end)
  end

  it("takes names of any length", function()
    local longest = ("x"):rep(32)
    assert.equal(longest, nearest(longest, { longest .. "x", longest }))
    assert.equal("none", nearest(longest .. "x", { longest }))
  end)

  it("has the rule of mkrun.closest_name", function()
    for _, wanted in ipairs { "onbord", "onbaord", "rtace", "tokne", "tem",
      "rotate", "te", "no-such", "", "tokens", "plan-out.json" } do
      assert.equal(near.find(wanted, NAMES)[1] or "none", nearest(wanted))
    end
  end)
end)
