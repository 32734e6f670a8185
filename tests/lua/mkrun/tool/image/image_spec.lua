local image = require "mkrun.tool.image"
local json = require "mkrun.json"
local shell = require "tests.support.shell"
local sys = require "mkrun.sys"
local temp = require "tests.support.temp"

local BOTH <const> = {
  { architecture = "amd64", binary = "for x86-64" },
  { architecture = "arm64", binary = "for arm", files = { ["a/b"] = "text" } },
}

--- Unpacks an archive with the machine's tar.  Returns a function that reads
--- the JSON of a file, or the text of a blob.
local function unpacked(bytes)
  local folder = temp.folder()
  temp.write(folder .. "/image.tar", bytes)
  shell.execute(("cd %s && tar -xf image.tar"):format(folder))
  local function text(name)
    local digest = name:match "^sha256:(.*)"
    local content = assert(sys.read(folder .. "/"
      .. (digest and "blobs/sha256/" .. digest or name)))
    if digest then assert.equal(digest, sys.sha256(content)) end
    return content
  end
  return function(name) return assert(json.decode(text(name))) end, text
end

local function pack(options)
  options.created = options.created or 0
  options.platforms = options.platforms or { BOTH[1] }
  return image.pack(options)
end

describe("mkrun.tool.image.pack", function()
  it("writes an OCI image layout", function()
    local read = unpacked(pack { name = "localhost/x:1" })
    assert.same({ imageLayoutVersion = "1.0.0" }, read "oci-layout")
    local top = read "index.json".manifests[1]
    assert.equal("application/vnd.oci.image.manifest.v1+json", top.mediaType)
    assert.same({ ["org.opencontainers.image.ref.name"] = "localhost/x:1",
      ["io.containerd.image.name"] = "localhost/x:1" }, top.annotations)
    assert.same({ os = "linux", architecture = "amd64" }, top.platform)
  end)

  it("runs mkrun as a user without rights", function()
    local read = unpacked(pack { config = { Labels = { a = "b" } } })
    local manifest = read(read "index.json".manifests[1].digest)
    local config = read(manifest.config.digest)
    assert.same({ Entrypoint = { "/mkrun" }, User = "65534:65534",
      WorkingDir = "/", Labels = { a = "b" } }, config.config)
    assert.equal("amd64", config.architecture)
    assert.equal("1970-01-01T00:00:00Z", config.created)
  end)

  it("puts several architectures behind one index", function()
    local read = unpacked(pack { platforms = BOTH })
    local top = read "index.json".manifests
    assert.equal(1, #top)
    local manifests = read(top[1].digest).manifests
    assert.same({ os = "linux", architecture = "amd64" }, manifests[1].platform)
    assert.same({ os = "linux", architecture = "arm64", variant = "v8" },
      manifests[2].platform)
  end)

  it("names sizes and digests of what is there", function()
    local read, text = unpacked(pack { platforms = BOTH })
    local function check(part) assert.equal(part.size, #text(part.digest)) end
    local top = read "index.json".manifests[1]
    check(top)
    for _, entry in ipairs(read(top.digest).manifests) do
      check(entry)
      local manifest = read(entry.digest)
      check(manifest.config)
      check(manifest.layers[1])
    end
  end)

  it("compresses layers, and names the digest of the plain bytes", function()
    local read, text = unpacked(pack { compress = function(bytes)
      return "packed" .. bytes
    end })
    local manifest = read(read "index.json".manifests[1].digest)
    local layer = manifest.layers[1]
    assert.equal("application/vnd.oci.image.layer.v1.tar+gzip", layer.mediaType)
    local plain = text(layer.digest):match "^packed(.*)$"
    assert.same({ "sha256:" .. sys.sha256(plain) },
      read(manifest.config.digest).rootfs.diff_ids)
  end)

  it("has a manifest.json for old versions of Docker", function()
    local read, text = unpacked(pack { name = "localhost/x:1",
      platforms = BOTH })
    local list = read "manifest.json"
    assert.same({ "localhost/x:1-amd64" }, list[1].RepoTags)
    assert.same({ "localhost/x:1-arm64" }, list[2].RepoTags)
    assert.truthy(text(list[2].Layers[1]):find("for arm", 1, true))
  end)

  it("gives the same bytes for the same arguments", function()
    local files = {}
    for i = 1, 50 do files["file" .. i] = tostring(i) end
    local platforms = { { architecture = "amd64", binary = "x",
      files = files } }
    local first = pack { platforms = platforms }
    for _ = 1, 5 do assert.equal(first, pack { platforms = platforms }) end
  end)
end)

describe("mkrun.tool.image.write", function()
  it("writes the archive for everybody to read, under any umask", function()
    local file = temp.folder() .. "/it.tar"
    assert(image.write { file = file, created = 0, platforms = BOTH })
    assert.equal("644", shell.output("stat -c %a " .. file))
    assert.equal(pack { platforms = BOTH }, sys.read(file))
  end)

  it("says when it cannot", function()
    local done, message, code = image.write { created = 0, platforms = BOTH,
      file = temp.folder() .. "/missing/image.tar" }
    assert.is_nil(done)
    assert.matches("missing/image.tar: No such file", message, 1, true)
    assert.equal("missing", code)
  end)
end)
