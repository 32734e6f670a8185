--- What a flow did, for machines: `--output csv` and `json`.

local flow = require "tests.scripts.flow"
local flows = require "tests.support.flows"
local json = require "mkrun.json"
local release = require "tests.support.release"
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
    local undone = rows("undo", "--yes", "--output=json", "journal")
    table.sort(undone) -- side by side, no order is that of the SPEC
    assert.same({ "changed organization", "removed invite", "removed team",
      "removed team", "removed token", "removed webhook rule" }, undone)
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

  --- Checks that a flow that fails writes a line of JSON for each row, and a
  --- table in Markdown.
  local function check_lines(words, is_step)
    local function ask(format)
      local asked = here:run("--faults", "plan.json", words[1], "--output",
        format, table.unpack(words, 2))
      assert.equal(1, asked.code)
      return asked.out
    end
    local last
    for line in ask("jsonl"):gmatch "([^\n]*)\n" do
      last = assert(json.decode(line), line)
    end
    assert.same({ "failed", is_step and "team" or "run" },
      { last.outcome, last.kind })
    assert.matches("^%*%*Summary: .*1 failed%.%*%*\n\n| Outcome | Kind | .*"
      .. "\n| failed | [^\n]*403 the fault plan[^\n]* |\n$", ask "markdown")
  end

  it("has a row for the error that ends a run, in each flow", function()
    assert.equal(0, here:run("onboard", flow.example).code)
    here:write("rules.json", "[]")
    here:write("guests.csv", "email\nnew@x.example\n")
    here:write("plan.json", json.encode { rules = json.array { {
      faults = json.array { { status = 403 } } } } })
    assert.equal(0, here:run("--journal", "j", "team", "x", "--create").code)
    local tried = {}
    for _, words in ipairs {
      { "onboard", flow.example }, { "invite", "guests.csv" },
      { "offboard", "--yes", "kari@northlight.example" },
      { "prune-invites" }, { "prune-invites", "--cancel", "--yes" },
      { "rotate-tokens", "--exec", "cat", DESCRIPTION },
      { "webhooks", "--prune", "--yes", "evening-news", "rules.json" },
      { "webhooks", "--events", "evening-news" },
      { "token" }, { "token", "rights" },
      { "token", "create", "job", "--allow", "*.get", "--exec", "cat" },
      { "token", "revoke", "--yes", DESCRIPTION },
      { "my-organizations" }, { "my-organizations", "leave", "--yes", "x" },
      { "team", "x" }, { "team", "x", "--add", "kari@northlight.example" },
      { "usage" }, { "access-report" }, { "why-403", "teams.list" },
      { "undo", "--yes", "j" }, { "drift", flow.example },
    } do
      tried[words[1]] = true
      local asked = here:run("--faults", "plan.json", words[1], "--output",
        "json", table.unpack(words, 2))
      assert.equal(1, asked.code, words[1] .. asked.err)
      local list = assert(json.decode(asked.out), words[1])
      local last = list[#list]
      local is_step = words[1] == "undo" -- it goes on after an error
      assert.same({ "failed", is_step and "team" or "run",
        is_step and "x" or words[1] }, { last.outcome, last.kind, last.name })
      assert.matches("403 the fault plan", last.details[1], 1, true)
      asked = here:run("--faults", "plan.json", words[1], "--output", "csv",
        table.unpack(words, 2))
      assert.equal(1, asked.code)
      check_lines(words, is_step)
      local name = is_step and "team,x"
        or "run," .. words[1]:gsub("%-", "%%-")
      assert.matches(("^%s.*failed,%s,[^\r]*403 the fault plan[^\r]*\r\n$")
        :format(HEAD, name), asked.out)
      assert.not_equal("", asked.err)
    end
    -- the rows of these are findings, and export's is a SPEC
    for _, name in ipairs { "doctor", "audit-verify", "check", "sandbox-check",
      "export" } do
      tried[name] = true
    end
    for path in shell.output("grep -l 'output.format' scripts/*.lua")
      :gmatch "%S+" do
      local name = path:match "([%w-]+)%.lua$"
      assert.is_true(tried[name], name)
    end
  end)

  it("has the steps that were done before the error, too", function()
    here:write("guests.csv", "email\nnew@x.example\n")
    assert.equal(0, here:run("team", "x", "--create").code)
    assert.equal(0, here:run("invite", "--team", "x", "guests.csv").code)
    here:write("plan.json", json.encode { rules = json.array { {
      method = "DELETE", faults = json.array { { status = 403 } } } } })
    local list = json.decode(here:run("--faults", "plan.json", "team", "x",
      "--add", "kari@northlight.example", "--remove", "new@x.example",
      "--output", "json").out)
    assert.same({ "changed", "team", "x" },
      { list[1].outcome, list[1].kind, list[1].name })
    assert.equal("failed", list[2].outcome)
  end)

  it("has the error row and nothing else without a token", function()
    local outcome = release.run({ "--base-url", "http://localhost:1", "team",
      "x", "--output", "json" })
    assert.equal("failed", json.decode(outcome.out)[1].outcome)
    assert.is_true(outcome.code > 0)
  end)

  it("has rows for what a run is refused for", function()
    assert.equal(0, here:run("onboard", flow.example).code)
    here:write("wrong.json", [[{"teams": [{"name": "t",
      "scopes": {"nix": {"roles": ["raeder"]}}}]}]])
    local function refused(name, ...)
      local outcome = here:run(name, "--output", "json", ...)
      assert.equal(2, outcome.code, outcome.err)
      local details = {}
      for i, row in ipairs(assert(json.decode(outcome.out))) do
        assert.same({ "failed", "run", name },
          { row.outcome, row.kind, row.name })
        details[i] = row.details[1]
      end
      return details
    end
    local wrong = refused("onboard", "wrong.json")
    assert.equal(2, #wrong)
    assert.matches("there is no scope 'nix'", wrong[1], 1, true)
    assert.matches("there is no role 'raeder'", wrong[2], 1, true)
    for name, words in pairs { offboard = { "kari@northlight.example" },
      token = { "revoke", DESCRIPTION },
      ["prune-invites"] = { "--cancel", "--older-than", "0" } } do
      assert.same({ "nothing was done: there is no terminal to ask on, and no "
        .. "--yes" }, refused(name, table.unpack(words)))
    end
  end)

  it("is an option of each flow, and takes jsonl", function()
    for _, script in ipairs(flows.flows()) do
      assert.matches("@arg    %-%-output FORMAT [^@]*jsonl", script.source)
    end
    assert.equal(0, here:run("onboard", flow.example).code)
    local whole = here:run("export").out
    local line = here:run("export", "--output", "jsonl").out
    assert.matches("^[^\n]+\n$", line)
    assert.same(json.decode(whole), json.decode(line))
  end)

  it("has a line of JSON for each row, and a table in Markdown", function()
    assert.equal(0, here:run("--audit", "audit", "onboard", flow.example).code)
    for _, words in ipairs {
      { "token" }, { "token", "rights" }, { "doctor" },
      { "my-organizations" }, { "prune-invites", "--older-than", "0" },
      { "access-report" }, { "why-403", "teams.list" }, { "usage" },
      { "team", "night-desk" }, { "webhooks", "--events", "evening-news" },
      { "onboard", flow.example }, { "audit-verify", "audit" },
    } do
      local function ask(format)
        return here:run(words[1], "--output", format, table.unpack(words, 2))
          .out
      end
      for line in (ask "jsonl" .. "\n"):gmatch "([^\n]+)\n" do
        assert.equal("table", type(assert(json.decode(line), line)))
      end
      for line in ask("markdown"):gmatch "[^\n]+" do
        assert.matches("^[|*%a]", line)
        if line:find "^|" then assert.matches("^| .* |$", line) end
      end
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
