// Fails the build when the first visit or one page's chunk grows past its budget (gzip, in kB).
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const START = 200;
const CHUNK = 100;
const size = (file) => gzipSync(readFileSync(`dist/${file}`)).length / 1024;
const html = readFileSync("dist/index.html", "utf8");
const start = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map((m) => m[1]);
const total = start.reduce((sum, file) => sum + size(file), 0);
const chunks = readdirSync("dist/assets")
  .filter((f) => f.endsWith(".js") && !start.includes(`assets/${f}`))
  .map((f) => ({ f, kb: size(`assets/${f}`) }))
  .sort((a, b) => b.kb - a.kb);
console.log(`start ${total.toFixed(1)} of ${START} kB gz; largest chunks:`);
for (const { f, kb } of chunks.slice(0, 5)) console.log(`  ${kb.toFixed(1)} kB  ${f}`);
const over = chunks.filter((c) => c.kb > CHUNK);
if (total > START || over.length > 0) {
  console.error(`over budget: ${[total > START ? "start" : "", ...over.map((c) => c.f)].join(" ")}`);
  process.exit(1);
}
