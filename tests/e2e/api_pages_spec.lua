--- The manual's pages of the Lua API: each public function has a line there,
--- and no line is about one that is not.

local examples = require "tests.support.examples"
local public_modules = require "tests.support.public_modules"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

--- What both programs below begin with: one object of each class.
local OBJECTS <const> = [[
local sys = require "mkrun.sys"
local org = require "mkio".connect {}
local project = org:project "x"
local objects = {
  org = org, project = project, mkio = require "mkio",
  ["project.webhooks"] = project.webhooks,
  ["org.me.organizations"] = org.me.organizations,
  ["org.me.tokens"] = org.me.tokens,
  client = require "mkrun.client".new { base = "http://localhost" },
  response = require "mkrun.http".get "https://app.mk.io/",
  s = require "mkrun.secret".new("x", "x"), slot = sys.reserve "slot",
  lock = sys.lock "lock", log = sys.log("log", "fresh"),
  out = require "mkrun.report".new(),
  bar = require "mkrun.progress".new("x", 1),
  task = require "mkrun.task".spawn(function() end),
  rest = require "mkrun.rest",
}
objects.provider = objects.rest.provider { name = "things",
  base_url = "http://localhost", operations = {
    { "things.list", "GET", "/things" } } }
objects.api = objects.provider.connect {}
objects.collection = objects.api.things
for name, value in pairs(org) do
  if type(value) == "table" and (getmetatable(value) or {}).__name
    and name:find "^%l" and name ~= "client" and name ~= "session" then
    objects["org." .. name] = value
  end
end
local modules = {}
for name in io.lines() do
  if name == "" then break end
  modules[name:match "[^.]+$"] = require(name)
end
]]

--- Prints "owner.name" for each function that a script can reach, and how many
--- arguments it takes, where Lua knows that.
local PRINT_ALL <const> = OBJECTS .. [[
local INTERNAL = { call = true, new = true }
local function count_of(f, is_method)
  local info = debug.getinfo(f, "Su")
  local is_open = info.what == "C" or info.isvararg
  return is_open and "" or info.nparams - (is_method and 1 or 0)
end
local function print_functions(owner, functions, skipped, is_method)
  for name, value in pairs(functions) do
    if type(value) == "function" and not name:find "^__"
      and not skipped[name] then
      print(owner .. "." .. name .. " " .. count_of(value, is_method))
    end
  end
end
for owner, value in pairs(objects) do
  local class = debug.getmetatable(value)
  local methods = class and class.__index
  if type(methods) == "table" then
    print_functions(owner, methods, INTERNAL, true)
  end
end
print_functions("mkio", require "mkio", {})
for owner, module in pairs(modules) do print_functions(owner, module, {}) end]]

--- Prints the names that it reads and that are not there.
local PRINT_UNKNOWN <const> = OBJECTS .. [[
-- the example of the page "provider"
objects.rabbit, objects["rabbit.queues"] = objects.api, objects.collection
for line in io.lines() do
  local owner, name = line:match "^(.*)%.([^.]+)$"
  local object, module = objects[owner], modules[owner]
  if not (object and object[name] or module and module[name]) then
    print(line)
  end
end]]

--- "method, path, options?" -> 3
local function count(arguments)
  local _, commas = arguments:gsub(",", "")
  return arguments == "" and 0 or commas + 1
end

--- {["client.get"] = {"2"}} of what the pages have a line for: how many
--- arguments it has there.
local function documented()
  local names = {}
  for path in shell.output("ls src/manual/*.md"):gmatch "%S+" do
    for _, block in ipairs(examples.blocks(temp.read(path))) do
      local lines = block.info == "" and "\n" .. block.text or ""
      for owner, name, arguments in
        lines:gmatch "[\n ](%l[%w_.]*)[.:]([%l_0-9]+)(%b())" do
        local full = owner .. "." .. name
        names[full] = names[full] or {}
        names[full][tostring(count(arguments:sub(2, -2)))] = true
      end
      for owner, name in lines:gmatch "[\n ](%l[%w_.]*)%.([%l_0-9]+){" do
        names[owner .. "." .. name] = { ["1"] = true }
      end
    end
  end
  return names
end

local function run(code, words)
  local input = table.concat(public_modules.list(), "\n") .. "\n\n"
    .. table.concat(words or {}, "\n") .. "\n"
  local outcome = release.run({ "--sandbox", "-e", code },
    { stdin = input, cwd = temp.folder() })
  assert.equal(0, outcome.code, outcome.err)
  return outcome.out
end

describe("the pages of the Lua API", function()
  it("have a line for each public function and method", function()
    local known, missing, number = documented(), {}, 0
    for name in run(PRINT_ALL):gmatch "(%S+) %d*\n" do
      number = number + 1
      if not known[name] then missing[#missing + 1] = name end
    end
    assert(number > 200, number)
    table.sort(missing)
    assert.same({}, missing)
  end)

  it("have as many arguments as the function takes", function()
    local known, wrong, number = documented(), {}, 0
    for name, taken in run(PRINT_ALL):gmatch "(%S+) (%d+)\n" do
      number = number + 1
      if known[name] and not known[name][taken] then
        wrong[#wrong + 1] = name .. " takes " .. taken
      end
    end
    assert(number > 50, number)
    table.sort(wrong)
    assert.same({}, wrong)
  end)

  it("name nothing that is not there", function()
    local words = {}
    for name in pairs(documented()) do words[#words + 1] = name end
    assert(#words > 200, #words)
    assert.equal("", run(PRINT_UNKNOWN, words))
  end)
end)
