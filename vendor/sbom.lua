--- Writes what the bill of materials of the binary says (`mkrun --sbom`): the
--- works inside, their sources and patches, as JSON.
---
---     lua vendor/sbom.lua VERSION ARCH COMPILER musl=TREE ... < got-....mk
---
--- COMPILER is the first line of `gcc --version`.  What is the same for all
--- parts is added by lua/mkrun/tool/sbom.
-- SPDX-License-Identifier: MIT

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

--- The stanzas of vendor/lock: {Library = ..., sources = {[version] = {...}}}.
local function libraries(text)
  local list, source = {}, nil
  for line in text:gmatch "[^\n]+" do
    local name, value = line:match "^(%w+):%s*(.*)$"
    if name == "Library" then
      list[#list + 1], source = { Library = value, places = {} }, nil
    elseif name == "Source" then
      source = {}
    elseif name == "Tarball" or name == "Patches" then
      local sum, place = value:match "^(%x+) (%S+)$"
      local places = list[#list].places
      if place:find "^https:" then places[sum] = places[sum] or place end
    elseif name and not source then
      list[#list][name] = value
    end
  end
  return list
end

--- "NAME := VALUE" lines as a table.
local function variables(lines)
  local got = {}
  for line in lines do
    local name, value = line:match "^(%S+) := (.*)$"
    if name then got[name] = value end
  end
  return got
end

--- Numbers before other text, as `sort -V` has them for the versions here.
local function is_older(a, b)
  local of_a, of_b = a:gmatch "%d+", b:gmatch "%d+"
  repeat
    local x, y = of_a() or "-1", of_b() or "-1"
    if x ~= y then return tonumber(x) < tonumber(y) end
  until x == "-1"
  return false
end

--- The lines that a command prints.
local function output(command)
  local pipe <close> = assert(io.popen(command))
  local lines = {}
  for line in pipe:lines() do lines[#lines + 1] = line end
  return lines
end

local function digest(kind, path)
  return output(("%s <'%s'"):format(kind, path))[1]:match "^%x+"
end

local function patch(path, name)
  return { name, digest("sha1sum", path), digest("sha256sum", path) }
end

--- Debian's patches, in the order of their series.
local function of_debian(tree)
  local file, list = io.open(tree .. "/debian/patches/series"), {}
  if not file then return list end
  for line in file:lines() do
    local name = line:gsub("%s*#.*", ""):match "^%S+"
    if name then
      list[#list + 1] = patch(tree .. "/debian/patches/" .. name,
        "debian/patches/" .. name)
    end
  end
  file:close()
  return list
end

--- Our patches that vendor/unpack.sh applies to this version.
local function of_ours(library, version)
  local list = {}
  for _, path in ipairs(output("ls vendor/patches/" .. library
    .. "/*.patch 2>/dev/null")) do
    local limit = ("\n" .. read(path)):match "\nOnly%-Below: *(%S+)"
    if not limit or is_older(version, limit) then
      list[#list + 1] = patch(path, path)
    end
  end
  return list
end

local function escaped(text)
  return (text:gsub("[^%w.~_-]", function(c)
    return ("%%%02X"):format(c:byte())
  end))
end

--- The package URL: Debian's where Debian's patches or data are inside.
local function purl(library, version, revision)
  if revision == version and library.Newer ~= "yes" then
    return ("pkg:generic/%s@%s"):format(library.Library, escaped(version))
  end
  return ("pkg:deb/debian/%s@%s?arch=source"):format(library.Package,
    escaped(revision))
end

local function part(library, got, trees)
  local name = library.Library
  local version, sum = got["VERSION_" .. name], got["TARSUM_" .. name]
  local revision = got["REVISION_" .. name]
  local patches = of_debian(trees[name])
  local debian = got["PATCHES_" .. name]
  table.move(of_ours(name, version), 1, 999, #patches + 1, patches)
  local is_data = library.Newer == "yes"
  return {
    name = is_data and library.Package or name,
    version = revision, licence = library.Licence,
    purl = purl(library, version, revision),
    cpe = library.Cpe and ("%s:%s"):format(library.Cpe, version),
    file = got["TARBALL_" .. name], sum = sum, url = library.places[sum],
    debian = debian ~= "-" and debian or nil,
    debian_sum = debian ~= "-" and got["PATCHSUM_" .. name] or nil,
    patches = patches, is_data = is_data or nil,
  }
end

--- The compiler, which may add a few functions of its own library.
local function compiler(line)
  local version = line:match "(%d[%d.]*)$" or line:match "%d[%d.]*" or "0"
  return {
    name = "gcc", version = line:match "%(%a+ (%d%S*)%)" or version,
    licence = "GPL-3.0-or-later WITH GCC-exception-3.1",
    purl = "pkg:generic/gcc@" .. version, cpe = "gnu:gcc:" .. version,
    is_tool = true, patches = {},
  }
end

local function quoted(text)
  return '"' .. text:gsub('[%c"\\]', function(c)
    return ("\\u%04x"):format(c:byte())
  end) .. '"'
end

--- JSON with sorted keys.
local function encode(value)
  if type(value) ~= "table" then
    return type(value) == "string" and quoted(value) or tostring(value)
  end
  local words = {}
  if value[1] or not next(value) then
    for i, item in ipairs(value) do words[i] = encode(item) end
    return "[" .. table.concat(words, ",") .. "]"
  end
  for name, item in pairs(value) do
    words[#words + 1] = quoted(name) .. ":" .. encode(item)
  end
  table.sort(words)
  return "{" .. table.concat(words, ",") .. "}"
end

local got, trees = variables(io.lines()), {}
for i = 4, #arg do
  local name, tree = arg[i]:match "^(.-)=(.*)$"
  trees[name] = tree
end

local parts = {}
for i, library in ipairs(libraries(read "vendor/lock")) do
  parts[i] = part(library, got, trees)
end
parts[#parts + 1] = compiler(arg[3])
print(encode { version = arg[1], arch = arg[2], parts = parts })
