--- The order of hooks, blocks and tests, and what happens when one fails.

local log = {}

local function note(word) log[#log + 1] = word end

local function said() return table.concat(log, " ") end

note "file"

setup(function() note "file-setup" end)
teardown(function() note "file-teardown" end)
before_each(function() note "file-before" end)
after_each(function() note "file-after" end)

describe("order", function()
  note "describe"
  lazy_setup(function() note "lazy" end)
  lazy_teardown(function() note "lazy-end" end)
  setup(function() note "setup" end)
  setup(function() note "setup2" end)
  teardown(function() note "teardown" end)
  before_each(function() note "before" end)
  after_each(function() note "after" end)

  it("first", function()
    assert.equal("file file-setup describe setup setup2 lazy file-before "
      .. "before", said())
  end)

  context("inside", function()
    before_each(function() note "inner" end)
    test("second", function()
      assert.truthy(said():find("after file-after file-before before inner$"))
    end)
  end)

  spec("third", function()
    assert.truthy(said():find "after file%-after file%-before before$")
  end)
end)

describe("after that", function()
  it("the teardowns have run", function()
    assert.truthy(said():find "lazy%-end teardown file%-before$")
  end)
end)

describe("a setup that fails", function()
  setup(function() error "no setup" end)
  it("is not run", function() end)
  teardown(function() note "teardown-of-failed" end)
end)

describe("a lazy setup that fails", function()
  lazy_setup(function() error { code = 7 } end)
  it("is not run", function() end)
  it("is not run either", function() end)
end)

describe("a before_each that fails", function()
  before_each(function() error "no before" end)
  after_each(function() note "after-of-failed" end)
  it("is not run", function() end)
end)

describe("after_each of a failed before_each", function()
  it("was called", function()
    assert.truthy(said():find "after%-of%-failed")
    assert.truthy(said():find "teardown%-of%-failed")
  end)
end)

describe("an after_each that fails", function()
  after_each(function() assert.is_true(false) end)
  it("has passed before", function() end)
end)

describe("a block that fails", function()
  it("is declared, and not run", function() end)
  error "in the block"
end)

describe("pending", function()
  pending "declared"
  pending("with a body", function() error "never" end)
  it("from inside", function() pending "for a reason" end)
end)

describe("finally", function()
  it("runs after success", function()
    finally(function() note "finally" end)
  end)
  it("runs after a failure", function()
    assert.truthy(said():find "finally")
    finally(function() note "finally2" end)
    assert.is_true(false)
  end)
  it("fails by itself", function()
    finally(function() error "in finally" end)
  end)
end)

describe("a word in a wrong place", function()
  it("is an error in a test", function()
    describe("no", function() end)
  end)
  it("it, too", function() it("no", function() end) end)
  it("and a hook", function() before_each(function() end) end)
end)

describe("no name", function() it(function() end) end)

describe("#tagged", function() it("runs", function() end) end)
