// What an emptied cell had in it, and how it comes back.
import { actions } from "../../../api/actions";
import type { TimeEntry, TimeEntryInput, TimeEntryPatch } from "../../../api/types";
import { wordsPatch } from "../entryValues";

/**
 * How a deleted entry can be had again as it was: written anew, logged anew from its meeting, or not at all. Only the meeting
 * knows that it was billed, so its entry is never just written anew: that would leave it open to be billed once more.
 */
export type WayBack = "write" | "log" | null;

export function wayBack(entry: Pick<TimeEntry, "synced_event_id" | "status" | "source">): WayBack {
  // As they stand when they are made. What has been decided since, or came from elsewhere, nobody makes anew.
  if (entry.synced_event_id) return entry.status === "pending" ? "log" : null;
  return entry.status === "draft" && entry.source === "manual" ? "write" : null;
}

/** What is said of new time so that it is as that entry was. */
export function inputAgain(entry: TimeEntry): TimeEntryInput {
  const { description, started_at, ended_at, duration_minutes, client_id, project_id, billable, tags } =
    entry;
  return { description, started_at, ended_at, duration_minutes, client_id, project_id, billable, tags };
}

/** In what an entry that was made from the same meeting differs from what that entry was. */
export function backTo(was: TimeEntry, made: TimeEntry): TimeEntryPatch {
  const { started_at, ended_at, duration_minutes } = was;
  const same = (a: string | null, b: string | null) => a === b || Date.parse(a ?? "") === Date.parse(b ?? "");
  const sameTime =
    same(started_at, made.started_at) &&
    same(ended_at, made.ended_at) &&
    duration_minutes === made.duration_minutes;
  return {
    ...wordsPatch(was, made),
    ...(was.billable !== made.billable && { billable: was.billable }),
    ...(!sameTime && { started_at, ended_at, duration_minutes }),
  };
}

/** Makes the entry again: from its meeting where it has one, so that it holds the meeting as before. */
export async function makeAgain(entry: TimeEntry): Promise<TimeEntry> {
  const { synced_event_id, client_id, project_id, description } = entry;
  if (!synced_event_id) return actions.createEntry(inputAgain(entry));
  const made = await actions.convert({
    synced_event_id,
    client_id,
    project_id,
    description,
    // It was logged although it was declined, or all day, or has another entry through another calendar.
    force: true,
    separate: true,
  });
  const patch = backTo(entry, made);
  return Object.keys(patch).length > 0 ? actions.updateEntry(made.id, patch) : made;
}
