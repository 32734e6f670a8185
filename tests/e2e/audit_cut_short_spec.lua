--- An audit whose run was cut short: whole, or mended by --resume.

local json = require "mkrun.json"
local sys = require "mkrun.sys"

local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local strace = require "tests.support.strace"
local temp = require "tests.support.temp"

local GUESTS <const> = 8
local DELAY <const> =
  '{"rules": [{"method": "POST", "faults": [{"delay": 0.02}]}]}'

local function guests()
  local lines = { "email" }
  for i = 1, GUESTS do lines[i + 1] = ("guest%d@x.example"):format(i) end
  return table.concat(lines, "\n") .. "\n"
end

--- A folder with a list of guests; tasks invite them side by side.
local function place()
  local folder = temp.folder()
  temp.write(folder .. "/guests.csv", guests())
  temp.write(folder .. "/delay.json", DELAY)
  return folder
end

local INVITE <const> = { "--sandbox=s", "--faults", "delay.json", "--audit",
  "a", "--journal", "j", "--record", "h", "invite", "guests.csv" }

local function count_lines(path)
  return select(2, (temp.read(path) or ""):gsub("\n", ""))
end

--- Each write in the journal has one line in the audit.
local function check_once(folder)
  local audited, sent = {}, 0
  for line in temp.read(folder .. "/a"):gmatch "[^\n]+" do
    local record = json.decode(line)
    if not record.mended then
      assert.is_string(record.journal)
      assert.is_nil(audited[record.write], line)
      audited[record.write] = record
    end
  end
  for line in temp.read(folder .. "/j"):gmatch "[^\n]+" do
    local entry = json.decode(line)
    if entry.method then
      sent = sent + 1
      assert.equal(entry.method, audited[entry.write].method)
    end
  end
  return audited, sent
end

--- The audit verifies, the recording and the journal can be read, and the run
--- is taken up again.
local function check_whole(folder)
  local at = { cwd = folder }
  local outcome = release.run({ "audit-verify", "a" }, at)
  assert.equal(0, outcome.code, outcome.out .. outcome.err)
  assert(json.decode(temp.read(folder .. "/h")))
  outcome = release.run({ "--resume", "j" }, at)
  assert.equal(0, outcome.code, outcome.err)
  assert.is_nil(outcome.err:find("mended", 1, true))
  outcome = release.run({ "audit-verify", "a" }, at)
  assert.equal(0, outcome.code, outcome.out)
  assert.is_true(count_lines(folder .. "/a") >= GUESTS)
  check_once(folder)
end

describe("An audit is whole, and its run can be resumed,", function()
  for signal, code in pairs { TERM = 143, HUP = 129, INT = 130 } do
    it(("when SIG%s comes at any fdatasync"):format(signal), function()
      local ended = 0
      for number = 1, 4 * GUESTS, signal == "TERM" and 3 or 8 do
        local folder = place()
        local outcome = strace.run(INVITE, {
          ("fdatasync:signal=%s:when=%d"):format(signal, number),
        }, { cwd = folder })
        if not outcome then pending "needs strace" end
        assert.is_true(outcome.code == code or outcome.code == 0)
        if outcome.code == code then ended = ended + 1 end
        check_whole(folder)
      end
      assert.is_true(ended > 1)
    end)
  end
end)

describe("A write that a signal ended", function()
  for signal, code in pairs { TERM = 143, INT = 130, KILL = 137 } do
    it("has one line, also when its run was resumed: SIG" .. signal, function()
      local folder = place()
      -- The first goes alone; the others are then under way together.
      temp.write(folder .. "/delay.json", json.encode { rules = json.array {
        { method = "POST", nth = 1, faults = json.array { { delay = 0 } } },
        { method = "POST", faults = json.array { { delay = 3600 } } } } })
      local words = { table.unpack(INVITE) }
      local running <close> = release.spawn(words, { cwd = folder })
      process.wait_until("its writes", function()
        local text = temp.read(folder .. "/j") or ""
        return select(2, text:gsub('"method":"POST"', "")) == GUESTS
      end)
      running:signal(signal)
      assert.equal(code, running:wait().code)
      assert.equal(signal == "KILL", count_lines(folder .. "/a") == 1)
      for _ = 1, 2 do
        local outcome = release.run({ "--resume", "j" }, { cwd = folder })
        assert.equal(0, outcome.code, outcome.err)
        local audited, sent = check_once(folder)
        assert.is_nil(audited[1].error)
        assert.equal(signal == "KILL" and "killed" or "cancelled",
          audited[2].error)
        assert.equal(count_lines(folder .. "/a"), sent)
      end
      assert.equal(0, release.run({ "audit-verify", "a" },
        { cwd = folder }).code)
    end)
  end
end)

describe("--resume", function()
  local function run(folder, ...)
    return release.run({ ... }, { cwd = folder })
  end

  local function audited()
    local folder = place()
    assert(run(folder, table.unpack(INVITE)).code == 0)
    return folder, assert(temp.read(folder .. "/a"))
  end

  it("mends the last line of an audit when it is torn, and says so",
    function()
      local folder, text = audited()
      temp.write(folder .. "/a", text:sub(1, -20))
      local outcome = run(folder, "--sandbox=s", "--audit", "a", "export")
      assert.equal(2, outcome.code)
      assert.matches(("line %d is cut off: keep the file"):format(GUESTS),
        outcome.err, 1, true)
      outcome = run(folder, "--resume", "j")
      assert.equal(0, outcome.code)
      assert.matches(("mkrun: audit a: mended: line %d was cut off by a crash: "
        .. "taken out\n"):format(GUESTS), outcome.err, 1, true)
      assert.equal(0, run(folder, "audit-verify", "a").code)
      assert.equal("", run(folder, "--resume", "j").err)
    end)

  --- The audit of a run that was interrupted between a line and the number
  --- for the next: line `fork` has the number of the one before it.
  local function forked(text, fork)
    local lines = {}
    for line in text:gmatch "[^\n]+" do lines[#lines + 1] = line end
    for i = fork, #lines do
      local value, before = json.decode(lines[i]), json.decode(lines[i - 1])
      value.line = i - 1
      value.previous = i == fork and before.previous
        or sys.sha256(lines[i - 1])
      lines[i] = json.encode(value, { sort = true })
    end
    return table.concat(lines, "\n") .. "\n"
  end

  for _, fork in ipairs { 2, 5, GUESTS } do
    for _, torn in ipairs { "", '{"line":' } do
      it(("mends lines %d and %d that follow one%s, and loses none"):format(
        fork - 1, fork, torn ~= "" and ", and a torn one" or ""), function()
        local folder, text = audited()
        temp.write(folder .. "/a", forked(text, fork) .. torn)
        local broken = temp.read(folder .. "/a")
        assert.equal(1, run(folder, "audit-verify", "a").code)
        assert.equal(2, run(folder, "--sandbox=s", "--audit", "a",
          "export").code)
        assert.equal(broken, temp.read(folder .. "/a"))

        local outcome = run(folder, "--resume", "j")
        assert.equal(0, outcome.code, outcome.err)
        assert.matches(("mkrun: audit a: mended: lines %d and %d had one "
          .. "number: an interrupted run wrote them; numbered again from line "
          .. "%d on"):format(fork - 1, fork, fork), outcome.err, 1, true)
        assert.equal(torn ~= "",
          outcome.err:find("cut off by a crash", 1, true) ~= nil)
        assert.equal(0, run(folder, "audit-verify", "a").code)
        local audited_writes = check_once(folder)
        for line in text:gmatch "[^\n]+" do
          local before = json.decode(line)
          assert.same(before.sent, audited_writes[before.write].sent)
          assert.equal(before.time, audited_writes[before.write].time)
        end
        local mended = temp.read(folder .. "/a")
        assert.equal("", run(folder, "--resume", "j").err)
        assert.equal(mended, temp.read(folder .. "/a"))
      end)
    end
  end

  it("mends no line that was put in", function()
    local folder, text = audited()
    local first = text:match "^[^\n]+\n"
    temp.write(folder .. "/a", text .. first)
    local before = temp.read(folder .. "/a")
    assert.equal(2, run(folder, "--resume", "j").code)
    assert.equal(before, temp.read(folder .. "/a"))
  end)

  it("does not mend what was changed", function()
    local folder, text = audited()
    temp.write(folder .. "/a", (text:gsub('"status":2', '"status":5', 1)))
    local outcome = run(folder, "--resume", "j")
    assert.equal(2, outcome.code)
    assert.matches("line 1 was changed", outcome.err, 1, true)
  end)
end)

describe("A file that may not grow", function()
  for option, word in pairs { ["--audit"] = "audit", ["--journal"] =
    "journal" } do
    it(("keeps a write from being sent: %s"):format(option), function()
      local folder, sent = place(), 0
      for blocks = 10, 40, 10 do
        shell.execute(("rm -f %s/f %s/s*"):format(folder, folder))
        local outcome = shell.output(("cd %s && (ulimit -f %d; trap '' XFSZ; "
          .. "%s --sandbox --trace %s f -e %s 2>&1)"):format(folder, blocks,
          release.path, option, shell.quote [[
            local http = require "mkrun.http"
            for i = 1, 99 do
              local _, message = http.put(("https://app.mk.io/api/v1/x/%d")
                :format(i), { body = ("x"):rep(700) })
              if message then print("refused", message) end
            end]]))
        sent = select(2, outcome:gsub("\nPUT ", ""))
        local kept = select(2, (temp.read(folder .. "/f") or "")
          :gsub(option == "--audit" and '"method":"PUT"' or '"status":', ""))
        assert.equal(sent, kept, outcome)
        assert.matches("not sent.*" .. word, outcome)
        assert.is_nil(outcome:find("is not in", 1, true))
      end
      assert.is_true(sent > 0)
    end)
  end
end)
