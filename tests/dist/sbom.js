// sbom.js: checks bills of materials by their schemas.
//
//   node sbom.js FILE.cdx.json FILE.spdx.json ...
//
// The schema of CycloneDX and the list of licences come with a package of npm.
// No package has the schema of SPDX 2.3, so spdx.js has its rules.
// SPDX-License-Identifier: MIT
"use strict";
const { readFileSync } = require("fs");
const { dirname, join } = require("path");
const Ajv = require("ajv").default;
const addFormats = require("ajv-formats").default;
const spdx = require("./spdx.js");

const read = (file) => JSON.parse(readFileSync(file, "utf8"));

// `exports` of that package names no schema: its code says where the folder is.
const schemas = join(dirname(require.resolve("@cyclonedx/cyclonedx-library")),
  "..", "res", "schema");
const schema = (name) => read(join(schemas, `${name}.SNAPSHOT.schema.json`));
const licences = schema("spdx");

function newAjv() {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addFormat("iri-reference", /^[^\s<>"{}|\\^`]*$/);
  ajv.addFormat("idn-email", /^\S+@\S+$/);
  return ajv;
}

function cyclonedx() {
  const ajv = newAjv();
  const place = "http://cyclonedx.org/schema/";
  ajv.addSchema(licences, place + "spdx.SNAPSHOT.schema.json");
  ajv.addSchema(schema("jsf-0.82"), place + "jsf-0.82.SNAPSHOT.schema.json");
  return ajv.compile(schema("bom-1.6"));
}

function faults(validate, document) {
  if (validate(document)) return [];
  return validate.errors.map((e) => `${e.instancePath} ${e.message}`);
}

// What no schema can say: names that are there once, and that others refer to.
function cyclonedxNames(bill) {
  const names = new Set([bill.metadata.component["bom-ref"]]);
  const list = [];
  for (const { "bom-ref": name } of bill.components) {
    if (names.has(name)) list.push(`two components are called ${name}`);
    names.add(name);
  }
  for (const { ref, dependsOn } of bill.dependencies)
    for (const name of [ref, ...dependsOn])
      if (!names.has(name)) list.push(`there is no component ${name}`);
  return list;
}

const checks = {
  cdx: (bill) => [...faults(cyclonedx(), bill), ...cyclonedxNames(bill)],
  spdx: (bill) => [...faults(newAjv().compile(spdx.schema), bill),
    ...spdx.faults(bill, new Set(licences.enum))],
};

let failed = false;
for (const file of process.argv.slice(2)) {
  const list = checks[/\.(cdx|spdx)\.json$/.exec(file)[1]](read(file));
  for (const fault of list) console.log(`${file}: ${fault}`);
  failed = failed || list.length > 0;
}
process.exit(failed ? 1 : 0);
