// How an event stands towards time tracking.
import type { CalendarEvent } from "../api/types";
import { dateIn } from "./time";

export type LogState = "logged" | "unlogged" | "upcoming" | "filtered" | "off";

export const isDeclined = (e: CalendarEvent) => e.response_status === "declined";

/** `unlogged` is what a person should still turn into time: it happened, took part in, and has no entry. */
export function logState(e: CalendarEvent, now: Date): LogState {
  if (e.time_entry_id) return "logged";
  if (e.all_day || isDeclined(e) || e.status === "cancelled" || !e.busy) return "off";
  // The calendar's own filters leave it out; it can still be logged by hand.
  if (e.billable_hint?.offered === false) return "filtered";
  return Date.parse(e.end) <= now.getTime() ? "unlogged" : "upcoming";
}

/** All-day events carry dates with an exclusive end; the others are instants. */
export function touchesDay(
  e: Pick<CalendarEvent, "start" | "end" | "all_day">,
  date: string,
  timeZone: string,
): boolean {
  if (e.all_day)
    return e.start.slice(0, 10) <= date && (date < e.end.slice(0, 10) || e.start.slice(0, 10) === date);
  const last = new Date(Math.max(Date.parse(e.end) - 1, Date.parse(e.start)));
  return dateIn(e.start, timeZone) <= date && date <= dateIn(last, timeZone);
}

export const minutesOf = (e: CalendarEvent) =>
  Math.max(0, Math.round((Date.parse(e.end) - Date.parse(e.start)) / 60_000));

export function byStart(a: CalendarEvent, b: CalendarEvent): number {
  if (a.all_day !== b.all_day) return a.all_day ? -1 : 1;
  return a.start.localeCompare(b.start);
}
