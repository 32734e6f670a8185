--- Writes THIRD-PARTY.txt: what is in the binary, by whom, on which terms.
---
---     lua vendor/notices.lua vendor/lock musl=TREE lua=TREE ... < got-....mk
---
--- The texts are those of the source trees; `Notice` in vendor/lock names the
--- files that have them.

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return (file:read "a":gsub("\r\n", "\n"))
end

--- The libraries of vendor/lock, in its order: {Library = "musl", ...}.
local function libraries(text)
  local list = {}
  for line in text:gmatch "[^\n]+" do
    local name, value = line:match "^(%w+):%s*(.*)$"
    if name == "Library" then list[#list + 1] = {} end
    if name and not list[#list][name] then list[#list][name] = value end
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

--- The comments of a C file that have a copyright: it may hold the work of
--- several.
local function of_source(text)
  local notices = {}
  for comment in text:gmatch "/%*(.-)%*/" do
    if comment:find "Copyright [(%d]" then
      notices[#notices + 1] = ("\n" .. comment):gsub("\n[ *]*%*+ ?", "\n")
    end
  end
  return table.concat(notices, "\n")
end

--- The paragraph of Debian's list of copyrights that has the licence's text.
local function of_list(text, licence)
  for paragraph in (text .. "\n\n"):gmatch "(.-)\n\n+" do
    if paragraph:find("\nLicense: " .. licence .. "\n ", 1, true) then
      return (("\n" .. paragraph):gsub("\n %.", "\n"):gsub("\n ", "\n"))
    end
  end
  return ""
end

local function notice(tree, file, licence)
  local text = read(tree .. "/" .. file)
  if file:find "%.[ch]$" then text = of_source(text) end
  if file == "debian/copyright" then text = of_list(text, licence) end
  text = text:gsub("[ \t]+\n", "\n"):gsub("^\n+", ""):gsub("%s*$", "\n")
  if #text < 100 then
    error(("vendor/notices.lua: no notice in %s/%s"):format(tree, file), 0)
  end
  return text
end

local RULE <const> = ("="):rep(78)

local got, trees = variables(io.lines()), {}
for i = 2, #arg do
  local name, tree = arg[i]:match "^(.-)=(.*)$"
  trees[name] = tree
end

print [[
mkrun is one file in which the works below are linked together, with the patches
that are in vendor/patches of mkrun's own source.  A version with a revision of
Debian's has Debian's patches, too.]]
for _, library in ipairs(libraries(read(arg[1]))) do
  local name = library.Library
  print(("\n%s\n%s %s, %s\nfrom %s\n%s"):format(RULE, name,
    got["REVISION_" .. name], library.Licence, got["TARBALL_" .. name], RULE))
  for file in library.Notice:gmatch "%S+" do
    io.write("\n", notice(trees[name], file, library.Licence))
  end
end
