import { describe, expect, it } from "vitest";
import type { ReportGroup } from "../src/api/types";
import { chosenDays, columnsOf, daysOf, PRESETS, topOf } from "../src/features/reports/range";

const group = (key: string | null, minutes: number, billable_minutes = minutes) =>
  ({ key, name: null, minutes, billable_minutes }) as unknown as ReportGroup;

describe("the days of a report", () => {
  it("are whole weeks, months and years around today", () => {
    expect(PRESETS.map((preset) => Object.values(daysOf(preset, "2026-03-01")).join(" "))).toEqual([
      "2026-02-23 2026-03-01",
      "2026-02-16 2026-02-22",
      "2026-03-01 2026-03-31",
      "2026-02-01 2026-02-28",
      "2026-01-01 2026-12-31",
    ]);
    expect(daysOf("last_month", "2026-01-15")).toEqual({ from: "2025-12-01", to: "2025-12-31" });
    expect(daysOf("this_month", "2028-02-10")).toEqual({ from: "2028-02-01", to: "2028-02-29" });
  });

  it("may be any two, in whichever order, or one of them", () => {
    const today = "2026-11-20";
    expect(chosenDays({ from: "2026-11-10", to: "2026-11-05" }, today)).toEqual({
      from: "2026-11-05",
      to: "2026-11-10",
    });
    expect(chosenDays({ from: "2026-11-10" }, today)).toEqual({ from: "2026-11-10", to: today });
    expect(chosenDays({ from: "2026-12-10" }, today)).toEqual({ from: "2026-12-10", to: "2026-12-10" });
    expect(chosenDays({ to: "2026-11-10" }, today)).toEqual({ from: "2026-11-10", to: "2026-11-10" });
    expect(chosenDays({}, today)).toEqual({ from: "2026-11-01", to: "2026-11-30" });
  });
});

describe("the columns", () => {
  it("show days without anything too", () => {
    const { by, columns } = columnsOf([group("2026-11-03", 60, 30), group(null, 5)], {
      from: "2026-11-01",
      to: "2026-11-04",
    });
    expect(by).toBe("day");
    expect(columns.map((c) => [c.minutes, c.billable])).toEqual([
      [0, 0],
      [0, 0],
      [60, 30],
      [0, 0],
    ]);
  });

  it("become weeks when there are too many, and nothing is lost", () => {
    const days = { from: "2026-01-01", to: "2026-12-31" };
    const { by, columns } = columnsOf([group("2026-01-01", 60), group("2026-12-31", 30)], days);
    expect(by).toBe("week");
    expect(columns.length).toBe(53);
    expect([columns[0]?.minutes, columns.at(-1)?.minutes]).toEqual([60, 30]);
  });

  it("stand on an axis of whole hours with room for the longest", () => {
    expect([0, 60, 61, 7 * 60, 9 * 60, 1001 * 60].map((m) => topOf(m) / 60)).toEqual([1, 1, 2, 8, 10, 2000]);
  });
});
