import { describe, expect, it } from "vitest";
import type { Block, CalendarEvent, Configuration, DayAvailability } from "../src/api/types";
import { isUnknown, placeEvent, placeSlots, slotsOf, windowOf } from "../src/features/availability/slots";
import {
  blockInput,
  blockValues,
  configurationInput,
  configurationValues,
  daysOf,
  isBackwards,
  nextRange,
} from "../src/features/availability/values";

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
