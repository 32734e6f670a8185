// json.mjs decode|encode FILE COUNT: prints the seconds of one.
import { readFileSync } from "node:fs";

const [operation, name, count] = process.argv.slice(2);
const text = readFileSync(name, "utf8");
const encode = operation === "encode";
const subject = encode ? JSON.parse(text) : text;
const work = encode ? JSON.stringify : JSON.parse;

const start = process.cpuUsage();
for (let i = 0; i < Number(count); i++) work(subject);
const { user, system } = process.cpuUsage(start);
console.log((user + system) / 1e6 / Number(count));
