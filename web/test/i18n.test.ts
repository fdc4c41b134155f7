import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createTranslator } from "use-intl";
import { describe, expect, it } from "vitest";
import en from "../src/i18n/en.json";
import es from "../src/i18n/es.json";
import { LANGUAGES, languageFor, speak, spokenLanguage } from "../src/i18n/index";
import { formatDate } from "../src/lib/time";

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

/** Each argument of an ICU message with its kind, such as `count:plural`; texts inside braces are not arguments. */
const argumentsOf = (message: string) =>
  [
    ...new Set(
      [...message.matchAll(/\{\s*(\w+)\s*(?:,\s*(\w+))?\s*[,}]/g)].map((m) => `${m[1]}:${m[2] ?? ""}`),
    ),
  ]
    .filter((argument) => !/^\w+:$/.test(argument) || message.includes(`{${argument.slice(0, -1)}}`))
    .sort();

describe.each(Object.entries({ en, es }))("the catalogue %s", (locale, messages) => {
  it("has only messages that can be formatted", () => {
    const t = createTranslator({
      locale,
      messages,
      onError: (error) => {
        throw error;
      },
    }) as unknown as (key: string, values: object) => string;
    for (const [key, message] of flatten(messages)) {
      const names = [...message.matchAll(/\{\s*(\w+)/g)].map((m) => m[1] ?? "");
      for (const n of [0, 1, 2]) {
        const text = t(key, Object.fromEntries(names.map((name) => [name, n])));
        expect(text, key).not.toContain("{");
        expect(text.trim(), key).not.toBe("");
      }
    }
  });
});

describe("the Spanish catalogue", () => {
  const spanish = new Map(flatten(es));
  it("has the keys of the English one, and no others", () => {
    expect([...spanish.keys()].sort()).toEqual(
      flatten(en)
        .map(([key]) => key)
        .sort(),
    );
  });
  it("takes the same arguments in every message", () => {
    for (const [key, message] of flatten(en)) {
      expect(argumentsOf(spanish.get(key) ?? ""), key).toEqual(argumentsOf(message));
    }
  });
  it("is translated: no sentence is the English one", () => {
    const words = (message: string) => message.replace(/\{\w+\}/g, "").match(/[a-z]{3,}/gi) ?? [];
    const same = flatten(en).filter(
      ([key, m]) => !key.startsWith("logs.services.") && words(m).length > 1 && spanish.get(key) === m,
    );
    expect(same.map(([key]) => key)).toEqual([]);
  });
});

describe("the language", () => {
  it("follows the tag of the profile, and is English when there is no catalogue", () => {
    expect(["es", "es-MX", "ES", "en-US", "pt-BR", "", "__proto__"].map(languageFor)).toEqual([
      "es",
      "es",
      "es",
      "en",
      "en",
      "en",
      "en",
    ]);
    expect(Object.keys(LANGUAGES)).toEqual(["en", "es"]);
  });
  it("changes dates with the words", async () => {
    expect(formatDate("2026-11-23")).toBe("Monday 23 November");
    await speak("es-MX");
    expect(spokenLanguage()).toBe("es");
    expect(document.documentElement.lang).toBe("es");
    expect(formatDate("2026-11-23")).toBe("lunes, 23 de noviembre");
    await speak("en");
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
  it("have no words of their own in attributes people meet", () => {
    const attribute = /\b(?:aria-label|title|label|placeholder|description|alt)="[^"]*[A-Za-z]{3}[^"]*"/g;
    const hardCoded = sources.flatMap((f) =>
      (readFileSync(f, "utf8").match(attribute) ?? [])
        .filter((found) => !found.includes("https://"))
        .map((found) => `${f}: ${found}`),
    );
    expect(hardCoded).toEqual([]);
  });
});
