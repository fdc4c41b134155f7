// The form of a time entry: what it starts with, and what it sends.
import type { TimeEntry, TimeEntryInput, TimeEntryPatch } from "../../api/types";
import { entryBillable, type Says } from "../../lib/billable";
import { formatMinutes, fromWall, toLocalInput } from "../../lib/time";

export interface EntryValues {
  description: string;
  /** A wall time, as datetime-local fields have it. */
  start: string;
  /** As people type it: the server reads it. */
  duration: string;
  client_id: string | null;
  project_id: string | null;
  /** null: nobody touched it. */
  billable: boolean | null;
  tags: string[];
}

type Words = Pick<EntryValues, "description" | "client_id" | "project_id" | "tags">;
const sameTags = (a: string[], b: string[]) => a.length === b.length && a.every((tag, i) => tag === b[i]);

const QUARTER = 900_000;
const LOCAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

/** `start/end` in wall times, when that is a stretch of at least a minute. */
function stretch(at: string | undefined): { start: string; minutes: number } | undefined {
  const [start = "", end = ""] = at?.split("/") ?? [];
  if (!LOCAL.test(start) || !LOCAL.test(end)) return undefined;
  const minutes = (Date.parse(`${end}Z`) - Date.parse(`${start}Z`)) / 60_000;
  return minutes >= 1 ? { start, minutes } : undefined;
}

export function valuesOf(
  entry: TimeEntry | undefined,
  at: string | undefined,
  now: Date,
  timeZone: string,
): EntryValues {
  const chosen = stretch(at);
  // The last whole hour is what people add when they add something.
  const anHourAgo = new Date(Math.floor(now.getTime() / QUARTER) * QUARTER - 3_600_000);
  return {
    description: entry?.description ?? "",
    start: entry
      ? toLocalInput(entry.started_at, timeZone)
      : (chosen?.start ?? toLocalInput(anHourAgo, timeZone)),
    duration: formatMinutes(entry?.duration_minutes ?? chosen?.minutes ?? 60),
    client_id: entry?.client_id ?? null,
    project_id: entry?.project_id ?? null,
    billable: null,
    tags: entry?.tags ?? [],
  };
}

export function inputOf({ start, ...rest }: EntryValues, timeZone: string): TimeEntryInput {
  return { ...rest, started_at: fromWall(start, timeZone).toISOString() };
}

/** The billed-or-not, when it becomes another: said again, it would take the meeting from the colleague who bills it. */
export function billablePatch(
  said: boolean | null,
  project_id: string | null,
  entry: TimeEntry,
  says: Says,
): Pick<TimeEntryPatch, "billable"> {
  const billable = entryBillable(said, project_id, entry, says);
  return billable === entry.billable ? {} : { billable };
}

/** What an entry is about, as far as it becomes another. */
export function wordsPatch(
  { description, client_id, project_id, tags }: Words,
  entry: TimeEntry,
): Partial<Words> {
  return {
    ...(description !== entry.description && { description }),
    ...(client_id !== entry.client_id && { client_id }),
    ...(project_id !== entry.project_id && { project_id }),
    ...(!sameTags(tags, entry.tags) && { tags }),
  };
}

/**
 * Only what somebody changed: an entry's seconds and its end survive an edit of its words, and one whose project has gone to
 * another client since can be edited without being booked anew.
 */
export function patchOf(
  { start, duration, billable, ...words }: EntryValues,
  entry: TimeEntry,
  timeZone: string,
  says: Says,
): TimeEntryPatch {
  const rest = { ...wordsPatch(words, entry), ...billablePatch(billable, words.project_id, entry, says) };
  const sameStart = start === toLocalInput(entry.started_at, timeZone);
  const sameLength = duration === formatMinutes(entry.duration_minutes);
  if (sameStart && sameLength) return rest;
  return {
    ...rest,
    started_at: sameStart ? entry.started_at : fromWall(start, timeZone).toISOString(),
    ...(sameLength ? { duration_minutes: entry.duration_minutes } : { duration }),
  };
}
