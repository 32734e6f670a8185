local clock = require "mkrun.clock"
local config = require "mkrun.config"
local json = require "mkrun.json"
local shell = require "tests.support.shell"
local sys = require "mkrun.sys"
local temp = require "tests.support.temp"

local leases = require "mkio.flow.common.token_lease"

local MODEL <const> = { spec = { description = "nightly",
  organizationId = "home", user = "ola@x.test" } }
local HOUR <const> = 3600

local function document(change)
  local tokens = json.array { { id = "a", due = "2026-11-29T00:00:00Z",
    expires = "2027-01-01T00:00:00Z" } }
  local noted = { lease = 1, description = "nightly", organizationId = "home",
    user = "ola@x.test", written = "2026-11-28T00:00:00Z", tokens = tokens }
  if change then change(noted, tokens[1]) end
  return json.encode(noted)
end

describe("mkio.flow.common.token_lease", function()
  local path
  before_each(function() path = temp.folder() .. "/t.lease" end)

  local function read(change)
    temp.write(path, document(change))
    return leases.read(path)
  end

  local function fault_of(text)
    temp.write(path, text)
    local ok, problem = pcall(leases.read, path)
    assert.is_false(ok)
    assert.equal(2, problem.exit_code)
    return tostring(problem)
  end

  it("keeps no token without a file", function()
    local lease = leases.read(path)
    assert.is_false(lease.is_there)
    assert.is_nil(lease:of "a")
    lease:check(MODEL)
  end)

  it("reads what it has written, which only its owner can read", function()
    local now = math.floor(sys.now())
    local entries = { { id = "a", due = now + HOUR, expires = "2027-01-01T00:"
      .. "00:00Z" }, { id = "b", due = now, successor = "c" } }
    leases.read(path):save(MODEL, entries)
    local lease = leases.read(path)
    assert.is_true(lease.is_there)
    assert.same(entries, lease.entries)
    assert.same({ description = "nightly", home = "home",
      user = "ola@x.test" }, lease.about)
    assert.matches("%-rw%-%-%-%-%-%-%-", shell.output("ls -l " .. path))
  end)

  it("can be read again whatever type the API gives a user", function()
    for _, user in ipairs { 7, json.null, json.array {} } do
      local model = { spec = { description = "nightly", user = user } }
      leases.read(path):save(model, {})
      leases.read(path):check(model)
    end
  end)

  it("is private where it was not", function()
    local lease = read()
    shell.execute("chmod 644 " .. path)
    lease:save(MODEL, lease.entries)
    assert.matches("%-rw%-%-%-%-%-%-%-", shell.output("ls -l " .. path))
  end)

  it("is written in a place that was reserved before", function()
    local lease = leases.read(path)
    lease:reserve()
    assert.is_nil(temp.read(path))
    lease:save(MODEL, { { id = "a", due = 0 } })
    assert.equal("a", leases.read(path).entries[1].id)
  end)

  it("says so when it has no place", function()
    local lease = leases.read(path .. "/no/lease")
    assert.error_matches(function() lease:reserve() end,
      "lease/no/lease: No such file or directory")
  end)

  it("is gone when it is removed", function()
    local lease = read()
    lease:reserve()
    lease:remove()
    assert.equal("", shell.output("ls -A " .. path:match "^(.*)/"))
    lease:remove()
  end)

  it("is neither written nor removed in a replay", function()
    local lease = read()
    local before = temp.read(path)
    config.replay = "h"
    finally(function() config.replay = nil end)
    lease:reserve()
    lease:save(MODEL, {})
    lease:remove()
    assert.equal(before, temp.read(path))
  end)

  it("counts a token only once its successor is stored", function()
    local lease = read(function(noted)
      noted.tokens[2] =
        { id = "b", due = "2026-11-29T00:00:00Z", successor = "c" }
    end)
    local a, b = lease:of "a", lease:of "b"
    assert.is_true(lease:counts(a, "c"))
    assert.is_true(lease:counts(a, nil))
    assert.is_false(lease:counts(a, "a"))
    assert.is_true(lease:counts(b, "c"))
    assert.is_false(lease:counts(b, nil))
    assert.is_false(lease:counts(b, "a"))
    assert.is_true(lease:awaits "c")
    assert.is_false(lease:awaits "a")
  end)

  it("is for one token of one organization and user", function()
    local lease = read()
    lease:check(MODEL)
    for _, case in ipairs {
      { "weekly", "home", "ola@x.test", "of the token 'nightly': name" },
      { "nightly", "away", "ola@x.test", "'nightly' of another organization:" },
      { "nightly", nil, "ola@x.test", "'nightly' of another organization:" },
      { "nightly", "home", "kari@x.test", "'nightly' of another user:" },
    } do
      local ok, problem = pcall(lease.check, lease, { spec = {
        description = case[1], organizationId = case[2], user = case[3] } })
      assert.is_false(ok)
      assert.equal(2, problem.exit_code)
      assert.matches("t.lease: is the lease ", tostring(problem), 1, true)
      assert.matches(case[4], tostring(problem), 1, true)
    end
  end)

  it("refuses a lease of a newer mkrun, and says so", function()
    assert.matches("t.lease: is a lease of version 2, and this mkrun knows "
      .. "version 1: ", fault_of(document(function(noted)
        noted.lease, noted.tokens = 2, json.object { later = true }
      end)), 1, true)
  end)

  it("refuses what is no lease, without a word of it", function()
    for _, text in ipairs { "", "hunter2", '"hunter2"', "[1]", "{}", "null",
      '{"lease": "hunter2"}', '{"lease": 1.5}',
      '{"lease": null, "x": "hunter2"}' } do
      local fault = fault_of(text)
      assert.matches("t.lease: holds something that is no lease: ", fault, 1,
        true)
      assert.not_matches("hunter2", fault, 1, true)
    end
  end)

  it("refuses a lease with a damaged member, and names it", function()
    for place, change in pairs {
      ["'/tokens'"] = function(noted) noted.tokens = "x" end,
      ["'/tokens/0/due'"] = function(_, token) token.due = "soon" end,
      ["'/tokens/0/id'"] = function(_, token) token.id = "" end,
      ["'/tokens/0/later'"] = function(_, token) token.later = 1 end,
      ["'/tokens/0/expires'"] = function(_, token) token.expires = 1 end,
      ["'/tokens/0/successor'"] = function(_, token) token.successor = {} end,
      ["'/written'"] = function(noted) noted.written = json.null end,
      ["'/user'"] = function(noted) noted.user = 1 end,
    } do
      assert.matches("t.lease: at " .. place .. ": ",
        fault_of(document(change)), 1, true)
    end
  end)

  it("refuses a lease that others can change, or that is no file", function()
    for _, command in ipairs { "chmod 666 %s", "chmod 620 %s",
      "rm %s && mkfifo %s", "rm %s && mkdir %s", "rm %s && ln -s /dev/zero %s"
    } do
      local folder = temp.folder()
      path = folder .. "/t.lease"
      temp.write(path, document())
      shell.execute((command:gsub("%%s", path)))
      local ok, problem = pcall(leases.read, path)
      assert.is_false(ok, command)
      assert.matches("t.lease: .*move it away", tostring(problem))
    end
  end)

  it("refuses a lease of another user", function()
    if shell.output "id -u" ~= "0" then pending "needs root" end
    temp.write(path, document())
    shell.execute("chown 65534 " .. path)
    assert.error_matches(function() leases.read(path) end, "t.lease: ")
  end)

  it("lies beside the file, and beside what a link leads to", function()
    local folder = temp.folder()
    temp.write(folder .. "/real", "")
    shell.execute(("cd %s && ln -s real link && ln -s . d"):format(folder))
    local home = assert(sys.real_path(folder))
    assert.equal(folder .. "/real.lease", leases.beside(folder .. "/real"))
    assert.equal(folder .. "/no.lease", leases.beside(folder .. "/no"))
    assert.equal("no/such.lease", leases.beside "no/such")
    assert.equal("Makefile.lease", leases.beside "Makefile")
    assert.equal("./Makefile.lease", leases.beside "./Makefile")
    assert.equal(home .. "/real.lease", leases.beside(folder .. "/link"))
    assert.equal(folder .. "/d/real.lease", leases.beside(folder .. "/d/real"))
  end)

  it("tells other flows what it keeps, and that a bad one keeps none",
    function()
      local file = path:gsub("%.lease$", "")
      assert.same({}, leases.kept_beside(file))
      temp.write(path, document())
      assert.same({ a = true }, leases.kept_beside(file))
      temp.write(path, "x")
      assert.same({}, leases.kept_beside(file))
    end)

  it("goes by the server's clock, or by the time of the plan", function()
    finally(function() clock.use() config.planned_at = nil end)
    clock.use(function() return 1000 end)
    assert.equal(1000, leases.now())
    config.planned_at = 500
    assert.equal(500, leases.now())
  end)

  it("says when the clock was turned back", function()
    local said = {}
    local script = require "mkrun.script"
    local say = script.say
    finally(function() clock.use() script.say = say end)
    script.say = function(text) said[#said + 1] = text end -- luacheck: ignore
    local lease = read()
    for _, ahead in ipairs { 100, 0, -100, -clock.TOLERATED - 1 } do
      clock.use(function() return lease.written + ahead end)
      lease:check_clock()
    end
    assert.equal(1, #said)
    assert.matches("t.lease was written at 2026-11-28T00:00:00Z, and it is "
      .. "2026-11-27T23:57:59Z now", said[1], 1, true)
  end)
end)
