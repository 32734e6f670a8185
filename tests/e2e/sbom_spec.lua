--- What `mkrun --sbom` says of the binary, held against vendor/.

local json = require "mkrun.json"
local sys = require "mkrun.sys"

local chroot = require "tests.support.chroot"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local function bill(arguments, options)
  local outcome = release.run(arguments or { "--sbom" }, options)
  assert.equal(0, outcome.code, outcome.err)
  assert.equal("", outcome.err)
  return assert(json.decode(outcome.out)), outcome.out
end

local function part(name)
  for _, component in ipairs(bill().components) do
    if component.name == name then return component end
  end
end

--- {Library = "musl", ...} for each of vendor/lock.
local function libraries()
  local list = {}
  for line in temp.read("vendor/lock"):gmatch "[^\n]+" do
    local name, value = line:match "^(%w+):%s*(.*)$"
    if name == "Library" then list[#list + 1] = {} end
    if name and not list[#list][name] then list[#list][name] = value end
  end
  return list
end

describe("mkrun --sbom", function()
  it("names each library of the lock with its licence", function()
    local version = release.run({ "--version" }).out:lower()
    for _, library in ipairs(libraries()) do
      local is_roots = library.Library == "roots"
      local found = part(is_roots and library.Package or library.Library)
      assert.equal(library.Licence, found.licenses[1].license.id)
      assert.is_true(is_roots or version:find(found.name .. " "
        .. found.version, 1, true) ~= nil, found.name)
      local sum = found.externalReferences[1].hashes[1].content
      assert.is_true(temp.read("vendor/lock"):find(sum, 1, true) ~= nil
        or library.Newer == "yes", found.name)
    end
  end)

  it("names our patches that are in the source tree, by their hashes",
    function()
      local count = 0
      for _, library in ipairs(libraries()) do
        local found = part(library.Library) or {}
        for _, property in ipairs(found.properties or {}) do
          local path = property.name:match "^mkrun:sha256:(vendor/.*)$"
          if path then
            count = count + 1
            assert.equal(sys.sha256(temp.read(path)), property.value)
          end
        end
      end
      local applied = 0
      for path in shell.output("ls vendor/patches/*/*"):gmatch "%S+" do
        if not temp.read(path):find "\nOnly%-Below:" then
          applied = applied + 1
        end
      end
      assert.is_true(count >= applied and applied > 0)
    end)

  it("says commit and time as --version and git do", function()
    local about = bill().metadata
    local commit = release.run({ "--version" }).out:match "commit (%S+)%)" or ""
    assert.equal(commit, about.component.properties[1].value)
    assert.equal(about.timestamp, bill({ "--sbom=spdx" }).creationInfo.created)
    assert.matches("^%d+%-%d%d%-%d%dT%d%d:%d%d:%d%dZ$", about.timestamp)
  end)

  it("is the same whatever the environment says", function()
    local _, plain = bill()
    local _, other = bill({ "--sbom=cyclonedx" }, { env = {
      LUA_INIT = "error 'no'", MKIO_BASE_URL = "nonsense", TZ = "Asia/Tokyo",
      SSL_CERT_FILE = "/nowhere", SOURCE_DATE_EPOCH = "1" } })
    assert.equal(plain, other)
  end)

  it("works in an empty root", function()
    if not chroot.works() then pending "no chroot here" return end
    local outcome = chroot.new():run { "--sbom=spdx" }
    assert.equal(0, outcome.code, outcome.err)
    assert.equal("SPDX-2.3", json.decode(outcome.out).spdxVersion)
  end)

  it("refuses another format, a script, and a disk that is full", function()
    local outcome = release.run { "--sbom=swid" }
    assert.equal(2, outcome.code)
    assert.matches("option '--sbom': 'cyclonedx' or 'spdx' expected, got "
      .. "'swid'", outcome.err, 1, true)
    assert.equal(2, release.run({ "--sbom", "onboard" }).code)
    local full = shell.quote(release.path) .. " --sbom >/dev/full 2>/dev/null"
    assert.is_false(shell.works(full))
  end)
end)

describe("vendor/sbom.lua", function()
  --- Returns the names of the patches of lua of a version.
  local function patches_of(version)
    local got = {}
    for name in temp.read("vendor/lock"):gmatch "Library: (%S+)" do
      for _, word in ipairs { "VERSION", "REVISION" } do
        got[#got + 1] = ("%s_%s := %s"):format(word, name, version)
      end
      for _, word in ipairs { "PATCHES", "PATCHSUM", "TARBALL", "TARSUM" } do
        got[#got + 1] = ("%s_%s := -"):format(word, name)
      end
    end
    local input = temp.file(table.concat(got, "\n") .. "\n")
    local trees = shell.output("sed -n 's/^Library: //p' vendor/lock")
      :gsub("%S+", "%0=/nowhere"):gsub("\n", " ")
    local facts = json.decode(shell.output(
      ("lua5.4 vendor/sbom.lua 1 x86_64 'gcc (Debian 12.2.0-14) 12.2.0' %s <%s")
        :format(trees, input)))
    local names = {}
    for _, lua in ipairs(facts.parts) do
      for _, patch in ipairs(lua.name == "lua" and lua.patches or {}) do
        names[#names + 1] = patch[1]
      end
    end
    return names, facts
  end

  it("leaves out the patches that vendor/unpack.sh does", function()
    local path = "vendor/patches/lua/01-index-by-comparison.patch"
    assert.matches("\nOnly%-Below: 5%.4%.8\n", temp.read(path))
    assert.same({ path }, patches_of "5.4.7")
    assert.same({ path }, patches_of "5.3.10")
    assert.same({}, patches_of "5.4.8")
    assert.same({}, patches_of "5.4.10")
  end)

  it("tells Debian's revision of the compiler", function()
    local _, facts = patches_of "5.4.9"
    local gcc = facts.parts[#facts.parts]
    assert.same({ "12.2.0-14", "gnu:gcc:12.2.0" }, { gcc.version, gcc.cpe })
  end)
end)
