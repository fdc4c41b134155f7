import { describe, expect, it } from "vitest";
import type { Draft, TimeEntry } from "../src/api/types";
import { blocksOf, entryOf, isEntry, totalsOf } from "../src/features/timesheet/week";

const entry = (started_at: string, duration_minutes: number) =>
  ({
    id: started_at,
    description: "Work",
    started_at,
    ended_at: null,
    duration_minutes,
    running: false,
    client_name: "Acme",
  }) as unknown as TimeEntry;
const draft = (start: string, duration_minutes: number) =>
  ({
    event: { id: start, title: "Call", start, end: start, busy: false },
    duration_minutes,
  }) as unknown as Draft;

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
      "Europe/Madrid",
    );
    expect(totals.map((day) => day.logged)).toEqual([90, 0, 0, 0, 0, 0, 10]);
    expect(totals.map((day) => day.open)).toEqual([0, 30, 0, 0, 0, 0, 0]);
  });

  it("tells logged from not logged, and back", () => {
    const [logged, ghost] = blocksOf(
      [entry("2026-11-16T08:00:00Z", 90)],
      [draft("2026-11-17T09:00:00Z", 30)],
      new Date("2026-11-18T00:00:00Z"),
    );
    expect(logged?.end).toBe("2026-11-16T09:30:00.000Z");
    expect(logged?.title).toBe("Work · Acme");
    expect(isEntry(logged?.id ?? "") && entryOf(logged?.id ?? "")).toBe("2026-11-16T08:00:00Z");
    expect(isEntry(ghost?.id ?? "")).toBe(false);
    expect(ghost?.busy).toBe(true);
  });
});
