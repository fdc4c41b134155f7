// What a calendar offers to be logged: its filters with their preview, and how a series is made to repeat otherwise.
import { expect, test } from "@playwright/test";
import { expectAccessible, firstCalendar, settled } from "./helpers";

const RUN = Date.now().toString(36);

test("filters say what they would leave out before they are saved", async ({ page, request }) => {
  const calendar = await firstCalendar(request);
  await page.goto(`/integrations/calendar/${calendar.id}`);
  await settled(page);
  const form = page.getByRole("form", { name: "Billing lists" });
  const preview = form.locator(".preview");
  await expect(preview).toContainText(/Would show \d+ of the last 30 days/);
  const shown = async () => Number(/show (\d+)/.exec((await preview.textContent()) ?? "")?.[1]);
  const before = await shown();
  const out = form.getByRole("group", { name: "Leave out" });
  await out.getByLabel("Title").fill("*");
  await out.getByLabel("Title").press("Enter");
  await expect(preview).toContainText("must have at least one character");
  await out.getByLabel("Title").press("Backspace");
  for (const letter of ["e", "a"]) {
    await out.getByLabel("Title").fill(letter);
    await out.getByLabel("Title").press("Enter");
  }
  await expect.poll(shown).toBeLessThan(before);
  await expect(preview).toContainText("Left out, the newest first:");
  await expectAccessible(page);
  await form.getByRole("button", { name: "Save filters" }).click();
  await expect(page.getByText("The filters are saved.")).toBeVisible();
  await page.reload();
  await expect(out.getByText("e", { exact: true })).toBeVisible();
  const patch = { billing_filters: null };
  const api = `/api/v1/integrations/calendars/${calendar.id}`;
  expect((await page.request.patch(api, { data: patch })).ok()).toBe(true);
});

test("a series is made to repeat otherwise from one of its occurrences on", async ({ page }) => {
  const title = `Choir ${RUN}`;
  await page.goto("/calendar?add=2027-03-01T18:00/2027-03-01T19:00");
  const dialog = page.getByRole("dialog", { name: "New event" });
  await dialog.getByLabel("Title").fill(title);
  await dialog.getByLabel("Repeats").selectOption({ label: "Every day" });
  await dialog.getByRole("button", { name: "Create event" }).click();
  await expect(dialog).toBeHidden();
  await page.goto("/calendar?week=2027-03-08");
  const blocks = page.locator(".fcx .ev").filter({ hasText: title });
  await expect(blocks).toHaveCount(7);
  await blocks.nth(1).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("button", { name: "Edit" }).click();
  await expect(drawer.getByLabel("Repeats")).toHaveValue("daily");
  await drawer.getByLabel("Repeats").selectOption("weekly");
  await drawer.getByRole("button", { name: "Save" }).click();
  const scopes = page.getByRole("dialog", { name: new RegExp(title) });
  await expect(scopes.getByRole("button", { name: "Only this one" })).toHaveCount(0);
  await scopes.getByRole("button", { name: /following/ }).click();
  // Both dialogs go; while it is saved there are two.
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(blocks).toHaveCount(2);
});
