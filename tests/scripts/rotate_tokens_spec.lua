local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local shell = require "tests.support.shell"
local sys = require "mkrun.sys"

local FILE <const> = "evening-news.token"
local DESCRIPTION <const> = "evening-news automation"

--- A sandbox with one token, stored in FILE and in "vault".
local function onboarded()
  local here = flow.new()
  local outcome = here:run("onboard", flow.example)
  assert.equal(0, outcome.code, outcome.err)
  here:run("-e", ("os.execute 'cp %s vault'"):format(FILE))
  return here, here:stored(FILE)
end

local function is_live(here, id)
  for _, live in ipairs(here:live(DESCRIPTION)) do
    if live == id then return true end
  end
  return false
end

--- The end that every rotation comes to: one live token, and it is stored.
local function assert_finished(here, outcome, name, old)
  assert.equal(0, outcome.code, outcome.err)
  assert.not_equal(old, here:stored(name))
  assert.same({ here:stored(name) }, here:live(DESCRIPTION))
end

--- Lua that ends the run, as a crash would, when `name` of `module` is
--- called: before it does anything ("before") or as soon as it is done.
local function crash(moment, module, name)
  local body = moment == "before" and "os.exit(70)"
    or "real(...) os.exit(70)"
  return ("local m = require '%s' local real = m.%s "
    .. "m.%s = function(...) %s end"):format(module, name, name, body)
end

local crashes = {
  { "before", "mkio.resource.token_file", "reserve" },
  { "after", "mkio.resource.token_file", "reserve" },
  { "after", "mkio.flow.rotate_tokens", "create" },
  { "after", "mkio.flow.rotate_tokens", "try" },
  { "before", "mkio.resource.token_file", "store" },
  { "after", "mkio.resource.token_file", "store" },
  { "after", "mkio.flow.rotate_tokens", "prove_stored" },
  { "before", "mkio.flow.rotate_tokens", "revoke_others" },
  { "after", "mkio.flow.rotate_tokens", "revoke_others" },
}

describe("rotate-tokens --file", function()
  it("stores a new token and revokes the old one", function()
    local here, old = onboarded()
    local outcome = here:run("rotate-tokens", "--file", FILE, DESCRIPTION)
    assert_finished(here, outcome, FILE, old)
    assert.matches("Summary: 1 created, 1 changed, 0 unchanged, 1 revoked.",
      outcome.out, 1, true)
    assert.not_matches("eyJ", outcome.out .. outcome.err, 1, true)
  end)

  it("takes - for the name of a file, not for standard input", function()
    local here, old = onboarded()
    assert_finished(here, here:run("rotate-tokens", "--file", "-",
      "--new-file", DESCRIPTION), "-", old)
  end)

  it("follows a link to the file, wherever it leads", function()
    local here, old = onboarded()
    shell.execute(("cd '%s' && mkdir vault.d && mv %s vault.d/real && "
      .. "ln -s vault.d/real %s"):format(here.folder, FILE, FILE))
    assert_finished(here, here:run("rotate-tokens", "--file", FILE,
      DESCRIPTION), FILE, old)
  end)

  it("rotates the very token that it is called with", function()
    local here, old = onboarded()
    local outcome = here:run("--token-file", FILE, "rotate-tokens", "--file",
      FILE, DESCRIPTION)
    assert_finished(here, outcome, FILE, old)
  end)

  it("keeps type, organization, permissions and life of the token",
    function()
      local here, old = onboarded()
      here:run("rotate-tokens", "--file", FILE, DESCRIPTION)
      local seen = {}
      for _, token in ipairs(here:state().tokens) do seen[token.id] = token end
      local was, is = seen[old], seen[here:stored(FILE)]
      for _, name in ipairs { "type", "organizationId", "permissions" } do
        assert.same(was[name], is[name])
      end
      assert.equal(was.expires:sub(1, 10), is.expires:sub(1, 10))
    end)

  for _, case in ipairs(crashes) do
    local name = table.concat(case, " ")
    it("leaves a working token after a crash " .. name, function()
      local here, old = onboarded()
      local code = here:run("-e", crash(table.unpack(case)),
        here:unconfined "rotate-tokens", "--file", FILE, DESCRIPTION).code
      assert.equal(70, code)
      assert.is_true(is_live(here, here:stored(FILE)))
      assert_finished(here,
        here:run("rotate-tokens", "--file", FILE, DESCRIPTION), FILE, old)
    end)
  end

  it("finds nothing to rotate where there is no such token", function()
    local outcome = flow.new():run("rotate-tokens", "--file", "f", "nix")
    assert.equal(2, outcome.code)
    assert.matches("there is no live token 'nix'", outcome.err, 1, true)
  end)

  it("names the description first, when both are a slip", function()
    local here, old = onboarded()
    local slip = here:run("rotate-tokens", "--file", FILE, DESCRIPTION .. "n")
    assert.equal(2, slip.code)
    assert.matches("did you mean '" .. DESCRIPTION .. "'?", slip.err, 1, true)
    assert.same({ old }, here:live(DESCRIPTION))
  end)

  it("wants the token in the file, unless the file is a new one", function()
    local here, old = onboarded()
    local function rotate(...)
      return here:run("rotate-tokens", "--file", "new.token", ...)
    end
    local slip = rotate(DESCRIPTION)
    assert.equal(2, slip.code)
    assert.matches("new.token: there is no such file, it does not hold the "
      .. "token 'evening-news automation': with --new-file", slip.err, 1, true)
    assert.same({ old }, here:live(DESCRIPTION))
    assert_finished(here, rotate("--new-file", DESCRIPTION), "new.token", old)
  end)

  it("wants a live token in the file", function()
    local here, old = onboarded()
    here:run("rotate-tokens", "--exec", "cat > vault", DESCRIPTION)
    local outcome = here:run("rotate-tokens", "--file", FILE, DESCRIPTION)
    assert.equal(2, outcome.code)
    assert.matches("holds no live token", outcome.err, 1, true)
    assert_finished(here, here:run("rotate-tokens", "--file", FILE,
      "--new-file", DESCRIPTION), FILE, old)
  end)

  it("does not overwrite another live token", function()
    local here = onboarded()
    local spec = flow.spec()
    spec.tokens[1].description, spec.tokens[1].file = "other", "other.token"
    here:onboard(spec)
    local outcome =
      here:run("rotate-tokens", "--file", "other.token", DESCRIPTION)
    assert.equal(1, outcome.code)
    assert.matches("holds the live token 'other'", outcome.err, 1, true)
  end)
end)

describe("rotate-tokens --file", function()
  it("does not wait for a pipe, nor put a token into a device", function()
    local here, old = onboarded()
    shell.execute("mkfifo " .. here.folder .. "/pipe")
    for _, path in ipairs { "pipe", "/dev/null", "." } do
      local outcome, writes = here:counted("rotate-tokens", "--new-file",
        "--file", path, DESCRIPTION)
      assert.same({ 2, 0, "" }, { outcome.code, writes, outcome.out })
      assert.matches(path .. ": not a regular file", outcome.err, 1, true)
    end
    assert.same({ old }, here:live(DESCRIPTION))
  end)
end)

describe("rotate-tokens --exec", function()
  it("hands the token to a command and revokes the old one", function()
    local here, old = onboarded()
    local outcome = here:run("rotate-tokens", "--exec", "cat > vault",
      DESCRIPTION)
    assert_finished(here, outcome, "vault", old)
    assert.matches("~ command         cat > vault: handed to the command",
      outcome.out, 1, true)
  end)

  it("revokes nothing when the command fails", function()
    local here, old = onboarded()
    local outcome = here:run("rotate-tokens", "--exec", "exit 3", DESCRIPTION)
    assert.equal(1, outcome.code)
    assert.is_true(is_live(here, old))
    assert.matches("exit 3: exit status 3: the old token still works",
      outcome.err, 1, true)
    assert.matches("Summary: 1 created, 0 changed, 0 unchanged, then stopped; "
      .. "run it again to go on.", outcome.out, 1, true)
    assert_finished(here, here:run("rotate-tokens", "--exec", "cat > vault",
      DESCRIPTION), "vault", old)
  end)

  it("makes no token when there is no shell", function()
    local here, old = onboarded()
    local outcome = here:run("-e", "os.execute = function() end",
      "rotate-tokens", "--exec", "cat > vault", DESCRIPTION)
    assert.equal(2, outcome.code)
    assert.matches("there is no /bin/sh", outcome.err, 1, true)
    assert.same({ old }, here:live(DESCRIPTION))
  end)

  it("revokes nothing when the command leaves it unread", function()
    local here, old = onboarded()
    local outcome = here:run("rotate-tokens", "--exec", "true", DESCRIPTION)
    assert.equal(1, outcome.code)
    assert.is_true(is_live(here, old))
    assert.matches("mkrun: true: left %d+ bytes unread: the old token still "
      .. "works", outcome.err)
  end)

  it("keeps what the command prints out of its result", function()
    local here = onboarded()
    local outcome = here:run("rotate-tokens", "--output", "json", "--exec",
      "cat; echo said", DESCRIPTION)
    assert.equal(0, outcome.code, outcome.err)
    assert.equal(3, #json.decode(outcome.out))
    assert.matches("said\n", outcome.err, 1, true)
    assert.not_matches("eyJ", outcome.err, 1, true)
  end)

  for _, case in ipairs { crashes[3], crashes[7], crashes[8] } do
    it("leaves a working token after a crash " .. table.concat(case, " "),
      function()
        local here, old = onboarded()
        assert.equal(70, here:run("-e", crash(table.unpack(case)),
          here:unconfined "rotate-tokens", "--exec", "cat > vault",
          DESCRIPTION).code)
        assert.is_true(is_live(here, here:stored "vault"))
        assert_finished(here, here:run("rotate-tokens", "--exec",
          "cat > vault", DESCRIPTION), "vault", old)
      end)
  end
end)

describe("rotate-tokens --within", function()
  --- The same token, made so many days ago to live for 90.
  local function aged(days)
    local here, old = onboarded()
    local state, day = here:state(), 24 * 60 * 60
    for _, token in ipairs(state.tokens) do
      if token.id == old then
        local made = math.floor(sys.now()) - days * day
        token.issued = sys.iso8601(made)
        token.expires = sys.iso8601(made + 90 * day)
      end
    end
    here:write("state.json", json.encode(state))
    return here, old
  end

  local function rotate(here, ...)
    return here:counted("rotate-tokens", "--within", "14", ...)
  end

  for how, store in pairs { [FILE] = { "--file", FILE },
    vault = { "--exec", "cat > vault" } } do
    it("leaves what lives longer alone: " .. store[1], function()
      local here, old = aged(60)
      local outcome, writes =
        rotate(here, store[1], store[2], DESCRIPTION)
      assert.equal(0, outcome.code, outcome.err)
      assert.equal(0, writes)
      assert.equal("= token           " .. DESCRIPTION
        .. ": expires in 29 days\nSummary: 0 created, 0 changed, 1 "
        .. "unchanged.\n", outcome.out)
      assert.same({ old }, here:live(DESCRIPTION))
    end)

    it("rotates what expires by then, once: " .. store[1], function()
      local here, old = aged(80)
      assert_finished(here, rotate(here, store[1], store[2], DESCRIPTION),
        how, old)
      local new = here:stored(how)
      local second, writes = rotate(here, store[1], store[2], DESCRIPTION)
      assert.equal(0, writes)
      assert.matches(": expires in %d+ days\n", second.out)
      assert_finished(here, second, how, old)
      assert.equal(new, here:stored(how))
    end)

    it("finishes what a crash left: " .. store[1], function()
      for _, case in ipairs { crashes[3], crashes[7], crashes[8] } do
        local here, old = aged(80)
        assert.equal(70, here:run("-e", crash(table.unpack(case)),
          here:unconfined "rotate-tokens", "--within", "14", store[1],
          store[2], DESCRIPTION).code)
        assert_finished(here, rotate(here, store[1], store[2], DESCRIPTION),
          how, old)
      end
    end)
  end

  it("warns of a token that lives no longer, once in each run", function()
    local here = onboarded()
    local function warnings(...)
      local outcome = here:run("rotate-tokens", "--file", FILE, ...)
      assert.equal(0, outcome.code, outcome.err)
      return outcome.err
    end
    assert.equal("", warnings("--days", "9", DESCRIPTION))
    for _, within in ipairs { "9", "14" } do
      assert.equal(("mkrun: warning: the token '%s' lives for 9 days, which is "
        .. "no longer than --within %s: every run replaces it, until --days is "
        .. "above --within\n"):format(DESCRIPTION, within),
        warnings("--within", within, DESCRIPTION))
    end
    assert.equal("", warnings("--within", "8", DESCRIPTION))
    assert.equal("", warnings("--within", "9", "--days", "10", DESCRIPTION))
  end)

  it("refuses --days that is no more", function()
    for days, code in pairs { ["13"] = 2, ["14"] = 2, ["15"] = 0 } do
      local outcome = rotate(aged(80), "--days", days, "--file", FILE,
        DESCRIPTION)
      assert.equal(code, outcome.code, outcome.err)
      if code == 2 then
        assert.matches(("--days %s: the new token would be due at once, "
          .. "because --within is 14: more than 14 is needed"):format(days),
          outcome.err, 1, true)
      end
    end
  end)

  it("looks at the file all the same", function()
    local outcome = rotate(aged(60), "--file", "other.token", DESCRIPTION)
    assert.equal(2, outcome.code)
    assert.matches("other.token: there is no such file", outcome.err, 1, true)
  end)

  it("has nothing to do in a dry run either", function()
    local function plan(days)
      return aged(days):run("--dry-run", "rotate-tokens", "--within", "14",
        "--file", FILE, DESCRIPTION).code
    end
    assert.equal(0, plan(60))
    assert.equal(3, plan(80))
  end)
end)

describe("rotate-tokens", function()
  it("refuses wrong usage", function()
    for _, words in ipairs {
      { DESCRIPTION }, { "--file", "f" }, { "--file", "f", "--days", "0", "x" },
      { "--file", "f", "--exec", "cat", "x" },
      { "--exec", "cat", "--new-file", "x" },
      { "--exec", "cat", "--within", "x", "x" },
    } do
      local outcome = flow.new():run("rotate-tokens", table.unpack(words))
      assert.equal(2, outcome.code)
      assert.matches("usage: mkrun rotate%-tokens", outcome.err)
    end
  end)
end)
