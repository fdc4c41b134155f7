// Fails the build when the first visit, a language's words or one page's chunk grows past its budget (gzip, in kB).
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const START = 190;
const WORDS = 30;
const CHUNK = 100;
const size = (file) => gzipSync(readFileSync(`dist/${file}`)).length / 1024;
const html = readFileSync("dist/index.html", "utf8");
const start = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map((m) => m[1]);
const total = start.reduce((sum, file) => sum + size(file), 0);
const chunks = readdirSync("dist/assets")
  .filter((f) => f.endsWith(".js") && !start.includes(`assets/${f}`))
  .map((f) => ({ f, kb: size(`assets/${f}`) }))
  .sort((a, b) => b.kb - a.kb);
const words = chunks.filter(({ f }) => /^(en|es)-/.test(f));
const wordy = Math.max(...words.map((c) => c.kb));
console.log(
  `start ${total.toFixed(1)} of ${START}, words ${wordy.toFixed(1)} of ${WORDS} kB gz; largest chunks:`,
);
for (const { f, kb } of chunks.slice(0, 5)) console.log(`  ${kb.toFixed(1)} kB  ${f}`);
const over = chunks.filter((c) => c.kb > CHUNK);
if (words.length !== 2) throw new Error(`the words of ${words.length} languages were found, not of 2`);
if (total > START || wordy > WORDS || over.length > 0) {
  const which = [total > START ? "start" : "", wordy > WORDS ? "words" : "", ...over.map((c) => c.f)];
  console.error(`over budget: ${which.filter(Boolean).join(" ")}`);
  process.exit(1);
}
