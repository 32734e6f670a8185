--- One sandbox FILE and more than one run.

local json = require "mkrun.json"
local process = require "tests.support.process"
local release = require "tests.support.release"
local sys = require "mkrun.sys"
local temp = require "tests.support.temp"

local TEAM <const> = [[
  local org = require "mkio".connect()
  org.teams:ensure("%s", { description = "one of many" })
  require "mkrun.task".sleep(0.05)]]

local WRITES <const> = [[
  local org = require "mkio".connect()
  for i = 1, 4 do org.teams:ensure("team" .. i, {}) end
]]
local SIGNAL <const> =
  "os.execute('kill -%s ' .. require 'mkrun.sys'.getpid())"

local function run(folder, text, option)
  return release.run({ "--sandbox=state.json", "-e", text, option },
    { cwd = folder })
end

--- The files of a run that was killed after four writes.
local function cut_short()
  local folder = temp.folder()
  assert.equal(137, run(folder, WRITES .. SIGNAL:format "KILL").code)
  return folder
end

local COUNT <const> = WRITES:match "^.-\n" .. [[
  local n = 0
  for team in org.teams:each() do
    if team.metadata.name:find "^team" then n = n + 1 end
  end
  print(n)]]

local function teams_in(folder)
  local outcome = run(folder, COUNT)
  assert.same({ 0, "" }, { outcome.code, outcome.err })
  return tonumber(outcome.out)
end

describe("mkrun --sandbox=FILE", function()
  it("says that FILE is new if its name looks misspelt", function()
    local READ <const> = 'require "mkio".connect():get()'
    for name, is_slip in pairs { ["mine.jsno"] = true, ["min.json"] = true,
      ["minne.json"] = true, ["mine.jso"] = true, ["mine2.json"] = false,
      ["fine.json"] = false, ["other.json"] = false } do
      local folder = temp.folder()
      temp.write(folder .. "/mine.json", "{}")
      for _, words in ipairs { { "--dry-run", "-e", READ }, { "doctor" },
        { "-e", READ } } do
        local outcome = release.run({ "--sandbox=" .. name,
          table.unpack(words) }, { cwd = folder })
        local text = ("mkrun: sandbox: %s: is new: did you mean 'mine.json'?\n")
          :format(name)
        local is_made = words[1] == "-e" -- doctor has made it
        assert.equal(is_slip and not is_made,
          outcome.err:find(text, 1, true) ~= nil, name .. outcome.err)
      end
    end
  end)

  it("loses nothing when runs come at the same time", function()
    local folder, words = temp.folder(), {}
    for i = 1, 5 do
      temp.write(("%s/%d.lua"):format(folder, i), TEAM:format("team" .. i))
      words[i] = ("%s --sandbox=state.json %d.lua &"):format(release.path, i)
    end
    local outcome = process.run(
      { "sh", "-c", table.concat(words, " ") .. " wait" }, { cwd = folder })
    assert.same({ "", "" }, { outcome.out, outcome.err })
    local state = json.decode(temp.read(folder .. "/state.json"))
    assert.equal(2 + 5, #state.organizations[1].teams)
    assert.is_nil(temp.read(folder .. "/state.json.lock"))
  end)

  it("does not keep the login of a run", function()
    local folder = temp.folder()
    for _ = 1, 3 do
      local outcome = release.run({ "--sandbox=state.json", "-e",
        "local o = require 'mkio'.connect() o.teams:ensure('t', {}) "
        .. "print(#o.me.tokens:list())" }, { cwd = folder })
      assert.same({ code = 0, out = "1\n", err = "" }, outcome)
    end
    local state = json.decode(temp.read(folder .. "/state.json"))
    assert.same({}, state.tokens)
  end)

  it("is one file after a run, however that ended", function()
    for text, code in pairs { [""] = 0, ["os.exit(4)"] = 4,
      ["error 'no'"] = 1, [SIGNAL:format "TERM"] = 143 } do
      local folder = temp.folder()
      assert.equal(code, run(folder, WRITES .. text).code)
      assert.is_nil(temp.read(folder .. "/state.json.log"))
      local state = json.decode(temp.read(folder .. "/state.json"))
      assert.equal(2 + 4, #state.organizations[1].teams)
    end
  end)

  it("is not written anew for each write", function()
    local folder = cut_short()
    local state = json.decode(temp.read(folder .. "/state.json"))
    assert.equal(2 + 1, #state.organizations[1].teams)
    local _, lines = temp.read(folder .. "/state.json.log"):gsub("\n", "")
    assert.equal(1 + 3, lines)
  end)

  it("loses nothing when a run is killed", function()
    local folder = cut_short()
    assert.equal(4, teams_in(folder))
    assert.is_nil(temp.read(folder .. "/state.json.log"))
    assert.equal(4, teams_in(folder))
  end)

  it("loses only what was not answered when a line is torn", function()
    local folder = cut_short()
    local path = folder .. "/state.json.log"
    temp.write(path, temp.read(path):sub(1, -20))
    assert.equal(3, teams_in(folder))
  end)

  it("is touched by no dry run after a killed one", function()
    local folder = cut_short()
    local before = { temp.read(folder .. "/state.json"),
      temp.read(folder .. "/state.json.log") }
    local outcome = run(folder, WRITES, "--dry-run")
    assert.equal(0, outcome.code, outcome.out)
    assert.same(before, { temp.read(folder .. "/state.json"),
      temp.read(folder .. "/state.json.log") })
  end)

  it("counts as it is when somebody has changed it", function()
    local folder = cut_short()
    local path = folder .. "/state.json"
    temp.write(path, (temp.read(path):gsub("Northlight", "Southlight")))
    local outcome = run(folder, COUNT)
    assert.equal("1\n", outcome.out)
    assert.equal("mkrun: sandbox: state.json: was changed since a run was cut "
      .. "short; what is in state.json.log is left out\n", outcome.err)
    assert.equal(0, run(folder, WRITES).code)
    assert.equal(4, teams_in(folder))
  end)

  it("begins anew when it was removed", function()
    local folder = cut_short()
    os.remove(folder .. "/state.json")
    assert.equal(0, teams_in(folder))
    assert.is_nil(temp.read(folder .. "/state.json.log"))
  end)

  it("is whole when a run is killed between it and its log", function()
    local folder = cut_short()
    local log = temp.read(folder .. "/state.json.log")
    assert.equal(4, teams_in(folder))
    temp.write(folder .. "/state.json.log", log .. json.encode {
      into = sys.sha256(temp.read(folder .. "/state.json")) } .. "\n")
    assert.equal(4, teams_in(folder))
  end)

  it("is refused with a log that is none", function()
    local folder = cut_short()
    local path = folder .. "/state.json.log"
    temp.write(path, (temp.read(path):gsub("teams.put", "teams.get")))
    local outcome = run(folder, COUNT)
    assert.equal("mkrun: sandbox: state.json.log: line 2 does not go with "
      .. "state.json\n", outcome.err)
    assert.equal(2, outcome.code)
    temp.write(path, "x\n")
    assert.equal("mkrun: sandbox: state.json.log: line 1 is not of a sandbox's "
      .. "log\n", run(folder, COUNT).err)
  end)

  it("loses nothing when a run with delays is killed in the middle", function()
    local folder, lines = temp.folder(), { "email" }
    for i = 1, 40 do lines[i + 1] = ("guest%d@partner.example"):format(i) end
    temp.write(folder .. "/guests.csv", table.concat(lines, "\n"))
    temp.write(folder .. "/plan.json", ([[{"rules": [
      {"method": "POST", "faults": [%s {"delay": 3600}]}]}]])
      :format(('{"delay": 0.2},'):rep(39)))
    local running <close> = release.spawn({ "--sandbox=state.json", "--timeout",
      "7200", "--faults", "plan.json", "invite", "guests.csv" },
      { cwd = folder }) -- which does not end by itself
    process.wait_until("an invite", function()
      return running:output():find "guest9@"
    end)
    running:signal "KILL"
    assert.equal(137, running:wait().code)
    local outcome = release.run({ "--sandbox=state.json", "invite",
      "guests.csv" }, { cwd = folder })
    assert.matches("= invite          guest9@", outcome.out, 1, true)
    local created, unchanged =
      outcome.out:match "(%d+) created, 0 changed, (%d+) unchanged"
    assert.is_true(tonumber(unchanged) >= 9)
    assert.equal(40, created + unchanged)
  end)
end)

describe("the clock of the sandbox", function()
  --- Sends so many requests; returns the seconds that they took.
  local function send(count, rate, plan)
    local outcome = release.run { "--sandbox", "--max-rate", rate, "--faults",
      temp.file(plan, "plan.json"), "-e", ([[
        local now = require "mkrun.sys".monotonic
        local org, start = require "mkio".connect(), now()
        for _ = 1, %d do org:get() end
        print(now() - start)]]):format(count) }
    assert.equal("", outcome.err)
    assert.equal(0, outcome.code)
    return tonumber(outcome.out)
  end

  it("has no waits for the rates", function()
    send(500, 1, '{"rules": []}') -- or eight hours, and it gets killed
  end)

  it("has them when the fault plan wants that", function()
    assert.is_true(send(3, 120, '{"clock": "real", "rules": []}') >= 0.9)
  end)
end)

describe("a sandbox whose file may not grow", function()
  local GUESTS <const> = 30
  local KEPT <const> = [[
    local n = 0
    for _ in require "mkio".connect().invites:each() do n = n + 1 end
    print(n)]]

  --- Invites so many people with this limit, in bytes; what was reported as
  --- created, and what the next run finds.
  local function invite(limit)
    local folder = temp.folder()
    local lines = { "email" }
    for i = 1, GUESTS do lines[i + 1] = ("guest%d@example.com"):format(i) end
    temp.write(folder .. "/guests.csv", table.concat(lines, "\n") .. "\n")
    assert.equal(0, run(folder, "require 'mkio'.connect():get()").code)
    local outcome = process.run({ "prlimit", "--fsize=" .. limit, release.path,
      "--sandbox=state.json", "invite", "guests.csv" }, { cwd = folder })
    local _, created = outcome.out:gsub("%+ invite", "")
    local kept = math.tointeger(tonumber(run(folder, KEPT).out))
    return created, kept, outcome
  end

  it("reports nothing as done that it does not keep", function()
    local _, all = invite "unlimited"
    assert.equal(GUESTS, all)
    local some = 0
    for limit = 4096, 32768, 3584 do -- what it prints fits in
      local created, kept, outcome = invite(limit)
      assert.is_true(created <= kept, outcome.out .. outcome.err)
      assert.equal(created == GUESTS and 0 or 1, outcome.code)
      if created < GUESTS then
        assert.matches("File too large", outcome.err, 1, true)
        some = some + 1
      end
    end
    assert.is_true(some > 3, some)
  end)
end)
