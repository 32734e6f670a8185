--- What Tab finds at the prompt.

local complete = require "mkrun.host.prompt.complete"
local secret = require "mkrun.secret"

describe("Tab", function()
  local globals

  before_each(function()
    globals = {
      apple = 1, apply = print, _hidden = 1, ["not a name"] = 1,
      object = setmetatable({ field = 1, run = print },
        { __index = { method = print, constant = 2 } }),
      text = "a", f = print,
    }
    complete.globals, complete.makers = globals, {}
    complete.list = function(folder)
      return folder == "." and { "notes.txt", "news/", ".hidden", "a'b" }
        or folder == "news/" and { "today.txt" } or {}
    end
  end)

  local function check(before, count, ...)
    local texts, length = complete.texts(before)
    assert.same({ { ... }, count }, { texts, length }, before)
  end

  local function check_none(before)
    assert.same({}, (complete.texts(before)), before)
  end

  it("ends names of globals and words of Lua", function()
    check("app", 3, "apple", "apply")
    check("x = appl", 4, "apple", "apply")
    check("f(\nappl", 4, "apple", "apply")
    check("whi", 3, "while")
    check("_h", 2, "_hidden")
    check_none "nothing"
  end)

  it("ends fields, and methods behind a colon", function()
    check("object.", 0, "constant", "field", "method", "run")
    check("f(object.f", 1, "field")
    check("object:", 0, "method", "run")
    check_none "object.method.x"
    check_none "nothing.at.all"
    assert.same({ "upper" }, (complete.texts "text:upp"))
    assert.same({ "rep", "reverse" }, (complete.texts "text:re"))
  end)

  it("asks for no value that has to be computed", function()
    local asked = 0
    local function ask() asked = asked + 1 end
    globals.trap = setmetatable({}, { __index = ask, __pairs = ask,
      __call = ask })
    setmetatable(globals, { __index = ask, __pairs = ask })
    check_none "trap.x.y"
    check_none "trap."
    check_none "mis"
    assert.equal(0, asked)
  end)

  it("makes what is made at its first use", function()
    complete.makers.org = function() return { teams = {} } end
    check("or", 2, "or", "org")
    check("org.te", 2, "teams")
    complete.makers.org = function() return nil end
    check_none "org.te"
  end)

  it("ends names of modules and files within a text", function()
    assert.same({ "mkrun.decimal" }, (complete.texts "require 'mkrun.deci"))
    assert.same({ "mkrun" }, (complete.texts 'x = require("mkr'))
    local modules = complete.texts "require 'mkrun."
    assert(#modules > 10)
    for _, name in ipairs(modules) do assert.matches("^mkrun%.[^.]+$", name) end
    check("io.open('no", 2, "notes.txt")
    check('io.open "n', 1, "news/", "notes.txt")
    check("dofile 'news/t", 6, "news/today.txt")
    check("io.open '.h", 2, ".hidden")
    check_none "io.open 'a"
    check_none "print 'no"
  end)

  it("is silent in texts, comments, numbers and behind calls", function()
    for _, before in ipairs { "'app", '"it\'s app', "-- app", "1app", "f().app",
      "x['a'].app", '"a".app', "object.app.app" } do
      check_none(before)
    end
    check("'a' .. appl", 4, "apple", "apply")
    check("f('a') appl", 4, "apple", "apply")
  end)

  it("indents an empty line", function()
    check("", 0, "  ")
    check("f(\n  ", 0, "  ")
  end)

  it("offers no secret", function()
    local handle = secret.new("correcthorse", "word")
    globals.correcthorse = 1
    check_none "corr"
    handle:close()
  end)
end)
