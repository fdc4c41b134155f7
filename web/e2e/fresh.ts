// A Daybook nobody has an account on yet: the real binary on an empty data folder and a free port.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const START_MS = 30_000;

/** DAYBOOK_BINARY as scripts/e2e.sh takes it (seen from the repository), else what `cargo build` leaves. */
function binary(): string {
  const root = resolve(import.meta.dirname, "../..");
  const path = resolve(root, process.env.DAYBOOK_BINARY ?? "target/debug/daybook");
  if (!existsSync(path))
    throw new Error(`${path} is missing: cargo build --bin daybook, or set DAYBOOK_BINARY`);
  return path;
}

export interface Fresh {
  url: string;
  stop: () => Promise<void>;
}

export async function freshServer(): Promise<Fresh> {
  const dir = mkdtempSync(join(tmpdir(), "daybook-e2e-"));
  const child = spawn(binary(), ["serve", "--bind", "127.0.0.1:0", "--data-dir", dir], {
    cwd: dir,
    // Nothing of the surroundings may configure it.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("DAYBOOK_"))),
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    rmSync(dir, { recursive: true, force: true });
  };
  let said = "";
  const url = new Promise<string>((found, failed) => {
    const timer = setTimeout(() => failed(new Error(`no address within 30 s:\n${said}`)), START_MS);
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const at = /Open (http:\S+)\/setup/.exec(said)?.[1];
      if (!at) return;
      clearTimeout(timer);
      found(at);
    });
    child.once("error", failed);
    child.once("exit", (code) => failed(new Error(`daybook serve ended with ${code}:\n${said}`)));
  });
  try {
    return { url: await url, stop };
  } catch (error) {
    child.kill("SIGKILL");
    rmSync(dir, { recursive: true, force: true });
    throw error;
  }
}
