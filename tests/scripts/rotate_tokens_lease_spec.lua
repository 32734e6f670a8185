--- What `rotate-tokens --keep-old` leases, and when it is revoked.

local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local shell = require "tests.support.shell"
local sys = require "mkrun.sys"
local temp = require "tests.support.temp"

local FILE <const>, LEASE <const> = "evening-news.token",
  "evening-news.token.lease"
local NAME <const> = "evening-news automation"
local HOUR <const> = 60 * 60

--- The folder with the example organization, made once.
local example

local function onboarded()
  if not example then
    example = flow.new()
    local outcome = example:run("onboard", flow.example)
    assert.equal(0, outcome.code, outcome.err)
  end
  local here = flow.new()
  shell.execute(("cp -a %s/. %s"):format(example.folder, here.folder))
  return here, here:stored(FILE)
end

local function rotate(here, ...)
  return here:run("rotate-tokens", "--file", FILE, ...)
end

local function well(outcome)
  assert.equal(0, outcome.code, outcome.err)
  return outcome
end

local function lease_of(here, name)
  local text = temp.read(here.folder .. "/" .. (name or LEASE))
  return text and json.decode(text)
end

local function ids_in(here, name)
  local ids = {}
  for i, token in ipairs((lease_of(here, name) or { tokens = {} }).tokens) do
    ids[i] = token.id
  end
  table.sort(ids)
  return ids
end

local function sorted(list)
  table.sort(list)
  return list
end

--- Changes each entry of the lease.
local function change(here, name, edit)
  local noted = lease_of(here, name)
  for _, token in ipairs(noted.tokens) do edit(token) end
  here:write(name or LEASE, json.encode(noted))
  shell.execute(("chmod 600 %s/%s"):format(here.folder, name or LEASE))
end

--- Makes the leased tokens due.
local function pass(here, name)
  change(here, name, function(token) token.due = "2026-01-01T00:00:00Z" end)
end

local function is_live(here, id)
  for _, live in ipairs(here:live(NAME)) do
    if live == id then return true end
  end
  return false
end

local function revoke(here, id)
  well(here:run("token", "revoke", "--yes", id))
end

describe("rotate-tokens --keep-old", function()
  it("leaves the old token, and notes when it is due", function()
    local here, old = onboarded()
    local before = math.floor(sys.now())
    local outcome = well(rotate(here, "--keep-old", "24h", NAME))
    local lease = lease_of(here)
    assert.same({ old }, ids_in(here))
    assert.same(sorted { old, here:stored(FILE) }, sorted(here:live(NAME)))
    local due = sys.parse_time(lease.tokens[1].due)
    assert.is_true(due >= before + 24 * HOUR
      and due <= sys.now() + 24 * HOUR + 1)
    assert.matches(("= token           %s: %s; kept until %s; "
      .. "the next run after that revokes it\n"):format(NAME,
      old, lease.tokens[1].due), outcome.out, 1, true)
    assert.matches("Summary: 1 created, 1 changed, 1 unchanged.\n",
      outcome.out, 1, true)
    assert.is_nil(lease.tokens[1].successor)
    assert.not_matches("eyJ", temp.read(here.folder .. "/" .. LEASE), 1, true)
    assert.matches("%-rw%-%-%-%-%-%-%-",
      shell.output("ls -l " .. here.folder .. "/" .. LEASE))
  end)

  it("works for the very token that the run sends, until it is revoked",
    function()
      local here, old = onboarded()
      shell.execute(("cd %s && cp -p %s mine"):format(here.folder, FILE))
      local function run(...)
        return here:run("--token-file", "mine", "rotate-tokens", "--file",
          FILE, ...)
      end
      well(run("--keep-old", "24h", NAME))
      well(run("--within", "14", NAME))
      pass(here)
      local outcome = well(run("--within", "14", NAME))
      assert.matches("- token           " .. NAME .. ": " .. old, outcome.out,
        1, true)
      assert.is_nil(lease_of(here))
      assert.equal(1, run("--within", "14", NAME).code)
    end)

  it("keeps several tokens at a time, each until it is due", function()
    local here, first = onboarded()
    well(rotate(here, "--keep-old", "24h", NAME))
    local second = here:stored(FILE)
    well(rotate(here, "--keep-old", "7d", NAME))
    assert.same(sorted { first, second }, ids_in(here))
    change(here, nil, function(token)
      if token.id == first then token.due = "2026-01-01T00:00:00Z" end
    end)
    local third = here:stored(FILE)
    local outcome = well(rotate(here, "--keep-old", "1h", NAME))
    assert.same(sorted { second, third }, ids_in(here))
    assert.is_false(is_live(here, first))
    assert.matches("- token           " .. NAME .. ": " .. first, outcome.out,
      1, true)
    assert.matches("1 created, 1 changed, 2 unchanged, 1 revoked.",
      outcome.out, 1, true)
  end)

  it("gives a token that is leased no more time", function()
    local here = onboarded()
    well(rotate(here, "--keep-old", "1h", NAME))
    local due = lease_of(here).tokens[1].due
    well(rotate(here, "--keep-old", "7d", NAME))
    assert.equal(due, lease_of(here).tokens[1].due)
  end)

  it("says so when the old token expires before it is due", function()
    local here, old = onboarded()
    local state, expires = here:state(), sys.iso8601(math.floor(sys.now())
      + 3 * HOUR)
    for _, token in ipairs(state.tokens) do
      if token.id == old then token.expires = expires end
    end
    here:write("state.json", json.encode(state))
    local outcome = well(rotate(here, "--days", "90", "--within", "14",
      "--keep-old", "24h", NAME))
    assert.matches(("%s; expires at %s\n"):format(old, expires), outcome.out, 1,
      true)
    assert.same({ old }, ids_in(here))
  end)

  it("tells of them in rows, too", function()
    local here, old = onboarded()
    local rows = json.decode(well(rotate(here, "--keep-old", "24h", "--output",
      "json", NAME)).out)
    assert.same({ 3, "unchanged", "token", NAME, old }, { #rows,
      rows[3].outcome, rows[3].kind, rows[3].name, rows[3].details[1] })
  end)

  it("needs less time than the new token lives", function()
    local here, old = onboarded()
    for _, words in ipairs { { "--keep-old", "90d" }, { "--keep-old", "24h",
      "--days", "1" } } do
      words[#words + 1] = NAME
      local outcome, writes = here:counted("rotate-tokens", "--file", FILE,
        table.unpack(words))
      assert.same({ 2, 0 }, { outcome.code, writes })
      assert.matches("the new token would be valid for %d+ days?, "
        .. "and the old one for as long: nothing was done", outcome.err)
    end
    assert.same({ old }, here:live(NAME))
    well(rotate(here, "--keep-old", "23h", "--days", "1", NAME))
  end)

  it("is written beside what a link leads to", function()
    local here, old = onboarded()
    shell.execute(("cd %s && mkdir d && mv %s d/real && ln -s d/real %s")
      :format(here.folder, FILE, FILE))
    well(rotate(here, "--keep-old", "24h", NAME))
    assert.same({ old }, ids_in(here, "d/real.lease"))
    well(here:run("rotate-tokens", "--file", "d/real", "--within", "14", NAME))
    assert.is_true(is_live(here, old))
  end)

  it("makes no token when the lease has no place", function()
    local here, old = onboarded()
    shell.execute("mkdir " .. here.folder .. "/" .. LEASE)
    local outcome, writes = here:counted("rotate-tokens", "--file", FILE,
      "--keep-old", "24h", NAME)
    assert.same({ 2, 0 }, { outcome.code, writes })
    assert.matches(LEASE .. ": not a regular file", outcome.err, 1, true)
    assert.same({ old }, here:live(NAME))
    outcome, writes = here:counted("rotate-tokens", "--exec", "cat >v",
      "--lease", "no/lease", "--keep-old", "24h", NAME)
    assert.same({ 1, 0 }, { outcome.code, writes })
    assert.matches("no/lease", outcome.err, 1, true)
    assert.same({ old }, here:live(NAME))
  end)

  it("refuses wrong usage", function()
    for message, words in pairs {
      ["--keep-old: duration of 1m to 364d expected, such as 24h, got '24'"] =
        { "--file", "f", "--keep-old", "24", "x" },
      ["--keep-old: duration of 1m to 364d expected, such as 24h, got '0m'"] =
        { "--file", "f", "--keep-old", "0m", "x" },
      ["--keep-old and --exec: --lease FILE is needed"] =
        { "--exec", "cat", "--keep-old", "24h", "x" },
      ["--lease goes with --exec; with --file the lease is FILE.lease"] =
        { "--file", "f", "--lease", "l", "x" },
    } do
      local outcome = flow.new():run("rotate-tokens", table.unpack(words))
      assert.equal(2, outcome.code)
      assert.matches("mkrun: " .. message .. "\nusage: mkrun rotate-tokens",
        outcome.err, 1, true)
    end
  end)
end)

describe("a later run of rotate-tokens", function()
  local here, old, new
  before_each(function()
    here, old = onboarded()
    well(rotate(here, "--keep-old", "24h", NAME))
    new = here:stored(FILE)
  end)

  for _, words in ipairs { {}, { "--within", "14" }, { "--keep-old", "1h" },
    { "--within", "14", "--keep-old", "1h" } } do
    local name = table.concat(words, " ")
    words[#words + 1] = NAME

    it("leaves what is not due, and says so: " .. name, function()
      local due = lease_of(here).tokens[1].due
      local outcome = well(rotate(here, table.unpack(words)))
      assert.matches(("= token           %s: %s; kept until %s; "
        .. "the next run after that revokes it\n"):format(NAME, old, due),
        outcome.out, 1, true)
      assert.is_true(is_live(here, old))
    end)

    it("revokes what is due: " .. name, function()
      pass(here)
      local outcome = well(rotate(here, table.unpack(words)))
      assert.matches("\n- token           " .. NAME .. ": " .. old .. "\n",
        outcome.out, 1, true)
      assert.is_false(is_live(here, old))
      assert.is_true(is_live(here, here:stored(FILE)))
      local is_kept = name:find "keep" and not name:find "within"
      assert.same(is_kept and { new } or {}, ids_in(here))
      assert.same({ 0, 0 }, { select(2, here:counted("rotate-tokens", "--file",
        FILE, "--within", "14", NAME)),
        well(rotate(here, "--within", "14", NAME)).code })
    end)

    it("drops what was revoked by hand or has expired: " .. name, function()
      revoke(here, old)
      local outcome = well(rotate(here, table.unpack(words)))
      assert.matches("; is revoked already\n", outcome.out, 1, true)
      for _, id in ipairs(ids_in(here)) do assert.not_equal(old, id) end
    end)
  end

  it("drops what has expired", function()
    local state = here:state()
    for _, token in ipairs(state.tokens) do
      if token.id == old then token.expires = "2026-01-01T00:00:00Z" end
    end
    here:write("state.json", json.encode(state))
    change(here, nil, function(token)
      token.expires = "2026-01-01T00:00:00Z"
    end)
    local outcome = well(rotate(here, "--within", "14", NAME))
    assert.matches(old .. "; has expired\n", outcome.out, 1, true)
    assert.is_nil(lease_of(here))
  end)

  it("does not rotate because a leased token expires soon", function()
    local state = here:state()
    for _, token in ipairs(state.tokens) do
      if token.id == old then
        token.expires = sys.iso8601(math.floor(sys.now()) + 3 * HOUR)
      end
    end
    here:write("state.json", json.encode(state))
    well(rotate(here, "--within", "14", NAME))
    assert.equal(new, here:stored(FILE))
  end)

  it("never revokes the stored token, whatever the lease says", function()
    change(here, nil, function(token)
      token.id, token.due = new, "2026-01-01T00:00:00Z"
    end)
    well(rotate(here, "--within", "14", NAME))
    assert.is_true(is_live(here, new))
  end)

  it("takes the stored token for the stored one, if it was put back", function()
    shell.execute(("cd %s && cp -p %s new"):format(here.folder, FILE))
    here:write(FILE, temp.read(example.folder .. "/" .. FILE))
    pass(here)
    well(rotate(here, "--within", "14", NAME))
    assert.is_true(is_live(here, old))
    well(rotate(here, NAME))
    assert.same({ here:stored(FILE) }, here:live(NAME))
  end)

  it("leases the token again if the lease was lost and it may", function()
    here:remove(LEASE)
    well(rotate(here, "--within", "14", "--keep-old", "24h", NAME))
    assert.same({ old }, ids_in(here))
    assert.equal(new, here:stored(FILE))
    here:remove(LEASE)
    well(rotate(here, NAME))
    assert.same({ here:stored(FILE) }, here:live(NAME))
  end)

  it("revokes nothing by the lease of another token", function()
    local text = temp.read(here.folder .. "/" .. LEASE)
    for _, case in ipairs { { NAME, "weekly" }, { "ola@", "kari@" },
      { '"organizationId":"', '"organizationId":"x' }, { '"lease":1',
      '"lease":2' }, { '"tokens"', '"token"' } } do
      local from, to = text:find(case[1], 1, true)
      here:write(LEASE, text:sub(1, from - 1) .. case[2] .. text:sub(to + 1))
      local outcome, writes = here:counted("rotate-tokens", "--file", FILE,
        "--keep-old", "24h", NAME)
      assert.same({ 2, 0 }, { outcome.code, writes }, outcome.err)
      assert.matches("mkrun: " .. LEASE .. ": ", outcome.err, 1, true)
    end
    assert.same(sorted { old, new }, sorted(here:live(NAME)))
  end)

  it("does nothing for a lease that others can change", function()
    shell.execute(("chmod 666 %s/%s"):format(here.folder, LEASE))
    local outcome, writes =
      here:counted("rotate-tokens", "--file", FILE, NAME)
    assert.same({ 2, 0 }, { outcome.code, writes })
    assert.matches("mkrun: " .. LEASE .. ": ", outcome.err, 1, true)
  end)

  it("plans what it would lease and revoke", function()
    pass(here)
    local before = temp.read(here.folder .. "/" .. LEASE)
    local outcome = here:run("--dry-run", "rotate-tokens", "--file", FILE,
      "--keep-old", "24h", NAME)
    assert.equal(3, outcome.code, outcome.err)
    assert.matches('- token "' .. NAME .. '"', outcome.out, 1, true)
    assert.matches('> file "' .. LEASE .. '"', outcome.out, 1, true)
    assert.matches(("mkrun: token '%s': %s is not revoked: kept until 20")
      :format(NAME, new), outcome.err, 1, true)
    assert.equal(before, temp.read(here.folder .. "/" .. LEASE))
    outcome = here:run("--dry-run", "rotate-tokens", "--file", FILE, "--within",
      "14", NAME)
    assert.equal(3, outcome.code, outcome.err)
    assert.matches("Plan: 0 to create, 0 to change, 1 to delete.", outcome.out,
      1, true)
    assert.equal(before, temp.read(here.folder .. "/" .. LEASE))
  end)

  it("has no plan for what is not due", function()
    local outcome = here:run("--dry-run", "rotate-tokens", "--file", FILE,
      "--within", "14", NAME)
    assert.equal(0, outcome.code, outcome.err)
    assert.matches("is not revoked: kept until 20", outcome.err, 1, true)
  end)
end)

describe("rotate-tokens --exec --lease", function()
  local function by_command(here, ...)
    return here:run("rotate-tokens", "--exec", "cat > vault", "--lease",
      "nightly.lease", ...)
  end

  it("keeps the lease in its file", function()
    local here, old = onboarded()
    well(by_command(here, "--keep-old", "24h", NAME))
    assert.same({ old }, ids_in(here, "nightly.lease"))
    local first = here:stored "vault"
    well(by_command(here, "--keep-old", "24h", NAME))
    assert.same(sorted { old, first }, ids_in(here, "nightly.lease"))
    pass(here, "nightly.lease")
    well(by_command(here, "--within", "14", NAME))
    assert.same({ here:stored "vault" }, here:live(NAME))
    assert.is_nil(lease_of(here, "nightly.lease"))
  end)

  it("keeps the old token when the command fails", function()
    local here, old = onboarded()
    assert.equal(1, here:run("rotate-tokens", "--exec", "exit 3", "--lease",
      "nightly.lease", "--keep-old", "1h", NAME).code)
    pass(here, "nightly.lease")
    well(by_command(here, "--within", "14", NAME))
    assert.is_true(is_live(here, old))
    well(by_command(here, "--keep-old", "24h", NAME))
    assert.is_true(is_live(here, old))
    assert.is_true(is_live(here, here:stored "vault"))
  end)

  it("takes - for the name of a file, not for standard input", function()
    local here, old = onboarded()
    well(here:run("rotate-tokens", "--exec", "cat > vault", "--lease", "-",
      "--keep-old", "1h", NAME))
    assert.same({ old }, ids_in(here, "-"))
  end)

  it("does not overwrite what is no lease", function()
    local here, old = onboarded()
    here:write("notes", "hunter2")
    local outcome, writes = here:counted("rotate-tokens", "--exec", "cat >v",
      "--lease", "notes", "--keep-old", "1h", NAME)
    assert.same({ 2, 0 }, { outcome.code, writes })
    assert.matches("mkrun: notes: holds something that is no lease",
      outcome.err, 1, true)
    assert.equal("hunter2", temp.read(here.folder .. "/notes"))
    assert.same({ old }, here:live(NAME))
  end)
end)

describe("a leased token is no duplicate", function()
  it("for onboard and token create", function()
    local here, old = onboarded()
    local function said()
      return well(here:run("onboard", flow.example)).err
    end
    well(rotate(here, "--keep-old", "24h", NAME))
    assert.not_matches(old, said(), 1, true)
    here:remove(LEASE)
    assert.matches("is also the description of the token " .. old, said(), 1,
      true)
  end)
end)
