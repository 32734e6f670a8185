--- Images that `mkrun bundle -o NAME.tar` writes.
--- @seconds 5

local bundles = require "tests.support.bundles"
local chroot = require "tests.support.chroot"
local json = require "mkrun.json"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local sys = require "mkrun.sys"
local temp = require "tests.support.temp"

local FILES <const> = { ["Make It.lua"] = bundles.head "api:read, read:list"
  .. "print(io.open 'list':read 'a', (require 'a'))", list = "data",
  ["a.lua"] = "return 'module'" }

--- Makes an image, and unpacks the archive into a folder.
local function make(words, env)
  local folder = bundles.folder(FILES)
  local outcome = release.run({ "bundle", "Make It.lua", "list", "-o",
    "x.tar", table.unpack(words or {}) }, { cwd = folder, env = env })
  assert.equal("", outcome.err)
  assert.matches("^mkrun +%d+%.%d+%.%d+, %l+%d+", outcome.out)
  shell.execute(("cd %s && mkdir image && tar -xf x.tar -C image"):format(
    folder))
  return folder
end

local function document(folder, name)
  name = name:gsub("^sha256:", "blobs/sha256/")
  return assert(json.decode(temp.read(folder .. "/image/" .. name)))
end

local function manifests(folder)
  local top = document(folder, "index.json").manifests[1]
  return document(folder, top.digest).manifests or { top }, top
end

--- Writes a mkrun that says that it is for another architecture.
local function other_base()
  local bytes = assert(sys.read(release.file))
  return temp.file(bytes:sub(1, 18) .. (bytes:byte(19) == 62 and "\183"
    or "\62") .. bytes:sub(20))
end

describe("the image of a bundle", function()
  it("starts the flow in an empty root, as nobody", function()
    if not chroot.works() then pending "needs chroot" end
    local folder = make()
    local list = manifests(folder)
    local manifest = document(folder, list[1].digest)
    local config = document(folder, manifest.config.digest)
    assert.same({ "/mkrun" }, config.config.Entrypoint)
    assert.equal("65534:65534", config.config.User)
    local root = chroot.new()
    shell.execute(("cd %s && rm mkrun && tar -xf %s/image/%s"):format(
      root.folder, folder,
      (manifest.layers[1].digest:gsub(":", "/"):gsub("^", "blobs/"))))
    assert.equal("mkrun", shell.output(("ls -A %s | grep -v '^emulator$'")
      :format(root.folder)))
    local outcome = root:run({ "--sandbox" }, { user = config.config.User })
    assert.equal("data\tmodule\n", outcome.out)
  end)

  it("has a name, a title and a description", function()
    local folder = make()
    local list, top = manifests(folder)
    assert.equal("localhost/make-it:latest",
      top.annotations["org.opencontainers.image.ref.name"])
    local config = document(folder,
      document(folder, list[1].digest).config.digest)
    assert.same({ ["org.opencontainers.image.title"] = "Make It",
      ["org.opencontainers.image.description"] = "Do it." },
      config.config.Labels)
  end)

  it("has both architectures if it gets both", function()
    local folder = make { "--base", release.file, "--base", other_base() }
    local found = {}
    for i, manifest in ipairs(manifests(folder)) do
      found[i] = manifest.platform.architecture
    end
    table.sort(found)
    assert.same({ "amd64", "arm64" }, found)
  end)

  it("gives the same bytes, with the time that it is told", function()
    local env = { SOURCE_DATE_EPOCH = "86400" }
    local first, second = make({}, env), make({}, env)
    assert.truthy(shell.works(("cmp %s/x.tar %s/x.tar"):format(first, second)))
    local config = document(first, document(first,
      manifests(first)[1].digest).config.digest)
    assert.equal("1970-01-02T00:00:00Z", config.created)
  end)

  it("refuses a time that no archive can hold", function()
    for _, time in ipairs { "-1", "99999999999", "x", "1.5" } do
      local outcome = release.run({ "bundle", "Make It.lua", "-o", "x.tar" },
        { cwd = bundles.folder(FILES), env = { SOURCE_DATE_EPOCH = time } })
      assert.equal(("mkrun: SOURCE_DATE_EPOCH: integer of 0 to 8589934591 "
        .. "expected, got '%s'\n"):format(time), outcome.err)
      assert.equal(2, outcome.code)
    end
  end)

  it("has a title whatever the flow's name is", function()
    local outcome = release.run({ "bundle", "\xffx.lua", "-o", "x.tar" },
      { cwd = bundles.folder { ["\xffx.lua"] = bundles.head "" } })
    assert.equal("", outcome.err)
  end)

  it("replaces no file without --force", function()
    local folder = make()
    local outcome = release.run({ "bundle", "Make It.lua", "-o", "x.tar" },
      { cwd = folder })
    assert.equal("mkrun: x.tar: exists and is no bundle: --force replaces it\n",
      outcome.err)
  end)

  it("is for several architectures, a program for one", function()
    local folder = bundles.folder(FILES)
    local outcome = release.run({ "bundle", "Make It.lua", "-o", "x", "--base",
      release.file, "--base", other_base() }, { cwd = folder })
    assert.equal("mkrun: --base: a program has one architecture; several make "
      .. "an image: -o NAME.tar\n", outcome.err)
    assert.equal(2, outcome.code)
  end)
end)
