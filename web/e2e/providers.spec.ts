// What happens at the provider arrives on the open page; and an account by address, name and password.
import { expect, type Page, test } from "@playwright/test";

const GOOGLE = process.env.SANDBOX_GOOGLE ?? "";
const CALDAV = process.env.SANDBOX_CALDAV ?? "";
const PERSON = "/people/ada%40northwind.example";
const RUN = Date.now().toString(36);

/** Ten in the morning, two days from now: on the provider's page whatever the hour and the weekday. */
function meetingDay(): { day: string; monday: string } {
  const at = new Date(Date.now() + 2 * 86_400_000);
  const day = at.toISOString().slice(0, 10);
  at.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7));
  return { day, monday: at.toISOString().slice(0, 10) };
}

async function change(provider: Page, title: string, act: () => Promise<void>) {
  await provider.goto(GOOGLE + PERSON);
  await provider.getByLabel(`Title of ${title}`).waitFor();
  await act();
}

test("a change made at Google shows on the open calendar, without a reload", async ({ page, browser }) => {
  test.skip(!GOOGLE, "SANDBOX_GOOGLE names the simulator; scripts/e2e.sh sets it");
  const { day, monday } = meetingDay();
  const first = `Harbor review ${RUN}`;
  const renamed = `Harbor sign-off ${RUN}`;
  const other = await browser.newContext({ storageState: { cookies: [], origins: [] } });
  const provider = await other.newPage();
  const grid = page.locator(".fcx");
  const took = (what: string, since: number) =>
    test.info().annotations.push({ type: "seen", description: `${what}: ${Date.now() - since} ms` });

  await page.goto(`/calendar?week=${monday}`);
  await grid.waitFor();
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));

  await provider.goto(GOOGLE + PERSON);
  await provider.getByLabel("Title", { exact: true }).fill(first);
  await provider.getByLabel(/^Starts/).fill(`${day}T10:00`);
  await provider.getByRole("button", { name: "Add" }).click();
  let since = Date.now();
  await expect(grid.getByText(first)).toBeAttached();
  took("added", since);

  await change(provider, first, async () => {
    const form = provider.locator("form").filter({ has: provider.getByLabel(`Title of ${first}`) });
    await form.getByLabel(`Title of ${first}`).fill(renamed);
    await form.getByRole("button", { name: "Rename" }).click();
  });
  since = Date.now();
  await expect(grid.getByText(renamed)).toBeAttached();
  await expect(grid.getByText(first)).toHaveCount(0);
  took("renamed", since);

  const block = grid.locator(".ev").filter({ hasText: renamed });
  const before = (await block.textContent()) ?? "";
  await change(provider, renamed, () =>
    provider.getByRole("button", { name: `Move ${renamed} by +1 h` }).click(),
  );
  await expect(block).not.toHaveText(before);

  await change(provider, renamed, () => provider.getByRole("button", { name: `Delete ${renamed}` }).click());
  await expect(grid.getByText(renamed)).toHaveCount(0);

  expect(await page.evaluate(() => "sameDocument" in window)).toBe(true);
  await other.close();
});

test("a CalDAV server: a wrong password is named, the right one connects", async ({ page }) => {
  test.skip(!CALDAV, "SANDBOX_CALDAV names the simulator; scripts/e2e.sh sets it");
  await page.goto("/integrations/connect/caldav");
  await page.getByLabel("Server address").fill(CALDAV);
  await page.getByLabel("User name or e-mail").fill("ada");
  const password = page.locator("input[type=password]");
  await password.fill("not-the-password");
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("The server refused this name and password");
  await password.fill("ada-app-password");
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(page).toHaveURL(/\/integrations\/callback/);
  await expect(page.getByText("Account found")).toBeVisible();
  await expect(page.getByText(/^\d+ events? so far/)).toBeVisible();
  await page.goto("/integrations");
  await expect(page.getByRole("article", { name: "CalDAV" }).getByText("Healthy")).toBeVisible();
});
