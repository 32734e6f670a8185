--- tests/check-all.sh: `make check` and the long parts.

local process = require "tests.support.process"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local SCRIPT = shell.output "pwd" .. "/tests/check-all.sh"

local function says(counts, code)
  return ("#!/bin/sh\necho '%s'\nexit %d\n"):format(counts, code or 0)
end

--- Runs the script with a `make check` that says so, and with these parts.
local function run(check, parts, seconds)
  local folder, names = temp.folder(), {}
  for i, text in ipairs(parts) do
    names[i] = ("%s/%d.sh"):format(folder, i)
    temp.write(names[i], text)
  end
  temp.write(folder .. "/make", check)
  shell.execute("chmod +x " .. folder .. "/make")
  return process.run({ "sh", SCRIPT, table.unpack(names) }, { env = {
    MAKE = folder .. "/make", CHECK_UNTIL = seconds
      and tostring(os.time() + seconds) or false } })
end

local function last_line(outcome) return outcome.out:match "([^\n]*)\n$" end

describe("make check-all", function()
  it("adds up what its parts say", function()
    local outcome = run(says "10 passed, 0 failed, 1 skipped",
      { says "2 passed, 0 failed, 3 skipped",
        says "4 passed, 0 failed, 0 skipped" })
    assert.equal("16 passed, 0 failed, 4 skipped", last_line(outcome))
    assert.equal(0, outcome.code, outcome.err)
  end)

  it("is make check where there is no other part", function()
    local outcome = run(says "10 passed, 0 failed, 1 skipped", {})
    assert.equal("10 passed, 0 failed, 1 skipped", last_line(outcome))
    assert.equal(0, outcome.code)
  end)

  it("fails when one part does, in whatever way", function()
    local good = says "10 passed, 0 failed, 0 skipped"
    for counts, case in pairs {
      ["11 passed, 2 failed, 0 skipped"] =
        { good, { says("1 passed, 2 failed, 0 skipped", 1) } },
      ["11 passed, 1 failed, 0 skipped"] =
        { good, { says("1 passed, 0 failed, 0 skipped", 3) } },
      ["10 passed, 1 failed, 0 skipped"] = { good, { says("an error", 0) } },
      ["0 passed, 1 failed, 0 skipped"] = { says("no compiler", 2), {} },
      ["5 passed, 1 failed, 0 skipped"] =
        { says("4 passed, 1 failed, 0 skipped", 2),
          { says "1 passed, 0 failed, 0 skipped" } },
    } do
      local outcome = run(table.unpack(case))
      assert.equal(counts, last_line(outcome))
      assert.equal(1, outcome.code)
    end
  end)

  it("skips what takes longer than the time that is left", function()
    local part = "# @seconds 3600\n" .. says "1 passed, 0 failed, 0 skipped"
    local check = says "1 passed, 0 failed, 0 skipped"
    local outcome = run(check, { part }, 1800)
    assert.equal("1 passed, 0 failed, 1 skipped", last_line(outcome))
    assert.matches("skipped [^\n]*1.sh: it takes longer than the %d+ s",
      outcome.out)
    assert.equal(0, outcome.code)
    assert.equal("2 passed, 0 failed, 0 skipped",
      last_line(run(check, { part }, 7200)))
    outcome = run(check, { part })
    assert.equal("2 passed, 0 failed, 0 skipped", last_line(outcome))
  end)

  it("ends what is not done in time, and skips it", function()
    local part = "# @seconds 0\nsleep 1000\n"
      .. says "1 passed, 0 failed, 0 skipped"
    local outcome = run(says "1 passed, 0 failed, 0 skipped", { part }, 3)
    assert.equal("1 passed, 0 failed, 1 skipped", last_line(outcome))
    assert.equal(0, outcome.code)
  end)

  it("begins nothing when the time was over with the tools", function()
    local folder = temp.folder()
    temp.write(folder .. "/date", ("#!/bin/sh\n[ -e %s/late ] && echo 1000 || "
      .. "echo 990\n"):format(folder))
    temp.write(folder .. "/apt-get", ("#!/bin/sh\ncd %s && touch late && "
      .. "cp date no-such-tool\n"):format(folder))
    temp.write(folder .. "/sudo", '#!/bin/sh\nexec "$@"\n')
    temp.write(folder .. "/part.sh", "# @tools no-such-tool\n# @seconds 1\n"
      .. says "1 passed, 0 failed, 0 skipped")
    temp.write(folder .. "/make", says "1 passed, 0 failed, 0 skipped")
    shell.execute("chmod +x " .. folder .. "/*")
    local outcome = process.run({ "sh", SCRIPT, folder .. "/part.sh" },
      { env = { MAKE = folder .. "/make", CHECK_UNTIL = "1000",
        PATH = folder .. ":" .. os.getenv "PATH" } })
    assert.equal("1 passed, 0 failed, 1 skipped", last_line(outcome))
    assert.matches("part.sh: it was not done in time", outcome.out, 1, true)
  end)

  it("skips what has no tools, and says which", function()
    local folder = temp.folder()
    for _, name in ipairs { "apt-get", "sudo" } do
      temp.write(folder .. "/" .. name, "#!/bin/sh\nexit 100\n")
    end
    shell.execute("chmod +x " .. folder .. "/*")
    local part = "# @tools no-such-tool sh\n"
      .. says "1 passed, 0 failed, 0 skipped"
    temp.write(folder .. "/part.sh", part)
    temp.write(folder .. "/make", says "1 passed, 0 failed, 0 skipped")
    shell.execute("chmod +x " .. folder .. "/make")
    local outcome = process.run({ "sh", SCRIPT, folder .. "/part.sh" },
      { env = { MAKE = folder .. "/make", CHECK_UNTIL = false,
        PATH = folder .. ":" .. os.getenv "PATH" } })
    assert.equal("1 passed, 0 failed, 1 skipped", last_line(outcome))
    assert.matches("tools cannot be installed: no%-such%-tool sh", outcome.out)
  end)
end)
