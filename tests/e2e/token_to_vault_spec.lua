--- scripts/examples/token-to-vault.lua: a new token at MK.IO goes to a secret
--- store.  However a run ends, after the next one there is one live token, and
--- it is the one in the store.
---
--- @seconds 60

local json = require "mkrun.json"
local process = require "tests.support.process"
local release = require "tests.support.release"
local sandboxes = require "tests.support.served"
local shell = require "tests.support.shell"
local stores = require "tests.support.rest_store_served"
local temp = require "tests.support.temp"

local ADMIN <const>, KEY <const> = "canary-admin-1", "canary-vault-2"
local PATH <const> = "mk/nightly"
local FLOW <const> = { "token-to-vault.lua", "nightly", "evening-news", PATH }
local RIGHTS <const> = { "create", "read", "update", "delete" }
local DAY <const> = 86400

local mkio, vault, begun
local admin = ADMIN

--- Runs mkrun in a folder; its process id is in the file "pid".
local function run(folder, words, env)
  local all = { MKIO_TOKEN = admin, MKIO_BASE_URL = mkio.url,
    MKRUN_TOKEN_VAULT = KEY, MKRUN_BASE_URL_VAULT = vault.url .. "/v1",
    MKRUN_LUA = false, LUA_PATH = false, LUA_PATH_5_4 = false }
  for name, value in pairs(env or {}) do all[name] = value end
  return process.run({ "sh", "-c", 'echo $$ >pid; exec "$@"', "sh",
    release.path, table.unpack(words) }, { cwd = folder, env = all })
end

local function succeed(folder, ...)
  local outcome = run(folder, { ... })
  assert.equal(0, outcome.code, outcome.err)
  return outcome
end

--- Makes the folder of a run, and both servers as they were.
local function begin(policy, more)
  local folder = temp.folder()
  for _, name in ipairs { "token-to-vault.lua", "vault.lua" } do
    temp.write(folder .. "/" .. name, temp.read("scripts/examples/" .. name))
  end
  mkio:begin(begun)
  admin = ADMIN
  local state = { token = KEY, policy = policy or RIGHTS,
    secrets = json.object {} }
  for name, member in pairs(more or {}) do state[name] = member end
  vault:begin(state)
  return folder
end

--- Makes such a folder with a token in the store that expires soon.
local function begin_old()
  local folder = begin()
  succeed(folder, table.unpack(FLOW))
  mkio:advance(80 * DAY)
  admin = mkio:login() -- the first one has expired
  return folder
end

--- Returns the ids of the live tokens of the flow.
local function live()
  local ids = {}
  for _, token in ipairs(mkio:by_hand(admin, "GET",
    "/user/tokens").value) do
    if token.spec.description == "nightly"
      and (token.spec.revoked or json.null) == json.null then
      ids[#ids + 1] = token.metadata.id
    end
  end
  return ids
end

local function versions()
  local secret = vault:state().secrets[PATH]
  return secret and secret.versions or {}
end

--- Checks that one token is live, and that the store has it.
local function has_one(what)
  local all = versions()
  local newest, ids = all[#all], live()
  assert.equal(1, #ids, what)
  assert.is_falsy(newest.deleted, what)
  assert.equal(ids[1], newest.data.id, what)
  mkio:by_hand(newest.data.token, "GET", "/user/tokens/" .. ids[1])
end

local function has_no_secret(folder)
  local text = shell.output(("cat '%s'/*"):format(folder))
  for _, version in ipairs(versions()) do
    assert.is_nil(text:find(version.data.token, 1, true))
  end
  assert.is_nil(text:find(KEY, 1, true))
  assert.is_nil(text:find(admin, 1, true))
end

--- Saves a plan.  Returns what it shows.
local function plan(folder)
  local outcome = run(folder, { "--plan-out", "p", table.unpack(FLOW) })
  assert.equal(3, outcome.code, outcome.err)
  return outcome.out
end

local function with(options, words)
  return table.move(words, 1, #words, #options + 1, options)
end

describe("a flow that puts a new token into a secret store", function()
  setup(function()
    mkio = sandboxes.start { token = ADMIN }
    vault = stores.start "tests.support.vault_store"
    local folder = temp.folder()
    temp.write(folder .. "/spec.json",
      temp.read "scripts/examples/onboard.json")
    succeed(folder, "onboard", "spec.json")
    begun = mkio:state()
  end)
  teardown(function()
    if mkio then mkio:stop() end
    if vault then vault.process:stop() end
  end)

  it("makes one, and a second run writes nothing", function()
    local folder = begin()
    succeed(folder, "--journal", "j", "--audit", "a", "--record", "h",
      table.unpack(FLOW))
    has_one()
    assert.equal(1, #vault:writes() - 1) -- one POST only asks for rights
    local count = mkio:writes()
    assert.matches("= token", succeed(folder, table.unpack(FLOW)).out)
    assert.equal(count, mkio:writes())
    assert.equal(1, #versions())
    has_no_secret(folder)
  end)

  it("replaces one that expires soon, and revokes it and any other", function()
    local folder = begin_old()
    succeed(folder, table.unpack(FLOW))
    has_one()
    assert.equal(2, #versions())
  end)

  it("shows both writes without secrets, and applies them", function()
    for _, prepare in ipairs { begin, begin_old } do
      local folder = prepare()
      local before = versions()
      local out = plan(folder)
      assert.matches("data.token: (secret)", out, 1, true)
      assert.matches("data.id: (known after apply)", out, 1, true)
      assert.matches("JWT: (secret)", out, 1, true)
      assert.same(before, versions())
      succeed(folder, "--journal", "j", "--apply", "p")
      has_one()
      has_no_secret(folder)
    end
  end)

  it("applies no plan if somebody has stored something since", function()
    for _, prepare in ipairs { begin, begin_old } do
      local folder = prepare()
      plan(folder)
      local state, before = vault:state(), live()
      local secret = state.secrets[PATH] or { versions = {} }
      table.insert(secret.versions, { data = { id = "theirs", token = "x" } })
      state.secrets[PATH] = secret
      vault:begin(state)
      local outcome = run(folder, { "--apply", "p" })
      assert.equal(2, outcome.code, outcome.err)
      assert.same(before, live())
    end
  end)

  it("makes no token if the store would not take it", function()
    for _, policy in ipairs { { "read" }, { "read", "update" }, {} } do
      local folder = begin(policy)
      local count = mkio:writes()
      local outcome = run(folder, FLOW)
      assert.equal(1, outcome.code)
      assert.matches("vault", outcome.err)
      assert.equal(count, mkio:writes())
    end
    local folder = begin()
    local count = mkio:writes()
    assert.equal(1, run(folder, FLOW,
      { MKRUN_BASE_URL_VAULT = "http://localhost:1/v1" }).code)
    assert.equal(count, mkio:writes())
  end)

  it("stores once what got no answer", function()
    local folder = begin(nil, { lose = true })
    succeed(folder, table.unpack(FLOW))
    has_one()
    assert.equal(1, #versions())
  end)

  it("gives up its token when another run was faster", function()
    local folder = begin(nil, { rival = { id = "theirs", token = "x" } })
    local outcome = run(folder, FLOW)
    assert.equal(1, outcome.code)
    assert.matches("PUT /secret/data/mk%2Fnightly: 400 check-and-set parameter "
      .. "did not match the current version", outcome.err, 1, true)
    assert.same({}, live())
    assert.equal("theirs", versions()[1].data.id)
  end)

  it("needs the word token, and leaves no token without it", function()
    local folder = begin()
    local code = temp.read(folder .. "/token-to-vault.lua")
    local without, count = code:gsub(", token,\n", ",\n")
    assert.equal(1, count)
    temp.write(folder .. "/token-to-vault.lua", without)
    local outcome = run(folder, FLOW)
    assert.equal(1, outcome.code)
    assert.matches("send a secret in the body of a request to 'localhost:%d+': "
      .. "not allowed %(%-%-allow%-token, or token in @needs%)", outcome.err)
    assert.same({}, live())
    assert.same({}, versions())
  end)

  it("needs no word for a secret that it reads from a file", function()
    local folder = begin()
    temp.write(folder .. "/read.lua", [[
--- Store it.
-- @provider vault.lua
-- @needs read:./pass
require "vault".connect().secrets:put({ mount = "secret", path = "x" },
  { data = { token = require "mkrun.secret".read "pass" } })]])
    temp.write(folder .. "/pass", "canary-pass-3\n")
    succeed(folder, "read.lua")
    assert.equal("canary-pass-3",
      vault:state().secrets.x.versions[1].data.token)
  end)

  it("is free in a script that is not confined", function()
    local folder = begin()
    local code = temp.read(folder .. "/token-to-vault.lua")
    temp.write(folder .. "/token-to-vault.lua",
      (code:gsub("-- @needs.-\n-- @tags", "-- @tags")))
    succeed(folder, table.unpack(FLOW))
    has_one()
  end)

  it("cannot put the token of the run there", function()
    local folder = begin()
    temp.write(folder .. "/own.lua", ([[
--- Try it.
-- @provider vault.lua
-- @needs api:read, token, read:./mine
local vault, secret = require "vault".connect(), require "mkrun.secret"
require "mkio".connect()
for _, each in ipairs { require "mkrun.config".token, secret.read "mine" } do
  print(pcall(vault.secrets.put, vault.secrets, { mount = "secret",
    path = "x" }, { data = { token = each } }))
end]]))
    temp.write(folder .. "/mine", ADMIN)
    local outcome = succeed(folder, "own.lua")
    local refused = "false\tsend the token of the run in a body to "
      .. "'localhost:%d+': not allowed"
    assert.matches(refused .. ".*\n" .. refused, outcome.out)
    assert.same({}, vault:writes())
  end)

  it("is undone: the token is revoked and its version deleted", function()
    local folder = begin()
    succeed(folder, "--journal", "j", table.unpack(FLOW))
    succeed(folder, "undo", "--yes", "j")
    assert.same({}, live())
    assert.is_true(versions()[1].deleted)
    -- a deleted version counts for check-and-set
    succeed(folder, table.unpack(FLOW))
    has_one()
    assert.equal(2, #versions())
  end)

  it("says what of a replacement cannot be undone", function()
    local folder = begin_old()
    succeed(folder, "--journal", "j", table.unpack(FLOW))
    local outcome = run(folder, { "undo", "--yes", "j" })
    assert.matches("secret/" .. PATH, outcome.err .. outcome.out, 1, true)
    assert.matches("its data.token is a secret, which is not kept", outcome.err
      .. outcome.out, 1, true)
  end)

  --- Kills a run with `kill(folder)`, resumes it, or runs it again, and checks.
  local function check_kill(what, prepare, kill, words)
    for _, is_resumed in ipairs { true, false } do
      local folder = prepare()
      if words[3] == "--apply" then
        plan(folder)
      end
      kill(folder)
      assert.not_equal(0, run(folder, words).code, what)
      if is_resumed then
        succeed(folder, "--resume", "j")
      else
        succeed(folder, table.unpack(FLOW))
      end
      has_one(what .. (is_resumed and ", resumed" or ", again"))
      has_no_secret(folder)
    end
  end

  for name, prepare in pairs { ["an empty store"] = begin,
    ["an old token"] = begin_old } do
    for _, kind in ipairs { "run", "--apply" } do
      local words = kind == "run" and with({ "--journal", "j" }, FLOW)
        or { "--journal", "j", "--apply", "p" }
      local what = ("%s, %s"):format(name, kind)

      it("is killed at each request to the store: " .. what, function()
        local folder = prepare()
        if kind ~= "run" then
          plan(folder)
        end
        local first = #vault:requests()
        succeed(folder, table.unpack(words))
        for n = 1, #vault:requests() - first do
          for _, is_after in ipairs { false, true } do
            check_kill(("%s, store %d %s"):format(what, n, is_after), prepare,
              function(at) vault:kill(at .. "/pid", n, is_after) end, words)
          end
        end
      end)

      it("is killed at each write to MK.IO: " .. what, function()
        local folder = prepare()
        if kind ~= "run" then
          plan(folder)
        end
        local first = mkio:writes()
        succeed(folder, table.unpack(words))
        for n = 1, mkio:writes() - first do
          check_kill(("%s, write %d"):format(what, n), prepare,
            function(at) mkio:kill(at .. "/pid", n) end, words)
        end
      end)
    end
  end
end)
