// Writes dist/licenses.txt: the notice of every npm package that runs in the browser, as their licences ask.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

interface Manifest {
  name: string;
  version: string;
  license?: string;
  dependencies?: Record<string, string>;
}

const read = (dir: string) => JSON.parse(readFileSync(join(dir, "package.json"), "utf8")) as Manifest;

function find(name: string, from: string, root: string): string | undefined {
  for (let dir = from; dir.startsWith(root); dir = join(dir, "..")) {
    const candidate = join(dir, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return candidate;
  }
  return undefined;
}

function collect(root: string): Map<string, string> {
  const seen = new Map<string, string>();
  const queue = Object.keys(read(root).dependencies ?? {}).map((name) => [name, root] as const);
  for (let next = queue.pop(); next; next = queue.pop()) {
    const dir = find(next[0], next[1], root);
    if (!dir || seen.has(dir)) continue;
    const manifest = read(dir);
    const file = readdirSync(dir).find((f) => /^(licen[cs]e|copying)(\.|$)/i.test(f));
    const text = file ? readFileSync(join(dir, file), "utf8").trim() : "";
    seen.set(dir, `${manifest.name} ${manifest.version} (${manifest.license ?? "see text"})\n\n${text}`);
    for (const name of Object.keys(manifest.dependencies ?? {})) queue.push([name, dir]);
  }
  return seen;
}

export function licences(): Plugin {
  return {
    name: "licences",
    apply: "build",
    generateBundle() {
      const rule = `\n\n${"-".repeat(80)}\n\n`;
      const notices = [...collect(process.cwd()).values()].sort();
      const head = "Third-party software in the Daybook dashboard";
      this.emitFile({
        type: "asset",
        fileName: "licenses.txt",
        source: `${[head, ...notices].join(rule)}\n`,
      });
    },
  };
}
