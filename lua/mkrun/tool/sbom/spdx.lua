--- Makes a bill of materials of SPDX 2.3 (ISO/IEC 5962).
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local sys = require "mkrun.sys"

local M = {}

local UNKNOWN <const>, PREFIX <const> = "NOASSERTION", "SPDXRef-"

local function relation(from, kind, to)
  return { spdxElementId = PREFIX .. from, relationshipType = kind,
    relatedSpdxElement = PREFIX .. to }
end

local function checksum(kind, sum)
  return { algorithm = kind, checksumValue = sum }
end

local function reference(category, kind, locator)
  return { referenceCategory = category, referenceType = kind,
    referenceLocator = locator }
end

local function package(name, version, licence, purl)
  return {
    SPDXID = PREFIX .. name, name = name, versionInfo = version,
    licenseConcluded = licence, licenseDeclared = licence,
    copyrightText = UNKNOWN, downloadLocation = UNKNOWN, supplier = UNKNOWN,
    filesAnalyzed = false, primaryPackagePurpose = "APPLICATION",
    externalRefs = json.array { reference("PACKAGE-MANAGER", "purl", purl) },
  }
end

local function program(bill)
  local result = package("mkrun", bill.version, "MIT",
    ("pkg:generic/mkrun@%s?arch=%s"):format(bill.version, bill.arch))
  result.sourceInfo = bill.commit ~= "" and "commit " .. bill.commit or nil
  result.checksums = bill.sha256
    and json.array { checksum("SHA256", bill.sha256) }
  return result
end

local function package_of(part)
  local result = package(part.name, part.version, part.licence, part.purl)
  result.packageFileName = part.file
  result.downloadLocation = part.url or UNKNOWN
  result.checksums = part.sum and json.array { checksum("SHA256", part.sum) }
  result.sourceInfo = part.debian and ("with the patches of %s, SHA-256 %s")
    :format(part.debian, part.debian_sum)
  result.primaryPackagePurpose = part.is_tool and "APPLICATION"
    or part.is_data and "OTHER" or "LIBRARY"
  if part.cpe then
    table.insert(result.externalRefs, reference("SECURITY", "cpe23Type",
      ("cpe:2.3:a:%s:*:*:*:*:*:*:*"):format(part.cpe)))
  end
  return result
end

local function relation_of(part)
  if part.is_tool then return relation(part.name, "BUILD_TOOL_OF", "mkrun") end
  return relation("mkrun", part.is_data and "CONTAINS" or "STATIC_LINK",
    part.name)
end

local function add_patches(document, part)
  for i, patch in ipairs(part.patches) do
    local name = ("%s-patch-%d"):format(part.name, i)
    table.insert(document.files, {
      SPDXID = PREFIX .. name, fileName = "./" .. patch[1],
      fileTypes = json.array { "SOURCE" }, copyrightText = UNKNOWN,
      licenseConcluded = UNKNOWN, licenseInfoInFiles = json.array { UNKNOWN },
      checksums = json.array { checksum("SHA1", patch[2]),
        checksum("SHA256", patch[3]) },
    })
    table.insert(document.relationships,
      relation(name, "PATCH_APPLIED", part.name))
  end
end

---@param bill mkrun.Sbom
---@return table document
function M.document(bill)
  local name = ("mkrun-%s-%s"):format(bill.version, bill.arch)
  local document = {
    spdxVersion = "SPDX-2.3", dataLicense = "CC0-1.0",
    SPDXID = PREFIX .. "DOCUMENT", name = name,
    documentNamespace = ("https://spdx.org/spdxdocs/%s-%s"):format(name,
      bill.id),
    creationInfo = { created = sys.iso8601(bill.seconds),
      creators = json.array { "Tool: mkrun-" .. bill.version } },
    packages = json.array { program(bill) }, files = json.array {},
    relationships = json.array { relation("DOCUMENT", "DESCRIBES", "mkrun") },
  }
  for _, part in ipairs(bill.parts) do
    table.insert(document.packages, package_of(part))
    table.insert(document.relationships, relation_of(part))
    add_patches(document, part)
  end
  return document
end

return M
