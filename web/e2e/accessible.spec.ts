// Every route in both themes and at 390 px. One page load serves all three: the theme and the width change under it,
// as they do for people whose system turns dark in the evening.
import { expect, type Page, test } from "@playwright/test";
import { expectAccessible, firstCalendar, OUTSIDE, ROUTES, settled } from "./helpers";

// Only so that axe can be injected; the policy itself is tested in language.spec.ts.
test.use({ bypassCSP: true });

const THEMES = ["light", "dark"] as const;

async function accessibleInBothThemes(page: Page) {
  for (const colorScheme of THEMES) {
    await test.step(`axe, ${colorScheme}`, async () => {
      await page.emulateMedia({ colorScheme });
      await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", colorScheme);
      await expectAccessible(page);
    });
  }
}

for (const route of ROUTES) {
  test(`axe in light and dark, and 390 px: ${route}`, async ({ page, request }) => {
    const path = route.includes("{id}") ? route.replace("{id}", (await firstCalendar(request)).id) : route;
    await page.goto(path);
    await settled(page);
    await accessibleInBothThemes(page);
    await test.step("no sideways scrolling at 390 px", async () => {
      await page.setViewportSize({ width: 390, height: 844 });
      await settled(page);
      const beyond = () =>
        page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      await expect.poll(beyond).toBe(0);
    });
  });
}

test("axe in light and dark: an open event", async ({ page }) => {
  await page.goto("/");
  await page.locator(".agenda .rowlink, .rows .rowlink").first().click();
  await page.getByRole("dialog").waitFor();
  await accessibleInBothThemes(page);
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
