--- Files of others: what directs a run is nobody else's, and neither is what
--- it writes into.

local release = require "tests.support.release"
local served = require "tests.support.served"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local NOBODY <const> = 65534

local function run(folder, ...)
  return release.run({ ... }, { cwd = folder })
end

local function sh(folder, format, ...)
  shell.execute(("cd %s && "):format(folder) .. format:format(...))
end

local function need_root()
  if shell.output "id -u" ~= "0" then pending "needs root" end
end

--- A folder with a journal, a plan, a recording, a fault plan and a world.
local function place()
  local folder = temp.folder()
  temp.write(folder .. "/team.lua", [[
    require "mkio".connect {}.teams:ensure("a", { description = "x" })]])
  assert(run(folder, "--sandbox=s", "--journal", "journal", "--record",
    "recording", "team.lua").code == 0)
  temp.write(folder .. "/other.lua", [[
    require "mkio".connect {}.teams:ensure("b", { description = "x" })]])
  assert(run(folder, "--sandbox=s", "--plan-out", "plan", "other.lua").code
    == 3)
  temp.write(folder .. "/faults.lua", "return { rules = {} }")
  sh(folder, "cp s world")
  return folder
end

local DIRECTS <const> = { ["--resume"] = "journal", ["--undo"] = "journal",
  ["--apply"] = "plan", ["--replay"] = "recording", ["--faults"] = "faults.lua",
  ["--sandbox"] = "world" }

local function direct(folder, option)
  if option == "--replay" then
    return run(folder, option, DIRECTS[option], "team.lua")
  elseif option == "--sandbox" then
    return run(folder, "--sandbox=world", "other.lua")
  elseif option == "--faults" then
    return run(folder, "--sandbox=s", option, DIRECTS[option], "other.lua")
  end
  return run(folder, "--sandbox=s", option, DIRECTS[option])
end

describe("A file that says what a run does is refused by", function()
  for option, file in pairs(DIRECTS) do
    it(option .. " when others own it or can write it", function()
      local folder = place()
      local before = temp.read(folder .. "/s")
      for _, command in ipairs { "chmod g+w", "chmod o+w",
        shell.output "id -u" == "0" and "chown " .. NOBODY or nil } do
        sh(folder, "chmod 600 %s && chown $(id -u) %s && %s %s", file, file,
          command, file)
        local outcome = direct(folder, option)
        assert.equal(2, outcome.code,
          outcome.out .. outcome.err)
        assert.matches(file .. ": others own it or can write it", outcome.err,
          1, true)
        assert.equal("", outcome.out)
        assert.equal(before, temp.read(folder .. "/s"))
      end
    end)
  end

  -- These may be another user's: what is mounted into a container often is.
  for option, words in pairs {
    ["--token-file"] = { "--sandbox=s", "--token-file", "x", "other.lua" },
    ["--cacert"] = { "--cacert", "x", "doctor", "--output", "json" },
  } do
    it(option .. " when others than its owner can write it", function()
      local folder = place()
      sh(folder, "printf abc.def >x")
      for mode, is_refused in pairs { ["620"] = true, ["602"] = true,
        ["666"] = true, ["600"] = false, ["644"] = false } do
        sh(folder, "chmod %s x", mode)
        local outcome = run(folder, table.unpack(words))
        local found = (outcome.out .. outcome.err):find(
          "x: others own it or can write it",
          1, true)
        assert.equal(is_refused, found ~= nil, mode .. outcome.err)
        if is_refused then assert.is_true(outcome.code > 0) end
      end
    end)
  end

  it("not --token-file when it is a pipe", function()
    local folder = place()
    assert.is_true(shell.works(("cd %s && printf abc.def | %s --sandbox=s "
      .. "--token-file /dev/stdin -e ''"):format(folder, release.path)))
  end)

  it("no option when it is root's", function()
    need_root()
    local folder = place()
    sh(folder, "chown -R %d . && chmod 755 .. . && chmod 644 *", NOBODY)
    sh(folder, "chown 0 recording plan")
    for _, words in ipairs { "--replay recording team.lua",
      "--sandbox=s --apply plan" } do
      assert.is_true(shell.works(("cd %s && setpriv --reuid %d --clear-groups "
        .. "%s %s"):format(folder, NOBODY, release.path, words)))
    end
  end)
end)

describe("A journal that sends the token elsewhere", function()
  local api
  setup(function() api = served.start { token = "canary-5a1b" } end)
  teardown(function() api:stop() end)

  it("is refused, unless --base-url or the environment says the same",
    function()
      local folder = temp.folder()
      temp.write(folder .. "/g.csv", "email\nkari@partner.example\n")
      local function go(variable, ...)
        return release.run({ ... }, { cwd = folder,
          env = { MKIO_TOKEN = "canary-5a1b", MKIO_BASE_URL = variable } })
      end
      for _, first in ipairs { { "--base-url", api.url }, {} } do
        local words = { table.unpack(first) }
        table.move({ "--journal", "j", "invite", "g.csv" }, 1, 4, #words + 1,
          words)
        sh(folder, "rm -f j")
        assert.equal(0, go(not first[1] and api.url, table.unpack(words)).code)
        local count = #api:requests()
        for _, variable in ipairs { false, "http://localhost:1" } do
          for _, option in ipairs { "--resume", "--undo" } do
            local outcome = go(variable, option, "j")
            assert.equal(2, outcome.code)
            assert.matches(variable and not first[1]
              and "j: is of a run with --base-url " .. api.url
              or "j: the journal would send the token to another server than "
              .. "this run would: if that is right, add --base-url " .. api.url,
              outcome.err, 1, true)
          end
        end
        assert.equal(count, #api:requests())
        assert.equal(0, go(false, "--base-url", api.url, "--resume", "j").code)
        assert.equal(0, go(api.url, "--resume", "j").code)
      end
    end)
end)

-- What is written ------------------------------------------------------------

local WRITES <const> = { ["--audit"] = true, ["--journal"] = true,
  ["--record"] = true, ["--plan-out"] = true }

--- A sticky folder that all can write to, as /tmp is, in one of the user's.
local function shared()
  local folder = place()
  sh(folder, "mkdir t && chmod 1777 t && chmod 755 .. .")
  return folder
end

local function write(folder, option, file)
  return run(folder, "--sandbox=s", option, file, "other.lua")
end

describe("In a sticky folder that all can write to", function()
  for option in pairs(WRITES) do
    it(option .. " follows no link that somebody else made", function()
      need_root()
      local folder = shared()
      for _, target in ipairs { "precious", "missing" } do
        temp.write(folder .. "/precious", "")
        sh(folder, "rm -f t/x missing; ln -s %s/%s t/x && chown -h %d t/x",
          folder, target, NOBODY)
        local outcome = write(folder, option, "t/x")
        assert.is_true(outcome.code ~= 0 and outcome.code ~= 3)
        assert.matches("t/x: a link that another user made in a folder that "
          .. "all can write to", outcome.err, 1, true)
        assert.equal("", temp.read(folder .. "/precious"))
        assert.is_nil(temp.read(folder .. "/missing"))
      end
      -- one's own is followed
      sh(folder, "rm -f t/x; ln -s %s/precious t/x", folder)
      local outcome = write(folder, option, "t/x")
      assert.equal(option == "--plan-out" and 3 or 0, outcome.code, outcome.err)
      assert.is_true(#temp.read(folder .. "/precious") > 0)
    end)
  end

  it("tokens go through no such link either", function()
    need_root()
    local folder = shared()
    sh(folder, "ln -s %s/precious t/x && chown -h %d t/x", folder, NOBODY)
    local outcome = release.eval(([[
      local sys, secret = require "mkrun.sys", require "mkrun.secret"
      print(sys.reserve("t/x"))
      print(sys.write("t/x", "y"))
      print(secret.new("sesame-open", "x"):write "t/x")]]), { cwd = folder })
    assert.equal(3, select(2, outcome.out:gsub("nil\tt/x: a link that another "
      .. "user made[^\n]*\tdenied\n", "")), outcome.out)
    assert.is_nil(temp.read(folder .. "/precious"))
  end)
end)

describe("A file that somebody else owns", function()
  for _, option in ipairs { "--audit", "--journal" } do
    it("is not kept by " .. option, function()
      need_root()
      local folder = shared()
      temp.write(folder .. "/t/x", "")
      sh(folder, "chown %d t/x && chmod 666 t/x", NOBODY)
      local outcome = write(folder, option, "t/x")
      assert.equal(2, outcome.code)
      local why = outcome.err:match "t/x: ([^\n]*)"
      assert.is_true(why == "belongs to another user"
        or why == "Permission denied") -- fs.protected_regular
      assert.equal("", temp.read(folder .. "/t/x"))
    end)
  end

  it("is replaced by --record and --plan-out", function()
    need_root()
    for _, option in ipairs { "--record", "--plan-out" } do
      local folder = place()
      temp.write(folder .. "/x", "")
      sh(folder, "chown %d x && chmod 666 x", NOBODY)
      local outcome = write(folder, option, "x")
      assert.is_true(outcome.code == 0 or outcome.code == 3, outcome.err)
      assert.equal("0 600", shell.output(("stat -c '%%u %%a' %s/x")
        :format(folder)))
    end
  end)
end)

describe("--audit", function()
  it("keeps the mode of a file that is there", function()
    local folder = place()
    for _, mode in ipairs { "640", "644", "600" } do
      sh(folder, "rm -f a; : >a; chmod %s a", mode)
      for _ = 1, 2 do
        assert.equal(0, write(folder, "--audit", "a").code)
        assert.equal(mode, shell.output(("stat -c %%a %s/a"):format(folder)))
      end
    end
  end)
end)

describe("A child inherits", function()
  it("no file that the run has open", function()
    local folder = place()
    temp.write(folder .. "/child.lua", [[
      local org = require "mkio".connect {}
      org.teams:ensure("c", { description = "x" })
      local own <close> = io.open("own", "w")
      os.execute "ls -l /proc/self/fd"
      io.popen("ls -l /proc/self/fd >&2"):close()]])
    local outcome = run(folder, "--sandbox=s", "--audit", "a", "--journal",
      "j2", "--record", "h", "child.lua")
    assert.equal(0, outcome.code, outcome.err)
    for _, text in ipairs { outcome.out, outcome.err } do
      assert.matches("/proc/%d+/fd", text)
      assert.is_nil(text:find(folder .. "/", 1, true), text)
    end
  end)
end)

-- A dry run ------------------------------------------------------------------

local SPEC <const> = [[{"tokens": [{"description": "d", "file": "%s",
  "permissions": {"core.customer": {"Northlight Broadcasting":
    {"core.team": ["get"]}}}}]}]]

--- Where no token can be stored: a path below the folder, and whether it takes
--- root to be refused.
local places = {
  ["a folder"] = function(folder) sh(folder, "mkdir x") return "x" end,
  ["a pipe"] = function(folder) sh(folder, "mkfifo x") return "x" end,
  ["in no folder"] = function() return "no/x" end,
  ["a link that somebody else made"] = function(folder)
    need_root()
    sh(folder, "mkdir t && chmod 1777 t && ln -s %s/precious t/x "
      .. "&& chown -h %d t/x", folder, NOBODY)
    return "t/x", true
  end,
  ["in a folder that cannot be written"] = function(folder)
    sh(folder, "mkdir ro && chmod 555 ro")
    return "ro/x"
  end,
}

describe("A dry run refuses, as the real run does, a place that is", function()
  --- As somebody to whom the modes of files mean something.
  local function outcome_of(folder, words, as_root)
    local is_root = shell.output "id -u" == "0"
    local prefix = is_root and not as_root and ("setpriv --reuid %d "
      .. "--clear-groups "):format(NOBODY) or ""
    local line = ("cd %s && %s%s --sandbox %s 2>err >out; echo $?"):format(
      folder, prefix, release.path, words)
    local code = shell.output(line)
    return code, temp.read(folder .. "/err"):match "([^\n]*)\n?$"
  end

  for name, make in pairs(places) do
    it(name, function()
      local folder = temp.folder()
      local path, as_root = make(folder)
      temp.write(folder .. "/spec.json", SPEC:format(path))
      sh(folder, "chmod 755 . .. && chmod 644 spec.json")
      for _, words in ipairs { "onboard spec.json",
        "token create d --allow '*.get' --file " .. path } do
        local code, why = outcome_of(folder, words, as_root)
        assert.is_true(code == "1" or code == "2", code)
        assert.same({ code, why },
          { outcome_of(folder, "--dry-run " .. words, as_root) })
        assert.matches(path, why, 1, true)
      end
      local code, why = outcome_of(folder, "--plan-out " .. path
        .. " team x --create", as_root)
      assert.equal("2", code)
      assert.matches("mkrun: --plan-out: " .. path .. ": ", why, 1, true)
      assert.equal("", temp.read(folder .. "/out"))
    end)
  end
end)
