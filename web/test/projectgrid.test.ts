import { describe, expect, it } from "vitest";
import type { Project, TimeEntry } from "../src/api/types";
import { dayMinutes, freeStart, missing, rowsOf } from "../src/features/timesheet/projectgrid/grid";

const MADRID = "Europe/Madrid";
const WEEK = "2026-11-16";
const NOW = new Date("2026-11-20T12:00:00Z");
const entry = (project: string | null, started_at: string, minutes: number, more: Partial<TimeEntry> = {}) =>
  ({
    id: `${project}${started_at}`,
    started_at,
    ended_at: null,
    duration_minutes: minutes,
    running: false,
    client_id: project && "acme",
    client_name: project && "Acme",
    project_id: project,
    project_name: project?.toUpperCase() ?? null,
    ...more,
  }) as unknown as TimeEntry;
const project = (id: string) =>
  ({ id, name: id.toUpperCase(), client_id: "acme", client_name: "Acme" }) as unknown as Project;

describe("projects × days", () => {
  const entries = [
    entry("site", "2026-11-16T09:00:00Z", 60),
    entry("site", "2026-11-16T14:00:00Z", 30),
    entry("site", "2026-11-17T22:30:00Z", 20),
    entry(null, "2026-11-16T08:00:00Z", 15),
  ];
  const rows = rowsOf(entries, [project("shop"), project("site")], MADRID);

  it("has a row for each project with time, for those that were added, and for time without a project", () => {
    expect(rows.map((row) => [row.project, row.minutes])).toEqual([
      [null, 15],
      ["SHOP", 0],
      ["SITE", 110],
    ]);
    const site = rows[2]?.days;
    expect(site?.get("2026-11-16")?.length).toBe(2);
    expect(site?.get("2026-11-17")?.length).toBe(1);
  });

  it("adds up days", () => {
    expect(dayMinutes(WEEK, entries, MADRID)).toEqual([105, 20, 0, 0, 0, 0, 0]);
  });

  it("puts new time at nine, or behind the last work of the day", () => {
    expect(freeStart("2026-11-18", entries, MADRID, NOW)).toBe("2026-11-18T08:00:00.000Z");
    expect(freeStart("2026-11-16", entries, MADRID, NOW)).toBe("2026-11-16T14:30:00.000Z");
    // Work that lasts past midnight leaves no room behind it on its day.
    const night = [entry("site", "2026-11-18T22:30:00Z", 60)];
    expect(freeStart("2026-11-18", night, MADRID, NOW)).toBe("2026-11-18T08:00:00.000Z");
    // A day that begins an hour later in UTC: nine is nine.
    expect(freeStart("2026-03-29", [], MADRID, NOW)).toBe("2026-03-29T07:00:00.000Z");
  });

  it("knows which projects of another week have no row yet, each once", () => {
    const before = [entry("site", "2026-11-09T09:00:00Z", 60), entry("blog", "2026-11-09T11:00:00Z", 5)];
    expect(missing([...before, ...before, entry(null, "2026-11-09T12:00:00Z", 5)], rows)).toEqual(["blog"]);
  });
});
