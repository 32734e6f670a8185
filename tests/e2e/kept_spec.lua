--- What a plan or a journal keeps of how a run was started: -l, -e, LUA_INIT;
--- and where modules come from.

local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local SCRIPT <const> = [[
  require "mkio".connect {}.teams:ensure(names.team, { description = INIT })
  print(names.team, INIT)]]
local INIT <const> = "INIT = 'x'"

local function place()
  local folder = temp.folder()
  temp.write(folder .. "/own_names.lua", 'return { team = "crew" }')
  temp.write(folder .. "/init.lua", INIT)
  temp.write(folder .. "/team.lua", SCRIPT)
  release.run({ "--sandbox=s", "doctor" }, { cwd = folder })
  return function(init, ...)
    return release.run({ ... }, { cwd = folder, env = { LUA_INIT = init } })
  end, folder
end

for what, inits in pairs { ["LUA_INIT"] = { INIT, "INIT = 'y'" },
  ["LUA_INIT=@FILE"] = { "@init.lua", "@own_names.lua" } } do
  local init, other = inits[1], inits[2]

  describe("A plan keeps -l and " .. what, function()
    local run, folder
    before_each(function()
      run, folder = place()
      assert.equal(3, run(init, "--sandbox=s", "--plan-out", "p", "-l",
        "names=own_names", "team.lua").code)
    end)

    it("and --apply has them again", function()
      local outcome = run(init, "--sandbox=s", "--apply", "p")
      assert.equal(0, outcome.code, outcome.err)
      assert.equal("crew\tx\n", outcome.out)
    end)

    it("or --apply refuses", function()
      for _, now in ipairs { other, false } do
        local outcome = run(now, "--sandbox=s", "--apply", "p")
        assert.equal(2, outcome.code)
        assert.matches("--apply: LUA_INIT has changed since", outcome.err, 1,
          true)
      end
      local outcome = run(init, "--sandbox=s", "--apply", "p", "-l", "mkio")
      assert.equal(2, outcome.code)
      if init:sub(1, 1) == "@" then
        temp.write(folder .. "/init.lua", INIT .. " ")
        assert.equal(2, run(init, "--sandbox=s", "--apply", "p").code)
      end
    end)
  end)

  describe("A journal keeps -l and " .. what, function()
    it("and --resume has them again, or refuses", function()
      local run = place()
      assert.equal(0, run(init, "--sandbox=s", "--journal", "j", "-l",
        "names=own_names", "team.lua").code)
      for _, words in ipairs { {}, { "team.lua" } } do
        local outcome = run(init, "--resume", "j", table.unpack(words))
        assert.equal(0, outcome.code, outcome.err)
        assert.equal("crew\tx\n", outcome.out)
        for _, now in ipairs { other, false } do
          outcome = run(now, "--resume", "j", table.unpack(words))
          assert.equal(2, outcome.code, outcome.err)
          assert.matches("--resume: j: its run had a", outcome.err, 1,
            true)
        end
      end
    end)
  end)
end

describe("A built-in flow loads no module from", function()
  local EVIL <const> = "io.stderr:write 'evil'"

  for _, where in ipairs { "scripts", "." } do
    it(where .. ", nor when it is resumed, planned or applied", function()
      local run, folder = place()
      shell.execute(("mkdir -p %s/scripts"):format(folder))
      -- what a flow asks for, and what it might
      temp.write(folder .. "/g.csv", "email\na@x.example\n")
      for _, name in ipairs { "own", "mkio", "mkrun" } do
        temp.write(("%s/%s/%s.lua"):format(folder, where, name), EVIL)
      end
      local ask = "table.insert(package.searchers, 1, function(name) "
        .. "if name == 'own' then return nil end end) "
        .. "local worlds = require 'mkrun.host.world' local new = worlds.new "
        .. "worlds.new = function(...) local env = new(...) "
        .. "print(pcall(env.require, 'own'), env.package.path) "
        .. "return env end"
      for _, words in ipairs {
        { "--sandbox=s", "-e", ask, "invite", "g.csv" },
        { "--sandbox=s", "--journal", "j", "invite", "g.csv" },
        { "--resume", "j", "-e", ask },
        { "--sandbox=s", "--plan-out", "p", "-e", ask, "team", "x",
          "--create" },
        { "--sandbox=s", "--apply", "p" },
      } do
        local outcome = run(false, table.unpack(words))
        assert.is_true(outcome.code == 0 or outcome.code == 3, outcome.err)
        assert.is_nil(outcome.err:find("evil", 1, true))
        assert.is_nil(outcome.out:find("?.lua", 1, true), outcome.out)
      end
    end)
  end

  it("while one's own script has its folder, resumed or applied", function()
    local run, folder = place()
    shell.execute(("mkdir -p %s/d"):format(folder))
    temp.write(folder .. "/d/beside.lua", "return 'beside'")
    temp.write(folder .. "/d/x.lua", [[print(require "beside")
      require "mkio".connect {}.teams:ensure("z", {})]])
    for _, words in ipairs {
      { "--sandbox=s", "--plan-out", "p", "d/x.lua" },
      { "--sandbox=s", "--apply", "p" },
      { "--sandbox=s", "--journal", "j", "d/x.lua" },
      { "--resume", "j" },
    } do
      local outcome = run(false, table.unpack(words))
      assert.is_true(outcome.code == 0 or outcome.code == 3, outcome.err)
      assert.matches("beside\td/", outcome.out .. outcome.err, 1, true)
    end
  end)
end)
