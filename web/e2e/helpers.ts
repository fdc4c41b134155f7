import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type APIRequestContext, expect, type Locator, type Page, test } from "@playwright/test";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

interface Axe {
  run(
    context: unknown,
    options: unknown,
  ): Promise<{ violations: { id: string; nodes: { target: string[]; any: { message: string }[] }[] }[] }>;
}

/** The page is there and nothing in it is still loading. */
export async function settled(page: Page) {
  await page.locator("h1").first().waitFor();
  await expect(page.locator("[role=status][aria-busy=true]")).toHaveCount(0);
}

export async function expectAccessible(page: Page) {
  // Let opening transitions end: half-faded text has half the contrast.
  await page.evaluate(() => Promise.all(document.getAnimations().map((a) => a.finished.catch(() => null))));
  await page.evaluate(axeSource);
  const found = await page.evaluate(
    (rules) => (window as unknown as { axe: Axe }).axe.run(document, { runOnly: rules }),
    RULES,
  );
  const lines = found.violations.map(
    (v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(" ")} (${n.any[0]?.message ?? ""})`).join(" | ")}`,
  );
  expect(lines).toEqual([]);
}

const THEMES = ["light", "dark"] as const;

export async function accessibleInBothThemes(page: Page) {
  for (const colorScheme of THEMES) {
    await test.step(`axe, ${colorScheme}`, async () => {
      await page.emulateMedia({ colorScheme });
      await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", colorScheme);
      await expectAccessible(page);
    });
  }
}

export async function fitsAt390(page: Page) {
  await test.step("no sideways scrolling at 390 px", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await settled(page);
    const beyond = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await expect.poll(beyond).toBe(0);
  });
}

/** Presses Tab until the element has the focus: what a person without a mouse does. */
export async function tabTo(page: Page, target: Locator, limit = 150) {
  await target.first().waitFor();
  for (let i = 0; i < limit; i++) {
    if (await target.first().evaluate((el) => el === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`not reachable with Tab: ${target}`);
}

export async function sessionOf(request: APIRequestContext) {
  const session = (await (await request.get("/api/v1/auth/session")).json()) as {
    user: { time_zone: string | null };
    workspace: { time_zone: string };
  };
  return { timeZone: session.user.time_zone ?? session.workspace.time_zone };
}

export async function firstCalendar(request: APIRequestContext) {
  const answer = await request.get("/api/v1/integrations/calendars?limit=200");
  const { items } = (await answer.json()) as { items: { id: string; name: string }[] };
  const calendar = items[0];
  if (!calendar) throw new Error("the server under test has no calendar");
  return calendar;
}

/** Where the mail server of the tests keeps what it takes; empty where none is running: then the server under test sends no mail. */
export const MAILS = process.env.E2E_MAILS ?? "";
export const NO_MAILS =
  "no mail server: E2E_MAILS names the folder of tests/python/smtp_sink.py; scripts/e2e.sh starts it where Python has aiosmtpd";

/** A mail as tests/python/smtp_sink.py keeps it. */
export interface Mail {
  to: string[];
  subject: string;
  text: string;
  files: { name: string; type: string; size: number }[];
}

/** What the mail server has taken for an address, oldest first. */
export function mailsTo(address: string): Mail[] {
  const names = readdirSync(MAILS).filter((name) => name.endsWith(".json"));
  const mails = names.sort().map((name) => JSON.parse(readFileSync(join(MAILS, name), "utf8")) as Mail);
  return mails.filter((mail) => mail.to.includes(address));
}

/** The page of an invoice says that its mail has been taken: it is looked at anew until it does. */
export async function mailTaken(page: Page, address: string) {
  const history = page.getByRole("region", { name: "History" });
  await expect(history.getByText(`Mailed to ${address}`)).toHaveCount(1);
  await expect(async () => {
    await page.reload();
    await expect(history).toContainText("Taken by the mail server", { timeout: 5_000 });
  }).toPass({ timeout: 90_000 });
}

/** A route with the first calendar, client or project of the server in the place of its name. */
export async function pathOf(route: string, request: APIRequestContext): Promise<string> {
  if (route.includes("{calendar}")) return route.replace("{calendar}", (await firstCalendar(request)).id);
  const kind = /\{(clients|projects)\}/.exec(route)?.[1];
  if (!kind) return route;
  const { items } = await (await request.get(`/api/v1/${kind}?limit=1`)).json();
  return route.replace(`{${kind}}`, items[0].id);
}

export const ROUTES = [
  "/",
  "/calendar",
  "/calendar?add=new",
  "/calendar?add=2026-12-01/2026-12-03",
  "/timesheet",
  "/timesheet?view=list",
  "/timesheet?view=projects",
  "/timesheet?entry=new",
  "/approvals?state=all",
  "/reports",
  "/reports?by=day&range=this_year",
  "/clients",
  "/clients?client=new",
  "/projects",
  "/clients/{clients}",
  "/clients/no-such-client",
  "/projects?project=new",
  "/projects/{projects}",
  "/rules",
  "/rules?rule=new",
  "/invoices",
  "/invoices?status=void",
  "/invoices/new",
  "/integrations",
  "/integrations/connect/google",
  "/integrations/connect/caldav",
  "/integrations/connect/apple",
  "/integrations/connect/microsoft",
  "/integrations/callback?error=access_denied",
  "/integrations/callback?error=provider_refused&provider=microsoft",
  "/integrations/calendar",
  "/integrations/calendar/{calendar}",
  "/integrations/sync-status",
  "/integrations/logs",
  "/settings",
  "/settings/availability",
  "/settings/availability?configuration=new",
  "/settings/availability?block=new",
  "/settings/availability/no-such-hours",
  "/admin",
  "/admin?jobs=done",
  "/settings/billing",
  "/settings/notifications",
  "/settings/slack",
  "/settings/api-keys",
  "/settings/members",
  "/no-such-page",
];
export const OUTSIDE = ["/sign-in", "/invitations/not-a-token", "/password/forgot", "/password/reset"];
