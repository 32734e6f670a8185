--- What `make install` puts where; it is run on what is built already.

local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local target

local function installed(path) return temp.read(target .. "/usr/" .. path) end

--- {Library = "musl", ...} for each of vendor/lock.
local function libraries()
  local list = {}
  for line in temp.read("vendor/lock"):gmatch "[^\n]+" do
    local name, value = line:match "^(%w+):%s*(.*)$"
    if name == "Library" then list[#list + 1] = {} end
    if name then list[#list][name] = value end
  end
  return list
end

describe("make install", function()
  lazy_setup(function()
    target = temp.folder()
    local outcome = process.run({ "make", "-o", "all", "install",
      "PREFIX=/usr", "DESTDIR=" .. target })
    assert.equal(0, outcome.code, outcome.err)
  end)

  local SHELLS <const> = {
    bash = "share/bash-completion/completions/mkrun",
    fish = "share/fish/vendor_completions.d/mkrun.fish",
    zsh = "share/zsh/site-functions/_mkrun",
  }

  it("brings the binary, man page, licences and completions", function()
    assert.equal("./usr/bin/mkrun\n./usr/" .. SHELLS.bash
      .. "\n./usr/share/doc/mkrun/LICENSE\n"
      .. "./usr/share/doc/mkrun/THIRD-PARTY.txt\n./usr/" .. SHELLS.fish
      .. "\n./usr/share/man/man1/mkrun.1\n./usr/" .. SHELLS.zsh,
      shell.output("cd " .. target .. " && find -type f | sort"))
    assert(installed "bin/mkrun" == temp.read(release.file))
    assert.equal(temp.read "LICENSE", installed "share/doc/mkrun/LICENSE")
    for name, path in pairs(SHELLS) do
      assert.equal(release.run({ "completion", name }).out, installed(path))
    end
  end)

  it("brings a notice of each library in the binary", function()
    local text, inside = installed "share/doc/mkrun/THIRD-PARTY.txt", 0
    local version = release.run({ "--version" }).out
    for _, library in ipairs(libraries()) do
      local name = library.Library
      local number, licence = text:match("\n" .. name:gsub("%-", "%%-")
        .. " (%d%S*), (%S+)\nfrom %S+%d")
      assert.equal(library.Licence, licence, name)
      if version:lower():find(name .. " " .. number, 1, true) then
        inside = inside + 1
      end
    end
    assert.equal(8, inside, version) -- all but the roots, which may not be used
  end)

  it("brings the texts that those licences ask for", function()
    local text = installed "share/doc/mkrun/THIRD-PARTY.txt"
    for _, words in ipairs {
      "Copyright © 2005-2020 Rich Felker, et al.",
      "Daniel Stenberg, <daniel@haxx.se>", "Apache License",
      "Copyright 2016-2018 INRIA and Microsoft Corporation",
      "Copyright (c) 2012, 2014, 2015, 2016 Tatsuhiro Tsujikawa",
      "Copyright (c) 2023 sfparse contributors",
      "Jean-loup Gailly and Mark Adler",
      "Copyright (c) 2010-2012  Mark Pulford",
      "Copyright: Mozilla Contributors",
      "Mozilla Public License Version 2.0",
      "Permission is hereby granted, free of charge",
    } do
      assert(text:find(words, 1, true), words)
    end
    assert.matches("Copyright %(C%) 1994%-%d%d%d%d Lua%.org, PUC%-Rio%.", text)
  end)
end)
