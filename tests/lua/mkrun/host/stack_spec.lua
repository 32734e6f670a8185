local release = require "tests.support.release"
local stack = require "mkrun.host.stack"

describe("mkrun.host.stack.build", function()
  it("puts the wire at the bottom", function()
    local transport = stack.build(function(request)
      return { status = 200, headers = {}, body = request.url }
    end, { trace = false })
    assert.equal("http://x/", transport({ url = "http://x/" }).body)
  end)

  it("asks the module that stands in, and not the wire", function()
    local seen
    local settings = { sandbox = true, trace = false, bottom = function(config)
      seen = config
      return function() return { status = 201, headers = {}, body = "" } end
    end }
    local transport = stack.build(function() error "the wire" end, settings)
    assert.equal(201, transport({ url = "http://x/" }).status)
    assert.equal(settings, seen)
  end)

  it("counts the attempts", function()
    local calls = 0
    local transport = stack.build(function()
      calls = calls + 1
      local again = { ["retry-after"] = "0" }
      return { status = calls < 2 and 429 or 200, headers = again, body = "" }
    end, { trace = false })
    assert.equal(2, transport({ url = "http://x/" }).attempts)
  end)

  it("keeps to the rates, on the clock of the module that stands in", function()
    local time = 0
    local settings = { sandbox = true, trace = false, base_url = "http://x",
      max_rate = 60, bottom = function()
        return function() return { status = 200, headers = {}, body = "" } end,
          { now = function() return time end,
            sleep = function(seconds) time = time + seconds end }
      end }
    local transport = stack.build(nil, settings)
    for _ = 1, 61 do transport { url = "http://x/api/v1/teams" } end
    assert.is_true(time >= 60 and time < 61)
  end)

  it("gives three values when a request fails", function()
    local transport = stack.build(function() return nil, "why", "tls" end,
      { trace = false })
    assert.same({ n = 3, nil, "why", "tls" },
      table.pack(transport { url = "http://x/" }))
  end)
end)

describe("mkrun.http", function()
  it("has its layers already", function()
    assert.error(function() require "mkrun.http".install(print) end)
  end)
end)

describe("the run's own provider", function()
  it("is one of the providers", function()
    local outcome = release.run { "--sandbox", "--dry-run", "-e", [[
      local providers = require "mkrun.providers"
      local http = require "mkrun.http"
      http.request { url = "https://app.mk.io/api/v1/organization" }
      local own = providers.by_name "mkio"
      print(#providers.all(), own == providers.of_url "https://app.mk.io/api/x",
        own.base_url, own.rates.reads)
      print(own.subject.home, type(own.model.new), own.provider)]] }
    assert.equal(0, outcome.code, outcome.err)
    assert.equal("1\ttrue\thttps://app.mk.io\t2000\n"
      .. "/api/v1/organization\tfunction\tnil\n", outcome.err)
  end)

  it("loads its library only for who uses it, and nothing of others",
    function()
      local print_loaded = [[
        require "mkrun.http"
        for _, name in ipairs { "mkio.operations", "mkio.subject",
          "mkio.plan.overlay", "mkrun.rest.declare", "mkrun.rest.meaning",
          "mkrun.rest.generic.resource", "mkrun.rest.entry" } do
          if package.loaded[name] then io.write(name, " ") end
        end]]
      local function loaded(code)
        local outcome = release.run { "--sandbox", "-e", code .. print_loaded }
        assert.equal(0, outcome.code, outcome.err)
        return outcome.out
      end
      assert.equal("mkio.operations ",
        loaded 'require "mkio".connect {}:get() ')
      assert.equal("", release.run({ "-e", print_loaded }).out)
    end)
end)
