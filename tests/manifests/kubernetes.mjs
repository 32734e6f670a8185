// kubernetes.mjs: says what Kubernetes would refuse of a manifest: what does not
// fit the schemas of its API (package kubernetes-models), fields that they do
// not know, mounts without a volume, and what its "restricted" policy forbids.

import path from "node:path";
import { pathToFileURL } from "node:url";

// The file that has the check of a kind.
function schemaOf({ apiVersion, kind }) {
  const [group, version] = apiVersion.includes("/")
    ? apiVersion.split("/") : ["core", apiVersion];
  const capital = word => word[0].toUpperCase() + word.slice(1);
  return "IoK8sApi" + capital(group.split(".")[0]) + capital(version) + kind;
}

// Wraps a value so that `seen` gets the fields that somebody reads of it.
function watched(value, seen) {
  if (value === null || typeof value !== "object") return value;
  const names = seen.get(value) ?? new Set();
  seen.set(value, names);
  return new Proxy(value, {
    get(target, name) {
      names.add(name);
      return watched(target[name], seen);
    },
    ownKeys(target) {
      for (const name of Reflect.ownKeys(target)) names.add(name);
      return Reflect.ownKeys(target);
    },
  });
}

// The schemas allow fields that they do not name.  Their check reads each field
// that they do, so one that nobody has read is unknown.
function unread(value, seen, where, found) {
  if (value === null || typeof value !== "object") return found;
  const names = seen.get(value);
  for (const [name, inner] of Object.entries(value)) {
    if (!Array.isArray(value) && names && !names.has(name)) {
      found.push(`${where}/${name}: unknown field`);
    } else {
      unread(inner, seen, `${where}/${name}`, found);
    }
  }
  return found;
}

function podOf(document) {
  return document.spec?.jobTemplate?.spec.template.spec
    ?? document.spec?.template?.spec;
}

function mounts(pod) {
  const volumes = new Set((pod.volumes ?? []).map(volume => volume.name));
  return pod.containers.flatMap(container => container.volumeMounts ?? [])
    .filter(mount => !volumes.has(mount.name))
    .map(mount => `mount ${mount.name}: no such volume`);
}

// Pod Security Standards, "restricted", and a root that is only read.
function policy(pod) {
  const faults = [], is = (fact, words) => fact || faults.push(words);
  is(pod.securityContext?.runAsNonRoot === true, "may run as root");
  is(pod.securityContext?.seccompProfile?.type === "RuntimeDefault",
    "no seccomp profile");
  for (const { securityContext: own = {}, resources } of pod.containers) {
    is(own.allowPrivilegeEscalation === false, "may gain privileges");
    is(own.capabilities?.drop?.includes("ALL"), "keeps capabilities");
    is(own.readOnlyRootFilesystem === true, "may write its root");
    is(resources?.limits?.memory && resources?.requests?.cpu, "no resources");
  }
  const allowed = ["secret", "configMap", "emptyDir", "persistentVolumeClaim"];
  for (const volume of pod.volumes ?? []) {
    is(allowed.some(kind => volume[kind]), `volume ${volume.name}`);
  }
  return faults;
}

export async function check(document, npm) {
  const file = path.resolve(npm, "node_modules/kubernetes-models/_schemas",
    schemaOf(document) + ".js");
  const { validate } = await import(pathToFileURL(file));
  const seen = new Map();
  if (!validate(watched(document, seen))) {
    return validate.errors.map(e => `${e.instancePath}: ${e.message
      ?? e.keyword + " " + JSON.stringify(e.params)}`);
  }
  const pod = podOf(document);
  return [...unread(document, seen, "", []),
    ...pod ? [...mounts(pod), ...policy(pod)] : []];
}
