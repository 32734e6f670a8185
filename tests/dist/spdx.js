// spdx.js: the rules of SPDX 2.3 for what a bill of mkrun has in it; whatever
// else SPDX knows is refused.
// SPDX-License-Identifier: MIT
"use strict";

const text = { type: "string", minLength: 1 };
const list = (items) => ({ type: "array", items });
const one = (...values) => ({ enum: values });
const like = (pattern) => ({ type: "string", pattern });

// An object that has these members, and may have those.
const object = (required, optional = {}) => ({
  type: "object", required: Object.keys(required),
  properties: { ...required, ...optional }, additionalProperties: false,
});

const id = like("^SPDXRef-[a-zA-Z0-9.-]+$");
const place = { anyOf: [one("NONE", "NOASSERTION"),
  like("^(https?|ftp|git)(\\+[a-z]+)?://\\S+$")] };
const sums = { SHA1: 40, SHA256: 64 };
const checksum = { oneOf: Object.keys(sums).map((kind) => object({
  algorithm: one(kind), checksumValue: like(`^[0-9a-f]{${sums[kind]}}$`) })) };
const agent = like("^(NOASSERTION|(Person|Organization): .+)$");
const reference = { oneOf: [
  object({ referenceCategory: one("PACKAGE-MANAGER"),
    referenceType: one("purl"),
    referenceLocator: like("^pkg:[a-z]+/\\S+@\\S+$") }),
  object({ referenceCategory: one("SECURITY"), referenceType: one("cpe23Type"),
    referenceLocator: like("^cpe:2\\.3:[aho](:[^:\\s]+){10}$") }),
] };

const item = object({
  SPDXID: id, name: text, downloadLocation: place, filesAnalyzed: one(false),
}, {
  versionInfo: text, packageFileName: text, supplier: agent,
  checksums: list(checksum), licenseConcluded: text, licenseDeclared: text,
  sourceInfo: text, copyrightText: text, comment: text,
  externalRefs: list(reference),
  primaryPackagePurpose: one("APPLICATION", "FRAMEWORK", "LIBRARY", "CONTAINER",
    "OPERATING-SYSTEM", "DEVICE", "FIRMWARE", "SOURCE", "ARCHIVE", "FILE",
    "INSTALL", "OTHER"),
});

// Each file has a SHA-1; its name begins with "./".
const file = object({
  SPDXID: id, fileName: like("^\\./"), checksums: { ...list(checksum),
    contains: { properties: { algorithm: one("SHA1") } } },
}, {
  copyrightText: text, licenseConcluded: text, licenseInfoInFiles: list(text),
  fileTypes: list(one("SOURCE", "BINARY", "ARCHIVE", "TEXT", "OTHER")),
});

const relationship = object({
  spdxElementId: id, relatedSpdxElement: id,
  relationshipType: one("DESCRIBES", "CONTAINS", "STATIC_LINK", "PATCH_APPLIED",
    "BUILD_TOOL_OF"),
});

exports.schema = object({
  spdxVersion: one("SPDX-2.3"), dataLicense: one("CC0-1.0"),
  SPDXID: one("SPDXRef-DOCUMENT"), name: text,
  documentNamespace: like("^https?://[^#\\s]+$"),
  creationInfo: object({
    created: like("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$"),
    creators: { ...list(like("^(Person|Organization|Tool): .+$")),
      minItems: 1 },
  }),
}, {
  packages: list(item), files: list(file), relationships: list(relationship),
});

function licenceFaults(expression, licences) {
  return expression.split(/ (?:WITH|AND|OR) /)
    .filter((name) => name !== "NOASSERTION" && !licences.has(name))
    .map((name) => `there is no licence ${name}`);
}

// What no schema can say: licences of SPDX's list, names that are there once,
// and that others refer to.
exports.faults = (bill, licences) => {
  const found = [];
  const names = new Set([bill.SPDXID]);
  for (const { SPDXID: name } of [...bill.packages, ...bill.files]) {
    if (names.has(name)) found.push(`two elements are called ${name}`);
    names.add(name);
  }
  for (const { spdxElementId, relatedSpdxElement } of bill.relationships)
    for (const name of [spdxElementId, relatedSpdxElement])
      if (!names.has(name)) found.push(`there is no element ${name}`);
  for (const { licenseDeclared } of bill.packages)
    found.push(...licenceFaults(licenseDeclared, licences));
  return found;
};
