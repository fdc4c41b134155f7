import { expect, test } from "@playwright/test";
import { ROUTES, sessionOf, settled } from "./helpers";

test("no page breaks its own policy or logs an error", async ({ page }) => {
  const said: string[] = [];
  page.on("console", (message) => message.type() === "error" && said.push(message.text()));
  page.on("pageerror", (error) => said.push(error.message));
  for (const route of ROUTES.filter((r) => !r.includes("{id}"))) {
    await page.goto(route);
    await settled(page);
  }
  expect(said).toEqual([]);
});

test("assets are immutable, pages are not cached, unknown assets are 404", async ({ request }) => {
  const page = await request.get("/integrations");
  expect(page.headers()["cache-control"]).toBe("no-cache");
  expect(page.headers()["content-security-policy"]).toContain("default-src 'self'");
  const script = /\/assets\/index-[\w-]+\.js/.exec(await page.text())?.[0] ?? "";
  expect((await request.get(script)).headers()["cache-control"]).toContain("immutable");
  expect((await request.get("/assets/nope.js")).status()).toBe(404);
  expect((await request.get("/api/nope")).status()).toBe(404);
  expect((await request.get("/licenses.txt")).ok()).toBe(true);
});

test("times are in the person's zone, not the browser's, and say so", async ({ page, request }) => {
  const { timeZone } = await sessionOf(request);
  const city = timeZone.split("/").pop()?.replaceAll("_", " ") ?? timeZone;
  await page.goto("/");
  await expect(page.getByText(new RegExp(`times in ${city}`))).toBeVisible();
});

test("weeks with a clock change have seven days and neighbours", async ({ page }) => {
  for (const [week, days, next] of [
    ["2026-10-19", "Sun 25", "Mon 26"],
    ["2026-03-23", "Sun 29", "Mon 30"],
  ] as const) {
    await page.goto(`/calendar?week=${week}`);
    await expect(page.getByText(days, { exact: true })).toBeVisible();
    await page.getByRole("button", { name: "Next week" }).click();
    await expect(page.getByText(next, { exact: true })).toBeVisible();
    await expect(page).toHaveURL(new RegExp(next === "Mon 26" ? "2026-10-26" : "2026-03-30"));
  }
});

test("reloading keeps filters and the open row", async ({ page }) => {
  await page.goto("/integrations/logs");
  await page.getByLabel("Result").selectOption("ok");
  await expect(page).toHaveURL(/result=ok/);
  await page.locator("tbody .rowlink").first().click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByLabel("Result")).toHaveValue("ok");
  await page.goto("/timesheet?status=approved&source=calendar");
  await expect(page.getByLabel("Status")).toHaveValue("approved");
  await expect(page.getByLabel("Source")).toHaveValue("calendar");
});

test("a filter that matches nothing says so and can be cleared", async ({ page }) => {
  await page.goto("/integrations/logs");
  await page.getByLabel("Search").fill("no such thing anywhere 4711");
  await expect(page.getByText("Nothing matches this filter")).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(page.locator("tbody tr").first()).toBeVisible();
});

test("the palette goes to a page, and the focus returns when it is closed", async ({ page }) => {
  await page.goto("/integrations");
  await settled(page);
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Go to a page or run an action").fill("timesh");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/timesheet/);
});

test("go-keys, skip link and the drawer's focus work without a mouse", async ({ page }) => {
  await page.goto("/integrations/logs");
  await settled(page);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  const first = page.locator("tbody .rowlink").first();
  await first.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(first).toBeFocused();
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await expect(page).toHaveURL(/timesheet/);
});

test("the chosen theme stays", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Dark theme" }).click();
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
});

test.describe("signed out", () => {
  test.use({ storageState: { cookies: [], origins: [] } });
  test("a deep link asks to sign in and comes back; a wrong password is refused", async ({ page }) => {
    const { EMAIL, PASSWORD } = await import("./sign-in");
    await page.goto("/integrations/logs?result=failed");
    await expect(page).toHaveURL(/sign-in/);
    await page.getByLabel("E-mail").fill(EMAIL);
    await page.locator("input[type=password]").fill("not the password at all");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert")).toContainText("do not belong together");
    await page.locator("input[type=password]").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL(/integrations\/logs\?result=failed/);
  });
});
