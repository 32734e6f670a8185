--- Makes a bill of materials of CycloneDX 1.6 (ECMA-424).
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local sys = require "mkrun.sys"

local M = {}

local function property(name, value)
  return { name = "mkrun:" .. name, value = value }
end

local function hashes(sum)
  return sum and json.array { { alg = "SHA-256", content = sum } }
end

local function licences(expression)
  return json.array { expression:find " "
    and { expression = expression } or { license = { id = expression } } }
end

local function source(file, url, sum)
  return { type = "source-distribution", url = url or file,
    hashes = hashes(sum) }
end

local function references(part)
  if not part.file then return end
  return json.array { source(part.file, part.url, part.sum),
    part.debian and source(part.debian, nil, part.debian_sum) }
end

--- CycloneDX has no place for the hash of a patch, so that is a property.
local function add_patches(component, part)
  if not part.patches[1] then return end
  local patches, properties = json.array {}, json.array {}
  for i, patch in ipairs(part.patches) do
    patches[i] = { type = "unofficial", diff = { url = patch[1] } }
    properties[i] = property("sha256:" .. patch[1], patch[3])
  end
  component.pedigree, component.properties = { patches = patches }, properties
end

local function component_of(part)
  local component = {
    type = part.is_data and "data" or part.is_tool and "application"
      or "library",
    ["bom-ref"] = part.name, name = part.name, version = part.version,
    scope = part.is_tool and "excluded" or "required",
    licenses = licences(part.licence), purl = part.purl,
    cpe = part.cpe and ("cpe:2.3:a:%s:*:*:*:*:*:*:*"):format(part.cpe),
    externalReferences = references(part),
  }
  add_patches(component, part)
  return component
end

local function program(bill)
  return {
    type = "application", ["bom-ref"] = "mkrun", name = "mkrun",
    version = bill.version, licenses = licences "MIT",
    purl = ("pkg:generic/mkrun@%s?arch=%s"):format(bill.version, bill.arch),
    hashes = hashes(bill.sha256),
    properties = json.array { property("commit", bill.commit),
      property("architecture", bill.arch) },
  }
end

local function uuid(id)
  return ("%s-%s-8%s-8%s-%s"):format(id:sub(1, 8), id:sub(9, 12),
    id:sub(14, 16), id:sub(18, 20), id:sub(21, 32))
end

---@param bill mkrun.Sbom
---@return table document
function M.document(bill)
  local components, inside = json.array {}, json.array {}
  for i, part in ipairs(bill.parts) do
    components[i], inside[i] = component_of(part), part.name
  end
  return {
    bomFormat = "CycloneDX", specVersion = "1.6", version = 1,
    serialNumber = "urn:uuid:" .. uuid(bill.id),
    metadata = { timestamp = sys.iso8601(bill.seconds),
      component = program(bill) },
    components = components,
    dependencies = json.array { { ref = "mkrun", dependsOn = inside } },
  }
end

return M
