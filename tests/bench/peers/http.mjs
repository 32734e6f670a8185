// http.mjs URL COUNT IN_FLIGHT h1|h2 CACERT: a pool of undici.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { Pool } = createRequire(import.meta.url)(process.env.UNDICI);
const [url, count, inFlight, version, cacert] = process.argv.slice(2);
const { origin, pathname } = new URL(url);
const h2 = version === "h2";
const pool = new Pool(origin, {
  connections: h2 ? 1 : Number(inFlight),
  pipelining: h2 ? Number(inFlight) : 1,
  allowH2: h2,
  connect: { ca: readFileSync(cacert) },
});

let left = Number(count);
async function work() {
  while (left-- > 0) {
    const answer = await pool.request({ method: "GET", path: pathname });
    if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}`);
    await answer.body.text();
  }
}

await Promise.all(Array.from({ length: Number(inFlight) }, work));
await pool.close();
