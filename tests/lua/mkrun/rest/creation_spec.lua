local creation = require "mkrun.rest.creation"
local errors = require "mkrun.rest.error"
local long_wait = require "mkrun.host.long_wait"

local function problem(fields)
  local all = { method = "POST", path = "/x", detail = "no" }
  for name, value in pairs(fields) do all[name] = value end
  return errors.new(all)
end

--- Results in turn, the last one again and again; an error is raised.
local function in_turn(...)
  local results, i = { ... }, 0
  return function()
    i = math.min(i + 1, #results)
    local result = results[i]
    if errors.is(result) then error(result, 0) end
    return result or nil
  end
end

describe("mkrun.rest.creation.create_or_find", function()
  local lost = problem { code = "closed" }
  local taken = problem { status = 409 }
  local slept

  before_each(function()
    slept = 0
    long_wait.use { sleep = function(seconds) slept = slept + seconds end,
      is_simulated = true }
  end)
  after_each(function() long_wait.use() end)

  local function run(create, find, again)
    return creation.create_or_find { create = create, find = find,
      again = again, what = "the list has no 'x' yet" }
  end

  it("looks when the answer got lost", function()
    assert.same({ "here", false }, { run(in_turn(lost), in_turn "here") })
    assert.equal(0, slept)
  end)

  it("looks a few times, as the list may be behind", function()
    assert.same({ "here", false },
      { run(in_turn(lost), in_turn(false, false, "here"), true) })
    assert.same({ "here", false },
      { run(in_turn(lost), in_turn(false, false, false, false, "here")) })
    assert.same({ "here", true },
      { run(in_turn(taken), in_turn(false, false, false, false, "here"),
        true) })
  end)

  it("creates again only where that is allowed", function()
    assert.same({ "made", false },
      { run(in_turn(lost, lost, "made"), in_turn(false), true) })
    assert.has_error(function() run(in_turn(lost, "made"), in_turn(false)) end,
      lost)
  end)

  it("finds what was there already", function()
    assert.same({ "here", true }, { run(in_turn(taken), in_turn "here") })
  end)

  it("knows its own when it was sent twice", function()
    assert.same({ "here", false }, { run(
      in_turn(problem { status = 409, response =
        { attempts = 2, may_be_done = true } }),
      in_turn "here") })
  end)

  it("says which list is behind, when it is there and never listed",
    function()
      local ok, why = pcall(run, in_turn(taken), in_turn(false), true)
      assert.is_false(ok)
      assert.equal("the list has no 'x' yet, after 10 s", why.hint)
      assert.equal(10, slept)
    end)

  it("raises what is a refusal", function()
    local no = problem { status = 403 }
    assert.has_error(function() run(in_turn(no), in_turn "here") end, no)
  end)
end)
