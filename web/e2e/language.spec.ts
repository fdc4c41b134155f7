// A page in another language has no English left in it. The second catalogue is swapped for a pseudo one, whose every
// letter carries a mark; a word without marks was written into the code, unless the server or Intl said it.
import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { OUTSIDE, pathOf, ROUTES, settled } from "./helpers";

type Tree = { [key: string]: string | Tree };
const PLAIN = "aceghijklmnorstuwyzACEGHIJKLMNORSTUWYZ";
const MARKED = "äçéğĥïĵķľḿñöŕšţüŵýžÄÇÉĞĤÏĴĶĽḾÑÖŔŠŢÜŴÝŽ";
const mark = (text: string) =>
  `${text.replace(/[a-zA-Z]/g, (letter) => MARKED[PLAIN.indexOf(letter)] ?? "ß")}~~`;

/** Marks the texts of an ICU message and leaves its arguments, keywords and selectors alone. */
function pseudo(message: string): string {
  let out = "";
  for (let i = 0; i < message.length; ) {
    const argument = /^\{\s*\w+\s*\}/.exec(message.slice(i))?.[0];
    const opening = /^\{\s*\w+\s*,\s*\w+\s*,\s*/.exec(message.slice(i))?.[0];
    const option = /^\s*(?:=\d+|zero|one|two|few|many|other)\s*\{/.exec(message.slice(i))?.[0];
    const kept =
      argument ?? opening ?? option ?? (/^[#{}\s]/.test(message.slice(i)) ? message[i] : undefined);
    const letters = /^[^{}#\s]+/.exec(message.slice(i))?.[0] ?? "";
    out += kept ?? mark(letters);
    i += (kept ?? letters).length || 1;
  }
  return out;
}
const marked = (tree: Tree): Tree =>
  Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [
      key,
      typeof value === "string" ? pseudo(value) : marked(value),
    ]),
  );

const WORD = /[A-Za-z]{3,}/g;
// Names, units and file formats are the same in every language.
const NAMES =
  "Daybook Google Meet Microsoft Teams Zoom Webex Slack Calendar CalDAV Apple iCloud API CSV JSON Ctrl Esc UTC GMT Bearer curl English Madrid https".split(
    " ",
  );

function intlWords(): Set<string> {
  const words = new Set(NAMES.map((name) => name.toLowerCase()));
  const add = (text: string) => {
    for (const word of text.match(WORD) ?? []) words.add(word.toLowerCase());
  };
  for (let day = 0; day < 366; day += 1) {
    const at = new Date(Date.UTC(2026, 0, 1 + day));
    for (const style of ["long", "short"] as const) {
      add(at.toLocaleDateString("es-ES", { weekday: style, day: "numeric", month: style, year: "numeric" }));
      add(at.toLocaleDateString("es-ES", { weekday: style }));
    }
  }
  for (const unit of ["second", "minute", "hour", "day"] as const) {
    for (const n of [-2, -1, 0, 1, 2]) {
      add(new Intl.RelativeTimeFormat("es-ES", { numeric: "auto", style: "short" }).format(n, unit));
    }
  }
  for (const zone of Intl.supportedValuesOf("timeZone")) add(zone);
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const countries = new Intl.DisplayNames("es-ES", { type: "region" });
  for (const code of letters.flatMap((one) => letters.map((two) => one + two))) {
    add(countries.of(code) ?? "");
  }
  return words;
}

/** What people see or hear: texts, and the attributes that are read out. */
const said = (page: Page) =>
  page.evaluate(() => {
    const texts: string[] = [document.title];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (
        parent &&
        !parent.closest(
          "script, noscript, style, code, pre, .code, .copyfield, .mono, kbd, option[value=en], option[value=es]",
        )
      )
        texts.push(node.textContent ?? "");
    }
    for (const element of document.querySelectorAll(
      ":is([aria-label], [title], [placeholder], [alt]):not([aria-hidden=true])",
    )) {
      for (const name of ["aria-label", "title", "placeholder", "alt"]) {
        texts.push(element.getAttribute(name) ?? "");
      }
    }
    return texts.filter((text) => text.trim() !== "" && !text.includes("https://"));
  });

const catalogue = marked(JSON.parse(readFileSync("src/i18n/en.json", "utf8")) as Tree);

async function speakPseudo(page: Page) {
  const heard = intlWords();
  await page.route(/\/assets\/es-[\w-]+\.js$/, (route) => {
    const parts = Object.entries(catalogue);
    // The bundler names a catalogue's parts as it likes; a default export is what the page asks for.
    const source = `export default ${JSON.stringify(Object.fromEntries(parts))};`;
    return route.fulfill({ contentType: "text/javascript", body: source });
  });
  await page.route("**/api/v1/auth/session", async (route) => {
    const answer = await route.fetch();
    const session = (await answer.json()) as { user?: { locale: string } };
    if (session.user) session.user.locale = "es";
    await route.fulfill({ response: answer, json: session });
  });
  page.on("response", async (response) => {
    if (!response.url().includes("/api/v1/") || response.url().includes("/stream")) return;
    const text = await response.text().catch(() => "");
    for (const word of text.match(WORD) ?? []) heard.add(word.toLowerCase());
  });
  return heard;
}

const ownWords = (texts: string[], heard: Set<string>) =>
  texts.filter((text) => (text.match(WORD) ?? []).some((word) => !heard.has(word.toLowerCase())));

// The same walk over all pages also listens for what the browser complains about.
test("no page has words of its own, breaks its own policy or logs an error", async ({ page, request }) => {
  test.setTimeout(240_000);
  const complaints: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  const heard = await speakPseudo(page);
  for (const route of ROUTES) {
    await test.step(route, async () => {
      await page.goto(await pathOf(route, request));
      await settled(page);
      await expect(page.locator("html")).toHaveAttribute("lang", "es");
      expect.soft(ownWords(await said(page), heard), route).toEqual([]);
      expect.soft(complaints.splice(0), route).toEqual([]);
    });
  }
});

test.describe("outside", () => {
  test.use({ storageState: { cookies: [], origins: [] }, locale: "es-MX" });
  test("signed out, the browser's language is spoken", async ({ page }) => {
    await page.goto("/sign-in");
    await expect(page.getByRole("heading", { level: 1, name: "Iniciar sesión" })).toBeVisible();
    const heard = await speakPseudo(page);
    for (const route of OUTSIDE) {
      await page.goto(route);
      await settled(page);
      expect.soft(ownWords(await said(page), heard), route).toEqual([]);
    }
  });
});
