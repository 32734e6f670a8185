--- What the page of an access report says is what the JSON report says.

local json = require "mkrun.json"
local packed = require "mkio.flow.access_report.packed"

local KEYS <const> = { "user", "userId", "team", "isTeamAdmin", "scope",
  "role" }

--- Rows as sorted texts.
local function texts(rows)
  local list = {}
  for i, row in ipairs(rows) do
    local parts = {}
    for k, key in ipairs(KEYS) do parts[k] = tostring(row[key]) end
    list[i] = table.concat(parts, " ")
  end
  table.sort(list)
  return list
end

local function at(list, i) return i and list[i + 1] end

--- Unpacks the rows of access, as model.js does.
local function unpacked(pack)
  local rows, people = {}, pack.people
  local function add(team, grant, i)
    rows[#rows + 1] = { team = team and team.name,
      scope = grant and at(pack.scopes.names, grant[1]) or nil,
      role = grant and at(pack.roles.names, grant[2]) or nil,
      user = i and at(people.user, i), userId = i and at(people.userId, i) }
    return rows[#rows]
  end
  for _, team in ipairs(pack.teams) do
    local leads = {}
    for _, i in ipairs(team.admins) do leads[i] = true end
    local grants = #team.grants > 0 and team.grants or { false }
    for _, grant in ipairs(grants) do
      for _, i in ipairs(team.members) do
        add(team, grant, i).isTeamAdmin = leads[i] or false
      end
      if #team.members == 0 then add(team, grant) end
    end
  end
  for _, i in ipairs(pack.loose) do add(nil, nil, i) end
  return rows
end

local function report(access, users)
  return { organization = { id = "o" }, access = access, users = users or {},
    tokens = {}, scopes = {}, roles = {} }
end

local function row(team, scope, role, id, admin)
  return { team = team, scope = scope, role = role, userId = id,
    user = id and id .. "@x.example", isTeamAdmin = admin }
end

describe("a packed access report", function()
  it("has each row of access, and no other", function()
    local access = {
      row("a", "s", "r", "1", true), row("a", "s", "r", "2", false),
      row("a", "s", "q", "1", true), row("a", "s", "q", "2", false),
      row("empty", "s", "r"), row("bare", nil, nil, "1", false),
      row("void"), { userId = "3", user = "3@x.example" },
    }
    local pack = packed.pack(report(access, { { userId = "3",
      user = "3@x.example", name = "Three" } }))
    assert.same(texts(access), texts(unpacked(pack)))
    assert.equal(1, pack.users)
    assert.same({ 0 }, pack.loose)
  end)

  it("keeps two addresses of one person apart, as the report does", function()
    local access = { row("a", "s", "r", "1", true), { team = "b", scope = "s",
      role = "r", userId = "1", user = "other@x.example",
      isTeamAdmin = false } }
    assert.same(texts(access), texts(unpacked(packed.pack(report(access)))))
  end)

  it("has names that are keys in JavaScript", function()
    local access = { row("__proto__", "constructor", "toString", "1", true) }
    assert.same(texts(access), texts(unpacked(packed.pack(report(access)))))
  end)

  it("says on which resources a capability is valid", function()
    local given = report {}
    given.roles = { { role = "r", capabilities = { "ams.asset.get",
      "core.team.update", "core.project.get", "new.kind.get" } } }
    local capabilities = packed.pack(given).capabilities
    local on = {}
    for i, name in ipairs(capabilities.names) do
      on[name] = capabilities.on[i]
    end
    assert.same({ ["ams.asset.get"] = { "core.project" },
      ["core.team.update"] = { "core.customer" },
      ["core.project.get"] = { "core.project", "core.customer" },
      ["new.kind.get"] = { "core.project" } }, on)
  end)

  it("numbers what its findings are about", function()
    local given = report({}, { { userId = "1" }, { userId = "2" } })
    given.tokens = { { tokenId = "t1" }, { tokenId = "t2" } }
    given.findings = { { finding = "x", items = { { userId = "2" },
      { tokenId = "t1", userId = "2" }, { team = "a" } } } }
    assert.same({ { finding = "x", items = { 1, 0, { team = "a" } } } },
      packed.pack(given).findings)
  end)

  it("has null for what is unknown", function()
    local pack = packed.pack(report({}, { { userId = "1" } }))
    assert.equal(json.null, pack.people.name[1])
    assert.equal(json.null, pack.invites)
    assert.same({}, pack.findings)
  end)
end)
