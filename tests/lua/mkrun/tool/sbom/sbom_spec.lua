local json = require "mkrun.json"
local sbom = require "mkrun.tool.sbom"

local SUM <const> = ("ab"):rep(32)

--- A library with Debian's patches, one of data, and the compiler.
local FACTS <const> = assert(json.encode {
  version = "1.2.3", arch = "aarch64", parts = json.array {
    { name = "curl", version = "8.1-2", licence = "curl",
      purl = "pkg:deb/debian/curl@8.1-2?arch=source", cpe = "haxx:curl:8.1",
      file = "curl.tar.gz", sum = SUM, debian = "curl.debian.tar.xz",
      debian_sum = ("cd"):rep(32), patches = json.array {
        json.array { "debian/patches/a.patch", "11", "22" },
        json.array { "vendor/patches/curl/b.patch", "33", "44" } } },
    { name = "roots", version = "7", licence = "MPL-2.0",
      purl = "pkg:deb/debian/roots@7", file = "roots.deb", sum = SUM,
      url = "https://a.example/roots.deb", patches = json.array {},
      is_data = true },
    { name = "gcc", version = "12", licence = "GPL-3.0-or-later WITH x",
      purl = "pkg:generic/gcc@12", patches = json.array {}, is_tool = true },
  },
})

local ABOUT <const> = { commit = "abc", seconds = 86400 }

local function rendered(format, about)
  return assert(json.decode(sbom.render(FACTS, about or ABOUT, format)))
end

local function by(field, list, value)
  for _, item in ipairs(list) do
    if item[field] == value then return item end
  end
end

describe("A bill of CycloneDX", function()
  local bill = rendered "cyclonedx"
  local curl = by("name", bill.components, "curl")

  it("says what it describes, and since when", function()
    assert.equal("CycloneDX 1.6", bill.bomFormat .. " " .. bill.specVersion)
    assert.equal("1970-01-02T00:00:00Z", bill.metadata.timestamp)
    local program = bill.metadata.component
    assert.equal("mkrun 1.2.3", program.name .. " " .. program.version)
    assert.equal("pkg:generic/mkrun@1.2.3?arch=aarch64", program.purl)
    assert.is_nil(program.hashes)
    assert.same({ ref = "mkrun", dependsOn = { "curl", "roots", "gcc" } },
      bill.dependencies[1])
  end)

  it("names sources, patches, licences and what scanners look up", function()
    assert.same({ "curl.tar.gz", "curl.debian.tar.xz" },
      { curl.externalReferences[1].url, curl.externalReferences[2].url })
    assert.same({ alg = "SHA-256", content = SUM },
      curl.externalReferences[1].hashes[1])
    assert.equal("vendor/patches/curl/b.patch",
      curl.pedigree.patches[2].diff.url)
    assert.same({ name = "mkrun:sha256:vendor/patches/curl/b.patch",
      value = "44" }, curl.properties[2])
    assert.same({ { license = { id = "curl" } } }, curl.licenses)
    assert.equal("cpe:2.3:a:haxx:curl:8.1:*:*:*:*:*:*:*", curl.cpe)
    assert.same({ { expression = "GPL-3.0-or-later WITH x" } },
      by("name", bill.components, "gcc").licenses)
  end)

  it("tells what is inside from what has made it", function()
    assert.equal("library required", curl.type .. " " .. curl.scope)
    assert.equal("data", by("name", bill.components, "roots").type)
    assert.equal("excluded", by("name", bill.components, "gcc").scope)
  end)

  it("has the hash of the binary where that is known", function()
    local about = { commit = "abc", seconds = 0, sha256 = SUM }
    assert.equal(SUM,
      rendered("cyclonedx", about).metadata.component.hashes[1].content)
    assert.equal(SUM, by("name", rendered("spdx", about).packages, "mkrun")
      .checksums[1].checksumValue)
  end)
end)

describe("A bill of SPDX", function()
  local bill = rendered "spdx"

  it("relates all that it names", function()
    local ids = { ["SPDXRef-DOCUMENT"] = true }
    for _, list in ipairs { bill.packages, bill.files } do
      for _, item in ipairs(list) do
        assert.is_nil(ids[item.SPDXID], item.SPDXID)
        ids[item.SPDXID] = false
      end
    end
    for _, relation in ipairs(bill.relationships) do
      for _, id in ipairs { relation.spdxElementId,
        relation.relatedSpdxElement } do
        assert.not_nil(ids[id], id)
        ids[id] = true
      end
    end
    for id, is_related in pairs(ids) do assert.is_true(is_related, id) end
  end)

  it("says how each part relates to the binary", function()
    local kinds = {}
    for i, relation in ipairs(bill.relationships) do
      kinds[i] = relation.relationshipType
    end
    assert.same({ "DESCRIBES", "STATIC_LINK", "PATCH_APPLIED", "PATCH_APPLIED",
      "CONTAINS", "BUILD_TOOL_OF" }, kinds)
  end)

  it("names sources, patches and licences", function()
    local curl = by("name", bill.packages, "curl")
    assert.equal("NOASSERTION", curl.downloadLocation)
    assert.equal("https://a.example/roots.deb",
      by("name", bill.packages, "roots").downloadLocation)
    assert.matches("with the patches of curl.debian.tar.xz", curl.sourceInfo,
      1, true)
    assert.same({ "SHA1", "SHA256" }, { bill.files[1].checksums[1].algorithm,
      bill.files[1].checksums[2].algorithm })
    assert.equal("./debian/patches/a.patch", bill.files[1].fileName)
    assert.equal("curl", curl.licenseDeclared)
  end)
end)

describe("The name of a bill", function()
  it("is another for each build, and the same for the same", function()
    local other = { commit = "abd", seconds = 86400 }
    assert.same(rendered "spdx", rendered "spdx")
    assert.not_equal(rendered "spdx".documentNamespace,
      rendered("spdx", other).documentNamespace)
    assert.matches("^urn:uuid:%x+%-%x+%-8%x+%-8%x+%-%x+$",
      rendered "cyclonedx".serialNumber)
  end)
end)
