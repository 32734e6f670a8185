local json = require "mkrun.json"

local operations = require "mkio.operations"
local schema = require "mkio.schema"

local id = "5f1c0f52-0a52-4c9f-8a6f-0d8b3c7b2a10"

--- Where and what is wrong with a body, as one text.
local function complaint(name, body)
  local ok, pointer, expected = schema.check(name, body)
  return not ok and pointer .. ": " .. expected or nil
end

local function invite(spec)
  return complaint("InvitePostSchema", { spec = spec })
end

local function token(fields)
  fields.organizationId = fields.organizationId or id
  fields.type = fields.type or "restricted"
  return complaint("CreateTokenSchema", fields)
end

describe("mkio.schema", function()
  it("has the schema of every operation", function()
    for _, operation in ipairs(operations.all) do
      if operation.body then
        assert.has_no_error(function() schema.check(operation.body, {}) end)
      end
    end
  end)

  it("passes what the API's documents show", function()
    assert.is_nil(invite { email = "kari@partner.example", comment = "hello",
      teams = json.array { "night-desk" } })
    assert.is_nil(complaint("TeamPutSchema", { spec = {
      description = "night desk", members = { [id] = { isTeamAdmin = true } },
      scopes = { ["evening-newsScope"] = { roles = json.array { "user" } } },
    } }))
    assert.is_nil(token { expireDate = "2026-08-01T00:00:00Z",
      permissions = { ["core.project"] = {} } })
  end)

  it("names what is missing", function()
    assert.equal("/spec: object expected, got nothing",
      complaint("InvitePostSchema", {}))
    assert.equal("/spec/comment: string expected, got nothing",
      invite { email = "a@b.example" })
    assert.equal("/spec/members/a~1b/isTeamAdmin: "
      .. "boolean expected, got nothing",
      complaint("TeamPutSchema", { spec = { members = { ["a/b"] = {} } } }))
  end)

  it("names what is of the wrong type", function()
    assert.equal("/spec/comment: string expected, got integer",
      invite { email = "a@b.example", comment = 1 })
    assert.equal("/spec/comment: string expected, got null",
      invite { email = "a@b.example", comment = json.null })
    assert.equal("/spec/teams: array expected, got object",
      invite { email = "a@b.example", comment = "", teams = json.object {} })
    assert.equal("/spec/teams/1: string expected, got boolean",
      invite { email = "a", comment = "", teams = json.array { "a", true } })
  end)

  it("refuses what it does not know, and what only the server writes",
    function()
      assert.equal("/spec/mail: unknown key, did you mean 'email'?",
        invite { mail = "x" })
      assert.equal("/spec/invitedByName: read-only, not to be sent",
        invite { email = "a", comment = "", invitedByName = "x" })
    end)

  it("checks formats", function()
    assert.equal("/organizationId: UUID expected, got 'x'",
      token { organizationId = "x" })
    for _, bad in ipairs { "2026-02-29T00:00:00Z", "2026-08-01",
      "2026-08-01T24:00:00Z", "2026-08-01T00:00:00", "2026-8-1T00:00:00Z" } do
      assert.matches("date%-time", token { expireDate = bad })
    end
    for _, good in ipairs { "2024-02-29T00:00:00Z", "2026-08-01t00:00:00z",
      "2026-08-01T23:59:60.123+02:00" } do
      assert.is_nil(token { expireDate = good })
    end
    assert.matches("^/endDate: date", complaint("CustomerUsageQueryData",
      { startDate = "2026-01-01", endDate = "2026-13-01" }))
  end)

  it("counts characters, not bytes", function()
    assert.is_nil(token { description = ("å"):rep(128) })
    assert.equal("/description: at most 128 characters expected, got 129",
      token { description = ("å"):rep(129) })
    assert.equal("/metadata/displayName: at least 1 character expected, got 0",
      complaint("ProjectPatchSchema", { metadata = { displayName = "" } }))
  end)

  it("knows which words may be used", function()
    local every = {
      { "CreateTokenSchema", { type = "forever", organizationId = id },
        "/type" },
      { "WebhookRuleCreateOrUpdateSchema", { spec = { enabled = true,
        url = "https://h", events = json.array { "JobFinished" } } },
        "/spec/events/0", "MediaKind.JobFinished" },
      { "UserOrganizationPatchSchema", { spec = { invite = {
        state = "acepted" } } }, "/spec/invite/state", "accepted" },
      { "CustomerUsageQueryData", { startDate = "2026-01-01",
        endDate = "2026-01-02", format = "xml" }, "/format" },
      { "CustomerUsageQueryData", { startDate = "2026-01-01",
        endDate = "2026-01-02", granularity = "minute" }, "/granularity" },
    }
    for _, case in ipairs(every) do
      local name, body, pointer, meant = table.unpack(case)
      assert.is_nil(complaint(name, body))
      local list = schema.newer(name, body)
      assert.equal(1, #list)
      assert.equal(pointer, list[1].pointer)
      local ok, at, text = schema.check_known(name, body)
      assert.is_nil(ok)
      assert.equal(pointer, at)
      assert.matches("^one of '.*' expected, got '", text)
      assert.is_true(not meant
        or text:find(("did you mean '%s'?"):format(meant), 1, true) ~= nil)
    end
    assert.matches("^/0/op: one of 'add'", complaint("[JsonPatchEntry]",
      json.array { { op = "move", path = "/a" } }))
  end)

  it("takes null only where it is welcome", function()
    assert.is_nil(complaint("OrganizationPatchSchema",
      { spec = { legalEntityName = json.null } }))
    assert.equal("/spec/name: string expected, got null",
      complaint("OrganizationPatchSchema", { spec = { name = json.null } }))
  end)
end)

describe("mkio.schema.mark", function()
  it("makes an empty table an array where the schema wants one", function()
    local body = schema.mark("TeamPutSchema",
      { spec = { members = {}, scopes = { s = { roles = {} } } } })
    assert.equal('{"spec":{"members":{},"scopes":{"s":{"roles":[]}}}}',
      json.encode(body, { sort = true }))
  end)

  it("leaves the caller's table alone", function()
    local roles = {}
    schema.mark("TeamPutSchema", { spec = { scopes = { s = { roles } } } })
    assert.is_nil(getmetatable(roles))
  end)
end)
