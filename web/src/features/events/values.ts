// What the event form holds, and what of it goes to the server.
import type { Calendar, CalendarEvent, Conference, EventInput, EventPatch } from "../../api/types";
import {
  changedLines,
  type Repeat,
  type RepeatEnd,
  recurrenceLines,
  repetitionOf,
  weekdayOf,
} from "../../lib/recurrence";
import { addDays, dateIn, toLocalInput } from "../../lib/time";

/** Fields are called as in the API, so that its problems find them. The end of an all-day event is its last day. */
export interface EventValues {
  calendar_id: string;
  summary: string;
  all_day: boolean;
  start_time: string;
  end_time: string;
  time_zone: string;
  location: string;
  description: string;
  attendee_emails: string;
  /** `kept`: a rule that the form has no words for, left as it is. */
  recurrence: Repeat | "kept";
  repeat_end: RepeatEnd;
  until: string;
  count: number;
  conference: boolean;
  notify_attendees: boolean;
}

/** A stretch chosen in the grid: wall times in the person's zone, or dates with an exclusive end. */
export interface Stretch {
  start: string;
  end: string;
}

export const isWritable = (c: Calendar | undefined) =>
  !!c && c.active && ["writer", "owner"].includes(c.provider_details.access_role);
/** Where events can be written now: the account must still let us in. */
export const canWrite = (c: Calendar | undefined) => isWritable(c) && c?.connection_status === "connected";

/** Where new events may go: their owner wants them there, and the calendar is synced, so that they show up again. */
export const takesNew = (c: Calendar) => c.write_target && c.sync_enabled && canWrite(c);

/** Where an event of a calendar could go. */
export const destinations = (all: Calendar[], from: Calendar) =>
  all.filter((c) => c.id !== from.id && takesNew(c));

/** A calendar's name, with its account where that says more. */
export function nameWithAccount(c: Calendar): string {
  const account = c.provider_details.connection_email;
  return account && account !== c.name ? `${c.name} · ${account}` : c.name;
}

/** The meeting link that the calendar's own provider makes. */
export function conferenceOf(provider: string | undefined): Conference | undefined {
  if (provider === "google") return "google_meet";
  if (provider === "microsoft") return "microsoft_teams";
  return undefined;
}

const isDay = (text: string) => text.length === 10;
/** `2026-11-30T10:00/2026-11-30T11:00`, as in the address; undefined when it is not a stretch. */
export function parseStretch(text: string | undefined): Stretch | undefined {
  const found = /^(\d{4}-\d\d-\d\d(?:T\d\d:\d\d)?)\/(\d{4}-\d\d-\d\d(?:T\d\d:\d\d)?)$/.exec(text ?? "");
  const [, start = "", end = ""] = found ?? [];
  if (!found || isDay(start) !== isDay(end) || end <= start) return undefined;
  return Number.isNaN(Date.parse(`${start}Z`.replace(/^(.{10})Z$/, "$1"))) ? undefined : { start, end };
}

/** The next full hour, for an hour. */
export function nextHour(now: Date, timeZone: string): Stretch {
  const hour = Math.ceil((now.getTime() + 1) / 3_600_000) * 3_600_000;
  return {
    start: toLocalInput(new Date(hour), timeZone),
    end: toLocalInput(new Date(hour + 3_600_000), timeZone),
  };
}

export function emptyValues(calendar: Calendar | undefined, at: Stretch, timeZone: string): EventValues {
  const all_day = isDay(at.start);
  return {
    calendar_id: calendar?.id ?? "",
    summary: "",
    all_day,
    start_time: at.start,
    end_time: all_day ? addDays(at.end, -1) : at.end,
    time_zone: timeZone,
    location: "",
    description: "",
    attendee_emails: "",
    recurrence: "none",
    repeat_end: "never",
    until: addDays(at.start.slice(0, 10), 28),
    count: 10,
    conference: false,
    notify_attendees: false,
  };
}

export function valuesOf(event: CalendarEvent, timeZone: string): EventValues {
  const zone = event.time_zone ?? timeZone;
  const at = event.all_day
    ? { start: event.start.slice(0, 10), end: event.end.slice(0, 10) }
    : { start: toLocalInput(event.start, zone), end: toLocalInput(event.end, zone) };
  return {
    ...emptyValues(undefined, at, zone),
    calendar_id: event.calendar_id,
    summary: event.title,
    location: event.location ?? "",
    description: event.description ?? "",
    attendee_emails: event.attendees
      .map((a) => a.email)
      .filter(Boolean)
      .join(", "),
    ...repetition(event, at.start, zone),
  };
}

/** What the form shows of how a series repeats. */
function repetition(event: CalendarEvent, start: string, zone: string): Partial<EventValues> {
  const lines = event.recurrence ?? [];
  if (lines.length === 0) return {};
  const found = repetitionOf(lines, start, zone);
  if (!found) return { recurrence: "kept" };
  return { recurrence: found.repeat, repeat_end: found.end, until: found.until, count: found.count };
}

export const addresses = (text: string) => [
  ...new Set(
    text
      .split(/[\s,;]+/)
      .map((a) => a.trim())
      .filter(Boolean),
  ),
];

/** Turns all-day on and off without losing the day. */
export function withAllDay(v: EventValues, all_day: boolean): EventValues {
  const start = v.start_time.slice(0, 10);
  const end = v.end_time.slice(0, 10);
  if (all_day) return { ...v, all_day, start_time: start, end_time: end };
  return { ...v, all_day, start_time: `${start}T09:00`, end_time: `${end > start ? end : start}T10:00` };
}

/** A new start takes the end along: the length stays. */
export function withStart(v: EventValues, start: string): EventValues {
  const at = (text: string) => Date.parse(isDay(text) ? `${text}T00:00Z` : `${text}Z`);
  const length = at(v.end_time) - at(v.start_time);
  if (!start || Number.isNaN(at(start)) || Number.isNaN(length) || length < 0)
    return { ...v, start_time: start };
  const end = new Date(at(start) + length).toISOString();
  return { ...v, start_time: start, end_time: end.slice(0, v.all_day ? 10 : 16) };
}

export type Wrong = "startBad" | "endBad" | "endBefore" | "notWeekday" | "untilBefore";
/** What the page can see is wrong, by field; everything else the server says. */
export function wrongWith(v: EventValues): Partial<Record<keyof EventValues, Wrong>> {
  const wrong: Partial<Record<keyof EventValues, Wrong>> = {};
  if (!v.start_time) wrong.start_time = "startBad";
  if (!v.end_time) wrong.end_time = "endBad";
  else if (v.all_day ? v.end_time < v.start_time : v.end_time <= v.start_time) wrong.end_time = "endBefore";
  if (v.recurrence === "weekdays" && v.start_time && weekdayOf(v.start_time.slice(0, 10)) > 4)
    wrong.recurrence = "notWeekday";
  if (
    v.recurrence !== "none" &&
    v.recurrence !== "kept" &&
    v.repeat_end === "until" &&
    !(v.until >= v.start_time.slice(0, 10))
  )
    wrong.until = "untilBefore";
  return wrong;
}

function times(v: EventValues) {
  if (v.all_day) return { start_time: v.start_time, end_time: addDays(v.end_time, 1) };
  return {
    start_time: `${v.start_time}:00`.slice(0, 19),
    end_time: `${v.end_time}:00`.slice(0, 19),
    time_zone: v.time_zone,
  };
}

function linesOf(v: EventValues): string[] {
  const repeat = v.recurrence === "kept" ? "none" : v.recurrence;
  const chosen = { repeat, end: v.repeat_end, until: v.until, count: v.count };
  return recurrenceLines(chosen, v.start_time, v.time_zone, v.all_day);
}

/** What of the repetition was chosen anew. */
export function repeatsAnew(v: EventValues, before: EventValues): boolean {
  if (v.recurrence === "kept") return false;
  if (v.recurrence !== before.recurrence) return true;
  if (v.recurrence === "none") return false;
  if (v.repeat_end !== before.repeat_end) return true;
  if (v.repeat_end === "until") return v.until !== before.until;
  return v.repeat_end === "count" && v.count !== before.count;
}

export function inputOf(v: EventValues, conference: Conference | undefined): EventInput {
  const emails = addresses(v.attendee_emails);
  return {
    summary: v.summary,
    ...times(v),
    description: v.description || null,
    location: v.location || null,
    attendee_emails: emails,
    recurrence: linesOf(v),
    ...(v.conference && conference ? { conference } : {}),
    notify_attendees: emails.length > 0 && v.notify_attendees,
  };
}

/** Only what was changed: what is not named stays as it is at the provider. `lines`: how the series repeats now. */
export function patchOf(v: EventValues, before: EventValues, lines: string[] = []): EventPatch {
  const patch: EventPatch = {};
  if (v.summary !== before.summary) patch.summary = v.summary;
  if (v.location !== before.location) patch.location = v.location || null;
  if (v.description !== before.description) patch.description = v.description || null;
  if (addresses(v.attendee_emails).join() !== addresses(before.attendee_emails).join())
    patch.attendee_emails = addresses(v.attendee_emails);
  const moved = (["all_day", "start_time", "end_time", "time_zone"] as const).some((k) => v[k] !== before[k]);
  if (moved) Object.assign(patch, times(v));
  if (repeatsAnew(v, before)) patch.recurrence = changedLines(moved ? [] : lines, linesOf(v));
  if (v.notify_attendees) patch.notify_attendees = true;
  return patch;
}

/** What a drag in the grid says: instants, or dates for the all-day row. */
export function patchOfMove(start: Date | string, end: Date | string): EventPatch {
  const text = (at: Date | string) => (typeof at === "string" ? at : at.toISOString());
  return { start_time: text(start), end_time: text(end) };
}

/** Whether the owner was invited by somebody else, and can so answer. */
export const isInvitation = (e: CalendarEvent) =>
  e.attendees.length > 0 && e.response_status !== "organizer" && e.status !== "cancelled";

export const dayOf = (event: CalendarEvent, timeZone: string) =>
  event.all_day ? event.start.slice(0, 10) : dateIn(event.start, timeZone);
