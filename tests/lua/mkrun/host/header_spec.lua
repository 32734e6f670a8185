local arguments = require "mkrun.host.arguments"
local header = require "mkrun.host.header"

local SOURCE = [[
#!/usr/bin/env mkrun
--- Make the sites of an API look the way a file says.
--
-- Reads a JSON array of sites.
--   indented
--
-- A second run finds nothing to do.
--
-- @usage  mkrun sites.lua [--dry-run] [--member EMAIL]... --to URL FILE [ID...]
-- @arg    FILE            JSON array of sites,
--                         one object each
-- @arg    ID              only these
-- @arg    --dry-run       print the operations, send nothing
-- @arg    --member EMAIL  somebody to add
-- @arg    --to URL        where they go
-- @env    API_URL         base URL
-- @output
-- north  unchanged
-- south  patched: 2 operations
-- @exit   0 all is well, 1 it is not
-- @needs  api:write, read:FILE,
--         net:hooks.example
-- @tags   write, idempotent
-- SPDX-License-Identifier: MIT

-- @usage  not part of the header
local x = 1
]]

describe("mkrun.host.header.parse", function()
  local h = header.parse(SOURCE)

  it("reads the text", function()
    assert.equal("Make the sites of an API look the way a file says.",
      h.summary)
    assert.equal("Reads a JSON array of sites.\n  indented\n\n"
      .. "A second run finds nothing to do.", h.description)
  end)

  it("reads the tags", function()
    assert.same({ "mkrun sites.lua [--dry-run] [--member EMAIL]... --to URL "
      .. "FILE [ID...]" }, h.usage)
    assert.same({ { name = "API_URL", text = "base URL" } }, h.env)
    assert.same({ "north  unchanged", "south  patched: 2 operations" },
      h.output)
    assert.equal("0 all is well, 1 it is not", h.exit)
    assert.same({ "write", "idempotent" }, h.tags)
    assert.same({ "api:write", "read:FILE", "net:hooks.example" }, h.needs)
    assert.is_true(h.says_needs)
  end)

  it("reads the files of providers, one or more on a line", function()
    assert.same({}, h.providers)
    assert.same({ "mq.lua", "lib/dns.lua", "/srv/x.lua" }, header.parse(
      "--- Does it.\n-- @provider mq.lua lib/dns.lua\n"
      .. "-- @provider  /srv/x.lua\n").providers)
  end)

  it("reads the arguments, and the usage line for what they need", function()
    local seen = {}
    for _, a in ipairs(h.args) do
      seen[#seen + 1] = { a.name, a.value or "-", a.option, a.required, a.many }
    end
    assert.same({
      { "FILE", "-", false, true, false },
      { "ID", "-", false, false, true },
      { "--dry-run", "-", true, false, false },
      { "--member", "EMAIL", true, false, true },
      { "--to", "URL", true, true, false },
    }, seen)
    assert.equal("JSON array of sites, one object each", h.args[1].text)
  end)

  it("finds nothing where there is nothing", function()
    for _, source in ipairs { "", "local x = 1\n-- @usage no\n", "#!/bin/x" } do
      local empty = header.parse(source)
      assert.equal("", empty.summary)
      assert.same({}, empty.usage)
      assert.same({}, empty.args)
      assert.same({}, empty.needs)
      assert.is_false(empty.says_needs)
    end
  end)

  it("takes the words of @tags from its line alone", function()
    local function tags(source) return header.parse(source).tags end
    assert.same({ "read", "write" },
      tags "-- X.\n-- @tags read,write\n-- and more\n-- @exit 0 done\n")
    assert.same({ "read", "write" }, tags "--X.\n--@tags read\n--@tags write\n")
    assert.same({}, tags "-- X.\n-- @tagsread\n-- of @tags read\n")
    assert.same({}, tags "--[[ X.\n-- @tags read\n]]")
    assert.same({}, tags "local x = 1\n-- @tags read\n")
    assert.same({}, tags "-- X.\n--[=[\n-- @tags read\n]=]")
  end)

  it("reads line ends of any kind and a byte order mark", function()
    local dos = header.parse("\239\187\191" .. SOURCE:gsub("\n", "\r\n"))
    assert.same(h, dos)
  end)
end)

describe("mkrun.host.header.help", function()
  it("shows all of it", function()
    assert.equal([[
Make the sites of an API look the way a file says.

usage: mkrun sites.lua [--dry-run] [--member EMAIL]... --to URL FILE [ID...]

Reads a JSON array of sites.
  indented

A second run finds nothing to do.

Arguments:
  FILE            JSON array of sites, one object each
  ID              only these
  --dry-run       print the operations, send nothing
  --member EMAIL  somebody to add
  --to URL        where they go

Environment:
  API_URL  base URL

Output:
  north  unchanged
  south  patched: 2 operations

Exit codes: 0 all is well, 1 it is not

May:
  send reads and writes to the API
  read FILE
  send requests to hooks.example]], header.help(header.parse(SOURCE)))
  end)

  it("shows arguments of any length", function()
    local name = ("X"):rep(120)
    local text = header.help(header.parse("-- @arg " .. name .. "  it\n"))
    assert.matches("\n  " .. name .. "  it\n", text, 1, true)
  end)

  it("ends with what the script may do, whatever its description claims",
    function()
      local text = header.help(header.parse("--- Do it.\n--\n-- May:\n"
        .. "--   send reads to the API\n-- @exit 0 May: nothing\n"
        .. "-- @needs token, write:./x\n"))
      assert.matches("\n\nMay:\n  write ./x\n  pass tokens to ./x$", text)
    end)

  it("says when the header alone grants nothing", function()
    assert.matches("\nMay use the API, and if %-%-allow%-%.%.%. says so, "
      .. "too:\n  read FILE", (header.help(header.parse(
        SOURCE:gsub("api:write, ", "")), true)))
  end)

  it("breaks a long line of what the script may do", function()
    local many = {}
    for i = 1, 40 do many[i] = "read:./folder" .. i end
    local text = header.help(header.parse("--- Do it.\n-- @needs "
      .. table.concat(many, ", ") .. "\n"))
    for line in text:gmatch "[^\n]+" do assert.is_true(#line <= 80, line) end
    assert.equal(40, select(2, text:gsub("%./folder%d", "")))
  end)

  it("breaks a long usage line between its parts", function()
    local long = header.parse("--- X.\n-- @usage mkrun x NAME "
      .. ("[--number N] "):rep(5) .. "(--file FILE |\n--   --exec CMD) [-y]\n"
      .. "-- @usage mkrun x\n")
    assert.equal([[
usage: mkrun x NAME [--number N] [--number N] [--number N] [--number N]
         [--number N] (--file FILE | --exec CMD) [-y]
       mkrun x]], header.usage(long))
  end)

  it("breaks a long explanation at blanks", function()
    local words = ("word "):rep(40)
    local text = header.help(header.parse("--- Do it.\n-- @usage x FILE\n"
      .. "-- @arg FILE  " .. words .. "\n"))
    for line in text:gmatch "[^\n]+" do assert.is_true(#line <= 80, line) end
    assert.equal(40, select(2, text:gsub("word", "")))
  end)

  it("leaves out what is not there", function()
    assert.equal("Do it.\n\nMay:\n  do all that you may do (no @needs; see "
      .. "mkrun help security)", header.help(header.parse "--- Do it.\n"))
  end)
end)

describe("mkrun.host.arguments.parse", function()
  local h = header.parse(SOURCE)

  local function parse(...) return arguments.parse(h, { ... }) end

  local function fault(message, ...)
    local options, why = parse(...)
    assert.is_nil(options)
    assert.equal(message, why)
  end

  it("sorts options and the rest, in any order", function()
    local options, rest = parse("a.json", "--dry-run", "--to", "x", "b", "c")
    assert.same({ dry_run = true, to = "x" }, options)
    assert.same({ "a.json", "b", "c" }, rest)
  end)

  it("takes a value after = or in the next word", function()
    assert.same({ to = "x=y", member = { "a", "b" } },
      (parse("--to=x=y", "--member", "a", "--member=b", "f")))
    assert.same({ to = "--dry-run" }, (parse("--to", "--dry-run", "f")))
  end)

  it("ends the options at --, and takes - as a word", function()
    local options, rest = parse("--to=x", "-", "--", "--dry-run", "--")
    assert.same({ to = "x" }, options)
    assert.same({ "-", "--dry-run", "--" }, rest)
  end)

  it("names what is wrong", function()
    fault("unknown option '--dryrun'", "--dryrun", "f")
    fault("unknown option '-n'", "-n")
    fault("unknown option '--dryrun'", "--dryrun=1", "f")
    fault("option '--dry-run' takes no value", "--dry-run=yes")
    fault("option '--to' needs a value", "f", "--to")
    fault("option '--to' is given twice", "--to=a", "--to=b", "f")
    fault("option '--to' is missing", "f")
    fault("argument FILE is missing", "--to=x")
  end)

  it("counts the words", function()
    local one = header.parse "--- X.\n-- @usage mkrun x A [B]\n-- @arg A\n"
    local two = header.parse(
      "--- X.\n-- @usage mkrun x A [B]\n-- @arg A  a\n-- @arg B  b\n")
    assert.equal("unexpected argument 'b'",
      select(2, arguments.parse(one, { "a", "b" })))
    assert.same({ "a", "b" }, select(2, arguments.parse(two, { "a", "b" })))
    assert.same({ "a" }, select(2, arguments.parse(two, { "a" })))
    assert.equal("argument A is missing",
      select(2, arguments.parse(two, {})))
  end)

  it("takes no empty word, which is what an unset variable leaves", function()
    local header_ = header.parse("--- X.\n-- @usage mkrun x [--of C] A [B]..."
      .. "\n-- @arg A  a\n-- @arg B  b\n-- @arg --of C  c\n")
    local function wrong(...)
      return select(2, arguments.parse(header_, { ... }))
    end
    assert.equal("argument A is empty", wrong "")
    assert.equal("argument B is empty", wrong("a", ""))
    assert.equal("argument B is empty", wrong("a", "b", "c", ""))
    assert.equal("option '--of': a value expected, got ''",
      wrong("a", "--of", ""))
    assert.equal("option '--of': a value expected, got ''", wrong("a", "--of="))
  end)
end)
