--- Below the provider's floor nothing names the provider: not the C code, not
--- the library, not the recipes, neither in code nor in comments.  What they
--- have to know of it comes from its table, lua/mkio/host.lua.

local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

--- Each is searched for in small letters, as plain text.  "mk.io" is also in
--- the name of the server, and "mkio" in the names of variables.
local NAMES <const> = { "mkio", "mk.io" }

--- The folders and files below the provider.  The manual is for the users of
--- this provider, so it names it.
local FIND <const> = "find src lua/mkrun vendor Makefile -type f"
  .. " ! -path 'src/manual/*' | LC_ALL=C sort"

--- Returns the names of a provider in a text, each as "PATH:LINE: NAME".
local function named_in(text, path)
  local found, number = {}, 0
  for line in (text:lower() .. "\n"):gmatch "([^\n]*)\n" do
    number = number + 1
    for _, name in ipairs(NAMES) do
      if line:find(name, 1, true) then
        found[#found + 1] = ("%s:%d: %s"):format(path, number, name)
      end
    end
  end
  return found
end

--- Searches the files of a folder that is laid out as this one.
---@return string[] found
---@return integer count   how many files were read
local function search(folder)
  local found, count = {}, 0
  local list = shell.output(("cd '%s' && %s"):format(folder, FIND))
  for path in list:gmatch "[^\n]+" do
    count = count + 1
    local text = temp.read(folder .. "/" .. path)
    table.move(named_in(path, path .. " (name)"), 1, 9, #found + 1, found)
    table.move(named_in(text, path), 1, 1000, #found + 1, found)
  end
  return found, count
end

--- Makes a tree in which each folder has a file with a text of its own.
local function tree(texts)
  local folder = temp.folder()
  shell.execute(("cd '%s' && mkdir -p src/host src/manual lua/mkrun/rest "
    .. "vendor/dist && touch Makefile"):format(folder))
  for path, text in pairs(texts) do
    local file <close> = assert(io.open(folder .. "/" .. path, "w"))
    file:write(text)
  end
  return folder
end

describe("below the floor of the provider", function()
  it("nothing names it", function()
    local found, count = search(".")
    assert.equal("", table.concat(found, "\n"))
    assert.is_true(count > 500, count .. " files")
  end)

  it("a name is found in each folder, in code and in comments", function()
    assert.same({
      "Makefile:1: mkio",
      "lua/mkrun/a.lua:2: mkio",
      "lua/mkrun/rest/b.lua:1: mk.io",
      "src/host/c.c:3: mkio",
      "src/host/d.h:1: mk.io",
      "vendor/dist/mkio.sh (name):1: mkio",
      "vendor/f.lua:1: mk.io",
    }, (search(tree {
      Makefile = "X := lua/mkio/host.lua\n",
      ["lua/mkrun/a.lua"] = "--- Does it.\nlocal x = require 'mkio.needs'\n",
      ["lua/mkrun/rest/b.lua"] = "-- as MK.IO does\n",
      ["src/host/c.c"] = "/*\n\n** MKIO_TOKEN */",
      ["src/host/d.h"] = '#define URL "https://app.mk.io"\n',
      ["src/manual/e.md"] = "MK.IO's token is in MKIO_TOKEN\n",
      ["vendor/dist/mkio.sh"] = "echo\n",
      ["vendor/f.lua"] = "-- Mk.Io",
    })))
  end)

  it("another word is none", function()
    assert.same({}, (search(tree {
      ["src/host/c.c"] = "mk_io mkrun mk io MK_IO_ERROR\n" })))
  end)
end)
