// A week of time as the grid shows it: what is logged solid, what is not as a ghost.
import type { CalendarEvent, Draft, TimeEntry } from "../../api/types";
import { addDays, dateIn } from "../../lib/time";

const ENTRY = "entry:";

export const isEntry = (block: string) => block.startsWith(ENTRY);
export const entryOf = (block: string) => block.slice(ENTRY.length);

/** An entry in the shape of an event. One without an end (an old import) is as long as it says. */
function blockOf(entry: TimeEntry, now: Date): CalendarEvent {
  const end = entry.running
    ? now.toISOString()
    : (entry.ended_at ??
      new Date(Date.parse(entry.started_at) + entry.duration_minutes * 60_000).toISOString());
  const words = [entry.description, entry.client_name ?? entry.project_name].filter(Boolean);
  return {
    id: ENTRY + entry.id,
    title: words.join(" · "),
    start: entry.started_at,
    end,
    all_day: false,
    time_entry_id: entry.id,
    status: "confirmed",
    busy: true,
    calendar_id: "",
    recurring: false,
    response_status: "accepted",
  } as unknown as CalendarEvent;
}

export const blocksOf = (entries: TimeEntry[], drafts: Draft[], now: Date): CalendarEvent[] => [
  ...entries.map((entry) => blockOf(entry, now)),
  ...drafts.map((draft) => ({ ...draft.event, busy: true })),
];

export interface DayTotal {
  date: string;
  logged: number;
  open: number;
}

/** What each day of a week has: logged, and not yet. */
export function totalsOf(week: string, entries: TimeEntry[], drafts: Draft[], timeZone: string): DayTotal[] {
  const days = Array.from({ length: 7 }, (_, i) => ({ date: addDays(week, i), logged: 0, open: 0 }));
  const at = (instant: string) => days.find((day) => day.date === dateIn(instant, timeZone));
  for (const entry of entries) {
    const day = at(entry.started_at);
    if (day) day.logged += entry.duration_minutes;
  }
  for (const draft of drafts) {
    const day = at(draft.event.start);
    if (day) day.open += draft.duration_minutes;
  }
  return days;
}
