local near = require "mkrun.closest_name"

local NAMES <const> = { "dry-run", "onboard", "plan-out", "rotate-tokens",
  "team", "token", "token-file", "trace" }

local function nearest(wanted, names)
  return near.find(wanted, names or NAMES)[1] or "none"
end

describe("mkrun.closest_name", function()
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
    local longest = ("x"):rep(256)
    assert.equal(longest, nearest(longest, { longest .. "x", longest }))
    assert.equal(longest, nearest("y" .. longest:sub(2), { longest }))
    assert.equal("none", nearest(longest .. "x", { longest }))
  end)

  it("has three at most, the likest first, and like ones by their names",
    function()
      assert.same({ "team", "beam", "term" },
        near.find("team", { "trema", "term", "beam", "team", "tears" }))
      assert.same({ "ab", "ac" }, near.find("aa", { "ac", "no", "ab" }))
    end)

  it("takes a list of strings, and nothing else", function()
    assert.same({}, near.find("team", {}))
    assert.error_matches(function() near.find("team", { "team", 1 }) end,
      "bad argument #2 to 'find' %(list of strings expected%)")
  end)
end)
