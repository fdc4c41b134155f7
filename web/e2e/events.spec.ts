// Events written from the week view: by form and by dragging, single ones and series, and what comes back.
import { expect, type Page, test } from "@playwright/test";
import { settled } from "./helpers";

const RUN = Date.now().toString(36);
/** A week that the sample people have left empty at night. */
const WEEK = "2027-02-01";
const grid = (page: Page) => page.locator(".fcx");
const block = (page: Page, title: string) => grid(page).locator(".ev").filter({ hasText: title });

async function inWeek(page: Page) {
  await page.goto(`/calendar?week=${WEEK}`);
  await settled(page);
  await grid(page).waitFor();
}

async function create(page: Page, title: string, start: string, end: string, repeat?: string) {
  await page.getByRole("button", { name: "New event" }).click();
  const dialog = page.getByRole("dialog", { name: "New event" });
  await dialog.getByLabel("Title").fill(title);
  await dialog.getByLabel("Starts").fill(start);
  await dialog.getByLabel("Ends").fill(end);
  if (repeat) {
    await dialog.getByLabel("Repeats").selectOption({ label: repeat });
    await dialog.getByLabel("Stops").selectOption({ label: "After a number of times" });
    await dialog.getByLabel("How many times").fill("5");
  }
  await dialog.getByRole("button", { name: "Create event" }).click();
  await expect(dialog).toBeHidden();
}

test("an event is created by form, edited, and deleted", async ({ page }) => {
  const title = `Dentist ${RUN}`;
  await inWeek(page);
  await create(page, title, "2027-02-02T09:00", "2027-02-02T10:00");
  await expect(block(page, title)).toContainText("09:00");

  await block(page, title).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("button", { name: "Edit" }).click();
  await drawer.getByLabel("Where").fill("Harbor street 4");
  await drawer.getByLabel("Starts").fill("2027-02-02T11:00");
  await drawer.getByRole("button", { name: "Save" }).click();
  await expect(drawer).toBeHidden();
  await expect(block(page, title)).toContainText("11:00");

  await block(page, title).click();
  await expect(drawer.getByText("Harbor street 4")).toBeVisible();
  await drawer.getByRole("button", { name: "Delete…" }).click();
  const confirm = page.getByRole("dialog", { name: `Delete ${title}?` });
  await expect(confirm.getByRole("button", { name: "Cancel" })).toBeFocused();
  await confirm.getByRole("button", { name: "Delete" }).click();
  await expect(block(page, title)).toHaveCount(0);
});

test("what is wrong is said beside its field, and nothing typed is lost", async ({ page }) => {
  await page.goto("/calendar?add=2027-02-03T10:00/2027-02-03T11:00");
  const dialog = page.getByRole("dialog", { name: "New event" });
  await expect(dialog.getByLabel("Starts")).toHaveValue("2027-02-03T10:00");
  await dialog.getByLabel("Title").fill("Wrong way round");
  await dialog.getByLabel("Ends").fill("2027-02-03T09:00");
  await dialog.getByRole("button", { name: "Create event" }).click();
  await expect(dialog.getByText("It must end after it starts.")).toBeVisible();
  await dialog.getByLabel("Ends").fill("2027-02-03T11:00");
  await dialog.getByLabel("Attendees").fill("not-an-address");
  const refused = page.waitForResponse((r) => r.request().method() === "POST" && r.status() === 422);
  await dialog.getByRole("button", { name: "Create event" }).click();
  const detail = (await (await refused).json()).errors[0].detail as string;
  await expect(dialog.getByText(detail)).toBeVisible();
  await expect(dialog.getByLabel("Title")).toHaveValue("Wrong way round");
});

test("a series asks which of them are meant", async ({ page }) => {
  const title = `Stand-up ${RUN}`;
  await inWeek(page);
  await create(page, title, "2027-02-01T14:00", "2027-02-01T14:45", "Every day");
  await expect(block(page, title)).toHaveCount(5);

  await block(page, title).nth(1).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("button", { name: "Edit" }).click();
  await drawer.getByLabel("Title").fill(`${title} moved`);
  await drawer.getByRole("button", { name: "Save" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Only this one" }).click();
  await expect(block(page, `${title} moved`)).toHaveCount(1);
  await expect(block(page, title)).toHaveCount(5);

  await block(page, title).nth(3).click();
  await drawer.getByRole("button", { name: "Delete…" }).click();
  await page
    .getByRole("dialog", { name: /^Delete / })
    .getByRole("button", { name: "This and all following" })
    .click();
  await expect(block(page, title)).toHaveCount(3);

  await block(page, title).first().click();
  await drawer.getByRole("button", { name: "Delete…" }).click();
  await page
    .getByRole("dialog", { name: /^Delete / })
    .getByRole("button", { name: "The whole series" })
    .click();
  await expect(block(page, title)).toHaveCount(0);
});

test("a free stretch is dragged open, and its event dragged to another hour", async ({ page }) => {
  const title = `Focus ${RUN}`;
  await inWeek(page);
  const box = await grid(page).boundingBox();
  if (!box) throw new Error("no grid");
  // The third day, somewhere in its free afternoon; the form says which stretch that was.
  const x = box.x + 60 + ((box.width - 60) * 2.5) / 7;
  await page.mouse.move(x, box.y + 400);
  await page.mouse.down();
  await page.mouse.move(x, box.y + 464, { steps: 8 });
  await page.mouse.up();
  const dialog = page.getByRole("dialog", { name: "New event" });
  await expect(dialog).toBeVisible();
  const start = await dialog.getByLabel("Starts").inputValue();
  const end = await dialog.getByLabel("Ends").inputValue();
  expect(start.slice(0, 10)).toBe("2027-02-03");
  expect(Date.parse(`${end}Z`) - Date.parse(`${start}Z`)).toBeGreaterThanOrEqual(45 * 60_000);
  await dialog.getByLabel("Title").fill(title);
  const written = page.waitForResponse((r) => r.request().method() === "POST" && r.url().includes("/events"));
  await dialog.getByRole("button", { name: "Create event" }).click();
  const event = (await (await written).json()) as { start: string };
  await expect(block(page, title)).toContainText(start.slice(11));

  // In the middle, where dragging does not scroll the grid under the pointer; taken up when it no longer moves by itself.
  await block(page, title).evaluate((element) => element.scrollIntoView({ block: "center" }));
  const place = async () => JSON.stringify(await block(page, title).boundingBox());
  let seen = "";
  await expect
    .poll(async () => {
      const before = seen;
      seen = await place();
      return seen === before;
    })
    .toBe(true);
  const from = await block(page, title).boundingBox();
  if (!from) throw new Error("no block");
  const moved = page.waitForRequest((r) => r.method() === "PATCH");
  await page.mouse.move(from.x + 12, from.y + 12);
  await page.mouse.down();
  await page.mouse.move(from.x + 12, from.y + 12 + 64, { steps: 8 });
  await page.mouse.up();
  // An hour of the grid, to the quarter of an hour the pointer was in; the zone of the page does not matter to it.
  const sent = (await moved).postDataJSON() as { start_time: string };
  const minutes = (Date.parse(sent.start_time) - Date.parse(event.start)) / 60_000;
  expect([45, 60, 75]).toContain(minutes);
  await expect(page.getByText(`${title} is moved.`)).toBeVisible();
  const after = new Date(Date.parse(`${start}Z`) + minutes * 60_000).toISOString().slice(11, 16);
  await page.reload();
  await expect(block(page, title)).toContainText(after);
});

test("an invitation is answered from its event, and the answer stays", async ({ page, request }) => {
  const soon = new Date(Date.now() - 86_400_000).toISOString();
  const later = new Date(Date.now() + 20 * 86_400_000).toISOString();
  const found = await request.get(
    `/api/v1/integrations/events?from=${soon}&to=${later}&limit=200&q=architecture`,
  );
  const { items } = (await found.json()) as { items: { id: string; start: string }[] };
  const event = items[0];
  if (!event) throw new Error("the sample people have no invitation");
  await page.goto(`/calendar?week=${event.start.slice(0, 10)}&event=${event.id}`);
  const drawer = page.getByRole("dialog");
  const yes = drawer.getByRole("button", { name: "Yes" });
  const maybe = drawer.getByRole("button", { name: "Maybe" });
  await yes.waitFor();
  const [next, said] = (await yes.getAttribute("aria-pressed")) === "true" ? [maybe, "maybe"] : [yes, "yes"];
  await next.click();
  await expect(page.getByText(`You said ${said}.`)).toBeVisible();
  await expect(next).toHaveAttribute("aria-pressed", "true");
  await page.reload();
  await expect(next).toHaveAttribute("aria-pressed", "true");
});

test("a provider that always mails asks first, and a changed event says so", async ({ page }) => {
  await inWeek(page);
  const title = `Review ${RUN}`;
  await create(page, title, "2027-02-04T09:00", "2027-02-04T10:00");
  const answer = (status: number, code: string, detail: string, errors: object[] = []) => ({
    status,
    contentType: "application/problem+json",
    body: JSON.stringify({ type: "about:blank", title: code, status, code, detail, errors }),
  });
  let told: unknown;
  await page.route("**/api/v1/integrations/calendars/*/events/*", async (route) => {
    if (route.request().method() !== "PATCH") return route.continue();
    told = route.request().postDataJSON().notify_attendees;
    if (told) return route.fulfill(answer(409, "event_changed", "The event was changed meanwhile."));
    return route.fulfill(
      answer(422, "attendees_always_notified", "Microsoft always mails the attendees.", [
        { pointer: "/notify_attendees", detail: "Must be true." },
      ]),
    );
  });
  await block(page, title).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("button", { name: "Edit" }).click();
  await drawer.getByLabel("Title").fill(`${title} 2`);
  await drawer.getByRole("button", { name: "Save" }).click();
  await expect(drawer.getByRole("alert")).toContainText("Microsoft always mails the attendees.");
  await drawer.getByRole("button", { name: "Go on and mail the attendees" }).click();
  await expect(drawer.getByRole("alert")).toContainText("The event was changed meanwhile.");
  expect(told).toBe(true);
  await expect(drawer.getByLabel("Title")).toHaveValue(`${title} 2`);
});
