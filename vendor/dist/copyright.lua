--- Prints debian/copyright of the package, in the format that machines read
--- (DEP-5): mkrun's licence, and that of each work in the binary.
---
---     mkrun copyright.lua LICENSE THIRD-PARTY.txt
-- SPDX-License-Identifier: MIT

local sys = require "mkrun.sys"

--- Licences that each Debian machine has.
local COMMON <const> = { ["Apache-2.0"] = true, ["MPL-2.0"] = true }

--- Whose notice is not in the files of the licence.
local HOLDERS <const> = { mbedtls = "The Mbed TLS Contributors" }

local function trim(text) return (text:gsub("^%s+", ""):gsub("%s+$", "")) end

--- The holder that a line names, or nil.
local function holder(line)
  local who = line:match "Copyright [©(cC)%s]*(%d%d%d%d.*)"
    or line:match "^%s*%([cC]%)%s+(%d%d%d%d.*)"
    or line:match "^Copyright:%s+(.*)"
  return who and trim(who)
end

--- Does the holder's name go on in the next line?
local function goes_on(who) return who:find "^%d+$" or who:find "and many$" end

--- The holders of a text, each once: "2005-2020 Rich Felker, et al.".
local function holders(text, name)
  local list, seen, begun = { HOLDERS[name] }, {}, nil
  for line in text:gmatch "[^\n]+" do
    local who = begun and begun .. " " .. trim(line) or holder(line)
    begun = not begun and who and goes_on(who) and who or nil
    if who and not begun and not seen[who] then
      seen[who], list[#list + 1] = true, who
    end
  end
  assert(list[1], name .. ": no copyright in its notice")
  return table.concat(list, "\n ")
end

--- A text as the value of a field: each line begins with a blank.
local function folded(text)
  return (("\n" .. trim(text)):gsub("[ \t]+\n", "\n"):gsub("\n\n", "\n.\n")
    :gsub("\n\n", "\n.\n"):gsub("\n", "\n "))
end

local function reference(licence)
  return ("\n On Debian systems the text is in"
    .. " /usr/share/common-licenses/%s;\n the notices are in"
    .. " /usr/share/doc/mkrun/THIRD-PARTY.txt.gz."):format(licence)
end

--- The name of a licence here: the texts of MIT differ from work to work.
local function name_of(licence, name)
  return licence == "MIT" and name ~= "mkrun" and "MIT-" .. name or licence
end

local function stanza(files, name, licence, text)
  print(("\nFiles: %s\nCopyright: %s\nLicense: %s%s"):format(files,
    holders(text, name), name_of(licence, name),
    COMMON[licence] and reference(licence) or folded(text)))
end

local RULE <const> = ("="):rep(78)

--- Calls `work(name, version, licence, text)` for each work in the notices.
local function each_work(notices, work)
  local at = 1
  while true do
    local _, stop, name, version, licence = notices:find("\n" .. RULE
      .. "\n(%S+) (%S+), (%S+)\nfrom %S+\n" .. RULE .. "\n", at)
    if not name then return end
    local next_at = notices:find("\n" .. RULE .. "\n", stop, true)
    work(name, version, licence, notices:sub(stop, next_at or -1))
    at = next_at or #notices
  end
end

local own, notices = assert(sys.read((...))), assert(sys.read((select(2, ...))))

io.write "Format: https://www.debian.org/doc/packaging-manuals/"
print [[
copyright-format/1.0/
Upstream-Name: mkrun
Comment: usr/bin/mkrun is one file in which the works below are linked
 together.  `mkrun --sbom` lists their sources and patches.]]
stanza("*", "mkrun", "MIT", (own:gsub("^MIT License\n", "")))
each_work(notices, function(name, version, licence, text)
  stanza(("vendor/%s/*"):format(name), name, licence, text)
  print(("Comment: %s %s, a part of usr/bin/mkrun"):format(name, version))
end)
