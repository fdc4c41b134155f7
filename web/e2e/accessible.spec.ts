import { expect, test } from "@playwright/test";
import { expectAccessible, firstCalendar, OUTSIDE, ROUTES, settled } from "./helpers";

// Only so that axe can be injected; the policy itself is tested in pages.spec.ts.
test.use({ bypassCSP: true });

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`axe, ${colorScheme}`, () => {
    test.use({ colorScheme });
    for (const route of ROUTES) {
      test(route, async ({ page, request }) => {
        const path = route.includes("{id}")
          ? route.replace("{id}", (await firstCalendar(request)).id)
          : route;
        await page.goto(path);
        await settled(page);
        await expectAccessible(page);
      });
    }
    test("an open event", async ({ page }) => {
      await page.goto("/");
      await page.locator(".agenda .rowlink, .rows .rowlink").first().click();
      await page.getByRole("dialog").waitFor();
      await expectAccessible(page);
    });
    test.describe("outside", () => {
      test.use({ storageState: { cookies: [], origins: [] } });
      for (const route of OUTSIDE) {
        test(route, async ({ page }) => {
          await page.goto(route);
          await settled(page);
          await expectAccessible(page);
        });
      }
    });
  });
}

test.describe("at 390 px", () => {
  test.use({ viewport: { width: 390, height: 844 } });
  for (const route of ROUTES) {
    test(`no sideways scrolling on ${route}`, async ({ page, request }) => {
      const path = route.includes("{id}") ? route.replace("{id}", (await firstCalendar(request)).id) : route;
      await page.goto(path);
      await settled(page);
      const beyond = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(beyond).toBe(0);
    });
  }
  test("the menu opens, goes somewhere and closes", async ({ page }) => {
    await page.goto("/");
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("link", { name: "Timesheet" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Timesheet" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Menu" })).toHaveAttribute("aria-expanded", "false");
  });
});
