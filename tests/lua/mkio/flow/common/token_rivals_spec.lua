local long_wait = require "mkrun.host.long_wait"
local json = require "mkrun.json"
local sys = require "mkrun.sys"
local task = require "mkrun.task"

local rivals = require "mkio.flow.common.token_rivals"

local NOW <const> = math.floor(sys.now())

local function token(id, age, used)
  return { metadata = { id = id }, spec = { description = "d",
    organizationId = "o", issued = sys.iso8601(NOW - age),
    lastUsed = used and "2026-11-29" or json.null } }
end

--- Tokens whose lists are `answers`, one after the other; the last one stays.
local function tokens_of(...)
  local answers, revoked, looks = { ... }, {}, 0
  return {
    find_all = function(_, description, organization)
      assert.equal("d", description)
      assert.equal("o", organization)
      looks = math.min(looks + 1, #answers)
      return answers[looks]
    end,
    revoke = function(_, id) revoked[#revoked + 1] = id end,
  }, revoked
end

local MINE <const> = token("m", 0)

--- The id of the token that stays in place of one's own, or nil.
local function survivor(before, own, ...)
  local tokens, revoked = tokens_of(...)
  local ok, problem = pcall(rivals.settle, tokens, MINE, before, own)
  assert.same(ok and {} or { "m" }, revoked)
  return not ok and tostring(problem):match "another run has made (%w+) at"
    or nil
end

describe("mkio.flow.common.token_rivals: one's own token", function()
  it("goes, or is named, when nobody can look", function()
    for _, can_revoke in ipairs { true, false } do
      local tokens, revoked = tokens_of()
      function tokens.find_all() error("no answer", 0) end
      local revoke = tokens.revoke
      function tokens.revoke(...)
        revoke(...)
        if not can_revoke then error("refused", 0) end
      end
      local mine = token("m", 0)
      local ok, problem = pcall(rivals.settle, tokens, mine, {}, {})
      assert.is_false(ok)
      assert.same({ "m" }, revoked)
      assert.equal(can_revoke and "no answer" or "no answer: nobody has the "
        .. "new token 'd', but it is valid: mkrun token revoke m", problem)
    end
  end)

  local sleep
  setup(function()
    sleep, task.sleep = task.sleep, function() end
    long_wait.use { is_simulated = true }
  end)
  teardown(function()
    task.sleep = sleep
    long_wait.use()
  end)

  it("stays when it is alone, or the oldest", function()
    assert.is_nil(survivor({}, {}, { MINE }))
    assert.is_nil(survivor({}, {}, { MINE, token("a", -1) }))
  end)

  it("goes when another one was made before it, meanwhile", function()
    assert.equal("z", survivor({}, {}, { MINE, token("z", 1) }))
    assert.equal("z", survivor({}, {}, { MINE, token("z", 1, true) }))
  end)

  it("goes for one of the same second with a smaller id", function()
    assert.equal("a", survivor({}, {}, { MINE, token("a", 0) }))
  end)

  it("stays for one with a larger id that goes, goes for one in use",
    function()
      assert.is_nil(survivor({}, {}, { MINE, token("z", 0) }, { MINE }))
      assert.equal("z", survivor({}, {}, { MINE, token("z", 0) },
        { MINE, token("z", 0, true) }))
    end)

  it("stays beside one that was there long before", function()
    for _, old in ipairs { token("a", 3600), token("a", 3600, true) } do
      assert.is_nil(survivor({ old }, {}, { MINE, old }))
    end
  end)

  it("goes for one from before it that another run is about to store",
    function()
      local young = token("a", 50)
      assert.equal("a", survivor({ young }, {}, { MINE, young },
        { MINE, token("a", 50, true) }))
      assert.is_nil(survivor({ young }, {}, { MINE, young }, { MINE }))
    end)

  it("stays beside what it replaces", function()
    local held = token("a", 0, true)
    assert.is_nil(survivor({ held }, { a = true }, { MINE, held }))
  end)

  it("does not wait for ever", function()
    local young, tie = token("a", 50), token("z", 0)
    assert.is_nil(survivor({ young }, {}, { MINE, young }))
    assert.equal("z", survivor({}, {}, { MINE, tie }))
  end)
end)
