--- Writes versions.h from what fetch.sh says it got (on standard input).
---
---     lua vendor/versions.lua 0.2.0 < build/vendor/got-....mk > versions.h

local names = {
  { "MUSL", "musl" }, { "LUA", "lua" }, { "CURL", "curl" },
  { "MBEDTLS", "mbedtls" }, { "NGHTTP2", "nghttp2" }, { "ZLIB", "zlib" },
  { "CJSON", "lua-cjson" }, { "ISOCLINE", "isocline" }, { "ROOTS", "roots" },
}

local got = {}
for line in io.lines() do
  local name, value = line:match "^(%S+) := (.*)$"
  if name then got[name] = value end
end

local function define(name, value)
  print(string.format('#define %s "%s"', name, value))
end

print "/* The version of each library inside, with Debian's revision if its"
print "** patches are in it. */"
define("MK_VERSION", arg[1])
for _, pair in ipairs(names) do
  local macro, library = table.unpack(pair)
  define("MK_VERSION_" .. macro, got["VERSION_" .. library])
  define("MK_REVISION_" .. macro, got["REVISION_" .. library])
end
