// export.mjs BASE CACERT: what `mkrun export` writes, by Promises.
import { api, close, list, rulesOf } from "./api.mjs";

const some = (items) => items.length > 0 ? items : undefined;

// The fields of `from` that have a value.
const pick = (from, ...names) => Object.fromEntries(names.filter((name) =>
  from[name] != null && from[name] !== "").map((name) => [name, from[name]]));

function hidden(secrets, ...words) {
  return Object.fromEntries(Object.keys(secrets).map((name) => [name, {
    env: ["webhook", ...words, name].join("_").toUpperCase()
      .replace(/[^A-Z0-9]+/g, "_"),
    keep: true,
  }]));
}

function webhook(project, { metadata: { name }, spec }) {
  const rule = { name, ...pick(spec, "url", "enabled", "events", "headers",
    "queryParams") };
  const places = Object.entries(spec.authentication ?? {})
    .filter(([, secrets]) => secrets)
    .map(([where, secrets]) => [where, hidden(secrets, project, name)]);
  if (places.length > 0) rule.authentication = Object.fromEntries(places);
  return rule;
}

async function project({ metadata, spec }, labels) {
  const rules = await list(rulesOf(metadata.name));
  return {
    ...pick(spec, "name", "displayName", "locationName", "isActive"),
    paymentMethod: (await labels).get(spec.assignedPaymentMethodId),
    webhooks: some(rules.map((rule) => webhook(metadata.name, rule))),
  };
}

function team({ metadata: { name }, spec }, emails) {
  const members = Object.entries(spec.members).map(([id, member]) =>
    ({ email: emails.get(id), isTeamAdmin: member.isTeamAdmin }));
  return {
    name, ...pick(spec, "description"), scopes: spec.scopes,
    members: name === "Everyone" ? undefined : some(members),
  };
}

const projects = list("/projects");
const methods = list("/organization/paymentMethods")
  .then((all) => all.filter((method) => method.status.isActive));
const labels = methods.then((all) => new Map(all.map(({ metadata }) =>
  [metadata.id, metadata.displayName])));
const [organization, here, teams, users, invites, rules] = await Promise.all([
  api("GET", "/organization"), methods, list("/organization/teams"),
  list("/organization/users"), list("/organization/invites"),
  projects.then((all) => Promise.all(all.map((p) => project(p, labels)))),
]);
const emails = new Map(users.map((user) =>
  [user.metadata.id, user.spec.email]));

console.log(JSON.stringify({
  organization: pick(organization.spec, "name", "legalEntityName",
    "legalEntityAddress", "legalEntityOfficer", "legalEntityContactEmail"),
  paymentMethods: some(here.map(({ metadata, status }) => ({
    displayName: metadata.displayName,
    acceptTerms: status.termsAndConditionsAccepted || undefined,
  }))),
  projects: some(rules),
  teams: some(teams.map((item) => team(item, emails))),
  invites: some(invites.map(({ spec }) => ({
    ...pick(spec, "email", "comment"), teams: some(spec.teams),
  }))),
}, null, 2));
await close();
