--- Writes the container image for all architectures.
---
---     mkrun image.lua FILE VERSION COMMIT SECONDS ARCH=BUILD...
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local image = require "mkrun.tool.image"
local sys = require "mkrun.sys"

local NAMES <const> = { x86_64 = "amd64", aarch64 = "arm64" }

local function read(path) return assert(sys.read(path)) end

--- Compresses as gzip does, only better: mkrun itself only unpacks.
local function zopfli(bytes)
  local name = os.tmpname()
  local file = assert(io.open(name, "wb"))
  assert(file:write(bytes) and file:close())
  local pipe <close> = assert(io.popen("zopfli -c --i5 '" .. name .. "'", "r"))
  local packed = pipe:read "a"
  os.remove(name)
  assert(#packed > 18, "zopfli gave nothing")
  return packed
end

local function platform(pair)
  local arch, build = pair:match "^(.-)=(.*)$"
  return {
    architecture = assert(NAMES[arch], pair),
    binary = read(build .. "/release/mkrun"),
    files = {
      ["LICENSE"] = read "LICENSE",
      ["THIRD-PARTY.txt"] = read(build .. "/release/THIRD-PARTY.txt"),
    },
  }
end

local file, version, commit, seconds = ...
local platforms = {}
for i, pair in ipairs { select(5, ...) } do platforms[i] = platform(pair) end

local prefix <const> = "org.opencontainers.image."
assert(image.write {
  file = file, name = "localhost/mkrun:" .. version, platforms = platforms,
  created = math.tointeger(seconds), compress = zopfli,
  config = { Labels = {
    [prefix .. "title"] = "mkrun",
    [prefix .. "version"] = version,
    [prefix .. "revision"] = commit,
    [prefix .. "created"] = sys.iso8601(math.tointeger(seconds)),
    [prefix .. "licenses"] = "MIT",
    [prefix .. "description"] =
      "Runs Lua scripts against the " .. config.provider().api,
  } },
})
