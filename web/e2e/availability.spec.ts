// Hours to be booked in, blocked time, the reasons for refused slots, and the pages for administrators.
import { expect, test } from "@playwright/test";
import { expectAccessible, firstCalendar, settled } from "./helpers";

const RUN = Date.now().toString(36);
const HOURS = `Office ${RUN}`;

test("hours are made, changed per day, and every refused slot says why", async ({ page }) => {
  await page.goto("/settings/availability?configuration=new");
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("button", { name: "Save" }).click();
  await expect(drawer.getByText("Give it a name.")).toBeVisible();
  await drawer.getByLabel("Name").fill(HOURS);
  await drawer.getByLabel("Length (minutes)").fill("60");
  await drawer.getByLabel("Notice (minutes)").fill("120");
  await drawer.getByRole("button", { name: "Save" }).click();
  await expect(drawer).toBeHidden();

  await page.getByRole("button", { name: HOURS, exact: true }).click();
  await drawer.getByLabel("Each day has its own hours").click();
  await drawer.getByRole("switch", { name: "Friday" }).click();
  const saved = page.waitForRequest((r) => r.method() === "PATCH");
  await drawer.getByRole("button", { name: "Save" }).click();
  const { hours } = (await saved).postDataJSON() as { hours: { day: number }[] };
  expect(hours.map((h) => h.day)).toEqual([0, 1, 2, 3]);
  await expect(drawer).toBeHidden();

  await page.getByRole("link", { name: `See slots ${HOURS}` }).click();
  await settled(page);
  await page.getByRole("button", { name: "Previous week" }).click();
  await settled(page);
  await page.locator("button.slot").first().click();
  await expect(page.getByRole("dialog", { name: "Why this is not offered" })).toContainText("Too soon");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Next week" }).click();
  await page.getByRole("button", { name: "Next week" }).click();
  await settled(page);
  await expect(page.locator(".slot[data-free]").first()).toBeVisible();
  await expect(page.getByText("nothing free").first()).toBeVisible();
});

test("a refused slot names the event or the block in its way, and leads there", async ({ page, request }) => {
  const calendar = await firstCalendar(request);
  // A week ahead, at hours that are the same in every zone of the test.
  const day = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
  const monday = new Date(Date.parse(day) - ((new Date(day).getUTCDay() + 6) % 7) * 86_400_000);
  const week = monday.toISOString().slice(0, 10);
  await page.goto("/settings/availability");
  const headers = { origin: new URL(page.url()).origin };
  const make = async (path: string, data: object) => {
    const answer = await page.request.post(`/api/v1/${path}`, { headers, data });
    expect(answer.ok(), await answer.text()).toBe(true);
    return (await answer.json()) as { id: string; event_id: string };
  };
  const event = (summary: string, from: string, to: string, busy: boolean) =>
    make(`integrations/calendars/${calendar.id}/events`, {
      summary,
      start_time: `${day}T${from}:00Z`,
      end_time: `${day}T${to}:00Z`,
      busy,
    });
  const [fitting, idle, yoga] = [`Fitting ${RUN}`, `Idle ${RUN}`, `Yoga ${RUN}`];
  const events = [await event(fitting, "10:00", "11:00", true), await event(idle, "12:00", "13:00", false)];
  const block = await make("blocks", { title: yoga, start: `${day}T14:00:00Z`, end: `${day}T15:00:00Z` });
  const hours = await make("calendar-configurations", {
    name: `Culprits ${RUN}`,
    calendar_ids: [calendar.id],
    time_zone: "UTC",
    workdays: [0, 1, 2, 3, 4, 5, 6],
  });

  await page.goto(`/settings/availability/${hours.id}?week=${week}`);
  await settled(page);
  const taken = (name: string) => page.locator(".slotday .taken").filter({ hasText: name });
  await expect(taken(fitting)).not.toHaveAttribute("data-off");
  await expect(taken(idle)).toHaveAttribute("data-off", "true");
  await expect(taken(idle)).toContainText("free");
  await expect(taken(yoga)).toHaveAttribute("data-block", "true");
  await expect(taken(yoga)).toContainText("blocked");
  await expectAccessible(page);

  const column = page.locator(".slotday").filter({ hasText: fitting });
  await expect(column.locator(".slot[data-free]").filter({ hasText: "12:00" })).toHaveCount(1);
  const why = page.getByRole("dialog", { name: "Why this is not offered" });
  await column.getByRole("button", { name: /^10:00/ }).click();
  await expect(why).toContainText("10:00–11:00");
  await expectAccessible(page);
  await why.getByRole("link", { name: fitting }).click();
  await page.waitForURL(/\/calendar\?/);
  await expect(page.getByRole("dialog").getByRole("heading", { name: fitting })).toBeVisible();
  await page.goBack();
  await column.getByRole("button", { name: /^14:00/ }).click();
  await why.getByRole("link", { name: yoga }).click();
  await expect(page.getByRole("dialog", { name: "Edit blocked time" }).getByLabel("What for")).toHaveValue(
    yoga,
  );

  for (const path of [
    `blocks/${block.id}`,
    `calendar-configurations/${hours.id}`,
    ...events.map((e) => `integrations/calendars/${calendar.id}/events/${e.id}`),
  ])
    expect((await page.request.delete(`/api/v1/${path}`, { headers })).ok(), path).toBe(true);
});

test("time is blocked every week, and free again", async ({ page }) => {
  const name = `Lunch ${RUN}`;
  await page.goto("/settings/availability?block=new");
  const drawer = page.getByRole("dialog");
  await drawer.getByLabel("What for").fill(name);
  await drawer.getByLabel("Every week").click();
  await drawer.getByRole("button", { name: "Save" }).click();
  await expect(drawer).toBeHidden();
  await expect(page.getByRole("listitem").filter({ hasText: name })).toContainText("12:00–13:00");
  await page.getByRole("button", { name: `Delete ${name}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("The time is free again.")).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: name })).toHaveCount(0);
});

test("administrators see every account and the work behind them", async ({ page }) => {
  await page.goto("/admin");
  await settled(page);
  await expect(page.getByRole("row").filter({ hasText: "ada@northwind.example" }).first()).toContainText(
    "Ada Marsh",
  );
  await expect(page.getByRole("heading", { name: "Background work" })).toBeVisible();
});

test("a failed job is tried again from its row", async ({ page }) => {
  const job = {
    id: "0196f000-0000-7000-8000-000000000001",
    kind: "sync_calendar",
    state: "failed",
    attempt: 8,
    max_attempts: 8,
    last_error: "The provider answered 500.",
    created_at: "2026-11-27T10:00:00Z",
    due_at: "2026-11-27T10:00:00Z",
  };
  await page.route("**/api/v1/jobs?*", (r) => r.fulfill({ json: { items: [job], next_cursor: null } }));
  const retried = page.waitForRequest((r) => r.url().endsWith(`/jobs/${job.id}/retry`));
  await page.route("**/api/v1/jobs/*/retry", (r) =>
    r.fulfill({ json: { ...job, state: "live", attempt: 0 } }),
  );
  await page.goto("/admin");
  await expect(page.getByRole("row").filter({ hasText: "sync_calendar" })).toContainText("8 of 8");
  await page.getByRole("button", { name: "Try again sync_calendar" }).click();
  await retried;
  await expect(page.getByText("sync_calendar is tried again.")).toBeVisible();
});

test("a plain member is told whose page it is, and has no link to it", async ({ page }) => {
  await page.route("**/api/v1/auth/session", async (route) => {
    const answer = await route.fetch();
    const session = await answer.json();
    await route.fulfill({ json: { ...session, member: { ...session.member, role: "member" } } });
  });
  await page.goto("/admin");
  await expect(page.getByText("This page is for owners and admins")).toBeVisible();
  await expect(page.getByRole("link", { name: "Administration" })).toHaveCount(0);
});
