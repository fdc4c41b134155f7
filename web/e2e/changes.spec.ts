// What changes data, in order, after everything that only looks.
import { expect, test } from "@playwright/test";
import { settled, tabTo } from "./helpers";

// Names of this run alone, so that a second run on the same data finds its own.
const RUN = Date.now().toString(36);
const WORKSHOP = `Workshop ${RUN}`;
const NIGHT = `Night shift ${RUN}`;

test("a meeting is logged with one click and appears in the timesheet", async ({ page }) => {
  await page.goto("/");
  const box = page.getByRole("region", { name: "Not logged yet" });
  const button = box.getByRole("button", { name: /^Log \d/ }).first();
  const title = ((await button.locator(".sr").textContent()) ?? "").trim();
  const before = await box.getByRole("button", { name: /^Log \d/ }).count();
  await button.click();
  await expect(page.getByText(`Logged: ${title}`)).toBeVisible();
  await expect(box.getByRole("button", { name: /^Log \d/ })).toHaveCount(before - 1);
  await page.goto("/timesheet?status=pending");
  await expect(page.getByRole("button", { name: title }).first()).toBeVisible();
});

test("a meeting is logged from its event with a changed description, and undone", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("region", { name: "Not logged yet" }).locator(".rowlink").first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Description").fill(WORKSHOP);
  await dialog.getByRole("button", { name: /^Log \d/ }).click();
  await expect(dialog).toBeHidden();
  await page.goto("/timesheet?view=list");
  await page.getByRole("button", { name: WORKSHOP, exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  const confirm = page.getByRole("dialog", { name: "Delete this time entry?" });
  await expect(confirm.getByRole("button", { name: "Cancel" })).toBeFocused();
  await confirm.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("The time entry is deleted.")).toBeVisible();
  await expect(page.getByRole("button", { name: WORKSHOP, exact: true })).toHaveCount(0);
});

test("time added by hand keeps its wall clock over a clock change", async ({ page, baseURL }) => {
  const origin = new URL(baseURL ?? "").origin;
  const zone = async (time_zone: string) =>
    expect((await page.request.patch("/api/v1/me", { data: { time_zone }, headers: { origin } })).ok()).toBe(
      true,
    );
  await zone("Europe/Madrid");
  await page.goto("/timesheet?entry=new");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Description").fill(NIGHT);
  await dialog.getByLabel("Start").fill("2026-03-29T03:30");
  await dialog.getByLabel("Duration").fill("90m");
  const [sent] = await Promise.all([
    page.waitForRequest((r) => r.method() === "POST" && r.url().endsWith("/time-entries")),
    dialog.getByRole("button", { name: "Save" }).click(),
  ]);
  expect(sent.postDataJSON()).toMatchObject({ started_at: "2026-03-29T01:30:00.000Z", duration: "90m" });
  await page.goto("/timesheet?from=2026-03-29&to=2026-03-29");
  const row = page.getByRole("row").filter({ hasText: NIGHT }).first();
  await expect(row).toContainText("03:30");
  await expect(row).toContainText("1:30");
});

test("an entry is submitted, approved, and another one rejected with a reason", async ({ page }) => {
  await page.goto("/timesheet?from=2026-03-29&to=2026-03-29");
  const row = page.getByRole("row").filter({ hasText: NIGHT }).first();
  const submit = row.getByRole("button", { name: /Submit/ });
  await row
    .getByRole("button", { name: /Submit|Reject/ })
    .first()
    .waitFor();
  if (await submit.isVisible()) await submit.click();
  await row.getByRole("button", { name: /Reject/ }).click();
  await page.getByRole("dialog").getByLabel("Reason").fill("Wrong client");
  await page.getByRole("dialog").getByRole("button", { name: "Reject" }).click();
  await expect(row).toContainText("Wrong client");
  await row.getByRole("button", { name: /Submit/ }).click();
  await row.getByRole("button", { name: /Approve/ }).click();
  await expect(row).toContainText("Approved");
});

test("an API key is shown once, and revoked", async ({ page }) => {
  await page.goto("/settings/api-keys");
  await page.getByRole("button", { name: "New key" }).first().click();
  await page.getByLabel("Name").fill("From a test");
  await page.getByRole("button", { name: "Create key" }).click();
  await expect(page.locator(".copyfield").first()).toHaveText(/^dbk_/);
  await expect(page.getByText(/^curl -H/)).toBeVisible();
  await page.getByRole("button", { name: "I have stored it" }).click();
  await page.getByRole("button", { name: "Revoke From a test" }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("From a test is revoked.")).toBeVisible();
});

test("the language of the profile is spoken at once, after a reload, and back again", async ({ page }) => {
  await page.goto("/settings");
  await page.getByLabel("Language").selectOption({ label: "Español" });
  await page.getByRole("button", { name: "Save Profile" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Ajustes" })).toBeVisible();
  await page.goto("/calendar?week=2026-11-23");
  await expect(page.getByText("23 de noviembre – 29 de noviembre de 2026")).toBeVisible();
  await expect(page.getByText("lun 23")).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "es");
  await page.goto("/settings");
  await page.getByLabel("Idioma").selectOption({ label: "English" });
  await page.getByRole("button", { name: "Guardar Perfil" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
});

test("denying consent says so and offers to try again", async ({ page }) => {
  await page.goto("/integrations/connect/google");
  await page.getByRole("button", { name: "Connect Google Calendar" }).click();
  await page.getByRole("button", { name: /deny/i }).click();
  await expect(page.getByRole("alert")).toContainText("You did not agree");
  await expect(page).toHaveURL(/\/integrations\/callback$/);
  await page.getByRole("link", { name: "Try again" }).click();
  await expect(page).toHaveURL(/connect\/google/);
});

test("a made-up return is refused with its own words", async ({ page }) => {
  await page.goto("/integrations/callback?error=invalid_state");
  await expect(page.getByRole("alert")).toContainText("does not belong to a request of ours");
});

test("connect, settings and disconnect with the keyboard alone", async ({ page }) => {
  await page.goto("/integrations");
  await settled(page);
  await tabTo(page, page.getByRole("link", { name: "Connect Google Calendar" }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: "Connect Google Calendar" }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: /allow/i }));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/integrations\/callback/);
  await expect(page.getByText("Account found")).toBeVisible();
  await tabTo(page, page.getByRole("link", { name: "Choose calendars" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Calendars" })).toBeVisible();
  await tabTo(page, page.locator(".calrow a"));
  await page.keyboard.press("Enter");
  const interval = page.getByLabel("Sync every (minutes)");
  await tabTo(page, interval);
  await page.keyboard.press("Control+a");
  await page.keyboard.type("30");
  await page.keyboard.press("Enter");
  await expect(page.getByText("The settings are saved.")).toBeVisible();
  await page.goto("/integrations");
  const card = page.getByRole("article", { name: "Google Calendar" }).first();
  await tabTo(page, card.getByRole("button", { name: /actions$/ }));
  await page.keyboard.press("Enter");
  const item = page.getByRole("menuitem", { name: "Disconnect…" });
  await item.waitFor();
  for (let i = 0; i < 8 && !(await item.evaluate((el) => el === document.activeElement)); i++) {
    await page.keyboard.press("ArrowDown");
  }
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(
    page.getByRole("article", { name: "Google Calendar" }).getByText("Disconnected").first(),
  ).toBeVisible();
});

test("the same account connects again in place, by mouse", async ({ page }) => {
  await page.goto("/integrations");
  const cards = page.getByRole("article", { name: "Google Calendar" });
  await cards.first().waitFor();
  const before = await cards.count();
  await page.getByRole("link", { name: "Connect Google Calendar" }).click();
  await page.getByRole("button", { name: "Connect Google Calendar" }).click();
  await page.getByRole("button", { name: /allow/i }).click();
  await expect(page.getByText("Access granted")).toBeVisible();
  await page.goto("/integrations");
  await cards.first().waitFor();
  expect(await cards.count()).toBe(before);
});
