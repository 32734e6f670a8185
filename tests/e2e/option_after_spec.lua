--- Options of mkrun after the name of a built-in flow.

local built_in = require "tests.support.flows"
local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local process = require "tests.support.process"
local release = require "tests.support.release"
local temp = require "tests.support.temp"

local KARI <const> = "kari@northlight.example"

local function first_line(text) return text:match "^[^\n]*" end

describe("an option of mkrun after the name of a flow", function()
  local here

  before_each(function()
    here = flow.new()
    assert.equal(0, here:run("doctor").code) -- makes the sandbox
  end)

  local function ends(code, ...)
    local outcome = here:run(...)
    assert.equal(code, outcome.code,
      table.concat({ ... }, " ") .. "\n" .. outcome.out .. outcome.err)
    return outcome
  end

  it("is taken as before the name", function()
    local before = ends(3, "--dry-run", "team", "crew", "--create")
    for _, words in ipairs {
      { "team", "--dry-run", "crew", "--create" },
      { "team", "crew", "--create", "--dry-run" },
      { "--dry-run", "team", "crew", "--create", "--dry-run" },
      { "team", "--jobs", "1", "crew", "--dry-run", "--create", "--timeout=5" },
    } do
      assert.same(before, ends(3, table.unpack(words)))
    end
    assert.matches("\nGET /api/v1/organization ",
      ends(0, "doctor", "--output", "csv", "--trace").err)
    assert.matches('^{\n  "core',
      ends(0, "onboard", flow.example, "--dry-run", "--rights").out)
  end)

  it("is checked as before the name", function()
    for message, words in pairs {
      ["option '--timeout' needs a value"] = { "--timeout" },
      ["option '--timeout': seconds above zero expected, got 'x'"] =
        { "--timeout=x" },
      ["option '--dry-run' takes no value"] = { "--dry-run=1" },
      ["--dry-run cannot be used with --journal"] =
        { "--journal", "j", "--dry-run" },
      ["--plan-out cannot be used with --journal"] =
        { "--journal", "j", "--plan-out", "p" },
      ["option '--rights' needs --dry-run"] = { "--rights" },
    } do
      local outcome = ends(2, "onboard", flow.example, table.unpack(words))
      assert.equal("mkrun: " .. message, first_line(outcome.err))
    end
  end)

  it("is refused if it says whose token goes where, or runs other code",
    function()
      for option, form in pairs {
        ["-e"] = "-e STAT", ["-l"] = "-l MOD", ["-i"] = "-i",
        ["--sandbox"] = "--sandbox=FILE", ["--sandbox=x"] = "--sandbox=FILE",
        ["--base-url"] = "--base-url URL",
        ["--base-url=http://x"] = "--base-url URL",
        ["--token-file"] = "--token-file FILE",
        ["--token-file=x"] = "--token-file FILE",
        ["--cacert"] = "--cacert FILE", ["--resume"] = "--resume FILE",
      } do
        local outcome = ends(2, "--trace", "onboard", option, flow.example)
        assert.equal(("mkrun: %s goes before the flow's name: mkrun %s onboard "
          .. "..."):format(form:match "^[%w-]+", form),
          first_line(outcome.err))
      end
      for option, form in pairs { ["--apply"] = "--apply FILE",
        ["--list"] = "--list", ["--show"] = "--show NAME",
        ["--undo=x"] = "--undo FILE", ["--version"] = "--version" } do
        local outcome = ends(2, "onboard", flow.example, option)
        assert.equal(("mkrun: %s goes without a flow: mkrun %s"):format(
          form:match "^[%w-]+", form), first_line(outcome.err))
      end
    end)

  it("is the flow's if the flow has one of that name", function()
    local help = ends(0, "onboard", "--help").out
    for _, words in ipairs { { "--trace", "--help" }, { "-h", "--jobs=1" } } do
      assert.equal(help, ends(0, "onboard", table.unpack(words)).out)
    end
    assert.equal("outcome", first_line(ends(0, "onboard", flow.example,
      "--output", "csv").out):match "^%a+")
  end)

  it("is a value where the flow's own option needs one", function()
    for _, script in ipairs(built_in.flows()) do
      for _, argument in ipairs(script.header.args) do
        if argument.option then
          local err = ends(2, script.name, argument.name, "--token-file").err
          assert.equal(argument.value == nil, err:find(
            "--token-file goes before the flow's name", 1, true) ~= nil,
            script.name .. " " .. argument.name)
        end
      end
    end
  end)

  it("is no value of another option, unless = is between them", function()
    for _, words in ipairs { { "onboard", flow.example, "--record" },
      { "--record" }, { "onboard", flow.example, "--set" } } do
      local name = words[#words]
      words[#words + 1] = "--dry-run"
      assert.matches(("option '%s' needs a value, got the option '--dry-run' "
        .. "(as a value: %s=--dry-run)"):format(name, name),
        ends(2, table.unpack(words)).err, 1, true)
    end
    assert.equal(0, here:run("onboard", flow.example,
      "--record=--dry-run").code)
  end)

  it("is an argument behind --", function()
    assert.matches("mkrun: --dry-run: No such file",
      ends(2, "onboard", "--", "--dry-run").err, 1, true)
    assert.matches("unknown option '--dry-run'; options of mkrun itself go "
      .. "before the script", ends(2, "--", "onboard", "--dry-run").err, 1,
      true)
    assert.equal(0, here:run("--journal", "--", "onboard", flow.example,
      "--trace").code) -- a file of that name
  end)

  it("is the script's behind the name of a tool or a file", function()
    here:write("onboard", "print(table.concat({ ... }, ' '))")
    assert.equal("--dry-run --token-file x\n",
      ends(0, "./onboard", "--dry-run", "--token-file", "x").out)
    assert.matches("unknown option '--dry-run'; options of mkrun itself go "
      .. "before the script", ends(2, "completion", "--dry-run").err, 1, true)
  end)

  it("is among those that a wrong name may mean", function()
    for typed, meant in pairs { ["--dryrun"] = "--dry-run",
      ["--jornal"] = "--journal", ["--excpt"] = "--except" } do
      assert.matches("unknown option '" .. typed .. "', did you mean '" .. meant
        .. "'?", ends(2, "onboard", typed, flow.example).err, 1, true)
    end
    assert.not_matches("did you mean",
      ends(2, "completion", "--dryrun", "bash").err, 1, true)
  end)

  it("is stored in a journal, and no word of the script", function()
    ends(0, "onboard", flow.example, "--journal", "j", "--timeout", "7",
      "--jobs=2")
    local head = json.decode(first_line(temp.read(here.folder .. "/j")))
    assert.same({ "onboard", flow.example }, head.words or head.script)
    assert.same({ "--sandbox=state.json", "--timeout", "7", "--jobs=2" },
      head.options)
    local again = release.run({ "--resume", "j" }, { cwd = here.folder })
    assert.equal(0, again.code, again.err)
    assert.equal(0, here:run("undo", "--yes", "j", "--trace").code)
  end)

  it("makes a plan that can be carried out", function()
    ends(3, "onboard", flow.example, "--plan-out", "plan.json")
    assert.equal(0, here:run("--apply", "plan.json").code)
    ends(0, "onboard", flow.example, "--dry-run")
  end)

  it("counts before mkrun asks about deletions", function()
    assert.equal(0, here:run("onboard", flow.example).code)
    assert.matches("\nPlan: ", ends(3, "offboard", KARI, "--dry-run").out)
    assert.matches("nothing was done: there is no terminal to ask on",
      ends(2, "offboard", KARI, "--journal", "j").err, 1, true)
    assert.equal(0, here:run("offboard", KARI, "--yes", "--journal",
      "j2").code)
  end)

  it("is not taken by a bundle, whose options come first", function()
    assert.equal(0, here:run("bundle", "doctor", "-o", "doc").code)
    local outcome = process.run({ here.folder .. "/doc", "--sandbox",
      "--output", "csv", "--allow-run=sh" }, { cwd = here.folder })
    assert.equal(2, outcome.code)
    assert.matches("unknown option '--allow-run'", outcome.err, 1, true)
  end)
end)
