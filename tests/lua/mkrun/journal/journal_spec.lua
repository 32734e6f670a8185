local journal = require "mkrun.journal"
local json = require "mkrun.json"
local secret = require "mkrun.secret"
local sys = require "mkrun.sys"
local temp = require "tests.support.temp"

local SETTINGS <const> = { version = "1", base_url = "https://api.test",
  sandbox = false, words = { "onboard", "spec.json" },
  kept = { "--timeout", "7" } }

local HEAD <const> = '{"journal":1,"words":["onboard","spec.json"],'
  .. '"base_url":"https://api.test"}\n'

local function settings(changes)
  local copy = {}
  for name, value in pairs(SETTINGS) do copy[name] = value end
  for name, value in pairs(changes) do copy[name] = value end
  return copy
end

--- The lines of a file, decoded, without their times.
local function lines(path)
  local list = {}
  for line in temp.read(path):gmatch "[^\n]+" do
    local value = assert(json.decode(line))
    assert.matches("^%d%d%d%d%-", value.time)
    value.time = nil
    if value.journal then
      assert.matches("^%x+%-%x+%-%x+%-%x+%-%x+$", value.run)
      value.run = nil
    end
    list[#list + 1] = value
  end
  return list
end

local function refusal(...)
  local ok, problem = pcall(...)
  assert.is_false(ok)
  assert.equal(2, problem.exit_code)
  return tostring(problem)
end

local function reopen(text, other)
  local path = temp.file(text)
  local function note(said) path = said end
  return journal.reopen(path, other or SETTINGS, note), path
end

describe("a journal", function()
  it("begins with what was run, and has two lines for a write", function()
    local path = temp.folder() .. "/j"
    local j = journal.create(path, SETTINGS)
    local write = { method = "PUT", path = "/a", body = { x = 1 }, safe = true }
    assert(j:intent(write))
    assert.equal(2, #lines(path))
    assert(j:outcome(write, { status = 201 }))
    j.log:close()
    assert.same({
      { journal = 1, mkrun = "1", base_url = "https://api.test",
        options = { "--timeout", "7" }, words = { "onboard", "spec.json" } },
      { write = 1, method = "PUT", path = "/a", body = { x = 1 }, safe = true },
      { write = 1, status = 201 },
    }, lines(path))
  end)

  it("is never begun in a file that has one", function()
    for _, text in ipairs {
      HEAD .. '{"write":1,"method":"POST","path":"/a"}\n',
      HEAD .. '{"note":"replaced token","of":"1"}\n',
      HEAD .. 'no journal\n{"inputs":{}}\n', "{}\n", '{"journal":1}', "a\n",
    } do
      local path = temp.file(text)
      assert.matches("holds a journal; --resume goes on with it",
        refusal(journal.create, path, SETTINGS), 1, true)
      assert.equal(text, temp.read(path))
    end
  end)

  it("is begun anew if no write was begun in it", function()
    for _, more in ipairs { "", '{"inputs":{"a":"1"}}\n', '{"write":1,"met',
      '{"providers":{"mq":{"base_url":"http://mq.test"}}}\n',
      '{"resumed":"1","words":["onboard","spec.json"]}\n' } do
      local path = temp.file(HEAD .. more)
      local j = journal.create(path, SETTINGS)
      assert(j:intent { method = "PUT", path = "/a", safe = true })
      j.log:close()
      assert.same({ 1, 1 }, { lines(path)[1].journal, lines(path)[2].write })
      assert.equal(2, #lines(path))
    end
  end)

  it("is not begun anew while a run holds it", function()
    local path = temp.file(HEAD)
    local held <close> = assert(sys.log(path, "trusted"))
    assert.matches("held by another run",
      refusal(journal.create, path, SETTINGS), 1, true)
    assert.equal(HEAD, temp.read(path))
    assert(held)
  end)

  it("goes on where it ended, counting on", function()
    local j, path = reopen(HEAD .. '{"write":1,"method":"POST","path":"/a"}\n')
    local write = { method = "PUT", path = "/b", safe = true }
    assert(j:intent(write))
    assert.equal(2, write.write)
    assert.same({ { write = 1, method = "POST", path = "/a" } },
      j:unanswered())
    assert.matches('{"resumed":"1",.-"words":%["onboard","spec.json"%]}\n'
      .. '.*"write":2}\n$', temp.read(path))
  end)

  for what, tail in pairs {
    ["cut"] = '{"write":1,"meth', ["one of zeros"] = ("\0"):rep(12),
    ["one that makes no sense"] = '{"write":1,"meth\n',
  } do
    it("survives a torn last line: " .. what, function()
      local _, path = reopen(HEAD .. tail)
      local text = temp.read(path)
      assert.equal(HEAD, text:sub(1, #HEAD))
      assert.matches('^{"resumed":', text:sub(#HEAD + 1))
      assert.equal(2, select(2, text:gsub("\n", "")))
    end)
  end

  it("knows which writes may have taken effect without a word", function()
    local j = reopen(HEAD
      .. '{"write":1,"method":"POST","path":"/a"}\n'
      .. '{"write":2,"method":"POST","path":"/b"}\n'
      .. '{"write":1,"status":201}\n'
      .. '{"write":3,"method":"POST","path":"/c"}\n'
      .. '{"write":4,"method":"POST","path":"/d"}\n'
      .. '{"write":3,"error":"closed"}\n{"write":4,"status":502}\n')
    local paths = {}
    for i, write in ipairs(j:unanswered()) do paths[i] = write.path end
    assert.same({ "/b", "/c", "/d" }, paths)
  end)

  it("knows which writes were never sent", function()
    local POST <const> = '{"write":%d,"method":"POST","path":"/a","safe":%s}\n'
      .. '{"write":%d,"error":"%s"}\n'
    local j = reopen(HEAD .. POST:format(1, "false", 1, "connect")
      .. POST:format(2, "true", 2, "connect")
      .. POST:format(3, "false", 3, "audit")
      .. POST:format(4, "false", 4, "timeout"))
    local numbers = {}
    for i, write in ipairs(j:unanswered()) do numbers[i] = write.write end
    assert.same({ 2, 4 }, numbers)
  end)

  it("keeps the time at which a write was sent", function()
    local j = reopen(HEAD
      .. '{"write":1,"method":"POST","path":"/a","time":"sent"}\n'
      .. '{"write":1,"error":"timeout","time":"later"}\n')
    assert.equal("sent", j:unanswered()[1].time)
  end)

  it("goes on with the words of the last run", function()
    local j = reopen(HEAD .. '{"resumed":"1","words":["onboard","y"]}\n',
      settings { words = false })
    assert.same({ "onboard", "y" }, j.words)
  end)

  it("has notes of earlier runs", function()
    local j = reopen(HEAD .. '{"note":"a","of":"1"}\n'
      .. '{"note":"a","of":"2"}\n{"note":"b","of":"1"}\n')
    assert.same({ a = { ["1"] = true, ["2"] = true }, b = { ["1"] = true } },
      j.notes)
  end)

  it("has the hashes of files as they were at first", function()
    local j = reopen(HEAD .. '{"inputs":{"a":"1"}}\n'
      .. '{"inputs":{"a":"2","b":"3"}}\n')
    assert.same({ a = "1", b = "3" }, j.inputs)
  end)

  it("can be read whatever is a secret of the run", function()
    local path = temp.folder() .. "/j"
    local j <const> = journal.create(path, SETTINGS)
    local _ = secret.new('{"canary":12345}', "it")
    assert(j:intent { method = "PUT", path = "/a",
      body = { canary = 12345 }, before = { a = 1 } })
    j.log:close()
    assert.same({ write = 1, method = "PUT", path = "/a", body = "(secret)" },
      lines(path)[2])
  end)

  it("of a run without one, keeps and knows nothing", function()
    journal.note("a", "1")
    assert.same({}, journal.notes "a")
    assert.same({}, journal.earlier("POST", "/a"))
  end)

  it("is held by one run", function()
    local _, path = reopen(HEAD)
    assert.equal(("--resume: %s: held by another run"):format(path),
      refusal(journal.reopen, path, SETTINGS))
  end)

  it("is of one flow; of other arguments it tells", function()
    assert.matches("is of a run of onboard, not of ./invite.lua",
      refusal(reopen, HEAD, settings { words = { "./invite.lua" } }), 1, true)
    local j, said = reopen(HEAD, settings { words = { "a/onboard.lua", "y" } })
    assert.matches("the run before had other arguments: spec.json", said, 1,
      true)
    assert.same({ "a/onboard.lua", "y" }, j.words)
  end)

  it("is of one place", function()
    local function refused(text, changes, words)
      assert.matches("is of a run " .. words,
        refusal(reopen, text, settings(changes)), 1, true)
    end
    refused(HEAD, { base_url = "https://other.test" },
      "with --base-url https://api.test")
    refused(HEAD, { sandbox = "f" }, "without --sandbox")
    local in_file = HEAD:gsub("}\n", ',"sandbox":"f"}\n')
    refused(in_file, { sandbox = true }, "with --sandbox=f")
  end)

  it("is of one sandbox, however its file is written", function()
    local text = HEAD:gsub("}\n", ',"sandbox":"f","started_in":"/a/b"}\n')
    for folder, file in pairs { ["/a"] = "./b//f", ["/a/b"] = "/a/b/f",
      ["/c/d"] = "../../a/b/f" } do
      reopen(text, settings { folder = folder, sandbox = file })
    end
    assert.matches("is of a run with --sandbox=f: give mkrun the same",
      refusal(reopen, text, settings { folder = "/a", sandbox = "g" }), 1, true)
  end)

  it("is of one user, where tokens tell", function()
    local function of(user)
      return settings { token = { claims = function()
        return user and { sub = user }
      end } }
    end
    local path = temp.folder() .. "/j"
    journal.create(path, of "kari").log:close()
    local text = temp.read(path)
    assert.equal("kari", lines(path)[1].user)
    assert(reopen(text, of "kari"))
    assert(reopen(text, of(nil)))
    assert.matches("is of a run with the token of another user, kari",
      refusal(reopen, text, of "ola"), 1, true)
  end)

  it("is not believed when a line was changed or removed", function()
    local one = '{"write":1,"method":"POST","path":"/a"}\n'
    local two = '{"write":2,"method":"POST","path":"/b"}\n'
    for number, text in pairs {
      [2] = { two, '{"write":1,"status":201}\n', '{"write":"1"}\n',
        '{"write":1,"method":"POST","path":7}\n', "{}\n", "[]\n",
        '{"write":1,"method":"PUT","path":"/a","time":5}\n',
        '{"note":"a"}\n', '{"note":{},"of":"1"}\n',
        '{"resumed":"1","words":[{}]}\n', '{"inputs":{"a":1}}\n',
        (HEAD:gsub("spec", "y")) },
      [3] = { one .. one, one .. '{"write":1}\n',
        one .. '{"write":1,"status":"201"}\n',
        one .. '{"write":2,"status":201}\n' },
      [4] = { one .. '{"write":1,"status":201}\n{"write":1,"status":201}\n',
        one .. two .. '{"write":4,"method":"PUT","path":"/c"}\n' },
    } do
      for _, lines_after in ipairs(text) do
        assert.matches(("line %d is not what a run wrote there"):format(number),
          refusal(reopen, HEAD .. lines_after), 1, true)
      end
    end
  end)

  it("is not taken from a file that is something else", function()
    for text, problem in pairs {
      ['{"base_url":"htt'] = "its only line is torn: nothing was sent",
      [""] = "not a journal of mkrun", ["x\n"] = "not a journal of mkrun",
      ["{}\n"] = "not a journal of mkrun", ["[1]\n[2]\n"] = "not a journal",
      ['{"journal":2,"words":["x"]}\n'] = "not a journal",
      ['{"journal":1,"words":[]}\n'] = "not a journal",
      ['{"journal":1,"words":["x"]}\n'] = "not a journal",
      [HEAD:sub(1, -3) .. ',"sandbox":7}\n'] = "not a journal",
      [HEAD .. "x\n{}\n"] = "line 2 is not of a journal",
    } do
      assert.matches(problem, refusal(reopen, text), 1, true)
    end
  end)
end)
