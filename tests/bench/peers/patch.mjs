// patch.mjs apply|diff FROM WITH COUNT: prints the seconds of one.
// As with the others, the document that is patched stays as it is.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { applyPatch, compare } =
  createRequire(import.meta.url)(process.env.FAST_JSON_PATCH);
const [operation, from, other, count] = process.argv.slice(2);
const read = (name) => JSON.parse(readFileSync(name, "utf8"));
const document = read(from);
const subject = read(other);
const work = operation === "apply"
  ? () => applyPatch(document, subject, false, false)
  : () => compare(document, subject);

const start = process.cpuUsage();
for (let i = 0; i < Number(count); i++) work();
const { user, system } = process.cpuUsage(start);
console.log((user + system) / 1e6 / Number(count));
