local backend = require "mkrun.backend"
local secret = require "mkrun.secret"
local sys = require "mkrun.sys"

local temp = require "tests.support.temp"

local read <const> = sys.read -- taken out before a backend is in use

describe("mkrun.backend", function()
  after_each(function() backend.use() end)

  it("answers in the place of the machine, also for what was taken before",
    function()
      local file = temp.file("text")
      backend.use { ["sys.read"] = function(path) return path, "two", 3 end }
      assert.same({ file, "two", 3 }, { read(file) })
      assert.equal("text", backend.machine["sys.read"](file))
      assert.equal("text", sys.read_trusted(file))
      backend.use()
      assert.equal("text", read(file))
    end)

  it("answers for all that reads, writes and starts something", function()
    local asked, answers = {}, {}
    for name in pairs(backend.machine) do
      answers[name] = function() asked[name] = true end
    end
    backend.use(answers)
    local own = secret.new "own"
    sys.reserve "x"
    sys.lock "x"
    sys.log "x"
    sys.read "x"
    sys.write("x", "")
    sys.read_trusted "x"
    sys.make_folder "x"
    secret.read "x"
    own:write "x"
    own:pipe "false"
    for name in pairs(backend.machine) do assert.is_true(asked[name], name) end
    assert.is_nil(sys.is_special "x" or nil)
  end)

  it("is called with what the machine would take", function()
    backend.use {
      ["secret.write"] = function() return true end,
      ["sys.read"] = function() return true end,
    }
    assert.error_matches(function() sys.read(1) end,
      "bad argument #1 to 'read' %(string expected, got number%)")
    assert.error_matches(function() secret.new "own":write() end,
      "bad argument #1 to 'write' %(string expected, got no value%)")
  end)

  it("passes an error on", function()
    local problem = {}
    backend.use { ["sys.read"] = function() error(problem) end }
    assert.equal(problem, select(2, pcall(sys.read, "x")))
  end)
end)
