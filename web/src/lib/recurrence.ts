// The repeat presets of the event form as RFC 5545 lines.
import { addDays, dateIn, fromWall } from "./time";

export const REPEATS = [
  "none",
  "daily",
  "weekdays",
  "weekly",
  "biweekly",
  "monthly",
  "monthlyDay",
  "yearly",
] as const;
export type Repeat = (typeof REPEATS)[number];
export const REPEAT_ENDS = ["never", "until", "count"] as const;
export type RepeatEnd = (typeof REPEAT_ENDS)[number];

export interface Repetition {
  repeat: Repeat;
  end: RepeatEnd;
  /** The last day it may fall on, for `until`. */
  until: string;
  /** How often, for `count`. */
  count: number;
}

const DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const;
/** 0 = Monday, as everywhere in the API. */
export const weekdayOf = (date: string) => (new Date(`${date}T00:00Z`).getUTCDay() + 6) % 7;
/** Which Tuesday of its month a Tuesday is, from 1. The fifth is said as the last. */
export const weekOfMonth = (date: string) => Math.ceil(Number(date.slice(8, 10)) / 7);

function rule(repeat: Repeat, date: string): string {
  const day = DAYS[weekdayOf(date)];
  const week = weekOfMonth(date);
  switch (repeat) {
    case "daily":
      return "FREQ=DAILY";
    case "weekdays":
      return "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR";
    case "biweekly":
      return `FREQ=WEEKLY;INTERVAL=2;BYDAY=${day}`;
    case "monthly":
      return `FREQ=MONTHLY;BYMONTHDAY=${Number(date.slice(8, 10))}`;
    case "monthlyDay":
      return `FREQ=MONTHLY;BYDAY=${week > 4 ? -1 : week}${day}`;
    case "yearly":
      return "FREQ=YEARLY";
    default:
      return `FREQ=WEEKLY;BYDAY=${day}`;
  }
}

/** UNTIL is an instant in UTC for events at a time, and a date for those that last all day (RFC 5545 §3.3.10). */
function lastMoment(date: string, zone: string, allDay: boolean): string {
  if (allDay) return date.replaceAll("-", "");
  const end = new Date(fromWall(addDays(date, 1), zone).getTime() - 1000);
  return end.toISOString().replace(/\.\d+/, "").replace(/[-:]/g, "");
}

export function recurrenceLines(r: Repetition, start: string, zone: string, allDay: boolean): string[] {
  if (r.repeat === "none") return [];
  const until = r.end === "until" ? `;UNTIL=${lastMoment(r.until, zone, allDay)}` : "";
  const count = r.end === "count" ? `;COUNT=${r.count}` : "";
  return [`RRULE:${rule(r.repeat, start.slice(0, 10))}${until}${count}`];
}

/** A rule's parts in capitals; undefined for a line that is no RRULE. */
export function partsOf(line: string): Record<string, string> | undefined {
  const found = /^RRULE:(.+)$/i.exec(line.trim());
  if (!found?.[1]) return undefined;
  return Object.fromEntries(
    found[1]
      .toUpperCase()
      .split(";")
      .map((part) => part.split("=") as [string, string]),
  );
}

/** What the rule says with everything that goes without saying, to compare rules by. */
function full(parts: Record<string, string>, date: string): string {
  const { UNTIL, COUNT, WKST, ...rest } = parts;
  const day = DAYS[weekdayOf(date)] ?? "";
  const all: Record<string, string> = { INTERVAL: "1", ...rest };
  if (all.FREQ === "WEEKLY") all.BYDAY = (all.BYDAY ?? day).split(",").sort().join();
  if (all.FREQ === "MONTHLY" && !all.BYDAY) all.BYMONTHDAY ??= String(Number(date.slice(8, 10)));
  if (all.FREQ === "YEARLY" && !all.BYDAY) {
    all.BYMONTHDAY ??= String(Number(date.slice(8, 10)));
    all.BYMONTH ??= String(Number(date.slice(5, 7)));
  }
  return JSON.stringify(Object.entries(all).sort(([a], [b]) => a.localeCompare(b)));
}

/** The day that UNTIL falls on, where the event is. */
export function untilDay(until: string, zone: string): string {
  const [, y, m, d, time] = /^(\d{4})(\d\d)(\d\d)(?:T(\d{6})Z?)?$/.exec(until) ?? [];
  if (!y) return "";
  if (!time) return `${y}-${m}-${d}`;
  const at = `${y}-${m}-${d}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4, 6)}Z`;
  return dateIn(at, zone);
}

/** What the form shows of a series' lines; undefined when it has no preset for them. */
export function repetitionOf(lines: string[], start: string, zone: string): Repetition | undefined {
  const date = start.slice(0, 10);
  const parts = lines.filter((line) => !/^EXDATE[:;]/i.test(line)).map(partsOf);
  const [only] = parts;
  if (parts.length !== 1 || !only) return undefined;
  const said = full(only, date);
  const preset = REPEATS.find((repeat) => {
    const own = repeat === "none" ? undefined : partsOf(`RRULE:${rule(repeat, date)}`);
    return own && full(own, date) === said;
  });
  if (!preset) return undefined;
  const until = only.UNTIL ? untilDay(only.UNTIL, zone) : "";
  const count = Number(only.COUNT ?? 0);
  if ((only.UNTIL && !until) || (only.COUNT && !(count > 0))) return undefined;
  return {
    repeat: preset,
    end: until ? "until" : count ? "count" : "never",
    until: until || addDays(date, 28),
    count: count || 10,
  };
}

/** The lines of a new rule for a series that has some: what was taken out of it stays out. */
export function changedLines(before: string[], rule: string[]): string[] {
  return rule.length === 0 ? [] : [...rule, ...before.filter((line) => /^EXDATE[:;]/i.test(line))];
}
