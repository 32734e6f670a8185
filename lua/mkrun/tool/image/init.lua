--- Writes a container image as one tar archive in the OCI image layout, without
--- a container engine.  `podman load`, `docker load` and `skopeo copy
--- oci-archive:FILE` take the archive.
---
---     image.write { file = "mkrun.tar", name = "localhost/mkrun:0.2.0",
---       platforms = { { architecture = "amd64", binary = bytes } } }
---
--- The same arguments give the same bytes.  `mkrun bundle` and `make dist` call
--- this module.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local numbers = require "mkrun.numbers"
local sys = require "mkrun.sys"
local tar = require "mkrun.tool.image.tar"

local M = {}

--- What the eleven octal digits of a tar archive hold.
local MOST_SECONDS <const> = (1 << 33) - 1

local TYPE <const> = "application/vnd.oci.image."

---@class mkrun.ImagePlatform
---@field architecture "amd64"|"arm64"
---@field binary string                  the bytes of /mkrun
---@field files? table<string, string>   path without "/" at its begin -> bytes

---@class mkrun.Image
---@field file string        path of the archive; an existing file is replaced
---@field platforms mkrun.ImagePlatform[]
---@field name? string       reference, such as "localhost/mkrun:0.2.0"
---@field config? table      "config" of the image; replaces default members
---@field created? integer   seconds since 1970; default: SOURCE_DATE_EPOCH or 0
---@field compress? fun(bytes: string): string  gzip; default: plain layers

--- Creates the blobs of an image, by their digests.
local function new_blobs() return { entries = {}, seen = {} } end

--- Adds a blob, and returns its descriptor.
local function add(blobs, kind, bytes)
  local sum = sys.sha256(bytes)
  if not blobs.seen[sum] then
    blobs.seen[sum] = true
    local entry = { name = "blobs/sha256/" .. sum, bytes = bytes }
    table.insert(blobs.entries, entry)
  end
  return { mediaType = TYPE .. kind, digest = "sha256:" .. sum, size = #bytes }
end

local function text_of(value)
  return assert(json.encode(value, { sort = true }))
end

local function add_document(blobs, kind, value)
  return add(blobs, kind .. "+json", text_of(value))
end

--- Returns the tar archive of the image's only layer.
local function layer_of(platform, created)
  local entries = { { name = "mkrun", bytes = platform.binary, mode = 493 } }
  for name, bytes in pairs(platform.files or {}) do
    entries[#entries + 1] = { name = name, bytes = bytes }
  end
  return tar.pack(entries, created)
end

--- Returns the image's "config".  A member of `given` replaces the default.
local function run_config(given)
  local config = { Entrypoint = json.array { "/mkrun" }, User = "65534:65534",
    WorkingDir = "/" }
  for name, value in pairs(given or {}) do config[name] = value end
  return config
end

local function platform_of(architecture)
  return { os = "linux", architecture = architecture,
    variant = architecture == "arm64" and "v8" or nil }
end

--- Adds the blobs of one platform.  Returns the descriptor of its manifest, and
--- what manifest.json says of the image.
local function add_platform(blobs, image, platform, created)
  local layer = layer_of(platform, created)
  local packed = image.compress and image.compress(layer) or layer
  local config = platform_of(platform.architecture)
  config.created = sys.iso8601(created)
  config.config = run_config(image.config)
  config.rootfs = { type = "layers",
    diff_ids = json.array { "sha256:" .. sys.sha256(layer) } }
  config.history = json.array { { created = config.created,
    created_by = "mkrun" } }
  local layers = json.array { add(blobs, image.compress and "layer.v1.tar+gzip"
    or "layer.v1.tar", packed) }
  local about = add_document(blobs, "config.v1", config)
  local manifest = add_document(blobs, "manifest.v1", { schemaVersion = 2,
    mediaType = TYPE .. "manifest.v1+json", config = about, layers = layers })
  manifest.platform = platform_of(platform.architecture)
  return manifest, { config = about.digest, layer = layers[1].digest }
end

local function path_of(digest)
  return (digest:gsub("^sha256:", "blobs/sha256/"))
end

--- Returns the manifest.json for versions of Docker that know no OCI layout.
--- There each platform of several is an image with a name of its own.
local function docker_manifest(image, parts)
  local list = json.array {}
  for i, part in ipairs(parts) do
    local name = image.name
    if name and #parts > 1 then
      name = name .. "-" .. image.platforms[i].architecture
    end
    list[i] = { Config = path_of(part.config), RepoTags = json.array { name },
      Layers = json.array { path_of(part.layer) } }
  end
  return text_of(list)
end

local function index_of(manifests)
  return { schemaVersion = 2, mediaType = TYPE .. "index.v1+json",
    manifests = json.array(manifests) }
end

--- Returns the seconds of SOURCE_DATE_EPOCH, or 0.  Returns nil and a message
--- if a tar archive has no room for the time.
local function default_time()
  local text = os.getenv "SOURCE_DATE_EPOCH" or ""
  local seconds, fault = numbers.integer(text ~= "" and text or "0", 0,
    MOST_SECONDS)
  if fault then return nil, "SOURCE_DATE_EPOCH: " .. fault end
  return seconds
end

--- Returns the bytes of the image's archive.
---@param image mkrun.Image  `file` is not used
---@return string? bytes
---@return string? message   what is wrong with SOURCE_DATE_EPOCH
function M.pack(image)
  local created, message = image.created, nil
  if not created then created, message = default_time() end
  if not created then return nil, message end
  local blobs, manifests, parts = new_blobs(), {}, {}
  for i, platform in ipairs(image.platforms) do
    manifests[i], parts[i] = add_platform(blobs, image, platform, created)
  end
  -- Several platforms are one image for all tools only behind an index of
  -- their own: skopeo and podman refuse an index.json with several entries.
  local top = manifests[2]
    and add_document(blobs, "index.v1", index_of(manifests)) or manifests[1]
  -- podman and skopeo read the first name, containerd and Docker the second.
  top.annotations = image.name and {
    ["org.opencontainers.image.ref.name"] = image.name,
    ["io.containerd.image.name"] = image.name }
  for name, bytes in pairs { ["index.json"] = text_of(index_of { top }),
    ["manifest.json"] = docker_manifest(image, parts),
    ["oci-layout"] = text_of { imageLayoutVersion = "1.0.0" } } do
    table.insert(blobs.entries, { name = name, bytes = bytes })
  end
  return tar.pack(blobs.entries, created)
end

--- Writes the image's archive, mode 0644.
---@param image mkrun.Image
---@return true? done
---@return string? message
---@return mkrun.FileCode? code   nil: SOURCE_DATE_EPOCH is wrong
function M.write(image)
  local bytes, message = M.pack(image)
  if not bytes then return nil, message end
  return sys.write(image.file, bytes, "644")
end

return M
