local optional = require "mkrun.plan.optional"
local task = require "mkrun.task"

describe("mkrun.plan.optional", function()
  it("marks what a call does, and returns its results", function()
    local reads = optional.new "checks nothing"
    assert.same({ why = "checks nothing", is_needed = false }, reads)
    local seen, a, b
    a, b = optional.mark(reads, function(...)
      seen = optional.current()
      return ...
    end, 1, 2)
    assert.same({ 1, 2 }, { a, b })
    assert.equal(reads, seen)
    assert.is_nil(optional.current())
  end)

  it("knows whether all items of a list are needed", function()
    local reads = optional.new "a"
    reads:need { "x" }
    reads:need { "y" }
    assert.same({ true, { x = true, y = true } },
      { reads.is_needed, reads.names })
    reads:need()
    reads:need { "z" }
    assert.same({ true, nil }, { reads.is_needed, reads.names })
  end)

  it("gives the outer mark back after an inner one, and after an error",
    function()
      local outer, inner = optional.new "a", optional.new "b"
      optional.mark(outer, function()
        assert.is_false(pcall(optional.mark, inner, error, "no"))
        assert.equal(outer, optional.current())
      end)
      assert.is_nil(optional.current())
    end)

  it("marks nothing in other tasks", function()
    local reads, other = optional.new "a", "unset"
    optional.mark(reads, function()
      local running <close> = task.spawn(function()
        other = optional.current()
      end)
      running:wait()
      assert.equal(reads, optional.current())
    end)
    assert.is_nil(other)
  end)
end)
