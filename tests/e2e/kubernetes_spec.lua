--- The manifests that replace a token before it expires: their containers'
--- arguments, run day by day against a served sandbox.  What the cluster would
--- say to the files is in tests/manifests.

local manifest = require "tests.support.manifest"
local process = require "tests.support.process"
local release = require "tests.support.release"
local served = require "tests.support.served"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local TOKEN <const> = "canary-6b5a"
local NAME <const>, DAY <const> = "nightly job", 24 * 60 * 60

--- kubectl, with the rights of the manifest: it patches one Secret.
local KUBECTL <const> = [[#!/bin/sh
[ ! -e broken ] || exit 1
[ "$*" = "patch secret mkio-nightly --type merge --patch-file /dev/stdin" ] ||
  exit 1
sed -n 's/^{"stringData":{"token":"\([^"]*\)"}}$/\1/p' >token/new
test -s token/new && mv token/new token/token
]]

---@class tests.Cluster
---@field api tests.Served
---@field folder string
local Cluster = {}
Cluster.__index = Cluster

--- A cluster with a token that lives for 30 days, in FOLDER/FILE.
local function new(file)
  local self = setmetatable({ folder = temp.folder(),
    api = served.start { token = TOKEN, still = true } }, Cluster)
  shell.execute(("cd %s && mkdir first token state"):format(self.folder))
  temp.write(self.folder .. "/kubectl", KUBECTL)
  shell.execute("chmod +x " .. self.folder .. "/kubectl")
  local outcome = release.run({ "token", "create", NAME, "--allow", "*",
    "--days", "30", "--file", file }, { cwd = self.folder,
    env = { MKIO_TOKEN = TOKEN, MKIO_BASE_URL = self.api.url } })
  assert.equal(0, outcome.code, outcome.err)
  return self
end

--- Runs the container of a document.
function Cluster:run(name, kind, called)
  local roots = {}
  for _, mount in ipairs { "/first", "/token", "/state" } do
    roots[mount] = self.folder .. mount
  end
  local words = manifest.arguments(manifest.document(name, kind, called), roots)
  return process.run({ release.path, table.unpack(words) }, { cwd = self.folder,
    env = { MKIO_BASE_URL = self.api.url,
      PATH = self.folder .. ":" .. os.getenv "PATH" } })
end

--- Tells whether the API takes the token in the file.
function Cluster:works(file)
  local outcome = release.run({ "--token-file", file, "token", "list" },
    { cwd = self.folder, env = { MKIO_BASE_URL = self.api.url } })
  return outcome.code == 0
end

function Cluster:copy(from, to)
  shell.execute(("cd %s && cp -p %s %s"):format(self.folder, from, to))
end

--- Runs the CronJob, which has to say this last.
function Cluster:rotate(name, summary)
  local outcome = self:run(name, "CronJob", "mkio-rotate")
  assert.equal(0, outcome.code, outcome.err)
  assert.matches(summary, outcome.out, 1, true)
  assert.not_matches("eyJ", outcome.out .. outcome.err, 1, true)
end

--- The token's last two weeks: replaced, the old one kept for a day.
local function last_weeks(cluster, name, file)
  cluster:rotate(name, "0 created, 0 changed, 1 unchanged")
  cluster:copy(file, "old")
  cluster.api:advance(17 * DAY)
  cluster:rotate(name, "1 created")
  assert.is_true(cluster:works(file))
  assert.is_true(cluster:works "old")
  cluster.api:advance(DAY + 60)
  cluster:rotate(name, "1 revoked")
  assert.is_true(cluster:works(file))
  assert.is_false(cluster:works "old")
end

describe("each manifest", function()
  it("has the image of this version", function()
    local version = temp.read "Makefile":match "\nVERSION := (%S+)\n"
    for _, name in ipairs { "onboard", "rotate", "rotate-secret" } do
      local count = 0
      for image in manifest.text("kubernetes-" .. name)
        :gmatch "\n +image: ([^\n]+)" do
        assert.matches(":" .. version, image, 1, true)
        count = count + 1
      end
      assert(count > 0, name)
    end
  end)
end)

describe("kubernetes-rotate.yaml", function()
  local cluster
  before_each(function() cluster = new "first/token" end)
  after_each(function() cluster.api:stop() end)

  it("takes the token over to the volume, where it is replaced", function()
    local file = "token/nightly.token"
    local outcome = cluster:run("kubernetes-rotate", "Job", "mkio-first")
    assert.equal(0, outcome.code, outcome.err)
    assert.is_true(cluster:works(file))
    assert.is_false(cluster:works "first/token")
    last_weeks(cluster, "kubernetes-rotate", file)
  end)
end)

describe("kubernetes-rotate-secret.yaml", function()
  local cluster
  before_each(function() cluster = new "token/token" end)
  after_each(function() cluster.api:stop() end)

  it("has the Secret replaced", function()
    last_weeks(cluster, "kubernetes-rotate-secret", "token/token")
  end)

  it("loses no token when kubectl fails", function()
    cluster.api:advance(17 * DAY)
    temp.write(cluster.folder .. "/broken", "")
    assert.equal(1, cluster:run("kubernetes-rotate-secret", "CronJob",
      "mkio-rotate").code)
    assert.is_true(cluster:works "token/token")
    os.remove(cluster.folder .. "/broken")
    cluster.api:advance(120) -- the other run is over, then
    cluster:rotate("kubernetes-rotate-secret", "1 created")
    assert.is_true(cluster:works "token/token")
  end)

  it("has a Role for that Secret alone", function()
    local role = manifest.document("kubernetes-rotate-secret", "Role",
      "mkio-rotate")
    assert.matches("resources: [secrets]\n    resourceNames: [mkio-nightly]\n"
      .. "    verbs: [get, patch]\n", role, 1, true)
    local _, count = role:gsub("verbs:", "")
    assert.equal(1, count)
  end)
end)
