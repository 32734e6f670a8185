// api.mjs - one HTTP/2 connection of undici, for onboard.mjs and export.mjs.
// BASE and CACERT are their first two arguments.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { Client } = createRequire(import.meta.url)(process.env.UNDICI);
const [base, cacert] = process.argv.slice(2);
const client = new Client(base, {
  allowH2: true, pipelining: 128, connect: { ca: readFileSync(cacert) },
});
const headers = {
  authorization: `Bearer ${process.env.MKIO_TOKEN}`,
  "content-type": "application/json",
};

// The answer's document; undefined for a GET of what is not there.
async function call(method, path, document) {
  const body = document && JSON.stringify(document);
  // Otherwise undici sends a write when nothing else is under way.
  const idempotent = true;
  const answer = await client.request(
    { method, path, headers, body, idempotent });
  const text = await answer.body.text();
  if (method === "GET" && answer.statusCode === 404) return undefined;
  if (answer.statusCode >= 300) {
    throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
  }
  return text ? JSON.parse(text) : null;
}

export function api(method, path, document) {
  return call(method, "/api/v1" + path, document);
}

// All pages of a list.
export async function list(path) {
  const items = [];
  for (let next = "/api/v1" + path; next;) {
    const page = await call("GET", next);
    items.push(...page.value);
    next = page["@odata.nextLink"];
    if (next) next = next.replace(/^https?:\/\/[^/]+/, "");
  }
  return items;
}

export const rulesOf = (name) => `/projects/${name}/webhook/rules`;

export const close = () => client.close();
