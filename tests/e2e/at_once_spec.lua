--- Runs at the same time, each a process of its own, at one server.

local json = require "mkrun.json"
local secret = require "mkrun.secret"
local value = require "mkrun.value"

local process = require "tests.support.process"
local release = require "tests.support.release"
local served = require "tests.support.served"
local temp = require "tests.support.temp"

local TOKEN <const> = "canary-3c9e77f0"
local RUNS <const> = 10
local SPEC <const> = [[{"tokens": [{"description": "%s", "file": "t.token",
  "permissions": {"core.customer": {"Northlight Broadcasting":
    {"core.team": ["get"]}}}}]}]]

describe("At once,", function()
  local api
  setup(function() api = served.start { token = TOKEN } end)
  teardown(function() api:stop() end)

  local function options(folder)
    return { cwd = folder, env = { MKIO_TOKEN = TOKEN,
      MKIO_BASE_URL = api.url } }
  end

  --- Starts all, and waits for all.
  local function run_all(folders, ...)
    local runs, outcomes = {}, {}
    for i, folder in ipairs(folders) do
      runs[i] = release.spawn({ ... }, options(folder))
    end
    for i, run in ipairs(runs) do outcomes[i] = run:wait() end
    return outcomes
  end

  --- The ids of the live tokens with a description.
  local function live(description)
    local ids = {}
    for _, token in ipairs(api:state().tokens) do
      if token.description == description
        and value.present(token.revoked) == nil then
        ids[#ids + 1] = token.id
      end
    end
    return ids
  end

  local function stored(folder)
    local token = secret.read(folder .. "/t.token")
    return token and token:claims().jti
  end

  local function spec_in(description, folder)
    folder = folder or temp.folder()
    temp.write(folder .. "/spec.json", SPEC:format(description))
    return folder
  end

  local function folders_of(folder, count)
    local folders = {}
    for i = 1, count do folders[i] = folder end
    return folders
  end

  it("ten onboards in one folder end with one live token, which is stored",
    function()
      local folder = spec_in "one folder"
      local outcomes = run_all(folders_of(folder, RUNS), "onboard",
        "spec.json")
      for _, outcome in ipairs(outcomes) do
        assert.equal(0, outcome.code, outcome.err)
      end
      assert.same({ stored(folder) }, live "one folder")
    end)

  it("ten onboards in ten folders end with one live token, in one of them",
    function()
      local folders, done = {}, 0
      for i = 1, RUNS do folders[i] = spec_in "ten folders" end
      local outcomes = run_all(folders, "onboard", "spec.json")
      local ids = live "ten folders"
      assert.equal(1, #ids)
      for i, outcome in ipairs(outcomes) do
        if outcome.code == 0 then
          done = done + 1
          assert.equal(ids[1], stored(folders[i]))
        else
          assert.equal(1, outcome.code)
          assert.is_nil(stored(folders[i]))
          assert.matches(("token 'ten folders': another run has made %s at "
            .. "the same time, which stays"):format(ids[1]), outcome.err, 1,
            true)
        end
      end
      assert.equal(1, done)
    end)

  for _, name in ipairs { "file", "exec" } do
    it("token create makes one: --" .. name, function()
      local folders, done = {}, 0
      for i = 1, RUNS do folders[i] = temp.folder() end
      local outcomes = run_all(folders, "token", "create", name, "--allow",
        "Northlight Broadcasting:core.team.get", "--" .. name,
        name == "file" and "t.token" or "cat >t.token")
      local ids = live(name)
      assert.equal(1, #ids, outcomes[1].err)
      for i, outcome in ipairs(outcomes) do
        if stored(folders[i]) then
          done = done + 1
          assert.equal(0, outcome.code)
          assert.equal(ids[1], stored(folders[i]))
        else
          assert.is_true(outcome.code == 1 or outcome.out:find("=", 1, true)
            == 1, outcome.err)
        end
      end
      assert.equal(1, done)
    end)
  end

  it("rotations of one file end with one live token, which is stored",
    function()
      local folder = spec_in "rotated"
      assert.equal(0, release.run({ "onboard", "spec.json" },
        options(folder)).code)
      local before = stored(folder)
      for _, outcome in ipairs(run_all(folders_of(folder, 4), "rotate-tokens",
        "--file", "t.token", "rotated")) do
        assert.equal(0, outcome.code, outcome.err)
      end
      assert.same({ stored(folder) }, live "rotated")
      assert.not_equal(before, stored(folder))
      assert.is_nil(temp.read(folder .. "/t.token.lock"))
    end)

  for how, words in pairs { file = { "--file", "t.token" },
    command = { "--exec", "cat >t.$$ && mv t.$$ t.token", "--lease",
      "t.token.lease" } } do
    it("rotations by a " .. how .. " with one lease keep what was stored",
      function()
        local name = "leased by " .. how
        local folder = spec_in(name)
        assert.equal(0, release.run({ "onboard", "spec.json" },
          options(folder)).code)
        table.move({ "--keep-old", "24h", name }, 1, 3, #words + 1, words)
        for _, outcome in ipairs(run_all(folders_of(folder, 4),
          "rotate-tokens", table.unpack(words))) do
          assert.equal(0, outcome.code, outcome.err)
        end
        local noted = json.decode(temp.read(folder .. "/t.token.lease"))
        local ids = { stored(folder) }
        for _, token in ipairs(noted.tokens) do ids[#ids + 1] = token.id end
        assert.equal(5, #ids)
        local alive = live(name)
        table.sort(ids)
        table.sort(alive)
        assert.same(ids, alive)
        assert.is_nil(temp.read(folder .. "/t.token.lease.lock"))
      end)
  end

  for _, runs in ipairs { 2, 4 } do
    it(runs .. " rotations by a command end with one live token, which is "
      .. "stored", function()
      local name = "by command " .. runs
      local folder, done = spec_in(name), 0
      assert.equal(0, release.run({ "onboard", "spec.json" },
        options(folder)).code)
      local before = stored(folder)
      -- a vault takes a token in one stroke
      local outcomes = run_all(folders_of(folder, runs), "rotate-tokens",
        "--exec", "cat >t.$$ && mv t.$$ t.token", name)
      for _, outcome in ipairs(outcomes) do
        if outcome.code == 0 then
          done = done + 1
        else
          assert.equal(1, outcome.code)
          assert.matches(("token '%s': another run has made "):format(name),
            outcome.err, 1, true)
          assert.matches("the new one is revoked", outcome.err, 1, true)
        end
      end
      assert.is_true(done > 0)
      assert.same({ stored(folder) }, live(name))
      assert.not_equal(before, stored(folder))
    end)
  end

  it("a rotation waits for another one of the file, and a dry run does not",
    function()
      local folder = spec_in "held"
      release.run({ "onboard", "spec.json" }, options(folder))
      local holder <close> = process.spawn({ release.path, "-e", [[
        local lock = require "mkrun.sys".lock "t.token.lock"
        print "held" io.stdout:flush()
        require "mkrun.task".sleep(30)]] }, options(folder))
      process.wait_until("the lock", function()
        return holder:output() ~= ""
      end)
      local words = { "rotate-tokens", "--file", "t.token", "held" }
      assert.equal(3, release.run({ "--dry-run", table.unpack(words) },
        options(folder)).code)
      local before = stored(folder)
      local waiting <close> = release.spawn(words, options(folder))
      assert.is_true(waiting:alive())
      process.run({ "ln", "-s", "t.token", "link" }, options(folder))
      words[3] = "link" -- another name of the same file
      local other <close> = release.spawn(words, options(folder))
      assert.is_true(other:alive())
      process.run({ "sleep", "0.5" })
      assert.is_true(other:alive())
      assert.equal(before, stored(folder))
      holder:stop()
      assert.equal(0, waiting:wait().code)
      assert.equal(0, other:wait().code)
      assert.same({ stored(folder) }, live "held")
    end)
end)
