// The repeat presets of the event form as RFC 5545 lines.
import { addDays, fromWall } from "./time";

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
