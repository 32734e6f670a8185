local clock = require "mkrun.clock"
local config = require "mkrun.config"
local identity = require "mkio.flow.doctor.identity"
local machine = require "mkio.flow.doctor.machine"
local network = require "mkio.flow.doctor.network"

local NOW <const> = 1770112800 -- 2026-02-03T10:00:00Z

--- What the clock check says when this machine is so many seconds ahead of an
--- answer with this date.
local function check(ahead, date)
  clock.use(function() return NOW + ahead + 0.5 end)
  local there = clock.machine()
  clock.learn(date, there, there)
  return network.clock { response = {} }
end

local ADVICE <const> = "set the clock: whether a certificate has expired "
  .. "depends on it"

local clocks = {
  { 0, "ok", "as the server's" },
  { -1, "ok", "as the server's" },
  { 4, "ok", "4 seconds ahead of the server's" },
  { -45, "warning", "45 seconds behind the server's", ADVICE },
  { 180, "failed", "3 minutes ahead of the server's", ADVICE },
  { -3 * 3600, "failed", "3 hours behind the server's", ADVICE },
  { 40 * 86400, "failed", "40 days ahead of the server's", ADVICE },
}

describe("the clock check", function()
  after_each(function() clock.use() end)

  for _, case in ipairs(clocks) do
    it(("finds %d seconds %s"):format(case[1], case[2]), function()
      assert.same({ table.unpack(case, 2, 4) },
        { check(case[1], "Tue, 03 Feb 2026 10:00:00 GMT") })
    end)
  end

  it("needs an answer with a date", function()
    assert.equal("skipped", (network.clock {}))
    assert.equal("skipped", (check(40, nil)))
    assert.equal("skipped", (check(40, "yesterday")))
  end)
end)

--- An organization as far as the checks look at it.
local function org(fields)
  return { get = function() return fields end }
end

describe("the checks of who asks", function()
  it("need a token that works", function()
    assert.equal("skipped", (identity.organization {}))
    assert.equal("skipped", (identity.rbac {}))
  end)

  it("find an organization that is not active", function()
    assert.same({ "failed", "Southlight (7b0d) is not active",
      "ask MK.IO's support" }, { identity.organization { org = org {
        metadata = { id = "7b0d", isActive = false },
        spec = { name = "Southlight" } } } })
  end)

  it("count permissions", function()
    assert.same({ "ok", "3 permissions on 2 resources" },
      { identity.rbac { org = {}, rbac = {
        ["core.project"] = { a = { ["ams.asset"] = { "get", "list" } } },
        ["core.customer"] = { b = { ["core.team"] = { "get" } } } } } })
    assert.equal("failed", (identity.rbac { org = {}, rbac = {} }))
  end)
end)

describe("the check of the confinement", function()
  local before = config.confinement
  after_each(function() config.confinement = before end)

  local function found(confinement)
    config.confinement = confinement
    return { machine.confinement() }
  end

  it("tells what the kernel holds", function()
    assert.same({ "ok", "Landlock 6, seccomp" },
      found { text = "Landlock 6, seccomp", landlock = true })
  end)

  it("warns when the kernel holds no files", function()
    assert.same({ "warning", "seccomp", "the kernel guards no files and ports "
      .. "here, only mkrun does (mkrun help security)" },
      found { text = "seccomp" })
  end)

  it("is skipped where nothing is confined", function()
    assert.same({ "skipped", "this run is not confined" }, found(nil))
  end)
end)
