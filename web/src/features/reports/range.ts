// Which days a report is about, and how they are put into columns.
import type { ReportGroup } from "../../api/types";
import { addDays, isDate, startOfWeek } from "../../lib/time";

export const PRESETS = ["this_week", "last_week", "this_month", "last_month", "this_year"] as const;
export type Preset = (typeof PRESETS)[number];

/** Both days are part of it. */
export interface Days {
  from: string;
  to: string;
}

const monthStart = (date: string) => `${date.slice(0, 7)}-01`;

export function daysOf(preset: Preset, today: string): Days {
  const monday = startOfWeek(today);
  switch (preset) {
    case "this_week":
      return { from: monday, to: addDays(monday, 6) };
    case "last_week":
      return { from: addDays(monday, -7), to: addDays(monday, -1) };
    case "this_month":
      return { from: monthStart(today), to: addDays(monthStart(addDays(monthStart(today), 31)), -1) };
    case "last_month": {
      const last = addDays(monthStart(today), -1);
      return { from: monthStart(last), to: last };
    }
    case "this_year":
      return { from: `${today.slice(0, 4)}-01-01`, to: `${today.slice(0, 4)}-12-31` };
  }
}

/** The days that were asked for; a stretch that ends before it begins is turned round. */
export function chosenDays(asked: { from?: string; to?: string; range?: Preset }, today: string): Days {
  const { from, to } = asked;
  if (!isDate(from) && !isDate(to)) return daysOf(asked.range ?? "this_month", today);
  const start = isDate(from) ? from : (to as string);
  const end = isDate(to) ? to : today > start ? today : start;
  return start <= end ? { from: start, to: end } : { from: end, to: start };
}

export interface Column {
  /** The day, or the Monday of a week. */
  from: string;
  minutes: number;
  billable: number;
}

/** More columns than this cannot be told apart: they become weeks. */
const MOST_COLUMNS = 62;

/** One column a day, also for days without anything; weeks when there are too many days. */
export function columnsOf(
  groups: ReportGroup[],
  { from, to }: Days,
): { by: "day" | "week"; columns: Column[] } {
  const length = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
  const by = length > MOST_COLUMNS ? "week" : "day";
  const at = (day: string) => (by === "week" ? startOfWeek(day) : day);
  const columns = new Map<string, Column>();
  for (let day = from; day <= to; day = addDays(day, 1)) {
    if (!columns.has(at(day))) columns.set(at(day), { from: at(day), minutes: 0, billable: 0 });
  }
  for (const { key, minutes, billable_minutes } of groups) {
    const column = key ? columns.get(at(key)) : undefined;
    if (!column) continue;
    column.minutes += minutes;
    column.billable += billable_minutes;
  }
  return { by, columns: [...columns.values()] };
}

const STEPS = [1, 2, 4, 5, 8, 10, 20, 40, 50, 80, 100, 200, 400, 500, 1000];
/** The top of an axis in minutes: whole hours, with room for the longest column. */
export function topOf(longest: number): number {
  const hours = Math.max(1, longest / 60);
  const step = STEPS.find((n) => n >= hours) ?? Math.ceil(hours / 1000) * 1000;
  return step * 60;
}
