import { describe, expect, it } from "vitest";
import type { Block, BusyRules, CalendarEvent, Configuration, DayAvailability } from "../src/api/types";
import { drawnOf, isAside, knownFrom, standingOf } from "../src/features/availability/busy";
import {
  around,
  clockOf,
  isUnknown,
  placeBlock,
  placeEvent,
  placeSlots,
  slotsOf,
  windowOf,
} from "../src/features/availability/slots";
import {
  blockInput,
  blockValues,
  configurationInput,
  configurationValues,
  daysOf,
  isBackwards,
  nextRange,
} from "../src/features/availability/values";
import { CLOCK_PREF } from "../src/lib/clock";

const ZONE = "Europe/Madrid";
const base = configurationValues(undefined, ZONE, ["a"]);

describe("hours to be booked in", () => {
  it("have the server's defaults", () => {
    expect(configurationInput(base)).toMatchObject({
      calendar_ids: ["a"],
      time_zone: ZONE,
      duration: 30,
      slot_interval: null,
      workdays: [0, 1, 2, 3, 4],
      from_time: "09:00",
      to_time: "17:00",
      hours: null,
      date_overrides: [],
    });
  });
  it("keep a day's hours while it is off, and send only days that are on", () => {
    const days = daysOf([
      { day: 0, from_time: "14:00:00", to_time: "18:00:00" },
      { day: 0, from_time: "09:00:00", to_time: "12:00:00" },
    ]);
    expect(days[0]).toEqual({
      on: true,
      ranges: [
        { from: "09:00", to: "12:00" },
        { from: "14:00", to: "18:00" },
      ],
    });
    expect(days[1]?.on).toBe(false);
    const off = days.map((d, i) => (i === 0 ? { ...d, on: false } : d));
    expect(configurationInput({ ...base, per_day: true, days: off }).hours).toEqual([]);
    const on = off.map((d, i) => (i === 0 ? { ...d, on: true } : d));
    expect(configurationInput({ ...base, per_day: true, days: on }).hours).toEqual([
      { day: 0, from_time: "09:00", to_time: "12:00" },
      { day: 0, from_time: "14:00", to_time: "18:00" },
    ]);
  });
  it("come back from the server as they were", () => {
    const given = {
      ...configurationInput({ ...base, name: "Office", slot_interval: 15 }),
      date_overrides: [
        { date: "2026-12-24" },
        { date: "2026-12-31", from_time: "09:00:00", to_time: "12:00:00" },
      ],
    } as unknown as Configuration;
    expect(configurationInput(configurationValues(given, ZONE, [])).date_overrides).toEqual([
      { date: "2026-12-24" },
      { date: "2026-12-31", from_time: "09:00", to_time: "12:00" },
    ]);
    expect(configurationInput(configurationValues(given, ZONE, [])).slot_interval).toBe(15);
  });
  it("offer the next free stretch of a day, until the day is over", () => {
    expect(nextRange([{ from: "09:00", to: "12:30" }])).toEqual({ from: "13:30", to: "14:30" });
    expect(nextRange([])).toEqual({ from: "09:00", to: "17:00" });
    expect(nextRange([{ from: "09:00", to: "22:30" }])).toBeUndefined();
    expect(nextRange([{ from: "09:00", to: "00:00" }])).toBeUndefined();
  });
  it("may end at midnight, and not before they start", () => {
    expect(isBackwards({ from: "09:00", to: "00:00" })).toBe(false);
    expect(isBackwards({ from: "09:00", to: "09:00" })).toBe(true);
    expect(isBackwards({ from: "", to: "10:00" })).toBe(true);
  });
});

describe("blocked time", () => {
  it("is instants once, and wall times every week", () => {
    const now = new Date("2026-11-27T09:20:00Z");
    const values = blockValues(undefined, ZONE, now);
    expect(blockInput(values, ZONE)).toEqual({
      title: "",
      start: "2026-11-27T10:00:00.000Z",
      end: "2026-11-27T11:00:00.000Z",
    });
    const weekly = { days: [4], from_time: "12:00:00", to_time: "13:00:00", time_zone: ZONE };
    const block = { title: "Lunch", start: null, end: null, weekly } as unknown as Block;
    expect(blockInput(blockValues(block, "UTC", now), "UTC")).toEqual({
      title: "Lunch",
      weekly: { ...weekly, from_time: "12:00", to_time: "13:00", from_date: null, until_date: null },
    });
  });
});

describe("the slots of a day", () => {
  const slot = (from: string, to: string, more = {}) => ({
    start: `2026-12-01T${from}:00Z`,
    end: `2026-12-01T${to}:00Z`,
    start_time: `${from}:00`,
    end_time: `${to}:00`,
    available: true,
    ...more,
  });
  const day = {
    date: "2026-12-01",
    time_zone: "UTC",
    available_slots: [slot("09:00", "10:00"), slot("09:30", "10:30")],
    refused_slots: [slot("09:15", "10:15", { reasons: [{ rule: "unknown", detail: "" }] })],
  } as unknown as DayAvailability;
  it("are in order, the refused among the free", () => {
    const slots = slotsOf(day);
    expect(slots.map((s) => [s.from, s.free])).toEqual([
      ["09:00", true],
      ["09:15", false],
      ["09:30", true],
    ]);
    expect(slots.map(isUnknown)).toEqual([false, true, false]);
  });
  it("do not lie on each other when they overlap in time", () => {
    expect(placeSlots(slotsOf(day))).toEqual([
      { top: 540, height: 15 },
      { top: 555, height: 15 },
      { top: 570, height: 60 },
    ]);
    expect(windowOf([slotsOf(day)])).toEqual({ from: 540, to: 660 });
    expect(windowOf([])).toEqual({ from: 540, to: 1020 });
  });
  it("are written by the clock that this browser chose", () => {
    expect([540, 815, 1440].map(clockOf)).toEqual(["09:00", "13:35", "00:00"]);
    localStorage.setItem(CLOCK_PREF, "12");
    expect([540, 815, 1440].map(clockOf)).toEqual(["9:00 am", "1:35 pm", "12:00 am"]);
    localStorage.removeItem(CLOCK_PREF);
  });
  it("stand beside what takes the time, cut at the ends of the day", () => {
    const event = (start: string, end: string, all_day = false) =>
      ({ start, end, all_day }) as unknown as CalendarEvent;
    const on = (e: CalendarEvent) => placeEvent(e, "2026-12-01", ZONE);
    expect(on(event("2026-12-01T09:00:00Z", "2026-12-01T10:30:00Z"))).toEqual({ top: 600, height: 90 });
    expect(on(event("2026-11-30T22:00:00Z", "2026-12-01T01:00:00Z"))).toEqual({ top: 0, height: 120 });
    expect(on(event("2026-12-01T22:00:00Z", "2026-12-02T05:00:00Z"))).toEqual({ top: 1380, height: 60 });
    expect(on(event("2026-12-01", "2026-12-02", true))).toEqual({ top: 0, height: 1440 });
    expect(on(event("2026-12-02T09:00:00Z", "2026-12-02T10:00:00Z"))).toBeUndefined();
  });
});

describe("what counts as busy", () => {
  const defaults: BusyRules = {
    tentative: true,
    unanswered: true,
    declined: false,
    free: false,
    all_day: true,
    working_location: false,
  };
  const none = { ...defaults, tentative: false, unanswered: false, all_day: false };
  const nothing = { ignored: new Set<string>(), named: new Set<string>() };
  const event = (more: Partial<CalendarEvent> = {}) =>
    ({
      id: "i",
      calendar_id: "c",
      status: "confirmed",
      response_status: "organizer",
      busy: true,
      all_day: false,
      billable_hint: { offered: true, reason: null, matched: null },
      ...more,
    }) as CalendarEvent;
  const left = (reason: string) =>
    ({ busy: false, billable_hint: { offered: false, reason, matched: null } }) as Partial<CalendarEvent>;
  const standing = (more: Partial<CalendarEvent>, rules: BusyRules = defaults) =>
    standingOf(event(more), rules, nothing);

  it("is what the mirror calls busy, by default", () => {
    expect(standing({})).toBe("counts");
    expect(standing({ status: "tentative" })).toBe("counts");
    expect(standing({ response_status: "needs_action" })).toBe("counts");
    expect(standing({ all_day: true })).toBe("counts");
    expect(standing({ ...left("declined"), response_status: "declined" })).toBe("declined");
    expect(standing(left("free"))).toBe("free");
    expect(standing(left("informational"))).toBe("working_location");
    expect(standing({ ...left("cancelled"), status: "cancelled" })).toBe("cancelled");
  });
  it("follows each switch, and only that one", () => {
    const cases: [Partial<CalendarEvent>, keyof BusyRules][] = [
      [{ status: "tentative" }, "tentative"],
      [{ response_status: "tentative" }, "tentative"],
      [{ response_status: "needs_action" }, "unanswered"],
      [{ all_day: true }, "all_day"],
      [{ ...left("declined"), response_status: "declined" }, "declined"],
      [left("free"), "free"],
      [left("informational"), "working_location"],
    ];
    for (const [more, rule] of cases) {
      expect(standing(more, none), rule).toBe(rule);
      expect(standing(more, { ...none, [rule]: true }), rule).toBe("counts");
    }
    expect(standing({}, none)).toBe("counts");
  });
  it("needs every switch that an event falls under", () => {
    const both = { status: "tentative", response_status: "needs_action" } as const;
    expect(standing(both, { ...none, tentative: true })).toBe("unanswered");
    expect(standing(both, { ...none, unanswered: true })).toBe("tentative");
    expect(standing({ ...left("free"), response_status: "needs_action" }, { ...none, free: true })).toBe(
      "unanswered",
    );
    expect(standing({ status: "cancelled" }, { ...defaults, free: true })).toBe("cancelled");
  });
  it("is what the server named, and nothing of a calendar that does not block time", () => {
    const holiday = event({ ...left("all_day"), all_day: true });
    expect(standingOf(holiday, { ...defaults, free: true }, nothing)).toBe("free");
    const day = {
      calendars: [
        { id: "c", source: "mirror" },
        { id: "d", source: "ignored" },
      ],
      refused_slots: [{ reasons: [{ instance_id: "i" }, { instance_id: null }] }],
    } as unknown as DayAvailability;
    const known = knownFrom([day]);
    expect(standingOf(holiday, { ...defaults, free: true }, known)).toBe("counts");
    expect(standingOf(event({ id: "j", calendar_id: "d" }), defaults, known)).toBe("calendar");
  });
  it("stands beside the day where it lasts all of it and does not count", () => {
    const aside = (more: Partial<CalendarEvent>) =>
      drawnOf([event({ all_day: true, ...more })], defaults, nothing).map(isAside);
    expect(aside(left("all_day"))).toEqual([true]);
    expect(aside({})).toEqual([false]);
    expect(aside({ ...left("free"), all_day: false })).toEqual([false]);
  });
  it("is drawn over what does not count, and notes not at all", () => {
    const all = [
      event({ id: "a" }),
      event({ id: "b", ...left("free") }),
      event({ id: "c", ...left("informational") }),
    ];
    expect(drawnOf(all, defaults, nothing).map((d) => [d.event.id, d.standing])).toEqual([
      ["b", "free"],
      ["a", "counts"],
    ]);
  });
});

describe("a block on the page", () => {
  const weekly = (more: object) =>
    ({
      start: null,
      end: null,
      weekly: {
        days: [1],
        from_time: "12:00:00",
        to_time: "13:00:00",
        time_zone: ZONE,
        from_date: null,
        until_date: null,
        ...more,
      },
    }) as unknown as Block;
  // A Tuesday.
  const on = (block: Block, zone = ZONE, date = "2026-12-01") => placeBlock(block, date, zone);
  it("is where its clocks put it, in its own zone", () => {
    expect(on(weekly({}))).toEqual([{ top: 720, height: 60 }]);
    expect(on(weekly({}), "UTC")).toEqual([{ top: 660, height: 60 }]);
    expect(on(weekly({}), ZONE, "2026-12-02")).toEqual([]);
    // 20:00 to midnight in New York is 02:00 to 06:00 of the next day in Madrid.
    const evening = weekly({
      days: [0],
      from_time: "20:00:00",
      to_time: "00:00:00",
      time_zone: "America/New_York",
    });
    expect(on(evening)).toEqual([{ top: 120, height: 240 }]);
  });
  it("is there from its first day to its last", () => {
    expect(on(weekly({ from_date: "2026-12-02" }))).toEqual([]);
    expect(on(weekly({ from_date: "2026-12-01", until_date: "2026-12-01" }))).toHaveLength(1);
    expect(on(weekly({ until_date: "2026-11-30" }))).toEqual([]);
  });
  it("may be once, over days", () => {
    const once = { start: "2026-11-30T22:00:00Z", end: "2026-12-01T09:00:00Z", weekly: null };
    expect(on(once as unknown as Block)).toEqual([{ top: 0, height: 600 }]);
  });
  it("is looked for as far as room is kept around a slot", () => {
    const slot = slotsOf({
      available_slots: [],
      refused_slots: [
        { start: "2026-12-01T09:00:00Z", end: "2026-12-01T10:00:00Z", start_time: "", end_time: "" },
      ],
    } as unknown as DayAvailability)[0];
    expect(slot && around(slot)).toEqual({
      from: "2026-11-30T09:00:00.000Z",
      to: "2026-12-02T10:00:00.000Z",
    });
  });
});
