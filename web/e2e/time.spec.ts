// Time from the timesheet: drawn, dragged and typed, cut and joined, followed, approved, added up.
import {
  type APIRequestContext,
  type Browser,
  expect,
  type Locator,
  type Page,
  test,
} from "@playwright/test";
import { expectAccessible, firstCalendar, settled } from "./helpers";
import { PASSWORD } from "./sign-in";

// Only so that axe can be injected.
test.use({ bypassCSP: true });
// Each of these tests looks at several pages with axe, which takes its time on a busy machine.
test.describe.configure({ timeout: 180_000 });

const RUN = Date.now().toString(36);
/** Mondays of this run alone, long ago: a second run on the same data finds them empty. */
const FIRST = Date.parse("2012-01-02T00:00Z") + (Math.floor(Date.now() / 1000) % 50) * 70 * 86_400_000;
const dayOf = (week: number, day = 0) =>
  new Date(FIRST + (week * 7 + day) * 86_400_000).toISOString().slice(0, 10);
const grid = (page: Page) => page.locator(".fcx");
const block = (page: Page, title: string) => grid(page).locator(".ev").filter({ hasText: title });

const origin = (baseURL: string | undefined) => ({ origin: new URL(baseURL ?? "").origin });

interface Entry {
  id: string;
  started_at: string;
  duration_minutes: number;
  status: string;
}
interface Written {
  description: string;
  started_at: string;
  duration_minutes: number;
  project_id?: string;
}
async function write(api: APIRequestContext, input: Written, headers: { origin: string }): Promise<Entry> {
  const answer = await api.post("/api/v1/time-entries", { data: input, headers });
  expect(answer.ok()).toBe(true);
  return (await answer.json()) as Entry;
}
async function read(api: APIRequestContext, id: string): Promise<Entry> {
  return (await (await api.get(`/api/v1/time-entries/${id}`)).json()) as Entry;
}
async function firstProject(api: APIRequestContext) {
  const { items } = (await (await api.get("/api/v1/projects")).json()) as {
    items: { id: string; name: string }[];
  };
  const [project] = items;
  if (!project) throw new Error("the server under test has no project");
  return project;
}

async function inWeek(page: Page, week: string) {
  await page.goto(`/timesheet?view=week&week=${week}`);
  await settled(page);
  await grid(page).waitFor();
}

/** In the middle of the grid and at rest: dragging there scrolls nothing under the pointer. */
async function atRest(target: Locator) {
  await target.evaluate((element) => element.scrollIntoView({ block: "center" }));
  let seen = "";
  await expect
    .poll(async () => {
      const before = seen;
      seen = JSON.stringify(await target.boundingBox());
      return seen === before;
    })
    .toBe(true);
  return JSON.parse(seen) as { x: number; y: number; width: number; height: number };
}

async function drag(page: Page, from: { x: number; y: number }, to: { x: number; y: number }) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, (from.y + to.y) / 2, { steps: 6 });
  await page.mouse.move(to.x, to.y, { steps: 6 });
  await page.mouse.up();
}

test("time is drawn into the week, moved and made longer by dragging, and put back", async ({
  page,
  request,
}) => {
  const title = `Drawn ${RUN}`;
  await inWeek(page, dayOf(0));
  const box = await grid(page).boundingBox();
  if (!box) throw new Error("no grid");
  // The second of five days, somewhere in its free middle; the form says which stretch that was.
  const x = box.x + 60 + ((box.width - 60) * 1.5) / 5;
  await drag(page, { x, y: box.y + 250 }, { x, y: box.y + 330 });
  const dialog = page.getByRole("dialog", { name: "Add time" });
  await expect(dialog).toBeVisible();
  const start = await dialog.getByLabel("Start").inputValue();
  expect(start.slice(0, 10)).toBe(dayOf(0, 1));
  await dialog.getByLabel("Description").fill(title);
  const [made] = await Promise.all([
    page.waitForResponse((r) => r.request().method() === "POST" && r.url().endsWith("/time-entries")),
    dialog.getByRole("button", { name: "Save" }).click(),
  ]);
  const { id, duration_minutes } = (await made.json()) as Entry;
  await expect(dialog).toBeHidden();
  await expect(block(page, title)).toContainText(start.slice(11));
  await expect(block(page, title)).toContainText("Draft");
  expect(duration_minutes).toBeGreaterThanOrEqual(45);

  const before = await read(request, id);
  const at = await atRest(block(page, title));
  const middle = { x: at.x + at.width / 2, y: at.y + 8 };
  const day = (box.width - 60) / 5;
  await drag(page, middle, { x: middle.x + day, y: middle.y + 64 });
  const toast = page.getByText(new RegExp(`${title}: now`));
  await expect(toast).toBeVisible();
  const after = await read(request, id);
  expect(after.duration_minutes).toBe(duration_minutes);
  const moved = Date.parse(after.started_at) - Date.parse(before.started_at);
  expect(moved).toBeGreaterThan(86_400_000);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(async () => (await read(request, id)).started_at).toBe(before.started_at);

  await expect(block(page, title)).toContainText(start.slice(11));
  const again = await atRest(block(page, title).locator("xpath=ancestor::*[contains(@class,'blk')][1]"));
  const edge = { x: again.x + again.width / 2, y: again.y + again.height - 2 };
  await drag(page, edge, { x: edge.x, y: edge.y + 64 });
  await expect(toast).toBeVisible();
  await expect.poll(async () => (await read(request, id)).duration_minutes).toBeGreaterThan(duration_minutes);
  expect((await read(request, id)).started_at).toBe(before.started_at);
});

test("the same by form and keyboard: another start, another length, its history", async ({
  page,
  baseURL,
}) => {
  const title = `Typed ${RUN}`;
  const input = { description: title, started_at: `${dayOf(1, 2)}T08:00:00Z`, duration_minutes: 60 };
  const { id } = await write(page.request, input, origin(baseURL));
  await inWeek(page, dayOf(1));
  await block(page, title).focus();
  await block(page, title).click();
  const drawer = page.getByRole("dialog", { name: "Edit time entry" });
  await drawer.getByLabel("Duration").fill("2h 30m");
  await drawer.getByLabel("Duration").press("Enter");
  await expect(drawer).toBeHidden();
  expect((await read(page.request, id)).duration_minutes).toBe(150);
  await block(page, title).click();
  await drawer.getByText("History").click();
  await expect(drawer.getByText("Hours: 1:00 → 2:30")).toBeVisible();
  await drawer.getByLabel("Duration").fill("25 hours of sleep");
  await drawer.getByRole("button", { name: "Save" }).click();
  await expect(drawer.getByRole("alert")).toContainText("at most 24 hours");
  await expectAccessible(page);
});

test("an entry is split, its halves merged, and it is copied", async ({ page, baseURL }) => {
  const title = `Shaped ${RUN}`;
  const input = { description: title, started_at: `${dayOf(2, 3)}T08:00:00Z`, duration_minutes: 120 };
  await write(page.request, input, origin(baseURL));
  await inWeek(page, dayOf(2));
  const drawer = page.getByRole("dialog", { name: "Edit time entry" });
  const choose = async (item: string) => {
    await block(page, title).first().click();
    await drawer.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: item }).click();
  };
  await choose("Split…");
  await page
    .getByRole("dialog", { name: "Split this entry?" })
    .getByRole("button", { name: "Split" })
    .click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(block(page, title)).toHaveCount(2);

  await choose("Merge…");
  const merge = page.getByRole("dialog", { name: "Merge with other entries?" });
  await merge.getByRole("checkbox", { name: new RegExp(title) }).check();
  await expectAccessible(page);
  await merge.getByRole("button", { name: "Merge" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(block(page, title)).toHaveCount(1);

  await choose("Duplicate…");
  const copy = page.getByRole("dialog", { name: "Duplicate this entry?" });
  await expect(copy.getByLabel("Start")).toHaveValue(new RegExp(`^${dayOf(2, 4)}T`));
  await copy.getByRole("button", { name: "Duplicate" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(block(page, title)).toHaveCount(2);
});

test("two things at the same time are named, and one click away", async ({ page, baseURL }) => {
  const input = { started_at: `${dayOf(3, 4)}T14:00:00Z`, duration_minutes: 60 };
  await write(page.request, { ...input, description: `Here ${RUN}` }, origin(baseURL));
  await write(page.request, { ...input, description: `There ${RUN}` }, origin(baseURL));
  await inWeek(page, dayOf(3));
  const warning = page.getByRole("region", { name: /log only one/ });
  await warning.getByRole("button", { name: new RegExp(`There ${RUN}`) }).click();
  const drawer = page.getByRole("dialog", { name: "Edit time entry" });
  await expect(drawer.getByText("Another entry takes some of this time.")).toBeVisible();
});

test("suggestions are looked at, logged at once and taken back", async ({ page }) => {
  const lastWeek = new Date(Date.now() - 7 * 86_400_000).toISOString().slice(0, 10);
  await inWeek(page, lastWeek);
  const button = page.getByRole("button", { name: /^Log (one suggestion|\d+ suggestions)/ });
  await button.click();
  const review = page.getByRole("dialog", { name: "Log these meetings?" });
  await review.getByRole("row").nth(1).waitFor();
  await expectAccessible(page);
  const boxes = review.getByRole("checkbox");
  const count = await boxes.count();
  for (let i = 1; i < count; i++) await boxes.nth(i).uncheck();
  await boxes.first().check();
  await review.getByRole("button", { name: /^Log one suggestion/ }).click();
  await expect(review).toBeHidden();
  await expect(page.getByText("One meeting logged")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Taken back")).toBeVisible();
  await button.click();
  await expect(boxes).toHaveCount(count);
});

test("what is put aside stays in its week, dimmed, and is brought back", async ({ page }) => {
  const lastWeek = new Date(Date.now() - 7 * 86_400_000).toISOString().slice(0, 10);
  await inWeek(page, lastWeek);
  const aside = grid(page).locator(".e-dismissed");
  await grid(page).locator(".e-unlogged").first().click();
  const drawer = page.getByRole("dialog", { name: "Log this meeting" });
  await drawer.getByRole("button", { name: "Not work" }).click();
  await expect(drawer).toBeHidden();
  await aside.first().click();
  await expect(drawer.getByText("It was put aside as no work.")).toBeVisible();
  await expectAccessible(page);
  const before = await aside.count();
  await drawer.getByRole("button", { name: "Bring back" }).click();
  await expect(drawer).toBeHidden();
  await expect(aside).toHaveCount(before - 1);
});

test("new time is billed as its project says, and has its tags", async ({ page, baseURL }) => {
  const name = `Inside ${RUN}`;
  const made = await page.request.post("/api/v1/projects", {
    data: { name, billable: false },
    headers: origin(baseURL),
  });
  expect(made.ok()).toBe(true);
  await page.goto(`/timesheet?view=list&entry=new&at=${dayOf(5)}T09:00/${dayOf(5)}T10:00`);
  const drawer = page.getByRole("dialog", { name: "Add time" });
  await drawer.getByLabel("Description").fill(`Tidied ${RUN}`);
  const billable = drawer.getByRole("switch", { name: "Billable" });
  await expect(billable).toBeChecked();
  await drawer.getByRole("combobox", { name: "Project" }).click();
  await page.getByRole("option", { name }).click();
  await expect(billable).not.toBeChecked();
  await drawer.getByRole("combobox", { name: "Tags" }).fill("desk");
  await page.keyboard.press("Enter");
  await expectAccessible(page);
  const answer = page.waitForResponse(
    (r) => r.url().endsWith("/time-entries") && r.request().method() === "POST",
  );
  await drawer.getByRole("button", { name: "Save" }).click();
  expect(await (await answer).json()).toMatchObject({ billable: false, tags: ["desk"] });
});

test("durations are typed into projects × days: new, changed, refused, taken back and removed", async ({
  page,
  request,
}) => {
  const project = await firstProject(request);
  await page.goto(`/timesheet?view=projects&week=${dayOf(4)}`);
  await settled(page);
  await page.getByRole("combobox", { name: "Add a project" }).click();
  await page.getByRole("option", { name: new RegExp(project.name) }).click();
  const cell = page.getByRole("textbox", { name: new RegExp(`^${project.name}, Tuesday`) });
  await cell.fill("1.5h");
  await cell.press("Enter");
  await expect(cell).toHaveValue("1:30");
  await cell.fill("90");
  await cell.press("Enter");
  await expect(page.getByText(/whether the number means hours or minutes/)).toBeVisible();
  await expect(cell).toHaveAttribute("aria-invalid", "true");
  await cell.press("Escape");
  await expect(cell).toHaveValue("1:30");
  await cell.fill("2h");
  await cell.press("Enter");
  await expect(cell).toHaveValue("2:00");
  await expect(page.getByRole("row", { name: /^Total/ })).toContainText("2:00");
  await expectAccessible(page);
  await cell.fill("");
  await cell.press("Enter");
  await expect(page.getByText("The time entry is deleted.")).toBeVisible();
  await expect(cell).toHaveValue("");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(cell).toHaveValue("2:00");
});

test("an emptied meeting comes back as the meeting's; of approved time it is asked first, and nothing undoes it", async ({
  page,
  request,
  baseURL,
}) => {
  const headers = origin(baseURL);
  const post = async (path: string, data: object) => {
    const answer = await request.post(`/api/v1${path}`, { data, headers });
    expect(answer.ok(), await answer.text()).toBe(true);
    return (await answer.json()) as { id: string };
  };
  const name = `Held ${RUN}`;
  const day = new Date(Date.now() - 4 * 86_400_000).toISOString().slice(0, 10);
  const calendar = await firstCalendar(request);
  const project = await post("/projects", { name });
  const meeting = { summary: name, start_time: `${day}T12:00:00Z`, end_time: `${day}T13:00:00Z` };
  const event = await post(`/integrations/calendars/${calendar.id}/events`, meeting);
  await post(`/drafts/${event.id}/log`, { project_id: project.id });
  await page.goto(`/timesheet?view=projects&week=${mondayOf(day)}&rows=${project.id}`);
  await settled(page);
  const weekday = new Date(day).toLocaleDateString("en-GB", { weekday: "long", timeZone: "UTC" });
  const cell = page.getByRole("textbox", { name: new RegExp(`^${name}, ${weekday}`) });
  await cell.fill("45m");
  await cell.press("Enter");
  await expect(cell).toHaveValue("0:45");
  await cell.fill("");
  await cell.press("Enter");
  await expect(cell).toHaveValue("");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(cell).toHaveValue("0:45");
  const list = await request.get(`/api/v1/time-entries?project_id=${project.id}`);
  const { items } = (await list.json()) as { items: Entry[] };
  expect(items).toHaveLength(1);
  expect(items[0]).toMatchObject({
    synced_event_id: event.id,
    source: "calendar",
    status: "pending",
    duration_minutes: 45,
  });

  await post(`/time-entries/${items[0]?.id}/approve`, {});
  await page.reload();
  await expect(cell).toHaveValue("0:45");
  const sure = page.getByRole("dialog", { name: "Delete this time entry?" });
  await cell.fill("");
  await cell.press("Enter");
  await expect(sure).toContainText("Approved");
  await expectAccessible(page);
  await sure.getByRole("button", { name: "Cancel" }).click();
  await expect(sure).toBeHidden();
  await expect(cell).toHaveValue("0:45");
  await cell.fill("");
  await cell.press("Enter");
  await sure.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("The time entry is deleted.")).toBeVisible();
  await expect(cell).toHaveValue("");
  await expect(page.getByRole("button", { name: "Undo" })).toHaveCount(0);
});

test("several entries in one cell are told apart", async ({ page, request, baseURL }) => {
  const project = await firstProject(request);
  for (const hour of ["08", "12"]) {
    const input = {
      description: `Part ${hour} ${RUN}`,
      started_at: `${dayOf(5, 3)}T${hour}:00:00Z`,
      duration_minutes: 30,
    };
    await write(page.request, { ...input, project_id: project.id }, origin(baseURL));
  }
  await page.goto(`/timesheet?view=projects&week=${dayOf(5)}`);
  await settled(page);
  await page.getByRole("button", { name: new RegExp(`^${project.name}, Thursday .*2 entries`) }).click();
  const parts = page.getByRole("dialog");
  const second = parts.getByRole("textbox", { name: new RegExp(`Part 12 ${RUN}`) });
  await second.fill("45m");
  await second.press("Enter");
  await expect(second).toHaveValue("0:45");
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("row", { name: /^Total/ })).toContainText("1:15");
});

test("a timer outlasts the page, and becomes an entry when it is stopped", async ({ page, request }) => {
  const title = `Timed ${RUN}`;
  const project = await firstProject(request);
  await page.goto("/integrations");
  await settled(page);
  await page.getByRole("button", { name: "Start timer" }).click();
  const dialog = page.getByRole("dialog", { name: "Start a timer" });
  await dialog.getByLabel("What are you doing?").fill(title);
  await dialog.getByRole("combobox", { name: "Project" }).click();
  await page.getByRole("option", { name: new RegExp(project.name) }).click();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Start timer" }).click();
  await expect(dialog).toBeHidden();
  const running = page.getByRole("region", { name: "Timer running" });
  await expect(running).toContainText(title);
  await page.reload();
  await expect(running).toContainText(project.name);
  await expect(running.getByRole("timer")).toHaveText(/^0:0\d:\d\d$/);
  await page.goto("/timesheet");
  await expect(block(page, title)).toBeVisible();
  await expectAccessible(page);
  await running.getByRole("button", { name: "Stop timer" }).click();
  await expect(page.getByText(/The timer is stopped/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Start timer" })).toBeVisible();
  await page.goto("/timesheet?view=list");
  await expect(page.getByRole("row").filter({ hasText: title })).toContainText("Draft");
});

test("a meeting that moved after it was logged is asked about: taken over, or kept", async ({
  page,
  request,
  baseURL,
}) => {
  const calendar = await firstCalendar(request);
  const headers = origin(baseURL);
  const events = `/api/v1/integrations/calendars/${calendar.id}/events`;
  const day = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10);
  for (const [title, answer] of [
    [`Followed ${RUN}`, "Take over"],
    [`Kept ${RUN}`, "Keep as logged"],
  ] as const) {
    const data = { summary: title, start_time: `${day}T20:00:00Z`, end_time: `${day}T20:30:00Z` };
    const event = (await (await request.post(events, { data, headers })).json()) as { id: string };
    const logged = await request.post(`/api/v1/drafts/${event.id}/log`, { data: {}, headers });
    const { id } = (await logged.json()) as Entry;
    const to = { start_time: `${day}T21:00:00Z`, end_time: `${day}T22:00:00Z` };
    expect((await request.patch(`${events}/${event.id}`, { data: to, headers })).ok()).toBe(true);
    await page.goto("/timesheet");
    const asked = page.getByRole("region", { name: /logged meetings? changed/ });
    await expect(asked.getByRole("listitem").filter({ hasText: title })).toContainText(/Was .* is now/);
    await expectAccessible(page);
    await asked.getByRole("button", { name: `${answer} ${title}` }).click();
    await expect(asked.getByRole("listitem").filter({ hasText: title })).toHaveCount(0);
    expect((await read(request, id)).duration_minutes).toBe(answer === "Take over" ? 60 : 30);
  }
});

function mondayOf(day: string): string {
  const date = new Date(`${day}T00:00Z`);
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  return date.toISOString().slice(0, 10);
}

/** Bo, who is a plain member, in a browser of his own. */
async function asBo(browser: Browser, baseURL: string | undefined) {
  const context = await browser.newContext({ baseURL, storageState: { cookies: [], origins: [] } });
  const data = { email: "bo@northwind.example", password: PASSWORD };
  expect((await context.request.post("/api/v1/auth/login", { data, headers: origin(baseURL) })).ok()).toBe(
    true,
  );
  return context;
}

test("a member's week is approved but for one entry, which is rejected with a reason", async ({
  page,
  browser,
  baseURL,
}) => {
  const headers = origin(baseURL);
  const bo = await asBo(browser, baseURL);
  const day = new Date(Date.now() - 8 * 86_400_000).toISOString().slice(0, 10);
  const made: Entry[] = [];
  for (const [n, description] of [`Fine ${RUN}`, `Odd ${RUN}`].entries()) {
    const input = { description, started_at: `${day}T0${n + 6}:00:00Z`, duration_minutes: 50 };
    made.push(await write(bo.request, input, headers));
  }
  const ids = made.map((entry) => entry.id);
  await bo.request.post("/api/v1/time-entries/bulk", { data: { action: "submit", ids }, headers });
  const { member } = (await (await bo.request.get("/api/v1/auth/session")).json()) as {
    member: { id: string };
  };
  await page.goto(`/approvals?open=${member.id}/${mondayOf(day)}`);
  await settled(page);
  const mine = page.getByRole("row").filter({ hasText: `Odd ${RUN}` });
  const card = page.getByRole("region", { name: /Bo Lindqvist/ }).filter({ has: mine });
  const odd = card.getByRole("row").filter({ hasText: `Odd ${RUN}` });
  await odd.getByRole("button", { name: /Reject/ }).click();
  const why = page.getByRole("dialog", { name: "Reject this entry?" });
  await expect(why.getByRole("button", { name: "Reject" })).toBeDisabled();
  await why.getByLabel("Reason").fill("Whose is it?");
  await expectAccessible(page);
  await why.getByRole("button", { name: "Reject" }).click();
  await expect(why).toBeHidden();
  await expect(odd).toContainText("Whose is it?");
  await card.getByRole("button", { name: /^Approve week/ }).click();
  await expect(page.getByText(/is approved\.|are approved\./)).toBeVisible();
  expect((await read(bo.request, ids[0] ?? "")).status).toBe("approved");
  expect((await read(bo.request, ids[1] ?? "")).status).toBe("rejected");
  const his = await bo.newPage();
  await his.goto(`/timesheet?view=list&status=rejected`);
  await expect(his.getByRole("row").filter({ hasText: `Odd ${RUN}` })).toContainText("Whose is it?");
  await bo.close();
});

test("one's own week may be approved only where the workspace says so", async ({ page, baseURL }) => {
  const headers = origin(baseURL);
  const day = new Date(Date.now() - 14 * 86_400_000).toISOString().slice(0, 10);
  const entry = await write(
    page.request,
    { description: `Own ${RUN}`, started_at: `${day}T05:00:00Z`, duration_minutes: 20 },
    headers,
  );
  await page.request.post(`/api/v1/time-entries/${entry.id}/submit`, { headers });
  const allow = async (self_approval: boolean) =>
    expect((await page.request.patch("/api/v1/workspace", { data: { self_approval }, headers })).ok()).toBe(
      true,
    );
  const card = page.getByRole("region", { name: /your own/ }).last();
  await allow(false);
  await page.goto("/approvals");
  await expect(card.getByText("another owner or admin approves it")).toBeVisible();
  await expect(card.getByRole("button", { name: /^Approve week/ })).toHaveCount(0);
  await allow(true);
  await page.reload();
  await expect(card.getByRole("button", { name: /^Approve week/ })).toBeVisible();
});

test("a closed period shows, and nothing in it can be changed", async ({ page, baseURL }) => {
  const headers = origin(baseURL);
  const lock = async (time_locked_until: string | null) =>
    expect(
      (await page.request.patch("/api/v1/workspace", { data: { time_locked_until }, headers })).ok(),
    ).toBe(true);
  const title = `Closed ${RUN}`;
  // A try that ended early has left it closed.
  await lock(null);
  await write(
    page.request,
    { description: title, started_at: `${dayOf(6, 1)}T08:00:00Z`, duration_minutes: 60 },
    headers,
  );
  await lock(dayOf(6, 6));
  await inWeek(page, dayOf(6));
  await expect(page.getByText(/Closed until \d+ \w+ 20\d\d/)).toBeVisible();
  await expectAccessible(page);
  await block(page, title).click();
  const drawer = page.getByRole("dialog", { name: "Edit time entry" });
  await expect(drawer.getByText("lies in a closed period")).toBeVisible();
  await expect(drawer.getByRole("button", { name: "Save" })).toBeDisabled();
  await lock(null);
});

test("a report is grouped, narrowed down, read as a table and saved as a file", async ({
  page,
  request,
  baseURL,
}) => {
  const project = await firstProject(request);
  const input = { description: `Counted ${RUN}`, started_at: "2025-10-01T08:00:00Z", duration_minutes: 90 };
  await write(page.request, { ...input, project_id: project.id }, origin(baseURL));
  await page.goto("/reports?from=2025-10-01&to=2025-10-31");
  await settled(page);
  const figures = page.getByRole("region", { name: "Figures" });
  await expect(figures.getByRole("row").filter({ hasText: project.name })).toContainText(/\d+:\d\d/);
  await expect(page.getByRole("img", { name: /hours in all/ })).toBeVisible();
  await page.getByRole("radiogroup", { name: "Add up by" }).getByText("Day", { exact: true }).click();
  await expect(page).toHaveURL(/by=day/);
  await expect(figures.getByRole("row").filter({ hasText: "Wed 1 October" })).toBeVisible();
  await page.getByLabel("Status").selectOption("invoiced");
  await expect(page.getByText("Nothing matches this filter")).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(figures).toBeVisible();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Export CSV" }).click(),
  ]);
  const stream = await file.createReadStream();
  const text = (await stream.toArray()).map((chunk) => String(chunk)).join("");
  expect(text).toContain(`Counted ${RUN}`);
});

test("today says what is logged, what waits and what runs", async ({ page }) => {
  await page.goto("/");
  await settled(page);
  await expect(page.getByRole("progressbar", { name: "This week" })).toBeVisible();
  await expect(page.getByText("Nothing runs")).toBeVisible();
  await expect(page.getByRole("region", { name: "Not logged yet" })).toBeVisible();
});
