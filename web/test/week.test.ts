import { describe, expect, it } from "vitest";
import type { Draft, TimeEntry } from "../src/api/types";
import { shownHours } from "../src/components/blocks";
import { elapsed } from "../src/features/timer/elapsed";
import { inputOf, patchOf, valuesOf } from "../src/features/timesheet/entryValues";
import { viewOf } from "../src/features/timesheet/filters";
import { commonTags, retagged } from "../src/features/timesheet/tags";
import {
  blocksOf,
  clashes,
  emptyWeekend,
  entryOf,
  isEntry,
  isMovable,
  placed,
  totalsOf,
  worthOf,
} from "../src/features/timesheet/week";
import { draftBillable, entryBillable, projectSays } from "../src/lib/billable";
import { hoursOf } from "../src/lib/prefs";

const MADRID = "Europe/Madrid";
const entry = (started_at: string, duration_minutes: number, more: Partial<TimeEntry> = {}) =>
  ({
    id: started_at,
    description: "Work",
    started_at,
    ended_at: null,
    duration_minutes,
    running: false,
    status: "draft",
    client_name: "Acme",
    tags: [],
    ...more,
  }) as unknown as TimeEntry;
const draft = (start: string, duration_minutes: number, more: object = {}) =>
  ({
    event: {
      id: start,
      title: "Call",
      start,
      end: new Date(Date.parse(start) + duration_minutes * 60_000).toISOString(),
    },
    duration_minutes,
    amount_minor: null,
    currency: null,
    ...more,
  }) as unknown as Draft;
const says = projectSays([
  { id: "paid", billable: true },
  { id: "inside", billable: false },
]);
const open = { until: null, timeZone: MADRID };
const shown = {
  now: new Date("2026-11-18T00:00:00Z"),
  lock: open,
  wordOf: (look: string) => look,
  nameOf: () => "Acme",
};

describe("a week of time", () => {
  it("adds up each day where the viewer lives", () => {
    // 23:30 UTC on Sunday is Monday in Madrid.
    const totals = totalsOf(
      "2026-11-16",
      [
        entry("2026-11-15T23:30:00Z", 90),
        entry("2026-11-22T22:59:00Z", 10),
        entry("2026-11-22T23:30:00Z", 5),
      ],
      [draft("2026-11-17T09:00:00Z", 30)],
      MADRID,
    );
    expect(totals.map((day) => day.logged)).toEqual([90, 0, 0, 0, 0, 0, 10]);
    expect(totals.map((day) => day.open)).toEqual([0, 30, 0, 0, 0, 0, 0]);
  });

  it("tells logged from not logged and from what is yet to come, and back", () => {
    const [logged, ghost, later] = blocksOf(
      [entry("2026-11-16T08:00:00Z", 90)],
      [draft("2026-11-17T09:00:00Z", 30), draft("2026-11-19T09:00:00Z", 30)],
      shown,
    );
    expect(logged?.end).toBe("2026-11-16T09:30:00.000Z");
    expect(isEntry(logged?.id ?? "") && entryOf(logged?.id ?? "")).toBe("2026-11-16T08:00:00Z");
    expect([logged?.look, logged?.note, logged?.movable]).toEqual(["draft", "Acme", true]);
    expect(isEntry(ghost?.id ?? "")).toBe(false);
    expect([ghost?.look, later?.look]).toEqual(["unlogged", "upcoming"]);
  });

  it("hides the weekend only while nothing is in it", () => {
    const at = (start: string) => blocksOf([entry(start, 30)], [], shown);
    expect(emptyWeekend(at("2026-11-20T10:00:00Z"), MADRID)).toEqual([6, 0]);
    // Friday evening in UTC is Saturday in Auckland.
    expect(emptyWeekend(at("2026-11-20T20:00:00Z"), "Pacific/Auckland")).toEqual([]);
  });

  it("names what takes the same time, and not what only touches or is yet to come", () => {
    const pairs = clashes(
      blocksOf(
        [entry("2026-11-16T08:00:00Z", 60), entry("2026-11-16T09:00:00Z", 60)],
        [
          draft("2026-11-16T09:30:00Z", 60),
          draft("2026-11-20T09:00:00Z", 60),
          draft("2026-11-20T09:00:00Z", 30),
        ],
        shown,
      ),
    );
    expect(pairs.map(([a, b]) => [a.start, b.start])).toEqual([
      ["2026-11-16T09:00:00Z", "2026-11-16T09:30:00Z"],
    ]);
  });

  it("shows the hours asked for, and more where a block needs them", () => {
    const at = (start: string, end: string) => ({ start, end, allDay: false });
    const shownFor = (...blocks: ReturnType<typeof at>[]) => shownHours(blocks, [8, 18], MADRID);
    expect(shownFor()).toEqual([8, 18]);
    expect(shownFor(at("2026-11-16T08:00:00Z", "2026-11-16T17:00:00Z"))).toEqual([8, 18]);
    expect(shownFor(at("2026-11-16T06:30:00Z", "2026-11-16T17:15:00Z"))).toEqual([7, 19]);
    expect(shownFor(at("2026-11-16T20:00:00Z", "2026-11-16T23:00:00Z"))).toEqual([8, 24]);
    expect(shownFor(at("2026-11-16T20:00:00Z", "2026-11-16T23:30:00Z"))).toEqual([0, 24]);
    const allDay = { start: "2026-11-16", end: "2026-11-18", allDay: true };
    expect(shownHours([allDay], [8, 18], MADRID)).toEqual([8, 18]);
    expect(["8-18", "18-8", "0-24", "x", "8-25", "", null].map(hoursOf)).toEqual([
      [8, 18],
      [0, 24],
      [0, 24],
      [0, 24],
      [0, 24],
      [0, 24],
      [0, 24],
    ]);
  });

  it("shows what was put aside, which takes no time from anything", () => {
    const aside = draft("2026-11-21T08:30:00Z", 60);
    const blocks = blocksOf([entry("2026-11-21T08:00:00Z", 60)], [], shown, [aside]);
    expect(blocks.map((b) => [b.look, b.word, b.movable])).toEqual([
      ["draft", "draft", true],
      ["dismissed", "dismissed", false],
    ]);
    expect(clashes(blocks)).toEqual([]);
    expect(emptyWeekend(blocks.slice(1), MADRID)).toEqual([6, 0]);
    expect(emptyWeekend(blocks, MADRID)).toEqual([]);
  });

  it("lets be dragged only what nobody approved, billed, closed or left running", () => {
    const closed = { until: "2026-11-16", timeZone: MADRID };
    const at = "2026-11-16T08:00:00Z";
    const may = (more: Partial<TimeEntry>, lock = open as typeof closed | typeof open) =>
      isMovable(entry(at, 60, more), lock);
    expect([may({}), may({ status: "rejected" }), may({ status: "pending" })]).toEqual([true, true, true]);
    expect([may({ status: "approved" }), may({ status: "invoiced" }), may({ running: true })]).toEqual([
      false,
      false,
      false,
    ]);
    expect(may({}, closed)).toBe(false);
    // Still Sunday in UTC, Monday in Madrid: within the closed days there.
    expect(isMovable(entry("2026-11-16T23:30:00Z", 60), closed)).toBe(true);
  });

  it("keeps a break when a block is moved or made longer", () => {
    const worked = entry("2026-11-16T08:00:00Z", 90, { ended_at: "2026-11-16T10:00:00Z" });
    const at = (start: string, end: string) => placed(worked, new Date(start), new Date(end));
    expect(at("2026-11-17T12:00:00Z", "2026-11-17T14:00:00Z").duration_minutes).toBe(90);
    expect(at("2026-11-16T08:00:00Z", "2026-11-16T11:00:00Z")).toEqual({
      started_at: "2026-11-16T08:00:00.000Z",
      ended_at: "2026-11-16T11:00:00.000Z",
      duration_minutes: 150,
    });
    expect(at("2026-11-16T08:00:00Z", "2026-11-16T08:15:00Z").duration_minutes).toBe(1);
  });

  it("says what suggestions come to by currency", () => {
    const worth = worthOf([
      draft("2026-11-16T08:00:00Z", 60, { amount_minor: 9_500, currency: "EUR" }),
      draft("2026-11-16T10:00:00Z", 30, { amount_minor: 4_750, currency: "EUR" }),
      draft("2026-11-16T12:00:00Z", 30, { amount_minor: 6_000, currency: "USD" }),
      draft("2026-11-16T13:00:00Z", 15),
    ]);
    expect(worth).toEqual({
      minutes: 135,
      amounts: [
        ["EUR", 14_250],
        ["USD", 6_000],
      ],
    });
  });
});

describe("the form of an entry", () => {
  const now = new Date("2026-11-16T10:07:00Z");
  it("begins with the stretch that was drawn, or with the last hour", () => {
    const drawn = valuesOf(undefined, "2026-11-16T10:15/2026-11-16T11:45", now, MADRID);
    expect([drawn.start, drawn.duration]).toEqual(["2026-11-16T10:15", "1:30"]);
    const usual = valuesOf(undefined, undefined, now, MADRID);
    expect([usual.start, usual.duration]).toEqual(["2026-11-16T10:00", "1:00"]);
    for (const bad of ["", "x/y", "2026-11-16T11:00/2026-11-16T10:00", "2026-11-16/2026-11-17"]) {
      expect(valuesOf(undefined, bad, now, MADRID)).toEqual(usual);
    }
  });

  it("sends the text of a duration as it was typed", () => {
    const values = { ...valuesOf(undefined, undefined, now, MADRID), duration: "2h 30m" };
    expect(inputOf(values, MADRID)).toMatchObject({
      duration: "2h 30m",
      started_at: "2026-11-16T09:00:00.000Z",
    });
  });

  it("leaves it to the project whether new time is billed, until somebody says so", () => {
    const values = { ...valuesOf(undefined, undefined, now, MADRID), project_id: "inside" };
    expect(inputOf(values, MADRID).billable).toBe(null);
    expect(inputOf({ ...values, billable: true }, MADRID).billable).toBe(true);
    expect(entryBillable(values.billable, values.project_id, undefined, says)).toBe(false);
  });

  it("says of an entry whether it is billed only when that changes", () => {
    const known = entry("2026-11-16T08:00:00Z", 60, { billable: true, project_id: "paid", tags: ["a"] });
    const values = valuesOf(known, undefined, now, MADRID);
    expect(values.tags).toEqual(["a"]);
    const sent = (more: object) => patchOf({ ...values, ...more }, known, MADRID, says).billable;
    expect([sent({}), sent({ billable: true }), sent({ billable: false })]).toEqual([
      undefined,
      undefined,
      false,
    ]);
    expect([sent({ project_id: "inside" }), sent({ project_id: "inside", billable: true })]).toEqual([
      false,
      undefined,
    ]);
  });

  it("leaves the times alone that nobody changed", () => {
    const known = entry("2026-11-16T08:00:30Z", 90, { billable: true, client_id: null, project_id: null });
    const values = valuesOf(known, undefined, now, MADRID);
    expect(patchOf({ ...values, description: "Other" }, known, MADRID, says)).toEqual({
      description: "Other",
    });
    expect(patchOf({ ...values, duration: "2h" }, known, MADRID, says)).toMatchObject({
      started_at: "2026-11-16T08:00:30Z",
      duration: "2h",
    });
    expect(patchOf({ ...values, start: "2026-11-16T10:00" }, known, MADRID, says)).toMatchObject({
      started_at: "2026-11-16T09:00:00.000Z",
      duration_minutes: 90,
    });
  });
});

describe("the edit of an entry", () => {
  const known = entry("2026-11-16T08:00:00Z", 60, {
    description: "Call",
    billable: true,
    client_id: "before",
    project_id: "paid",
    tags: ["a", "b"],
  });
  const values = valuesOf(known, undefined, new Date(), MADRID);
  const sent = (more: object) => patchOf({ ...values, ...more }, known, MADRID, says);

  it("says nothing of what it is booked on while nobody changed that: its project may be another client's by now", () => {
    expect(sent({})).toEqual({});
    expect(sent({ description: "Long call" })).toEqual({ description: "Long call" });
    expect(sent({ client_id: "now" })).toEqual({ client_id: "now" });
    expect(sent({ project_id: null })).toEqual({ project_id: null });
  });

  it("sends tags when there are others", () => {
    expect([sent({ tags: ["a", "b"] }), sent({ tags: ["a"] }), sent({ tags: [] })]).toEqual([
      {},
      { tags: ["a"] },
      { tags: [] },
    ]);
  });
});

describe("whether time is billed", () => {
  it("follows the project an entry is put on, unless it was decided otherwise before", () => {
    const at = (project_id: string | null, billable: boolean) => ({ project_id, billable });
    expect(entryBillable(null, "inside", at("paid", true), says)).toBe(false);
    expect(entryBillable(null, "paid", at("inside", false), says)).toBe(true);
    // A colleague bills it, or somebody said no.
    expect(entryBillable(null, "other", at("paid", false), says)).toBe(false);
    expect(entryBillable(true, "inside", at("paid", false), says)).toBe(true);
  });

  it("is shown of a meeting as it will be logged", () => {
    const suggested = {
      client_id: "c",
      project_id: "paid",
      billable: false,
      billed_by_member_id: null as string | null,
    };
    const on = (project_id: string | null, more = {}, said: boolean | null = null) =>
      draftBillable(said, { client_id: "c", project_id }, { ...suggested, ...more }, says);
    expect(on("paid")).toBe(false);
    expect(on("inside", { billable: true })).toBe(false);
    expect(on("other")).toBe(true);
    expect(on("other", { billed_by_member_id: "bo" })).toBe(false);
    expect(on("other", { billed_by_member_id: "bo" }, true)).toBe(true);
  });
});

it("tags of many entries: what all have can go, what is added all get, and each keeps its own", () => {
  const entries = [
    { id: "1", tags: ["call", "acme"] },
    { id: "2", tags: ["acme"] },
    { id: "3", tags: ["acme", "late"] },
  ];
  expect(commonTags(entries)).toEqual(["acme"]);
  expect(commonTags([])).toEqual([]);
  expect(retagged(entries, ["acme"])).toEqual([]);
  expect(retagged(entries, ["acme", "late"])).toEqual([
    { ids: ["1"], tags: ["call", "acme", "late"] },
    { ids: ["2"], tags: ["acme", "late"] },
  ]);
  expect(retagged(entries.slice(1), [])).toEqual([
    { ids: ["2"], tags: [] },
    { ids: ["3"], tags: ["late"] },
  ]);
});

it("a link with filters is to the list, the page itself begins with the week", () => {
  expect(viewOf({})).toBe("week");
  expect(viewOf({ status: "pending" })).toBe("list");
  expect(viewOf({ status: "pending", view: "projects" })).toBe("projects");
});

it("a timer counts hours, minutes and seconds, and never below nothing", () => {
  const since = "2026-11-16T08:00:00Z";
  expect(elapsed(since, new Date("2026-11-16T09:02:03.900Z"))).toBe("1:02:03");
  expect(elapsed(since, new Date("2026-11-17T18:00:00Z"))).toBe("34:00:00");
  expect(elapsed(since, new Date("2026-11-16T07:59:58Z"))).toBe("0:00:00");
});
