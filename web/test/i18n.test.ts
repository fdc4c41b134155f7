import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createTranslator } from "use-intl";
import { describe, expect, it } from "vitest";
import en from "../src/i18n/en.json";

type Tree = { [key: string]: string | Tree };
const flatten = (tree: Tree, path = ""): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[path + key, value] as [string, string]] : flatten(value, `${path}${key}.`),
  );
const files = (dir: string): string[] =>
  readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
const sources = files("src").filter((f) => /\.tsx?$/.test(f) && !f.includes("schema.d.ts"));

describe("the catalogue", () => {
  it("has only messages that can be formatted", () => {
    const t = createTranslator({
      locale: "en",
      messages: en,
      onError: (error) => {
        throw error;
      },
    }) as unknown as (key: string, values: object) => string;
    for (const [key, message] of flatten(en)) {
      const names = [...message.matchAll(/\{\s*(\w+)/g)].map((m) => m[1] ?? "");
      const text = t(key, Object.fromEntries(names.map((name) => [name, 2])));
      expect(text, key).not.toContain("{");
    }
  });
});

describe("the sources", () => {
  it("keep components small", () => {
    const long = sources.filter(
      (f) => f.endsWith(".tsx") && readFileSync(f, "utf8").split("\n").length > 200,
    );
    expect(long).toEqual([]);
  });
  it("talk to the server only through src/api", () => {
    const fetching = sources.filter(
      (f) => !f.startsWith("src/api/") && /\b(fetch|EventSource)\(/.test(readFileSync(f, "utf8")),
    );
    expect(fetching).toEqual([]);
  });
});
