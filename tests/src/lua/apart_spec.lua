local apart = require "mkrun.apart"

local function never() error "nobody asks" end

--- Runs code in a state of its own.  The code has `ask` and the texts.
local function run(code, answer, ...)
  local main = assert(load("local ask, json, near = ... " .. code))
  return apart.run(main, answer or never, ...)
end

describe("mkrun.apart", function()
  it("returns the text that the function returns", function()
    assert.equal("a\0b|2", run("return select(4, ...) .. '|' .. select('#', "
      .. "select(4, ...))", nil, "a\0b", ""))
    assert.equal("[1]", run "return json.encode { 1 }")
    assert.equal("abc", run "return near.find('abd', { 'abc' })[1]")
  end)

  it("has a state of its own, with few libraries", function()
    _G.shared = 1 -- luacheck: ignore
    assert.equal("nil nil nil nil nil", run [[
      return table.concat({ tostring(shared), tostring(io), tostring(os),
        tostring(debug), tostring(require) }, " ")]])
    _G.shared = nil -- luacheck: ignore
  end)

  it("asks, and gets an answer or why there is none", function()
    local asked = {}
    local function answer(question)
      asked[#asked + 1] = question
      if question == "b" then return nil, "no b" end
      return question:rep(100000)
    end
    assert.equal("100000 no b 0", run([[
      local a, b, none = ask "a", select(2, ask "b"), ask ""
      return #a .. " " .. b .. " " .. #none]], answer))
    assert.same({ "a", "b", "" }, asked)
  end)

  it("raises what the answer raises, and the process ends", function()
    assert.error_matches(function()
      run("ask 'a' while true do end", function() error("stop", 0) end)
    end, "^stop$")
  end)

  it("fails with the error", function()
    local text, message, code = run "error('no', 0)"
    assert.same({ nil, "no", "error" }, { text, message, code })
    assert.equal("the error is no text", (select(2, run "error {}")))
    assert.matches("string expected", (select(2, run "return 7")), 1, true)
    assert.equal("time", (select(3, run "while true do end")))
    assert.equal("memory", (select(3, run "return ('x'):rep(1 << 30)")))
  end)

  it("leaves no process", function()
    local function children()
      local pipe <close> = assert(io.popen "cat /proc/$PPID/task/*/children")
      return select(2, pipe:read "a":gsub("%d+", ""))
    end
    local before = children()
    for _ = 1, 3 do assert.equal("", run "return ''") end
    assert.equal(before, children())
  end)

  it("raises when it is called wrongly", function()
    for _, arguments in ipairs { { 1, never }, { never, 1 },
      { never, never, 1 } } do
      assert.error_matches(function() apart.run(table.unpack(arguments)) end,
        "bad argument #%d to")
    end
  end)
end)
