// The menu of the timesheet's blocks: by mouse, by keys, by its button, and on a small screen.
import { expect, type Page, test } from "@playwright/test";
import { expectAccessible, settled } from "./helpers";

// Only so that axe can be injected.
test.use({ bypassCSP: true });
test.describe.configure({ timeout: 120_000 });

const RUN = Date.now().toString(36);
/** Mondays of this run alone, long ago: a second run on the same data finds them empty. */
const FIRST = Date.parse("2003-01-06T00:00Z") + (Math.floor(Date.now() / 1000) % 80) * 35 * 86_400_000;
const dayOf = (week: number, day = 0) =>
  new Date(FIRST + (week * 7 + day) * 86_400_000).toISOString().slice(0, 10);
const grid = (page: Page) => page.locator(".fcx");
const block = (page: Page, title: string) => grid(page).locator(".ev").filter({ hasText: title });
const menuOf = (page: Page, title: string) => page.getByRole("menu", { name: `Actions for ${title}` });

async function write(page: Page, baseURL: string | undefined, title: string, day: string) {
  const data = { description: title, started_at: `${day}T08:00:00Z`, duration_minutes: 120 };
  const headers = { origin: new URL(baseURL ?? "").origin };
  expect((await page.request.post("/api/v1/time-entries", { data, headers })).ok()).toBe(true);
}

async function inWeek(page: Page, week: string) {
  await page.goto(`/timesheet?view=week&week=${week}`);
  await settled(page);
  await grid(page).waitFor();
}

test("a block's menu opens by right button, keys and its own button, and gives the focus back", async ({
  page,
  baseURL,
}) => {
  const title = `Chosen ${RUN}`;
  await write(page, baseURL, title, dayOf(0, 2));
  await inWeek(page, dayOf(0));
  const menu = menuOf(page, title);
  await block(page, title).click({ button: "right" });
  await expect(menu.getByRole("menuitem")).toHaveText(["Edit", "Duplicate…", "Split…", "Delete"]);
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(menu).toHaveCount(0);

  const own = grid(page).getByRole("button", { name: new RegExp(`^${title}`) });
  await own.focus();
  await page.keyboard.press("Shift+F10");
  await expect(menu.getByRole("menuitem", { name: "Edit" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(menu.getByRole("menuitem", { name: "Duplicate…" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(menu).toHaveCount(0);
  await expect(own).toBeFocused();

  await page.keyboard.press("Tab");
  const more = grid(page).getByRole("button", { name: `Actions for ${title}` });
  await expect(more).toBeFocused();
  await expectAccessible(page);
  await more.click();
  await menu.getByRole("menuitem", { name: "Edit" }).click();
  const drawer = page.getByRole("dialog", { name: "Edit time entry" });
  await expect(drawer.getByLabel("Description")).toHaveValue(title);
  await page.keyboard.press("Escape");
  await expect(drawer).toBeHidden();
  // Pressing the button draws no new time below it.
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("an entry is split, copied and deleted from its menu", async ({ page, baseURL }) => {
  const title = `Worked ${RUN}`;
  await write(page, baseURL, title, dayOf(1, 2));
  await inWeek(page, dayOf(1));
  const choose = async (item: string) => {
    await block(page, title).first().click({ button: "right" });
    await menuOf(page, title).getByRole("menuitem", { name: item }).click();
  };
  const answer = async (question: string, button: string) => {
    await page
      .getByRole("dialog", { name: question })
      .getByRole("button", { name: button, exact: true })
      .click();
    await expect(page.getByRole("dialog")).toHaveCount(0);
  };
  await choose("Split…");
  await answer("Split this entry?", "Split");
  await expect(block(page, title)).toHaveCount(2);
  await choose("Duplicate…");
  await answer("Duplicate this entry?", "Duplicate");
  await expect(block(page, title)).toHaveCount(3);
  await choose("Delete");
  await answer("Delete this time entry?", "Cancel");
  await expect(block(page, title)).toHaveCount(3);
  await choose("Delete");
  await answer("Delete this time entry?", "Delete");
  await expect(page.getByText("The time entry is deleted.")).toBeVisible();
  await expect(block(page, title)).toHaveCount(2);
});

test("a suggestion is logged from its menu, put aside, and each time taken back", async ({ page }) => {
  await inWeek(page, new Date(Date.now() - 7 * 86_400_000).toISOString().slice(0, 10));
  const ghosts = grid(page).locator(".e-unlogged");
  await ghosts.first().waitFor();
  const count = await ghosts.count();
  const choose = async (item: string) => {
    await ghosts.first().click({ button: "right" });
    await page.getByRole("menu").getByRole("menuitem", { name: item, exact: true }).click();
    await expect.poll(() => ghosts.count()).toBeLessThan(count);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(ghosts).toHaveCount(count);
  };
  await choose("Log");
  await expect(page.getByText("Taken back")).toBeVisible();
  await choose("Not work");
  await expect(page.getByText("It is suggested again")).toBeVisible();
  await ghosts.first().click({ button: "right" });
  await page.getByRole("menuitem", { name: "Edit and log…" }).click();
  await expect(page.getByRole("dialog", { name: "Log this meeting" })).toBeVisible();
});

test("on a small screen each row has a button for the same menu", async ({ page, baseURL }) => {
  const title = `Pocket ${RUN}`;
  await write(page, baseURL, title, dayOf(2, 2));
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`/timesheet?view=week&week=${dayOf(2)}`);
  await settled(page);
  await page.getByRole("button", { name: `Actions for ${title}` }).click();
  const menu = menuOf(page, title);
  await expect(menu.getByRole("menuitem", { name: "Edit" })).toBeVisible();
  await expectAccessible(page);
  await menu.getByRole("menuitem", { name: "Edit" }).click();
  await expect(page.getByRole("dialog", { name: "Edit time entry" })).toBeVisible();
});
