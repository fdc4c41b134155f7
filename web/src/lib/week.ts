// The day that weeks begin on in calendars and in lists of weekdays. A preference of this browser; until it is said, what is usual where the
// browser is from. Time that is approved is counted in ISO weeks, from Monday, whatever is said here.

import { addDays, formatDate } from "./time";

export const WEEK_STARTS = ["monday", "sunday", "saturday"] as const;
export type WeekStart = (typeof WEEK_STARTS)[number];

/** As `Date` counts: 0 is Sunday. */
export const FIRST_DAY: Record<WeekStart, number> = { monday: 1, sunday: 0, saturday: 6 };

interface WeekInfo {
  /** 1 is Monday, 7 is Sunday. */
  firstDay: number;
}
/** A method in newer engines, a property in those before, nothing in others. */
type WithWeekInfo = Intl.Locale & { getWeekInfo?: () => WeekInfo; weekInfo?: WeekInfo };

function firstDayOf(tag: string): number | undefined {
  try {
    const locale = new Intl.Locale(tag) as WithWeekInfo;
    return (locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay;
  } catch {
    return undefined;
  }
}

/** What is usual where a locale is spoken; Monday where that is not known, or is another day than these three. */
export function usualWeekStart(tag: string): WeekStart {
  const first = firstDayOf(tag);
  return WEEK_STARTS.find((start) => FIRST_DAY[start] === (first ?? 1) % 7) ?? "monday";
}

export const weekStartOf = (text: string | null, tag: string): WeekStart =>
  WEEK_STARTS.find((start) => start === text) ?? usualWeekStart(tag);

/** The weekdays from the first of a week on, as the API counts them: 0 is Monday. */
export const weekdaysFrom = (firstDay: number): number[] =>
  Array.from({ length: 7 }, (_, i) => (i + firstDay + 6) % 7);

const MONDAY = "2026-01-05";
/** The name of a weekday of the API. */
export const weekdayName = (day: number, weekday: "long" | "short" = "long") =>
  formatDate(addDays(MONDAY, day), { weekday });
