// Instants are UTC on the wire. They become wall time, and wall time becomes an instant, only here; never in the
// browser's own zone by accident.

import { currentLocale } from "../i18n";
import { timeOfDay } from "./clock";

export interface Wall {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

const formatters = new Map<string, Intl.DateTimeFormat>();
function formatter(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  let made = formatters.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(locale, options);
    formatters.set(key, made);
  }
  return made;
}

const pad = (n: number) => String(n).padStart(2, "0");
const NUMERIC: Intl.DateTimeFormatOptions = {
  hourCycle: "h23",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
};

export function toWall(instant: string | Date, timeZone: string): Wall {
  const parts = formatter("en-CA", { ...NUMERIC, timeZone }).formatToParts(new Date(instant));
  const get = (type: string) => Number(parts.find((p) => p.type === type)?.value);
  return {
    year: get("year"),
    month: get("month"),
    day: get("day"),
    hour: get("hour"),
    minute: get("minute"),
    second: get("second"),
  };
}

/** The date (YYYY-MM-DD) an instant falls on in a zone. */
export function dateIn(instant: string | Date, timeZone: string): string {
  const w = toWall(instant, timeZone);
  return `${w.year}-${pad(w.month)}-${pad(w.day)}`;
}

/** `2026-10-25T02:30` in a zone as an instant. In a gap it moves forward by the gap; in an overlap the first. */
export function fromWall(local: string, timeZone: string): Date {
  const target = Date.parse(`${local.length === 10 ? `${local}T00:00` : local}Z`);
  const offsetAt = (utc: number) => {
    const w = toWall(new Date(utc), timeZone);
    return Date.UTC(w.year, w.month - 1, w.day, w.hour, w.minute, w.second) - Math.floor(utc / 1000) * 1000;
  };
  // The offsets a day before and after are the only two that can hold at this wall time.
  const before = offsetAt(target - 86_400_000);
  const after = offsetAt(target + 86_400_000);
  const candidates = [target - before, target - after].filter((utc) => utc + offsetAt(utc) === target);
  return new Date(candidates.length > 0 ? Math.min(...candidates) : target - before);
}

/** The value of a datetime-local field for an instant. */
export function toLocalInput(instant: string | Date, timeZone: string): string {
  const w = toWall(instant, timeZone);
  return `${dateIn(instant, timeZone)}T${pad(w.hour)}:${pad(w.minute)}`;
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** 0 is Sunday. */
export const dayOfWeek = (date: string) => new Date(`${date}T00:00Z`).getUTCDay();

/** The first day of the week a date is in: its Monday, as in ISO weeks, unless weeks begin on another day. */
export function startOfWeek(date: string, firstDay = 1): string {
  return addDays(date, -((dayOfWeek(date) - firstDay + 7) % 7));
}

export const isDate = (text: unknown): text is string =>
  typeof text === "string" && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00Z`));

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
export function relative(instant: string, now: Date, locale = currentLocale()): string {
  const seconds = (Date.parse(instant) - now.getTime()) / 1000;
  const [unit, size] = UNITS.find(([, n]) => Math.abs(seconds) >= n) ?? ["minute", 60];
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
  if (Math.abs(seconds) < 60) return format.format(0, "second");
  return format.format(Math.round(seconds / size), unit);
}

export const formatTime = (instant: string | Date, timeZone: string, locale = currentLocale()) =>
  formatter(locale, { ...timeOfDay(), timeZone }).format(new Date(instant));

/** A time of day in no zone, such as `09:00`, as the clock writes it; the end of a day is its midnight. */
export const formatClock = (time: string, locale = currentLocale()) => {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  return formatTime(new Date(Date.UTC(1970, 0, 1, hour, minute)), "UTC", locale);
};

export const formatDateTime = (instant: string | Date, timeZone: string, locale = currentLocale()) =>
  formatter(locale, {
    day: "numeric",
    month: "short",
    year: "numeric",
    ...timeOfDay(),
    timeZone,
  }).format(new Date(instant));

/** A plain date, which is in no zone. */
export const formatDate = (
  date: string,
  options: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long" },
  locale = currentLocale(),
) => formatter(locale, { ...options, timeZone: "UTC" }).format(new Date(`${date}T00:00Z`));

/** `16–22 November`: two days and what lies between, each part said once. */
export const formatDays = (
  from: string,
  to: string,
  options: Intl.DateTimeFormatOptions = { day: "numeric", month: "long" },
  locale = currentLocale(),
) =>
  formatter(locale, { ...options, timeZone: "UTC" }).formatRange(
    new Date(`${from}T00:00Z`),
    new Date(`${to}T00:00Z`),
  );

/** `5 Nov 2026`, for tables and letters. */
export const shortDate = (date: string, locale = currentLocale()) =>
  formatDate(date, { day: "numeric", month: "short", year: "numeric" }, locale);

/** `Madrid (GMT+1)`: the zone people see next to every grid. */
export function zoneLabel(timeZone: string, at: string | Date = new Date()): string {
  const parts = formatter(currentLocale(), { timeZone, timeZoneName: "shortOffset" }).formatToParts(
    new Date(at),
  );
  const offset = parts.find((p) => p.type === "timeZoneName")?.value ?? "";
  const city = timeZone.split("/").pop()?.replaceAll("_", " ") ?? timeZone;
  return city === offset || city === "UTC" ? city : `${city} (${offset})`;
}

/** `1:30` for 90, `-0:15` for what is taken off. */
export function formatMinutes(minutes: number): string {
  const whole = Math.round(Math.abs(minutes));
  return `${minutes < 0 && whole > 0 ? "-" : ""}${Math.floor(whole / 60)}:${pad(whole % 60)}`;
}

export const browserZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

export const zones = (): string[] => {
  const all = Intl.supportedValuesOf("timeZone");
  return all.includes("UTC") ? all : ["UTC", ...all];
};
