// What a browser remembers of how somebody likes to see their weeks.
import { expect, type Page, test } from "@playwright/test";
import { expectAccessible, settled } from "./helpers";

// Only so that axe can be injected.
test.use({ bypassCSP: true });

const weekStart = (page: Page) => page.getByRole("radiogroup", { name: "Weeks begin on, in this browser" });

async function leftOf(page: Page, text: string) {
  const box = await page.locator(".fcx").getByText(text, { exact: true }).boundingBox();
  if (!box) throw new Error(`${text} has no place`);
  return box.x;
}

test("a week begins where the settings say, but the timesheet's on Monday", async ({ page }) => {
  await page.goto("/settings");
  await settled(page);
  await expect(weekStart(page).getByRole("radio", { name: "Monday" })).toBeChecked();
  await weekStart(page).getByText("Sunday").click();
  await expect(weekStart(page).getByRole("radio", { name: "Sunday" })).toBeChecked();
  await expectAccessible(page);

  await page.goto("/calendar?week=2026-11-18");
  await settled(page);
  await expect(page.getByText("15 November – 21 November 2026")).toBeVisible();
  await expect(page.locator(".fcx").getByText("Sat 21", { exact: true })).toBeVisible();
  expect(await leftOf(page, "Sun 15")).toBeLessThan(await leftOf(page, "Mon 16"));
  expect(await leftOf(page, "Mon 16")).toBeLessThan(await leftOf(page, "Sat 21"));
  await page.getByRole("button", { name: "Next week" }).click();
  await expect(page).toHaveURL(/week=2026-11-22/);
  await page.getByRole("button", { name: "Previous week" }).click();
  await expect(page).toHaveURL(/week=2026-11-15/);
  await page.getByRole("button", { name: "This week" }).click();
  await expect(page.getByRole("button", { name: "This week" })).toBeDisabled();

  await page.goto("/timesheet?view=week&week=2026-11-18");
  await settled(page);
  await expect(page.getByText(/16\s*–\s*22 November/)).toBeVisible();

  await page.goto("/settings/availability?block=new");
  const drawer = page.getByRole("dialog");
  await drawer.getByLabel("Every week").click();
  const days = drawer.getByRole("group", { name: "Days" }).getByRole("checkbox");
  await expect(days.first()).toHaveAccessibleName("Sunday");
  await expect(days.last()).toHaveAccessibleName("Saturday");
});

test.describe("in a browser from elsewhere", () => {
  test.use({ locale: "en-US" });
  test("weeks begin on the day that is usual there, until one is chosen", async ({ page }) => {
    await page.goto("/settings");
    await settled(page);
    await expect(weekStart(page).getByRole("radio", { name: "Sunday" })).toBeChecked();
    await weekStart(page).getByText("Monday").click();
    await page.reload();
    await settled(page);
    await expect(weekStart(page).getByRole("radio", { name: "Monday" })).toBeChecked();
  });
});
