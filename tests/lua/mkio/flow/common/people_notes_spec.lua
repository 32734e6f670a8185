local clock = require "mkrun.clock"
local notes = require "mkio.flow.common.people_notes"
local sys = require "mkrun.sys"

--- Users with these addresses.
local function users(...)
  local list = {}
  for i, email in ipairs { ... } do list[i] = { spec = { email = email } } end
  return list
end

--- A SPEC of one team; a member is an address, or one with a last day.
local function spec_of(...)
  local members = {}
  for i, one in ipairs { ... } do
    members[i] = type(one) == "table" and { email = one[1], ["until"] = one[2] }
      or { email = one }
  end
  return { teams = { { name = "desk", members = members } } }
end

describe("mkio.flow.common.people_notes", function()
  before_each(function()
    clock.use(function() return sys.parse_time "2026-11-30T12:00:00Z" end)
  end)
  after_each(function() clock.use() end)

  local function mistyped(spec, ...)
    return notes.mistyped(spec, spec, users(...))
  end

  it("names the user who is probably meant, once", function()
    local spec = spec_of("cai@x.example", "ola@x.example")
    spec.teams[2] = { name = "other",
      members = { { email = "CAI@x.example" } } }
    assert.same({ "'cai@x.example' is no user: did you mean 'cia@x.example'?" },
      mistyped(spec, "cia@x.example", "ola@x.example"))
  end)

  it("takes none whom SPEC names for mistyped", function()
    for _, spec in ipairs { spec_of("cai@x.example", "Cia@x.example"),
      { teams = spec_of("cai@x.example").teams,
        invites = { { email = "cia@x.example" } } },
      spec_of("cai@x.example", { "cia@x.example", "2020-01-01" }) } do
      assert.same({}, mistyped(spec, "cia@x.example"))
    end
  end)

  it("says nothing of users, and of strangers like nobody", function()
    assert.same({}, mistyped(spec_of "CIA@x.example", "cia@x.example",
      "cai@x.example"))
    assert.same({}, mistyped(spec_of "kari@x.example", "cia@x.example"))
    assert.same({}, mistyped({}, "cia@x.example"))
  end)

  it("tells of users all of whose days are over", function()
    local spec = spec_of({ "a@x.example", "2026-11-01" },
      { "b@x.example", "2026-11-30" }, { "c@x.example", "2026-11-29" },
      { "gone@x.example", "2026-11-01" })
    spec.teams[2] = { name = "other", members = { { email = "C@x.example" } } }
    assert.same({ "a@x.example: until 2026-11-01, which is over, and still a "
      .. "user: mkrun offboard a@x.example" }, notes.leavers(spec, spec,
        users("a@x.example", "b@x.example", "c@x.example")))
  end)
end)
