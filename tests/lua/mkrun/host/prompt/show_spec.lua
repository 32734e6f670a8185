--- How the prompt shows values.

local json = require "mkrun.json"
local secret = require "mkrun.secret"
local show = require "mkrun.host.prompt.show"

describe("a value at the prompt", function()
  for text, value in pairs {
    ["12"] = 12, ["1.5"] = 1.5, ["true"] = true, ["json.null"] = json.null,
    ["a text\nof two lines"] = "a text\nof two lines",
    ["no ?[2J escape"] = "no \27[2J escape",
    ["{}"] = {}, ["[]"] = json.array(),
    ["{ 1, 2, { 3 } }"] = { 1, 2, { 3 } },
    ['{ a = "b\\nc", z = 1, [true] = 2 }'] = { z = 1, a = "b\nc", [true] = 2 },
    ['{ ["a b"] = 1, ["end"] = 2 }'] = { ["a b"] = 1, ["end"] = 2 },
    ["(function)"] = print, ["(file)"] = io.stdout,
    ["(thread)"] = coroutine.create(print),
    ["{ [1.5] = 2 }"] = { [1.5] = 2 },
  } do
    it("is shown as " .. text, function()
      assert.equal(text, show.text(value))
    end)
  end

  it("is sorted: elements, numbers, names", function()
    assert.equal("{ 1, [-1] = 0, [3] = 3, b = 4 }",
      show.text { 1, [3] = 3, [-1] = 0, b = 4 })
  end)

  it("is shown over several lines when it is wide", function()
    local long = ("x"):rep(40)
    assert.equal(('{\n  a = "%s",\n  b = {\n    "%s",\n    "%s"\n  }\n}')
      :format(long, long, long), show.text { a = long, b = { long, long } })
  end)

  it("is short, whatever it is", function()
    local list, deep, text = {}, {}, ("ø"):rep(100000)
    local wide = {}
    for i = 1, 40 do
      wide[i] = {}
      for k = 1, 40 do wide[i]["k" .. k] = { k, { k } } end
    end
    for i = 1, 1000 do list[i], list["k" .. i] = i, { i } end
    local at = deep
    for _ = 1, 1000 do
      at.x = {}
      at = at.x
    end
    assert.matches("... (1960 more)", show.text(list), 1, true)
    assert.matches("{...}", show.text(deep), 1, true)
    assert.matches("ø... (200000 bytes)", show.text(text), 1, true)
    assert.is_not_nil(utf8.len(show.text { text }))
    for _, value in ipairs { list, deep, text, { text }, wide } do
      assert(#show.text(value) < 11000)
    end
  end)

  it("may contain itself", function()
    local table = {}
    table.x, table.y = table, { table }
    assert.equal("{ x = {... (itself)}, y = { {... (itself)} } }",
      show.text(table))
  end)

  it("is shown by its own text, an error by its message", function()
    local object = setmetatable({}, { __tostring = function() return "T" end })
    assert.equal("T", show.text(object))
    assert.equal("{ T }", show.text { object })
    assert.equal("table", show.text(setmetatable({}, { __tostring = error })))
    assert.equal("(x.Y)", show.text(setmetatable({}, { __name = "x.Y" })))
  end)

  it("runs no other metamethod", function()
    local function fail() error "called" end
    local trap = setmetatable({ 1 }, { __index = fail, __pairs = fail,
      __len = fail, __name = fail, __eq = fail, __lt = fail, __call = fail })
    assert.equal("{ 1 }", show.text(trap))
    assert.equal("{ [{...}] = 2 }", show.text { [trap] = 2 })
  end)

  it("never shows a secret, not even a cut one", function()
    local word = "correct horse battery"
    local handle = secret.new(word, "words")
    assert.equal("{ key = (secret: words) }", show.text { key = handle })
    for before = 150, 220 do
      local text = show.text { ("x"):rep(before) .. word }
      assert.not_matches("correct", text)
    end
    assert.not_matches("horse", show.text { [word] = word })
    handle:close()
  end)
end)
