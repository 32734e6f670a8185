--- One process for each of many organizations, started the way the manual and
--- scripts/examples/kubernetes-onboard.yaml say.

local json = require "mkrun.json"
local process = require "tests.support.process"
local release = require "tests.support.release"
local served = require "tests.support.served"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local COUNT <const> = 6

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

--- tokens/N and specs/N.json, N from 0.
local function shards()
  local folder = temp.folder()
  shell.execute(("cd %s && mkdir tokens specs && umask 077"):format(folder))
  for i = 0, COUNT - 1 do
    local token = ("%s/tokens/%d"):format(folder, i)
    temp.write(token, "canary-" .. i .. "\n")
    shell.execute("chmod 600 " .. token)
    temp.write(("%s/specs/%d.json"):format(folder, i), json.encode {
      teams = { { name = "desk-" .. i, description = "of shard " .. i } } })
  end
  return folder
end

--- The container's arguments in the manifest, for shard number `i`.
local function arguments(i, folder)
  local list, block = {}, read "scripts/examples/kubernetes-onboard.yaml"
    :match "\n +args:\n(.-)\n +resources:"
  for word in block:gmatch "%- ([^\n]+)" do
    list[#list + 1] = word:gsub("%$%(JOB_COMPLETION_INDEX%)", tostring(i))
      :gsub("^/", folder .. "/")
  end
  return list
end

--- All shards at once, each at the server of its organization.
local function run_all(servers, folder)
  local runs, outcomes = {}, {}
  for i = 0, COUNT - 1 do
    runs[i] = release.spawn(arguments(i, folder),
      { env = { MKIO_BASE_URL = servers[i].url, JOB_COMPLETION_INDEX = i } })
  end
  for i = 0, COUNT - 1 do outcomes[i] = runs[i]:wait() end
  return outcomes
end

describe("a fleet", function()
  it("is onboarded by an Indexed Job's processes, and again", function()
    local folder, servers = shards(), {}
    for i = 0, COUNT - 1 do
      servers[i] = served.start { token = "canary-" .. i }
    end
    for _, sign in ipairs { "+", "=" } do
      for i, outcome in pairs(run_all(servers, folder)) do
        assert.equal(0, outcome.code, outcome.err)
        assert.equal("", outcome.err)
        assert.matches(("\n%s team            desk-%d"):format(sign, i),
          outcome.out, 1, true)
      end
    end
    for i = 0, COUNT - 1 do
      assert.equal(1, servers[i]:writes())
      servers[i]:stop()
    end
  end)

  it("is onboarded by the line for parallel", function()
    local page = read "src/manual/scale.md"
    local line = page:match "\n(seq 0 2999 | parallel.-)\n```"
      :gsub("2999", tostring(COUNT - 1))
    local folder = shards()
    -- In place of the network, each has a sandbox of its own.
    temp.write(folder .. "/mkrun", ("#!/bin/sh\n"
      .. "exec %s --sandbox=${2#tokens/}.state \"$@\"\n")
      :format(release.path))
    shell.execute("chmod +x " .. folder .. "/mkrun")
    for _, sign in ipairs { "+", "=" } do
      local outcome = process.run({ "bash", "-c", "PATH=.:$PATH; " .. line },
        { cwd = folder, env = { PARALLEL_HOME = temp.folder() } })
      assert.equal(0, outcome.code, outcome.err)
      for i = 0, COUNT - 1 do
        assert.matches(("%d\t%s team            desk-%d\n"):format(i, sign, i),
          outcome.out, 1, true)
      end
    end
    local _, jobs = read(folder .. "/onboard.log"):gsub("\n", "")
    assert.equal(COUNT + 1, jobs)
  end)

  it("is gone on with by the other line for parallel", function()
    local page = read "src/manual/scale.md"
    local first = page:match "\n(seq 0 2999 | parallel.-)\n```"
      :gsub("2999", tostring(COUNT - 1))
    local again = page:match "`(parallel [^`]*%-%-retry%-failed[^`]*)`"
    local folder = shards()
    temp.write(folder .. "/mkrun", "#!/bin/sh\n"
      .. "echo ran $4; test -e calm || test $4 != specs/2.json\n")
    shell.execute("chmod +x " .. folder .. "/mkrun")
    local function run(line)
      return process.run({ "bash", "-c", "PATH=.:$PATH; " .. line },
        { cwd = folder, env = { PARALLEL_HOME = temp.folder() } })
    end
    assert.equal(1, run(first).code)
    temp.write(folder .. "/calm", "")
    local outcome = run(again)
    assert.equal(0, outcome.code, outcome.err)
    assert.not_matches("newline", outcome.err)
    assert.matches("^[^\n]*\tran specs/2.json\n$", outcome.out)
  end)

  it("has a manifest that runs as nobody, with the files read-only", function()
    local text = read "scripts/examples/kubernetes-onboard.yaml"
    for _, words in ipairs { "completionMode: Indexed", "runAsNonRoot: true",
      "readOnlyRootFilesystem: true", "mountPath: /tokens",
      "mountPath: /specs", "image: registry.example/mkrun:0.2.0" } do
      assert.matches(words, text, 1, true)
    end
  end)
end)
