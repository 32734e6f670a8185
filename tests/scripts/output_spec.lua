--- What a flow did, for machines: `--output csv` and `json`.

local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local HEAD <const> = "outcome,kind,name,details\r\n"
local DESCRIPTION <const> = "evening-news automation"

describe("--output", function()
  local here

  before_each(function() here = flow.new() end)

  --- The rows of a run, as "outcome kind".
  local function rows(...)
    local outcome = here:run(...)
    assert.equal(0, outcome.code, outcome.err)
    local list = {}
    for i, row in ipairs(assert(json.decode(outcome.out))) do
      list[i] = row.outcome .. " " .. row.kind
    end
    return list
  end

  it("is an option of each flow that reports what it did", function()
    for path in shell.output("grep -l mkrun.report scripts/*.lua")
      :gmatch "%S+" do
      assert.matches("-- @arg    --output FORMAT ", temp.read(path), 1, true)
    end
  end)

  it("tells what onboard and undo did", function()
    assert.same({ "changed organization", "changed payment method",
      "created project", "created webhook rule", "created team",
      "created team", "created invite", "created token" },
      rows("--journal", "journal", "onboard", flow.example, "--output=json"))
    assert.same({ "removed token", "removed invite", "removed team",
      "removed team", "removed webhook rule", "changed organization" },
      rows("undo", "--yes", "--output=json", "journal"))
  end)

  it("tells what rotate-tokens did", function()
    assert.equal(0, here:run("onboard", flow.example).code)
    local words = { "rotate-tokens", "--output=json", "--file",
      "evening-news.token", DESCRIPTION }
    assert.same({ "created token", "changed file", "revoked token" },
      rows(table.unpack(words)))
    assert.same({ "unchanged token" },
      rows("rotate-tokens", "--within", "1", table.unpack(words, 2)))
  end)

  it("tells what token create and revoke did", function()
    local made = here:run("token", "create", "job", "--allow", "*.get",
      "--exec", "cat >/dev/null", "--output", "csv")
    local id = here:live "job"[1]
    assert.equal(HEAD .. "created,token,job," .. id .. "\r\n", made.out)
    assert.equal(HEAD .. "revoked,token,job," .. id .. "\r\n",
      here:run("token", "revoke", "--yes", "job", "--output", "csv").out)
  end)

  it("has a row for the error that ends a run, in each flow", function()
    assert.equal(0, here:run("onboard", flow.example).code)
    here:write("rules.json", "[]")
    here:write("guests.csv", "email\nnew@x.example\n")
    here:write("plan.json", json.encode { rules = json.array { {
      faults = json.array { { status = 403 } } } } })
    for name, words in pairs {
      onboard = { flow.example }, invite = { "guests.csv" },
      offboard = { "--yes", "kari@northlight.example" },
      ["prune-invites"] = { "--cancel", "--yes" },
      ["rotate-tokens"] = { "--exec", "cat", DESCRIPTION },
      webhooks = { "--prune", "--yes", "evening-news", "rules.json" },
      token = { "revoke", "--yes", DESCRIPTION },
      ["my-organizations"] = { "leave", "--yes", "x" },
    } do
      local outcome = here:run("--faults", "plan.json", name, "--output",
        "json", table.unpack(words))
      assert.equal(1, outcome.code, outcome.err)
      local list = assert(json.decode(outcome.out))
      local last = list[#list]
      assert.same({ "failed", "run", name },
        { last.outcome, last.kind, last.name })
      assert.matches("403 the fault plan", last.details[1], 1, true)
    end
  end)

  it("is refused before the first request when it is no format", function()
    for _, name in ipairs { "onboard", "undo", "rotate-tokens" } do
      local outcome, writes = here:counted(name, "--output", "xml", "--exec=:",
        "x")
      assert.same({ 2, 0 }, { outcome.code, writes })
    end
  end)
end)
