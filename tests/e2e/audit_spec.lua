--- Every write of a run is a line of the audit, and none can be changed unseen.

local json = require "mkrun.json"
local sys = require "mkrun.sys"

local release = require "tests.support.release"
local served = require "tests.support.served"
local shell = require "tests.support.shell"
local suicide = require "tests.support.suicide"
local temp = require "tests.support.temp"

local TOKEN <const> = "canary-8e02b7c1"
local EXAMPLE = shell.output "pwd" .. "/scripts/examples/onboard.json"

local function lines_of(path)
  local lines = {}
  for line in assert(temp.read(path)):gmatch "[^\n]+" do
    lines[#lines + 1] = line
  end
  return lines
end

local function verify(lines, ...)
  local path = temp.file(table.concat(lines, "\n") .. "\n", "a.jsonl")
  local words = table.pack(...)
  words[#words + 1] = path
  local outcome = release.run { "audit-verify", table.unpack(words) }
  return outcome.code, outcome.out .. outcome.err
end

describe("--audit", function()
  local api, folder, path
  local function run(...)
    return release.run({ "--base-url", api.url, "--audit", "a.jsonl", ... },
      { cwd = folder, env = { MKIO_TOKEN = TOKEN } })
  end

  setup(function()
    api, folder = served.start { token = TOKEN }, temp.folder()
    path = folder .. "/a.jsonl"
    local outcome = run("onboard", EXAMPLE)
    assert(outcome.code == 0, outcome.err)
  end)
  teardown(function() api:stop() end)

  it("has a line for each write, in the order of the answers", function()
    local writes, count, lines = {}, 0, lines_of(path)
    for _, request in ipairs(api:requests()) do
      if request.method ~= "GET" then
        local name = request.method .. " " .. api.url .. request.path
        assert.is_nil(writes[name])
        writes[name], count = request, count + 1
      end
    end
    assert.equal(count, #lines)
    for i, line in ipairs(lines) do
      local value = assert(json.decode(line))
      assert.equal(i, value.line)
      local name = value.method .. " " .. value.url
      assert.equal(writes[name].status, value.status)
      writes[name] = nil -- those side by side may arrive in another order
      assert.matches("^%d+%-%d+%-%d+T[%d:]+Z$", value.time)
      assert.matches("^token with SHA%-256 %x+$", value.who)
    end
  end)

  it("tells what was there, what was sent and what became of it", function()
    local value
    for _, line in ipairs(lines_of(path)) do
      value = json.decode(line)
      if value.method == "PATCH" then break end
    end
    assert.equal("PATCH", value.method)
    assert.equal("Northlight AS", value.before.spec.legalEntityName)
    assert.is_table(value.sent)
    local changed = {} -- the time of the update, too, in another second
    for _, edit in ipairs(value.patch) do changed[edit.path] = edit.value end
    assert.equal("legal@northlight.example",
      changed["/spec/legalEntityContactEmail"])
  end)

  it("tells what was made", function()
    for _, line in ipairs(lines_of(path)) do
      local value = json.decode(line)
      if value.method == "POST" and value.url:find "invites$" then
        assert.equal("add", value.patch[1].op)
        assert.equal("", value.patch[1].path)
        assert.equal(36, #value.patch[1].value.metadata.id)
        return
      end
    end
    error "no invite"
  end)

  it("names the subject of a token, and the reference of an error", function()
    local token = api:login "kari@northlight.example"
    release.run({ "--base-url", api.url, "--audit", "k.jsonl", "-e", [[
      pcall(function()
        require "mkio".connect().teams:delete "night-desk"
      end)]] }, { cwd = folder, env = { MKIO_TOKEN = token } })
    local value = json.decode(lines_of(folder .. "/k.jsonl")[1])
    assert.equal(36, #value.who)
    assert.equal("DELETE", value.method)
    assert.equal(403, value.status)
    assert.is_string(value.ref)
  end)

  it("is private, has no secret, and goes on in the next run", function()
    local before = lines_of(path)
    assert.matches("^%-rw%-%-%-%-%-%-%- ", shell.output("ls -l " .. path))
    assert.equal(0, run("team", "people", "--create").code)
    local after = lines_of(path)
    assert.equal(#before + 1, #after)
    assert.equal(sys.sha256(before[#before]),
      json.decode(after[#after]).previous)
    local text = temp.read(path)
    for _, word in ipairs { TOKEN, "change-me", "eyJ" } do
      assert.is_nil(text:find(word, 1, true))
    end
  end)

  it("verifies", function()
    local lines = lines_of(path)
    local code, text = verify(lines)
    assert.equal(0, code)
    assert.matches((": %d lines, hash of the last one\n%s\n"):format(#lines,
      sys.sha256(lines[#lines])), text, 1, true)
  end)

  it("has a line for a write that was under way when the run was killed",
    function()
      release.run({ "--base-url", api.url, "--audit", "b.jsonl", "--journal",
        "j", "-e", suicide.die .. [[
          local journal = require "mkrun.journal.audit"
          local open = journal.open
          function journal.open(...)
            local audit = open(...)
            function audit.add() die() end
            return audit
          end]], "team", "late", "--create" },
        { cwd = folder, env = { MKIO_TOKEN = TOKEN } })
      assert.equal("", temp.read(folder .. "/b.jsonl"))
      for _ = 1, 2 do
        local outcome = release.run({ "--base-url", api.url, "--resume", "j",
          "-e", "" },
          { cwd = folder, env = { MKIO_TOKEN = TOKEN } })
        assert.equal(0, outcome.code, outcome.err)
        local lines = lines_of(folder .. "/b.jsonl")
        assert.equal(1, #lines)
        local value = json.decode(lines[1])
        assert.equal("killed", value.error)
        assert.equal("PUT", value.method)
        assert.equal(api.url .. "/api/v1/organization/teams/late", value.url)
        assert.is_table(value.sent.spec)
        assert.equal(0, (verify(lines)))
      end
    end)

  it("shows the first line that was changed or removed", function()
    local function damaged(change, ...)
      local lines = lines_of(path)
      change(lines)
      local code, text = verify(lines, ...)
      assert.equal(1, code)
      return text:match ": (.-)\n"
    end
    for i = 1, 3 do
      assert.equal(("line %d was changed: line %d has another hash of it")
        :format(i, i + 1), damaged(function(lines)
          lines[i] = lines[i]:gsub('"status":2', '"status":5')
        end))
      assert.equal(("line %d was removed"):format(i),
        damaged(function(lines) table.remove(lines, i) end))
    end
    assert.equal("line 3 was changed or put in", damaged(function(lines)
      table.insert(lines, 3, lines[2])
    end))
    assert.equal("line 2 was changed: it is no line of an audit",
      damaged(function(lines) lines[2] = "x" end))
    local last = lines_of(path)
    local hash = sys.sha256(last[#last])
    assert.matches("lines were removed after line %d+, or the last one was "
      .. "changed", damaged(function(lines) lines[#lines] = nil end,
      "--last", hash))
    assert.equal(0, (verify(last, "--last", hash)))
    assert.equal(0, (verify(last, "--last", sys.sha256(last[2]))))
  end)

  it("is not begun in a file that is something else", function()
    local lines = lines_of(path)
    for text, message in pairs {
      ["{}\n"] = "line 1 was changed: it is no line of an audit: keep the file",
      ["{"] = "line 1 is cut off: keep the file, and begin another",
      [lines[1]:gsub('"status":2', '"status":5') .. "\n" .. lines[2] .. "\n"] =
        "line 1 was changed: line 2 has another hash of it",
    } do
      local outcome = release.run({ "--sandbox", "--audit",
        temp.file(text, "x"), "export" })
      assert.equal(2, outcome.code)
      assert.matches("^mkrun: %-%-audit: .*" .. message, outcome.err)
    end
    local outcome = release.run { "--sandbox", "--audit", "/no/x", "export" }
    assert.equal(2, outcome.code)
    assert.equal(2, release.run({ "audit-verify", "/no/such" }).code)
    local code, text = verify(lines, "--output", "jsonl")
    local row = json.decode(text)
    assert.same({ 0, true, #lines, json.null },
      { code, row.isUnchanged, row.lines, row.problem })
    lines[1] = lines[1]:gsub('"status":2', '"status":5')
    code, text = verify(lines, "--output", "jsonl")
    row = json.decode(text)
    assert.same({ 1, false, json.null, json.null },
      { code, row.isUnchanged, row.lines, row.hash })
    assert.matches("line 1 was changed", row.problem, 1, true)
    outcome = release.run { "audit-verify", "--last", "zzz", path }
    assert.equal(2, outcome.code)
    assert.matches("option '--last': 64 hexadecimal digits expected",
      outcome.err, 1, true)
    outcome = release.run { "--replay", "/dev/null", "--audit", "x", "export" }
    assert.equal(2, outcome.code)
  end)
end)
