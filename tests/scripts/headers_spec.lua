--- The header of a script is its help and its arguments: it has to be whole.

local headers = require "mkrun.host.header"
local needs = require "mkrun.host.needs"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local MOST_LINES <const> = 119
local TAGS <const> = { read = true, write = true, destructive = true,
                       idempotent = true, tool = true }

local function scripts()
  local list = {}
  for path in shell.output("find scripts -maxdepth 1 -name '*.lua' | sort")
    :gmatch "[^\n]+" do
    list[#list + 1] = path
  end
  return list
end

--- A usage line without the options that have a value: what is left in
--- capitals are arguments.
local function operands(header, usage)
  local text, names = " " .. usage:gsub("^%S+%s+%S+", ""), {}
  for _, argument in ipairs(header.args) do
    if argument.value then
      text = text:gsub(argument.name:gsub("%p", "%%%0") .. "[ =]"
        .. argument.value:gsub("%p", "%%%0"), argument.name)
    end
  end
  for name in text:gmatch "%f[%w_-]%u[%u%d_-]*%f[^%w_-]" do
    names[#names + 1] = name
  end
  return names
end

local function option_names(usage)
  local names = {}
  for name in usage:gmatch "%-%-%l[%w-]*" do names[#names + 1] = name end
  return names
end

local function is_tool(header)
  return (" " .. table.concat(header.tags, " ") .. " "):find " tool " ~= nil
end

--- What is wrong with a script, one text for each fault.
local function faults(path, source)
  local header, list = headers.parse(source), {}
  local function need(fine, ...)
    if not fine then list[#list + 1] = (...):format(select(2, ...)) end
  end

  local described, used = {}, {}
  for _, argument in ipairs(header.args) do
    described[argument.name] = argument.text ~= ""
  end
  local start = "mkrun " .. path:match "([^/]+)%.lua$"
  for _, usage in ipairs(header.usage) do
    need((usage .. " "):sub(1, #start + 1) == start .. " ",
      "the usage line does not begin with '%s'", start)
    for _, name in ipairs(operands(header, usage)) do
      need(described[name], "no @arg for %s", name)
    end
    for _, name in ipairs(option_names(usage)) do
      used[name] = true
      need(described[name], "no @arg for %s", name)
    end
  end
  for name in pairs(described) do
    need(name:sub(1, 2) ~= "--" or used[name], "%s in no usage line", name)
  end

  need(source:find "^#!/usr/bin/env mkrun\n", "no first line for the kernel")
  need(header.summary:find "^%u.*%.$", "the summary is no sentence")
  need(#header.usage > 0, "no @usage")
  need(#header.output > 0, "no @output")
  need(header.exit and header.exit:find "^0 .*1 .*2 ", "no @exit")
  need(#header.tags > 0, "no @tags")
  need(is_tool(header) or #header.needs > 0, "no @needs")
  local words, message = needs.parse(header,
    function() return require "mkio.needs" end)
  need(words, "%s", tostring(message))
  for _, tag in ipairs(header.tags) do
    need(TAGS[tag], "unknown tag '%s'", tag)
  end
  local _, lines = source:gsub("\n", "")
  need(lines <= MOST_LINES, "%d lines", lines)
  table.sort(list)
  return list
end

describe("the scripts", function()
  for _, path in ipairs(scripts()) do
    it("have a whole header: " .. path, function()
      assert.same({}, faults(path, temp.read(path)))
    end)
  end

  it("are all there", function() assert(#scripts() >= 2) end)
end)

describe("a header", function()
  local whole = [[
#!/usr/bin/env mkrun
--- Do it.
-- @usage  mkrun x FILE [--days N]... [--dry-run]
-- @arg    FILE       in
-- @arg    --days N   so long
-- @arg    --dry-run  print
-- @output
-- done
-- @exit 0 done, 1 not, 2 usage
-- @needs api:read, read:FILE
-- @tags read
]]

  local function without(pattern, by)
    return faults("scripts/x.lua", (whole:gsub(pattern, by or "", 1)))
  end

  it("is whole with everything in it", function()
    assert.same({}, without "nothing of this")
  end)

  it("is not whole without one of its parts", function()
    assert.same({ "no @output" }, without "%-%- @output\n%-%- done\n")
    assert.same({ "no @exit" }, without "%-%- @exit[^\n]*\n")
    assert.same({ "no @tags" }, without "%-%- @tags[^\n]*\n")
    assert.same({ "no @needs" }, without "%-%- @needs[^\n]*\n")
    assert.same({}, faults("scripts/x.lua",
      (whole:gsub("%-%- @needs[^\n]*\n", ""):gsub("read\n$", "read, tool\n"))))
    assert.same({ "@needs: 'raed:FILE': unknown word, did you mean 'read'?" },
      without("read:FILE", "raed:FILE"))
    assert.same({ "@needs: 'read:FILE': the script has no argument FILE; a "
      .. "file of that name is ./FILE",
      "no @arg for FILE" }, without "%-%- @arg    FILE[^\n]*\n")
    assert.same({ "no @arg for --dry-run" },
      without "%-%- @arg    %-%-dry[^\n]*\n")
    assert.same({ "--days in no usage line" }, without " %[%-%-days N%]...")
    assert.same({ "unknown tag 'slow'" }, without("@tags read", "@tags slow"))
    assert.same({ "the summary is no sentence" }, without("Do it", "do it"))
  end)

  it("is not whole in a script of 120 lines", function()
    local _, lines = whole:gsub("\n", "")
    assert.same({ "120 lines" }, faults("scripts/x.lua",
      whole .. ("\n"):rep(120 - lines)))
  end)
end)
