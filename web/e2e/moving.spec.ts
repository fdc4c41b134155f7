// An event goes to another calendar of the same person; a series as a whole.
import { type APIRequestContext, expect, type Page, test } from "@playwright/test";
import { accessibleInBothThemes, settled } from "./helpers";

// Only so that axe can be injected.
test.use({ bypassCSP: true });

// A long walk, with axe on the way: a busy machine may take its time.
test.describe.configure({ timeout: 240_000 });

const RUN = Date.now().toString(36);
const OTHER = "Client work";
const block = (page: Page, title: string) => page.locator(".fcx .ev").filter({ hasText: title });

interface Calendar {
  id: string;
  name: string;
  sync_enabled: boolean;
  last_sync_at: string | null;
}
async function calendars(request: APIRequestContext): Promise<Calendar[]> {
  return (await (await request.get("/api/v1/integrations/calendars?limit=200")).json()).items;
}

/** The second calendar is switched on, so that an event that goes there is seen again. */
async function otherCalendar(request: APIRequestContext, origin: string): Promise<string> {
  const other = (await calendars(request)).find((c) => c.name === OTHER);
  if (!other) throw new Error(`the server under test has no calendar called ${OTHER}`);
  const address = `/api/v1/integrations/calendars/${other.id}/enable`;
  expect((await request.put(address, { headers: { origin }, data: { enabled: true } })).ok()).toBe(true);
  const synced = async () => (await calendars(request)).find((c) => c.id === other.id)?.last_sync_at;
  await expect.poll(synced, { timeout: 60_000 }).toBeTruthy();
  return other.id;
}

async function create(page: Page, title: string, day: string, repeat?: string) {
  await page.goto(`/calendar?add=${day}T05:00/${day}T06:00`);
  const dialog = page.getByRole("dialog", { name: "New event" });
  await dialog.getByLabel("Title").fill(title);
  if (repeat) {
    await dialog.getByLabel("Repeats").selectOption({ label: repeat });
    await dialog.getByLabel("Stops").selectOption({ label: "After a number of times" });
    await dialog.getByLabel("How many times").fill("3");
  }
  await dialog.getByRole("button", { name: "Create event" }).click();
  await expect(dialog).toBeHidden();
}

async function openMove(page: Page, title: string) {
  await block(page, title).first().click();
  await page.getByRole("button", { name: "Move to calendar…" }).click();
  const dialog = page.getByRole("dialog", { name: `Move ${title} to another calendar` });
  await dialog.waitFor();
  await dialog.getByLabel("Calendar").selectOption({ label: `${OTHER} · ada@northwind.example` });
  return dialog;
}

test("an event moves to another calendar; a series says that it moves as a whole", async ({
  page,
  request,
  baseURL,
}) => {
  const origin = new URL(baseURL ?? "").origin;
  await otherCalendar(request, origin);
  const single = `Archive visit ${RUN}`;
  await create(page, single, "2027-05-04");
  await page.goto("/calendar?week=2027-05-03");
  await settled(page);
  const dialog = await openMove(page, single);
  await accessibleInBothThemes(page);
  await dialog.getByRole("button", { name: "Move it" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByText(`${single} is in ${OTHER} now.`)).toBeVisible();
  await block(page, single).click();
  await expect(page.getByRole("dialog").getByRole("definition").filter({ hasText: OTHER })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);

  const series = `Choir ${RUN}`;
  await create(page, series, "2027-05-10", "Every day");
  await page.goto("/calendar?week=2027-05-10");
  await settled(page);
  await expect(block(page, series)).toHaveCount(3);
  const question = await openMove(page, series);
  await expect(question).toContainText("A series moves as a whole");
  await question.getByRole("button", { name: "Move the whole series" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(block(page, series)).toHaveCount(3);
  await block(page, series).nth(2).click();
  await expect(page.getByRole("dialog").getByRole("definition").filter({ hasText: OTHER })).toBeVisible();
});
