--- What a block leaves behind.

insulate("insulated", function()
  it("sets a global and a module", function()
    _G.left_behind = 1
    package.loaded["of.insulated"] = true
    assert.equal(1, _G.left_behind)
  end)
end)

describe("afterwards", function()
  it("there is none", function()
    assert.is_nil(rawget(_G, "left_behind"))
    assert.is_nil(package.loaded["of.insulated"])
  end)
end)

describe("not insulated", function()
  it("sets a global", function() rawset(_G, "stays", 2) end)
  it("sees it", function() assert.equal(2, rawget(_G, "stays")) end)
end)

describe("the words", function()
  it("are modules too", function()
    assert.equal(assert, require "luassert")
    assert.is_function(require "luassert.spy".on)
    assert.is_not_nil(require "luassert.match".is_string)
    assert.is_not_nil(require "busted")
  end)
end)
