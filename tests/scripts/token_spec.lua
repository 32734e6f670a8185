local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local sys = require "mkrun.sys"
local world = require "tests.scripts.world"

local DAY <const> = 24 * 60 * 60

--- The example organization.
local function onboarded()
  local here = flow.new()
  local outcome = here:counted("onboard", flow.example)
  assert.equal(0, outcome.code, outcome.err)
  return here
end

local function run(here, ...)
  local outcome, writes = here:counted("token", ...)
  assert.equal(0, outcome.code, outcome.err)
  assert.not_matches("eyJ", outcome.out .. outcome.err, 1, true)
  return outcome, writes
end

local CREATE <const> = { "create", "nightly", "--allow",
  "evening-news:ams.*", "--deny", "*.delete" }

--- Create the token "nightly" with these words more.
local function create(here, ...)
  local words = table.move({ ... }, 1, select("#", ...), #CREATE + 1,
    { table.unpack(CREATE) })
  return here:counted("token", table.unpack(words))
end

local function permissions(here, id)
  for _, token in ipairs(here:state().tokens) do
    if token.id == id then return token.permissions end
  end
end

--- The id of the only project.
local function project_id(here)
  return here:state().organizations[1].projects[1].id
end

local function asset_rights(resource, verb)
  return json.encode { ["core.project"] = { [resource] = {
    ["ams.asset"] = json.array { verb } } } }
end

describe("token create --permissions", function()
  local function create_from(here, text, ...)
    here:write("rights.json", text)
    return here:counted("token", "create", "nightly", "--permissions",
      "rights.json", "--file", "n.token", ...)
  end

  it("makes a token of what the file names, by name or id, once", function()
    local here = onboarded()
    local first, writes = create_from(here, asset_rights("evening-news", "get"))
    assert.equal(0, first.code, first.err)
    assert.equal(1, writes)
    local id = here:stored "n.token"
    assert.same({ ["core.project"] = { [project_id(here)] = {
      ["ams.asset"] = { "get" } } } }, permissions(here, id))
    local second, none =
      create_from(here, asset_rights(project_id(here), "get"))
    assert.equal(0, second.code, second.err)
    assert.equal(0, none)
    assert.equal(id, here:stored "n.token")
  end)

  it("names what the token of the run lacks", function()
    local here = onboarded()
    for resource, verb in pairs { ["evening-news"] = "burn", other = "get" } do
      local outcome, writes = create_from(here, asset_rights(resource, verb))
      assert.equal(2, outcome.code)
      assert.equal(0, writes)
      assert.matches(("the token of this run lacks core.project/%s: ams.asset."
        .. "%s: mkrun token rights shows what it has"):format(resource, verb),
        outcome.err, 1, true)
    end
  end)

  it("refuses a file of another form, and other options beside it", function()
    local here = onboarded()
    for text, fault in pairs {
      ["{}"] = "at the top: at least 1 member expected, got 0",
      ['{"core.project": {"x": {"ams.asset": "get"}}}'] =
        "at '/core.project/x/ams.asset': array expected, got string",
    } do
      local outcome = create_from(here, text)
      assert.equal(2, outcome.code)
      assert.matches("rights.json: " .. fault, outcome.err, 1, true)
    end
    local both = create_from(here, "{}", "--allow", "*")
    assert.equal(2, both.code)
    assert.matches("--permissions does not go with --allow and --deny",
      both.err, 1, true)
    local neither = here:run("token", "create", "x", "--file", "x")
    assert.equal(2, neither.code)
    assert.matches("one of --allow and --permissions is needed", neither.err, 1,
      true)
  end)
end)

describe("token create", function()
  it("makes a token of what the patterns pick, once", function()
    local here = onboarded()
    local first, writes = create(here, "--file", "n.token", "--days", "3")
    assert.equal(0, first.code, first.err)
    assert.equal(1, writes)
    assert.equal("+ token           nightly", first.out:match "^[^\n]*")
    local id = here:stored "n.token"
    local by_project = permissions(here, id)["core.project"]
    local families = by_project[next(by_project)]
    assert.same({ "create", "get", "update" }, families["ams.asset"])
    assert.is_nil(families["core.project"])

    local second, none = create(here, "--file", "n.token", "--days", "3")
    assert.equal(0, second.code, second.err)
    assert.equal(0, none)
    assert.equal("= token           nightly", second.out:match "^[^\n]*")
    assert.equal(id, here:stored "n.token")
  end)

  it("leaves a token alone that is in use elsewhere", function()
    local here = onboarded()
    create(here, "--file", "n.token")
    local id = here:stored "n.token"
    local refused, none = create(here, "--file", "x.token")
    assert.equal(1, refused.code)
    assert.equal(0, none)
    assert.matches("x.token: does not hold the live token 'nightly' ("
      .. id .. "): --new-file makes another one", refused.err, 1, true)
    local made = create(here, "--file", "x.token", "--new-file")
    assert.equal(0, made.code, made.err)
    assert.equal("+ token           nightly\n", made.out:match "^[^\n]*\n")
    assert.matches(id .. " has this description too, and is valid", made.err,
      1, true)
    assert.equal(2, #here:live "nightly")
  end)

  it("revokes no other when the one in its file is replaced", function()
    local here = onboarded()
    create(here, "--file", "1.token")
    create(here, "--file", "2.token", "--new-file")
    local other = here:stored "1.token"
    local outcome = here:run("token", "create", "nightly", "--allow",
      "evening-news:ams.asset.*", "--file", "2.token")
    assert.equal(0, outcome.code, outcome.err)
    assert.equal("~", outcome.out:sub(1, 1))
    local live = here:live "nightly"
    assert.equal(2, #live)
    assert.truthy(live[1] == other or live[2] == other)
  end)

  it("hands it to a command, once", function()
    local here = onboarded()
    local first, writes = create(here, "--exec", "cat > vault")
    assert.equal(0, first.code, first.err)
    assert.equal(1, writes)
    local id = here:stored "vault"
    local second, none = create(here, "--exec", "cat > vault")
    assert.equal(0, none)
    assert.matches("= token           nightly: " .. id .. " has it",
      second.out, 1, true)
    local third = create(here, "--exec", "cat > vault", "--again")
    assert.matches(
      "mkrun: " .. id .. " has this description too, and is valid\n",
      third.err, 1, true)
    assert.equal(2, #here:live "nightly")
  end)

  it("revokes what its command did not take", function()
    local here = onboarded()
    local outcome = create(here, "--exec", "exit 4")
    assert.equal(1, outcome.code)
    assert.matches("exit 4: exit status 4: the new token is revoked again",
      outcome.err, 1, true)
    assert.same({}, here:live "nightly")
  end)

  it("asks for no token that it could not store", function()
    local here = onboarded()
    local outcome, writes = create(here, "--file", "no/such/folder/x")
    assert.equal(1, outcome.code)
    assert.equal(0, writes)
  end)

  it("stops at a pattern that picks nothing", function()
    local outcome, writes = onboarded():counted("token", "create", "x",
      "--allow", "*.get", "--allow", "evning-news:*", "--file", "x.token")
    assert.equal(2, outcome.code)
    assert.equal(0, writes)
    assert.matches("'evning-news:*' is none of the token's rights",
      outcome.err, 1, true)
  end)

  it("makes no token without any right", function()
    local outcome, writes = onboarded():counted("token", "create", "x",
      "--allow", "*.get", "--deny", "*", "--file", "x.token")
    assert.equal(2, outcome.code)
    assert.equal(0, writes)
    assert.matches("no right is left for the token", outcome.err, 1, true)
  end)

  it("works with a restricted token, within its rights", function()
    local here = onboarded()
    local outcome = here:run("--token-file", "evening-news.token", "token",
      "create", "less", "--allow", "*:core.project.get", "--file", "l.token")
    assert.equal(0, outcome.code, outcome.err)
    assert.equal(1, #here:live "less")
  end)
end)

describe("token list", function()
  it("warns of tokens that expire soon or were never used", function()
    local here = onboarded()
    world.change(here, function(api)
      local ola = api:user "ola@northlight.example"
      local status, answer = ola:post("/user/tokens", { type = "full-access",
        description = "nightly", organizationId = ola:organization_id(),
        expireDate = sys.iso8601(math.floor(sys.now() + 3 * DAY - 60)) })
      assert.equal(201, status, json.encode(answer))
    end)
    for _ = 1, 2 do
      local outcome, writes = run(here)
      assert.equal(0, writes)
      assert.matches("nightly +full%-access .* expires in 2 days, never used\n",
        outcome.out)
      assert.matches("mkrun: nightly %(%x[%x-]+%): expires in 2 days\n",
        outcome.err)
      assert.matches("mkrun: nightly %(%x[%x-]+%): never used\n", outcome.err)
      assert.not_matches("automation %(%x[%x-]+%): expires", outcome.err)
    end
    assert.not_matches("expires in",
      run(here, "list", "--within", "1").err, 1, true)
  end)

  it("marks the token of this run, and shows programs all", function()
    local here = onboarded()
    create(here, "--file", "n.token")
    local outcome = here:run("--token-file", "n.token", "token", "list",
      "--output", "json")
    local own = here:stored "n.token"
    for _, row in ipairs(json.decode(outcome.out)) do
      assert.equal(row.id == own, row.note[#row.note] == "of this run")
      assert.is_true(json.is_array(row.note))
    end
  end)

  it("leaves out what was revoked", function()
    local here = onboarded()
    create(here, "--file", "n.token")
    run(here, "revoke", "nightly", "--yes")
    assert.not_matches("nightly", run(here, "list", "--everybody").out, 1,
      true)
  end)
end)

describe("token rights", function()
  it("shows what patterns pick", function()
    assert.equal("type,resource,family,verbs\r\n"
      .. "core.project,evening-news,webhooks.config,create;update\r\n",
      run(onboarded(), "rights", "--allow", "core.project/*:webhooks.*",
        "--deny", "*.get", "--deny", "*.delet?", "--output", "csv").out)
  end)
end)

describe("token revoke", function()
  it("revokes one token, once, with --yes", function()
    local here = onboarded()
    create(here, "--file", "n.token")
    local first, writes = run(here, "revoke", "nightly", "--yes")
    assert.equal(1, writes)
    assert.matches("- token           nightly: %x+%-", first.out)
    assert.same({}, here:live "nightly")
    local second, none = run(here, "revoke", "nightly", "--yes")
    assert.equal(0, none)
    assert.matches("= token           nightly: revoked already\n", second.out,
      1, true)
  end)

  it("does nothing without an answer", function()
    local here = onboarded()
    local outcome, writes =
      here:counted("token", "revoke", "evening-news automation")
    assert.equal(2, outcome.code)
    assert.equal(0, writes)
    assert.matches('\n  %- token "evening%-news automation"\n      id: %x+%-',
      outcome.err)
    assert.matches("\nPlan: 0 to create, 0 to change, 1 to delete.\n",
      outcome.err, 1, true)
    assert.matches("mkrun: nothing was done", outcome.err, 1, true)
  end)

  it("takes an id where two have one description", function()
    local here = onboarded()
    create(here, "--file", "1.token")
    create(here, "--exec", "cat > 2.token", "--again")
    local outcome = here:run("token", "revoke", "nightly", "--yes")
    assert.equal(2, outcome.code)
    assert.matches("2 live tokens are called 'nightly': name one by its id",
      outcome.err, 1, true)
    run(here, "revoke", here:stored "1.token", "--everybody", "--yes")
    assert.same({ here:stored "2.token" }, here:live "nightly")
  end)

  it("stops at a token that is not there", function()
    local outcome = flow.new():run("token", "revoke", "nix", "--yes")
    assert.equal(2, outcome.code)
    assert.matches("there is no token 'nix'", outcome.err, 1, true)
    local here = onboarded()
    create(here, "--file", "1.token")
    outcome = here:run("token", "revoke", "nihgtly", "--yes")
    assert.equal(2, outcome.code)
    assert.matches("did you mean 'nightly'?", outcome.err, 1, true)
  end)
end)

describe("token", function()
  it("names what excludes each other", function()
    assert.matches("mkrun: --file and --exec: not both\n", flow.new():run(
      "token", "create", "x", "--allow", "*", "--file", "f", "--exec",
      "cat").err, 1, true)
  end)

  it("refuses wrong usage before the first request", function()
    for _, words in ipairs {
      { "nix" }, { "create" }, { "create", "x" }, { "revoke" },
      { "create", "x", "--allow", "*" }, { "list", "x" },
      { "create", "x", "--allow", "*", "--file", "f", "--exec", "cat" },
      { "create", "x", "--allow", "*", "--file", "f", "--days", "0" },
      { "create", "x", "--allow", "*", "--file", "f", "--again" },
      { "create", "x", "--allow", "*", "--exec", "cat", "--new-file" },
      { "list", "--days", "3" }, { "list", "--within", "x" },
      { "list", "--within", "0x7" },
      { "--output", "xml" },
    } do
      local outcome = flow.new():counted("token", table.unpack(words))
      assert.equal(2, outcome.code, table.concat(words, " "))
      assert.matches("usage: mkrun token", outcome.err, 1, true)
      assert.not_matches("/api/", outcome.err, 1, true)
    end
  end)
end)
