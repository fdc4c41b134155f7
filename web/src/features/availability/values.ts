// What the availability forms hold, and how it is written for the server.
import type {
  Block,
  BlockInput,
  BusyRules,
  Configuration,
  ConfigurationInput,
  DateOverride,
} from "../../api/types";
import { fromWall, toLocalInput } from "../../lib/time";

export interface Range {
  from: string;
  to: string;
}
/** One weekday. The hours stay while it is off, so that turning it on again brings them back. */
export interface Day {
  on: boolean;
  ranges: Range[];
}
export interface Override extends Range {
  date: string;
  closed: boolean;
}

export interface ConfigurationValues {
  name: string;
  calendar_ids: string[];
  time_zone: string;
  duration: number | string;
  slot_interval: number | string;
  prep_time: number | string;
  buffer_after: number | string;
  days_buffer: number | string;
  notice_minutes: number | string;
  horizon_days: number | string;
  per_day: boolean;
  workdays: number[];
  from_time: string;
  to_time: string;
  days: Day[];
  date_overrides: Override[];
  busy_rules: BusyRules;
}

export const NUMBERS = [
  ["duration", 1, 1440],
  ["slot_interval", 5, 1440],
  ["prep_time", 0, 1440],
  ["buffer_after", 0, 1440],
  ["notice_minutes", 0, 525_600],
  ["days_buffer", 0, 365],
  ["horizon_days", 1, 730],
] as const;
export const RULES = [
  "tentative",
  "unanswered",
  "all_day",
  "declined",
  "free",
  "working_location",
] as const satisfies readonly (keyof BusyRules)[];

const DEFAULT_RULES: BusyRules = {
  tentative: true,
  unanswered: true,
  all_day: true,
  declined: false,
  free: false,
  working_location: false,
};
const hm = (time: string) => time.slice(0, 5);
const OFFICE: Range = { from: "09:00", to: "17:00" };

/** Seven days, from Monday. */
export function daysOf(hours: { day: number; from_time: string; to_time: string }[]): Day[] {
  return Array.from({ length: 7 }, (_, day) => {
    const ranges = hours
      .filter((h) => h.day === day)
      .map((h) => ({ from: hm(h.from_time), to: hm(h.to_time) }))
      .sort((a, b) => a.from.localeCompare(b.from));
    return { on: ranges.length > 0, ranges: ranges.length > 0 ? ranges : [OFFICE] };
  });
}

const hoursOf = (days: Day[]) =>
  days.flatMap(({ on, ranges }, day) =>
    on ? ranges.map((r) => ({ day, from_time: r.from, to_time: r.to })) : [],
  );

export function configurationValues(
  c: Configuration | undefined,
  timeZone: string,
  calendars: string[],
): ConfigurationValues {
  const same = { from: hm(c?.from_time ?? "09:00"), to: hm(c?.to_time ?? "17:00") };
  const workdays = c?.workdays ?? [0, 1, 2, 3, 4];
  return {
    name: c?.name ?? "",
    calendar_ids: c?.calendar_ids ?? calendars,
    time_zone: c?.time_zone ?? timeZone,
    duration: c?.duration ?? 30,
    slot_interval: c?.slot_interval ?? "",
    prep_time: c?.prep_time ?? 0,
    buffer_after: c?.buffer_after ?? 0,
    days_buffer: c?.days_buffer ?? 0,
    notice_minutes: c?.notice_minutes ?? 0,
    horizon_days: c?.horizon_days ?? 365,
    per_day: !!c?.hours,
    workdays,
    from_time: same.from,
    to_time: same.to,
    days: daysOf(c?.hours ?? workdays.map((day) => ({ day, from_time: same.from, to_time: same.to }))),
    date_overrides: (c?.date_overrides ?? []).map((o) => ({
      date: o.date,
      closed: !o.from_time,
      from: hm(o.from_time ?? OFFICE.from),
      to: hm(o.to_time ?? OFFICE.to),
    })),
    busy_rules: c?.busy_rules ?? DEFAULT_RULES,
  };
}

const override = ({ date, closed, from, to }: Override): DateOverride =>
  closed ? { date } : { date, from_time: from, to_time: to };

export function configurationInput(v: ConfigurationValues): ConfigurationInput {
  return {
    name: v.name,
    calendar_ids: v.calendar_ids,
    time_zone: v.time_zone,
    duration: Number(v.duration),
    slot_interval: v.slot_interval === "" ? null : Number(v.slot_interval),
    prep_time: Number(v.prep_time),
    buffer_after: Number(v.buffer_after),
    days_buffer: Number(v.days_buffer),
    notice_minutes: Number(v.notice_minutes),
    horizon_days: Number(v.horizon_days),
    workdays: [...v.workdays].sort(),
    from_time: v.from_time,
    to_time: v.to_time,
    hours: v.per_day ? hoursOf(v.days) : null,
    date_overrides: v.date_overrides.filter((o) => o.date).map(override),
    busy_rules: v.busy_rules,
  };
}

/** The stretch after the last one of a day: an hour from where that ends, as long as the day has room. */
export function nextRange(ranges: Range[]): Range | undefined {
  const last = ranges.at(-1);
  if (!last) return OFFICE;
  const hour = Number(last.to.slice(0, 2)) + 1;
  if (last.to === "00:00" || hour > 22) return undefined;
  const rest = last.to.slice(2);
  return { from: String(hour).padStart(2, "0") + rest, to: String(hour + 1).padStart(2, "0") + rest };
}

/** Midnight at the end of a range is the end of the day. */
export const isBackwards = ({ from, to }: Range) => !from || !to || (to !== "00:00" && to <= from);

export interface BlockValues {
  title: string;
  weekly: boolean;
  start: string;
  end: string;
  time_zone: string;
  days: number[];
  from_time: string;
  to_time: string;
  from_date: string;
  until_date: string;
}

export function blockValues(b: Block | undefined, timeZone: string, now: Date): BlockValues {
  const w = b?.weekly;
  const hour = Math.ceil(now.getTime() / 3_600_000) * 3_600_000;
  return {
    title: b?.title ?? "",
    weekly: !!w,
    start: toLocalInput(b?.start ?? new Date(hour), timeZone),
    end: toLocalInput(b?.end ?? new Date(hour + 3_600_000), timeZone),
    time_zone: w?.time_zone ?? timeZone,
    days: w?.days ?? [0, 1, 2, 3, 4],
    from_time: hm(w?.from_time ?? "12:00"),
    to_time: hm(w?.to_time ?? "13:00"),
    from_date: w?.from_date ?? "",
    until_date: w?.until_date ?? "",
  };
}

/** `timeZone` is the one that `start` and `end` are shown in. */
export function blockInput(v: BlockValues, timeZone: string): BlockInput {
  if (!v.weekly) {
    return {
      title: v.title,
      start: fromWall(v.start, timeZone).toISOString(),
      end: fromWall(v.end, timeZone).toISOString(),
    };
  }
  return {
    title: v.title,
    weekly: {
      days: [...v.days].sort(),
      from_time: v.from_time,
      to_time: v.to_time,
      time_zone: v.time_zone,
      from_date: v.from_date || null,
      until_date: v.until_date || null,
    },
  };
}
