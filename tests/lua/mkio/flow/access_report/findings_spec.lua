local clock = require "mkrun.clock"
local findings = require "mkio.flow.access_report.findings"
local json = require "mkrun.json"

local NOW <const> = 1795996800 -- 2026-11-30

local function report(parts)
  local given = { users = {}, access = {}, tokens = {} }
  for key, value in pairs(parts) do given[key] = value end
  return given
end

--- What a finding has, by the name of its key.
local function found(name, key, parts, administers)
  for _, finding in ipairs(findings.of(report(parts),
    administers or function() return false end)) do
    if finding.finding == name then
      local list = {}
      for i, item in ipairs(finding.items) do list[i] = item[key] end
      return list
    end
  end
end

describe("findings:", function()
  before_each(function() clock.use(function() return NOW end) end)
  after_each(function() clock.use() end)

  it("administrators, each once", function()
    assert.same({ "1" }, found("administrators", "userId", { access = {
      { userId = "1", role = "a" }, { userId = "1", role = "a" },
      { userId = "2", role = "b" }, { role = "a" } } },
      function(row) return row.role == "a" end))
  end)

  it("grants on all projects, with their members", function()
    local access = {
      { team = "a", scope = "allProjectsScope", role = "r", userId = "1" },
      { team = "a", scope = "allProjectsScope", role = "r", userId = "2" },
      { team = "b", scope = "allProjectsScope", role = "r" },
      { team = "c", scope = "xScope", role = "r", userId = "1" },
    }
    assert.same({ "a", "b" }, found("allProjects", "team", { access = access }))
    assert.same({ 2, 0 }, found("allProjects", "members", { access = access }))
  end)

  it("people in no team but Everyone", function()
    assert.same({ "1", "3" }, found("noTeam", "userId", {
      users = { { userId = "1" }, { userId = "2" }, { userId = "3" } },
      access = { { userId = "1", team = "Everyone" },
        { userId = "2", team = "Everyone" }, { userId = "2", team = "a" },
        { userId = "3" } } }))
  end)

  it("people none of whose tokens was used, in any spelling", function()
    assert.same({ "b@x.example", "c@x.example", json.null },
      found("neverSeen", "user", {
        users = { { userId = "1", user = "A@x.example" },
          { userId = "2", user = "b@x.example" },
          { userId = "3", user = "c@x.example" }, { userId = "4" },
          { userId = "5", user = "R\u{C9}@x.example" } },
        tokens = { { user = "a@X.example", lastUsed = "2026-01-01" },
          { user = "re\u{301}@x.example", lastUsed = "2026-01-01" },
          { user = "b@x.example" } } }))
  end)

  it("tokens without expiry, and those near it, the next one first", function()
    local tokens = {
      { tokenId = "none", type = "full-access" },
      { tokenId = "far", expires = "2027-01-01T00:00:00Z" },
      { tokenId = "near", type = "new", expires = "2026-12-30T00:00:00Z" },
      { tokenId = "next", expires = "2026-12-01T00:00:00Z" },
      { tokenId = "odd", type = "restricted", expires = "soon" },
      { tokenId = "login", type = "login", expires = "2026-12-01T00:00:00Z" },
    }
    assert.same({ "none" },
      found("tokensWithoutExpiry", "tokenId", { tokens = tokens }))
    assert.same({ "next", "near" },
      found("tokensExpiring", "tokenId", { tokens = tokens }))
  end)

  it("invites that lapse within a week or have lapsed, if they are known",
    function()
      assert.is_nil(found("invitesLapsing", "inviteId", {}))
      assert.same({ "past", "near" }, found("invitesLapsing", "inviteId", {
        invites = { { inviteId = "near", expires = "2026-12-06T00:00:00Z" },
          { inviteId = "past", expires = "2026-11-01T00:00:00Z" },
          { inviteId = "far", expires = "2026-12-09T00:00:00Z" },
          { inviteId = "unknown" } } }))
    end)

  it("are there without items, too: they were looked for", function()
    assert.equal(6, #findings.of(report {}, function() return false end))
  end)
end)
