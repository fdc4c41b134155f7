// Development only: pictures of every page. `node dev/shots.mjs <base> <out> [light|dark|mobile] [path…]`

import { mkdirSync } from "node:fs";
import { chromium } from "@playwright/test";

const [base, out, mode = "light", ...only] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const PAGES = [
  "/",
  "/calendar",
  "/calendar?add=new",
  "/timesheet",
  "/timesheet?view=projects",
  "/timesheet?view=list",
  "/timesheet?entry=new",
  "/approvals",
  "/reports",
  "/clients",
  "/projects",
  "/integrations",
  "/integrations/connect/google",
  "/integrations/connect/caldav",
  "/integrations/connect/apple",
  "/integrations/callback?connected=google",
  "/integrations/callback?error=access_denied",
  "/integrations/calendar",
  "/integrations/sync-status",
  "/integrations/logs",
  "/settings",
  "/settings/availability",
  "/settings/availability?configuration=new",
  "/settings/availability?block=new",
  "/admin",
  "/settings/api-keys",
  "/settings/members",
  "/nowhere",
  "/sign-in",
  "/setup",
  "/invitations/abc",
];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
const context = await browser.newContext({
  viewport: mode === "mobile" ? { width: 390, height: 844 } : { width: 1280, height: 860 },
  colorScheme: mode === "dark" ? "dark" : "light",
  timezoneId: "America/New_York",
  locale: "en-GB",
});
const cookie = process.env.COOKIE ?? "ok";
await context.addCookies([{ name: "daybook", value: cookie, url: base }]);
const page = await context.newPage();
page.on(
  "console",
  (m) => m.type() === "error" && console.log("console:", page.url(), m.text().slice(0, 300)),
);
page.on("pageerror", (e) => console.log("error:", page.url(), e.message.slice(0, 300)));
for (const path of only.length ? only : PAGES) {
  await page.goto(base + path);
  await page
    .locator("h1")
    .first()
    .waitFor({ timeout: 15000 })
    .catch(() => console.log("no h1:", path));
  await page.waitForTimeout(600);
  const wide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (wide > 0) console.log("horizontal scroll:", path, wide);
  await page.screenshot({
    path: `${out}/${mode}${path.replace(/[^a-z]+/gi, "-")}.png`,
    fullPage: mode === "mobile",
  });
}
await browser.close();
