--- The files for CI systems in src/manual/ci.md: their commands, run in turn
--- against a served sandbox, from the pull request to the applied plan.

local process = require "tests.support.process"
local release = require "tests.support.release"
local served = require "tests.support.served"
local shell = require "tests.support.shell"
local steps = require "tests.support.steps_of_ci"
local temp = require "tests.support.temp"

local PAGE <const> = "src/manual/ci.md"
local TOKEN <const> = "canary-c1c1c1"
local SPEC <const> = '{"teams": [{"name": "night-crew", "description": "%s"}]}'

--- Stands for a program: keeps its arguments and the text that it posts.
local STAND_IN <const> = [[#!/bin/sh
printf '%s\n' "$@" >"$0.words"
cat plan.md >"$0.posted"
]]

--- What differs between the two systems.
local SYSTEMS <const> = {
  ["GitHub Actions"] = { file = "github.yml", read = steps.github,
    shell = { "bash", "-e", "-c" }, poster = "gh", codes = "output",
    check = "Check the SPEC", plan = { "Plan", "Comment" }, apply = "Apply",
    env = { GITHUB_STEP_SUMMARY = "summary", GITHUB_OUTPUT = "output",
      NUMBER = "7", GH_TOKEN = "canary-gh" } },
  ["GitLab CI"] = { file = "gitlab.yml", read = steps.gitlab,
    shell = { "sh", "-e", "-c" }, poster = "curl", codes = "plan.env",
    check = "check", plan = { "plan" }, apply = "apply",
    env = { CI_MERGE_REQUEST_IID = "7", CI_PROJECT_ID = "1",
      CI_API_V4_URL = "https://git.example/api/v4",
      COMMENT_TOKEN = "canary-comment" } },
}

---@class tests.Pipeline
---@field system table
---@field api tests.Served
---@field folder string
local Pipeline = {}
Pipeline.__index = Pipeline

local function new(system)
  local self = setmetatable({ system = system, folder = temp.folder(),
    api = served.start { token = TOKEN } }, Pipeline)
  self.lines = steps.lines(PAGE, system.file)
  local poster = self.folder .. "/" .. system.poster
  temp.write(poster, STAND_IN)
  shell.execute("chmod +x " .. shell.quote(poster))
  self:spec "cut and caption"
  return self
end

function Pipeline:spec(description)
  temp.write(self.folder .. "/acme.json", SPEC:format(description))
end

function Pipeline:read(name) return temp.read(self.folder .. "/" .. name) end

function Pipeline:run(name, more)
  local words = { table.unpack(self.system.shell) }
  words[#words + 1] = self.system.read(self.lines, name)
  local env = { MKIO_TOKEN = TOKEN, MKIO_BASE_URL = self.api.url,
    PATH = self.folder .. ":" .. release.path:match "^(.*)/" .. ":"
      .. os.getenv "PATH" }
  for _, set in ipairs { self.system.env, more or {} } do
    for key, value in pairs(set) do env[key] = value end
  end
  return process.run(words, { cwd = self.folder, env = env })
end

--- Plans, and returns the exit code that the next job is told.
function Pipeline:plan()
  for _, name in ipairs(self.system.plan) do
    local outcome = self:run(name)
    assert.equal(0, outcome.code, outcome.err)
  end
  return self:read(self.system.codes):match "[Cc][Oo][Dd][Ee]=(%d+)\n$"
end

--- Applies a plan whose file has lost its mode on the way.
function Pipeline:apply(code)
  shell.execute("chmod 666 " .. shell.quote(self.folder
    .. "/organization.plan"))
  return self:run(self.system.apply, { PLAN_CODE = code })
end

function Pipeline:description()
  return self.api:by_hand(TOKEN, "GET", "/organization/teams/night-crew")
    .spec.description
end

for name, system in pairs(SYSTEMS) do
  describe(name .. " in the manual", function()
    local it_runs
    before_each(function() it_runs = new(system) end)
    after_each(function() it_runs.api:stop() end)

    it("checks the SPEC of a pull request without a token", function()
      local without = { MKIO_TOKEN = false, MKIO_BASE_URL = false }
      assert.equal(0, it_runs:run(system.check, without).code)
      temp.write(it_runs.folder .. "/acme.json", '{"teems": []}')
      assert.equal(2, it_runs:run(system.check, without).code)
      assert.same({}, it_runs.api:requests())
    end)

    it("shows the plan, and applies it when it is approved", function()
      assert.equal("3", it_runs:plan())
      assert.equal(0, it_runs.api:writes())
      local posted = it_runs:read(system.poster .. ".posted")
      assert.matches("**Plan: 1 to create, 0 to change, 0 to delete.**", posted,
        1, true)
      assert.matches("%f[%w]7%f[%W]", it_runs:read(system.poster .. ".words"))
      local outcome = it_runs:apply "3"
      assert.equal(0, outcome.code, outcome.err)
      assert.equal("cut and caption", it_runs:description())
      assert.equal("0", it_runs:plan())
    end)

    it("applies nothing that the world has overtaken", function()
      assert.equal("3", it_runs:plan())
      assert.equal(0, it_runs:apply("3").code)
      it_runs:spec "cut"
      assert.equal("3", it_runs:plan())
      it_runs.api:by_hand(TOKEN, "DELETE", "/organization/teams/night-crew")
      local before = it_runs.api:writes()
      assert.equal(2, it_runs:apply("3").code)
      assert.equal(before, it_runs.api:writes())
    end)

    it("fails when the plan does", function()
      local outcome = it_runs:run(system.plan[1], { MKIO_TOKEN = "wrong" })
      assert.equal(1, outcome.code)
      assert.equal(0, it_runs.api:writes())
    end)

    it("keeps no secret in what others read", function()
      it_runs:plan()
      it_runs:apply "3"
      for _, file in ipairs { "organization.plan", "plan.har", "plan.md",
        "apply.har" } do
        assert.not_matches("canary", it_runs:read(file), 1, true)
      end
    end)
  end)
end
