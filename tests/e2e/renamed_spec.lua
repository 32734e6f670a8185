local renamed = require "mkrun.host.renamed"

local flow = require "tests.scripts.flow"
local release = require "tests.support.release"
local temp = require "tests.support.temp"

describe("require, by the name that a module had", function()
  it("gives the module of the new name, and one warning", function()
    local script = temp.file(
      "local old, again = require 'mkio.near', require 'mkio.near'\n"
      .. "print(old == require 'mkrun.rest.suggestion', old == again)\n")
    local outcome = release.run { script }
    assert.equal(0, outcome.code)
    assert.equal("true\ttrue\n", outcome.out)
    assert.equal("mkrun: warning: the module 'mkio.near' is called "
      .. "'mkrun.rest.suggestion' now\n", outcome.err)
  end)

  it("says as ever that there is none by another name", function()
    assert.is_nil(renamed.loader "mkio.nothing")
    local outcome = release.run { "-e", "require 'mkio.nothing'" }
    assert.equal(1, outcome.code)
    assert.matches("no built-in module 'mkio.nothing'", outcome.err, 1, true)
  end)

  it("works for each of them", function()
    local source = temp.read "lua/mkrun/host/renamed.lua"
      .. temp.read "lua/mkio/renamed.lua"
    local count = 0
    for old, new in source:gmatch '%["([%w_.]+)"%] =%s+"([%w_.]+)"' do
      count = count + 1
      assert.is_function(renamed.loader(old))
      assert.is_nil(renamed.loader(new))
      assert.is_function((package.searchers[2](new)))
    end
    assert.is_true(count > 50)
  end)

  it("works for what lay in the sandbox", function()
    for old, new in pairs {
      ["mkio.sandbox.overlay"] = "mkio.plan.overlay",
      ["mkio.sandbox.tokens"] = "mkio.model.tokens",
      ["mkio.sandbox.handlers.tokens"] = "mkio.model.handlers.tokens",
      ["mkio.sandbox.handlers.overlay"] = false,
      ["mkio.sandbox.handlers"] = false, ["mkio.sandbox.nothing"] = false,
    } do
      assert.equal(new, renamed.new_name(old) or false)
    end
    local outcome = release.run { "-e",
      "print(require 'mkio.sandbox.rbac' == require 'mkio.model.rbac')" }
    assert.equal("true\n", outcome.out)
  end)
end)

--- Copies a built-in flow of an earlier release.
local function earlier(here, name)
  local file = name .. ".lua"
  here:write(file, temp.read("tests/e2e/earlier/" .. file))
  return file
end

describe("a flow that was copied from an earlier release", function()
  local here
  before_each(function() here = flow.new() end)

  local function run(...)
    local outcome = here:run(...)
    assert.equal(0, outcome.code, outcome.err)
    return outcome
  end

  it("onboards", function()
    local first = run(earlier(here, "onboard"), flow.example)
    assert.matches("Summary: 6 created, 2 changed, 0 unchanged.", first.out, 1,
      true)
    local second = run("onboard.lua", flow.example)
    assert.matches("Summary: 0 created, 0 changed, 8 unchanged.", second.out, 1,
      true)
  end)

  for _, option in ipairs { "--file", "--exec" } do
    it("rotates a token with " .. option, function()
      local file, name = "evening-news.token", "evening-news automation"
      run("onboard", flow.example)
      local old = here:stored(file)
      run(earlier(here, "rotate-tokens"), option,
        option == "--exec" and "cat > " .. file or file, name)
      assert.not_equal(old, here:stored(file))
      assert.same({ here:stored(file) }, here:live(name))
    end)
  end
end)
