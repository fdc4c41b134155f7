// Every route in both themes and at 390 px. One page load serves all three: the theme and the width change under it,
// as they do for people whose system turns dark in the evening.
import { expect, test } from "@playwright/test";
import {
  accessibleInBothThemes,
  expectAccessible,
  firstCalendar,
  fitsAt390,
  OUTSIDE,
  pathOf,
  ROUTES,
  settled,
} from "./helpers";

// Only so that axe can be injected; the policy itself is tested in language.spec.ts.
test.use({ bypassCSP: true });

for (const route of ROUTES) {
  test(`axe in light and dark, and 390 px: ${route}`, async ({ page, request }) => {
    await page.goto(await pathOf(route, request));
    await settled(page);
    await accessibleInBothThemes(page);
    await fitsAt390(page);
  });
}

test("axe in light and dark: an open event", async ({ page }) => {
  await page.goto("/");
  await page.locator(".agenda .rowlink, .rows .rowlink").first().click();
  await page.getByRole("dialog").waitFor();
  await accessibleInBothThemes(page);
});

test("axe in light and dark: an event in the week, its form, and the question before it is deleted", async ({
  page,
}) => {
  const week = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
  await page.goto(`/calendar?week=${week}`);
  await page.locator(".fcx .ev").first().click();
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("button", { name: "Delete…" }).click();
  await page.getByRole("dialog", { name: /^Delete / }).waitFor();
  await accessibleInBothThemes(page);
  await page.keyboard.press("Escape");
  await drawer.getByRole("button", { name: "Edit" }).click();
  await accessibleInBothThemes(page);
});

test("axe in light and dark, and 390 px: slots with their reasons", async ({ page, request, baseURL }) => {
  const calendar = await firstCalendar(request);
  const made = await request.post("/api/v1/calendar-configurations", {
    headers: { origin: new URL(baseURL ?? "").origin },
    data: { name: "Every quarter", calendar_ids: [calendar.id], duration: 45, slot_interval: 15 },
  });
  const { id } = (await made.json()) as { id: string };
  await page.goto(`/settings/availability/${id}`);
  await settled(page);
  await page.locator("button.slot").first().click();
  await page.getByRole("dialog", { name: "Why this is not offered" }).waitFor();
  await accessibleInBothThemes(page);
  await page.keyboard.press("Escape");
  await accessibleInBothThemes(page);
  await fitsAt390(page);
});

test("Microsoft's page: approval by an administrator, both kinds of account, and how to leave", async ({
  page,
}) => {
  await page.goto("/integrations/connect/microsoft");
  await settled(page);
  await expect(page.locator(".copyfield")).toContainText("- Calendars.ReadWrite: ");
  await expect(page.getByText("Personal accounts (outlook.com")).toBeVisible();
  await expect(page.getByRole("link", { name: /myapplications\.microsoft\.com/ })).toBeVisible();
  // Nobody asks an administrator for what this server cannot do.
  await page.route("**/api/v1/integrations/providers*", async (route) => {
    const list = await (await route.fetch()).json();
    for (const p of list.items) if (p.key === "microsoft") p.available = false;
    await route.fulfill({ json: list });
  });
  await page.reload();
  await settled(page);
  await expect(page.getByText(/^Microsoft 365.* cannot be connected yet/)).toBeVisible();
  await expect(page.getByRole("button", { name: /^Connect Microsoft 365/ })).toHaveCount(0);
  await expect(page.locator(".copyfield")).toHaveCount(0);
});

test("an access that ends soon is on its card", async ({ page }) => {
  const soon = new Date(Date.now() + 40 * 3_600_000).toISOString();
  await page.route("**/api/v1/integrations/health*", async (route) => {
    const health = await (await route.fetch()).json();
    for (const item of health.integrations) {
      if (item.provider === "google") Object.assign(item, { status: "degraded", access_ends_at: soon });
    }
    await route.fulfill({ json: health });
  });
  await page.goto("/integrations");
  await settled(page);
  const card = page.getByRole("article", { name: "Google Calendar" }).first();
  await expect(card.getByText("Access ends soon")).toBeVisible();
  await expect(card.getByRole("link", { name: "Reconnect" })).toBeVisible();
  await accessibleInBothThemes(page);
  await card.screenshot({ path: test.info().outputPath("ends-soon.png") });
});

test.describe("outside", () => {
  test.use({ storageState: { cookies: [], origins: [] } });
  for (const route of OUTSIDE) {
    test(`axe in light and dark: ${route}`, async ({ page }) => {
      await page.goto(route);
      await settled(page);
      await accessibleInBothThemes(page);
    });
  }
});

test.describe("at 390 px", () => {
  test.use({ viewport: { width: 390, height: 844 } });
  test("the menu opens, goes somewhere and closes", async ({ page }) => {
    await page.goto("/");
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("link", { name: "Timesheet" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Timesheet" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Menu" })).toHaveAttribute("aria-expanded", "false");
  });
  test("the calendar is a list, not a squeezed grid", async ({ page }) => {
    await page.goto("/calendar");
    await settled(page);
    await expect(page.locator(".agenda").first()).toBeVisible();
    await expect(page.locator(".fcx")).toHaveCount(0);
    await expectAccessible(page);
  });
});
