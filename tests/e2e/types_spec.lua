--- `mkrun --types DIR`: the files, and that they declare what is there.

local declared = require "tests.support.declared"
local examples = require "tests.support.examples"
local public_modules = require "tests.support.public_modules"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

--- Prints "CLASS MEMBER PARAMETERS" for all that a script can reach.
local PRINT_LIVE <const> = [[
local sys = require "mkrun.sys"
local mkio = require "mkio"
local org = mkio.connect {}
local project = org:project "x"
local out = require "mkrun.report".new()
local _, problem = pcall(org.teams.get, org.teams, "nobody")
local objects = {
  ["mkio.Organization"] = org, ["mkio.Project"] = project,
  ["mkio.Webhooks"] = project.webhooks, ["mkio.Me"] = org.me,
  ["mkio.MyOrganizations"] = org.me.organizations,
  ["mkio.MyTokens"] = org.me.tokens,
  ["mkrun.Client"] = require "mkrun.client".new { base = "http://localhost" },
  ["mkrun.http.Response"] = require "mkrun.http".get "https://app.mk.io/",
  ["mkrun.Secret"] = require "mkrun.secret".new("x", "x"),
  ["mkrun.Slot"] = sys.reserve "slot", ["mkrun.Lock"] = sys.lock "lock",
  ["mkrun.Log"] = sys.log("log", "fresh"), ["mkrun.Report"] = out,
  ["mkrun.ReportPlace"] = out:place(), ["mkrun.rest.Error"] = problem,
  ["mkrun.Progress"] = require "mkrun.progress".new("x", 1),
  ["mkrun.Task"] = require "mkrun.task".spawn(function() end),
  ["mkrun.Once"] = require "mkrun.task".once(),
}
for name, value in pairs(org) do
  local class = type(value) == "table" and getmetatable(value)
  if class and class.__name and class.__name:find "^mkio" then
    objects[class.__name] = value
  end
end
local function parameters_of(f)
  for i = 1, 9 do -- the method below the check of its arguments
    local name, value = debug.getupvalue(f, i)
    if name == "method" then return parameters_of(value) end
  end
  local info, names = debug.getinfo(f, "Su"), {}
  if info.what == "C" then return "?" end
  for i = 1, info.nparams do names[i] = debug.getlocal(f, i) end
  if info.isvararg then names[#names + 1] = "..." end
  return table.concat(names, ", ")
end
--- A list takes no options if its operation has no query.
local function common_of(class, name)
  local key = (name == "list" or name == "each") and class.operations
    and class.operations.list
  if not key then return nil end
  local operation = require "mkio.operations".by_key[key]
  return not next(operation.query) and "self" or nil
end
local INTERNAL = { call = true, new = true, session = true, at = true,
  operations = true, is_collection = true }
local function print_members(class, members, wants_fields, meta)
  for name, value in pairs(members) do
    local is_function = type(value) == "function"
    if type(name) == "string" and not name:find "^__" and not INTERNAL[name]
      and (is_function or wants_fields) then
      print(class, name, not is_function and "field"
        or meta and common_of(meta, name) or parameters_of(value))
    end
  end
end
local WITH_FIELDS = { ["mkio.Organization"] = true, ["mkio.Project"] = true,
  ["mkio.Me"] = true, ["mkrun.http.Response"] = true,
  ["mkrun.rest.Error"] = true }
for class, object in pairs(objects) do
  local meta = debug.getmetatable(object)
  local methods = meta.__index
  if class == "mkrun.http.Response" then methods = { json = object.json } end
  if type(methods) == "table" then
    print_members(class, methods, false, meta)
  end
  if WITH_FIELDS[class] then print_members(class, object, true) end
  if class == "mkrun.Report" then
    print_members(class, { counts = 1, format = 1 }, true)
  end
end
for name in io.lines() do
  local module = require(name)
  for member, value in pairs(module) do
    local is_function = type(value) == "function"
    if not (name == "mkrun.rest.error" and member == "new") then
      print(name, member, is_function and parameters_of(value) or "field")
    end
  end
end
print("mkrun.rest.error", "new", "fields")
--- The methods of a provider follow from its table, and take `...`.
local provided = require "mkrun.rest".provider { name = "things",
  base_url = "http://localhost", operations = {
    { "things.list", "GET", "/things" } } }
local api = provided.connect {}
local function print_methods(class, methods)
  for name, value in pairs(methods) do
    if type(value) == "function" and not name:find "^__" then
      print(class, name, "?")
    end
  end
end
print_methods("mkrun.rest.Api", debug.getmetatable(api).__index)
print_methods("mkrun.rest.Collection", debug.getmetatable(api.things))
print("mkrun.rest.Provided", "connect", "?")
print("mkrun.rest.Api", "client", "field")
]]

--- Modules without declarations of their own.
local BESIDES <const> = { ["mkrun.composed"] = true, ["mkrun.test"] = true }

--- The modules whose members are compared.
local function modules()
  local names = public_modules.list(BESIDES)
  table.move({ "mkio", "mkrun.rest", "mkrun.rest.error" }, 1, 3, #names + 1,
    names)
  return names
end

local function write_types(folder)
  local outcome = release.run { "--types", folder }
  assert.equal(0, outcome.code, outcome.err)
  return outcome
end

local function texts_in(folder)
  local texts = {}
  for path in shell.output("find " .. folder .. " -name '*.lua'"):gmatch "%S+"
  do
    texts[#texts + 1] = temp.read(path)
  end
  return texts
end

local function live_members()
  local outcome = release.run({ "--sandbox", "-e", PRINT_LIVE },
    { stdin = table.concat(modules(), "\n") .. "\n",
      cwd = temp.folder() })
  assert.equal(0, outcome.code, outcome.err)
  local live = {}
  local line = "(%S+)\t(%S+)\t([^\n]*)\n"
  for class, name, parameters in outcome.out:gmatch(line) do
    live[class] = live[class] or {}
    live[class][name] = parameters
  end
  return live
end

--- Compares declarations with the code; those of `mkrun.test` are apart.
local function differences(all)
  all["mkrun.test"] = nil
  return declared.differences(all, live_members())
end

describe("the declarations for editors", function()
  local folder = temp.folder() .. "/out/types"
  write_types(folder)
  local texts = texts_in(folder)

  it("have types that are declared, and the parameters of the code", function()
    assert(#texts > 50)
    assert.same({}, declared.faults(texts))
  end)

  it("have what the manual says of each function", function()
    local all = declared.read(texts)
    assert.same({ ["mkrun.Once"] = true, ["mkrun.ReportPlace"] = true,
      ["mkrun.rest.error"] = true, ["mkrun.test"] = true },
      declared.without_text(all))
  end)

  it("declare what is there, and nothing else", function()
    local all = declared.read(texts)
    for _, key in ipairs { "mkrun.script", "mkrun.report", "mkrun.output",
      "mkrun.sys", "mkrun.http", "mkio", "mkio.Teams" } do
      assert(next(all[key]), key)
    end
    assert(all["mkio.Teams"].ensure and all["mkio.Teams"].ensure_all)
    assert.same({}, differences(all))
  end)
end)

--- Compares its own `known` with the module.
local TEST <const> = [[
local flow, known = require "mkrun.test", {%s}
it("has what is declared, and nothing else", function()
  for name in pairs(flow) do assert(known[name], name) end
  for name in pairs(known) do assert(flow[name], name) end
end)
]]

describe("the declarations of mkrun.test", function()
  it("are what is there", function()
    local folder, names = temp.folder(), ""
    write_types(folder .. "/types")
    local all = declared.read(texts_in(folder .. "/types"))
    for name in pairs(all["mkrun.test"]) do
      names = names .. name .. " = 1, "
    end
    assert.matches("run = 1", names, 1, true)
    temp.write(folder .. "/x_test.lua", TEST:format(names))
    local outcome = release.run({ "test", "x_test.lua" }, { cwd = folder })
    assert.equal(0, outcome.code, outcome.out .. outcome.err)
    assert.matches("1 success", outcome.out, 1, true)
  end)
end)

--- Where a source lists the options that it knows: a pattern of the list, and
--- one of a name in it.
local OPTIONS <const> = {
  ["mkrun.test.RunOptions"] = { "lua/mkrun/tool/test/flow.lua",
    "local OPTIONS <const> = (%b{})", "(%l[%l_]+) = " },
  ["mkrun.http.Options"] = { "src/lua/http_options.c",
    "%[URL%] = .-\n};", '"(%l[%l_]+)"' },
  ["mkrun.ClientOptions"] = { "lua/mkrun/client.lua",
    "NEW_OPTIONS = (%b{})", "(%l[%l_]+) = " },
  ["mkrun.RequestOptions"] = { "lua/mkrun/client.lua",
    "REQUEST_OPTIONS = (%b{})", "(%l[%l_]+) = " },
  ["mkio.ConnectOptions"] = { "lua/mkio/init.lua", "local types = (%b{})",
    "(%l[%l_]+) = " },
}

describe("the declared options", function()
  local folder = temp.folder() .. "/types"
  write_types(folder)
  local all = declared.read(texts_in(folder))
  for class, place in pairs(OPTIONS) do
    it("are those that the code knows: " .. class, function()
      local path, list, name = table.unpack(place)
      local known, stated = {}, {}
      for word in temp.read(path):match(list):gmatch(name) do
        known[word] = true
      end
      for word in pairs(all[class]) do stated[word] = true end
      assert(next(known))
      assert.same(known, stated)
    end)
  end
end)

describe("the declarations have what is called by", function()
  local folder = temp.folder() .. "/types"
  write_types(folder)
  local all = declared.read(texts_in(folder))
  local paths = shell.output("find scripts lua/mkio/flow -name '*.lua'")

  it("the flows and the examples", function()
    local count, faults = 0, {}
    for path in paths:gmatch "%S+" do
      for _, call in ipairs(declared.unknown_calls(temp.read(path), all)) do
        faults[#faults + 1] = path .. ":" .. call
      end
      count = count + 1
    end
    assert(count > 60, count)
    assert.same({}, faults)
  end)

  it("the scripts of the manual", function()
    local count = 0
    for path in shell.output "ls src/manual/*.md README.md":gmatch "%S+" do
      for _, block in ipairs(examples.blocks(temp.read(path))) do
        if block.info:find "^lua" then
          assert.same({}, declared.unknown_calls(block.text, all), path)
          count = count + 1
        end
      end
    end
    assert(count > 3, count)
  end)

  it("nobody who calls what is not there", function()
    assert.same({ "3: mkrun.sys.reed", "4: mkrun.script.argumets" },
      declared.unknown_calls('local sys = require "mkrun.sys"\n'
        .. 'local script = require "mkrun.script"\n'
        .. 'local text = sys.reed(sys.getpid())\n'
        .. 'local options = script.argumets(...) -- sys.nothing\n', all))
  end)
end)

--- Changes a declaration, and returns what is found.
local function found_in(pattern, replacement, is_alone)
  local folder = temp.folder() .. "/types"
  write_types(folder)
  local texts, count = texts_in(folder), 0
  for i, text in ipairs(texts) do
    local changed, n = text:gsub(pattern, replacement)
    texts[i], count = changed, count + n
  end
  assert.equal(1, count)
  local faults = is_alone and declared.faults(texts)
    or differences(declared.read(texts))
  assert.equal(1, #faults, table.concat(faults, "\n"))
  return faults[1]
end

describe("a wrong declaration is found:", function()
  it("a function that is not there", function()
    assert.equal("mkrun.sys.gone is declared, and there is none",
      found_in("return sys%f[^%w_]", "function sys.gone() end\n\nreturn sys"))
  end)

  it("a function that is not declared", function()
    assert.equal("mkrun.sys.uuid is not declared",
      found_in("function sys%.uuid%(%) end", "---@type nil"))
  end)

  it("another name of a parameter", function()
    assert.equal("mkio.Teams.put takes (self, name, spec), and "
      .. "(self, name, want) is declared", found_in(
        "function Teams:put%(name, spec%)", "function Teams:put(name, want)"))
  end)

  it("a comment with another parameter", function()
    assert.equal("mkio.Teams.delete(name): the comment has (team)", found_in(
      "%-%-%-@param name string\nfunction Teams:delete",
      "---@param team string\nfunction Teams:delete", true))
  end)

  it("a type that is declared nowhere", function()
    assert.equal("type mkrun.Nothing is not declared", found_in(
      "%-%-%-@return integer\nfunction sys.getpid",
      "---@return mkrun.Nothing\nfunction sys.getpid", true))
  end)
end)

describe("mkrun --types DIR", function()
  it("says what belongs into .luarc.json, in its last line", function()
    local outcome = release.run({ "--types", 'my "types"' },
      { cwd = temp.folder() })
    assert.matches('\n"workspace.library": ["my \\"types\\""]\n$',
      outcome.out:gsub("%]\n$", "]\n$"), 1, true)
  end)

  it("replaces its own files, and removes those that are no more", function()
    local folder = temp.folder()
    write_types(folder)
    local old = temp.read(folder .. "/mkio.lua")
    temp.write(folder .. "/mkio/older.lua", old)
    temp.write(folder .. "/.mkrun-types", "mkio/older.lua\n../mine.lua\n")
    temp.write(folder .. "/mkio.lua", old .. "-- changed\n")
    temp.write(folder .. "/mine.lua", "return 1\n")
    write_types(folder)
    assert.equal(old, temp.read(folder .. "/mkio.lua"))
    assert.equal("return 1\n", temp.read(folder .. "/mine.lua"))
    assert.is_nil(io.open(folder .. "/mkio/older.lua"))
  end)

  it("touches no file of somebody else", function()
    local folder = temp.folder()
    temp.write(folder .. "/mkio.lua", "return 1\n")
    local outcome = release.run { "--types", folder }
    assert.equal(2, outcome.code)
    assert.equal(("mkrun: %s/mkio.lua: is not a file of --types; nothing was "
      .. "written\n"):format(folder), outcome.err)
    assert.equal("return 1\n", temp.read(folder .. "/mkio.lua"))
    assert.equal("mkio.lua\n", shell.output("ls " .. folder) .. "\n")
  end)

  it("needs a folder that it can make", function()
    local folder = temp.folder()
    temp.write(folder .. "/file", "x")
    local outcome = release.run { "--types", folder .. "/file/types" }
    assert.equal(1, outcome.code)
    assert.equal(("mkrun: %s/file: is no folder\n"):format(folder),
      outcome.err)
    assert.equal(2, release.run { "--types", "" }.code)
    assert.equal(2, release.run { "--types", folder, "script.lua" }.code)
  end)
end)
